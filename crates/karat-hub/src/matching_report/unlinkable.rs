//! Unlinkable records: those that say too little to be linked even to a copy of themselves.
//!
//! Source of the idea: the unlinkables chart of Splink (Ministry of Justice, UK).

use karat_engine::matching::Matcher;
use karat_model::evidence::Weight;
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;

use super::Rarities;

/// The most records that are compared with themselves: the standard error of a share stays below
/// half a percent.
const RECORDS_MAX: usize = 10_000;

/// What records weigh when they are compared with themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelfWeights(Vec<Weight>);

impl SelfWeights {
    /// The weights of some records, in any order.
    pub fn of(mut weights: Vec<Weight>) -> SelfWeights {
        weights.sort_unstable();
        SelfWeights(weights)
    }

    /// How many records were compared with themselves.
    pub fn records(&self) -> u64 {
        self.0.len() as u64
    }

    /// The share of records that could not be linked even to a copy of themselves, 0 to 1; `None`
    /// without records.
    pub fn unlinkable(&self, threshold: Weight) -> Option<f64> {
        let below = self.0.partition_point(|weight| *weight < threshold);
        (!self.0.is_empty()).then(|| below as f64 / self.0.len() as f64)
    }
}

/// Compares the records with themselves: of a large table every second, third, fourth…
pub(super) fn compare_with_themselves(
    matcher: &Matcher,
    table: &RecordTable,
) -> (SelfWeights, Rarities) {
    let step = table.len().div_ceil(RECORDS_MAX).max(1);
    let chosen: Vec<RecordNo> = table.records().step_by(step).collect();
    let compare = |(mut weights, mut rarities): (Vec<Weight>, Rarities), record: &RecordNo| {
        let explained = matcher.explain(*record, *record);
        weights.push(explained.total);
        explained.evidence.iter().for_each(|evidence| rarities.add(evidence));
        (weights, rarities)
    };
    let nothing = || (Vec::new(), Rarities::default());
    let compared = chosen.par_iter().with_min_len(256).fold(nothing, compare);
    let (weights, rarities) =
        compared.reduce(nothing, |(mut weights, rarities), (more, others)| {
            weights.extend(more);
            (weights, rarities.merge(others))
        });
    (SelfWeights::of(weights), rarities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_on_the_threshold_can_be_linked_and_one_below_it_cannot() {
        let weights = SelfWeights::of([9.0, 5.0, 20.0, 5.5].map(Weight::from_bits).to_vec());
        for (threshold, expected) in [(4.0, 0.0), (5.0, 0.0), (5.1, 0.25), (9.5, 0.75), (21.0, 1.0)]
        {
            let found = weights.unlinkable(Weight::from_bits(threshold));
            assert_eq!(found, Some(expected), "{threshold}");
        }
        assert_eq!(weights.records(), 4);
        assert_eq!(SelfWeights::default().unlinkable(Weight::ZERO), None);
    }
}
