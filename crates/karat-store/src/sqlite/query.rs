//! Asking SQLite.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use rusqlite::types::{self, ToSql, ToSqlOutput, ValueRef};

use super::SqliteReader;
use crate::error::Result;
use crate::search::BucketRow;
use crate::sql::buckets::Buckets;
use crate::sql::search::CachedVocabulary;
use crate::sql::{Known, Query, Row, Value, Visit, Write};

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Integer(number) => ValueRef::Integer(number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Null => ValueRef::Null,
            Value::Integers(numbers) => return Ok(array(numbers.iter().copied())),
            Value::Texts(texts) => return Ok(array(texts.iter().map(|text| text.to_string()))),
        }))
    }
}

fn array<T: Into<types::Value>>(values: impl Iterator<Item = T>) -> ToSqlOutput<'static> {
    let values: Vec<types::Value> = values.map(Into::into).collect();
    ToSqlOutput::from_rc(Rc::new(values), c"rarray")
}

/// How SQLite says `= ANY($1)`.
fn spoken(sql: &str) -> Cow<'_, str> {
    let wants_many = sql.contains("= ANY(");
    if wants_many { sql.replace("= ANY(", "IN rarray(").into() } else { sql.into() }
}

impl Row for rusqlite::Row<'_> {
    fn integer(&self, column: usize) -> Result<i64> {
        Ok(self.get(column)?)
    }

    fn integer_or_null(&self, column: usize) -> Result<Option<i64>> {
        Ok(self.get(column)?)
    }

    fn text(&self, column: usize) -> Result<Cow<'_, str>> {
        Ok(self.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?.into())
    }

    fn text_or_null(&self, column: usize) -> Result<Option<Cow<'_, str>>> {
        let text = self.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        Ok(text.map(Cow::from))
    }

    fn bytes(&self, column: usize) -> Result<&[u8]> {
        Ok(self.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
    }

    fn bytes_or_null(&self, column: usize) -> Result<Option<&[u8]>> {
        Ok(self.get_ref(column)?.as_blob_or_null().map_err(rusqlite::Error::from)?)
    }
}

impl SqliteReader {
    fn each(&self, select: &str, values: &[Value], visit: Visit) -> Result<()> {
        let mut statement = self.connection.prepare_cached(&spoken(select))?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            visit(row)?;
        }
        Ok(())
    }
}

impl Query for SqliteReader {
    fn few(&self, select: &str, values: &[Value], visit: Visit) -> Result<()> {
        self.each(select, values, visit)
    }

    fn many(&self, select: &str, numbers: &[i64], visit: Visit) -> Result<()> {
        let values: Vec<Value> = numbers.iter().copied().map(Value::Integer).collect();
        self.each(select, &values, visit)
    }

    fn fixed(&self, read: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let already_fixed = !self.connection.is_autocommit();
        if already_fixed {
            return read();
        }
        self.known.take();
        let transaction = self.connection.unchecked_transaction()?;
        read()?;
        Ok(transaction.finish()?)
    }

    fn is_alive(&self) -> bool {
        true
    }

    fn damaged_pages(&self) -> Result<Vec<String>> {
        let mut check = self.connection.prepare("PRAGMA integrity_check")?;
        let told = check.query_map([], |row| row.get::<_, String>(0))?;
        let told: Vec<String> = told.collect::<rusqlite::Result<_>>()?;
        Ok(told.into_iter().filter(|line| line != "ok").collect())
    }

    fn vocabulary(&self) -> &RefCell<CachedVocabulary> {
        &self.vocabulary
    }

    fn known(&self) -> &RefCell<Known> {
        &self.known
    }
}

impl Write for SqliteReader {
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(&spoken(sql))?;
        Ok(statement.execute(rusqlite::params_from_iter(values))? as u64)
    }

    fn put_buckets(&self, table: Buckets, rows: &[BucketRow]) -> Result<()> {
        let table = table.table();
        let put = format!("INSERT OR REPLACE INTO {table} (bucket, entries) VALUES (?1, ?2)");
        let mut put = self.connection.prepare_cached(&put)?;
        for (bucket, entries) in rows {
            put.execute((*bucket as i64, entries))?;
        }
        Ok(())
    }

    fn put_numbers<const N: usize>(
        &self,
        into: &str,
        conflict: &str,
        rows: &[[i64; N]],
    ) -> Result<()> {
        let places: Vec<String> = (1..=N).map(|place| format!("?{place}")).collect();
        let put = format!("INSERT INTO {into} VALUES ({}) {conflict}", places.join(", "));
        let mut put = self.connection.prepare_cached(&put)?;
        for row in rows {
            put.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    fn add_numbers<const N: usize>(&self, into: &str, rows: &[[Option<i64>; N]]) -> Result<()> {
        let places: Vec<String> = (1..=N).map(|place| format!("?{place}")).collect();
        let add = format!("INSERT INTO {into} VALUES ({})", places.join(", "));
        let mut add = self.connection.prepare_cached(&add)?;
        for row in rows {
            add.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }
}
