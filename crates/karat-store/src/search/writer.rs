//! Writing the search index.
//!
//! Postings are only added to: a changed entity comes in under a new number, and the old number
//! leads nowhere. When there are many such stale numbers, [`sweep`] takes them out.
//!
//! The terms of one entity stand in a dozen places of the index, and each would be a page to write.
//! So the texts of what changes bring wait in a table of their own, where searches read them as
//! well, until there are enough to bring them into the index together: [`Filing`] does.

use rustc_hash::FxHashSet;

use super::{
    Bucket, Filing, PendingPostings, decode_bucket, decode_postings, encode_bucket, encode_postings,
};
use crate::error::{Error, Result};

/// How many entities a row of a word has; more rows follow.
const ENTITIES_PER_ROW: usize = 512;
/// How many postings are collected in memory, for at most some 250 MB.
const PENDING_MAX: usize = 16 << 20;
/// How many rows are read and written at a time.
const ROWS_AT_A_TIME: usize = 4096;

/// How many stale numbers the index may have, besides a quarter of the live ones.
const STALE_ENTITIES_MIN: u64 = 1000;

/// Whether so many numbers lead nowhere that [`sweep`] is worth its while.
pub fn is_time_to_sweep(stale: u64, live: u64) -> bool {
    stale > live / 4 + STALE_ENTITIES_MIN
}

/// A row of a word: some of the entities that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordRow {
    /// The word.
    pub word: String,
    /// The first of its entities; with the word, the key of the row.
    pub first_entity_no: u64,
    /// How many entities the row has.
    pub entities: u64,
    /// Their numbers, in the stored form.
    pub entity_nos: Vec<u8>,
}

/// A row of codes: a bucket and its entries, in the stored form.
pub type BucketRow = (u64, Vec<u8>);

/// The number of an entity, and its text that is not in the index yet.
pub type WaitingText = (u64, String);

/// The tables of the search index, as a database keeps them.
pub trait IndexTables {
    /// Whether the index has no rows yet.
    fn is_empty(&mut self) -> Result<bool>;
    /// Those of these buckets that there are.
    fn buckets(&mut self, wanted: &[u64]) -> Result<Vec<BucketRow>>;
    /// Some buckets from this one on, in order.
    fn buckets_from(&mut self, first: u64, limit: usize) -> Result<Vec<BucketRow>>;
    /// Creates or replaces rows.
    fn put_buckets(&mut self, rows: &[BucketRow]) -> Result<()>;
    /// Removes rows.
    fn remove_buckets(&mut self, buckets: &[u64]) -> Result<()>;
    /// The last row of each of these words that has one.
    fn last_words(&mut self, words: &[&str]) -> Result<Vec<WordRow>>;
    /// Some rows of words after this place, in order.
    fn words_after(&mut self, word: &str, first: u64, limit: usize) -> Result<Vec<WordRow>>;
    /// Adds rows.
    fn add_words(&mut self, rows: &[WordRow]) -> Result<()>;
    /// Adds rows, among which there is one for each of the old ones, with the same first entity.
    fn replace_words(&mut self, old: &[WordRow], rows: &[WordRow]) -> Result<()>;
    /// Removes rows; their words and first entities tell which.
    fn remove_words(&mut self, rows: &[WordRow]) -> Result<()>;
    /// Tells readers, who keep all words, of words that are new.
    fn tell_of_words(&mut self, words: &[&str]) -> Result<()>;
    /// The numbers of all entities.
    fn live_entities(&mut self) -> Result<FxHashSet<u64>>;
    /// Lets the texts of entities wait, whose numbers are greater than all before.
    fn add_waiting(&mut self, texts: &[WaitingText]) -> Result<()>;
    /// The number of the first entity whose text waits.
    fn first_waiting(&mut self) -> Result<Option<u64>>;
    /// The texts that wait of entities with greater numbers, in order, and no more than so many.
    fn waiting(&mut self, after: u64, limit: usize) -> Result<Vec<WaitingText>>;
    /// Removes the texts that wait of entities up to this one.
    fn forget_waiting(&mut self, last: u64) -> Result<()>;
}

