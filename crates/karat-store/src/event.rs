//! Events: the entries of the change feed.

use karat_model::id::EntityId;
use karat_model::record::Moment;

use crate::number::{EventNo, LoadNo};
use crate::store::EntityVersion;

/// What happened to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It is new.
    Created,
    /// Its golden record or its source records changed.
    Updated,
    /// It went into the other entity.
    Merged,
    /// It is new, and its records came from the other entity.
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
///
/// Whoever takes in all events from the first on, puts what is [`after`](Event::after) each and
/// forgets entities that were merged or deleted, comes to exactly the entities there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the feed.
    pub number: EventNo,
    /// The load that caused it.
    pub load: LoadNo,
    /// When it was published; never earlier than the event before.
    pub at: Moment,
    /// What happened.
    pub kind: EventKind,
    /// The entity it happened to.
    pub entity: EntityId,
    /// The entity it went into, or split from.
    pub other: Option<EntityId>,
    /// The entity as it was before; `None` when there was none, or when nobody kept it.
    pub before: Option<EntityVersion>,
    /// The entity as it is after this; `None` when there is none, or when nobody kept it.
    pub after: Option<EntityVersion>,
}
