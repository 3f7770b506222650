//! Searching the index that `search/writer.rs` writes.

use karat_model::id::EntityId;
use rustc_hash::FxHashMap;

use super::Value::{Integer, Text, Texts};
use super::look_up::by_numbers;
use super::reading::id_from_sql;
use super::{Query, Write};
use crate::error::{Error, Result};
use crate::search::{
    self, Closeness, CodeHash, Expansion, Ranking, SearchHit, Vocabulary, WaitingText,
};

/// The words of the index, and the texts that wait, as they were when it was asked last.
#[derive(Default)]
pub struct CachedVocabulary {
    /// The publication of the load that they are of.
    base_no: i64,
    /// The last of the words that changes added since that publication.
    added_no: i64,
    vocabulary: Vocabulary,
    waiting: WaitingPostings,
}

/// The postings of texts that are not in the index yet.
#[derive(Default)]
struct WaitingPostings {
    /// The numbers of the first and the last entity of which they are.
    first: i64,
    last: i64,
    /// By term, the numbers of the entities that have it, rising.
    entity_nos: FxHashMap<Box<str>, Vec<u64>>,
}

impl WaitingPostings {
    fn of(&self, term: &str) -> &[u64] {
        self.entity_nos.get(term).map_or(&[], Vec::as_slice)
    }

    /// Reads the texts that came since; gives their words that the vocabulary lacks.
    fn refresh(&mut self, query: &impl Query, vocabulary: &Vocabulary) -> Result<Vec<Box<str>>> {
        let first = first_waiting(query)?.map_or(0, |first| first as i64);
        if first != self.first {
            // Those of before are in the index.
            *self = WaitingPostings { first, ..WaitingPostings::default() };
        }
        let mut new = Vec::new();
        for (entity_no, text) in waiting_after(query, self.last, i64::MAX)? {
            for term in search::terms(&text) {
                if let Some(entity_nos) = self.entity_nos.get_mut(term) {
                    if entity_nos.last() != Some(&entity_no) {
                        entity_nos.push(entity_no);
                    }
                    continue;
                }
                if !search::is_code(term) && !vocabulary.has(term) {
                    new.push(term.into());
                }
                self.entity_nos.insert(term.into(), vec![entity_no]);
            }
            self.last = entity_no as i64;
        }
        Ok(new)
    }
}

impl CachedVocabulary {
    /// Reads all words again if there was a load since, or those that changes added.
    fn refresh(&mut self, query: &impl Query) -> Result<()> {
        self.refresh_words(query)?;
        let new = self.waiting.refresh(query, &self.vocabulary)?;
        if !new.is_empty() {
            self.vocabulary.add(new.iter().map(|word| &**word));
        }
        Ok(())
    }

    fn refresh_words(&mut self, query: &impl Query) -> Result<()> {
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
            let waiting = WaitingPostings::default();
            *self = CachedVocabulary { base_no, added_no, vocabulary, waiting };
            return Ok(());
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
        Ok(())
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

/// The number of the first entity whose text waits.
pub fn first_waiting(query: &impl Query) -> Result<Option<u64>> {
    let select = "SELECT entity_no FROM search_waiting ORDER BY entity_no LIMIT 1";
    query.first(select, &[], |row| Ok(row.integer(0)? as u64))
}

/// The texts that wait of entities with greater numbers, in order, and no more than so many.
pub fn waiting_after(query: &impl Query, entity_no: i64, limit: i64) -> Result<Vec<WaitingText>> {
    let select = "
        SELECT entity_no, text FROM search_waiting WHERE entity_no > $1
        ORDER BY entity_no LIMIT $2";
    query.all(select, &[Integer(entity_no), Integer(limit)], |row| {
        Ok((row.integer(0)? as u64, row.text(1)?.into_owned()))
    })
}

/// Removes the texts that wait of entities up to this one.
pub fn forget_waiting(write: &impl Write, last: u64) -> Result<()> {
    let delete = "DELETE FROM search_waiting WHERE entity_no <= $1";
    write.execute(delete, &[Integer(last as i64)]).map(|_| ())
}

/// The entities that match a query best.
pub fn search(query: &impl Query, text: &str, limit: usize) -> Result<Vec<SearchHit>> {
    let mut cached = query.vocabulary().borrow_mut();
    cached.refresh(query)?;
    let CachedVocabulary { vocabulary, waiting, .. } = &*cached;
    let terms = search::query_terms(text);
    let mut ranking = Ranking::default();
    for (number, term) in terms.iter().enumerate() {
        if search::is_code(term) {
            let mut entity_nos = having_code(query, term)?;
            add_waiting(&mut entity_nos, waiting.of(term));
            ranking.add(number, Closeness::Exact, &entity_nos);
            continue;
        }
        let is_last = number + 1 == terms.len();
        let expansions = vocabulary.expand(term, is_last);
        add_words(query, number, &expansions, waiting, &mut ranking)?;
    }
    live_hits(query, ranking, limit)
}

/// Adds those that wait to those of a term in the index, where some of them may be already; both
/// rise.
fn add_waiting(entity_nos: &mut Vec<u64>, waiting: &[u64]) {
    let last = entity_nos.last().copied().unwrap_or_default();
    entity_nos.extend(&waiting[waiting.partition_point(|entity_no| *entity_no <= last)..]);
}

/// Ranks the entities that have the words which one of the query may mean.
fn add_words(
    query: &impl Query,
    query_term: usize,
    expansions: &[Expansion],
    waiting: &WaitingPostings,
    ranking: &mut Ranking,
) -> Result<()> {
    let select = "
        SELECT word, entity_nos FROM search_word WHERE word = ANY($1)
        ORDER BY word, first_entity_no";
    let words: Vec<&str> = expansions.iter().map(|expansion| &*expansion.word).collect();
    let mut entity_nos: FxHashMap<&str, Vec<u64>> =
        words.iter().map(|word| (*word, Vec::new())).collect();
    query.few(select, &[Texts(&words)], &mut |row| {
        let of_word = entity_nos.get_mut(&*row.text(0)?).ok_or(Error::DamagedIndex)?;
        of_word.extend(read_postings(row.bytes(1)?)?);
        Ok(())
    })?;
    for expansion in expansions {
        let Some(mut entity_nos) = entity_nos.remove(&*expansion.word) else { continue };
        add_waiting(&mut entity_nos, waiting.of(&expansion.word));
        ranking.add(query_term, expansion.closeness, &entity_nos);
    }
    Ok(())
}

/// The best entities of a ranking; stale numbers are passed over.
fn live_hits(query: &impl Query, ranking: Ranking, limit: usize) -> Result<Vec<SearchHit>> {
    let select = "SELECT entity_no, entity_id FROM entity WHERE entity_no = ANY($1)";
    let mut hits = Vec::new();
    let mut best = ranking.best_first();
    while hits.len() < limit {
        let ranked: Vec<_> = best.by_ref().take(limit - hits.len()).collect();
        if ranked.is_empty() {
            break;
        }
        let numbers = ranked.iter().map(|ranked| ranked.entity_no());
        let mut live: FxHashMap<u64, EntityId> = FxHashMap::default();
        by_numbers(query, select, numbers, &mut |row| {
            live.insert(row.integer(0)? as u64, id_from_sql(row.integer(1)?));
            Ok(())
        })?;
        for ranked in ranked {
            let found = live.get(&ranked.entity_no());
            let terms_matched = ranked.terms_matched;
            hits.extend(found.map(|&entity| SearchHit { entity, terms_matched }));
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
