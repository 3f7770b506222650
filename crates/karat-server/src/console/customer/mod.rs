//! One customer: the golden record, where each value came from, and why its records are together.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use karat_hub::view::{
    Addressing, Customer, FindingView, IdLookup, LastSeen, MailAddress, NearbyCustomer,
    RecordDetail, RepairedValue, Sure, phone_type_of,
};
use karat_model::attribute::AttributeId;
use karat_model::claim::Claim;
use karat_model::decision::{Decision, DecisionNo, Ruling, SettledValue};
use karat_model::evidence::PairExplanation;
use karat_model::golden::{GoldenRecord, GoldenValue, Loser, Withheld};
use karat_model::hub_model::SurvivorshipRule;
use karat_model::id::{EntityId, RecordKey};

use super::finding::StepForms;
use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::Waterfall;
use crate::reasons::reasons;
use settling::Settling;

mod record_table;
mod settling;

pub(super) use record_table::RecordTable;

#[derive(Template)]
#[template(path = "console/customer/template.html")]
struct CustomerPage {
    page: Page,
    customer: Customer,
    /// The id the visitor came by, if it was redirected.
    came_by: Option<EntityId>,
    /// The record that was just typed in, and its version.
    entered: Option<(RecordKey, String)>,
}

/// What a golden record says about one topic.
struct Topic<'c> {
    heading: &'static str,
    values: Vec<&'c GoldenValue>,
    withheld: Vec<&'c Withheld>,
}

/// Shows a customer, leads on from an id it had before, or says that there is none.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    entity_id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = id_of(&visit, entity_id)?;
    let lookup = console.ask(&visit, move |hub| hub.customer(id)).await?;
    let customer = match found(&visit, id, lookup)? {
        Ok(customer) => customer,
        Err(successor) => return Ok(led_on(&format!("/customers/{successor}?from={id}"))),
    };
    let came_by = visit.parameter("from").and_then(|from| from.parse().ok());
    let page = Page::new(&visit, Section::Elsewhere);
    let entered = entered(&visit, &customer);
    Ok(render(CustomerPage { page, customer, came_by, entered }))
}

/// What was found of a customer, or the customer that it is part of now.
pub(super) fn found<T>(
    visit: &Visit,
    id: EntityId,
    lookup: IdLookup<T>,
) -> Result<Result<T, EntityId>, Problem> {
    match lookup {
        IdLookup::Found(found) => Ok(Ok(*found)),
        IdLookup::RedirectedTo(successor) => Ok(Err(successor)),
        IdLookup::Retired => Err(Problem::retired_customer(visit, id)),
        IdLookup::Unknown => Err(Problem::unknown_customer(visit)),
    }
}

/// Leads on to a page of the customer that another is part of now: not for ever, as an unmerge can
/// give the id its customer back.
pub(super) fn led_on(address: &str) -> Response {
    Redirect::temporary(address).into_response()
}

/// The record of the customer that an address says was just typed in, and its version.
fn entered(visit: &Visit, customer: &Customer) -> Option<(RecordKey, String)> {
    let key: RecordKey = visit.parameter("entered")?.parse().ok()?;
    let version = visit.parameter("version")?.to_string();
    let is_of_customer = customer.records.iter().any(|detail| detail.record.key == key);
    is_of_customer.then_some((key, version))
}

/// The customer that an address names.
pub(super) fn id_of(
    visit: &Visit,
    entity_id: Result<Path<String>, PathRejection>,
) -> Result<EntityId, Problem> {
    let id = entity_id.ok().and_then(|Path(text)| text.parse().ok());
    id.ok_or_else(|| Problem::unknown_customer(visit))
}

/// More records than this start folded.
const UNFOLDED_RECORDS_MAX: usize = 3;

impl CustomerPage {
    /// How the customer is written to, if it is a person with a name.
    fn addressing(&self) -> Option<Addressing> {
        Addressing::of_golden(&self.customer.golden)
    }

