//! Potential matches: what a steward should look at.

use karat_model::partition::{Partition, PotentialMatch};
use rustc_hash::FxHashSet;

use super::cluster::{Constraints, Edge};

/// The pairs to show to a steward: of two customers whose join is held only the pair that stands
/// for it, of others all that no decision keeps apart. What a steward left open stays.
pub(super) fn potential_matches(
    partition: &Partition,
    edges: &[Edge],
    constraints: &Constraints,
    held: Vec<PotentialMatch>,
) -> Vec<PotentialMatch> {
    let clusters = |left, right| {
        let (left, right) = (partition.cluster_of(left), partition.cluster_of(right));
        (left.min(right), left.max(right))
    };
    let are_held: FxHashSet<(u32, u32)> =
        held.iter().map(|pair| clusters(pair.left, pair.right)).collect();
    let is_open = |edge: &&Edge| {
        let (left, right) = clusters(edge.left, edge.right);
        left != right
            && !are_held.contains(&(left, right))
            && !constraints.are_apart(edge.left, edge.right)
    };
    let others = edges.iter().filter(is_open);
    let mut potential: Vec<PotentialMatch> = others
        .map(|&Edge { left, right, weight }| PotentialMatch { weight, left, right, held: None })
        .collect();
    let held = held.into_iter();
    potential.extend(held.filter(|pair| !constraints.are_apart(pair.left, pair.right)));
    potential.sort_unstable_by_key(|pair| (-pair.weight, pair.left, pair.right));
    potential
}
