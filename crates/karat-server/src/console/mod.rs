//! The console: a hub in a browser.
//!
//! Arrives: a request, and a [`HubReader`] that answers the pages' questions.
//! Leaves: HTML, in the reader's language, that works without script and holds nothing foreign.
//! Promises: no personal value in an address, no page without a way on, no cache that keeps one.
//! Start reading at [`router`]; each page is a folder with its handler, its view and its template.

mod visit;
mod page;
mod headers;
mod assets;
mod problem;
mod home;
mod overview;
mod sources;
mod source;
mod quarantine;
mod onboarding;
mod search;
mod entry;
mod customer;
mod history;
mod cluster;
mod quality;
mod rules;
mod rules_file;
mod releases;
mod job;
mod quality_checks;
mod quality_check;
mod feedback;
mod finding;
mod work;
mod decide;
mod decisions;
mod compare;
mod about;
mod gate;
mod permitted;
mod sign_in;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use karat_hub::hub_model::Draft;
use karat_hub::view::{HubOperator, HubReader, Unavailable};
use karat_model::record::Moment;
use tokio::task::spawn_blocking;
use tracing::info_span;

use crate::access::guard::identify;
use crate::access::{Access, Permission};
use crate::serving::{Server, refuse_foreign};
pub(crate) use gate::UPLOAD_PATH;
use permitted::only;
use problem::Problem;
pub(crate) use sign_in::before as sign_in_before;
use visit::Visit;
pub(crate) use visit::language_of;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// What every handler can reach.
#[derive(Clone)]
struct Console {
    hub: Arc<dyn HubReader>,
    now: Clock,
    /// Who is let in; `None` where there is no door.
    access: Option<Access>,
    /// The folder of the hub, if it may be edited from here.
    draft: Option<Arc<Draft>>,
    /// Does long work, if it may be asked for from here.
    operator: Option<Arc<dyn HubOperator>>,
}

impl Console {
    /// What the handlers of a server can reach.
    fn of(server: &Server) -> Console {
        let Server { hub, draft, operator, .. } = server;
        Console {
            hub: hub.clone(),
            now: server.host.now.clone(),
            access: Some(server.access.clone()),
            draft: draft.clone(),
            operator: operator.clone(),
        }
    }

    /// What time it is.
    fn now(&self) -> Moment {
        (self.now)()
    }

    /// Asks the hub, off the event loop.
    async fn ask<T: Send + 'static>(
        &self,
        visit: &Visit,
        question: impl FnOnce(&dyn HubReader) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Problem> {
        let (hub, reading) = (self.hub.clone(), info_span!("read"));
        let asked = move || reading.in_scope(|| question(hub.as_ref()));
        let answer = spawn_blocking(asked).await;
        let answer = answer.unwrap_or_else(|panicked| Err(Unavailable(Box::new(panicked))));
        answer.map_err(|unavailable| Problem::unavailable(visit, &unavailable))
    }

    /// Reads or writes the folder of the hub, off the event loop.
    async fn edit<T: Send + 'static>(
        &self,
        visit: &Visit,
        work: impl FnOnce(&Draft) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let draft = self.draft.clone().ok_or_else(|| Problem::only_read(visit))?;
        let done = spawn_blocking(move || work(&draft)).await;
        done.map_err(|panicked| Problem::unavailable(visit, &Unavailable(Box::new(panicked))))
    }
}

/// The routes of the console, without a door: to whoever may reach them.
pub fn router(hub: Arc<dyn HubReader>, now: Clock) -> Router {
    let console = Console { hub, now, access: None, draft: None, operator: None };
    pages(console.clone())
        .layer(from_fn(visit::remember_choices))
        .layer(from_fn_with_state(console, visit::arrive))
        .layer(from_fn(headers::secure))
}

/// The routes of the console, for those who signed in.
pub(crate) fn guarded(server: Server) -> Router {
    let console = Console::of(&server);
    let door = Router::new()
        .route("/sign-in", get(sign_in::ask).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/customers/new", get(entry::ask))
        .route("/customers/new", only(Permission::Enter, post(entry::enter)))
        .route("/customers/new/check", post(entry::check))
        .route("/customers/new/back", only(Permission::Write, post(entry::take_back)))
        .route("/decide", get(decide::show))
        .route("/work/assign", only(Permission::Decide, post(work::assign)))
        .route("/work/snooze", only(Permission::Decide, post(work::snooze)))
        .route("/work/views", only(Permission::Decide, post(work::keep_view)))
        .route("/decisions", only(Permission::Decide, post(decisions::decide)))
        .route("/decisions/preview", only(Permission::Decide, post(decisions::preview)))
        .route("/decisions/undo", only(Permission::Decide, post(decisions::undo)))
        .route("/findings/{number}/steps", only(Permission::Decide, post(finding::step)))
        .route(
            "/sources/{name}/quarantine.csv",
            only(Permission::Decide, get(quarantine::download)),
        )
        .merge(onboarding::routes())
        .with_state(server.clone());
    pages(console.clone())
        .merge(door)
        .method_not_allowed_fallback(problem::no_such_page)
        .layer(from_fn_with_state(server.clone(), gate::keep))
        .layer(from_fn(visit::remember_choices))
        .layer(from_fn_with_state(console, visit::arrive))
        .layer(from_fn_with_state(server.clone(), identify))
        .layer(from_fn_with_state(server, refuse_foreign))
        .layer(from_fn(headers::secure))
}

fn pages(console: Console) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/overview", get(overview::show))
        .route("/sources", get(sources::show))
        .route("/sources/load", only(Permission::Publish, post(job::load)))
        .route("/sources/{name}", get(source::show))
        .route("/sources/{name}/quarantine", get(quarantine::show))
        .route("/search", get(search::ask).post(search::show))
        .route("/customers/{entity_id}", get(customer::show))
        .route("/customers/{entity_id}/history", get(history::show))
        .route("/customers/{entity_id}/cluster", get(cluster::show))
        .route("/rules", get(rules::show))
        .route("/rules/settings", only(Permission::Publish, post(rules::save)))
        .route("/rules/discard", only(Permission::Publish, post(rules::discard)))
        .route("/rules/file", get(rules_file::show))
        .route("/rules/file/save", only(Permission::Publish, post(rules_file::save)))
        .route("/rules/releases", get(releases::show))
        .route("/rules/preview", only(Permission::Decide, post(job::preview)))
        .route("/rules/publish", only(Permission::Publish, post(job::publish)))
        .route("/rules/roll-back", only(Permission::Publish, post(job::roll_back)))
        .route("/job", get(job::show))
        .route("/job/stop", only(Permission::Decide, post(job::stop)))
        .route("/quality", get(quality::show))
        .route("/quality/checks", get(quality_checks::show))
        .route("/quality/check/{name}", get(quality_check::show))
        .route("/quality/feedback", get(feedback::show))
        .route("/findings/{number}", get(finding::show))
        .route("/work", get(work::show))
        .route("/work/next", get(work::next))
        .route("/decisions", get(decisions::list))
        .route("/compare", get(compare::show))
        .route("/about", get(about::show))
        .route("/assets/{name}", get(assets::show))
        .fallback(problem::no_such_page)
        .method_not_allowed_fallback(problem::no_such_page)
        .with_state(console)
}

#[cfg(test)]
mod tests;
