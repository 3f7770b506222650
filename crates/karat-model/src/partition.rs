//! The partition: which records are the same customer.

use crate::attribute::{AttributeId, AttributeSet};
use crate::evidence::Weight;
use crate::table::RecordNo;

/// Records divided into clusters, numbered in the order of their first record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    cluster_of: Vec<u32>,
    /// Start of each cluster in `members`, and the end of the last.
    starts: Vec<u32>,
    members: Vec<RecordNo>,
}

impl Partition {
    /// The partition that gives each record the cluster of its label; any labels will do.
    pub fn from_labels(labels: &[u32]) -> Partition {
        let label_max = labels.iter().copied().max().map_or(0, |max| max as usize + 1);
        let mut number_of = vec![u32::MAX; label_max];
        let mut sizes: Vec<u32> = Vec::new();
        let mut cluster_of = Vec::with_capacity(labels.len());
        for &label in labels {
            let number = &mut number_of[label as usize];
            if *number == u32::MAX {
                *number = sizes.len() as u32;
                sizes.push(0);
            }
            sizes[*number as usize] += 1;
            cluster_of.push(*number);
        }
        let mut starts = Vec::with_capacity(sizes.len() + 1);
        let mut start = 0;
        for size in sizes {
            starts.push(start);
            start += size;
        }
        starts.push(start);
        let mut next = starts.clone();
        let mut members = vec![0; labels.len()];
        for (record, &cluster) in cluster_of.iter().enumerate() {
            members[next[cluster as usize] as usize] = record as RecordNo;
            next[cluster as usize] += 1;
        }
        Partition { cluster_of, starts, members }
    }

    /// How many clusters there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no cluster.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cluster of a record.
    pub fn cluster_of(&self, record: RecordNo) -> u32 {
        self.cluster_of[record as usize]
    }

    /// The records of a cluster, in order.
    pub fn members(&self, cluster: u32) -> &[RecordNo] {
        let start = self.starts[cluster as usize] as usize;
        let end = self.starts[cluster as usize + 1] as usize;
        &self.members[start..end]
    }

    /// All clusters, each as its records in order.
    pub fn clusters(&self) -> impl ExactSizeIterator<Item = &[RecordNo]> {
        (0..self.len() as u32).map(|cluster| self.members(cluster))
    }
}

/// A pair of records with what it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The record with the smaller number.
    pub left: RecordNo,
    /// The record with the larger number.
    pub right: RecordNo,
    /// The total weight, prior included.
    pub weight: Weight,
}

/// A division of a cluster in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The side of the first record.
    pub left: Vec<RecordNo>,
    /// The other side.
    pub right: Vec<RecordNo>,
    /// The links that it goes through, heaviest first.
    pub links: Vec<Edge>,
    /// What these weigh together above the link threshold.
    pub excess: Weight,
}

/// Two records whose values of an attribute contradict each other, both of high quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conflict {
    /// The attribute, of which a customer has one value.
    pub attribute: AttributeId,
    /// A record with the one value; the one with the smaller number.
    pub left: RecordNo,
    /// A record with the other value.
    pub right: RecordNo,
    /// How many records say the value that fewer say.
    pub confirmed_by: u32,
}

/// How well a cluster of several records holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterQuality {
    /// How many records it has.
    pub records: u32,
    /// From how many sources they come.
    pub sources: u32,
    /// How many pairs were weighed; of a very large cluster only those of its first records.
    pub pairs: u32,
    /// How many of those pairs are linked.
    pub links: u32,
    /// The weight of the weakest link that is needed to hold the records together.
    pub weakest_link: Weight,
    /// How many links the linked pairs cannot do without.
    pub bridges: u32,
    /// What the links of the weakest cut weigh together above the link threshold.
    pub weakest_cut: Weight,
    /// The conflicts: per attribute the one that most records confirm.
    pub conflicts: Vec<Conflict>,
}

impl ClusterQuality {
    /// The share of pairs that are linked, 0 to 1.
    pub fn density(&self) -> f64 {
        f64::from(self.links) / f64::from(self.pairs)
    }
}

/// Why a join is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldReason {
    /// Two values of an attribute contradict each other, both of high quality.
    Conflict(AttributeId),
    /// Both were large customers before.
    Large,
}

impl HoldReason {
    const LARGE: &'static str = "large";
    const CONFLICT: &'static str = "conflict:";

    /// The name in the store and in files: `large`, or `conflict:` with the attribute.
    pub fn name(self, attributes: &AttributeSet) -> String {
        match self {
            HoldReason::Conflict(id) => {
                format!("{}{}", HoldReason::CONFLICT, attributes.get(id).name)
            }
            HoldReason::Large => HoldReason::LARGE.to_string(),
        }
    }

    /// The reason with this name; `None` when its attribute is gone.
    pub fn from_name(name: &str, attributes: &AttributeSet) -> Option<HoldReason> {
        match name.strip_prefix(HoldReason::CONFLICT) {
            Some(attribute) => attributes.find(attribute).map(HoldReason::Conflict),
            None => (name == HoldReason::LARGE).then_some(HoldReason::Large),
        }
    }
}

/// A join of customers that is held: it waits for a steward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The records of the one customer, in order.
    pub left: Vec<RecordNo>,
    /// The records of the other.
    pub right: Vec<RecordNo>,
    /// Why.
    pub reason: HoldReason,
}

/// A pair that is likely enough to show to a steward, but was not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PotentialMatch {
    /// The total weight, prior included.
    pub weight: Weight,
    /// The record with the smaller number.
    pub left: RecordNo,
    /// The record with the larger number.
    pub right: RecordNo,
    /// Why the join that it stands for is held; `None` when nothing would join them.
    pub held: Option<HoldReason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_by_their_first_record() {
        let partition = Partition::from_labels(&[7, 3, 7, 0]);
        let clusters: Vec<_> = partition.clusters().collect();
        assert_eq!(clusters, [&[0, 2][..], &[1], &[3]]);
        assert_eq!(partition.cluster_of(2), 0);
        assert!(Partition::from_labels(&[]).is_empty());
    }
}
