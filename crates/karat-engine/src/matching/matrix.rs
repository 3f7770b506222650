//! The numbers that comparing needs, record by record: all of one record lie side by side.

use std::ops::Range;

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::cache::LevelCache;
use super::compare::{Compare, Compared, Pairs, Side};
use super::model::MatchModel;

/// What comparing pair after pair reuses.
pub struct Scratch {
    compared: Vec<Compared>,
    /// Made when first needed, so that comparing a single pair stays cheap.
    caches: Vec<Option<LevelCache>>,
    hopeful: HopefulScratch,
}

/// What looking for hope in many pairs at a time reuses.
#[derive(Default)]
struct HopefulScratch {
    /// Per pair what it weighs at most, as far as is known.
    most: Vec<i32>,
    /// Per comparison and pair what was found, or what it weighs at most.
    found: Vec<Found>,
}

/// What is known of some pairs in one comparison.
#[derive(Default)]
struct Found {
    compared: Vec<Compared>,
    /// Filled where comparing costs more than telling how much it can weigh.
    most: Vec<i32>,
}

impl Scratch {
    /// For so many comparisons.
    pub fn new(comparisons: usize) -> Scratch {
        let caches = (0..comparisons).map(|_| None).collect();
        Scratch { compared: Vec::new(), caches, hopeful: HopefulScratch::default() }
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

    /// Compares pairs of records whose rows were gathered, in one way after the other, and shows
    /// what was found in each.
    pub fn compare_all(
        &self,
        comparisons: &[Box<dyn Compare + '_>],
        GatheredPairs { rows, pairs }: GatheredPairs,
        scratch: &mut Scratch,
        mut show: impl FnMut(usize, &[Compared]),
    ) {
        let Scratch { compared, caches, .. } = scratch;
        for (at, (comparison, span)) in comparisons.iter().zip(&self.spans).enumerate() {
            compared.clear();
            let cache = caches[at].get_or_insert_default();
            comparison.compare_each(&rows.pairs(pairs, self.width, span.clone()), cache, compared);
            show(at, compared);
        }
    }

    /// Compares pairs of records whose rows were gathered, and shows those that may weigh so much:
    /// what costs more than telling how much it can weigh comes last, and is left where it is in vain.
    pub fn compare_hopeful(
        &self,
        comparisons: &[Box<dyn Compare + '_>],
        model: &MatchModel,
        GatheredPairs { rows, pairs }: GatheredPairs,
        weight_min: Weight,
        scratch: &mut Scratch,
        mut show: impl FnMut(usize, &[Compared]),
    ) {
        let Scratch { compared, caches, hopeful: HopefulScratch { most, found } } = scratch;
        most.clear();
        most.resize(pairs.len(), model.prior);
        found.resize_with(comparisons.len(), Found::default);
        for (at, (comparison, span)) in comparisons.iter().zip(&self.spans).enumerate() {
            let pairs = rows.pairs(pairs, self.width, span.clone());
            let (found, model) = (&mut found[at], &model.comparisons[at]);
            found.compared.clear();
            found.most.clear();
            if comparison.most_of_each(&pairs, model, &mut found.most) {
                most.iter_mut().zip(&found.most).for_each(|(sum, most)| *sum += most);
            } else {
                found.most.clear();
                let cache = caches[at].get_or_insert_default();
                comparison.compare_each(&pairs, cache, &mut found.compared);
                let weights = found.compared.iter().map(|compared| model.weigh(*compared));
                most.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            }
        }
        for (number, &[left, right]) in pairs.iter().enumerate() {
            let mut most = most[number];
            compared.clear();
            for (at, found) in found.iter().enumerate() {
                if Weight(most) < weight_min {
                    break;
                }
                let Some(at_most) = found.most.get(number) else {
                    compared.push(found.compared[number]);
                    continue;
                };
                let side = |place| rows.row(place as usize, self.width).side(&self.spans[at]);
                let cache = caches[at].get_or_insert_default();
                let settled = comparisons[at].compare(side(left), side(right), cache);
                most += model.comparisons[at].weigh(settled) - at_most;
                compared.push(settled);
            }
            if Weight(most) >= weight_min {
                show(number, compared);
            }
        }
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

    /// The places of two records, that of the smaller number first.
    pub fn in_order(&self, left: usize, right: usize) -> [u32; 2] {
        let ends = [left as u32, right as u32];
        if self.records[left] <= self.records[right] { ends } else { [ends[1], ends[0]] }
    }

    /// Some pairs of these records, by their places, and the numbers of one comparison.
    fn pairs<'a>(&'a self, pairs: &'a [[u32; 2]], width: usize, span: Range<usize>) -> Pairs<'a> {
        Pairs { records: &self.records, numbers: &self.numbers, width, span, pairs }
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

/// Pairs of records whose rows were gathered.
#[derive(Clone, Copy)]
pub struct GatheredPairs<'r> {
    /// The rows.
    pub rows: &'r Rows,
    /// Per pair the places of its records, that with the smaller number first.
    pub pairs: &'r [[u32; 2]],
}

impl GatheredPairs<'_> {
    /// How many pairs wait to be compared together at most.
    pub const WAITING_MAX: usize = 512;
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
