//! The quarantine: rows that could not be read, so that nothing is lost.
//!
//! Columns: `source`, `file`, `line`, `reason`, `raw`: the row as it came, shortened if it is very
//! long; bytes that are no UTF-8 show as the replacement character.

use std::io::{self, Write};

use karat_model::record::Quarantined;

use super::csv::CsvTable;
use super::{Destination, Field, FieldKind, Result, TableWriter};

const COLUMNS: [(&str, FieldKind); 5] = [
    ("source", FieldKind::Text),
    ("file", FieldKind::Text),
    ("line", FieldKind::Number),
    ("reason", FieldKind::Text),
    ("raw", FieldKind::Text),
];

/// Writes rows that could not be read.
pub struct QuarantineFile(TableWriter);

/// Writes rows that could not be read as the same CSV, to whoever waits for it.
pub struct QuarantineText<W: Write>(CsvTable<W>);

impl QuarantineFile {
    /// Opens the file.
    pub fn create(destination: &Destination) -> Result<QuarantineFile> {
        TableWriter::create(destination, &COLUMNS).map(QuarantineFile)
    }

    /// Adds a row of a source.
    pub fn write(&mut self, source: &str, row: &Quarantined) -> Result<()> {
        self.0.write_row(&fields(source, row, &String::from_utf8_lossy(&row.raw)))
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.0.finish()
    }
}

impl<W: Write> QuarantineText<W> {
    /// Begins with the header.
    pub fn begin(writer: W) -> io::Result<QuarantineText<W>> {
        CsvTable::create(writer, &COLUMNS).map(QuarantineText)
    }

    /// Adds a row of a source.
    pub fn write(&mut self, source: &str, row: &Quarantined) -> io::Result<()> {
        self.0.write_row(&fields(source, row, &String::from_utf8_lossy(&row.raw)))
    }

    /// Writes what waits, and gives the writer back.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

fn fields<'r>(source: &'r str, row: &'r Quarantined, raw: &'r str) -> [Field<'r>; 5] {
    [
        Field::Text(source),
        Field::Text(&row.file),
        Field::Number(row.line as i64),
        Field::Text(&row.reason),
        Field::Text(raw),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::read;
    use super::*;

    #[test]
    fn a_row_is_there_with_its_place_and_reason() {
        let folder = tempfile::tempdir().unwrap();
        let row = Quarantined {
            file: "crm.csv".into(),
            line: 7,
            reason: "3 fields, but there are 2 columns".into(),
            raw: b"1;J\xffn;x".to_vec(),
        };
        let path = folder.path().join("quarantine.csv");
        let mut file = QuarantineFile::create(&Destination::new(&path, None).unwrap()).unwrap();
        file.write("crm", &row).unwrap();
        assert_eq!(file.finish().unwrap(), 1);
        assert_eq!(
            read(&path),
            [
                "source,file,line,reason,raw",
                "crm,crm.csv,7,\"3 fields, but there are 2 columns\",1;J\u{fffd}n;x",
            ]
        );
        let mut text = QuarantineText::begin(Vec::new()).unwrap();
        text.write("crm", &row).unwrap();
        assert_eq!(text.finish().unwrap(), std::fs::read(&path).unwrap(), "the same as the file");
    }
}
