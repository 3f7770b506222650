//! Pairs of records, cluster by cluster.

use karat_model::partition::Partition;
use karat_model::table::RecordNo;

/// What lies within clusters, cluster by cluster, each in the order in which it came.
pub(super) struct Grouped<T> {
    /// Where in `items` those of each cluster start, and where the last end.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Grouped<T> {
    /// The items of which both ends lie in one cluster.
    pub fn within(
        items: &[T],
        partition: &Partition,
        ends: impl Fn(&T) -> (RecordNo, RecordNo),
    ) -> Grouped<T> {
        let cluster_of = |item: &T| {
            let (left, right) = ends(item);
            let cluster = partition.cluster_of(left);
            (cluster == partition.cluster_of(right)).then_some(cluster as usize)
        };
        let mut starts = vec![0; partition.len() + 1];
        items.iter().filter_map(cluster_of).for_each(|cluster| starts[cluster + 1] += 1);
        for cluster in 0..partition.len() {
            starts[cluster + 1] += starts[cluster];
        }
        let mut next = starts.clone();
        let mut sorted = items.to_vec();
        for item in items {
            if let Some(cluster) = cluster_of(item) {
                sorted[next[cluster] as usize] = *item;
                next[cluster] += 1;
            }
        }
        sorted.truncate(starts[partition.len()] as usize);
        Grouped { starts, items: sorted }
    }

    /// Those within a cluster.
    pub fn of(&self, cluster: u32) -> &[T] {
        let cluster = cluster as usize;
        &self.items[self.starts[cluster] as usize..self.starts[cluster + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_within_a_cluster_keep_their_order() {
        let partition = Partition::from_labels(&[0, 1, 0, 1, 4, 0]);
        let pairs = [(0, 5), (1, 3), (0, 1), (2, 5), (0, 2)];
        let grouped = Grouped::within(&pairs, &partition, |pair| *pair);
        assert_eq!(grouped.of(0), [(0, 5), (2, 5), (0, 2)]);
        assert_eq!(grouped.of(1), [(1, 3)]);
        assert!(grouped.of(2).is_empty());
    }
}
