//! Tables: rows of named columns, written in any of the formats.

use std::path::PathBuf;

use super::csv::CsvTable;
use super::json_lines::JsonLinesTable;
use super::output::Output;
use super::parquet::ParquetTable;
use super::{Destination, Error, FileFormat, Result};

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// Text; fits a column of texts.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// A number with decimals; what is not finite counts as missing.
    Decimal(f64),
    /// Yes or no.
    Flag(bool),
    /// No value; fits any column.
    Missing,
}

impl<'a> Field<'a> {
    /// The text, or missing.
    pub fn text(text: Option<&'a str>) -> Field<'a> {
        text.map_or(Field::Missing, Field::Text)
    }
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Texts.
    Text,
    /// Whole numbers.
    Number,
    /// Numbers with decimals.
    Decimal,
    /// Yes or no.
    Flag,
}

impl FieldKind {
    fn takes(self, field: &Field<'_>) -> bool {
        match field {
            Field::Text(_) => self == FieldKind::Text,
            Field::Number(_) => self == FieldKind::Number,
            Field::Decimal(_) => self == FieldKind::Decimal,
            Field::Flag(_) => self == FieldKind::Flag,
            Field::Missing => true,
        }
    }
}

/// Writes one table to one file, which is there once [`TableWriter::finish`] has succeeded.
pub struct TableWriter {
    path: PathBuf,
    columns: Vec<(String, FieldKind)>,
    rows: u64,
    table: FormattedTable,
}

enum FormattedTable {
    Csv(Box<CsvTable>),
    JsonLines(Box<JsonLinesTable>),
    Parquet(Box<ParquetTable>),
}

impl TableWriter {
    /// Opens a table with these columns.
    pub fn create<N: AsRef<str>>(
        destination: &Destination,
        columns: &[(N, FieldKind)],
    ) -> Result<TableWriter> {
        let columns: Vec<(String, FieldKind)> =
            columns.iter().map(|(name, kind)| (name.as_ref().to_owned(), *kind)).collect();
        refuse_duplicates(&columns)?;
        let path = destination.path().to_path_buf();
        let open = || {
            let output = Output::create(destination)?;
            Ok(match destination.format() {
                FileFormat::Csv => {
                    FormattedTable::Csv(Box::new(CsvTable::create(output, &columns)?))
                }
                FileFormat::JsonLines => {
                    FormattedTable::JsonLines(Box::new(JsonLinesTable::create(output, &columns)))
                }
                FileFormat::Parquet => {
                    FormattedTable::Parquet(Box::new(ParquetTable::create(output, &columns)?))
                }
            })
        };
        match open() {
            Ok(table) => Ok(TableWriter { path, columns, rows: 0, table }),
            Err(source) => Err(Error::Write { path, source }),
        }
    }

    /// Adds a row, of as many fields as there are columns.
    pub fn write_row(&mut self, fields: &[Field<'_>]) -> Result<()> {
        self.check(fields)?;
        let written = match &mut self.table {
            FormattedTable::Csv(table) => table.write_row(fields),
            FormattedTable::JsonLines(table) => table.write_row(fields),
            FormattedTable::Parquet(table) => table.write_row(fields),
        };
        written.map_err(|source| Error::Write { path: self.path.clone(), source })?;
        self.rows += 1;
        Ok(())
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        let output = match self.table {
            FormattedTable::Csv(table) => table.finish(),
            FormattedTable::JsonLines(table) => Ok(table.finish()),
            FormattedTable::Parquet(table) => table.finish(),
        };
        match output.and_then(Output::commit) {
            Ok(()) => Ok(self.rows),
            Err(source) => Err(Error::Write { path: self.path, source }),
        }
    }

    fn check(&self, fields: &[Field<'_>]) -> Result<()> {
        if fields.len() != self.columns.len() {
            let (fields, columns) = (fields.len(), self.columns.len());
            return Err(Error::RowLength { row: self.rows + 1, fields, columns });
        }
        let wrong = self.columns.iter().zip(fields).find(|((_, kind), field)| !kind.takes(field));
        match wrong {
            Some(((column, _), _)) => {
                Err(Error::WrongKind { row: self.rows + 1, column: column.clone() })
            }
            None => Ok(()),
        }
    }
}

fn refuse_duplicates(columns: &[(String, FieldKind)]) -> Result<()> {
    for (at, (column, _)) in columns.iter().enumerate() {
        if columns[..at].iter().any(|(earlier, _)| earlier == column) {
            return Err(Error::DuplicateColumn { column: column.clone() });
        }
    }
    Ok(())
}

/// A number that files can hold; the others have no spelling in JSON, and none that CSV readers
/// agree on.
pub(super) fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;
    use std::path::Path;

    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field as ParquetField;

    use super::*;

    /// The rows of a file, each value as text; missing values are `∅`.
    pub(in crate::share) fn read(path: &Path) -> Vec<String> {
        let name = path.to_str().unwrap();
        let bytes = fs::read(path).unwrap();
        let bytes = if name.ends_with(".gz") {
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*bytes), &mut text)
                .unwrap();
            text
        } else if name.ends_with(".zst") {
            zstd::decode_all(&*bytes).unwrap()
        } else {
            bytes
        };
        if name.contains(".parquet") {
            let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
            let columns = reader.metadata().file_metadata().schema_descr().columns();
            let header: Vec<_> = columns.iter().map(|column| column.name()).collect();
            let header = header.join(",");
            let shown = |field: &ParquetField| match field {
                ParquetField::Null => "∅".to_owned(),
                ParquetField::Str(text) => text.clone(),
                ParquetField::Double(number) => number.to_string(),
                other => other.to_string(),
            };
            let rows = reader.get_row_iter(None).unwrap().map(|row| {
                let row = row.unwrap();
                let fields: Vec<_> = row.get_column_iter().map(|(_, field)| shown(field)).collect();
                fields.join(",")
            });
            std::iter::once(header).chain(rows).collect()
        } else {
            String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
        }
    }

