//! Duplicates: how many there are within and between files, and how large customers are.

use std::collections::BTreeMap;

use karat_model::partition::Partition;

use super::assessment::DuplicateMatrix;

/// Counts duplicates over the partitions of all entity types.
pub(super) struct Duplicates {
    within: Vec<u64>,
    between: BTreeMap<(usize, usize), u64>,
    sizes: BTreeMap<u64, u64>,
}

impl Duplicates {
    /// No duplicates yet, of so many files.
    pub(super) fn new(files: usize) -> Duplicates {
        Duplicates { within: vec![0; files], between: BTreeMap::new(), sizes: BTreeMap::new() }
    }

    /// Adds the customers of a partition, of which each record stands in a file.
    pub(super) fn add(&mut self, partition: &Partition, file_of: &[usize]) {
        for members in partition.clusters() {
            *self.sizes.entry(members.len() as u64).or_default() += 1;
            let mut records_of: BTreeMap<usize, u64> = BTreeMap::new();
            for &record in members {
                *records_of.entry(file_of[record as usize]).or_default() += 1;
            }
            for (&file, records) in &records_of {
                self.within[file] += records - 1;
                for (&other, _) in records_of.range(file + 1..) {
                    *self.between.entry((file, other)).or_default() += 1;
                }
            }
        }
    }

    /// The counts within and between files.
    pub(super) fn matrix(&self) -> DuplicateMatrix {
        let between = self.between.iter().map(|(&(file, other), &count)| (file, other, count));
        DuplicateMatrix { within: self.within.clone(), between: between.collect() }
    }

    /// Per number of records how many customers have that many, smallest first.
    pub(super) fn sizes(&self) -> Vec<(u64, u64)> {
        self.sizes.iter().map(|(&size, &customers)| (size, customers)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_are_counted_within_and_between() {
        let mut duplicates = Duplicates::new(3);
        // Customer 0 stands twice in file 0 and once in 2; 1 in both 0 and 2; 2 only in 1.
        duplicates.add(&Partition::from_labels(&[0, 0, 1, 2, 0, 1]), &[0, 0, 0, 1, 2, 2]);
        duplicates.add(&Partition::from_labels(&[0, 0]), &[1, 1]);
        let matrix = duplicates.matrix();
        assert_eq!(matrix.within, [1, 1, 0]);
        assert_eq!(matrix.between, [(0, 2, 2)]);
        assert_eq!(duplicates.sizes(), [(1, 1), (2, 2), (3, 1)]);
    }
}
