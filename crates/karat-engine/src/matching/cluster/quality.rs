//! How well each cluster holds together, and what holds a single one.

use karat_model::evidence::Weight;
use karat_model::partition::{ClusterQuality, Edge, Partition};
use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::grouped::Grouped;
use super::{ClusterGraph, UnionFind};
use crate::matching::matrix::Scratch;
use crate::matching::{Matched, Matcher};

impl Matcher<'_> {
    /// Per cluster how well it holds together; `None` for a single record.
    pub fn qualities(&self, partition: &Partition) -> Vec<Option<ClusterQuality>> {
        let clusters: Vec<&[RecordNo]> = partition.clusters().collect();
        let clusters = clusters.par_iter().with_min_len(1024);
        let qualities = clusters.map_init(
            || self.scratch(),
            |scratch, members| (members.len() > 1).then(|| self.quality_of(members, scratch)),
        );
        qualities.collect()
    }

    /// Per cluster what its weakest link weighs; `None` for a single record.
    ///
    /// The links are the heaviest tree of the candidate pairs. Only where these do not connect all
    /// records, as where a steward joined them, other pairs are looked at as well.
    pub fn weakest_links(&self, matched: &Matched) -> Vec<Option<Weight>> {
        let Matched { partition, edges, .. } = matched;
        let candidates = Grouped::within(edges, partition, |edge| (edge.left, edge.right));
        let weakest = |scratch: &mut Scratch, cluster: u32| {
            let members = partition.members(cluster);
            if members.len() < 2 {
                return None;
            }
            let of_tree = weakest_of_tree(members, candidates.of(cluster))
                .map(|weakest| weakest + self.counted_bonus(members.len(), weakest));
            of_tree.or_else(|| {
                let tree = self.graph_of(members, scratch).heaviest_tree();
                tree.iter().map(|link| link.weight).min()
            })
        };
        let clusters = (0..partition.len() as u32).into_par_iter().with_min_len(1024);
        clusters.map_init(|| self.scratch(), weakest).collect()
    }

    /// How well a cluster of several records holds together.
    pub fn quality(&self, members: &[RecordNo]) -> ClusterQuality {
        self.quality_of(members, &mut self.scratch())
    }

    /// The pairs of a cluster; of a very large one those of its first records.
    pub fn graph(&self, members: &[RecordNo]) -> ClusterGraph {
        self.graph_of(members, &mut self.scratch())
    }

    /// What holds a cluster together: the heaviest tree of pairs that connects its records, the
    /// first record its root. A very large cluster gives the tree of its first records only.
    pub fn strongest_links(&self, members: &[RecordNo]) -> Vec<Edge> {
        self.graph(members).heaviest_tree()
    }

    fn graph_of(&self, members: &[RecordNo], scratch: &mut Scratch) -> ClusterGraph {
        let link_threshold = Weight(self.model.link_threshold);
        ClusterGraph::new(members, link_threshold, |left, right| {
            let compared = self.matrix.compare(&self.comparisons, left, right, scratch);
            let weight = self.model.weigh(compared);
            let weight = weight + self.counted_bonus(members.len(), weight);
            // Records that are not to be compared are never linked themselves.
            let is_allowed = self.blocks.allow(left, right);
            if is_allowed { weight } else { weight.min(link_threshold - Weight(1)) }
        })
    }

    fn quality_of(&self, members: &[RecordNo], scratch: &mut Scratch) -> ClusterQuality {
        let conflicts = self.conflicts(members, scratch);
        let mut sources: Vec<u16> =
            members.iter().map(|&record| self.table.source(record)).collect();
        sources.sort_unstable();
        sources.dedup();
        let graph = self.graph_of(members, scratch);
        let tree = graph.heaviest_tree();
        let weighed = graph.members().len() as u32;
        let links = graph.links() as u32;
        let pairs = weighed * (weighed - 1) / 2;
        // Where all pairs are linked, two are the least that hold a record of three or more.
        let is_complete = links == pairs && weighed > 2;
        ClusterQuality {
            records: members.len() as u32,
            sources: sources.len() as u32,
            pairs,
            links,
            weakest_link: tree.iter().map(|link| link.weight).min().unwrap_or_default(),
            bridges: if is_complete { 0 } else { graph.bridges().len() as u32 },
            weakest_cut: graph.weakest_cut().map_or(Weight::ZERO, |cut| cut.excess),
            conflicts,
        }
    }
}

/// The lightest edge of the heaviest tree that connects some records; `None` when none does.
///
/// Source: Kruskal, On the Shortest Spanning Subtree of a Graph and the Traveling Salesman Problem,
/// Proceedings of the AMS 7 (1956).
fn weakest_of_tree(members: &[RecordNo], edges: &[Edge]) -> Option<Weight> {
    let mut heaviest_first: Vec<&Edge> = edges.iter().collect();
    heaviest_first.sort_unstable_by_key(|edge| -edge.weight);
    let place = |record: RecordNo| members.binary_search(&record).ok().map(|at| at as u32);
    let mut sets = UnionFind::new(members.len());
    let mut missing = members.len() - 1;
    for edge in heaviest_first {
        let (left, right) = (place(edge.left)?, place(edge.right)?);
        if sets.find(left) != sets.find(right) {
            sets.join(left, right);
            missing -= 1;
        }
        if missing == 0 {
            return Some(edge.weight);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weakest_link_is_the_lightest_of_the_heaviest_tree() {
        let edge = |left, right, bits| Edge { left, right, weight: Weight::from_bits(bits) };
        let triangle = [edge(2, 5, 3.0), edge(2, 9, 8.0), edge(5, 9, 6.0)];
        assert_eq!(weakest_of_tree(&[2, 5, 9], &triangle), Some(Weight::from_bits(6.0)));
        assert_eq!(weakest_of_tree(&[2, 5], &triangle[..1]), Some(Weight::from_bits(3.0)));
        // Near miss: record 9 hangs by no edge.
        assert_eq!(weakest_of_tree(&[2, 5, 9], &triangle[..1]), None);
    }
}