/// Adds entities to the index.
#[derive(Default)]
pub struct SearchWriter<'a> {
    /// What a load brings into the index.
    pending: PendingPostings,
    /// What a change lets wait.
    waiting: Vec<WaitingText>,
    /// What brings into the index what waits, if this is a change.
    filing: Option<&'a mut Filing>,
}

impl<'a> SearchWriter<'a> {
    /// For a change, after which readers go on with the words they know.
    pub fn of_change(filing: &'a mut Filing) -> SearchWriter<'a> {
        SearchWriter { filing: Some(filing), ..SearchWriter::default() }
    }

    /// Adds an entity, whose number is greater than all before; says whether it is time to write.
    pub fn add(&mut self, entity_no: u64, text: &str) -> bool {
        if self.filing.is_some() {
            self.waiting.push((entity_no, text.into()));
        } else {
            self.pending.add(entity_no, text);
        }
        self.pending.len() >= PENDING_MAX
    }

    /// Writes what was collected.
    pub fn flush(&mut self, tables: &mut dyn IndexTables) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if let (Some((last, _)), Some(filing)) = (waiting.last(), &mut self.filing) {
            tables.add_waiting(&waiting)?;
            filing.go_on(*last, tables)?;
        }
        if self.pending.len() > 0 {
            // Those that wait have lower numbers, and stand before what comes now.
            index_waiting(tables)?;
            index(&mut self.pending, tables)?;
        }
        Ok(())
    }
}

/// Brings all texts that wait into the index.
fn index_waiting(tables: &mut dyn IndexTables) -> Result<()> {
    let waiting = tables.waiting(0, usize::MAX)?;
    let Some((last, _)) = waiting.last() else { return Ok(()) };
    let mut pending = PendingPostings::default();
    waiting.iter().for_each(|(entity_no, text)| pending.add(*entity_no, text));
    index(&mut pending, tables)?;
    tables.forget_waiting(*last)
}

/// Writes postings, after which readers read all words again.
fn index(pending: &mut PendingPostings, tables: &mut dyn IndexTables) -> Result<()> {
    let is_empty = tables.is_empty()?;
    let mut added: Vec<(u64, Bucket)> = Vec::new();
    pending.drain_codes(|bucket, entries| {
        added.push((bucket, entries.to_vec()));
        if added.len() == ROWS_AT_A_TIME {
            add_to_buckets(&mut added, tables, is_empty)?;
        }
        Ok::<(), Error>(())
    })?;
    add_to_buckets(&mut added, tables, is_empty)?;
    let mut added: Vec<(String, Vec<u64>)> = Vec::new();
    pending.drain_words(|word, entity_nos| {
        added.push((word.to_string(), entity_nos.to_vec()));
        if added.len() == ROWS_AT_A_TIME {
            add_to_words(&mut added, tables, is_empty, false)?;
        }
        Ok::<(), Error>(())
    })?;
    add_to_words(&mut added, tables, is_empty, false)
}

/// Writes the entries that buckets get; they come in the order of buckets. Those that they have
/// already stay.
pub fn add_to_buckets(
    added: &mut Vec<(u64, Bucket)>,
    tables: &mut dyn IndexTables,
    is_empty: bool,
) -> Result<()> {
    if !is_empty {
        let wanted: Vec<u64> = added.iter().map(|(bucket, _)| *bucket).collect();
        for (bucket, stored) in tables.buckets(&wanted)? {
            let at = added.binary_search_by_key(&bucket, |(bucket, _)| *bucket);
            let (_, entries) = &mut added[at.map_err(|_| Error::DamagedIndex)?];
            let mut all = read_bucket(bucket, &stored)?;
            all.append(entries);
            // Both are in order, which a stable sort makes use of.
            all.sort();
            all.dedup();
            *entries = all;
        }
    }
    let row = |(bucket, entries): (u64, Bucket)| (bucket, encode_bucket(&entries));
    let rows: Vec<BucketRow> = added.drain(..).map(row).collect();
    if rows.is_empty() { Ok(()) } else { tables.put_buckets(&rows) }
}

