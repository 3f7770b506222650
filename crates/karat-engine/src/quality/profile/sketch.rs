//! Finds the frequent texts among any number of different ones, in bounded memory.
//!
//! The counts are a Count-Min sketch: adding up counters has no order. Source: Graham Cormode and
//! S. Muthukrishnan, "An improved data stream summary: the count-min sketch and its applications",
//! Journal of Algorithms 55 (2005). What other texts add to a counter on average is taken off.

use hashbrown::HashTable;

use super::codec::{Reader, StateError, Writer};

const DEPTH: usize = 3;
const WIDTH: usize = 1 << 14;

/// A text is frequent when at least one in so many is this text.
const FREQUENT_ONE_IN: u64 = 4096;

/// Fewer occurrences are not frequent, however few there are in all.
const FREQUENT_MIN: u64 = 8;

/// How many candidates are held before those that fell behind are let go of.
const CANDIDATES_MAX: usize = 8 * 1024;

/// Counters of texts by their hashes, with the texts that may be frequent.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    total: u64,
    counters: Vec<u32>,
    candidates: HashTable<Candidate>,
}

#[derive(Clone, Debug)]
struct Candidate {
    hash: u64,
    text: Box<str>,
}

impl Sketch {
    /// A sketch of nothing.
    pub(super) fn new() -> Sketch {
        Sketch { total: 0, counters: vec![0; DEPTH * WIDTH], candidates: HashTable::new() }
    }

    /// Adds occurrences of the text with this hash.
    ///
    /// A text that is frequent in the end became a candidate at its last occurrence, if not before:
    /// its counters were then no lower than its count, and the bar no higher than in the end.
    pub(super) fn add(&mut self, hash: u64, count: u64, text: impl Fn() -> Box<str>) {
        self.total += count;
        let added = u32::try_from(count).unwrap_or(u32::MAX);
        for at in places(hash) {
            self.counters[at] = self.counters[at].saturating_add(added);
        }
        if self.count_max(hash) >= self.bar() {
            let known = self.candidates.find(hash, |candidate| candidate.hash == hash).is_some();
            if !known {
                self.insert(Candidate { hash, text: text() });
            }
        }
    }

    /// Adds what another sketch counted.
    pub(super) fn merge(&mut self, other: Sketch) {
        self.total += other.total;
        for (counter, added) in self.counters.iter_mut().zip(other.counters) {
            *counter = counter.saturating_add(added);
        }
        for candidate in other.candidates {
            let same = |known: &Candidate| known.hash == candidate.hash;
            if self.candidates.find(candidate.hash, same).is_none() {
                self.insert(candidate);
            }
        }
    }

    /// Writes all that is known; most counters are zero, so only the others are named.
    pub(super) fn write(&self, out: &mut Writer) {
        out.number(self.total);
        let counted = || self.counters.iter().enumerate().filter(|(_, counter)| **counter > 0);
        out.number(counted().count() as u64);
        let mut next = 0;
        for (at, counter) in counted() {
            out.number((at - next) as u64);
            out.number(u64::from(*counter));
            next = at + 1;
        }
        let mut candidates: Vec<&Candidate> = self.candidates.iter().collect();
        candidates.sort_unstable_by_key(|candidate| candidate.hash);
        out.number(candidates.len() as u64);
        for Candidate { hash, text } in candidates {
            out.hash(*hash);
            out.text(text);
        }
    }

    /// Reads what [`Sketch::write`] wrote.
    pub(super) fn read(from: &mut Reader) -> Result<Sketch, StateError> {
        let mut sketch = Sketch { total: from.count()?, ..Sketch::new() };
        let size = sketch.counters.len() as u64;
        let mut next = 0;
        for _ in 0..from.number_below(size + 1)? {
            let at = next + from.number_below(size)?;
            let counter = sketch.counters.get_mut(at as usize).ok_or(StateError::Damaged)?;
            *counter = from.number_below(1 << 32)? as u32;
            next = at + 1;
        }
        for _ in 0..from.number_below(1 << 32)? {
            let candidate = Candidate { hash: from.hash()?, text: from.text()?.into() };
            sketch.candidates.insert_unique(candidate.hash, candidate, |known| known.hash);
        }
        Ok(sketch)
    }

    /// The frequent texts with estimates of their counts, in no order.
    pub(super) fn frequent(&self) -> Vec<(String, u64)> {
        // Just above the bar the order of arrival could decide who is a candidate.
        let bar = self.bar() + self.bar() / 8;
        let counted =
            self.candidates.iter().map(|candidate| (candidate, self.count(candidate.hash)));
        let frequent = counted.filter(|&(_, count)| count >= bar);
        frequent.map(|(candidate, count)| (candidate.text.to_string(), count)).collect()
    }

    fn insert(&mut self, candidate: Candidate) {
        self.candidates.insert_unique(candidate.hash, candidate, |candidate| candidate.hash);
        if self.candidates.len() > CANDIDATES_MAX {
            let mut candidates = std::mem::take(&mut self.candidates);
            candidates.retain(|candidate| self.count_max(candidate.hash) >= self.bar());
            self.candidates = candidates;
        }
    }

    /// How many occurrences make a text frequent; it never falls.
    fn bar(&self) -> u64 {
        (self.total / FREQUENT_ONE_IN).max(FREQUENT_MIN)
    }

    /// No fewer than there were.
    fn count_max(&self, hash: u64) -> u64 {
        let counters = places(hash).map(|at| self.counters[at]);
        u64::from(counters.into_iter().min().unwrap_or(0))
    }

    /// As many as there were, give or take a few.
    fn count(&self, hash: u64) -> u64 {
        let mut counts = places(hash).map(|at| {
            let counter = u64::from(self.counters[at]);
            let of_others = self.total.saturating_sub(counter) / (WIDTH as u64 - 1);
            counter.saturating_sub(of_others)
        });
        counts.sort_unstable();
        counts[DEPTH / 2]
    }
}

/// One counter in each row of counters; the lowest bits of the hash are used elsewhere.
fn places(hash: u64) -> [usize; DEPTH] {
    std::array::from_fn(|row| {
        let bits = (hash >> (16 * (row + 1))) as usize;
        row * WIDTH + bits % WIDTH
    })
}
