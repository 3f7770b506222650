//! The numbers that comparing needs, record by record: all of one record lie side by side.

use std::ops::Range;

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::cache::LevelCache;
use super::compare::{Compare, Compared, Side};
use super::model::MatchModel;

/// What comparing pair after pair reuses.
pub struct Scratch {
    compared: Vec<Compared>,
    /// Made when first needed, so that comparing a single pair stays cheap.
    caches: Vec<Option<LevelCache>>,
    /// Comparisons that are put off, with what they weigh at most.
    put_off: Vec<(usize, i32)>,
}

impl Scratch {
    /// For so many comparisons.
    pub fn new(comparisons: usize) -> Scratch {
        let caches = (0..comparisons).map(|_| None).collect();
        Scratch { compared: Vec::new(), caches, put_off: Vec::new() }
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
        let row = |record| Row { record, numbers: self.row(record) };
        compare_rows(comparisons, &self.spans, [row(left), row(right)], scratch)
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
        let row = |at| rows.row(at, self.width);
        compare_rows(comparisons, &self.spans, [row(left), row(right)], scratch)
    }

    /// Compares two records whose rows were gathered, unless they weigh less than so much for sure:
    /// what costs more than telling how much it can weigh comes last.
    pub fn compare_if_hopeful<'s>(
        &self,
        comparisons: &[Box<dyn Compare + '_>],
        model: &MatchModel,
        rows: &Rows,
        [left, right]: [usize; 2],
        weight_min: Weight,
        scratch: &'s mut Scratch,
    ) -> Option<&'s [Compared]> {
        let row = |at| rows.row(at, self.width);
        let [left, right] = in_order([row(left), row(right)]);
        let Scratch { compared, caches, put_off } = scratch;
        compared.clear();
        put_off.clear();
        let mut most = model.prior;
        for (at, (comparison, span)) in comparisons.iter().zip(&self.spans).enumerate() {
            let (left, right) = (left.side(span), right.side(span));
            let found = match comparison.reach(left, right) {
                Some(reach) => {
                    let of_this = model.comparisons[at].most(reach);
                    put_off.push((at, of_this));
                    most += of_this;
                    Compared::SILENT
                }
                None => {
                    let cache = caches[at].get_or_insert_default();
                    let found = comparison.compare(left, right, cache);
                    most += model.comparisons[at].weigh(found);
                    found
                }
            };
            compared.push(found);
        }
        for &(at, of_this) in &*put_off {
            if Weight(most) < weight_min {
                return None;
            }
            let (left, right) = (left.side(&self.spans[at]), right.side(&self.spans[at]));
            let cache = caches[at].get_or_insert_default();
            compared[at] = comparisons[at].compare(left, right, cache);
            most += model.comparisons[at].weigh(compared[at]) - of_this;
        }
        (Weight(most) >= weight_min).then_some(compared)
    }
}

/// The row of a record.
#[derive(Clone, Copy)]
struct Row<'m> {
    record: RecordNo,
    numbers: &'m [u32],
}

impl<'m> Row<'m> {
    fn side(self, span: &Range<usize>) -> Side<'m> {
        Side { record: self.record, fields: &self.numbers[span.clone()] }
    }
}

/// The left record is that with the smaller number.
fn in_order([left, right]: [Row<'_>; 2]) -> [Row<'_>; 2] {
    if left.record <= right.record { [left, right] } else { [right, left] }
}

fn compare_rows<'s>(
    comparisons: &[Box<dyn Compare + '_>],
    spans: &[Range<usize>],
    rows: [Row<'_>; 2],
    scratch: &'s mut Scratch,
) -> &'s [Compared] {
    let [left, right] = in_order(rows);
    scratch.compared.clear();
    for (at, (comparison, span)) in comparisons.iter().zip(spans).enumerate() {
        let cache = scratch.caches[at].get_or_insert_default();
        scratch.compared.push(comparison.compare(left.side(span), right.side(span), cache));
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
    fn row(&self, at: usize, width: usize) -> Row<'_> {
        Row { record: self.records[at], numbers: &self.numbers[at * width..][..width] }
    }

    /// Takes the rows of other records.
    pub fn gather(&mut self, matrix: &Matrix, records: &[RecordNo]) {
        self.records.clear();
        self.records.extend_from_slice(records);
        self.numbers.clear();
        fetch(records, |record| matrix.row(record));
        records.iter().for_each(|&record| self.numbers.extend_from_slice(matrix.row(record)));
    }
}

/// Fetches the rows of some records from all over memory, all at once: the processor waits for
/// several at a time when nothing hangs on any of them.
pub fn fetch<'m>(records: &[RecordNo], row: impl Fn(RecordNo) -> &'m [u32]) {
    /// How many numbers the processor fetches at a time.
    const LINE: usize = 16;
    let touch = |row: &[u32]| row.iter().step_by(LINE).fold(0, |sum, number| sum ^ number);
    let fetched = records.iter().fold(0, |sum, &record| sum ^ touch(row(record)));
    std::hint::black_box(fetched);
}
