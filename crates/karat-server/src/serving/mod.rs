//! Serving: a hub to applications and browsers.
//!
//! Arrives: requests, and a hub that answers and changes.
//! Leaves: what the API and the console answer, a line in the log and a figure in the metrics each.
//! Promises: everything is closed unless it is opened; no value of a record is logged or measured;
//! what is too much is refused, not queued without end; stopping finishes what was begun.
//! Start reading at [`Server`], then at [`router`].

mod host;
mod limits;
mod metrics;
mod origin;
mod trace;
mod watch;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use karat_hub::hub_model::Draft;
use karat_hub::view::{HubOperator, HubReader, HubWriter, Unavailable};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch as signal};
use tokio::task::spawn_blocking;
use tracing::info_span;

pub use host::Host;
pub(crate) use metrics::{Metrics, drift_text};
pub(crate) use origin::{OtherSite, refuse_foreign};

use crate::access::Access;
use crate::{api, console, embed};

/// How many requests are worked on at a time, and how many streams of events are open.
const REQUESTS_MAX: usize = 256;
const STREAMS_MAX: usize = 64;
/// How many passwords are hashed at a time.
const SIGN_INS_MAX: usize = 2;

/// A hub that is served, to be shared by all that answer.
#[derive(Clone)]
pub struct Server {
    /// Answers questions.
    pub hub: Arc<dyn HubReader>,
    /// Takes changes; `None` when it only reads.
    pub writer: Option<Arc<dyn HubWriter>>,
    /// Does long work; `None` when it only reads.
    pub operator: Option<Arc<dyn HubOperator>>,
    /// The folder of the hub; `None` when it is not edited from here.
    pub draft: Option<Arc<Draft>>,
    /// Who is let in.
    pub access: Access,
    /// Clock and chance.
    pub host: Host,
    /// Whether browsers reach it by way of TLS, so that cookies may insist on it.
    pub behind_tls: bool,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) sign_ins: Arc<Semaphore>,
    stopping: signal::Receiver<bool>,
    stop: Arc<signal::Sender<bool>>,
}

impl Server {
    /// A server of a hub.
    pub fn new(
        hub: Arc<dyn HubReader>,
        writer: Option<Arc<dyn HubWriter>>,
        access: Access,
        host: Host,
    ) -> Server {
        let (stop, stopping) = signal::channel(false);
        Server {
            hub,
            writer,
            operator: None,
            draft: None,
            access,
            host,
            behind_tls: false,
            metrics: Arc::default(),
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            sign_ins: Arc::new(Semaphore::new(SIGN_INS_MAX)),
            stopping,
            stop: Arc::new(stop),
        }
    }

    /// Asks the hub, off the event loop.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn HubReader) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (hub, reading) = (self.hub.clone(), info_span!("read"));
        let asked = move || reading.in_scope(|| question(hub.as_ref()));
        let answer = spawn_blocking(asked).await;
        answer.unwrap_or_else(|panicked| Err(Unavailable(Box::new(panicked))))
    }

    /// Ends what lasts, such as streams of events.
    pub(crate) fn stop_streams(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the server is to stop; what lasts, such as a stream of events, ends then.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // The sender lives as long as the server does.
        let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
    }
}

/// The routes of the API and the console.
pub fn router(server: Server) -> Router {
    let console = console::guarded(server.clone());
    api::router(server.clone())
        .merge(console)
        .merge(embed::router(server.clone()))
        .layer(from_fn_with_state(server.clone(), limits::keep))
        .layer(from_fn_with_state(server, watch::watch))
        .layer(from_fn(limits::keep_small))
}

/// Serves until `shutdown` is done; requests under way are finished.
pub async fn serve(
    listener: TcpListener,
    server: Server,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let stopping = server.clone();
    let shutdown = async move {
        shutdown.await;
        stopping.stop_streams();
    };
    axum::serve(listener, router(server)).with_graceful_shutdown(shutdown).await
}

#[cfg(test)]
pub(crate) mod tests;
