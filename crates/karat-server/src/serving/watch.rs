//! Watching: one line in the log, one figure in the metrics and one span for each request.
//!
//! They know the template of a route, never the address that was asked for.

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::HeaderName;
use axum::middleware::Next;
use axum::response::Response;

use tracing::Instrument;

use super::{Server, trace};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_CHARACTERS_MAX: usize = 64;

/// Watches a request and its answer.
pub(super) async fn watch(State(server): State<Server>, request: Request, next: Next) -> Response {
    let began = (server.host.elapsed)();
    let request_id = request_id(&server, &request);
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("unknown", |path| path.as_str()).to_string();
    // Any word can be a method; those that are not in the standard are one.
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH") => {
            known.to_string()
        }
        _ => "other".to_string(),
    };
    let span = trace::span_of(&method, &route, request.headers());
    let mut response = next.run(request).instrument(span.clone()).await;
    trace::end(&span, response.status());
    let took = (server.host.elapsed)().saturating_sub(began);
    let status = response.status().as_u16();
    server.metrics.observe(&method, &route, status, took);
    let milliseconds = took.as_secs_f64() * 1000.0;
    tracing::info!(method, route, status, milliseconds, request_id, "request");
    let header = HeaderValue::from_str(&request_id).expect("it has letters, digits and dashes");
    response.headers_mut().insert(REQUEST_ID, header);
    response
}

/// The id that the caller gave the request, if it can be one, or a new one.
fn request_id(server: &Server, request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        let is_of_letters =
            id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        is_of_letters && (1..=REQUEST_ID_CHARACTERS_MAX).contains(&id.len())
    };
    given.filter(is_plain).map_or_else(
        || {
            let mut chance = [0; 8];
            (server.host.chance)(&mut chance);
            chance.iter().map(|byte| format!("{byte:02x}")).collect()
        },
        str::to_string,
    )
}
