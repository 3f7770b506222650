//! What a steward may decide of a value: that another claim shows, another value, or none.

use askama::Template;
use karat_hub::view::Customer;
use karat_model::attribute::AttributeId;
use karat_model::decision::DecisionNo;
use karat_model::golden::{GoldenValue, Loser, Withheld};
use karat_model::id::{EntityId, RecordKey};

use crate::access::Permission;
use crate::console::page::Page;

/// The forms by which a value is settled.
#[derive(Template)]
#[template(path = "console/customer/settling.html")]
pub(super) struct Settling<'a> {
    page: &'a Page,
    customer: EntityId,
    attribute: AttributeId,
    /// The record that takes a value along that a steward writes, and which of its values it is.
    of: Option<(RecordKey, u8)>,
    /// What it is called in the form, as an id of the page.
    id: String,
    value: String,
    claims: Vec<Claimed<'a>>,
    /// The decision that stands of it.
    decided: Option<DecisionNo>,
}

/// A claim that could show instead.
struct Claimed<'a> {
    loser: &'a Loser,
    slot: u8,
}

impl<'a> Settling<'a> {
    /// The forms of a value that shows.
    pub fn of_value(
        page: &'a Page,
        customer: &'a Customer,
        value: &'a GoldenValue,
    ) -> Settling<'a> {
        let record = &value.winner.record;
        let slot = slot_of(customer, value.attribute, record, &value.value).unwrap_or(value.rank);
        Settling {
            page,
            customer: customer.summary.id,
            attribute: value.attribute,
            of: Some((record.clone(), slot)),
            id: format!("{}-{}", page.attributes().get(value.attribute).name, value.rank),
            value: value.value.clone(),
            claims: claims(customer, value.attribute, &value.losers),
            decided: value.decided.as_ref().map(|decided| decided.no),
        }
    }

    /// The forms of a value that does not show.
    pub fn of_withheld(
        page: &'a Page,
        customer: &'a Customer,
        withheld: &'a Withheld,
    ) -> Settling<'a> {
        Settling {
            page,
            customer: customer.summary.id,
            attribute: withheld.attribute,
            of: None,
            id: page.attributes().get(withheld.attribute).name.clone(),
            value: String::new(),
            claims: Vec::new(),
            decided: Some(withheld.no),
        }
    }

    fn may(&self) -> bool {
        self.page.may(Permission::Decide)
    }

    fn name(&self) -> &str {
        &self.page.attributes().get(self.attribute).name
    }

    fn back(&self) -> String {
        format!("/customers/{}#golden", self.customer)
    }
}

/// The claims that could show instead, each value once.
fn claims<'a>(
    customer: &Customer,
    attribute: AttributeId,
    losers: &'a [Loser],
) -> Vec<Claimed<'a>> {
    let mut claims: Vec<Claimed> = Vec::new();
    for loser in losers {
        let is_known = claims.iter().any(|claim| claim.loser.value == loser.value);
        let slot = slot_of(customer, attribute, &loser.source.record, &loser.value);
        if let Some(slot) = slot.filter(|_| !is_known) {
            claims.push(Claimed { loser, slot });
        }
    }
    claims
}

/// Which of the values of a record this is.
fn slot_of(
    customer: &Customer,
    attribute: AttributeId,
    record: &RecordKey,
    value: &str,
) -> Option<u8> {
    let detail = customer.records.iter().find(|detail| detail.record.key == *record)?;
    let mut claims = detail.cleaned.claims.iter();
    let claim = claims.find(|claim| claim.attribute == attribute && claim.value == value)?;
    Some(claim.slot)
}
