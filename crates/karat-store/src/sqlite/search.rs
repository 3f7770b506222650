//! The search index in the database.
//!
//! Postings are only added to: a changed entity comes in under a new number, and the old number
//! leads nowhere. When there are many such stale numbers, [`sweep`] takes them out.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction};
use rustc_hash::FxHashSet;

use super::convert;
use crate::error::{Error, Result};
use crate::search::{
    self, Closeness, Expansion, PendingPostings, Ranking, SearchHit, Vocabulary, decode, encode,
};

/// How many entities a row has; more rows follow.
const ENTITIES_PER_ROW: usize = 512;
/// How many postings are collected in memory: some 200 MB with their terms.
const PENDING_MAX: usize = 16 << 20;
/// How many codes are tried for the beginning of one.
const CODE_EXPANSIONS_MAX: i64 = 256;
/// How many rows are swept at a time.
const ROWS_PER_SWEEP: usize = 4096;

/// The words of the index as of a publication.
#[derive(Default)]
pub struct CachedVocabulary {
    publication_no: i64,
    vocabulary: Vocabulary,
}

impl CachedVocabulary {
    /// Reads the words again if there was a publication since.
    fn refresh(&mut self, connection: &Connection) -> Result<&Vocabulary> {
        let current = connection
            .prepare_cached("SELECT coalesce(max(publication_no), 0) FROM publication")?
            .query_row([], |row| row.get(0))?;
        if current != self.publication_no {
            let select =
                "SELECT term, entities FROM search_posting WHERE is_code = 0 ORDER BY term";
            let mut statement = connection.prepare(select)?;
            let mut rows = statement.query([])?;
            let mut vocabulary = Vocabulary::default();
            while let Some(row) = rows.next()? {
                let term = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                vocabulary.push(term, row.get(1)?);
            }
            *self = CachedVocabulary { publication_no: current, vocabulary };
        }
        Ok(&self.vocabulary)
    }
}

pub fn search(
    connection: &Connection,
    cached: &mut CachedVocabulary,
    query: &str,
    limit: usize,
) -> Result<Vec<SearchHit>> {
    let vocabulary = cached.refresh(connection)?;
    let terms = search::query_terms(query);
    let mut ranking = Ranking::default();
    for (number, term) in terms.iter().enumerate() {
        let is_last = number + 1 == terms.len();
        let expansions = if search::is_code(term) {
            expand_code(connection, term, is_last)?
        } else {
            let mut expansions = vocabulary.expand(term, is_last);
            if is_last {
                // An e-mail address begins like a word.
                expansions.extend(codes_beginning_with(connection, term)?);
            }
            expansions
        };
        for Expansion { term, closeness } in expansions {
            ranking.add(number, closeness, &postings(connection, &term)?);
        }
    }
    let mut entity_id =
        connection.prepare_cached("SELECT entity_id FROM entity WHERE entity_no = ?1")?;
    let mut hits = Vec::new();
    for ranked in ranking.best_first() {
        if hits.len() == limit {
            break;
        }
        let entity_no = ranked.entity_no() as i64;
        let id: Option<i64> = entity_id.query_row([entity_no], |row| row.get(0)).optional()?;
        hits.extend(id.map(|id| SearchHit {
            entity: convert::id_from_sql(id),
            terms_matched: ranked.terms_matched,
        }));
    }
    Ok(hits)
}

/// The codes that a code of a query may mean.
fn expand_code(connection: &Connection, code: &str, is_beginning: bool) -> Result<Vec<Expansion>> {
    let mut found = vec![Expansion { term: code.into(), closeness: Closeness::Exact }];
    if is_beginning {
        found.extend(codes_beginning_with(connection, code)?);
    }
    Ok(found)
}

/// The longer codes that begin like this, in order of text.
fn codes_beginning_with(connection: &Connection, beginning: &str) -> Result<Vec<Expansion>> {
    if beginning.len() < search::PREFIX_BYTES_MIN {
        return Ok(Vec::new());
    }
    let mut select = connection.prepare_cached(
        "SELECT DISTINCT term FROM search_posting
         WHERE is_code = 1 AND term > ?1 AND term < ?1 || char(1114111) ORDER BY term LIMIT ?2",
    )?;
    let prefix = |term| Expansion { term, closeness: Closeness::Prefix };
    let found = select.query_map((beginning, CODE_EXPANSIONS_MAX), |row| row.get(0).map(prefix))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The numbers of the entities that have a term, rising.
fn postings(connection: &Connection, term: &str) -> Result<Vec<u64>> {
    let mut select = connection.prepare_cached(
        "SELECT entity_nos, first_entity_no FROM search_posting
         WHERE is_code = ?1 AND term = ?2 ORDER BY first_entity_no",
    )?;
    let mut rows = select.query((search::is_code(term), term))?;
    let mut entity_nos = Vec::new();
    while let Some(row) = rows.next()? {
        entity_nos.extend(read_postings(row.get_ref(0)?, row.get(1)?)?);
    }
    Ok(entity_nos)
}

fn read_postings(stored: rusqlite::types::ValueRef, first: i64) -> Result<Vec<u64>> {
    let damaged = || Error::Damaged { what: "search posting of entity", number: first as u64 };
    decode(stored.as_blob().map_err(rusqlite::Error::from)?).ok_or_else(damaged)
}

/// Adds entities to the index.
pub struct SearchWriter<'a> {
    last_row: CachedStatement<'a>,
    delete: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    pending: PendingPostings,
    /// Whether the index has no rows yet.
    is_empty: bool,
}

