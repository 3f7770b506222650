//! Blocking: which pairs each rule brought together, and which records it left out.

use karat_engine::matching::block::RuleReport;

/// What a blocking rule did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFigures {
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// Records that have a key.
    pub keyed: u64,
    /// Blocks that were refined.
    pub refined: u64,
    /// Records left out because their block stayed too large.
    pub left_out: u64,
    /// Pairs that it makes, those of other rules included.
    pub pairs: u64,
}

impl RuleFigures {
    /// The figures of a rule with this name.
    pub(super) fn of((label, report): &([String; 2], RuleReport)) -> RuleFigures {
        RuleFigures {
            label: label.clone(),
            keyed: report.keyed,
            refined: report.refined,
            left_out: report.left_out,
            pairs: report.pairs,
        }
    }
}
