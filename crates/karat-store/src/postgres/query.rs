//! Asking PostgreSQL.

use std::cell::RefCell;
use std::time::Duration;

use super::PostgresReader;
use super::connection::{Parameter, with_parameters};
use super::copy::CopyRows;
use crate::error::Result;
use crate::search::BucketRow;
use crate::sql::buckets::Buckets;
use crate::sql::search::CachedVocabulary;
use crate::sql::{Known, Query, Value, Visit, Write};

/// How many rows of a visit are fetched at a time.
const ROWS_PER_FETCH: usize = 8192;

/// How many rows are written with a statement.
const ROWS_PER_WRITE: usize = 16_384;

/// How long a server may take to say that it is there.
const ANSWER_MAX: Duration = Duration::from_secs(5);

impl Query for PostgresReader {
    fn few(&self, select: &str, values: &[Value], visit: Visit) -> Result<()> {
        let mut connection = self.connection.borrow_mut();
        let rows = with_parameters(values, |parameters| connection.query(select, parameters))?;
        drop(connection);
        rows.iter().try_for_each(|row| visit(row))
    }

    fn many(&self, select: &str, numbers: &[i64], visit: Visit) -> Result<()> {
        self.fixed(&mut || {
            let cursor = self.open_cursor(select, numbers)?;
            let result = self.fetch_all(&cursor, visit);
            self.connection.borrow_mut().visits -= 1;
            // After an error of the database it is closed already, and so is the transaction.
            let closed = self.connection.borrow_mut().run(&format!("CLOSE {cursor}"));
            result.and(closed)
        })
    }

    fn fixed(&self, read: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        if self.connection.borrow().is_fixed {
            return read();
        }
        self.known.take();
        self.connection.borrow_mut().run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        self.connection.borrow_mut().is_fixed = true;
        let moment = Moment(self);
        let result = read();
        drop(moment);
        result
    }

    fn is_alive(&self) -> bool {
        self.connection.borrow_mut().answers_within(ANSWER_MAX)
    }

    fn damaged_pages(&self) -> Result<Vec<String>> {
        // Its server looks after its pages.
        Ok(Vec::new())
    }

    fn vocabulary(&self) -> &RefCell<CachedVocabulary> {
        &self.vocabulary
    }

    fn known(&self) -> &RefCell<Known> {
        &self.known
    }
}

/// The time in which all that is read is of one moment; it ends also when reading panics.
struct Moment<'a>(&'a PostgresReader);

impl Drop for Moment<'_> {
    fn drop(&mut self) {
        let mut connection = self.0.connection.borrow_mut();
        connection.is_fixed = false;
        // If the connection is gone, whoever asks next is told.
        let _ = connection.run("ROLLBACK");
    }
}

impl PostgresReader {
    /// Begins a visit of many rows; others may be under way.
    fn open_cursor(&self, select: &str, numbers: &[i64]) -> Result<String> {
        let mut connection = self.connection.borrow_mut();
        let cursor = format!("visit_{}", connection.visits);
        let mut select = select.to_string();
        // Cursors take no parameters; numbers need no quotes.
        for (at, number) in numbers.iter().enumerate() {
            select = select.replace(&format!("${}", at + 1), &number.to_string());
        }
        connection.run(&format!("DECLARE {cursor} NO SCROLL CURSOR FOR {select}"))?;
        connection.visits += 1;
        Ok(cursor)
    }

    fn fetch_all(&self, cursor: &str, visit: Visit) -> Result<()> {
        let fetch = format!("FETCH {ROWS_PER_FETCH} FROM {cursor}");
        loop {
            let rows = self.connection.borrow_mut().ask(&fetch)?;
            rows.iter().try_for_each(|row| visit(row))?;
            if rows.len() < ROWS_PER_FETCH {
                return Ok(());
            }
        }
    }
}

impl Write for PostgresReader {
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64> {
        let mut connection = self.connection.borrow_mut();
        with_parameters(values, |parameters| connection.execute(sql, parameters))
    }

    fn put_buckets(&self, table: Buckets, rows: &[BucketRow]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let table = table.table();
        let put = format!(
            "INSERT INTO {table} (bucket, entries)
             SELECT * FROM unnest($1::bigint[], $2::bytea[])
             ON CONFLICT (bucket) DO UPDATE SET entries = excluded.entries"
        );
        let buckets: Vec<i64> = rows.iter().map(|(bucket, _)| *bucket as i64).collect();
        let entries: Vec<&[u8]> = rows.iter().map(|(_, entries)| &entries[..]).collect();
        self.connection.borrow_mut().execute(&put, &[&buckets, &entries])?;
        Ok(())
    }

    fn put_numbers<const N: usize>(
        &self,
        into: &str,
        conflict: &str,
        rows: &[[i64; N]],
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let arrays: Vec<String> = (1..=N).map(|place| format!("${place}::bigint[]")).collect();
        let arrays = arrays.join(", ");
        let put = format!("INSERT INTO {into} SELECT * FROM unnest({arrays}) {conflict}");
        for rows in rows.chunks(ROWS_PER_WRITE) {
            let columns: Vec<Vec<i64>> =
                (0..N).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
            let columns: Vec<Parameter> = columns.iter().map(|of| of as Parameter).collect();
            self.connection.borrow_mut().execute(&put, &columns)?;
        }
        Ok(())
    }

    fn add_numbers<const N: usize>(&self, into: &str, rows: &[[Option<i64>; N]]) -> Result<()> {
        let copy = format!("COPY {into} FROM STDIN BINARY");
        for rows in rows.chunks(ROWS_PER_WRITE) {
            let mut copied = CopyRows::default();
            for row in rows {
                let copied = copied.row(N as u16);
                for number in row {
                    copied.integer_or_null(*number);
                }
            }
            self.connection.borrow_mut().copy(&copy, &mut copied)?;
        }
        Ok(())
    }
}
