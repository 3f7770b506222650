//! One customer: the golden record, where each value came from, and why its records are together.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use karat_hub::view::{Customer, CustomerLookup, NearbyCustomer, RecordDetail};
use karat_model::evidence::PairExplanation;
use karat_model::golden::GoldenValue;
use karat_model::id::EntityId;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::chart::Waterfall;
use crate::reasons::reasons;

mod record_table;

pub(super) use record_table::RecordTable;

#[derive(Template)]
#[template(path = "console/customer/template.html")]
struct CustomerPage {
    page: Page,
    customer: Customer,
    /// The id the visitor came by, if it was redirected.
    came_by: Option<EntityId>,
}

/// Shows a customer, leads on from an id it had before, or says that there is none.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    entity_id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = entity_id.ok().and_then(|Path(text)| text.parse::<EntityId>().ok());
    let Some(id) = id else {
        return Err(Problem::unknown_customer(&visit));
    };
    match console.ask(&visit, move |hub| hub.customer(id)).await? {
        CustomerLookup::Found(customer) => {
            let came_by = visit.parameter("from").and_then(|from| from.parse().ok());
            let page = Page::new(&visit, Section::Elsewhere);
            Ok(render(CustomerPage { page, customer: *customer, came_by }))
        }
        // Not a permanent redirect: an unmerge can give the id its customer back.
        CustomerLookup::RedirectedTo(successor) => {
            let address = format!("/customers/{successor}?from={id}");
            Ok(Redirect::temporary(&address).into_response())
        }
        CustomerLookup::Retired => Err(Problem::retired_customer(&visit, id)),
        CustomerLookup::Unknown => Err(Problem::unknown_customer(&visit)),
    }
}

/// More records than this start folded.
const UNFOLDED_RECORDS_MAX: usize = 3;

impl CustomerPage {
    /// The values of the golden record, under headings.
    fn topics(&self) -> Vec<(&'static str, Vec<&GoldenValue>)> {
        let mut topics: Vec<(&'static str, Vec<&GoldenValue>)> = Vec::new();
        for value in &self.customer.golden.values {
            let topic = self.page.text.topic(self.page.attributes().get(value.attribute));
            match topics.iter_mut().find(|(known, _)| *known == topic) {
                Some((_, values)) => values.push(value),
                None => topics.push((topic, vec![value])),
            }
        }
        topics
    }

    /// Why the value won, in a few words.
    fn reason(&self, value: &GoldenValue) -> &'static str {
        let is_alone = value.supporters.is_empty() && value.losers.is_empty();
        if is_alone && value.rule.is_none() {
            self.page.text.say("the only value", "de enige waarde")
        } else {
            self.page.text.won_by(&value.rule)
        }
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
