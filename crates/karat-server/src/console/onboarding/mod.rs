//! Onboarding: the file of a new system is uploaded, mapped, tried and accepted.
//! Start reading at [`routes`]; what the steps come to is in `karat_hub::onboard`.
//!
//! ```text
//! upload ─► what its columns mean ─► dry run ─► accepted: a source in the folder of the hub
//!    └────────────┴──────────────────────┴───► discarded, or forgotten after a week
//! ```

mod upload;
mod stepwise;
mod mapping;
mod dry_run;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use karat_hub::error::Error;
use karat_hub::hub_model::{Draft, NotSaved};
use karat_hub::onboard::{NotTried, Proposal, Upload, UploadId, Uploads};
use karat_model::hub_model::HubModel;

use super::rules::not_saved;
use super::{Console, Problem, UPLOAD_PATH, Visit};
use crate::access::Permission;
use crate::access::guard::only;
use crate::serving::Server;

/// The routes of onboarding, all of which are for administrators.
pub(super) fn routes() -> Router<Server> {
    // Who takes the file counts its bytes.
    let sending = post(upload::take).layer(DefaultBodyLimit::disable());
    let begin = get(upload::ask).merge(sending);
    let map = get(mapping::show).post(mapping::save);
    Router::new()
        .route(UPLOAD_PATH, only(Permission::Publish, begin))
        .route("/sources/new/{id}", only(Permission::Publish, map))
        .route("/sources/new/{id}/dry-run", only(Permission::Publish, get(dry_run::show)))
        .route("/sources/new/{id}/accept", only(Permission::Publish, post(dry_run::take_over)))
        .route("/sources/new/{id}/discard", only(Permission::Publish, post(discard)))
}

/// Discards an upload.
async fn discard(
    State(server): State<Server>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let console = Console::of(&server);
    let id = UploadId::new(&id).ok_or_else(|| Problem::no_such_page(&visit))?;
    let removed = console.edit(&visit, move |draft| Uploads::of(draft.dir()).remove(&id)).await?;
    removed.map_err(|error| Problem::not_saved(&visit, &error.to_string()))?;
    Ok(to(UPLOAD_PATH))
}

/// An upload as a step begins: its first rows, and the hub model that the folder says.
struct Begun {
    upload: Upload,
    proposal: Proposal,
    model: HubModel,
}

impl Begun {
    /// Looks an upload up; the page of what hinders that otherwise.
    async fn find(console: &Console, visit: &Visit, id: &str) -> Result<Begun, Problem> {
        let id = UploadId::new(id).ok_or_else(|| Problem::no_such_page(visit))?;
        let found = console.edit(visit, move |draft| Begun::read(draft, &id)).await?;
        let found = found.map_err(|why| not_tried(visit, why))?;
        found.ok_or_else(|| Problem::no_such_page(visit))
    }

    fn read(draft: &Draft, id: &UploadId) -> Result<Option<Begun>, NotTried> {
        let Some(upload) = Uploads::of(draft.dir()).find(id) else { return Ok(None) };
        let model = draft.read(&draft.text()).map_err(NotSaved::Problems)?;
        let proposal = Proposal::of(&upload.path(), &model)?;
        Ok(Some(Begun { upload, proposal, model }))
    }
}

/// The page of why an upload could not be tried.
fn not_tried(visit: &Visit, why: NotTried) -> Problem {
    match why {
        NotTried::Folder(why) => not_saved(visit, why),
        NotTried::Hub(Error::HubModel(problems)) => not_saved(visit, NotSaved::Problems(problems)),
        NotTried::Hub(error) => Problem::not_tried(visit, &error),
    }
}

fn to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}
