//! Counts different texts in bounded memory.
//!
//! Texts are kept while there are few. When there are more than fit, only those stay whose hash
//! ends in a zero bit, then in two, and so on: `distinct` is how many stay, doubled for each bit.
//! A text that stays at the end stayed from its first occurrence, so its count is exact; and which
//! ones stay depends on the set of texts alone. This is distinct sampling; source: Phillip B.
//! Gibbons, "Distinct sampling for highly-accurate answers to distinct values queries and event
//! reports", VLDB 2001.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::codec::{Reader, StateError, Writer};
use super::sketch::Sketch;

/// Longer texts are shown by their start.
const TEXT_CHARS_MAX: usize = 256;

/// Counts of different texts.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    exact_max: usize,
    /// How many bits at the end of a hash must be zero for its text to stay.
    level: u32,
    kept: HashTable<Entry>,
    /// Frequent texts, once not all stay.
    sketch: Option<Box<Sketch>>,
}

#[derive(Clone, Debug)]
struct Entry {
    hash: u64,
    count: u64,
    text: Box<str>,
}

impl Tally {
    /// A tally that is exact up to so many different texts.
    pub(super) fn new(exact_max: usize) -> Tally {
        Tally { exact_max, level: 0, kept: HashTable::new(), sketch: None }
    }

    /// Adds occurrences of the text with this hash.
    pub(super) fn add(&mut self, hash: u64, count: u64, text: &str) {
        self.add_hashed(hash, count, || shortened(text));
    }

    fn add_hashed(&mut self, hash: u64, count: u64, text: impl Fn() -> Box<str>) {
        if let Some(sketch) = &mut self.sketch {
            sketch.add(hash, count, &text);
        }
        self.keep(hash, count, text);
    }

    fn keep(&mut self, hash: u64, count: u64, text: impl Fn() -> Box<str>) {
        if !stays(hash, self.level) {
            return;
        }
        if let Some(entry) = self.kept.find_mut(hash, |entry| entry.hash == hash) {
            entry.count += count;
            return;
        }
        self.kept.insert_unique(hash, Entry { hash, count, text: text() }, |entry| entry.hash);
        while self.kept.len() > self.exact_max {
            self.raise(self.level + 1);
        }
    }

    /// Keeps fewer texts.
    fn raise(&mut self, level: u32) {
        self.start_sketch();
        self.level = level;
        self.kept.retain(|entry| stays(entry.hash, level));
    }

    /// From here on frequent texts are found by the sketch, which first takes all counts so far.
    fn start_sketch(&mut self) {
        if self.sketch.is_none() {
            let mut sketch = Box::new(Sketch::new());
            for entry in &self.kept {
                sketch.add(entry.hash, entry.count, || entry.text.clone());
            }
            self.sketch = Some(sketch);
        }
    }

    /// Adds what another tally counted.
    pub(super) fn merge(&mut self, mut other: Tally) {
        let both_exact = self.sketch.is_none() && other.sketch.is_none();
        if both_exact {
            for Entry { hash, count, text } in other.kept {
                self.add_hashed(hash, count, || text.clone());
            }
            return;
        }
        self.raise(self.level.max(other.level));
        other.start_sketch();
        if let (Some(sketch), Some(other)) = (&mut self.sketch, other.sketch) {
            sketch.merge(*other);
        }
        for Entry { hash, count, text } in other.kept {
            self.keep(hash, count, || text.clone());
        }
    }

    /// How many different texts there are; an estimate once not all are kept.
    pub(super) fn distinct(&self) -> u64 {
        (self.kept.len() as u64) << self.level
    }

    /// How many different texts come more than once; an estimate once not all are kept.
    pub(super) fn repeated(&self) -> u64 {
        (self.kept.iter().filter(|entry| entry.count > 1).count() as u64) << self.level
    }

    /// Whether not all texts are kept any more.
    pub(super) fn is_estimate(&self) -> bool {
        self.sketch.is_some()
    }

    /// The share of the different texts that another tally has as well, of those that both would
    /// have kept; none if these are too few to tell.
    pub(super) fn inclusion_in(&self, other: &Tally, texts_min: usize) -> Option<f32> {
        let level = self.level.max(other.level);
        let comparable = || self.kept.iter().filter(|entry| stays(entry.hash, level));
        let is_shared = |entry: &&Entry| {
            other.kept.find(entry.hash, |known| known.hash == entry.hash).is_some()
        };
        let count = comparable().count();
        (count >= texts_min).then(|| comparable().filter(is_shared).count() as f32 / count as f32)
    }

    /// Visits the texts that are kept, in no order.
    pub(super) fn each_kept(&self, mut visit: impl FnMut(&str, u64)) {
        self.kept.iter().for_each(|entry| visit(&entry.text, entry.count));
    }

    /// Writes all that is known.
    pub(super) fn write(&self, out: &mut Writer) {
        out.number(u64::from(self.level));
        let mut entries: Vec<&Entry> = self.kept.iter().collect();
        entries.sort_unstable_by_key(|entry| entry.hash);
        out.number(entries.len() as u64);
        for Entry { hash, count, text } in entries {
            out.hash(*hash);
            out.number(*count);
            out.text(text);
        }
        out.number(u64::from(self.sketch.is_some()));
        if let Some(sketch) = &self.sketch {
            sketch.write(out);
        }
    }

    /// Reads what [`Tally::write`] wrote.
    pub(super) fn read(exact_max: usize, from: &mut Reader) -> Result<Tally, StateError> {
        let mut tally = Tally::new(exact_max);
        tally.level = from.number_below(64)? as u32;
        for _ in 0..from.number_below(exact_max as u64 + 1)? {
            let hash = from.hash()?;
            let entry = Entry { hash, count: from.count()?, text: from.text()?.into() };
            let is_new = tally.kept.find(hash, |known| known.hash == hash).is_none();
            if !is_new || !stays(hash, tally.level) {
                return Err(StateError::Damaged);
            }
            tally.kept.insert_unique(hash, entry, |entry| entry.hash);
        }
        if from.number_below(2)? == 1 {
            tally.sketch = Some(Box::new(Sketch::read(from)?));
        }
        Ok(tally)
    }

    /// The most frequent texts with their counts, ties in order of text.
    pub(super) fn top(&self, count: usize) -> Vec<(String, u64)> {
        let mut top: Vec<(String, u64)> = match &self.sketch {
            Some(sketch) => sketch.frequent(),
            None => self.kept.iter().map(|entry| (entry.text.to_string(), entry.count)).collect(),
        };
        top.sort_unstable_by(|(text, count), (other_text, other_count)| {
            other_count.cmp(count).then_with(|| text.cmp(other_text))
        });
        top.truncate(count);
        top
    }

    /// Different texts, as good as picked at random.
    pub(super) fn sample(&self, count: usize) -> Vec<String> {
        let mut entries: Vec<&Entry> = self.kept.iter().collect();
        // What stays at any level comes first, so that more texts do not change the choice.
        entries.sort_unstable_by_key(|entry| entry.hash.reverse_bits());
        entries.truncate(count);
        entries.into_iter().map(|entry| entry.text.to_string()).collect()
    }
}

fn stays(hash: u64, level: u32) -> bool {
    hash.trailing_zeros() >= level
}

/// Two texts with one hash are taken for one: a million texts have a chance of 1 in 37 million.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    // The finaliser of MurmurHash3 (Austin Appleby, public domain) spreads all bits evenly.
    let mut hash = hasher.finish();
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

fn shortened(text: &str) -> Box<str> {
    if text.len() <= TEXT_CHARS_MAX {
        return text.into();
    }
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}
