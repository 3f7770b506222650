//! The versions of one entity, with the entities that its records came from and went to.

use karat_model::decision::DecisionNo;
use karat_model::id::{EntityId, RecordKey};

use super::EventView;

/// Some versions of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionPage {
    /// The versions, the latest first.
    pub versions: Vec<VersionView>,
    /// How many versions are earlier than these.
    pub earlier: u64,
    /// How many versions there are in all.
    pub total: u64,
}

/// What an event made of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionView {
    /// The event, with the entity before and after it.
    pub event: EventView,
    /// The records that came from other entities.
    pub came_from: Vec<Passage>,
    /// The records that went to other entities.
    pub went_to: Vec<Passage>,
}

/// Records that pass from one entity to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The other entity.
    pub other: EntityId,
    /// The records, in order.
    pub records: Vec<RecordKey>,
}

/// What was so when the publication of an event was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The last entry in the journal of decisions that it took in; `None` when that was not kept.
    pub decision: Option<DecisionNo>,
    /// The entities that some records were in, in the order in which these were asked for.
    pub entities: Vec<Option<EntityId>>,
}
