//! Entities without explanation: as applications read them, now or as they were.

use std::collections::BTreeMap;

use karat_model::attribute::EntityType;
use karat_model::id::{EntityId, RecordKey};
use karat_model::record::Moment;
use karat_store::{EventKind, EventNo, StoredEntity};

use crate::share::moment;
use crate::stored::called;

/// An entity as it is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityView {
    /// Its id.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// What lists call it; empty when nothing is known by which to call it.
    pub title: String,
    /// The values of its golden record by the names of their attributes, best first.
    pub values: BTreeMap<String, Vec<String>>,
    /// The keys of its records, in order.
    pub records: Vec<RecordKey>,
}

impl EntityView {
    /// An entity with these records.
    pub fn of(entity: StoredEntity, records: Vec<RecordKey>) -> EntityView {
        EntityView {
            id: entity.id,
            entity_type: entity.entity_type,
            title: called(entity.title),
            values: entity.golden,
            records,
        }
    }
}

/// When an entity is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AsOf {
    /// Now.
    #[default]
    Now,
    /// After this event.
    Event(EventNo),
    /// At this moment.
    Moment(Moment),
}

impl AsOf {
    /// Reads the number of an event, or a moment in ISO 8601.
    pub fn read(text: &str) -> Option<AsOf> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match is_number {
            true => text.parse().ok().map(|no| AsOf::Event(EventNo(no))),
            false => moment::read(text).map(AsOf::Moment),
        }
    }
}

/// What had become of an entity id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntityLookup {
    /// It is an entity.
    Found(Box<EntityView>),
    /// Its records are with another entity.
    MovedTo(EntityId),
    /// All its records were deleted.
    Deleted,
    /// It was never issued.
    Unknown,
}

/// Some of what an entity has many of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// These.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

/// Some of what an entity has many of, or what became of the entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartLookup<T> {
    /// It is an entity.
    Found(Part<T>),
    /// Its records are with another entity.
    MovedTo(EntityId),
    /// All its records were deleted.
    Deleted,
    /// It was never issued.
    Unknown,
}

/// One entry of the change feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// Its place in the feed.
    pub number: EventNo,
    /// When it was published.
    pub at: Moment,
    /// What happened.
    pub kind: EventKind,
    /// The entity it happened to.
    pub entity: EntityId,
    /// The other entity of a merge or a split.
    pub other: Option<EntityId>,
    /// The entity before; `None` when there was none, or it was not asked for.
    pub before: Option<EntityView>,
    /// The entity afterwards; `None` when there was none, or it was not asked for.
    pub after: Option<EntityView>,
}

/// What a visit of all entities comes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotPart {
    /// The event after which the entities are as they come; the first part.
    After(EventNo),
    /// An entity.
    Entity(Box<EntityView>),
}
