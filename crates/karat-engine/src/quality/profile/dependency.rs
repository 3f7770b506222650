//! Which columns determine others: all rows with one postal code have one city.
//!
//! Of each column some values are kept, those whose hash ends in the most zero bits, and of each of
//! these the rows whose own hash is the smallest. Which they are depends on the set of rows alone,
//! not on their order, and the kept of parts come to the kept of the whole. Rows that are equal in
//! all columns count as one.

use std::sync::Arc;

use karat_model::profile::Dependency;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::codec::{Reader, StateError, Writer};

/// Columns beyond these are not looked at.
pub const COLUMNS_MAX: usize = 50;

/// How many values of a column are kept, and how many rows of each.
const VALUES_MAX: usize = 64;
const ROWS_MAX: usize = 8;

/// Fewer values in several rows tell nothing.
const VALUES_MIN: u32 = 5;

/// The share of the values whose rows agree.
const SHARE_MIN: f32 = 0.95;

/// A column in which two rows agree by chance more often is determined by nothing.
const CHANCE_MAX: f32 = 0.8;

/// Some rows, by the hashes of their cells: 0 is a blank.
#[derive(Debug)]
pub(super) struct HashedRows {
    columns: usize,
    cells: Vec<u64>,
    rows: Vec<u64>,
}

impl HashedRows {
    /// Room for rows of so many columns.
    pub(super) fn new(columns: usize, rows: usize) -> HashedRows {
        let columns = columns.min(COLUMNS_MAX);
        HashedRows {
            columns,
            cells: Vec::with_capacity(columns * rows),
            rows: Vec::with_capacity(rows),
        }
    }

    /// Adds a row, by column and hash; the first value of a column counts.
    pub(super) fn push(&mut self, cells: impl Iterator<Item = (usize, u64)>) {
        let begin = self.cells.len();
        self.cells.resize(begin + self.columns, 0);
        for (column, hash) in cells.filter(|(column, _)| *column < self.columns) {
            let cell = &mut self.cells[begin + column];
            if *cell == 0 {
                *cell = hash.max(1);
            }
        }
        let filled = self.cells[begin..].iter().enumerate().filter(|(_, cell)| **cell > 0);
        // A column that comes later is blank in the rows before.
        let mix = |row: u64, (column, cell): (usize, &u64)| {
            (row.rotate_left(5) ^ cell ^ column as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        };
        self.rows.push(filled.fold(0, mix));
    }

    fn row(&self, at: usize) -> &[u64] {
        &self.cells[at * self.columns..][..self.columns]
    }
}

/// What is kept of the rows to tell which columns determine others.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependencies(Vec<Determining>);

/// What is kept of one column that may determine others.
#[derive(Clone, Debug, Default)]
struct Determining {
    /// How many bits at the end of a hash must be zero for its value to stay.
    level: u32,
    kept: FxHashMap<u64, Vec<KeptRow>>,
}

/// A row, by its hash and those of its cells, of which 32 bits will do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeptRow {
    hash: u64,
    cells: Arc<[u32]>,
}

impl Dependencies {
    /// Adds rows.
    pub(super) fn observe(&mut self, rows: &HashedRows) {
        if self.0.len() < rows.columns {
            self.0.resize_with(rows.columns, Determining::default);
        }
        self.0.par_iter_mut().enumerate().take(rows.columns).for_each(|(column, determining)| {
            for (at, hash) in rows.rows.iter().enumerate() {
                let row = rows.row(at);
                determining.observe(row[column], *hash, row);
            }
        });
    }

    /// Adds what another kept; its columns have these numbers here.
    pub(super) fn merge(&mut self, other: Dependencies, numbers: &[usize]) {
        let is_same_order = numbers.iter().enumerate().all(|(at, number)| at == *number);
        for (column, theirs) in other.0.into_iter().enumerate() {
            let Some(&number) = numbers.get(column).filter(|number| **number < COLUMNS_MAX) else {
                continue;
            };
            if self.0.len() <= number {
                self.0.resize_with(number + 1, Determining::default);
            }
            let theirs = if is_same_order { theirs } else { theirs.renumbered(numbers) };
            self.0[number].merge(theirs);
        }
    }

    /// The columns that determine others.
    pub(super) fn finish(&self) -> Vec<Dependency> {
        let mut found = Vec::new();
        for (from, determining) in self.0.iter().enumerate() {
            for to in (0..self.0.len()).filter(|to| *to != from) {
                found.extend(determining.determines(to).map(|(share, looked_at)| Dependency {
                    from,
                    to,
                    share,
                    looked_at,
                }));
            }
        }
        found
    }

    /// Writes all that is known.
    pub(super) fn write(&self, out: &mut Writer) {
        out.number(self.0.len() as u64);
        for Determining { level, kept } in &self.0 {
            out.number(u64::from(*level));
            let mut values: Vec<(&u64, &Vec<KeptRow>)> = kept.iter().collect();
            values.sort_unstable_by_key(|(hash, _)| **hash);
            out.number(values.len() as u64);
            for (value, rows) in values {
                out.hash(*value);
                out.number(rows.len() as u64);
                for KeptRow { hash, cells } in rows {
                    out.hash(*hash);
                    out.number(cells.len() as u64);
                    cells.iter().for_each(|cell| out.number(u64::from(*cell)));
                }
            }
        }
    }

