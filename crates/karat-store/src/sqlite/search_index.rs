//! Writing the search index.
//!
//! Postings are only added to: a changed entity comes in under a new number, and the old number
//! leads nowhere. When there are many such stale numbers, [`sweep`] takes them out.

use rusqlite::{CachedStatement, Transaction};
use rustc_hash::FxHashSet;

use super::search::{read_bucket, read_postings};
use crate::error::Result;
use crate::search::{PendingPostings, encode_bucket, encode_postings};

/// How many entities a row of a word has; more rows follow.
const ENTITIES_PER_ROW: usize = 512;
/// How many postings are collected in memory, for at most some 250 MB.
const PENDING_MAX: usize = 16 << 20;
/// How many rows are swept at a time.
const ROWS_PER_SWEEP: i64 = 4096;

const DELETE_WORD: &str = "DELETE FROM search_word WHERE word = ?1 AND first_entity_no = ?2";
const INSERT_WORD: &str = "
    INSERT INTO search_word (word, first_entity_no, entities, entity_nos)
    VALUES (?1, ?2, ?3, ?4)";
const DELETE_BUCKET: &str = "DELETE FROM search_code WHERE bucket = ?1";
const PUT_BUCKET: &str = "INSERT OR REPLACE INTO search_code (bucket, entries) VALUES (?1, ?2)";

/// Adds entities to the index.
pub struct SearchWriter<'a> {
    transaction: &'a Transaction<'a>,
    pending: PendingPostings,
    /// Whether the index has no rows yet, so that none need be looked for.
    is_empty: bool,
}

impl<'a> SearchWriter<'a> {
    pub fn open(transaction: &'a Transaction<'a>) -> Result<SearchWriter<'a>> {
        let select = "
            SELECT NOT EXISTS (SELECT 1 FROM search_word)
               AND NOT EXISTS (SELECT 1 FROM search_code)";
        let is_empty = transaction.query_row(select, [], |row| row.get(0))?;
        Ok(SearchWriter { transaction, pending: PendingPostings::default(), is_empty })
    }

    /// Adds an entity, whose number is greater than all before.
    pub fn add(&mut self, entity_no: u64, text: &str) -> Result<()> {
        self.pending.add(entity_no, text);
        if self.pending.len() >= PENDING_MAX { self.flush() } else { Ok(()) }
    }

    /// Writes what was collected.
    pub fn flush(&mut self) -> Result<()> {
        self.flush_codes()?;
        self.flush_words()?;
        self.is_empty = false;
        Ok(())
    }

    fn flush_codes(&mut self) -> Result<()> {
        let mut find =
            self.transaction.prepare_cached("SELECT entries FROM search_code WHERE bucket = ?1")?;
        let mut put = self.transaction.prepare_cached(PUT_BUCKET)?;
        self.pending.drain_codes(|bucket, entries| {
            let mut all = Vec::new();
            if !self.is_empty
                && let Some(row) = find.query([bucket as i64])?.next()?
            {
                all = read_bucket(bucket, row.get_ref(0)?)?;
            }
            all.extend_from_slice(entries);
            all.sort_unstable();
            put.execute((bucket as i64, encode_bucket(&all)))?;
            Ok(())
        })
    }

    fn flush_words(&mut self) -> Result<()> {
        let mut find_last = self.transaction.prepare_cached(
            "SELECT entity_nos, first_entity_no FROM search_word
             WHERE word = ?1 ORDER BY first_entity_no DESC LIMIT 1",
        )?;
        let mut delete = self.transaction.prepare_cached(DELETE_WORD)?;
        let mut insert = self.transaction.prepare_cached(INSERT_WORD)?;
        self.pending.drain_words(|word, entity_nos| {
            let mut all = Vec::new();
            if !self.is_empty
                && let Some(row) = find_last.query([word])?.next()?
            {
                let last = read_postings(row.get_ref(0)?)?;
                if last.len() < ENTITIES_PER_ROW {
                    delete.execute((word, row.get::<_, i64>(1)?))?;
                    all = last;
                }
            }
            all.extend_from_slice(entity_nos);
            for row in all.chunks(ENTITIES_PER_ROW) {
                insert_word(&mut insert, word, row)?;
            }
            Ok(())
        })
    }
}

fn insert_word(insert: &mut CachedStatement, word: &str, entity_nos: &[u64]) -> Result<()> {
    let (first, entities) = (entity_nos[0] as i64, entity_nos.len() as i64);
    insert.execute((word, first, entities, encode_postings(entity_nos)))?;
    Ok(())
}

/// Takes all numbers out of the index that no entity has.
pub fn sweep(transaction: &Transaction) -> Result<()> {
    let mut select = transaction.prepare_cached("SELECT entity_no FROM entity")?;
    let numbers = select.query_map([], |row| Ok(row.get::<_, i64>(0)? as u64))?;
    let live = numbers.collect::<rusqlite::Result<FxHashSet<u64>>>()?;
    sweep_words(transaction, &live)?;
    sweep_codes(transaction, &live)
}

fn sweep_words(transaction: &Transaction, live: &FxHashSet<u64>) -> Result<()> {
    let mut delete = transaction.prepare_cached(DELETE_WORD)?;
    let mut insert = transaction.prepare_cached(INSERT_WORD)?;
    let mut select = transaction.prepare_cached(
        "SELECT entity_nos, word, first_entity_no FROM search_word
         WHERE (word, first_entity_no) > (?1, ?2) ORDER BY word, first_entity_no LIMIT ?3",
    )?;
    let mut place = (String::new(), 0);
    loop {
        // Rows are read before they are changed, so that none is seen twice.
        let mut batch = Vec::new();
        let mut rows = select.query((&place.0, place.1, ROWS_PER_SWEEP))?;
        while let Some(row) = rows.next()? {
            place = (row.get(1)?, row.get(2)?);
            batch.push((place.clone(), read_postings(row.get_ref(0)?)?));
        }
        drop(rows);
        if batch.is_empty() {
            return Ok(());
        }
        for ((word, first), mut entity_nos) in batch {
            let before = entity_nos.len();
            entity_nos.retain(|number| live.contains(number));
            if entity_nos.len() < before {
                delete.execute((&word, first))?;
                if !entity_nos.is_empty() {
                    insert_word(&mut insert, &word, &entity_nos)?;
                }
            }
        }
    }
}

fn sweep_codes(transaction: &Transaction, live: &FxHashSet<u64>) -> Result<()> {
    let mut delete = transaction.prepare_cached(DELETE_BUCKET)?;
    let mut put = transaction.prepare_cached(PUT_BUCKET)?;
    let mut next = transaction.prepare_cached(
        "SELECT entries, bucket FROM search_code WHERE bucket >= ?1 ORDER BY bucket LIMIT 1",
    )?;
    let mut place: i64 = 0;
    loop {
        let mut rows = next.query([place])?;
        let Some(row) = rows.next()? else { return Ok(()) };
        let bucket: i64 = row.get(1)?;
        let mut entries = read_bucket(bucket as u64, row.get_ref(0)?)?;
        drop(rows);
        let before = entries.len();
        entries.retain(|(_, entity_no)| live.contains(entity_no));
        if entries.is_empty() {
            delete.execute([bucket])?;
        } else if entries.len() < before {
            put.execute((bucket, encode_bucket(&entries)))?;
        }
        place = bucket + 1;
    }
}
