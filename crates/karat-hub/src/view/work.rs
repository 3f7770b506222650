//! The work queue: customers that may be one, each item one decision of a steward.

use karat_model::attribute::EntityType;
use karat_model::evidence::PairExplanation;
use karat_model::golden::GoldenRecord;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::partition::HoldReason;
use karat_model::record::Moment;

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
    /// Whose items.
    pub owner: OwnedBy,
    /// What is snoozed, instead of what is not.
    pub is_snoozed: bool,
    /// For how many days at least both records say what they say.
    pub age_days_min: Option<u16>,
    /// What the customers are worth together at least.
    pub worth_cents_min: Option<u64>,
}

/// Whose items are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OwnedBy {
    /// Those of all, and those that nobody has.
    #[default]
    Anybody,
    /// Those that nobody has.
    Nobody,
    /// Those that this account has.
    Account(String),
    /// Those that no other than this account has.
    NoOtherThan(String),
}

impl OwnedBy {
    /// Whether an item with this owner is asked for.
    pub fn includes(&self, owner: Option<&str>) -> bool {
        match self {
            OwnedBy::Anybody => true,
            OwnedBy::Nobody => owner.is_none(),
            OwnedBy::Account(name) => owner == Some(name),
            OwnedBy::NoOtherThan(name) => owner.is_none_or(|owner| owner == name),
        }
    }
}

/// Who has an item of the work queue, and until when it may wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The records of the pair that it is kept with.
    pub pair: [RecordKey; 2],
    /// The account that has it.
    pub owner: Option<String>,
    /// Until when it was put off; it may be over.
    pub snoozed_until: Option<Moment>,
}

impl Assignment {
    /// Whether it is put off at a moment.
    pub fn is_snoozed(&self, now: Moment) -> bool {
        self.snoozed_until.is_some_and(|until| now < until)
    }
}

/// What somebody looks at in the work queue, under a name of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// What it is called.
    pub name: String,
    /// What it shows, as it stands in the address of the page.
    pub filter: String,
}

/// The work queue in figures: what nobody looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkSummary {
    /// When it was so.
    pub as_of: Moment,
    /// How many potential matches there are in all.
    pub pairs: u64,
    /// The items that wait, by their age; the youngest first, all bands there are.
    pub ages: Vec<AgeBand>,
    /// How many of them each account has, by name.
    pub owners: Vec<(String, u64)>,
    /// How many of them nobody has.
    pub unowned: u64,
    /// How many more are snoozed.
    pub snoozed: u64,
}

impl WorkSummary {
    /// How many items wait; those that are snoozed do not.
    pub fn items(&self) -> u64 {
        self.ages.iter().map(|band| band.items).sum()
    }
}

/// Items of about the same age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgeBand {
    /// From how many days on; the next band begins where this one ends.
    pub days_min: u16,
    /// How many items.
    pub items: u64,
    /// What their customers are worth together; `None` when the hub does not know worth.
    pub worth_cents: Option<u64>,
}

/// Some items of the work queue, likeliest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkPage {
    /// The items.
    pub items: Vec<WorkItem>,
    /// How many potential matches there are in all, decided about or not; an item has one or more.
    pub pairs: u64,
    /// Where the next page starts; `None` on the last. A page before it may have room left: no page
    /// looks at more than a thousand potential matches or so.
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
    /// Who has it, and until when it may wait.
    pub assignment: Assignment,
    /// Since when both records of the pair say what they say, as far as that was kept.
    pub since: Option<Moment>,
    /// What the customers are worth together, as far as it is known.
    pub worth_cents: Option<u64>,
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
    /// Who has the item of the first two customers; `None` when nothing about them waits.
    pub assignment: Option<Assignment>,
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
    /// Other customers that a steward said it has to do with.
    pub related: Vec<CustomerSummary>,
    /// Other customers at its address, and no more than a dozen.
    pub household: Vec<CustomerSummary>,
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
