//! Merges that somebody should look at, since a moment.

use karat_model::attribute::AttributeId;
use karat_model::id::EntityId;
use karat_model::record::Moment;

use super::{CustomerSummary, EventNo};

/// What was merged since an event.
#[derive(Clone, Debug, PartialEq)]
pub struct MergesSince {
    /// The event after which it was looked.
    pub after: EventNo,
    /// When the first of the events that were looked at was published; `None` when there was none.
    pub since: Option<Moment>,
    /// The last event.
    pub until: EventNo,
    /// How many customers went into another one.
    pub merges: u64,
    /// Those that are unusual, most unusual first.
    pub unusual: Vec<UnusualMerge>,
}

/// A merge that somebody should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct UnusualMerge {
    /// The customer that went into another one.
    pub from: EntityId,
    /// The one that it is part of now.
    pub into: CustomerSummary,
    /// How many records went with it.
    pub records: u64,
    /// When.
    pub at: Moment,
    /// The attributes that a customer has one value of, of which this one has several now.
    pub conflicts: Vec<AttributeId>,
    /// Whether both sides were customers of several records.
    pub is_of_several: bool,
}
