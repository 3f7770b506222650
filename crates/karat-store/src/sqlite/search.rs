//! Searching the index that `search_index.rs` writes.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::convert;
use crate::error::{Error, Result};
use crate::search::{self, Bucket, Closeness, CodeHash, Expansion, Ranking, SearchHit, Vocabulary};

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
            let select = "SELECT word, entities FROM search_word ORDER BY word, first_entity_no";
            let mut statement = connection.prepare_cached(select)?;
            let mut rows = statement.query([])?;
            let mut vocabulary = Vocabulary::default();
            while let Some(row) = rows.next()? {
                let word = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                vocabulary.push(word, row.get(1)?);
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
        if search::is_code(term) {
            ranking.add(number, Closeness::Exact, &having_code(connection, term)?);
            continue;
        }
        let is_last = number + 1 == terms.len();
        for Expansion { word, closeness } in vocabulary.expand(term, is_last) {
            ranking.add(number, closeness, &having_word(connection, &word)?);
        }
    }
    live_hits(connection, ranking, limit)
}

/// The best entities of a ranking; stale numbers are passed over.
fn live_hits(connection: &Connection, ranking: Ranking, limit: usize) -> Result<Vec<SearchHit>> {
    let mut select =
        connection.prepare_cached("SELECT entity_id FROM entity WHERE entity_no = ?1")?;
    let mut hits = Vec::new();
    for ranked in ranking.best_first() {
        if hits.len() == limit {
            break;
        }
        let entity_no = [ranked.entity_no() as i64];
        let id: Option<i64> = select.query_row(entity_no, |row| row.get(0)).optional()?;
        let terms_matched = ranked.terms_matched;
        hits.extend(id.map(|id| SearchHit { entity: convert::id_from_sql(id), terms_matched }));
    }
    Ok(hits)
}

/// The numbers of the entities that have a word, rising.
fn having_word(connection: &Connection, word: &str) -> Result<Vec<u64>> {
    let mut select = connection.prepare_cached(
        "SELECT entity_nos FROM search_word WHERE word = ?1 ORDER BY first_entity_no",
    )?;
    let mut rows = select.query([word])?;
    let mut entity_nos = Vec::new();
    while let Some(row) = rows.next()? {
        entity_nos.extend(read_postings(row.get_ref(0)?)?);
    }
    Ok(entity_nos)
}

/// The numbers of the entities that have a code, rising.
fn having_code(connection: &Connection, code: &str) -> Result<Vec<u64>> {
    let hash = CodeHash::of(code);
    let mut select =
        connection.prepare_cached("SELECT entries FROM search_code WHERE bucket = ?1")?;
    let mut rows = select.query([hash.bucket() as i64])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let mut entries = read_bucket(hash.bucket(), row.get_ref(0)?)?;
    entries.retain(|(known, _)| *known == hash);
    Ok(entries.into_iter().map(|(_, entity_no)| entity_no).collect())
}

/// Reads a column of postings.
pub fn read_postings(stored: ValueRef) -> Result<Vec<u64>> {
    let bytes = stored.as_blob().map_err(rusqlite::Error::from)?;
    search::decode_postings(bytes).ok_or(Error::DamagedIndex)
}

/// Reads a column with a bucket of codes.
pub fn read_bucket(bucket: u64, stored: ValueRef) -> Result<Bucket> {
    let bytes = stored.as_blob().map_err(rusqlite::Error::from)?;
    search::decode_bucket(bucket, bytes).ok_or(Error::DamagedIndex)
}
