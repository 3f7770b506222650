//! Filling an empty database with the rows of another.

use std::cell::RefCell;

use super::PostgresStore;
use super::connection::{Connection, Writing};
use super::copy::CopyRows;
use crate::error::Result;
use crate::sql::Query;
use crate::sql::tables::{Cell, Filling, Table};

impl PostgresStore {
    /// What all rows can be read with, while nobody else writes.
    pub(crate) fn query(&self) -> &dyn Query {
        &self.reader
    }

    /// Begins to fill it.
    pub(crate) fn fill(&mut self) -> Result<Box<dyn Filling + '_>> {
        self.take_turn()?;
        let connection = &self.reader.connection;
        let writing = Writing::begin(connection, "")?;
        Ok(Box::new(PostgresFilling { connection, writing }))
    }
}

struct PostgresFilling<'a> {
    connection: &'a RefCell<Connection>,
    writing: Writing<'a>,
}

impl Filling for PostgresFilling<'_> {
    fn clear(&mut self, table: &Table) -> Result<()> {
        self.connection.borrow_mut().run(&format!("DELETE FROM {}", table.name))
    }

    fn add(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<()> {
        let mut copied = CopyRows::default();
        for row in rows {
            let copied = copied.row(row.len() as u16);
            for cell in row {
                match cell {
                    Cell::Null => copied.null(),
                    Cell::Integer(number) => copied.integer(*number),
                    Cell::Text(text) => copied.text(text),
                    Cell::Bytes(bytes) => copied.bytes(bytes),
                };
            }
        }
        let (name, columns) = (table.name, table.column_names());
        let copy = format!("COPY {name} ({columns}) FROM STDIN BINARY");
        self.connection.borrow_mut().copy(&copy, &mut copied)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.connection.borrow_mut().run("ANALYZE; SET LOCAL synchronous_commit TO DEFAULT")?;
        self.writing.commit()
    }
}
