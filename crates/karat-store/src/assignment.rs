//! How stewards divide the work queue among them: assignments, and the views that they save.
//!
//! The store keeps them and judges nothing: nothing in the hub follows from them.

use karat_model::record::Moment;

use crate::number::RowNo;

/// Who has an item of the work queue, and until when it may wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentRow {
    /// The one record of the pair that leads the item.
    pub left: RowNo,
    /// The other record.
    pub right: RowNo,
    /// The name of the account that has it; empty when nobody has.
    pub owner: String,
    /// Until when it is put off.
    pub snoozed_until: Option<Moment>,
    /// Who put it so.
    pub assigned_by: String,
    /// When.
    pub at: Moment,
}

/// What somebody looks at in the work queue, under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Whose it is: the name of the account.
    pub account: String,
    /// What it is called.
    pub name: String,
    /// What it shows, as it stands in the address of the page.
    pub filter: String,
}
