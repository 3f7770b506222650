//! What arrives, and what is known of it afterwards.

use std::sync::Arc;

use karat_model::id::SourceName;
use karat_model::record::{Columns, Moment, Payload, SourceRecord};

use crate::number::{ArrivalNo, LoadNo, RowNo, SourceNo};
use crate::payload::Digest;

/// What a delivery says about one source record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The id of the record in its source.
    pub id: Arc<str>,
    /// When the source says it changed, or when it was delivered.
    pub observed_at: Option<Moment>,
    /// What happened to it.
    pub change: Change,
}

/// What happened to a source record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has these values now.
    Upsert(Payload),
    /// Its source no longer has it.
    Delete,
}

impl From<SourceRecord> for Arrival {
    fn from(record: SourceRecord) -> Arrival {
        let SourceRecord { key, observed_at, payload } = record;
        Arrival { id: key.id, observed_at, change: Change::Upsert(payload) }
    }
}

/// What an arrival meant to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The record was not there: it is new, or returns after it was deleted.
    New,
    /// The record has other values than before.
    Changed,
    /// The record is as it was; nothing was written.
    Unchanged,
    /// The record is gone, or is now known not to exist.
    Deleted,
}

impl Outcome {
    /// What an arrival means to a record that is known or not, and there (with a digest) or deleted.
    pub(crate) fn of(known: Option<Option<&Digest>>, arrived: Option<&Digest>) -> Outcome {
        match (known, arrived) {
            (Some(known), _) if known == arrived => Outcome::Unchanged,
            (_, None) => Outcome::Deleted,
            (Some(Some(_)), Some(_)) => Outcome::Changed,
            (Some(None) | None, Some(_)) => Outcome::New,
        }
    }
}

/// The current version of a source record, and the number by which the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// The number of the record.
    pub row: RowNo,
    /// The number of its source.
    pub source: SourceNo,
    /// Key and values; the values are numbered by the columns of the [`StoredSource`].
    pub record: SourceRecord,
}

/// A version of a source record that its source said later than the version before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// With which it came.
    pub arrival: ArrivalNo,
    /// The number of its source.
    pub source: SourceNo,
    /// The version before.
    pub before: SourceRecord,
    /// This version.
    pub after: SourceRecord,
}

/// A record at its first arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// With which it came first.
    pub arrival: ArrivalNo,
    /// The load that brought it, or the stretch of changes between loads.
    pub load: LoadNo,
    /// The number of the record.
    pub row: RowNo,
    /// The number of its source.
    pub source: SourceNo,
    /// Whether it is still as it came.
    pub is_as_it_came: bool,
    /// Whether it was not deleted since.
    pub is_there: bool,
    /// Whether it was typed in at the entry gate.
    pub is_typed_in: bool,
}

/// A source that has delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSource {
    /// Its number.
    pub source: SourceNo,
    /// Its name.
    pub name: SourceName,
    /// All columns it ever delivered; the payloads of its records refer to them by number.
    pub columns: Columns,
}

/// One run of loading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Its number.
    pub load: LoadNo,
    /// When it began.
    pub started_at: Moment,
    /// When it finished; `None` while it runs, and for ever when it was killed.
    pub finished_at: Option<Moment>,
    /// What it read and did, as the caller wrote it.
    pub report: Option<String>,
}
