//! Matching: what the model learnt of the records of one entity type, and how sure it is.

use karat_engine::matching::{Matched, Matcher};
use karat_model::evidence::Weight;
use karat_model::partition::Partition;
use karat_model::table::RecordTable;
use rayon::prelude::*;

use super::assessment::{AssessedMatching, ComparisonWeights};

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
        expected_precision: expected_precision(matcher, &matched.partition),
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

/// The mean probability of the links that hold clusters together.
fn expected_precision(matcher: &Matcher, partition: &Partition) -> Option<f64> {
    let clusters: Vec<&[u32]> = partition.clusters().filter(|members| members.len() > 1).collect();
    let probabilities: Vec<Vec<f64>> = clusters
        .par_iter()
        .with_min_len(256)
        .map(|members| {
            let links = matcher.strongest_links(members);
            links.iter().map(|link| link.weight.probability()).collect()
        })
        .collect();
    // Summed in order of clusters, so that it is the same for any number of threads.
    let (sum, count) = probabilities
        .iter()
        .flatten()
        .fold((0.0, 0u64), |(sum, count), probability| (sum + probability, count + 1));
    (count > 0).then(|| sum / count as f64)
}
