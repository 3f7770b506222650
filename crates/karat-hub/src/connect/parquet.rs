//! Reads Parquet files.
//!
//! All values become text: dates and times as ISO 8601, moments in UTC, decimals with all their
//! digits, UUIDs with dashes, other bytes as text where they are UTF-8 and else in hexadecimal.

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bytes::Bytes;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use karat_model::record::Payload;
use parquet::basic::{Compression, ConvertedType, LogicalType, TimeUnit, Type as PhysicalType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};

use super::batch::{Batcher, Stop, push_filled};
use super::columns::{ColumnRegister, TooManyColumns};
use super::input::{Input, STANDARD_INPUT};
use crate::error::Error;

/// Reads all rows of a file whose sample is in the input.
pub(super) fn read(input: Input, path: &Path, batcher: &mut Batcher<'_>) -> Result<(), Stop> {
    let damaged = |row: u64, reason: String| Error::Damaged { path: path.into(), line: row, reason };
    let in_file = !input.compressed && path.as_os_str() != STANDARD_INPUT;
    let file = open(input, path, in_file)?.map_err(|reason| damaged(0, reason))?;
    let metadata = file.metadata();
    check_compression(&*file, path)?;
    let (schema, left_out) = readable(metadata.file_metadata().schema());
    let disk_bytes = if in_file { path.metadata().map_or(0, |found| found.len()) } else { 0 };
    let unread_bytes = disk_bytes.saturating_sub(super::input::SAMPLE_BYTES as u64);

    let mut damage = None;
    let mut number = 0;
    for group in 0..metadata.num_row_groups() {
        let end = number + metadata.row_group(group).num_rows().unsigned_abs();
        match read_group(&*file, group, &schema, &mut number, batcher)? {
            Ok(()) => {}
            Err(reason) => {
                damage.get_or_insert(damaged(number, reason.clone()));
                let lost = end.saturating_sub(number);
                let reason = format!("{reason}; {lost} rows from here on could not be read");
                batcher.quarantine(number + 1, reason, b"")?;
            }
        }
        number = end;
        batcher.odometer.add(unread_bytes / metadata.num_row_groups() as u64);
    }
    let counts = batcher.counts();
    if let Some(damage) = damage {
        Err(damage.into())
    } else if !left_out.is_empty() {
        Err(Error::ColumnsLeftOut { path: path.into(), columns: left_out.join("`, `") }.into())
    } else if counts.rows + counts.quarantined == 0 {
        Err(Error::NoRows { path: path.into() }.into())
    } else {
        Ok(())
    }
}

type Guarded<T> = Result<T, String>;

/// Does something with a Parquet file that may be damaged; the reason holds no values.
///
/// The reader panics on some damaged files, and its messages may quote values.
fn guarded<T>(work: impl FnOnce() -> parquet::errors::Result<T>) -> Guarded<T> {
    let result = catch_unwind(AssertUnwindSafe(work));
    result.ok().and_then(Result::ok).ok_or_else(|| "the Parquet data is damaged".into())
}

/// Opens the file in place, or holds it in memory when it is compressed or comes through a pipe.
fn open(input: Input, path: &Path, in_file: bool) -> Result<Guarded<Box<dyn FileReader>>, Error> {
    let unreadable = |source| Error::Unreadable { path: path.into(), source };
    if in_file {
        let file = File::open(path).map_err(unreadable)?;
        return Ok(guarded(|| Ok(Box::new(SerializedFileReader::new(file)?) as _)));
    }
    let mut bytes = Vec::new();
    let mut window = input.window;
    window.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(guarded(|| Ok(Box::new(SerializedFileReader::new(Bytes::from(bytes))?) as _)))
}

fn check_compression(file: &dyn FileReader, path: &Path) -> Result<(), Error> {
    let groups = file.metadata().row_groups().iter();
    for column in groups.flat_map(|group| group.columns()) {
        let codec = column.compression();
        let readable = matches!(
            codec,
            Compression::UNCOMPRESSED
                | Compression::SNAPPY
                | Compression::GZIP(_)
                | Compression::ZSTD(_)
        );
        if !readable {
            return Err(Error::UnsupportedCompression {
                path: path.into(),
                codec: codec.to_string(),
            });
        }
    }
    Ok(())
}

/// The part of a schema that can be read, and the names of the columns that cannot.
fn readable(schema: &Type) -> (Type, Vec<String>) {
    let (kept, left_out): (Vec<TypePtr>, Vec<TypePtr>) =
        schema.get_fields().iter().cloned().partition(|field| is_readable(field));
    let kept = Type::group_type_builder(schema.name()).with_fields(kept).build();
    let names = left_out.iter().map(|field| field.name().to_string()).collect();
    (kept.expect("a group of columns is a schema"), names)
}

