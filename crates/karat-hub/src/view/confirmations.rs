//! What people found out of values of a record.

use karat_model::confirmation::Confirmation;
use karat_store::Withdrawn;

/// A confirmation, and whether it still says something of a value that the record has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmationView {
    /// The confirmation.
    pub confirmation: Confirmation,
    /// How it was undone; `None` when it was not.
    pub undone: Option<Withdrawn>,
    /// Whether the record has the value that it is about.
    pub is_of_now: bool,
}