    /// Reads what [`Dependencies::write`] wrote.
    pub(super) fn read(from: &mut Reader) -> Result<Dependencies, StateError> {
        let mut all = Dependencies::default();
        for _ in 0..from.number_below(COLUMNS_MAX as u64 + 1)? {
            let mut determining =
                Determining { level: from.number_below(64)? as u32, ..Default::default() };
            for _ in 0..from.number_below(VALUES_MAX as u64 + 1)? {
                let value = from.hash()?;
                let mut rows = Vec::new();
                for _ in 0..from.number_below(ROWS_MAX as u64 + 1)? {
                    let hash = from.hash()?;
                    let mut cells = Vec::new();
                    for _ in 0..from.number_below(COLUMNS_MAX as u64 + 1)? {
                        cells.push(from.number_below(1 << 32)? as u32);
                    }
                    rows.push(KeptRow { hash, cells: cells.into() });
                }
                if !rows.is_sorted_by(|one, next| one.hash < next.hash) {
                    return Err(StateError::Damaged);
                }
                determining.kept.insert(value, rows);
            }
            all.0.push(determining);
        }
        Ok(all)
    }
}

impl Determining {
    fn observe(&mut self, value: u64, hash: u64, row: &[u64]) {
        if value == 0 || value.trailing_zeros() < self.level {
            return;
        }
        let rows = self.kept.entry(value).or_default();
        let Some(at) = place_of(hash, rows) else { return };
        let cells = row.iter().map(|cell| if *cell == 0 { 0 } else { short(*cell) }).collect();
        rows.insert(at, KeptRow { hash, cells });
        rows.truncate(ROWS_MAX);
        self.keep_few();
    }

    fn keep_few(&mut self) {
        while self.kept.len() > VALUES_MAX {
            self.level += 1;
            self.keep_those_of_level();
        }
    }

    fn keep_those_of_level(&mut self) {
        self.kept.retain(|value, _| value.trailing_zeros() >= self.level);
    }

    fn merge(&mut self, other: Determining) {
        self.level = self.level.max(other.level);
        self.keep_those_of_level();
        for (value, theirs) in other.kept {
            if value.trailing_zeros() < self.level {
                continue;
            }
            let rows = self.kept.entry(value).or_default();
            for row in theirs {
                if let Some(at) = place_of(row.hash, rows) {
                    rows.insert(at, row);
                    rows.truncate(ROWS_MAX);
                }
            }
        }
        self.keep_few();
    }

    /// The same with other numbers for the columns.
    fn renumbered(mut self, numbers: &[usize]) -> Determining {
        let end = numbers.iter().filter(|number| **number < COLUMNS_MAX).max().map_or(0, |n| n + 1);
        for row in self.kept.values_mut().flatten() {
            let mut cells = vec![0; end];
            for (cell, number) in row.cells.iter().zip(numbers) {
                if let Some(place) = cells.get_mut(*number) {
                    *place = *cell;
                }
            }
            row.cells = cells.into();
        }
        self
    }

    /// The share of the values whose rows agree on another column, and of how many; none if it does
    /// not determine that column.
    fn determines(&self, to: usize) -> Option<(f32, u32)> {
        let (mut agree, mut looked_at) = (0, 0);
        let mut first_cells: Vec<u32> = Vec::new();
        for rows in self.kept.values() {
            let mut cells = rows.iter().filter_map(|row| row.cells.get(to).filter(|c| **c != 0));
            let Some(first) = cells.next() else { continue };
            first_cells.push(*first);
            let mut others = cells.peekable();
            if others.peek().is_some() {
                looked_at += 1;
                agree += u32::from(others.all(|cell| cell == first));
            }
        }
        if looked_at < VALUES_MIN {
            return None;
        }
        let share = agree as f32 / looked_at as f32;
        (share >= SHARE_MIN && chance(&first_cells) <= CHANCE_MAX).then_some((share, looked_at))
    }
}

/// How often two rows of different values agree on a column.
fn chance(cells: &[u32]) -> f32 {
    let mut counts: FxHashMap<u32, u64> = FxHashMap::default();
    for cell in cells {
        *counts.entry(*cell).or_default() += 1;
    }
    let pairs = |count: u64| count * count.saturating_sub(1);
    let all = pairs(cells.len() as u64).max(1);
    counts.values().map(|count| pairs(*count)).sum::<u64>() as f32 / all as f32
}

/// Where a row belongs among those that are kept; none if it is known or comes too late.
fn place_of(hash: u64, rows: &[KeptRow]) -> Option<usize> {
    match rows.binary_search_by_key(&hash, |row| row.hash) {
        Ok(_) => None,
        Err(at) => (at < ROWS_MAX).then_some(at),
    }
}

/// Part of a hash, never the one that stands for a blank.
fn short(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(1)
}