/// Whether the record reader knows all types of a column; it panics on the others.
fn is_readable(column: &Type) -> bool {
    use ConvertedType as C;
    if column.is_group() {
        return column.get_fields().iter().all(|field| is_readable(field));
    }
    let converted = column.get_basic_info().converted_type();
    match column.get_physical_type() {
        PhysicalType::INT32 => matches!(
            converted,
            C::NONE
                | C::INT_8
                | C::INT_16
                | C::INT_32
                | C::UINT_8
                | C::UINT_16
                | C::UINT_32
                | C::DATE
                | C::TIME_MILLIS
                | C::DECIMAL
        ),
        PhysicalType::INT64 => matches!(
            converted,
            C::NONE
                | C::INT_64
                | C::UINT_64
                | C::TIME_MICROS
                | C::TIMESTAMP_MILLIS
                | C::TIMESTAMP_MICROS
                | C::DECIMAL
        ),
        PhysicalType::BYTE_ARRAY => {
            matches!(converted, C::NONE | C::UTF8 | C::ENUM | C::JSON | C::BSON | C::DECIMAL)
        }
        PhysicalType::FIXED_LEN_BYTE_ARRAY => matches!(converted, C::NONE | C::DECIMAL),
        _ => true,
    }
}

/// Reads the rows of a row group, counting them in `number`.
fn read_group(
    file: &dyn FileReader,
    group: usize,
    schema: &Type,
    number: &mut u64,
    batcher: &mut Batcher<'_>,
) -> Result<Guarded<()>, Stop> {
    let reader = match guarded(|| file.get_row_group(group)) {
        Ok(reader) => reader,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut rows = match guarded(|| RowIter::from_row_group(Some(schema.clone()), &*reader)) {
        Ok(rows) => rows,
        Err(reason) => return Ok(Err(reason)),
    };
    loop {
        match guarded(|| rows.next().transpose()) {
            Err(reason) => return Ok(Err(reason)),
            Ok(None) => return Ok(Ok(())),
            Ok(Some(row)) => {
                *number += 1;
                match flatten(schema, row, &mut batcher.columns) {
                    Ok(payload) => batcher.row(*number, payload)?,
                    Err(TooManyColumns) => {
                        let reason = format!("more than {} columns", ColumnRegister::COLUMNS_MAX);
                        batcher.quarantine(*number, reason, b"")?;
                    }
                }
            }
        }
    }
}

fn flatten(
    schema: &Type,
    row: Row,
    columns: &mut ColumnRegister,
) -> Result<Payload, TooManyColumns> {
    let payload = Payload::with_capacity(0, row.len());
    let mut flattener =
        Flattener { columns, payload, path: String::new(), text: String::new() };
    flattener.group(schema, row)?;
    Ok(flattener.payload)
}

struct Flattener<'c> {
    columns: &'c mut ColumnRegister,
    payload: Payload,
    path: String,
    text: String,
}

impl Flattener<'_> {
    fn group(&mut self, schema: &Type, row: Row) -> Result<(), TooManyColumns> {
        for (kind, (name, field)) in schema.get_fields().iter().zip(row.into_columns()) {
            self.below(&name, |flattener| flattener.field(kind, field))?;
        }
        Ok(())
    }

    fn field(&mut self, kind: &Type, field: Field) -> Result<(), TooManyColumns> {
        match field {
            Field::Null => Ok(()),
            Field::Group(row) => self.group(kind, row),
            Field::ListInternal(list) => {
                let element_kind = element_of(kind);
                for (at, element) in list.elements().iter().enumerate() {
                    if element.is_primitive() {
                        self.value(element_kind, element)?;
                    } else {
                        self.below(&at.to_string(), |flattener| {
                            flattener.field(element_kind, element.clone())
                        })?;
                    }
                }
                Ok(())
            }
            Field::MapInternal(map) => {
                let [key_kind, value_kind] = entry_of(kind);
                for (key, value) in map.entries() {
                    let mut name = String::new();
                    write_value(key_kind, key, &mut name);
                    self.below(&name, |flattener| flattener.field(value_kind, value.clone()))?;
                }
                Ok(())
            }
            value => self.value(kind, &value),
        }
    }

    fn value(&mut self, kind: &Type, value: &Field) -> Result<(), TooManyColumns> {
        let column = self.columns.number(&self.path)?;
        self.text.clear();
        write_value(kind, value, &mut self.text);
        push_filled(&mut self.payload, column, &self.text);
        Ok(())
    }

    /// Does something one step further down the path.
    fn below(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Self) -> Result<(), TooManyColumns>,
    ) -> Result<(), TooManyColumns> {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        let result = work(self);
        self.path.truncate(length);
        result
    }
}

