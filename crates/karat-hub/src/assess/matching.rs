//! Matching: what the model learnt of the records of one entity type, and how sure it is.

use karat_engine::matching::{Matched, Matcher};
use karat_model::evidence::Weight;
use karat_model::table::RecordTable;

use super::assessment::{AssessedMatching, ComparisonWeights};
use crate::figures::expected_precision;

/// Describes how the records of a table were matched.
pub(super) fn describe(
    matcher: &Matcher,
    table: &RecordTable,
    matched: &Matched,
    potential_matches: usize,
) -> AssessedMatching {
    let model = &matcher.model;
    AssessedMatching {
        entity_type: table.entity_type,
        records: table.len() as u64,
        entities: matched.partition.len() as u64,
        potential_matches: potential_matches as u64,
        compared: matched.pairs,
        prior: Weight(model.prior),
        link_threshold: Weight(model.link_threshold),
        review_threshold: Weight(model.review_threshold),
        expected_precision: expected_precision(&matcher.weakest_links(&matched.partition)),
        comparisons: weights(matcher),
        scores: matched.scores.clone(),
        warnings: model.training.warnings.clone(),
    }
}

/// What each level weighs; silence, the lowest level, always weighs nothing.
fn weights(matcher: &Matcher) -> Vec<ComparisonWeights> {
    let comparisons = matcher.comparisons().zip(&matcher.model.comparisons);
    let weights = comparisons.map(|(comparison, learnt)| {
        let levels = comparison.levels().iter().zip(&learnt.levels).skip(1).rev();
        let level =
            levels.map(|(level, learnt)| (level.label.map(str::to_string), Weight(learnt.weight)));
        ComparisonWeights { label: comparison.label(), levels: level.collect() }
    });
    weights.collect()
}
