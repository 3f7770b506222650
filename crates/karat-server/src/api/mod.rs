//! The REST API, under `/v1`.
//!
//! Arrives: HTTP requests of applications that showed a key.
//! Leaves: JSON, and problem details (RFC 9457) for every refusal.
//! Promises: the OpenAPI document is made of this code and says all; bodies have types of their own,
//! so that the model may change and they do not; no value of a record stands in a problem.
//! Start reading at [`router`]; each resource is a file, and `shape.rs` has the bodies that several
//! share.

mod problem;
mod body;
mod cursor;
mod parameters;
mod repetition;
mod shape;
mod records;
mod candidates;
mod check;
mod create;
mod entities;
mod diff;
mod potential_matches;
mod match_models;
mod scorecard;
mod findings;
mod feedback;
mod repairs;
mod currency;
mod confirmations;
mod decisions;
mod stream;
mod events;
mod snapshot;
mod probes;
mod openapi;
mod manual;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post, put};
use karat_hub::view::{ChangeRequest, Changed, Refused};
use tokio::sync::oneshot::{Receiver, channel};

pub use body::BATCH_BYTES_MAX;
pub use confirmations::confirmation_json;
pub(crate) use create::made_id;
pub use currency::{currency_json, queue_json};
pub(crate) use decisions::{REASON_CHARACTERS_MAX, RulingBody, rulings};
pub use feedback::feedback_json;
pub(crate) use feedback::moment_of;
pub use findings::finding_json;
pub use manual::MANUAL;
pub(crate) use parameters::whole;
pub use problem::{Answer, Problem, ProblemKind};
pub use repairs::repair_step_json;
pub use scorecard::scorecard_json;
pub(crate) use stream::{Sending, begin as begin_parts};

use crate::access::Permission::{Check, Decide, Enter, Read, Step, Write};
use crate::access::guard::{close, identify, only};
use crate::serving::{Server, refuse_foreign};

/// The routes of the API.
pub fn router(server: Server) -> Router {
    let record = only(Read, get(records::show))
        .merge(only(Write, put(records::put).merge(delete(records::delete))));
    let confirmations =
        only(Read, get(confirmations::list)).merge(only(Decide, post(confirmations::confirm)));
    let decisions = only(Read, get(decisions::list)).merge(only(Decide, post(decisions::decide)));
    let closed = Router::new()
        .route("/v1/sources/{source}/records/{id}", record)
        .route("/v1/sources/{source}/records/{id}/confirmations", confirmations)
        .route("/v1/confirmations/{number}/undo", only(Decide, post(confirmations::undo)))
        .route("/v1/sources/{source}/records", only(Write, post(records::put_several)))
        .route("/v1/{type}/match", only(Read, post(candidates::find)))
        .route("/v1/{type}/check", only(Check, post(check::ask)))
        // One for each type: what else stands there is no resource, rather than a wrong method.
        .route("/v1/person", only(Enter, post(create::enter)))
        .route("/v1/organisation", only(Enter, post(create::enter)))
        .route("/v1/entities", only(Read, get(entities::find)))
        .route("/v1/entities/search", only(Read, post(entities::search)))
        .route("/v1/entities/{id}", only(Read, get(entities::show)))
        .route("/v1/entities/{id}/records", only(Read, get(entities::records)))
        .route("/v1/entities/{id}/lineage", only(Read, get(entities::lineage)))
        .route("/v1/entities/{id}/history", only(Read, get(entities::history)))
        .route("/v1/entities/{id}/diff", only(Read, get(diff::of_entity)))
        .route("/v1/diff", only(Read, get(diff::list)))
        .route("/v1/entities/{id}/potential-matches", only(Read, get(entities::nearby)))
        .route("/v1/potential-matches", only(Read, get(potential_matches::list)))
        .route("/v1/match-models", only(Read, get(match_models::list)))
        .route("/v1/scorecard", only(Read, get(scorecard::show)))
        .route("/v1/currency", only(Read, get(currency::show)))
        .route("/v1/currency/queue", only(Read, get(currency::queue)))
        .route("/v1/findings", only(Read, get(findings::list)))
        .route("/v1/findings/{number}", only(Read, get(feedback::show)))
        .route("/v1/findings/{number}/steps", only(Step, post(feedback::step)))
        .route("/v1/findings/{number}/steps/{step}/undo", only(Step, post(feedback::undo)))
        .route("/v1/feedback", only(Read, get(feedback::figures)))
        .route("/v1/repairs", only(Read, get(repairs::list)))
        .route("/v1/decisions", decisions)
        .route("/v1/decisions/{number}", only(Read, get(decisions::show)))
        .route("/v1/decisions/{number}/undo", only(Decide, post(decisions::undo)))
        .route("/v1/events", only(Read, get(events::list)))
        .route("/v1/snapshot", only(Read, get(snapshot::take)))
        .route("/v1/openapi.json", only(Read, get(openapi::show)))
        .route(MANUAL, only(Read, get(manual::show)))
        .route("/v1", only(Read, get(probes::about)))
        .route("/readyz", only(Read, get(probes::ready)))
        .route("/metrics", only(Read, get(probes::metrics)))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(close))
        .layer(from_fn_with_state(server.clone(), identify))
        .layer(from_fn_with_state(server.clone(), refuse_foreign));
    let open = Router::new()
        .route("/healthz", get(probes::alive))
        .method_not_allowed_fallback(wrong_method);
    closed.merge(open).layer(DefaultBodyLimit::disable()).with_state(server)
}

async fn wrong_method() -> Box<Problem> {
    Problem::with(ProblemKind::WrongMethod, "The header `Allow` lists what it does.")
}

/// How many changes of one request wait at a time, so that a long list does not crowd others out.
const WAITING_MAX: usize = 64;

impl Server {
    /// Asks for a change.
    pub(crate) async fn change(&self, request: ChangeRequest) -> Result<Changed, Refused> {
        self.begin(request).await.unwrap_or(Err(Refused::Stopped))
    }

    /// Asks for some changes, in this order.
    async fn change_each(&self, requests: Vec<ChangeRequest>) -> Vec<Result<Changed, Refused>> {
        let mut changed = Vec::with_capacity(requests.len());
        let mut requests = requests.into_iter().peekable();
        while requests.peek().is_some() {
            let some = requests.by_ref().take(WAITING_MAX);
            let begun: Vec<_> = some.map(|request| self.begin(request)).collect();
            for answer in begun {
                changed.push(answer.await.unwrap_or(Err(Refused::Stopped)));
            }
        }
        changed
    }

    /// Asks for a change; no answer comes when the hub stops, or takes none.
    fn begin(&self, request: ChangeRequest) -> Receiver<Result<Changed, Refused>> {
        let (answer, answered) = channel();
        if let Some(writer) = &self.writer {
            // Who asked may have gone meanwhile.
            writer.ask(request, Box::new(move |changed| drop(answer.send(changed))));
        }
        answered
    }
}

#[cfg(test)]
mod tests;
