//! The journal of decisions.

use karat_model::decision::{Decision, DecisionNo};
use karat_store::Undone;

/// A decision and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionView {
    /// The decision.
    pub decision: Decision,
    /// How it was undone; `None` when it was not.
    pub undone: Option<Undone>,
    /// The later decision because of which it does not count.
    pub overruled_by: Option<DecisionNo>,
}

/// Some decisions, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionPage {
    /// The decisions.
    pub decisions: Vec<DecisionView>,
    /// The last of them, before which the next page begins; `None` on the last page.
    pub next: Option<DecisionNo>,
}
