//! Clusters records that are linked, without chaining.
//!
//! Arrives: pairs with their weights, and what stewards decided.
//! Leaves: the clusters, and on request what holds each together and where it would break.
//! Promises: the same clusters for the same pairs in any order; what stewards put together is
//! together, what they keep apart is apart, and a locked customer is what they locked.
//! Start reading in [`cluster`], then `component.rs`.
//!
//! Records that pairs above the link threshold connect form a component. Within a component all
//! pairs vote, also those that speak against: clusters are joined greedily, the pair with the
//! highest sum of votes first, as long as that sum is positive (greedy additive edge
//! contraction). A steward's *same* joins first. The links of a locked customer do not count, so
//! that it is a component of its own.
//!
//! Source: Keuper et al., Efficient Decomposition of Image and Mesh Graphs by Lifted Multicuts,
//! ICCV 2015 (greedy additive edge contraction for correlation clustering).

mod component;
pub(super) mod conflict;
mod constraints;
mod contraction;
pub mod gate;
mod graph;
mod grouped;
mod ladder;
mod moves;
mod quality;
mod union_find;
mod votes;

use karat_model::evidence::Weight;
pub use karat_model::partition::Edge;
use karat_model::partition::Partition;
use karat_model::table::RecordNo;
use rayon::prelude::*;

use component::Component;
pub use constraints::Constraints;
pub use graph::ClusterGraph;
use grouped::Grouped;
pub use ladder::ThresholdLadder;
pub(in crate::matching) use union_find::UnionFind;

/// Pairs of records.
type Pairs = [(RecordNo, RecordNo)];

/// Records divided into clusters, and how that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clustered {
    /// Which records are together.
    pub partition: Partition,
    /// The components that were too large to look at as a whole, in order of their first record.
    pub ladders: Vec<ThresholdLadder>,
}

