//! Confirmations and entries by number: what the world said of values, and what was typed in.

use karat_model::confirmation::{Confirmation, ConfirmationKind};
use karat_model::finding::{RuleName, ValueDigest};
use karat_model::record::Moment;

use crate::finding_row::Withdrawn;
use crate::number::{EntryNo, RowNo};

/// What was found out of a value of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmationRow {
    /// The record.
    pub record: RowNo,
    /// The name of the attribute.
    pub attribute: String,
    /// The value that the record has.
    pub value: ValueDigest,
    /// How it was found out.
    pub kind: ConfirmationKind,
}

/// A confirmation in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournaledConfirmation {
    /// The record.
    pub record: RowNo,
    /// The confirmation.
    pub confirmation: Confirmation,
    /// How it was undone; `None` while it counts.
    pub undone: Option<Withdrawn>,
}

/// A customer that was typed in, and what the entry policy made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The record that was made.
    pub record: RowNo,
    /// The kind of customer, by its name in the hub model.
    pub kind: String,
    /// The entry policy, by its name.
    pub policy: String,
    /// The rules that failed and were overridden.
    pub overridden: Vec<RuleName>,
    /// Why they were, by a code of the hub model; may be empty.
    pub reason_code: String,
    /// Why they were, in words; may be empty.
    pub reason: String,
    /// Who typed it in: an account or an API key.
    pub entered_by: String,
}

/// An entry in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournaledEntry {
    /// Its number.
    pub no: EntryNo,
    /// When.
    pub at: Moment,
    /// What was typed in.
    pub entry: EntryRow,
}
