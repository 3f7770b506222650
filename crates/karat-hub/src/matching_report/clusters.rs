//! Clusters: the customers to look at, and what holds their records together.

use karat_engine::matching::Matcher;
use karat_engine::matching::cluster::{ClusterGraph, Edge};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::evidence::{PairExplanation, Weight};
use karat_model::id::RecordKey;
use karat_model::partition::{ClusterQuality, Conflict, Partition};
use karat_model::table::{RecordNo, RecordTable};

/// How many of the largest, and of the weakest, clusters are shown.
const CLUSTERS_SHOWN: usize = 10;

/// How many records of a cluster are shown.
const RECORDS_SHOWN: usize = 25;

/// One customer with several records, and why they are together.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedCluster {
    /// What it is.
    pub entity_type: EntityType,
    /// How many records it has.
    pub size: u64,
    /// The attributes to show, in order.
    pub attributes: Vec<AttributeId>,
    /// Its records, in order of their keys; of a large one those at its weakest links.
    pub records: Vec<ClusterRecord>,
    /// All pairs of those records, lightest first.
    pub edges: Vec<ClusterEdge>,
    /// The pairs that hold all its records together: the weakest of the heaviest spanning tree,
    /// strongest first.
    pub links: Vec<PairExplanation>,
    /// How well all its records hold together.
    pub quality: ClusterQuality,
    /// Where it would break first; the numbers are those of records within the cluster.
    pub weakest_cut: Option<ReportedCut>,
    /// What contradicts itself in it, by attribute.
    pub conflicts: Vec<ReportedConflict>,
}

/// A division of a cluster in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedCut {
    /// The smaller side, by the keys of its records.
    pub side: Vec<RecordKey>,
    /// How many records the other side has.
    pub others: u64,
    /// How many links it goes through.
    pub links: u64,
    /// What these weigh together above the link threshold.
    pub excess: Weight,
}

/// Two values that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedConflict {
    /// The attribute.
    pub attribute: AttributeId,
    /// A record that says the one value, and that value.
    pub left: (RecordKey, String),
    /// A record that says the other.
    pub right: (RecordKey, String),
}

impl ReportedCluster {
    /// The lightest pair that is needed to hold the records together.
    pub fn weakest_link(&self) -> Option<&PairExplanation> {
        self.links.last()
    }
}

/// One record of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterRecord {
    /// Its key.
    pub key: RecordKey,
    /// Its best value of each of the cluster's attributes.
    pub values: Vec<Option<String>>,
}

/// Two records of a cluster and what they weigh together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterEdge {
    /// The number of the one within the cluster.
    pub left: usize,
    /// The number of the other, which is larger.
    pub right: usize,
    /// The total weight of the pair.
    pub weight: Weight,
    /// Whether it is one of the links that hold the cluster together.
    pub holds: bool,
}

/// The largest clusters of a partition that have more than one record.
pub(super) fn largest(
    matcher: &Matcher,
    table: &RecordTable,
    partition: &Partition,
) -> Vec<ReportedCluster> {
    let mut several: Vec<&[RecordNo]> =
        partition.clusters().filter(|members| members.len() > 1).collect();
    several.sort_by_key(|members| std::cmp::Reverse(members.len()));
    several.truncate(CLUSTERS_SHOWN);
    several.into_iter().map(|members| cluster(matcher, table, members)).collect()
}

/// The clusters that hang by the lightest links.
pub(super) fn weakest(
    matcher: &Matcher,
    table: &RecordTable,
    partition: &Partition,
    qualities: &[Option<ClusterQuality>],
) -> Vec<ReportedCluster> {
    let several = (0..).zip(qualities);
    let several = several.filter_map(|(at, quality)| Some((quality.as_ref()?.weakest_link, at)));
    let mut weakest: Vec<(Weight, u32)> = several.collect();
    weakest.sort_unstable();
    weakest.truncate(CLUSTERS_SHOWN);
    let members = weakest.into_iter().map(|(_, at)| partition.members(at));
    members.map(|members| cluster(matcher, table, members)).collect()
}

