//! The work queue: customers that may be one, each item one decision of a steward.

use karat_model::attribute::EntityType;
use karat_model::evidence::PairExplanation;
use karat_model::golden::GoldenRecord;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::partition::HoldReason;

use super::{Cursor, CustomerSummary, DecisionView};

/// Which items are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkQuery {
    /// What the customers are.
    pub entity_type: Option<EntityType>,
    /// A source that knows one of the customers.
    pub source: Option<SourceName>,
    /// The probability from which on.
    pub at_least: Option<f64>,
    /// The probability below which.
    pub below: Option<f64>,
    /// Only joins that are held.
    pub is_held: bool,
    /// What stewards looked at and left open, instead of what nobody looked at.
    pub is_left_open: bool,
}

/// Some items of the work queue, likeliest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkPage {
    /// The items.
    pub items: Vec<WorkItem>,
    /// How many potential matches there are in all, decided about or not; an item has one or more.
    pub pairs: u64,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Cursor>,
}

/// One decision: customers that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkItem {
    /// Two to five customers, those of the likeliest pair first.
    pub customers: Vec<CustomerSummary>,
    /// The likeliest pair of their records.
    pub pair: PairExplanation,
    /// Why the two are not joined though their records would be, if that waits for a steward.
    pub held: Option<HoldReason>,
    /// Where in the queue it is: what comes after it starts here.
    pub place: Cursor,
}

/// A few customers side by side, for a steward who decides whether they are one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deliberation {
    /// The customers, in the order in which they were named; those that are gone are left out.
    pub customers: Vec<Side>,
    /// For each two of them the pair of records that weighs most, the weightiest first.
    pub pairs: Vec<PairBetween>,
    /// What was decided about any of their records, the latest first.
    pub decisions: Vec<DecisionView>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The customer in one line.
    pub summary: CustomerSummary,
    /// Its golden record.
    pub golden: GoldenRecord,
    /// The keys of its records, in order.
    pub records: Vec<RecordKey>,
}

/// The pair of records of two customers that weighs most.
#[derive(Clone, Debug, PartialEq)]
pub struct PairBetween {
    /// The customer of the left record.
    pub left: EntityId,
    /// The customer of the right record.
    pub right: EntityId,
    /// The pair.
    pub pair: PairExplanation,
    /// Why the two are not joined though their records would be, if that waits for a steward.
    pub held: Option<HoldReason>,
}
