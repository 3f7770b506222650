//! The tables of the search index.

use rustc_hash::FxHashSet;

use super::copy::CopyRows;
use super::{PostgresReader, text};
use crate::error::Result;
use crate::search::{BucketRow, IndexTables, WaitingText, WordRow};
use crate::sql::Row;
use crate::sql::buckets::Buckets;
use crate::sql::search::{first_waiting, forget_waiting, tell_of_words, waiting_after};

/// The tables, within the transaction of a publication.
pub struct PostgresIndex<'a>(pub &'a PostgresReader);

impl IndexTables for PostgresIndex<'_> {
    fn is_empty(&mut self) -> Result<bool> {
        let select = "
            SELECT word FROM (SELECT 1 AS word FROM search_word LIMIT 1) AS some_word
            UNION ALL SELECT bucket FROM (SELECT bucket FROM search_code LIMIT 1) AS some_bucket";
        Ok(self.0.connection.borrow_mut().query(select, &[])?.is_empty())
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
        let words: Vec<_> = words.iter().map(|word| text::to_sql(word)).collect();
        let select = "
            SELECT last.word, first_entity_no, entities, entity_nos
            FROM unnest($1::text[]) AS wanted (word), LATERAL (
                SELECT * FROM search_word WHERE search_word.word = wanted.word
                ORDER BY first_entity_no DESC LIMIT 1) AS last";
        self.0.connection.borrow_mut().query(select, &[&words])?.iter().map(word_row).collect()
    }

    fn words_after(&mut self, word: &str, first: u64, limit: usize) -> Result<Vec<WordRow>> {
        let select = "
            SELECT word, first_entity_no, entities, entity_nos FROM search_word
            WHERE (word, first_entity_no) > ($1, $2) ORDER BY word, first_entity_no LIMIT $3";
        let word = text::to_sql(word);
        let rows = self
            .0
            .connection
            .borrow_mut()
            .query(select, &[&word, &(first as i64), &(limit as i64)])?;
        rows.iter().map(word_row).collect()
    }

    fn add_words(&mut self, rows: &[WordRow]) -> Result<()> {
        let mut copied = CopyRows::default();
        for WordRow { word, first_entity_no, entities, entity_nos } in rows {
            copied
                .row(4)
                .text(word)
                .integer(*first_entity_no as i64)
                .integer(*entities as i64)
                .bytes(entity_nos);
        }
        let copy = "
            COPY search_word (word, first_entity_no, entities, entity_nos) FROM STDIN BINARY";
        self.0.connection.borrow_mut().copy(copy, &mut copied)
    }

    fn replace_words(&mut self, old: &[WordRow], rows: &[WordRow]) -> Result<()> {
        if !old.is_empty() {
            self.remove_words(old)?;
        }
        self.add_words(rows)
    }

    fn remove_words(&mut self, rows: &[WordRow]) -> Result<()> {
        let words: Vec<_> = rows.iter().map(|row| text::to_sql(&row.word)).collect();
        let firsts: Vec<i64> = rows.iter().map(|row| row.first_entity_no as i64).collect();
        let delete = "
            DELETE FROM search_word
            USING unnest($1::text[], $2::bigint[]) AS gone (word, first_entity_no)
            WHERE search_word.word = gone.word
              AND search_word.first_entity_no = gone.first_entity_no";
        self.0.connection.borrow_mut().execute(delete, &[&words, &firsts])?;
        Ok(())
    }

    fn tell_of_words(&mut self, words: &[&str]) -> Result<()> {
        tell_of_words(self.0, words)
    }

    fn live_entities(&mut self) -> Result<FxHashSet<u64>> {
        let rows = self.0.connection.borrow_mut().query("SELECT entity_no FROM entity", &[])?;
        rows.iter().map(|row| Ok(row.integer(0)? as u64)).collect()
    }

    fn add_waiting(&mut self, texts: &[WaitingText]) -> Result<()> {
        let mut copied = CopyRows::default();
        for (entity_no, text) in texts {
            copied.row(2).integer(*entity_no as i64).text(text);
        }
        let copy = "COPY search_waiting (entity_no, text) FROM STDIN BINARY";
        self.0.connection.borrow_mut().copy(copy, &mut copied)
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

fn word_row(row: &postgres::Row) -> Result<WordRow> {
    Ok(WordRow {
        word: row.text(0)?.into_owned(),
        first_entity_no: row.integer(1)? as u64,
        entities: row.integer(2)? as u64,
        entity_nos: row.bytes(3)?.into(),
    })
}
