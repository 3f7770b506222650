//! The store: the only SQL in Karat.
//!
//! Source records arrive, and later what the stages made of them: entities, potential matches,
//! events.
//! Current records, golden records, search results and the change feed leave.
//! Every call happens whole or not at all, and whatever is killed leaves the last publication
//! standing: the journal of arrivals is the truth, all else can be derived from it again.
//! Start reading at [`Store`], then at `sqlite/schema_1.sql`.
//!
//! ```text
//! begin_load ── delivery ── append … ── publish ── finish_load
//!               (a source)  (journal)   (derived, in one transaction)
//! ```

mod number;
mod error;
mod arrival;
mod delivery;
mod payload;
mod varint;
mod bucket;
mod golden_row;
mod members;
mod entity;
mod event;
mod potential_match;
mod subject;
mod finding_row;
mod verdict_set;
mod tally;
mod confirmation_row;
mod access;
mod assignment;
mod search;
mod store;
mod sql;
mod sqlite;
mod postgres;
mod database;
mod migration;
mod backup;
#[cfg(any(test, feature = "faults"))]
mod faults;

#[cfg(test)]
mod contract;

pub use access::{Account, ApiKey, SecretHash, Session};
pub use arrival::{Arrival, Change, Load, Newcomer, Outcome, Revision, StoredRecord, StoredSource};
pub use assignment::{AssignmentRow, SavedView};
pub use backup::{backup, restore};
pub use confirmation_row::{ConfirmationRow, EntryRow, JournaledConfirmation, JournaledEntry};
pub use database::Database;
pub use delivery::Delivery;
pub use entity::{Entity, EntityChange, Resolution, StoredEntity, StoredModel};
pub use error::{Error, Result};
pub use event::{Event, EventKind};
#[cfg(any(test, feature = "faults"))]
pub use faults::{Fault, Faults};
pub use finding_row::{
    FindingChanges, FindingFilter, FindingRow, Place, Step, StoredRule, Withdrawn,
};
pub use golden_row::{GoldenRow, GoldenValues};
pub use migration::migrate;
pub use number::{
    ArrivalNo, AttributeNo, EntryNo, EventNo, LoadNo, MeasureNo, RowNo, RuleNo, SourceNo,
};
pub use postgres::{PostgresReader, PostgresStore, PostgresUrl, SignIn, UrlError, password_in};
pub use potential_match::{HoldRow, PotentialMatchRow, StoredPotentialMatch};
pub use search::SearchHit;
pub use sqlite::{SqliteReader, SqliteStore};
pub use store::{
    Counts, Damage, EdgeRow, EntityVersion, JournaledDecision, MatchIndex, MatchKey, Now,
    Publication, Reader, Store, TakenIn, Transaction, Undone, ValueKey,
};
pub use subject::SubjectNo;
pub use tally::{Measure, TallyRow, VerdictCounts};
pub use verdict_set::VerdictSet;
