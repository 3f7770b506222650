//! The tables of the search index.

use rusqlite::Row;
use rustc_hash::FxHashSet;

use super::SqliteReader;
use crate::error::Result;
use crate::search::{BucketRow, IndexTables, WaitingText, WordRow};
use crate::sql::buckets::Buckets;
use crate::sql::search::{first_waiting, forget_waiting, tell_of_words, waiting_after};

/// The tables, within the transaction of a publication.
pub struct SqliteIndex<'a>(pub &'a SqliteReader);

impl IndexTables for SqliteIndex<'_> {
    fn is_empty(&mut self) -> Result<bool> {
        let select = "
            SELECT NOT EXISTS (SELECT 1 FROM search_word)
               AND NOT EXISTS (SELECT 1 FROM search_code)";
        Ok(self.0.connection.prepare_cached(select)?.query_row([], |row| row.get(0))?)
    }

    fn buckets(&mut self, wanted: &[u64]) -> Result<Vec<BucketRow>> {
        Buckets::SearchCode.read(self.0, wanted)
    }

    fn buckets_from(&mut self, first: u64, limit: usize) -> Result<Vec<BucketRow>> {
        Buckets::SearchCode.read_from(self.0, first, limit)
    }

    fn put_buckets(&mut self, rows: &[BucketRow]) -> Result<()> {
        Buckets::SearchCode.put(self.0, rows)
    }

    fn remove_buckets(&mut self, buckets: &[u64]) -> Result<()> {
        Buckets::SearchCode.remove(self.0, buckets)
    }

    fn last_words(&mut self, words: &[&str]) -> Result<Vec<WordRow>> {
        let mut select = self.0.connection.prepare_cached(
            "SELECT word, first_entity_no, entities, entity_nos FROM search_word
             WHERE word = ?1 ORDER BY first_entity_no DESC LIMIT 1",
        )?;
        let mut found = Vec::new();
        for word in words {
            found.extend(select.query_map([word], word_row)?.next().transpose()?);
        }
        Ok(found)
    }

    fn words_after(&mut self, word: &str, first: u64, limit: usize) -> Result<Vec<WordRow>> {
        let mut select = self.0.connection.prepare_cached(
            "SELECT word, first_entity_no, entities, entity_nos FROM search_word
             WHERE (word, first_entity_no) > (?1, ?2) ORDER BY word, first_entity_no LIMIT ?3",
        )?;
        let rows = select.query_map((word, first as i64, limit as i64), word_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn add_words(&mut self, rows: &[WordRow]) -> Result<()> {
        self.replace_words(&[], rows)
    }

    fn replace_words(&mut self, _old: &[WordRow], rows: &[WordRow]) -> Result<()> {
        let mut insert = self.0.connection.prepare_cached(
            "INSERT OR REPLACE INTO search_word (word, first_entity_no, entities, entity_nos)
             VALUES (?1, ?2, ?3, ?4)",
        )?;
        for WordRow { word, first_entity_no, entities, entity_nos } in rows {
            insert.execute((word, *first_entity_no as i64, *entities as i64, entity_nos))?;
        }
        Ok(())
    }

    fn remove_words(&mut self, rows: &[WordRow]) -> Result<()> {
        let mut delete = self
            .0
            .connection
            .prepare_cached("DELETE FROM search_word WHERE word = ?1 AND first_entity_no = ?2")?;
        for WordRow { word, first_entity_no, .. } in rows {
            delete.execute((word, *first_entity_no as i64))?;
        }
        Ok(())
    }

    fn tell_of_words(&mut self, words: &[&str]) -> Result<()> {
        tell_of_words(self.0, words)
    }

    fn live_entities(&mut self) -> Result<FxHashSet<u64>> {
        let mut select = self.0.connection.prepare_cached("SELECT entity_no FROM entity")?;
        let numbers = select.query_map([], |row| Ok(row.get::<_, i64>(0)? as u64))?;
        Ok(numbers.collect::<rusqlite::Result<_>>()?)
    }

    fn add_waiting(&mut self, texts: &[WaitingText]) -> Result<()> {
        let insert = "INSERT INTO search_waiting (entity_no, text) VALUES (?1, ?2)";
        let mut insert = self.0.connection.prepare_cached(insert)?;
        for (entity_no, text) in texts {
            insert.execute((*entity_no as i64, text))?;
        }
        Ok(())
    }

    fn first_waiting(&mut self) -> Result<Option<u64>> {
        first_waiting(self.0)
    }

    fn waiting(&mut self, after: u64, limit: usize) -> Result<Vec<WaitingText>> {
        waiting_after(self.0, after as i64, limit.try_into().unwrap_or(i64::MAX))
    }

    fn forget_waiting(&mut self, last: u64) -> Result<()> {
        forget_waiting(self.0, last)
    }
}

fn word_row(row: &Row) -> rusqlite::Result<WordRow> {
    Ok(WordRow {
        word: row.get(0)?,
        first_entity_no: row.get::<_, i64>(1)? as u64,
        entities: row.get::<_, i64>(2)? as u64,
        entity_nos: row.get(3)?,
    })
}
