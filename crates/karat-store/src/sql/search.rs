//! Searching the index that `search/writer.rs` writes.

use super::Value::{Integer, Text};
use super::look_up::{LOOKED_UP, looked_up, places};
use super::reading::id_from_sql;
use super::{Query, Write};
use crate::error::{Error, Result};
use crate::search::{self, Closeness, CodeHash, Expansion, Ranking, SearchHit, Vocabulary};

/// The words of the index as they were when it was asked last.
#[derive(Default)]
pub struct CachedVocabulary {
    /// The publication of the load that they are of.
    base_no: i64,
    /// The last of the words that changes added since that publication.
    added_no: i64,
    vocabulary: Vocabulary,
}

impl CachedVocabulary {
    /// Reads all words again if there was a load since, or those that changes added.
    fn refresh(&mut self, query: &impl Query) -> Result<&Vocabulary> {
        let select = "SELECT base_no FROM publication ORDER BY publication_no DESC LIMIT 1";
        let base_no = query.first(select, &[], |row| row.integer(0))?.unwrap_or_default();
        if base_no != self.base_no {
            let select = "SELECT word, entities FROM search_word ORDER BY word, first_entity_no";
            let mut vocabulary = Vocabulary::default();
            query.many(select, &[], &mut |row| {
                vocabulary.push(&row.text(0)?, row.integer(1)? as u32);
                Ok(())
            })?;
            let added_no =
                query.number("SELECT coalesce(max(added_no), 0) FROM search_added", &[])?;
            *self = CachedVocabulary { base_no, added_no, vocabulary };
            return Ok(&self.vocabulary);
        }
        let select = "
            SELECT added_no, word FROM search_added WHERE added_no > $1 ORDER BY added_no";
        let added = query.all(select, &[Integer(self.added_no)], |row| {
            Ok((row.integer(0)?, row.text(1)?.into_owned()))
        })?;
        if let Some((last, _)) = added.last() {
            self.added_no = *last;
            self.vocabulary.add(added.iter().map(|(_, word)| word.as_str()));
        }
        Ok(&self.vocabulary)
    }
}

/// Tells readers of words that a change added.
pub fn tell_of_words(write: &impl Write, words: &[&str]) -> Result<()> {
    for word in words {
        let insert = "
            INSERT INTO search_added (added_no, word)
            SELECT coalesce(max(added_no), 0) + 1, $1 FROM search_added";
        write.execute(insert, &[Text(word)])?;
    }
    Ok(())
}

/// Forgets which words changes added: after a load all are read again.
pub fn forget_added_words(write: &impl Write) -> Result<()> {
    write.execute("DELETE FROM search_added", &[]).map(|_| ())
}

/// The entities that match a query best.
pub fn search(query: &impl Query, text: &str, limit: usize) -> Result<Vec<SearchHit>> {
    let mut cached = query.vocabulary().borrow_mut();
    let vocabulary = cached.refresh(query)?;
    let terms = search::query_terms(text);
    let mut ranking = Ranking::default();
    for (number, term) in terms.iter().enumerate() {
        if search::is_code(term) {
            ranking.add(number, Closeness::Exact, &having_code(query, term)?);
            continue;
        }
        let is_last = number + 1 == terms.len();
        add_words(query, number, &vocabulary.expand(term, is_last), &mut ranking)?;
    }
    live_hits(query, ranking, limit)
}

/// Ranks the entities that have the words which one of the query may mean.
fn add_words(
    query: &impl Query,
    query_term: usize,
    expansions: &[Expansion],
    ranking: &mut Ranking,
) -> Result<()> {
    let select = concat!(
        "SELECT word, entity_nos FROM search_word WHERE word IN (",
        places!(),
        ") ORDER BY word, first_entity_no"
    );
    for part in expansions.chunks(LOOKED_UP) {
        let words = looked_up(part.iter().map(|expansion| Text(&expansion.word)));
        let mut entity_nos: Vec<Vec<u64>> = vec![Vec::new(); part.len()];
        query.few(select, &words, &mut |row| {
            let word = row.text(0)?;
            let at = part.iter().position(|expansion| expansion.word == word);
            entity_nos[at.ok_or(Error::DamagedIndex)?].extend(read_postings(row.bytes(1)?)?);
            Ok(())
        })?;
        for (expansion, entity_nos) in part.iter().zip(&entity_nos) {
            ranking.add(query_term, expansion.closeness, entity_nos);
        }
    }
    Ok(())
}

/// The best entities of a ranking; stale numbers are passed over.
fn live_hits(query: &impl Query, ranking: Ranking, limit: usize) -> Result<Vec<SearchHit>> {
    let select =
        concat!("SELECT entity_no, entity_id FROM entity WHERE entity_no IN (", places!(), ")");
    let mut hits = Vec::new();
    let mut best = ranking.best_first();
    while hits.len() < limit {
        let ranked: Vec<_> = best.by_ref().take(LOOKED_UP.min(limit - hits.len())).collect();
        if ranked.is_empty() {
            break;
        }
        let numbers = looked_up(ranked.iter().map(|ranked| Integer(ranked.entity_no() as i64)));
        let live = query.all(select, &numbers, |row| {
            Ok((row.integer(0)? as u64, id_from_sql(row.integer(1)?)))
        })?;
        for ranked in ranked {
            let found = live.iter().find(|(entity_no, _)| *entity_no == ranked.entity_no());
            let terms_matched = ranked.terms_matched;
            hits.extend(found.map(|&(_, entity)| SearchHit { entity, terms_matched }));
        }
    }
    Ok(hits)
}

/// The numbers of the entities that have a code, rising.
fn having_code(query: &impl Query, code: &str) -> Result<Vec<u64>> {
    let hash = CodeHash::of(code);
    let select = "SELECT entries FROM search_code WHERE bucket = $1";
    let found = query.first(select, &[Integer(hash.bucket() as i64)], |row| {
        search::decode_bucket(hash.bucket(), row.bytes(0)?).ok_or(Error::DamagedIndex)
    })?;
    let mut entries = found.unwrap_or_default();
    entries.retain(|(known, _)| *known == hash);
    Ok(entries.into_iter().map(|(_, entity_no)| entity_no).collect())
}

fn read_postings(stored: &[u8]) -> Result<Vec<u64>> {
    search::decode_postings(stored).ok_or(Error::DamagedIndex)
}
