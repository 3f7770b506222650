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

use super::sketch::Sketch;

/// Longer texts are shown by their start.
const TEXT_CHARS_MAX: usize = 256;

/// How many recent texts are counted before they are looked up: the same ones come again and again.
const RECENT: usize = 64;

/// Counts of different texts.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// By part of their hash.
    recent: Vec<Recent>,
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

/// A text that was looked up when it came first; its further occurrences are counted later.
#[derive(Clone, Debug, Default)]
struct Recent {
    is_used: bool,
    hash: u64,
    again: u64,
    /// Filled when it comes again.
    text: String,
}

impl Tally {
    /// A tally that is exact up to so many different texts.
    pub(super) fn new(exact_max: usize) -> Tally {
        let recent = vec![Recent::default(); RECENT];
        Tally { recent, exact_max, level: 0, kept: HashTable::new(), sketch: None }
    }

    /// Adds an occurrence of a text; it counts after [`Tally::settle`].
    pub(super) fn add(&mut self, text: &str) {
        let hash = hash(text);
        let at = (hash >> 32) as usize % RECENT;
        let recent = &mut self.recent[at];
        if recent.hash != hash || !recent.is_used {
            self.look_up(at);
            (self.recent[at].hash, self.recent[at].is_used) = (hash, true);
            return self.add_hashed(hash, 1, || shortened(text));
        }
        if recent.again == 0 {
            recent.text.clear();
            recent.text.push_str(text);
        }
        recent.again += 1;
    }

    /// Counts the texts that were added last.
    pub(super) fn settle(&mut self) {
        (0..RECENT).for_each(|at| self.look_up(at));
    }

    /// Counts the further occurrences of a recent text.
    fn look_up(&mut self, at: usize) {
        let Recent { hash, again, .. } = self.recent[at];
        if again > 0 {
            let text = std::mem::take(&mut self.recent[at].text);
            self.add_hashed(hash, again, || shortened(&text));
            self.recent[at].again = 0;
            self.recent[at].text = text;
        }
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

    /// Adds what another tally counted; both are settled.
    pub(super) fn merge(&mut self, mut other: Tally) {
        self.settle();
        other.settle();
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
fn hash(text: &str) -> u64 {
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
