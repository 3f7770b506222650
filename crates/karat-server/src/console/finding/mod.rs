//! A finding: what is wrong where, how far it is towards its source, and what may be done about it.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use karat_hub::feedback::FeedbackState;
use karat_hub::view::{Change, ChangeRequest, FindingDetail, FindingView, Refused, Step};
use karat_model::finding::{FindingNo, FindingState, StepNo};
use karat_model::id::EntityId;
use serde::Deserialize;

use super::page::{Page, Section, render, see_other};
use super::{Console, Problem, Visit};
use crate::access::{Caller, Permission};
use crate::api::{REASON_CHARACTERS_MAX, moment_of, whole};
use crate::serving::Server;

mod steps;

pub(super) use steps::StepForms;

#[derive(Template)]
#[template(path = "console/finding/template.html")]
struct FindingPage {
    page: Page,
    found: FindingDetail,
    /// Why what was asked for was not done.
    refused: Option<String>,
}

/// Shows a finding.
pub(super) async fn show(
    State(console): State<Console>,
    Path(number): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let found = found(&console, &visit, &number).await?;
    Ok(render(FindingPage { page: Page::new(&visit, Section::Quality), found, refused: None }))
}

/// What the forms of the page hold.
#[derive(Deserialize)]
pub(super) struct StepForm {
    /// The step that is to be taken; none when the last one is to be undone.
    #[serde(default)]
    state: String,
    /// The step that is to be undone.
    #[serde(default)]
    undo: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
    /// The customer on whose page the form stands; none when it is the page of the finding.
    #[serde(default)]
    back: String,
}

/// Takes a step, or undoes the last one.
pub(super) async fn step(
    State(server): State<Server>,
    Path(number): Path<String>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    Form(form): Form<StepForm>,
) -> Result<Response, Problem> {
    let console = Console::of(&server);
    let found = found(&console, &visit, &number).await?;
    let done = match asked(&form, &found, caller) {
        Some(change) => {
            let request = ChangeRequest::of(change);
            server.change(request).await.map(drop)
        }
        None => Err(Refused::UntilNotAhead),
    };
    let Err(refused) = done else {
        let address = match form.back.parse::<EntityId>() {
            Ok(customer) => format!("/customers/{customer}#wrong"),
            Err(_) => format!("/findings/{}", found.view.finding.no.0),
        };
        return Ok(see_other(&address));
    };
    let refused = Some(told(&refused, &visit).to_string());
    let found = self::found(&console, &visit, &number).await?;
    let page = Page::new(&visit, Section::Quality);
    let mut response = render(FindingPage { page, found, refused });
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// The change that a form asks for; `None` when it asks for none.
fn asked(form: &StepForm, found: &FindingDetail, caller: Caller) -> Option<Change> {
    let finding = found.view.finding.no;
    let steward = caller.name;
    let reason: String = form.reason.trim().chars().take(REASON_CHARACTERS_MAX).collect();
    let reason = reason.replace('\0', "");
    if let Ok(step) = form.undo.parse() {
        return Some(Change::UndoStep { finding, step: StepNo(step), steward, reason });
    }
    let state = FindingState::from_name(&form.state)?;
    let until = match form.until.as_str() {
        "" => None,
        text => Some(moment_of(text).ok()?),
    };
    let findings = vec![finding];
    Some(Change::Step { findings, state, until, steward, reason, lenient: false })
}

async fn found(console: &Console, visit: &Visit, number: &str) -> Result<FindingDetail, Problem> {
    let Some(no) = whole(number) else { return Err(Problem::no_such_page(visit)) };
    let found = console.ask(visit, move |hub| hub.finding(FindingNo(no))).await?;
    found.ok_or_else(|| Problem::no_such_page(visit))
}

/// Why a step was not taken, and what to do.
fn told<'v>(refused: &Refused, visit: &'v Visit) -> &'v str {
    let text = visit.text;
    match refused {
        Refused::ReasonMissing => text.say(
            "Nothing was changed: write down why.",
            "Er is niets gewijzigd: schrijf op waarom.",
        ),
        Refused::UntilNotAhead => text.say(
            "Nothing was changed: choose a day that is yet to come.",
            "Er is niets gewijzigd: kies een dag die nog moet komen.",
        ),
        Refused::UnfitStep { .. } | Refused::NotLastStep(_) => text.say(
            "Nothing was changed: somebody was first, or the finding was closed meanwhile. It stands here as it is now.",
            "Er is niets gewijzigd: iemand was u voor, of de bevinding is intussen gesloten. Hier staat zij zoals zij nu is.",
        ),
        _ => text.say(
            "Nothing was changed: the hub takes no changes now. Try again in a moment.",
            "Er is niets gewijzigd: de hub neemt nu geen wijzigingen aan. Probeer het zo nog eens.",
        ),
    }
}

impl FindingPage {
    fn view(&self) -> &FindingView {
        &self.found.view
    }

    fn state(&self) -> &'static str {
        self.view().state.label(self.page.text.language)
    }

    /// What the state means, in a sentence.
    fn meaning(&self) -> &'static str {
        let text = self.page.text;
        match self.view().state {
            FeedbackState::Open => text.say(
                "Whoever answers for the source was not told.",
                "Wie over de bron gaat, weet dit nog niet.",
            ),
            FeedbackState::Sent => text.say(
                "Whoever answers for the source was told.",
                "Wie over de bron gaat, heeft dit gehoord.",
            ),
            FeedbackState::Acknowledged => text.say(
                "Whoever answers for the source has seen it.",
                "Wie over de bron gaat, heeft het gezien.",
            ),
            FeedbackState::FixedInSource => text.say(
                "It is said to be fixed; the next delivery of the record verifies it.",
                "Het is hersteld, zegt de bron; de volgende levering van het record verifieert dat.",
            ),
            FeedbackState::Verified => text.say(
                "The record was delivered anew, and passes.",
                "Het record is opnieuw geleverd en is nu goed.",
            ),
            FeedbackState::Rejected => text.say(
                "It is said that nothing is wrong; it is not sent again.",
                "Er is niets mis, is het antwoord; het wordt niet meer verstuurd.",
            ),
            FeedbackState::AcceptedAsIs => text.say(
                "It is known and stays as it is for now.",
                "Het is bekend en blijft voorlopig zo.",
            ),
            FeedbackState::Closed => text.say(
                "It is closed, and not by what its source delivered after it was sent.",
                "Zij is gesloten, en niet door wat de bron leverde nadat zij was verstuurd.",
            ),
        }
    }

    fn step_label(&self, state: &FindingState) -> &'static str {
        FeedbackState::from(*state).label(self.page.text.language)
    }

    fn steps(&self) -> StepForms<'_> {
        StepForms { page: &self.page, view: self.view(), back: None }
    }

    /// The step that may be undone.
    fn last(&self) -> Option<&Step> {
        let view = self.view();
        let is_open = view.finding.closed.is_none() && self.page.may(Permission::Decide);
        view.steps.iter().rfind(|step| step.undone.is_none()).filter(|_| is_open)
    }
}
