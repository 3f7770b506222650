//! Compare and decide: a few customers side by side, what they would be as one, and one key for
//! each answer.
//!
//! ```text
//! the work queue ─► customers side by side ─┬─► same, different, related, not sure ─► the next item
//!                   what would change        └─► later ───────────────────────────────┘
//! ```

mod difference;
mod side_by_side;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{ChangeOutcome, DecisionView, Deliberation, PairBetween, Side};
use karat_model::attribute::EntityType;
use karat_model::decision::{Identity, Ruling};
use karat_model::evidence::{PairExplanation, Verdict};
use karat_model::id::EntityId;
use karat_model::record::Moment;

use super::decisions::{AnswerChoice, Effect, answer_choices, told, tried};
use super::page::{Page, Section, render, see_other};
use super::work::{Assigning, Filter, stewards};
use super::{Console, Problem, Visit};
use crate::access::{Caller, Permission};
use crate::chart::Waterfall;
use crate::reasons::{Reasons, reasons};
use crate::serving::Server;
use side_by_side::{Row, rows};

/// How many of them the question is about.
const LIKELIEST: usize = 2;

/// How many customers stand side by side at most.
const CUSTOMERS_MAX: usize = 5;

#[derive(Template)]
#[template(path = "console/decide/template.html")]
struct DecidePage {
    page: Page,
    filter: Filter,
    found: Deliberation,
    /// What would happen if the first two were the same; `None` when nobody may decide.
    if_same: Option<ChangeOutcome>,
    /// Where in the queue this is, and where it was found.
    place: Option<String>,
    after: Option<String>,
    now: Moment,
    /// The accounts that decide; nobody where whoever looks may not.
    stewards: Vec<String>,
}

/// Shows customers side by side; those that are no longer two lead on to the next.
pub(super) async fn show(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
) -> Result<Response, Problem> {
    let console = Console::of(&server);
    let filter = Filter::of(&visit);
    let ids = visit.parameter("customers").unwrap_or_default().split(',');
    let mut ids: Vec<EntityId> = ids.filter_map(|id| id.trim().parse().ok()).collect();
    ids.truncate(CUSTOMERS_MAX);
    let [place, after] = ["place", "after"].map(|name| visit.parameter(name).map(str::to_string));
    let found = console.ask(&visit, move |hub| hub.deliberation(&ids)).await?;
    let [first, rest @ ..] = &found.customers[..] else { return Ok(lead_on(&filter, &after)) };
    let is_one_type = rest.iter().all(|it| it.summary.entity_type == first.summary.entity_type);
    if rest.is_empty() || !is_one_type {
        return Ok(lead_on(&filter, &after));
    }
    let if_same = match caller.role.may(Permission::Decide) {
        true => Some(tried(&server, &visit, caller, vec![same(first, &rest[0])]).await?),
        false => None,
    };
    let page = Page::new(&visit, Section::Work);
    let (now, stewards) = (console.now(), stewards(&console, &visit).await?);
    Ok(render(DecidePage { page, filter, found, if_same, place, after, now, stewards }))
}

fn lead_on(filter: &Filter, after: &Option<String>) -> Response {
    let after: Vec<(&str, &str)> = after.iter().map(|after| ("after", after.as_str())).collect();
    see_other(&filter.address("/work/next", &after))
}

/// The decision that two of them are the same.
fn same(one: &Side, other: &Side) -> Ruling {
    let (left, right) = (one.records.clone(), other.records.clone());
    Ruling::Identity(Identity { left, right, verdict: Verdict::Same })
}

impl DecidePage {
    fn rows(&self) -> Vec<Row> {
        rows(&self.page, &self.found, self.if_same.as_ref())
    }

    /// Whether it is decided about a customer unless a steward says otherwise: about the likeliest
    /// two, and not about those that stand beside them.
    fn is_chosen(&self, at: &usize) -> bool {
        *at < LIKELIEST
    }

    /// What would be seen if the likeliest two were the same.
    fn if_they_are(&self) -> &'static str {
        let text = self.page.text;
        match self.is_choice() {
            true => text.say("If 1 and 2 are the same", "Als 1 en 2 dezelfde zijn"),
            false => text.say("If they are the same", "Als het dezelfde is"),
        }
    }

    /// What they are, for the question.
    fn question(&self) -> &'static str {
        let text = self.page.text;
        match self.found.customers[0].summary.entity_type {
            EntityType::Person => text.say("Are they the same person?", "Is dit dezelfde persoon?"),
            EntityType::Organisation => {
                text.say("Are they the same organisation?", "Is dit dezelfde organisatie?")
            }
        }
    }

    /// Who has the item, where one waits.
    fn assigning(&self) -> Option<Assigning<'_>> {
        let names = self.found.customers.iter().map(|side| self.page.name(&side.summary));
        Some(Assigning {
            page: &self.page,
            assignment: self.found.assignment.as_ref()?,
            stewards: &self.stewards,
            back: self.page.address.clone(),
            onward: self.later(),
            about: names.collect::<Vec<_>>().join(", "),
            now: self.now,
        })
    }

    fn strongest(&self) -> Option<&PairBetween> {
        self.found.pairs.first()
    }

    fn reasons(&self, between: &PairBetween) -> Reasons {
        reasons(&between.pair, between.held, self.page.attributes(), self.page.text)
    }

    fn waterfall<'a>(&self, pair: &'a PairExplanation) -> Waterfall<'a> {
        Waterfall::of(pair, self.page.text, |text, evidence, values| {
            text.compared(evidence, values)
        })
    }

    fn effect(&self) -> Option<Effect<'_>> {
        self.if_same.as_ref().map(|outcome| Effect { page: &self.page, outcome })
    }

    fn told(&self, view: &DecisionView) -> String {
        told(&view.decision.ruling, &self.page)
    }

    /// Whether a part of them can be chosen.
    fn is_choice(&self) -> bool {
        self.found.customers.len() > 2
    }

    fn options(&self) -> [AnswerChoice; 4] {
        answer_choices(self.page.text)
    }

    /// Where a decision leads back to: the next item after where this one was found.
    fn back(&self) -> String {
        let after: Vec<(&str, &str)> =
            self.after.iter().map(|after| ("after", after.as_str())).collect();
        self.filter.address("/work/next", &after)
    }

    /// The next item, without a decision about this one.
    fn later(&self) -> String {
        let place: Vec<(&str, &str)> =
            self.place.iter().map(|place| ("after", place.as_str())).collect();
        self.filter.address("/work/next", &place)
    }

    fn queue(&self) -> String {
        self.filter.address("/work", &[])
    }

    /// The name of a customer of a pair.
    fn name_of(&self, id: &EntityId) -> String {
        let side = self.found.customers.iter().find(|side| side.summary.id == *id);
        side.map_or_else(String::new, |side| self.page.name(&side.summary).to_string())
    }
}