    const COLUMNS: [(&str, FieldKind); 4] = [
        ("name", FieldKind::Text),
        ("records", FieldKind::Number),
        ("weight", FieldKind::Decimal),
        ("golden", FieldKind::Flag),
    ];

    fn written(name: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let destination = Destination::new(&path, None).unwrap();
        let mut table = TableWriter::create(&destination, &COLUMNS).unwrap();
        let rows = [
            [
                Field::Text("Zoë \"Z\", de Wit"),
                Field::Number(-3),
                Field::Decimal(7.25),
                Field::Flag(true),
            ],
            [Field::Text("1"), Field::Missing, Field::Decimal(f64::NAN), Field::Flag(false)],
            [Field::Missing, Field::Number(i64::MAX), Field::Decimal(-0.5), Field::Missing],
        ];
        for row in rows {
            table.write_row(&row).unwrap();
        }
        assert_eq!(table.finish().unwrap(), 3);
        read(&path)
    }

    #[test]
    fn csv_reads_back() {
        let expected = [
            "name,records,weight,golden",
            "\"Zoë \"\"Z\"\", de Wit\",-3,7.25,true",
            "1,,,false",
            ",9223372036854775807,-0.5,",
        ];
        for name in ["table.csv", "table.csv.gz", "table.csv.zst"] {
            assert_eq!(written(name), expected, "{name}");
        }
    }

    #[test]
    fn json_lines_read_back() {
        let expected = [
            r#"{"name":"Zoë \"Z\", de Wit","records":-3,"weight":7.25,"golden":true}"#,
            r#"{"name":"1","golden":false}"#,
            r#"{"records":9223372036854775807,"weight":-0.5}"#,
        ];
        assert_eq!(written("table.jsonl"), expected);
        assert_eq!(written("table.jsonl.zst"), expected);
    }

    #[test]
    fn parquet_reads_back() {
        let expected = [
            "name,records,weight,golden",
            "Zoë \"Z\", de Wit,-3,7.25,true",
            "1,∅,∅,false",
            "∅,9223372036854775807,-0.5,∅",
        ];
        assert_eq!(written("table.parquet"), expected);
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        for (name, expected) in [
            ("table.csv", vec!["name,records,weight,golden"]),
            ("table.jsonl", vec![]),
            ("table.parquet", vec!["name,records,weight,golden"]),
        ] {
            let path = folder.path().join(name);
            let destination = Destination::new(&path, None).unwrap();
            let table = TableWriter::create(&destination, &COLUMNS).unwrap();
            assert_eq!(table.finish().unwrap(), 0);
            assert_eq!(read(&path), expected);
        }
    }

    #[test]
    fn rows_that_do_not_fit_are_refused_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["table.csv", "table.jsonl", "table.parquet"] {
            let destination = Destination::new(&folder.path().join(name), None).unwrap();
            let mut table = TableWriter::create(&destination, &COLUMNS).unwrap();
            let short = table.write_row(&[Field::Missing; 3]).unwrap_err();
            assert_eq!(short.to_string(), "row 1 has 3 fields for 4 columns");
            let mut row = [Field::Missing; 4];
            row[1] = Field::Text("three");
            let wrong = table.write_row(&row).unwrap_err();
            assert_eq!(wrong.to_string(), "row 1 has the wrong kind of value in column records");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn columns_have_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination::new(&folder.path().join("t.csv"), None).unwrap();
        let columns = [("id", FieldKind::Text), ("id", FieldKind::Number)];
        let error = TableWriter::create(&destination, &columns).err().unwrap();
        assert_eq!(error.to_string(), "two columns are named id");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/table.csv");
        let destination = Destination::new(&path, None).unwrap();
        let error = TableWriter::create(&destination, &COLUMNS).err().unwrap();
        let expected = format!("cannot write {}: ", path.display());
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}