/// Writes the entities that words get; they come in the order of words, and those up to the last
/// that a word has already are passed over. `tells` readers of new words.
pub fn add_to_words(
    added: &mut Vec<(String, Vec<u64>)>,
    tables: &mut dyn IndexTables,
    is_empty: bool,
    tells: bool,
) -> Result<()> {
    let wanted: Vec<&str> = added.iter().map(|(word, _)| word.as_str()).collect();
    let mut last = if is_empty { Vec::new() } else { tables.last_words(&wanted)? };
    if tells {
        let known: FxHashSet<&str> = last.iter().map(|row| row.word.as_str()).collect();
        let new: Vec<&str> = wanted.into_iter().filter(|word| !known.contains(word)).collect();
        tables.tell_of_words(&new)?;
    }
    if !is_empty {
        for row in &last {
            let at = added.binary_search_by_key(&row.word.as_str(), |(word, _)| word.as_str());
            let (_, entity_nos) = &mut added[at.map_err(|_| Error::DamagedIndex)?];
            let mut all = read_postings(&row.entity_nos)?;
            let had = all.last().copied();
            entity_nos.retain(|entity_no| had.is_none_or(|had| *entity_no > had));
            if has_room(row) {
                all.append(entity_nos);
                *entity_nos = all;
            }
        }
        last.retain(has_room);
    }
    let mut rows = Vec::with_capacity(added.len());
    for (word, entity_nos) in added.drain(..) {
        rows.extend(entity_nos.chunks(ENTITIES_PER_ROW).map(|part| word_row(&word, part)));
    }
    if rows.is_empty() { Ok(()) } else { tables.replace_words(&last, &rows) }
}

/// Whether more entities go into a row.
fn has_room(row: &WordRow) -> bool {
    (row.entities as usize) < ENTITIES_PER_ROW
}

/// Takes all numbers out of the index that no entity has.
pub fn sweep(tables: &mut dyn IndexTables) -> Result<()> {
    let live = tables.live_entities()?;
    sweep_words(tables, &live)?;
    sweep_codes(tables, &live)
}

fn sweep_words(tables: &mut dyn IndexTables, live: &FxHashSet<u64>) -> Result<()> {
    let mut place = (String::new(), 0);
    loop {
        // Rows are read before they are changed, so that none is seen twice.
        let rows = tables.words_after(&place.0, place.1, ROWS_AT_A_TIME)?;
        let Some(last) = rows.last() else { return Ok(()) };
        place = (last.word.clone(), last.first_entity_no);
        let (mut stale, mut swept) = (Vec::new(), Vec::new());
        for row in rows {
            let mut entity_nos = read_postings(&row.entity_nos)?;
            let before = entity_nos.len();
            entity_nos.retain(|number| live.contains(number));
            if entity_nos.len() < before {
                if !entity_nos.is_empty() {
                    swept.push(word_row(&row.word, &entity_nos));
                }
                stale.push(row);
            }
        }
        tables.remove_words(&stale)?;
        tables.add_words(&swept)?;
    }
}

fn sweep_codes(tables: &mut dyn IndexTables, live: &FxHashSet<u64>) -> Result<()> {
    let mut place = 0;
    loop {
        let rows = tables.buckets_from(place, ROWS_AT_A_TIME)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        place = last + 1;
        let (mut stale, mut swept) = (Vec::new(), Vec::new());
        for (bucket, stored) in rows {
            let mut entries = read_bucket(bucket, &stored)?;
            let before = entries.len();
            entries.retain(|(_, entity_no)| live.contains(entity_no));
            if entries.is_empty() {
                stale.push(bucket);
            } else if entries.len() < before {
                swept.push((bucket, encode_bucket(&entries)));
            }
        }
        tables.remove_buckets(&stale)?;
        tables.put_buckets(&swept)?;
    }
}

fn word_row(word: &str, entity_nos: &[u64]) -> WordRow {
    WordRow {
        word: word.into(),
        first_entity_no: entity_nos[0],
        entities: entity_nos.len() as u64,
        entity_nos: encode_postings(entity_nos),
    }
}

fn read_postings(stored: &[u8]) -> Result<Vec<u64>> {
    decode_postings(stored).ok_or(Error::DamagedIndex)
}

fn read_bucket(bucket: u64, stored: &[u8]) -> Result<Bucket> {
    decode_bucket(bucket, stored).ok_or(Error::DamagedIndex)
}
