//! Decisions: the journal, and what the forms of all pages decide, try out and undo.
//! Start reading at [`decide`]; what a form says is in `form.rs`.
//!
//! ```text
//! a form of any page ─► form: what it decides, in the words of the journal
//!                          ├─► decided, and back to the page, with a way to undo it
//!                          └─► tried out: what would change, and nothing is kept
//! ```

mod answers;
mod effect;
mod form;
mod told;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::Response;
use karat_hub::view::{
    Change, ChangeOutcome, ChangeRequest, Changed, DecisionPage, DecisionView, Refused,
};
use karat_model::decision::{DecisionNo, Ruling};

use super::page::{Page, Section, render, see_other};
use super::{Console, Problem, Visit};
use crate::access::{Caller, Permission};
use crate::serving::Server;

pub(super) use answers::{AnswerChoice, answer_choices};
pub(super) use effect::Effect;
pub(super) use form::{DecisionForm, Fields};
pub(super) use told::told;

/// How many decisions a page shows.
const DECISIONS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/decisions/template.html")]
struct JournalPage {
    page: Page,
    found: DecisionPage,
    is_first: bool,
}

#[derive(Template)]
#[template(path = "console/decisions/preview.html")]
struct PreviewPage {
    page: Page,
    form: DecisionForm,
    rulings: Vec<Ruling>,
    outcome: ChangeOutcome,
}

/// Shows the journal.
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let before = visit.parameter("before").and_then(|text| text.parse().ok()).map(DecisionNo);
    let found = console.ask(&visit, move |hub| hub.decisions(before, DECISIONS_PER_PAGE)).await?;
    let page = Page::new(&visit, Section::Decisions);
    Ok(render(JournalPage { page, found, is_first: before.is_none() }))
}

/// Decides what a form says, and leads back to its page.
pub(super) async fn decide(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = DecisionForm::of(fields);
    let rulings = said(&form, &server, &visit).await?;
    let change = Change::Decide { rulings, steward: caller.name, reason: form.reason() };
    let made = changed(&server, &visit, ChangeRequest::of(change)).await?.decisions;
    Ok(back(&form, "done", &made))
}

/// Shows what a form would change.
pub(super) async fn preview(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = DecisionForm::of(fields).seeing(&Console::of(&server), &visit).await?;
    let rulings = said(&form, &server, &visit).await?;
    let outcome = tried(&server, &visit, caller, rulings.clone()).await?;
    let page = Page::new(&visit, Section::Elsewhere);
    Ok(render(PreviewPage { page, form, rulings, outcome }))
}

/// Undoes decisions, and leads back to the page of the form.
pub(super) async fn undo(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = DecisionForm::of(fields);
    let decisions = form.decisions();
    if decisions.is_empty() {
        return Err(Problem::unfit_form(&visit));
    }
    let undone = decisions.clone();
    let change = Change::Undo { decisions, steward: caller.name, reason: form.reason() };
    changed(&server, &visit, ChangeRequest::of(change)).await?;
    Ok(back(&form, "undone", &undone))
}

/// What a form decides; one that decides nothing that can be is told so.
async fn said(form: &DecisionForm, server: &Server, visit: &Visit) -> Result<Vec<Ruling>, Problem> {
    form.rulings(server).await.ok_or_else(|| Problem::unfit_form(visit))
}

/// What decisions would do; nothing of it is kept.
pub(super) async fn tried(
    server: &Server,
    visit: &Visit,
    caller: Caller,
    rulings: Vec<Ruling>,
) -> Result<ChangeOutcome, Problem> {
    let change = Change::Decide { rulings, steward: caller.name, reason: String::new() };
    changed(server, visit, ChangeRequest::trial(change)).await
}

async fn changed(
    server: &Server,
    visit: &Visit,
    request: ChangeRequest,
) -> Result<ChangeOutcome, Problem> {
    match server.change(request).await {
        Ok(Changed::Now(outcome)) => Ok(*outcome),
        Ok(Changed::Before(_)) => Ok(ChangeOutcome::default()),
        Err(Refused::UndoneAlready(_)) => Err(Problem::undone_already(visit)),
        Err(Refused::UnknownRecord(_) | Refused::UnknownDecision(_)) => {
            Err(Problem::unfit_form(visit))
        }
        Err(refused) => Err(Problem::not_changed(visit, &refused)),
    }
}

/// Leads back to the page of a form, which tells what was done.
fn back(form: &DecisionForm, what: &str, decisions: &[DecisionNo]) -> Response {
    let numbers: Vec<String> = decisions.iter().map(|no| no.0.to_string()).collect();
    let address = form.back();
    let (path, fragment) = address.split_once('#').unwrap_or((&address, ""));
    let joint = if path.contains('?') { '&' } else { '?' };
    let mut address = format!("{path}{joint}{what}={}", numbers.join(","));
    if !fragment.is_empty() {
        address += &format!("#{fragment}");
    }
    see_other(&address)
}

impl JournalPage {
    fn told(&self, view: &DecisionView) -> String {
        told(&view.decision.ruling, &self.page)
    }

    fn is_standing(&self, view: &DecisionView) -> bool {
        view.undone.is_none()
    }
}

impl PreviewPage {
    fn told(&self, ruling: &Ruling) -> String {
        told(ruling, &self.page)
    }

    fn effect(&self) -> Effect<'_> {
        Effect { page: &self.page, outcome: &self.outcome }
    }
}
