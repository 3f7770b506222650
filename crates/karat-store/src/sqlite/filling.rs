//! Filling an empty database with the rows of another.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Transaction, TransactionBehavior};

use super::SqliteStore;
use crate::error::Result;
use crate::sql::Query;
use crate::sql::tables::{Cell, Filling, Table};

impl SqliteStore {
    /// What all rows can be read with, while nobody else writes.
    pub(crate) fn query(&self) -> &dyn Query {
        &self.reader
    }

    /// Begins to fill it.
    pub(crate) fn fill(&mut self) -> Result<Box<dyn Filling + '_>> {
        self.take_turn()?;
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.reader.connection.transaction_with_behavior(behavior)?;
        Ok(Box::new(SqliteFilling { transaction }))
    }
}

struct SqliteFilling<'a> {
    transaction: Transaction<'a>,
}

impl Filling for SqliteFilling<'_> {
    fn clear(&mut self, table: &Table) -> Result<()> {
        self.transaction.execute_batch(&format!("DELETE FROM {}", table.name))?;
        Ok(())
    }

    fn add(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<()> {
        let places: Vec<String> = (1..=table.columns.len()).map(|at| format!("?{at}")).collect();
        let (name, columns, places) = (table.name, table.column_names(), places.join(", "));
        let insert = format!("INSERT INTO {name} ({columns}) VALUES ({places})");
        let mut insert = self.transaction.prepare_cached(&insert)?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(self.transaction.commit()?)
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Null => ValueRef::Null,
            Cell::Integer(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
