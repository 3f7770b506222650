//! The partition: which records are the same customer.

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

/// A pair that is likely enough to show to a steward, but was not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PotentialMatch {
    /// The total weight, prior included.
    pub weight: Weight,
    /// The record with the smaller number.
    pub left: RecordNo,
    /// The record with the larger number.
    pub right: RecordNo,
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
