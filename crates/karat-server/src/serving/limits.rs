//! Limits: so many requests at a time, so long each; and what breaks, breaks alone.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;
use tracing::Instrument;

use super::Server;
use crate::api::{BATCH_BYTES_MAX, Problem, ProblemKind};
use crate::console::UPLOAD_PATH;

/// How long an answer may take to begin.
const SECONDS_MAX: u64 = 30;
/// How long it may take where a file is uploaded, which may be large and come slowly.
const UPLOAD_SECONDS_MAX: u64 = 900;
/// The most bytes of an address: what servers should take at least (RFC 9110, 4.1).
const ADDRESS_BYTES_MAX: usize = 8_000;
/// The most headers, and the most bytes of their names and values together.
const HEADERS_MAX: usize = 64;
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// What is asked by whoever watches the server; it is answered even when there is too much to do.
const PROBE_PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Keeps a request within limits.
pub(super) async fn keep(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_probe = PROBE_PATHS.contains(&request.uri().path());
    let seconds_max = if is_upload(&request) { UPLOAD_SECONDS_MAX } else { SECONDS_MAX };
    let permit = server.requests.clone().try_acquire_owned();
    if permit.is_err() && !is_probe {
        return Problem::passing(ProblemKind::Busy, 1).into_response();
    }
    // In a task of its own, a change that was begun is finished also when the caller goes away, and
    // a panic ends there.
    let answering = async move {
        let _permit = permit;
        next.run(request).await
    };
    let answering = tokio::spawn(answering.in_current_span());
    match timeout(Duration::from_secs(seconds_max), answering).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panicked)) => {
            tracing::error!("an answer panicked");
            Problem::new(ProblemKind::Failed).into_response()
        }
        Err(_too_slow) => Problem::with(
            ProblemKind::TooSlow,
            "A change may have been made; send it again with the same Idempotency-Key.",
        )
        .into_response(),
    }
}

/// Whether a file is uploaded; who takes it counts its bytes.
fn is_upload(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == UPLOAD_PATH
}

/// Refuses what is too large before anything is done with it: an address, headers, or a body that
/// says so of itself.
pub(super) async fn keep_small(request: Request, next: Next) -> Response {
    match too_large(&request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn too_large(request: &Request) -> Option<Box<Problem>> {
    let address = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    if address > ADDRESS_BYTES_MAX {
        let detail = format!("An address may have {ADDRESS_BYTES_MAX} bytes, with its query.");
        return Some(Problem::with(ProblemKind::LongAddress, detail));
    }
    let headers = request.headers();
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.as_bytes().len()).sum();
    if headers.len() > HEADERS_MAX || bytes > HEADER_BYTES_MAX {
        let detail = format!(
            "A request may have {HEADERS_MAX} headers of {HEADER_BYTES_MAX} bytes together."
        );
        return Some(Problem::with(ProblemKind::LargeHeaders, detail));
    }
    if is_upload(request) {
        return None;
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length: Option<usize> = length.and_then(|length| length.parse().ok());
    length.filter(|length| *length > BATCH_BYTES_MAX).map(|_| {
        let detail = format!("A body may have {BATCH_BYTES_MAX} bytes.");
        Problem::with(ProblemKind::TooLarge, detail)
    })
}
