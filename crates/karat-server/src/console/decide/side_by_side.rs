//! The table of customers side by side: a row for each attribute, and how far the values agree.

use karat_hub::view::{ChangeOutcome, Deliberation, Side};
use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement;
use karat_model::golden::GoldenValue;
use karat_model::id::SourceName;

use super::difference::{Part, against, is_alike};
use super::pair_between;
use crate::console::page::Page;
use crate::words::{agreement_class, agreement_sign};

/// An attribute, and what each customer says of it.
pub(super) struct Row {
    pub label: String,
    pub agreement: Agreement,
    pub cells: Vec<Vec<Cell>>,
    /// What one customer of them would show; `None` when that is not known.
    pub if_same: Option<Vec<String>>,
    /// Whether a value that they share is rare.
    pub is_rare: bool,
}

/// A value, and who says so.
pub(super) struct Cell {
    pub parts: Vec<Part>,
    pub source: SourceName,
    /// When it said so, and how far it is trusted.
    pub told: String,
}

impl Row {
    pub fn class(&self) -> &'static str {
        agreement_class(&self.agreement)
    }

    pub fn sign(&self) -> &'static str {
        agreement_sign(&self.agreement)
    }
}

/// A shared value counts as rare from so many bits on that its rarity adds.
const RARE_BITS: f64 = 1.0;

/// The rows of all attributes that any of the customers has a value of, or would have.
///
/// How far values agree is told of the two at these places.
pub(super) fn rows(
    page: &Page,
    found: &Deliberation,
    between: [usize; 2],
    if_same: Option<&ChangeOutcome>,
) -> Vec<Row> {
    let entity = if_same.and_then(|outcome| outcome.entity.as_ref());
    let rare = rare_comparisons(found, between);
    let attributes = page.attributes().iter().filter_map(|(attribute, known)| {
        let sides: Vec<Vec<&GoldenValue>> =
            found.customers.iter().map(|side| side.golden.all(attribute).collect()).collect();
        if sides.iter().all(Vec::is_empty) {
            return None;
        }
        let name = &known.name;
        let if_same = entity.map(|entity| {
            let values = entity.values.get(name).map_or(&[][..], Vec::as_slice);
            values.iter().map(|value| page.shown(&attribute, value)).collect()
        });
        let agreement = agreement(between.map(|at| &sides[at][..]));
        Some(Row {
            label: page.label(&attribute).to_string(),
            agreement,
            cells: cells(page, attribute, &sides, between),
            if_same,
            is_rare: agreement == Agreement::Same && rare.iter().any(|it| it == name),
        })
    });
    attributes.collect()
}

/// How far the values of two sides agree.
fn agreement([one, other]: [&[&GoldenValue]; 2]) -> Agreement {
    let (Some(best), Some(best_of_other)) = (one.first(), other.first()) else {
        return Agreement::Silent;
    };
    let is_same = |left: &GoldenValue, right: &GoldenValue| {
        left.value.to_lowercase() == right.value.to_lowercase()
    };
    if one.iter().any(|left| other.iter().any(|right| is_same(left, right))) {
        Agreement::Same
    } else if is_alike(&best.value, &best_of_other.value) {
        Agreement::Close
    } else {
        Agreement::Different
    }
}

/// The cells of a row; the best values are told apart character by character.
fn cells(
    page: &Page,
    attribute: AttributeId,
    sides: &[Vec<&GoldenValue>],
    [one, other]: [usize; 2],
) -> Vec<Vec<Cell>> {
    let best = |at: usize| {
        let value = sides.get(at)?.first()?;
        Some(page.shown(&attribute, &value.value))
    };
    let cell = |at: usize, rank: usize, value: &GoldenValue| {
        let shown = page.shown(&attribute, &value.value);
        // The one is told from the other, any other from the one.
        let told_from = if at == one { other } else { one };
        let parts = match best(told_from).filter(|_| rank == 0) {
            Some(other) => against(&shown, &other),
            None => vec![Part { text: shown, is_other: false }],
        };
        let source = value.winner.record.source.clone();
        let known = page.model().sources.iter().find(|it| it.name == source);
        let date = value.winner.observed_at.map(|at| page.text.date(at));
        let trust = page.text.say("trust", "vertrouwen");
        let trust = known.map(|it| format!("{trust} {}", it.trust));
        let told = date.into_iter().chain(trust).collect::<Vec<_>>().join(" · ");
        Cell { parts, source, told }
    };
    let side = |(at, side): (usize, &Vec<&GoldenValue>)| {
        side.iter().enumerate().map(|(rank, value)| cell(at, rank, value)).collect()
    };
    sides.iter().enumerate().map(side).collect()
}

/// The attributes whose shared value is rare, by what the comparisons say.
fn rare_comparisons(found: &Deliberation, between: [usize; 2]) -> Vec<&str> {
    let evidence = pair_between(found, between).map_or(&[][..], |between| &between.pair.evidence);
    let rare = evidence.iter().filter(|it| it.term_frequency.bits() >= RARE_BITS);
    rare.flat_map(|it| match it.comparison.as_str() {
        "name" => vec!["family_name"],
        "address" => vec!["postal_code"],
        other => vec![other],
    })
    .collect()
}

/// The records of a side in words that forms carry: the id of the customer before each.
pub(super) fn seen(side: &Side) -> Vec<String> {
    let id = side.summary.id;
    side.records.iter().map(|record| format!("{id} {record}")).collect()
}
