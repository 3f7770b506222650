//! A body that is read step by step: whoever reads it until it has to wait, waits after each part.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use futures_core::Stream;

/// A body of which no more than a part is taken at a time, however fast it comes; a form with a file
/// would otherwise be in memory whole.
pub(super) fn stepwise(body: Body) -> Body {
    Body::from_stream(Stepwise { body: body.into_data_stream(), has_given: false })
}

struct Stepwise {
    body: BodyDataStream,
    /// Whether the last time it was asked it gave a part.
    has_given: bool,
}

impl Stream for Stepwise {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.has_given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.body).poll_next(context);
        self.has_given = next.is_ready();
        next
    }
}
