//! How well each cluster holds together, and what holds a single one.

use karat_model::evidence::Weight;
use karat_model::partition::{ClusterQuality, Edge, Partition};
use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::ClusterGraph;
use crate::matching::Matcher;
use crate::matching::matrix::Scratch;

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
