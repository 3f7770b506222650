//! Blocking: which pairs each rule brought together, and which records it left out.

use karat_engine::matching::block::RuleReport;

/// What a blocking rule did.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFigures {
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// Records that have a key.
    pub keyed: u64,
    /// Blocks that were refined.
    pub refined: u64,
    /// Records left out because their block stayed too large.
    pub left_out: u64,
    /// Records of the largest block.
    pub largest: u64,
    /// Pairs that it makes, those of other rules included.
    pub pairs: u64,
    /// Pairs that no other rule makes.
    pub marginal: u64,
    /// How many of those are expected to be one customer.
    pub matches_only_here: f64,
}

impl RuleFigures {
    /// The figures of a rule with this name.
    pub(super) fn of((label, report): &([String; 2], RuleReport)) -> RuleFigures {
        RuleFigures {
            label: label.clone(),
            keyed: report.keyed,
            refined: report.refined,
            left_out: report.left_out,
            largest: report.largest,
            pairs: report.pairs,
            marginal: report.marginal,
            matches_only_here: report.matches_only_here,
        }
    }
}
