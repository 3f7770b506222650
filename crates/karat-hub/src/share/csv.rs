//! CSV: comma-separated values as of RFC 4180, in UTF-8, with a header and LF at the end of lines.
//!
//! Missing values and empty texts are both empty. Values are written as they are: a phone number
//! keeps its `+`, and nothing is put before a value to keep a spreadsheet from computing it.

use std::io::{self, Write};

use ::csv::{Terminator, Writer, WriterBuilder};

use super::output::Output;
use super::table::finite;
use super::{Field, FieldKind};

pub(super) struct CsvTable<W: Write = Output> {
    writer: Writer<W>,
    /// A number as text, kept to spare allocations.
    number: Vec<u8>,
}

impl<W: Write> CsvTable<W> {
    pub(super) fn create<N: AsRef<str>>(
        output: W,
        columns: &[(N, FieldKind)],
    ) -> io::Result<CsvTable<W>> {
        let mut writer =
            WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(output);
        writer.write_record(columns.iter().map(|(name, _)| name.as_ref())).map_err(as_io)?;
        Ok(CsvTable { writer, number: Vec::new() })
    }

    pub(super) fn write_row(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        for field in fields {
            self.number.clear();
            match *field {
                Field::Text(text) => {
                    self.writer.write_field(text).map_err(as_io)?;
                    continue;
                }
                Field::Number(number) => write!(self.number, "{number}")?,
                Field::Decimal(number) => {
                    if let Some(number) = finite(number) {
                        write!(self.number, "{number}")?;
                    }
                }
                Field::Flag(flag) => write!(self.number, "{flag}")?,
                Field::Missing => {}
            }
            self.writer.write_field(&self.number).map_err(as_io)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(as_io)
    }

    pub(super) fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

/// The failure as the system told it, of which the kind is lost in a plain conversion.
fn as_io(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
