//! Clusters: the customers with most records, and what holds their records together.

use karat_engine::matching::Matcher;
use karat_model::attribute::AttributeId;
use karat_model::partition::Partition;
use karat_model::table::{RecordNo, RecordTable};

use super::assessment::{AssessedCluster, ClusterRecord};

/// How many clusters are shown.
const CLUSTERS_SHOWN: usize = 10;

/// How many records of a cluster are shown.
const RECORDS_SHOWN: usize = 25;

/// The largest clusters of a partition that have more than one record.
pub(super) fn largest(
    matcher: &Matcher,
    table: &RecordTable,
    partition: &Partition,
) -> Vec<AssessedCluster> {
    let mut several: Vec<&[RecordNo]> =
        partition.clusters().filter(|members| members.len() > 1).collect();
    several.sort_by_key(|members| std::cmp::Reverse(members.len()));
    several.truncate(CLUSTERS_SHOWN);
    several.into_iter().map(|members| cluster(matcher, table, members)).collect()
}

/// Keeps the largest of the clusters of all entity types, largest first.
pub(super) fn keep_largest(clusters: &mut Vec<AssessedCluster>) {
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.size));
    clusters.truncate(CLUSTERS_SHOWN);
}

fn cluster(matcher: &Matcher, table: &RecordTable, members: &[RecordNo]) -> AssessedCluster {
    let shown = &members[..members.len().min(RECORDS_SHOWN)];
    let is_known =
        |&id: &AttributeId| shown.iter().any(|&record| best_value(table, record, id).is_some());
    let attributes: Vec<AttributeId> = table.filled_attributes().filter(is_known).collect();
    let record = |&record: &RecordNo| ClusterRecord {
        key: table.key(record),
        values: attributes.iter().map(|&id| best_value(table, record, id)).collect(),
    };
    let mut links = matcher.strongest_links(shown);
    links.sort_by_key(|link| (-link.weight, link.left, link.right));
    AssessedCluster {
        entity_type: table.entity_type,
        size: members.len() as u64,
        records: shown.iter().map(record).collect(),
        links: links.iter().map(|link| matcher.explain(link.left, link.right)).collect(),
        attributes,
    }
}

/// The most valid value of a record; of equally valid ones the first.
fn best_value(table: &RecordTable, record: RecordNo, attribute: AttributeId) -> Option<String> {
    let column = table.column(attribute);
    let doubt = |&(slot, code): &(u8, u32)| std::cmp::Reverse(column.validity(record, slot, code));
    let (_, code) = column.values(record).min_by_key(doubt)?;
    Some(table.dictionary(attribute).value(code).to_string())
}
