//! Rows of any file that Karat reads, with the columns found that the score needs.

use std::path::Path;

use karat_model::hub_model::Format;
use karat_model::record::{Columns, Payload};

use crate::connect;
use crate::error::Error;

/// How a column is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column<'a> {
    /// A person named it.
    Named(&'a str),
    /// It has one of these names, in any case; the first that is there.
    OneOf(&'a [&'a str]),
}

/// A file, read whole.
#[derive(Debug, Default)]
pub(super) struct Rows {
    columns: Columns,
    rows: Vec<Payload>,
}

impl Rows {
    /// Reads a file; one that cannot be read to its end is an error.
    pub fn read(path: &Path) -> Result<Rows, Error> {
        let mut read = Rows::default();
        let files = [path.to_path_buf()];
        let summary = connect::read(&files, &Format::default(), &mut |batch| {
            read.columns = batch.columns;
            read.rows.extend(batch.rows.into_iter().map(|row| row.payload));
            Ok(())
        })?;
        let problem = summary.files.into_iter().find(|file| file.problem.is_some());
        match problem {
            Some(file) => Err(Error::NothingReadable {
                problems: file.problem.into_iter().collect(),
                hint: file.hint,
            }),
            None => Ok(read),
        }
    }

    /// The headers, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The number of a column; none when none of the usual names is there.
    pub fn find(&self, wanted: &Column) -> Result<Option<u16>, Error> {
        let position = |name: &str| {
            let at = self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))?;
            u16::try_from(at).ok()
        };
        match wanted {
            Column::OneOf(names) => Ok(names.iter().find_map(|name| position(name))),
            Column::Named(name) => match position(name) {
                Some(at) => Ok(Some(at)),
                None => Err(self.no_column(name)),
            },
        }
    }

    /// The number of a column that must be there.
    pub fn need(&self, name: &str) -> Result<u16, Error> {
        let found = self.find(&Column::Named(name))?;
        found.ok_or_else(|| self.no_column(name))
    }

    fn no_column(&self, name: &str) -> Error {
        Error::NoColumn { column: name.into(), columns: self.columns.to_vec() }
    }

    /// The rows.
    pub fn iter(&self) -> impl Iterator<Item = &Payload> {
        self.rows.iter()
    }
}

/// The value of a column in a row, without blanks around it; blank values are none.
pub(super) fn value(row: &Payload, column: u16) -> Option<&str> {
    row.get(column).map(str::trim).filter(|value| !value.is_empty())
}