    /// The type of a phone number; nothing for other values.
    fn phone_type(&self, value: &GoldenValue) -> &'static str {
        let is_phone = value.attribute == AttributeId::PHONE;
        let label = || phone_type_of(&value.value).label(self.page.text.language);
        if is_phone { label() } else { "" }
    }

    /// Where the customer gets mail, if a street is known.
    fn mail_address(&self) -> Option<MailAddress> {
        MailAddress::of_golden(&self.customer.golden, self.page.model())
    }

    /// What kind of address it is, and whether parcels arrive there.
    fn address_kind(&self, address: &MailAddress) -> String {
        let text = self.page.text;
        let kind = address.kind.label(text.language);
        match address.kind.takes_parcels() {
            true => kind.to_owned(),
            false => format!("{kind}, {}", text.say("no parcels", "geen pakketten")),
        }
    }

    /// The values of the golden record, and those that it does not show, under headings.
    fn topics(&self) -> Vec<Topic<'_>> {
        let GoldenRecord { values, withheld, .. } = &self.customer.golden;
        let mut topics: Vec<Topic> = Vec::new();
        for value in values {
            self.topic(&mut topics, value.attribute).values.push(value);
        }
        for withheld in withheld {
            self.topic(&mut topics, withheld.attribute).withheld.push(withheld);
        }
        topics
    }

    /// The topic of an attribute, which is begun if it is the first of it.
    fn topic<'t, 'c>(
        &self,
        topics: &'t mut Vec<Topic<'c>>,
        attribute: AttributeId,
    ) -> &'t mut Topic<'c> {
        let heading = self.page.text.topic(self.page.attributes().get(attribute));
        let at = topics.iter().position(|topic| topic.heading == heading).unwrap_or_else(|| {
            topics.push(Topic { heading, values: Vec::new(), withheld: Vec::new() });
            topics.len() - 1
        });
        &mut topics[at]
    }

    /// Who decided that a value shows, when and why; nothing when nobody did.
    fn shown_by(&self, value: &GoldenValue) -> String {
        let decided = value.decided.as_ref().map(|decided| decided.no);
        decided.map_or_else(String::new, |no| self.decided(&no))
    }

    /// Who decided that a claim does not show, when and why; nothing when nobody decided just that.
    fn put_out_by(&self, attribute: &AttributeId, loser: &Loser) -> String {
        let name = &self.page.attributes().get(*attribute).name;
        let is_about = |decision: &&Decision| match &decision.ruling {
            Ruling::Value(settled) => {
                settled.attribute == *name
                    && settled.record == loser.source.record
                    && settled.value != SettledValue::OfRecord
            }
            _ => false,
        };
        let by_decision = loser.rule == Some(SurvivorshipRule::Decision);
        // Of several the last one counts.
        let decision = self.customer.decisions.iter().rfind(is_about).filter(|_| by_decision);
        decision.map_or_else(String::new, |decision| self.decided(&decision.no))
    }

    /// Who made a decision, when and why.
    fn decided(&self, no: &DecisionNo) -> String {
        let made = self.customer.decisions.iter().find(|decision| decision.no == *no);
        let Some(Decision { steward, at, reason, .. }) = made else { return String::new() };
        let when = self.page.text.date(at);
        match reason.as_str() {
            "" => format!("{steward}, {when}"),
            reason => format!("{steward}, {when}: {reason}"),
        }
    }

    /// By which step a value was repaired that a record is said to claim; nothing when the source
    /// itself said so.
    fn repaired(&self, attribute: &AttributeId, record: &RecordKey, value: &str) -> String {
        let detail = self.customer.records.iter().find(|detail| detail.record.key == *record);
        let Some(RecordDetail { cleaned, repairs, .. }) = detail else { return String::new() };
        let says = |claim: &&Claim| claim.attribute == *attribute && claim.value == value;
        let columns = cleaned.claims.iter().filter(says).map(|claim| claim.column);
        let steps = columns.filter_map(|column| {
            // Of several the last one made it what it is.
            repairs.iter().rfind(|repaired| repaired.column == column)
        });
        let told = |it: &RepairedValue| {
            let repaired = self.page.text.say("repaired by step", "hersteld door stap");
            format!("{repaired} {}", it.step)
        };
        steps.map(told).next().unwrap_or_default()
    }

    /// Why the value won, in a few words.
    fn reason(&self, value: &GoldenValue) -> &'static str {
        let (text, golden) = (self.page.text, &self.customer.golden);
        let Some(unchosen) = golden.unchosen(value) else {
            return value.rule.map_or("", |rule| text.won_by(rule));
        };
        let is_only_value = golden.all(value.attribute).nth(1).is_none();
        let is_alone = value.supporters.is_empty();
        let by_decision = |loser: &Loser| loser.rule == Some(SurvivorshipRule::Decision);
        match &value.losers[..] {
            [] if is_alone && is_only_value => text.say("the only value", "de enige waarde"),
            losers @ [_, ..] if is_alone && losers.iter().all(by_decision) => {
                text.say("the only value left", "de enige die overblijft")
            }
            _ => text.unchosen(unchosen),
        }
    }

    /// How sure a value still is, in a few words; nothing where values do not age.
    fn sure(&self, value: &GoldenValue) -> String {
        let text = self.page.text;
        match self.sure_of(value).map(|sure| (sure.last_seen, sure.probability)) {
            Some((LastSeen::Refuted, _)) => text.say("found wrong", "fout gebleken").into(),
            Some((_, Some(probability))) => {
                format!("{} {}", text.percent(probability), text.say("still so", "nog zo"))
            }
            _ => String::new(),
        }
    }

    /// Since when it is known how sure a value is.
    fn sure_since(&self, value: &GoldenValue) -> String {
        let text = self.page.text;
        match self.sure_of(value).map(|sure| sure.last_seen) {
            Some(LastSeen::On(day)) => {
                format!(
                    "{} {}",
                    text.say("last known to be so on", "voor het laatst zo op"),
                    text.day(&day)
                )
            }
            Some(LastSeen::Refuted) => text
                .say("somebody found out that it is not so", "iemand merkte dat het niet klopt")
                .into(),
            Some(LastSeen::Never) => {
                text.say("nobody says when it was so", "niemand zegt wanneer het zo was").into()
            }
            None => String::new(),
        }
    }

    fn sure_of(&self, value: &GoldenValue) -> Option<Sure> {
        let values = self.customer.golden.values.iter();
        let at = values.into_iter().position(|known| std::ptr::eq(known, value))?;
        self.customer.sure.get(at).copied().flatten()
    }

    /// What made the value win, if anything had to.
    fn won_by(&self, value: &GoldenValue) -> String {
        let reason = self.reason(value);
        match value.rule {
            Some(_) => format!("{}: {reason}", self.page.text.say("won", "won")),
            None => reason.into(),
        }
    }

    fn not_linked(&self, nearby: &NearbyCustomer) -> String {
        reasons(&nearby.pair, nearby.held, self.page.attributes(), self.page.text).not_linked
    }

    /// What may be decided of a value, on this page.
    fn settling<'a>(&'a self, value: &'a GoldenValue) -> Settling<'a> {
        Settling::of_value(&self.page, &self.customer, value)
    }

    /// What may be decided of a value that is not shown.
    fn restoring<'a>(&'a self, withheld: &'a Withheld) -> Settling<'a> {
        Settling::of_withheld(&self.page, &self.customer, withheld)
    }

    /// What may be done about a finding, on this page.
    fn steps<'a>(&'a self, view: &'a FindingView) -> StepForms<'a> {
        StepForms { page: &self.page, view, back: Some(self.customer.summary.id) }
    }

    /// How far a finding is, towards its source.
    fn state(&self, view: &FindingView) -> &'static str {
        view.state.label(self.page.text.language)
    }

    fn is_folded(&self) -> bool {
        self.customer.records.len() > UNFOLDED_RECORDS_MAX
    }

    fn waterfall<'a>(&self, pair: &'a PairExplanation) -> Waterfall<'a> {
        Waterfall::of(pair, self.page.text, |text, evidence, values| {
            text.compared(evidence, values)
        })
    }

    fn record_table<'a>(&'a self, record: &'a RecordDetail) -> RecordTable<'a> {
        RecordTable { page: &self.page, record }
    }
}
