//! Parquet: optional columns, compressed with Zstandard, in row groups of bounded size.

use std::io;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;

use super::output::Output;
use super::table::finite;
use super::{Field, FieldKind};

/// A row group holds at most so many rows …
const GROUP_ROWS_MAX: usize = 100_000;
/// … and is closed early when its texts are this long together.
const GROUP_TEXT_BYTES_MAX: usize = 64 << 20;

pub(super) struct ParquetTable {
    writer: SerializedFileWriter<Output>,
    columns: Vec<Column>,
    /// Rows of the group that is being filled.
    rows: usize,
    /// Bytes of text in it.
    text_bytes: usize,
}

impl ParquetTable {
    pub(super) fn create(
        output: Output,
        columns: &[(String, FieldKind)],
    ) -> io::Result<ParquetTable> {
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let schema = schema(columns).map_err(io_error)?;
        let writer = SerializedFileWriter::new(output, schema, Arc::new(properties));
        let columns = columns.iter().map(|(_, kind)| Column::new(*kind)).collect();
        Ok(ParquetTable { writer: writer.map_err(io_error)?, columns, rows: 0, text_bytes: 0 })
    }

    pub(super) fn write_row(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        for (column, field) in self.columns.iter_mut().zip(fields) {
            column.push(field);
            if let Field::Text(text) = field {
                self.text_bytes += text.len();
            }
        }
        self.rows += 1;
        let is_full = self.rows == GROUP_ROWS_MAX || self.text_bytes >= GROUP_TEXT_BYTES_MAX;
        if is_full { self.write_group() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> io::Result<Output> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.into_inner().map_err(io_error)
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.writer.next_row_group().map_err(io_error)?;
        for column in &mut self.columns {
            let writer = group.next_column().map_err(io_error)?;
            let mut writer = writer.expect("the schema has all columns");
            column.write(&mut writer).and_then(|()| writer.close()).map_err(io_error)?;
        }
        group.close().map_err(io_error)?;
        (self.rows, self.text_bytes) = (0, 0);
        Ok(())
    }
}

/// The values of one column in one row group.
struct Column {
    values: Values,
    /// Per row 1 where there is a value, 0 where there is none.
    levels: Vec<i16>,
}

enum Values {
    /// All texts in one piece, with their ends.
    Text {
        text: Vec<u8>,
        ends: Vec<usize>,
    },
    Number(Vec<i64>),
    Decimal(Vec<f64>),
    Flag(Vec<bool>),
}

impl Column {
    fn new(kind: FieldKind) -> Column {
        let values = match kind {
            FieldKind::Text => Values::Text { text: Vec::new(), ends: Vec::new() },
            FieldKind::Number => Values::Number(Vec::new()),
            FieldKind::Decimal => Values::Decimal(Vec::new()),
            FieldKind::Flag => Values::Flag(Vec::new()),
        };
        Column { values, levels: Vec::new() }
    }

    /// Adds a field of the column's kind.
    fn push(&mut self, field: &Field<'_>) {
        let is_present = match (&mut self.values, *field) {
            (Values::Text { text, ends }, Field::Text(value)) => {
                text.extend_from_slice(value.as_bytes());
                ends.push(text.len());
                true
            }
            (Values::Number(values), Field::Number(value)) => {
                values.push(value);
                true
            }
            (Values::Decimal(values), Field::Decimal(value)) => {
                values.extend(finite(value));
                finite(value).is_some()
            }
            (Values::Flag(values), Field::Flag(value)) => {
                values.push(value);
                true
            }
            _ => false,
        };
        self.levels.push(i16::from(is_present));
    }

    /// Writes the values and forgets them.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = std::mem::take(&mut self.levels);
        let levels = Some(&*levels);
        match &mut self.values {
            Values::Text { text, ends } => {
                let text = ByteArray::from(std::mem::take(text));
                let mut start = 0;
                let slices = std::mem::take(ends).into_iter().map(|end| {
                    let slice = text.slice(start, end - start);
                    start = end;
                    slice
                });
                let values: Vec<_> = slices.collect();
                writer.typed::<ByteArrayType>().write_batch(&values, levels, None)?;
            }
            Values::Number(values) => {
                let values = std::mem::take(values);
                writer.typed::<Int64Type>().write_batch(&values, levels, None)?;
            }
            Values::Decimal(values) => {
                let values = std::mem::take(values);
                writer.typed::<DoubleType>().write_batch(&values, levels, None)?;
            }
            Values::Flag(values) => {
                let values = std::mem::take(values);
                writer.typed::<BoolType>().write_batch(&values, levels, None)?;
            }
        }
        Ok(())
    }
}

fn schema(columns: &[(String, FieldKind)]) -> Result<Arc<Type>, ParquetError> {
    let column = |(name, kind): &(String, FieldKind)| {
        let (physical, logical) = match kind {
            FieldKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            FieldKind::Number => (PhysicalType::INT64, None),
            FieldKind::Decimal => (PhysicalType::DOUBLE, None),
            FieldKind::Flag => (PhysicalType::BOOLEAN, None),
        };
        let builder = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        builder.build().map(Arc::new)
    };
    let fields = columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("table").with_fields(fields).build().map(Arc::new)
}

/// The error of the system that Parquet wraps, or its own.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use ::parquet::file::reader::{FileReader, SerializedFileReader};

    use super::super::{Destination, TableWriter};
    use super::*;

    #[test]
    fn long_tables_have_several_row_groups() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.parquet");
        let columns = [("id", FieldKind::Number), ("note", FieldKind::Text)];
        let destination = Destination::new(&path, None).unwrap();
        let mut table = TableWriter::create(&destination, &columns).unwrap();
        let rows = GROUP_ROWS_MAX as i64 + 1;
        for row in 0..rows {
            let note = if row % 2 == 0 { Field::Missing } else { Field::Text("odd") };
            table.write_row(&[Field::Number(row), note]).unwrap();
        }
        assert_eq!(table.finish().unwrap(), rows as u64);

        let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        let groups = reader.metadata().row_groups().iter().map(|group| group.num_rows());
        assert_eq!(groups.collect::<Vec<_>>(), [GROUP_ROWS_MAX as i64, 1]);
        let last = reader.get_row_iter(None).unwrap().last().unwrap().unwrap();
        assert_eq!(last.to_string(), "{id: 100000, note: null}");
    }
}
