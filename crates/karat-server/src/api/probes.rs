//! `/healthz`, `/readyz`, `/metrics` and `/v1`: for whoever watches the server.

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use karat_hub::view::Refused;
use serde::Serialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::body;
use super::parameters::Parameters;
use super::problem::{Answer, Problem, ProblemKind};
use crate::serving::{Server, drift_text};

/// Whether a server lives, or is ready.
#[derive(Serialize, ToSchema)]
pub struct ProbeBody {
    /// `alive` or `ready`.
    status: &'static str,
}

/// What this server is.
#[derive(Serialize, ToSchema)]
pub struct AboutBody {
    /// What the hub is called.
    hub: String,
    /// The version of Karat.
    karat: &'static str,
    /// Whether anyone who reaches it may do everything.
    open: bool,
    /// Whether it only reads.
    read_only: bool,
    /// Whether the folder of the hub says another hub model than the one in force: `karat preview`
    /// shows what it would do, `karat publish` puts it in force.
    unpublished_hub_model: bool,
    /// The sources that records can be sent for.
    sources: Vec<String>,
    /// Where the OpenAPI document is.
    openapi: &'static str,
    /// Where it is told what there is.
    docs: &'static str,
}

/// What this server is.
#[utoipa::path(
    get, path = "/v1", tag = "server",
    responses((status = 200, description = "What this server is.", body = AboutBody)),
)]
pub async fn about(State(server): State<Server>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let model = server.hub.model();
    let unpublished_hub_model = server.ask(|hub| hub.has_unpublished_model()).await?;
    let about = AboutBody {
        hub: model.name.clone(),
        karat: env!("CARGO_PKG_VERSION"),
        open: server.access.is_open(),
        read_only: server.writer.is_none(),
        unpublished_hub_model,
        sources: model.sources.iter().map(|source| source.name.to_string()).collect(),
        openapi: "/v1/openapi.json",
        docs: "/v1/docs",
    };
    Ok(body::json(StatusCode::OK, &about))
}

/// The server lives; asks for no key.
#[utoipa::path(
    get, path = "/healthz", tag = "server", security(()),
    responses((status = 200, description = "It does.", body = ProbeBody)),
)]
pub async fn alive() -> Answer {
    Ok(body::json(StatusCode::OK, &ProbeBody { status: "alive" }))
}

/// The hub can be read, and takes changes unless the server only reads.
#[utoipa::path(
    get, path = "/readyz", tag = "server",
    responses((status = 200, description = "It is.", body = ProbeBody)),
)]
pub async fn ready(State(server): State<Server>) -> Answer {
    server.ask(|hub| hub.ready()).await?;
    if let Some(writer) = server.writer.clone() {
        let ready = spawn_blocking(move || writer.ready()).await;
        let failed = |_| Err(Refused::Failed("the writer panicked".into()));
        ready.unwrap_or_else(failed).map_err(|_| Problem::passing(ProblemKind::ReadOnly, 5))?;
    }
    Ok(body::json(StatusCode::OK, &ProbeBody { status: "ready" }))
}

/// How often each route was asked, how long it took, and what match models have drifted, for
/// Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "server",
    responses((status = 200, description = "Counters and histograms in the text format 0.0.4.",
        body = String, content_type = "text/plain")),
)]
pub async fn metrics(State(server): State<Server>) -> Answer {
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    let mut text = server.metrics.text();
    // Counts are told even if the hub cannot be read.
    if let Ok(Some(report)) = server.ask(|hub| hub.drift()).await {
        text += &drift_text(&report);
    }
    Ok(([(CONTENT_TYPE, content_type)], text).into_response())
}
