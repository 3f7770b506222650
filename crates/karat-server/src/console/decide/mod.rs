//! Compare and decide: a few customers side by side, what they would be as one, and one key for
//! each answer.
//! Start reading at [`show`]; the table is in `side_by_side.rs`.
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
use karat_hub::view::{
    ChangeOutcome, CustomerSummary, DecisionView, Deliberation, PairBetween, Side,
};
use karat_model::attribute::EntityType;
use karat_model::decision::{Identity, Ruling};
use karat_model::evidence::{PairExplanation, Verdict};
use karat_model::id::EntityId;
use karat_model::language::Language;
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

/// The two that the question is about unless others are chosen: those of the likeliest pair.
const LIKELIEST: [usize; 2] = [0, 1];

/// How many customers stand side by side at most.
const CUSTOMERS_MAX: usize = 5;

#[derive(Template)]
#[template(path = "console/decide/template.html")]
struct DecidePage {
    page: Page,
    filter: Filter,
    found: Deliberation,
    /// The places of the two that the question is about.
    between: [usize; 2],
    /// What would happen if these two were the same; `None` when nobody may decide.
    if_same: Option<ChangeOutcome>,
    /// Where in the queue this is, and where it was found.
    place: Option<String>,
    after: Option<String>,
    now: Moment,
    /// The accounts that decide; nobody where whoever looks may not.
    stewards: Vec<String>,
}

/// Two customers that the question can be about.
struct PairChoice {
    /// Their columns: `1 – 3`.
    label: String,
    names: String,
    /// How likely they are one.
    chance: String,
    address: String,
    is_here: bool,
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
    let between = between(&visit, &found);
    let [one, other] = between.map(|at| &found.customers[at]);
    let if_same = match caller.role.may(Permission::Decide) {
        true => Some(tried(&server, &visit, caller, vec![same(one, other)]).await?),
        false => None,
    };
    let page = Page::new(&visit, Section::Work);
    let (now, stewards) = (console.now(), stewards(&console, &visit).await?);
    Ok(render(DecidePage { page, filter, found, between, if_same, place, after, now, stewards }))
}

fn lead_on(filter: &Filter, after: &Option<String>) -> Response {
    let after: Vec<(&str, &str)> = after.iter().map(|after| ("after", after.as_str())).collect();
    see_other(&filter.address("/work/next", &after))
}

/// The places of the two that the address chooses, if they are two of those that are shown.
fn between(visit: &Visit, found: &Deliberation) -> [usize; 2] {
    let ids = visit.parameter(BETWEEN).unwrap_or_default().split(',');
    let place = |id: &str| {
        let id: EntityId = id.trim().parse().ok()?;
        found.customers.iter().position(|side| side.summary.id == id)
    };
    let places: Vec<usize> = ids.filter_map(place).collect();
    match places[..] {
        [one, other] if one != other => [one.min(other), one.max(other)],
        _ => LIKELIEST,
    }
}

/// What the address calls the two that the question is about.
const BETWEEN: &str = "between";

/// The decision that two of them are the same.
fn same(one: &Side, other: &Side) -> Ruling {
    let (left, right) = (one.records.clone(), other.records.clone());
    Ruling::Identity(Identity { left, right, verdict: Verdict::Same })
}

impl DecidePage {
    fn rows(&self) -> Vec<Row> {
        rows(&self.page, &self.found, self.between, self.if_same.as_ref())
    }

    /// Whether it is decided about a customer unless a steward says otherwise: about the two that
    /// the question is about, and not about those that stand beside them.
    fn is_chosen(&self, at: &usize) -> bool {
        self.between.contains(at)
    }

    /// What would be seen if the two that the question is about were the same.
    fn if_they_are(&self) -> String {
        let text = self.page.text;
        if !self.is_choice() {
            return text.say("If they are the same", "Als het dezelfde is").into();
        }
        let [one, other] = self.between.map(|at| at + 1);
        match text.language {
            Language::English => format!("If {one} and {other} are the same"),
            Language::Dutch => format!("Als {one} en {other} dezelfde zijn"),
        }
    }

    /// The pairs that the question can be about, the likeliest first; nothing where there is one.
    fn choices(&self) -> Vec<PairChoice> {
        let pairs = self.found.pairs.iter().filter(|_| self.is_choice());
        let choice = |between: &PairBetween| {
            let mut places = [self.place_of(between.left)?, self.place_of(between.right)?];
            places.sort_unstable();
            let ids = [between.left, between.right].map(|id| id.to_string()).join(",");
            Some(PairChoice {
                label: format!("{} – {}", places[0] + 1, places[1] + 1),
                names: places.map(|at| self.name_at(at)).join(", "),
                chance: self.page.text.percent(between.pair.probability()),
                address: self.address_between(&ids),
                is_here: places == self.between,
            })
        };
        pairs.filter_map(choice).collect()
    }

    /// This page, with the question about two others.
    fn address_between(&self, ids: &str) -> String {
        let all: Vec<String> =
            self.found.customers.iter().map(|side| side.summary.id.to_string()).collect();
        let all = all.join(",");
        let mut parts = vec![("customers", all.as_str()), (BETWEEN, ids)];
        parts.extend(self.place.iter().map(|place| ("place", place.as_str())));
        parts.extend(self.after.iter().map(|after| ("after", after.as_str())));
        self.filter.address("/decide", &parts)
    }

    fn place_of(&self, id: EntityId) -> Option<usize> {
        self.found.customers.iter().position(|side| side.summary.id == id)
    }

    /// The names of the two that the question is about.
    fn names(&self) -> [String; 2] {
        self.between.map(|at| self.name_at(at))
    }

    fn name_at(&self, at: usize) -> String {
        self.page.name(&self.found.customers[at].summary).to_string()
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

    /// The pair of records that weighs most of the two that the question is about.
    fn strongest(&self) -> Option<&PairBetween> {
        pair_between(&self.found, self.between)
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

    /// The rows of other customers, as far as there are any: who is at the same address, and whom
    /// each has to do with.
    fn others(&self) -> Vec<(&'static str, Vec<Vec<Other<'_>>>)> {
        let text = self.page.text;
        let rows = [
            (
                text.say("At the same address", "Op hetzelfde adres"),
                self.beside(|it| &it.household),
            ),
            (text.say("Has to do with", "Heeft te maken met"), self.beside(|it| &it.related)),
        ];
        rows.into_iter()
            .filter(|(_, told)| told.iter().any(|of_side| !of_side.is_empty()))
            .collect()
    }

    /// For each side its other customers, each with whether all other sides have the same.
    fn beside<'a>(
        &'a self,
        others_of: impl Fn(&'a Side) -> &'a [CustomerSummary],
    ) -> Vec<Vec<Other<'a>>> {
        let sides = &self.found.customers;
        let is_of = |side: &'a Side, id| others_of(side).iter().any(|known| known.id == id);
        let is_shared = |id: EntityId| sides.iter().all(|side| is_of(side, id));
        let told = |side| others_of(side).iter().map(|it| (it, is_shared(it.id))).collect();
        sides.iter().map(told).collect()
    }
}

/// Another customer, and whether all that are shown have it.
type Other<'a> = (&'a CustomerSummary, bool);

/// The pair of records that weighs most of the customers at two places.
fn pair_between(found: &Deliberation, places: [usize; 2]) -> Option<&PairBetween> {
    let ids = places.map(|at| found.customers[at].summary.id);
    found.pairs.iter().find(|it| ids.contains(&it.left) && ids.contains(&it.right))
}

#[cfg(test)]
mod tests;
