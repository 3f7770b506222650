//! The numbers that comparing needs, record by record: all of one record lie side by side.

use std::ops::Range;

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
    /// Where in a row the numbers of each comparison stand.
    spans: Vec<Range<usize>>,
    numbers: Vec<u32>,
}

impl Matrix {
    /// Asks each comparison for its numbers.
    pub fn build(comparisons: &[Box<dyn Compare + '_>], records: usize) -> Matrix {
        let mut spans: Vec<Range<usize>> = Vec::with_capacity(comparisons.len());
        let mut own = Vec::with_capacity(comparisons.len());
        let mut width = 0;
        for comparison in comparisons {
            let mut before = comparisons[..spans.len()].iter();
            let read = before.position(|before| Some(before.name()) == comparison.reads());
            if let Some(read) = read {
                spans.push(spans[read].clone());
                continue;
            }
            let span = width..width + comparison.width();
            width = span.end;
            own.push((comparison, span.clone()));
            spans.push(span);
        }
        let width = width.max(1);
        let mut numbers = vec![0; width * records];
        numbers.par_chunks_mut(width).enumerate().for_each(|(record, row)| {
            for (comparison, span) in &own {
                comparison.fill(record as RecordNo, &mut row[span.clone()]);
            }
        });
        Matrix { width, spans, numbers }
    }

    fn row(&self, record: RecordNo) -> &[u32] {
        let start = record as usize * self.width;
        &self.numbers[start..start + self.width]
    }

    /// Compares two records in every way.
    pub fn compare<'s>(
        &self,
        comparisons: &[Box<dyn Compare + '_>],
        left: RecordNo,
        right: RecordNo,
        scratch: &'s mut Scratch,
    ) -> &'s [Compared] {
        let rows = [(left, self.row(left)), (right, self.row(right))];
        compare_rows(comparisons, &self.spans, rows, scratch)
    }

    /// Compares two records whose rows were gathered.
    pub fn compare_gathered<'s>(
        &self,
        comparisons: &[Box<dyn Compare + '_>],
        rows: &Rows,
        left: usize,
        right: usize,
        scratch: &'s mut Scratch,
    ) -> &'s [Compared] {
        let row = |at: usize| (rows.records[at], &rows.numbers[at * self.width..][..self.width]);
        compare_rows(comparisons, &self.spans, [row(left), row(right)], scratch)
    }
}

/// Compares two rows, of which the left is that of the record with the smaller number.
fn compare_rows<'s>(
    comparisons: &[Box<dyn Compare + '_>],
    spans: &[Range<usize>],
    [left, right]: [(RecordNo, &[u32]); 2],
    scratch: &'s mut Scratch,
) -> &'s [Compared] {
    let ((left, left_row), (right, right_row)) =
        if left.0 <= right.0 { (left, right) } else { (right, left) };
    scratch.compared.clear();
    for (at, (comparison, span)) in comparisons.iter().zip(spans).enumerate() {
        let left = Side { record: left, fields: &left_row[span.clone()] };
        let right = Side { record: right, fields: &right_row[span.clone()] };
        let cache = scratch.caches[at].get_or_insert_default();
        scratch.compared.push(comparison.compare(left, right, cache));
    }
    &scratch.compared
}

/// The rows of some records, side by side.
#[derive(Default)]
pub struct Rows {
    /// The records.
    pub records: Vec<RecordNo>,
    numbers: Vec<u32>,
}

impl Rows {
    /// Takes the rows of other records.
    pub fn gather(&mut self, matrix: &Matrix, records: &[RecordNo]) {
        self.records.clear();
        self.records.extend_from_slice(records);
        self.numbers.clear();
        records.iter().for_each(|&record| self.numbers.extend_from_slice(matrix.row(record)));
    }
}
