//! Remembers what became of values: the same streets, cities and names come in many records.
//!
//! A value that is cleaned without looking at others becomes the same each time it comes in the
//! same column. A small table that forgets is faster than a complete one, because it stays close to
//! the processor.

use std::hash::Hasher;

use compact_str::CompactString;
use karat_model::claim::Claim;
use karat_model::finding::Finding;
use rustc_hash::FxHasher;

/// What became of some values of one source.
#[derive(Debug)]
pub struct Memo {
    remembers: bool,
    /// Made when there is something to remember: not every source has records in every task.
    entries: Vec<Option<Entry>>,
    /// Per entry part of the hash of its value: most values that are not remembered are told by
    /// these alone, which stay close to the processor.
    tags: Vec<u16>,
}

/// Where a value is remembered, or would be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: usize,
    tag: u16,
}

#[derive(Debug)]
struct Entry {
    column: u16,
    raw: CompactString,
    outcome: Outcome,
}

/// What became of one value.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// What was understood.
    pub(super) claims: Few<Claim>,
    /// What is wrong.
    pub(super) findings: Few<Finding>,
    /// The tidied text of a name and whether it is doubtful: names wait for each other.
    pub(super) name: Option<(CompactString, bool)>,
}

/// Mostly one.
#[derive(Clone, Debug)]
pub(super) enum Few<T> {
    None,
    One(T),
    More(Box<[T]>),
}

impl<T: Clone> Few<T> {
    /// A copy of some.
    pub(super) fn of(some: &[T]) -> Few<T> {
        match some {
            [] => Few::None,
            [one] => Few::One(one.clone()),
            more => Few::More(more.into()),
        }
    }

    /// All of them.
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Few::None => &[],
            Few::One(one) => std::slice::from_ref(one),
            Few::More(more) => more,
        }
    }
}

/// As many as the highest bits of a hash number.
const ENTRIES: usize = 1 << ENTRIES_BITS;
const ENTRIES_BITS: u32 = 13;

/// Longer values hardly come again.
const RAW_BYTES_MAX: usize = 64;

impl Memo {
    /// One that has seen nothing yet.
    pub fn new() -> Memo {
        Memo { remembers: true, entries: Vec::new(), tags: Vec::new() }
    }

    /// One that remembers nothing, for a single record.
    pub fn none() -> Memo {
        Memo { remembers: false, entries: Vec::new(), tags: Vec::new() }
    }

    /// Where a value is remembered; `None` where it would be in vain.
    pub(super) fn place(&self, column: u16, raw: &str) -> Option<Place> {
        if raw.len() > RAW_BYTES_MAX || !self.remembers {
            return None;
        }
        let mut hasher = FxHasher::default();
        hasher.write_u16(column);
        hasher.write(raw.as_bytes());
        let hash = hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Some(Place {
            at: (hash >> (u64::BITS - ENTRIES_BITS)) as usize,
            tag: (hash >> (u64::BITS - ENTRIES_BITS - u16::BITS)) as u16,
        })
    }

    /// What became of a value, if it is remembered.
    pub(super) fn outcome(&self, place: Place, column: u16, raw: &str) -> Option<&Outcome> {
        if *self.tags.get(place.at)? != place.tag {
            return None;
        }
        let entry = self.entries[place.at].as_ref()?;
        (entry.column == column && entry.raw == raw).then_some(&entry.outcome)
    }

    /// Remembers what became of a value, and forgets another.
    pub(super) fn remember(&mut self, place: Place, column: u16, raw: &str, outcome: Outcome) {
        if self.entries.is_empty() {
            self.entries.resize_with(ENTRIES, || None);
            self.tags.resize(ENTRIES, 0);
        }
        self.tags[place.at] = place.tag;
        self.entries[place.at] = Some(Entry { column, raw: raw.into(), outcome });
    }
}

impl Default for Memo {
    fn default() -> Memo {
        Memo::new()
    }
}