/// Divides records into clusters. `vote` tells how strongly any pair speaks for or against one
/// cluster, with the scratch space that `scratch` makes once per task.
///
/// `edges` holds each candidate pair once, in order; those below the threshold are ignored.
pub fn cluster<S>(
    records: usize,
    edges: &[Edge],
    threshold: Weight,
    constraints: &Constraints,
    scratch: impl Fn() -> S + Sync + Send,
    vote: impl Fn(&mut S, RecordNo, RecordNo) -> Weight + Sync + Send,
) -> Clustered {
    let is_open =
        |edge: &Edge| !constraints.is_locked(edge.left) && !constraints.is_locked(edge.right);
    let is_link = |edge: &&Edge| edge.weight >= threshold && is_open(edge);
    let links: Vec<Edge> = edges.iter().filter(is_link).copied().collect();
    let mut sets = UnionFind::new(records);
    let decided = constraints.same.iter().copied();
    for (left, right) in links.iter().map(|link| (link.left, link.right)).chain(decided) {
        sets.join(left, right);
    }
    let components = Partition::from_labels(&sets.labels());
    let links = Grouped::within(&links, &components, |link| (link.left, link.right));
    let same = Grouped::within(&constraints.same, &components, |pair| *pair);
    let sides = Grouped::within(&constraints.sides, &components, |&(record, _)| (record, record));
    let parts: Vec<(&[RecordNo], Vec<u32>, Option<ThresholdLadder>)> = (0..components.len() as u32)
        .into_par_iter()
        .filter(|&component| components.members(component).len() > 1)
        .map_init(&scratch, |scratch, number| {
            if constraints.is_locked(components.members(number)[0]) {
                let members = components.members(number);
                return (members, vec![0; members.len()], None);
            }
            let component = Component {
                members: components.members(number),
                links: links.of(number),
                same: same.of(number),
                sides: sides.of(number),
            };
            let vote = &mut |left, right| vote(scratch, left, right);
            let is_too_large = component.members.len() > ladder::COMPONENT_MAX;
            let (firsts, ladder) = if is_too_large {
                let (firsts, ladder) = ladder::divide(&component, threshold, vote);
                (firsts, Some(ladder))
            } else {
                (component.divide(vote), None)
            };
            (component.members, firsts, ladder)
        })
        .collect();
    // Each record starts with its own label; members of a cluster take that of its first record.
    let mut labels: Vec<u32> = (0..records as u32).collect();
    let mut ladders = Vec::new();
    for (members, firsts, ladder) in parts {
        for (&member, first) in members.iter().zip(firsts) {
            labels[member as usize] = members[first as usize];
        }
        ladders.extend(ladder);
    }
    Clustered { partition: Partition::from_labels(&labels), ladders }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(group: &[u32]) -> Constraints {
        let mut constraints = Constraints::default();
        constraints.join(group);
        constraints.finish()
    }

    fn different(left: &[u32], right: &[u32]) -> Constraints {
        let mut constraints = Constraints::default();
        constraints.keep_apart(left, right);
        constraints.finish()
    }

    /// Records 0 to 9; pairs that are not listed speak against with 4 bits.
    fn check(pairs: &[(u32, u32, f64)], constraints: Constraints, expected: &[&[u32]]) {
        let edges: Vec<Edge> = pairs
            .iter()
            .map(|&(left, right, bits)| Edge { left, right, weight: Weight::from_bits(bits) })
            .collect();
        let vote = |_: &mut (), left, right| {
            let found = edges.iter().find(|edge| (edge.left, edge.right) == (left, right));
            // A pair exactly on the threshold is linked, so it speaks for the link, if only just.
            found.map_or(Weight::from_bits(-4.0), |edge| edge.weight + Weight(1))
        };
        let records = 10;
        let clustered = cluster(records, &edges, Weight::ZERO, &constraints, || (), vote);
        let clusters: Vec<&[u32]> =
            clustered.partition.clusters().filter(|c| c.len() > 1).collect();
        assert_eq!(clusters, expected);
    }

    #[test]
    fn pairs_and_cliques_are_clusters() {
        check(
            &[(0, 1, 3.0), (2, 3, 5.0), (2, 4, 5.0), (3, 4, 1.0)],
            Constraints::default(),
            &[&[0, 1], &[2, 3, 4]],
        );
    }

    #[test]
    fn pairs_exactly_on_the_threshold_are_linked() {
        // Three equal records weighed just the threshold, and were left apart.
        let pairs = [(0, 1, 0.0), (0, 2, 0.0), (1, 2, 0.0)];
        check(&pairs, Constraints::default(), &[&[0, 1, 2]]);
    }

    #[test]
    fn a_weak_bridge_does_not_chain() {
        let pairs = [(0, 1, 8.0), (2, 3, 8.0), (1, 2, 2.0)];
        check(&pairs, Constraints::default(), &[&[0, 1], &[2, 3]]);
    }

    #[test]
    fn a_record_moves_to_where_it_fits_better() {
        // Record 1 joins 0 first, which it is most like; four others together outweigh that.
        let four = [2, 3, 4, 5];
        let mut pairs = vec![(0, 1, 9.0)];
        pairs.extend(four.map(|b| (1, b, 3.0)));
        pairs.extend([
            (2, 3, 8.0),
            (2, 4, 8.0),
            (2, 5, 8.0),
            (3, 4, 8.0),
            (3, 5, 8.0),
            (4, 5, 8.0),
        ]);
        check(&pairs, Constraints::default(), &[&[1, 2, 3, 4, 5]]);
        // Where a steward put it with 0, it stays; near miss: two of the four do not outweigh it.
        check(&pairs, same(&[0, 1]), &[&[0, 1], &[2, 3, 4, 5]]);
        let two: Vec<_> = pairs.iter().copied().filter(|&(_, b, _)| b < 4).collect();
        check(&two, Constraints::default(), &[&[0, 1], &[2, 3]]);
    }

    /// So many triangles of 9 bits in a row, each of which hangs to the next by 2 bits; the last
    /// record hangs to the last triangle by 3 bits, twice.
    fn chain(triangles: u32) -> (usize, Vec<Edge>) {
        let edge = |left, right, bits| Edge { left, right, weight: Weight::from_bits(bits) };
        let mut edges = Vec::new();
        for first in (0..triangles).map(|at| at * 3) {
            edges.extend([
                edge(first, first + 1, 9.0),
                edge(first, first + 2, 9.0),
                edge(first + 1, first + 2, 9.0),
                edge(first + 2, first + 3, if first + 3 == triangles * 3 { 3.0 } else { 2.0 }),
            ]);
        }
        edges.push(edge(triangles * 3 - 2, triangles * 3, 3.0));
        edges.sort_unstable();
        (triangles as usize * 3 + 1, edges)
    }

    fn clustered(triangles: u32) -> Clustered {
        let (records, edges) = chain(triangles);
        let vote = |_: &mut (), left, right| {
            let at = edges.binary_search_by_key(&(left, right), |edge| (edge.left, edge.right));
            at.map_or(Weight::from_bits(-4.0), |at| edges[at].weight)
        };
        cluster(records, &edges, Weight::ZERO, &Constraints::default(), || (), vote)
    }

    #[test]
    fn a_giant_chain_falls_into_its_links_by_the_ladder() {
        let Clustered { partition, ladders } = clustered(1_000);
        let sizes: Vec<usize> = partition.clusters().map(<[RecordNo]>::len).collect();
        assert_eq!((sizes.len(), &sizes[..2], sizes[999]), (1_000, &[3, 3][..], 4));
        let threshold = Weight::from_bits(3.0);
        assert_eq!(ladders, [ThresholdLadder { records: 3_001, threshold, clusters: 1_000 }]);
    }

    #[test]
    fn a_chain_that_is_just_small_enough_needs_no_ladder() {
        let Clustered { partition, ladders } = clustered(600);
        assert_eq!((partition.len(), ladders), (600, vec![]));
    }

    #[test]
    fn decisions_outrank_weights_on_the_ladder_too() {
        let (records, edges) = chain(1_000);
        let mut constraints = same(&[0, 2_000]);
        constraints.keep_apart(&[3], &[4]);
        constraints.lock(&[9]);
        let constraints = constraints.finish();
        let vote = |_: &mut (), _, _| Weight::from_bits(5.0);
        let link = Weight::ZERO;
        let found = cluster(records, &edges, link, &constraints, || (), vote).partition;
        assert_eq!(found.cluster_of(0), found.cluster_of(2_000));
        assert_ne!(found.cluster_of(3), found.cluster_of(4));
        assert_eq!(found.members(found.cluster_of(9)), [9]);
    }

    #[test]
    fn decisions_outrank_weights() {
        check(&[(0, 1, 5.0)], same(&[0, 5]), &[&[0, 1, 5]]);
        check(&[(0, 1, 3.0)], same(&[0, 5]), &[&[0, 5]]);
        let zero_and_one = || different(&[0], &[1]);
        check(&[(0, 1, 9.0)], zero_and_one(), &[]);
        check(&[(0, 1, 9.0), (0, 2, 5.0), (1, 2, 4.0)], zero_and_one(), &[&[0, 2]]);
    }

    #[test]
    fn sides_are_apart_each_from_each_and_each_side_stays_free() {
        let all = [(0, 1, 9.0), (0, 2, 8.0), (0, 3, 8.0), (1, 2, 8.0), (1, 3, 8.0), (2, 3, 9.0)];
        check(&all, different(&[0, 1], &[2, 3]), &[&[0, 1], &[2, 3]]);
        check(&all, different(&[0], &[1, 2, 3]), &[&[1, 2, 3]]);
        // Near miss: without the decision they are one.
        check(&all, Constraints::default(), &[&[0, 1, 2, 3]]);
    }

    #[test]
    fn a_side_whose_opposite_is_elsewhere_does_not_matter() {
        // Two that are linked are one even if they vote otherwise.
        let edges = [Edge { left: 0, right: 1, weight: Weight::ZERO }];
        let vote = |_: &mut (), _, _| Weight::from_bits(-1.0);
        let divided = |constraints: &Constraints| {
            cluster(3, &edges, Weight::ZERO, constraints, || (), vote).partition.len()
        };
        assert_eq!(divided(&Constraints::default()), 2);
        assert_eq!(divided(&different(&[0], &[2])), 2);
        assert_eq!(divided(&different(&[0], &[1, 2])), 3);
    }

    #[test]
    fn a_locked_cluster_takes_nobody_in_and_loses_nobody() {
        let pairs = [(0, 1, 9.0), (1, 2, 9.0), (2, 3, 9.0), (0, 2, 9.0), (1, 3, 9.0), (0, 3, 9.0)];
        let mut locked = same(&[0, 5]);
        locked.lock(&[0, 5]);
        check(&pairs, locked.finish(), &[&[0, 5], &[1, 2, 3]]);
        // Near miss: not locked, the cluster takes all in.
        check(&pairs, same(&[0, 5]), &[&[0, 1, 2, 3, 5]]);
        let mut alone = Constraints::default();
        alone.lock(&[2]);
        check(&pairs, alone.finish(), &[&[0, 1, 3]]);
    }

    proptest! {
        #[test]
        fn decisions_hold_whatever_the_weights(
            pairs in prop::collection::btree_map((0..10u32, 0..10u32), -3.0..12.0f64, 0..40),
            group_of in prop::collection::vec(0..14u32, 10),
            sides in prop::collection::vec(prop::collection::vec(0..3u8, 10), 0..4),
            locks in prop::collection::vec(0..24u32, 0..3),
        ) {
            let edges: Vec<Edge> = pairs
                .iter()
                .filter(|((left, right), _)| left < right)
                .map(|(&(left, right), &bits)| Edge { left, right, weight: Weight::from_bits(bits) })
                .collect();
            let members = |group: u32| -> Vec<u32> {
                (0..10).filter(|&record| group_of[record as usize] == group).collect()
            };
            let mut constraints = Constraints::default();
            (0..14).for_each(|group| constraints.join(&members(group)));
            // Only what a steward could decide: no group on both sides.
            let is_free = |left: &[u32], right: &[u32]| {
                let group = |record: &u32| group_of[*record as usize];
                left.iter().all(|a| right.iter().all(|b| group(a) != group(b)))
            };
            let of_side = |sides: &[u8], side: u8| -> Vec<u32> {
                (0..10).filter(|&record| sides[record as usize] == side).collect()
            };
            let apart: Vec<[Vec<u32>; 2]> = sides
                .iter()
                .map(|sides| [of_side(sides, 1), of_side(sides, 2)])
                .filter(|[left, right]| is_free(left, right))
                .collect();
            apart.iter().for_each(|[left, right]| constraints.keep_apart(left, right));
            locks.iter().for_each(|&group| constraints.lock(&members(group)));
            let constraints = constraints.finish();
            let vote = |_: &mut (), left, right| {
                let found = edges.iter().find(|edge| (edge.left, edge.right) == (left, right));
                found.map_or(Weight::from_bits(-1.0), |edge| edge.weight)
            };
            let found = cluster(10, &edges, Weight::ZERO, &constraints, || (), vote).partition;
            let together = |a: u32, b: u32| found.cluster_of(a) == found.cluster_of(b);
            for a in 0..10u32 {
                for b in 0..10u32 {
                    let [in_a, in_b] = [group_of[a as usize], group_of[b as usize]];
                    prop_assert!(in_a != in_b || together(a, b));
                    let is_locked = in_a != in_b && locks.contains(&in_a);
                    prop_assert!(!is_locked || !together(a, b));
                    let are_apart = apart.iter().any(|[left, right]| {
                        left.contains(&a) && right.contains(&b)
                    });
                    prop_assert!(!are_apart || !together(a, b));
                }
            }
        }
    }
}