/// The type of the elements of a list, in any of the shapes that writers give lists.
///
/// Source: apache/parquet-format, LogicalTypes.md, "Lists" and its rules for old files.
fn element_of(list: &Type) -> &Type {
    let annotated = list.is_group() && list.get_basic_info().converted_type() == ConvertedType::LIST;
    if !annotated {
        return list;
    }
    let repeated = &list.get_fields()[0];
    let is_wrapper = repeated.is_group() && repeated.get_fields().len() == 1;
    let is_named_as_element =
        repeated.name() == "array" || repeated.name() == format!("{}_tuple", list.name());
    if is_wrapper && !is_named_as_element { &repeated.get_fields()[0] } else { repeated }
}

/// The types of the keys and the values of a map.
fn entry_of(map: &Type) -> [&Type; 2] {
    let entry = map.get_fields()[0].get_fields();
    [&entry[0], &entry[1]]
}

fn write_value(kind: &Type, value: &Field, text: &mut String) {
    let logical_type = kind.get_basic_info().logical_type_ref();
    let written = match value {
        Field::Str(value) => return text.push_str(value),
        Field::Date(days) => date(*days).map(|date| date.to_string()),
        Field::TimeMillis(millis) => time(i64::from(*millis) * 1_000_000),
        Field::TimeMicros(micros) => time(micros * 1_000),
        Field::TimestampMillis(millis) => {
            moment(Timestamp::from_millisecond(*millis), logical_type)
        }
        Field::TimestampMicros(micros) => {
            moment(Timestamp::from_microsecond(*micros), logical_type)
        }
        Field::Long(nanos) => match logical_type {
            Some(LogicalType::Timestamp(kind)) if kind.unit == TimeUnit::NANOS => {
                moment(Timestamp::from_nanosecond(i128::from(*nanos)), logical_type)
            }
            Some(LogicalType::Time(_)) => time(*nanos),
            _ => None,
        },
        Field::Bytes(bytes) => Some(bytes_as_text(bytes.data(), logical_type)),
        Field::Float(number) => Some(number.to_string()),
        Field::Double(number) => Some(number.to_string()),
        Field::Float16(number) => Some(number.to_string()),
        _ => None,
    };
    match written {
        Some(written) => text.push_str(&written),
        // Numbers, and dates and times beyond the calendar.
        None => write!(text, "{}", plain(value)).expect("text takes any text"),
    }
}

/// A value that has no better form as the number it is.
fn plain(value: &Field) -> Field {
    match value {
        Field::Date(number) | Field::TimeMillis(number) => Field::Int(*number),
        Field::TimeMicros(number)
        | Field::TimestampMillis(number)
        | Field::TimestampMicros(number) => Field::Long(*number),
        other => other.clone(),
    }
}

fn date(days: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(days.days()).ok()
}

fn time(nanos: i64) -> Option<String> {
    let since_midnight = SignedDuration::from_nanos(nanos);
    Time::midnight().checked_add(since_midnight).ok().map(|time| time.to_string())
}

/// A moment in UTC, or the local time where the file says that the zone is not known.
fn moment(
    moment: Result<Timestamp, jiff::Error>,
    logical_type: Option<&LogicalType>,
) -> Option<String> {
    let moment = moment.ok()?;
    let local = matches!(logical_type, Some(LogicalType::Timestamp(kind)) if !kind.is_adjusted_to_u_t_c);
    Some(if local {
        moment.to_zoned(TimeZone::UTC).datetime().to_string()
    } else {
        moment.to_string()
    })
}

fn bytes_as_text(bytes: &[u8], logical_type: Option<&LogicalType>) -> String {
    const UUID_BYTES: usize = 16;
    const UUID_DASHES: [usize; 4] = [4, 6, 8, 10];
    let is_uuid = logical_type == Some(&LogicalType::Uuid) && bytes.len() == UUID_BYTES;
    if let (false, Ok(text)) = (is_uuid, std::str::from_utf8(bytes)) {
        return text.into();
    }
    let mut text = String::with_capacity(2 * bytes.len() + UUID_DASHES.len());
    for (at, byte) in bytes.iter().enumerate() {
        if is_uuid && UUID_DASHES.contains(&at) {
            text.push('-');
        }
        write!(text, "{byte:02x}").expect("text takes any text");
    }
    text
}
