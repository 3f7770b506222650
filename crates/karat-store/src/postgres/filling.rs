//! Filling an empty database with the rows of another.

use super::PostgresStore;
use super::connection::Writing;
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
        Ok(Box::new(PostgresFilling { writing: self.connection().write()? }))
    }
}

struct PostgresFilling<'a> {
    writing: Writing<'a>,
}

impl Filling for PostgresFilling<'_> {
    fn clear(&mut self, table: &Table) -> Result<()> {
        self.writing.run(&format!("DELETE FROM {}", table.name))
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
        self.writing.copy(&format!("COPY {name} ({columns}) FROM STDIN BINARY"), &mut copied)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.writing.run("ANALYZE; SET LOCAL synchronous_commit TO DEFAULT")?;
        self.writing.commit()
    }
}
