//! Answers that are sent in parts, while they are made.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::problem::{Problem, ProblemKind};
use crate::serving::Server;

/// How many parts may wait for a slow reader.
const PARTS_MAX: usize = 64;

/// A part, or the fact that the rest cannot be made, which breaks the connection off so that the
/// reader does not take what it has for all.
pub type Part = Result<Bytes, BrokenOff>;

/// The rest of an answer cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the answer could not be made")]
pub struct BrokenOff;

/// Begins an answer in parts, unless there are too many; who makes the parts holds the place.
pub fn begin(
    server: &Server,
    content_type: &'static str,
) -> Result<(Sending, Response), Box<Problem>> {
    let place = server.streams.clone().try_acquire_owned();
    let place = place.map_err(|_| Problem::passing(ProblemKind::Busy, 5))?;
    let (sender, parts) = channel(PARTS_MAX);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let body = Body::from_stream(Parts(parts));
    let response = (StatusCode::OK, headers, body).into_response();
    Ok((Sending { sender, _place: place }, response))
}

/// Sends the parts of an answer.
pub struct Sending {
    sender: Sender<Part>,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Sending {
    /// Sends a part; `false` when nobody reads any more.
    pub async fn send(&self, part: impl Into<Bytes>) -> bool {
        self.sender.send(Ok(part.into())).await.is_ok()
    }

    /// The same where one may block.
    pub fn blocking_send(&self, part: impl Into<Bytes>) -> bool {
        self.sender.blocking_send(Ok(part.into())).is_ok()
    }

    /// Breaks the answer off.
    pub fn blocking_break_off(&self) {
        // Nobody may read any more, who then needs no word of it.
        let _ = self.sender.blocking_send(Err(BrokenOff));
    }

    /// Waits until nobody reads any more.
    pub async fn closed(&self) {
        self.sender.closed().await;
    }
}

struct Parts(Receiver<Part>);

impl Stream for Parts {
    type Item = Part;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Part>> {
        self.0.poll_recv(context)
    }
}