fn cluster(matcher: &Matcher, table: &RecordTable, members: &[RecordNo]) -> ReportedCluster {
    let quality = matcher.quality(members);
    let graph = matcher.graph(members);
    let mut links = graph.heaviest_tree();
    links.sort_by_key(|link| (link.weight, link.left, link.right));
    let shown = at_weakest(members, &links);
    let is_known =
        |&id: &AttributeId| shown.iter().any(|&record| best_value(table, record, id).is_some());
    let attributes: Vec<AttributeId> = table.filled_attributes().filter(is_known).collect();
    let record = |&record: &RecordNo| ClusterRecord {
        key: table.key(record),
        values: attributes.iter().map(|&id| best_value(table, record, id)).collect(),
    };
    let holds = |left, right| links.iter().any(|link| (link.left, link.right) == (left, right));
    let mut edges = Vec::new();
    for (right, &right_record) in shown.iter().enumerate() {
        for (left, &left_record) in shown[..right].iter().enumerate() {
            let weight = graph.weight_of(left_record, right_record);
            let holds = holds(left_record, right_record);
            edges.push(ClusterEdge { left, right, weight, holds });
        }
    }
    edges.sort_by_key(|edge| (edge.weight, edge.left, edge.right));
    let explained = links.iter().take(RECORDS_SHOWN - 1).rev();
    ReportedCluster {
        entity_type: table.entity_type,
        size: members.len() as u64,
        records: shown.iter().map(record).collect(),
        edges,
        links: explained
            .map(|link| matcher.explain_together(members.len(), link.left, link.right))
            .collect(),
        attributes,
        weakest_cut: weakest_cut(&graph, table),
        conflicts: quality.conflicts.iter().map(|conflict| reported(table, conflict)).collect(),
        quality,
    }
}

/// The records to show of a cluster, in order: of a large one those at its weakest links, which
/// come lightest first.
fn at_weakest(members: &[RecordNo], links: &[Edge]) -> Vec<RecordNo> {
    let mut shown: Vec<RecordNo> = Vec::new();
    for end in links.iter().flat_map(|link| [link.left, link.right]) {
        if shown.len() < RECORDS_SHOWN && !shown.contains(&end) {
            shown.push(end);
        }
    }
    if members.len() <= RECORDS_SHOWN {
        shown = members.to_vec();
    }
    shown.sort_unstable();
    shown
}

/// Where a cluster would break first; two records have only one cut, which says nothing.
fn weakest_cut(graph: &ClusterGraph, table: &RecordTable) -> Option<ReportedCut> {
    let cut = graph.weakest_cut().filter(|_| graph.members().len() > 2)?;
    let is_left_smaller = cut.left.len() <= cut.right.len();
    let (side, others) =
        if is_left_smaller { (cut.left, cut.right) } else { (cut.right, cut.left) };
    Some(ReportedCut {
        side: side.into_iter().map(|record| table.key(record)).collect(),
        others: others.len() as u64,
        links: cut.links.len() as u64,
        excess: cut.excess,
    })
}

fn reported(table: &RecordTable, conflict: &Conflict) -> ReportedConflict {
    let said = |record| {
        let value = table.value(record, conflict.attribute).unwrap_or_default();
        (table.key(record), value.to_string())
    };
    let (left, right) = (said(conflict.left), said(conflict.right));
    ReportedConflict { attribute: conflict.attribute, left, right }
}

/// The most valid value of a record; of equally valid ones the first.
fn best_value(table: &RecordTable, record: RecordNo, attribute: AttributeId) -> Option<String> {
    let column = table.column(attribute);
    let doubt = |&(slot, code): &(u8, u32)| std::cmp::Reverse(column.validity(record, slot, code));
    let (_, code) = column.values(record).min_by_key(doubt)?;
    Some(table.dictionary(attribute).value(code).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_cluster_shows_the_records_at_its_weakest_links() {
        // Of a cluster of 27 only the first 25 records were looked at: one of them hung by the 27th,
        // and was told to hang by a pair that weighed too little to link it.
        let edge = |left, right| Edge { left, right, weight: Weight::from_bits(f64::from(right)) };
        let mut links: Vec<Edge> = (1..26).map(|right| edge(0, right + 1)).collect();
        links.insert(0, edge(1, 26));
        let members: Vec<RecordNo> = (0..27).collect();
        let shown = at_weakest(&members, &links);
        assert_eq!(shown.len(), RECORDS_SHOWN);
        assert!(shown.is_sorted() && [1, 26].iter().all(|end| shown.contains(end)));
        // Near miss: a cluster that fits is shown whole.
        assert_eq!(at_weakest(&members[..25], &links[..1]), members[..25]);
    }
}
