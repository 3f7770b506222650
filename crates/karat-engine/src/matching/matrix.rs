//! The numbers that comparing needs, record by record: all of one record lie side by side.

use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::cache::LevelCache;
use super::compare::{Compare, Compared, Side};

/// What comparing pair after pair reuses.
pub struct Scratch {
    compared: Vec<Compared>,
    /// Made when first needed, so that comparing a single pair stays cheap.
    caches: Vec<Option<LevelCache>>,
}

impl Scratch {
    /// For so many comparisons.
    pub fn new(comparisons: usize) -> Scratch {
        Scratch { compared: Vec::new(), caches: (0..comparisons).map(|_| None).collect() }
    }
}

/// What all comparisons keep of all records.
pub struct Matrix {
    width: usize,
    /// Where the numbers of each comparison start in a row, and the end of the last.
    offsets: Vec<usize>,
    numbers: Vec<u32>,
}

impl Matrix {
    /// Asks each comparison for its numbers.
    pub fn build(comparisons: &[Box<dyn Compare + '_>], records: usize) -> Matrix {
        let mut offsets = vec![0];
        for comparison in comparisons {
            offsets.push(offsets[offsets.len() - 1] + comparison.width());
        }
        let width = offsets[offsets.len() - 1].max(1);
        let mut numbers = vec![0; width * records];
        numbers.par_chunks_mut(width).enumerate().for_each(|(record, row)| {
            for (comparison, span) in comparisons.iter().zip(offsets.windows(2)) {
                comparison.fill(record as RecordNo, &mut row[span[0]..span[1]]);
            }
        });
        Matrix { width, offsets, numbers }
    }

    /// Compares two records in every way.
    pub fn compare<'s>(
        &self,
        comparisons: &[Box<dyn Compare + '_>],
        left: RecordNo,
        right: RecordNo,
        scratch: &'s mut Scratch,
    ) -> &'s [Compared] {
        let row = |record: RecordNo| {
            let start = record as usize * self.width;
            &self.numbers[start..start + self.width]
        };
        let (left_row, right_row) = (row(left), row(right));
        scratch.compared.clear();
        for (at, comparison) in comparisons.iter().enumerate() {
            let span = self.offsets[at]..self.offsets[at + 1];
            let left = Side { record: left, fields: &left_row[span.clone()] };
            let right = Side { record: right, fields: &right_row[span] };
            let cache = scratch.caches[at].get_or_insert_default();
            scratch.compared.push(comparison.compare(left, right, cache));
        }
        &scratch.compared
    }
}
