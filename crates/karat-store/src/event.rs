//! Events: the entries of the change feed.

use karat_model::id::EntityId;

use crate::number::{EventNo, LoadNo};

/// What happened to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It is new.
    Created,
    /// Its golden record or its source records changed.
    Updated,
    /// It went into the other entity.
    Merged,
    /// Some of its records went to the other, new entity.
    Split,
    /// None of its records is left.
    Deleted,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [EventKind; 5] = [
        EventKind::Created,
        EventKind::Updated,
        EventKind::Merged,
        EventKind::Split,
        EventKind::Deleted,
    ];

    /// The name in the feed and in the database.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Created => "created",
            EventKind::Updated => "updated",
            EventKind::Merged => "merged",
            EventKind::Split => "split",
            EventKind::Deleted => "deleted",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One entry of the change feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the feed.
    pub number: EventNo,
    /// The load that caused it.
    pub load: LoadNo,
    /// What happened.
    pub kind: EventKind,
    /// The entity it happened to.
    pub entity: EntityId,
    /// The other entity of a merge or a split.
    pub other: Option<EntityId>,
}
