//! Traces: a span for each request, within the trace of whoever asks (W3C Trace Context).
//!
//! ```text
//! request ┬ read                            what is asked of the hub
//!         ├ queue                           a change waits for its turn
//!         └ transaction ─ match             with those that are committed together
//! ```
//!
//! A span knows the method, the template of the route and the status: no address, no header, no
//! value. Nothing is traced unless whoever runs the server takes spans in.

use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use opentelemetry::global::get_text_map_propagator;
use opentelemetry::propagation::Extractor;
use tracing::field::Empty;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACE_PARENT: &str = "traceparent";

/// Begins the span of a request, named and filled as OpenTelemetry wants it (Semantic Conventions
/// for HTTP Spans).
pub fn span_of(method: &str, route: &str, headers: &HeaderMap) -> Span {
    let span = info_span!(
        "request",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    if !span.is_disabled() {
        span.record("otel.name", format!("{method} {route}"));
        let parent = get_text_map_propagator(|propagator| propagator.extract(&Parent(headers)));
        // It fails only where nobody takes spans in.
        let _ = span.set_parent(parent);
    }
    span
}

/// Says how a request ended.
pub fn end(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// The trace that a request belongs to; what else callers keep with a trace is theirs.
struct Parent<'h>(&'h HeaderMap);

impl Extractor for Parent<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(TRACE_PARENT).filter(|_| name == TRACE_PARENT);
        value.and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACE_PARENT]
    }
}
