//! Limits: so many requests at a time, so long each; and what breaks, breaks alone.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::Server;
use crate::api::{BATCH_BYTES_MAX, Problem, ProblemKind};

/// How long an answer may take to begin.
const SECONDS_MAX: u64 = 30;
/// What is asked by whoever watches the server; it is answered even when there is too much to do.
const PROBE_PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Keeps a request within limits.
pub(super) async fn keep(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_probe = PROBE_PATHS.contains(&request.uri().path());
    let permit = server.requests.clone().try_acquire_owned();
    if permit.is_err() && !is_probe {
        return Problem::passing(ProblemKind::Busy, 1).into_response();
    }
    // In a task of its own, a change that was begun is finished also when the caller goes away, and
    // a panic ends there.
    let answering = tokio::spawn(async move {
        let _permit = permit;
        next.run(request).await
    });
    match timeout(Duration::from_secs(SECONDS_MAX), answering).await {
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

/// Refuses a body that says of itself that it is too large, before anything is read of it.
pub(super) async fn keep_small(request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length: Option<usize> = length.and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > BATCH_BYTES_MAX) {
        return Problem::new(ProblemKind::TooLarge).into_response();
    }
    next.run(request).await
}