impl<'a> SearchWriter<'a> {
    pub fn open(transaction: &'a Transaction<'_>, is_empty: bool) -> Result<SearchWriter<'a>> {
        Ok(SearchWriter {
            last_row: transaction.prepare_cached(
                "SELECT entity_nos, first_entity_no FROM search_posting
                 WHERE is_code = ?1 AND term = ?2 ORDER BY first_entity_no DESC LIMIT 1",
            )?,
            delete: transaction.prepare_cached(DELETE_ROW)?,
            insert: transaction.prepare_cached(INSERT_ROW)?,
            pending: PendingPostings::default(),
            is_empty,
        })
    }

    /// Adds an entity, whose number is greater than all before.
    pub fn add(&mut self, entity_no: u64, text: &str) -> Result<()> {
        self.pending.add(entity_no, text);
        if self.pending.len() >= PENDING_MAX { self.flush() } else { Ok(()) }
    }

    /// Writes what was collected.
    pub fn flush(&mut self) -> Result<()> {
        let SearchWriter { last_row, delete, insert, pending, is_empty } = self;
        let mut extended = Vec::new();
        pending.drain(|term, entity_nos| {
            let is_code = search::is_code(term);
            let last = if *is_empty { None } else { read_row(last_row, is_code, term)? };
            extended.clear();
            if let Some((first, known)) = last.filter(|(_, known)| known.len() < ENTITIES_PER_ROW) {
                delete.execute((is_code, term, first))?;
                extended.extend(known);
            }
            extended.extend_from_slice(entity_nos);
            for row in extended.chunks(ENTITIES_PER_ROW) {
                insert_row(insert, is_code, term, row)?;
            }
            Ok::<_, Error>(())
        })?;
        self.is_empty = false;
        Ok(())
    }
}

/// Reads a row of a term: its first number, and all of them.
fn read_row(
    select: &mut CachedStatement,
    is_code: bool,
    term: &str,
) -> Result<Option<(i64, Vec<u64>)>> {
    let mut rows = select.query((is_code, term))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let first = row.get(1)?;
    Ok(Some((first, read_postings(row.get_ref(0)?, first)?)))
}

const DELETE_ROW: &str = "
    DELETE FROM search_posting WHERE is_code = ?1 AND term = ?2 AND first_entity_no = ?3";
const INSERT_ROW: &str = "
    INSERT INTO search_posting (is_code, term, first_entity_no, entities, entity_nos)
    VALUES (?1, ?2, ?3, ?4, ?5)";

fn insert_row(
    insert: &mut CachedStatement,
    is_code: bool,
    term: &str,
    entity_nos: &[u64],
) -> Result<()> {
    let (first, entities) = (entity_nos[0] as i64, entity_nos.len() as i64);
    insert.execute((is_code, term, first, entities, encode(entity_nos)))?;
    Ok(())
}

/// Takes all numbers out of the index that no entity has.
pub fn sweep(transaction: &Transaction) -> Result<()> {
    let live = live_numbers(transaction)?;
    let mut delete = transaction.prepare_cached(DELETE_ROW)?;
    let mut insert = transaction.prepare_cached(INSERT_ROW)?;
    let mut place = (false, String::new(), -1);
    loop {
        // Rows are read before they are changed, so that no row is seen twice.
        let rows = rows_after(transaction, &place)?;
        let Some((is_code, term, first, _)) = rows.last() else { return Ok(()) };
        place = (*is_code, term.clone(), *first);
        for (is_code, term, first, mut entity_nos) in rows {
            let before = entity_nos.len();
            entity_nos.retain(|number| live.contains(number));
            let has_stale_numbers = entity_nos.len() < before;
            if has_stale_numbers {
                delete.execute((is_code, &term, first))?;
            }
            if has_stale_numbers && !entity_nos.is_empty() {
                insert_row(&mut insert, is_code, &term, &entity_nos)?;
            }
        }
    }
}

fn live_numbers(transaction: &Transaction) -> Result<FxHashSet<u64>> {
    let mut select = transaction.prepare_cached("SELECT entity_no FROM entity")?;
    let numbers = select.query_map([], |row| Ok(row.get::<_, i64>(0)? as u64))?;
    Ok(numbers.collect::<rusqlite::Result<_>>()?)
}

type PostingRow = (bool, String, i64, Vec<u64>);

/// The rows that follow a place in the index.
fn rows_after(transaction: &Transaction, place: &(bool, String, i64)) -> Result<Vec<PostingRow>> {
    let mut select = transaction.prepare_cached(
        "SELECT is_code, term, first_entity_no, entity_nos FROM search_posting
         WHERE (is_code, term, first_entity_no) > (?1, ?2, ?3)
         ORDER BY is_code, term, first_entity_no LIMIT ?4",
    )?;
    let (is_code, term, first) = place;
    let mut rows = select.query((is_code, term, first, ROWS_PER_SWEEP as i64))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let first = row.get(2)?;
        found.push((row.get(0)?, row.get(1)?, first, read_postings(row.get_ref(3)?, first)?));
    }
    Ok(found)
}
