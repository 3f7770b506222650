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
use super::input::{Input, SAMPLE_BYTES, STANDARD_INPUT};
use crate::error::Error;

/// Reads all rows of a file whose sample is in the input.
pub(super) fn read(input: Input, path: &Path, batcher: &mut Batcher<'_>) -> Result<(), Stop> {
    let damaged =
        |row: u64, reason: String| Error::Damaged { path: path.into(), line: row, reason };
    let in_file = !input.compressed && path.as_os_str() != STANDARD_INPUT;
    let file = open(input, path, in_file)?.map_err(|reason| damaged(0, reason))?;
    let metadata = file.metadata();
    check_compression(&*file, path)?;
    let (schema, left_out) = readable(metadata.file_metadata().schema());
    let disk_bytes = if in_file { path.metadata().map_or(0, |found| found.len()) } else { 0 };
    let unread_bytes = disk_bytes.saturating_sub(SAMPLE_BYTES as u64);

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
    let mut flattener = Flattener { columns, payload, path: String::new(), text: String::new() };
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
                    let element = element.clone();
                    if element.is_primitive() {
                        self.field(element_kind, element)?;
                    } else {
                        self.below(&at.to_string(), |flattener| {
                            flattener.field(element_kind, element)
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
    let annotated =
        list.is_group() && list.get_basic_info().converted_type() == ConvertedType::LIST;
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
    let local =
        matches!(logical_type, Some(LogicalType::Timestamp(kind)) if !kind.is_adjusted_to_u_t_c);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::basic::ZstdLevel;
    use parquet::data_type::{
        BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, Int32Type, Int64Type,
        Int96, Int96Type,
    };
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
    use parquet::schema::parser::parse_message_type;

    use super::*;
    use crate::connect::read as read_files;

    type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

    fn write(
        schema: &str,
        compression: Compression,
        groups: &[&dyn Fn(&mut Group<'_>)],
    ) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let mut writer =
            SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
        for fill in groups {
            let mut group = writer.next_row_group().unwrap();
            fill(&mut group);
            group.close().unwrap();
        }
        writer.into_inner().unwrap()
    }

    /// Writes the next column: its values, with definition and repetition levels.
    fn column<T: DataType>(
        group: &mut Group<'_>,
        values: &[T::T],
        defined: &[i16],
        repeated: &[i16],
    ) {
        let mut column = group.next_column().unwrap().unwrap();
        let repeated = Some(repeated).filter(|levels| !levels.is_empty());
        column.typed::<T>().write_batch(values, Some(defined), repeated).unwrap();
        column.close().unwrap();
    }

    /// Rows as `row: column=value`, quarantined rows as `!row reason`, and then the problem.
    fn check(name: &str, bytes: &[u8], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut found = Vec::new();
        let summary = read_files(&[path], &Default::default(), &mut |batch| {
            for row in &batch.rows {
                let names = &batch.columns;
                let value = |(column, value)| format!(" {}={value}", names[usize::from(column)]);
                found.push(format!(
                    "{}:{}",
                    row.line,
                    row.payload.iter().map(value).collect::<String>()
                ));
            }
            let faults = batch.quarantined.iter();
            assert!(faults.clone().all(|row| crate::connect::reason::is_known(&row.reason)));
            found.extend(faults.map(|row| format!("!{} {}", row.line, row.reason)));
            Ok(())
        })
        .unwrap();
        if let Some(problem) = &summary.files[0].problem {
            let at = problem.find(name).unwrap() + name.len() + 2;
            found.push(format!("? {}", &problem[at..]));
        }
        assert_eq!(found, expected);
    }

    const IDS: &str = "message m { required int32 id; }";

    fn ids(numbers: &'static [i32]) -> impl Fn(&mut Group<'_>) {
        move |group| {
            let defined = vec![0; numbers.len()];
            column::<Int32Type>(group, numbers, &defined, &[]);
        }
    }

    #[test]
    fn scalars_become_text() {
        let schema = "message m {
            required int32 id;
            optional binary naam (UTF8);
            optional int32 geboren (DATE);
            optional int64 gewijzigd (TIMESTAMP(MICROS,true));
            optional int64 lokaal (TIMESTAMP(NANOS,false));
            optional int32 tijd (TIME(MILLIS,true));
            optional int32 bedrag (DECIMAL(9,2));
            optional boolean actief;
            optional double score;
            optional int96 oud;
            optional fixed_len_byte_array(16) sleutel (UUID);
            optional binary tekst;
            optional binary beeld;
        }";
        let mut old = Int96::new();
        // Noon on 1970-01-02: nanoseconds of the day, and the Julian day.
        let noon = 12 * 3600 * 1_000_000_000u64;
        old.set_data(noon as u32, (noon >> 32) as u32, 2_440_589);
        let fill = |group: &mut Group<'_>| {
            column::<Int32Type>(group, &[7, 8], &[0, 0], &[]);
            column::<ByteArrayType>(group, &["Zoë".into()], &[1, 0], &[]);
            column::<Int32Type>(group, &[4017], &[1, 0], &[]);
            column::<Int64Type>(group, &[1_700_000_000_500_000], &[1, 0], &[]);
            column::<Int64Type>(group, &[1_700_000_000_000_000_000], &[1, 0], &[]);
            column::<Int32Type>(group, &[45_296_000], &[1, 0], &[]);
            column::<Int32Type>(group, &[-1250], &[1, 0], &[]);
            column::<BoolType>(group, &[true], &[1, 0], &[]);
            column::<DoubleType>(group, &[0.5], &[1, 0], &[]);
            column::<Int96Type>(group, &[old], &[1, 0], &[]);
            let uuid: Vec<u8> = (0..16).collect();
            column::<FixedLenByteArrayType>(group, &[uuid.into()], &[1, 0], &[]);
            column::<ByteArrayType>(group, &["plat".into()], &[1, 0], &[]);
            column::<ByteArrayType>(group, &[vec![0xff, 0x00].into()], &[1, 0], &[]);
        };
        let expected = [
            "1: id=7 naam=Zoë geboren=1980-12-31 gewijzigd=2023-11-14T22:13:20.5Z \
             lokaal=2023-11-14T22:13:20 tijd=12:34:56 bedrag=-12.50 actief=true score=0.5 \
             oud=1970-01-02T12:00:00Z sleutel=00010203-0405-0607-0809-0a0b0c0d0e0f tekst=plat \
             beeld=ff00",
            "2: id=8",
        ];
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(Default::default()),
            Compression::ZSTD(ZstdLevel::default()),
        ] {
            check("a.parquet", &write(schema, compression, &[&fill]), &expected);
        }
    }

    #[test]
    fn nested_values_become_dotted_columns() {
        let schema = "message m {
            required int32 id;
            optional group adres { optional binary plaats (UTF8); }
            optional group mails (LIST) { repeated group list { optional binary element (UTF8); } }
            optional group adressen (LIST) {
                repeated group list { optional group element { optional int32 nummer; } }
            }
            optional group extra (MAP) {
                repeated group key_value { required binary key (UTF8); optional int32 value (DATE); }
            }
            repeated int32 jaren;
        }";
        let fill = |group: &mut Group<'_>| {
            column::<Int32Type>(group, &[1, 2], &[0, 0], &[]);
            column::<ByteArrayType>(group, &["Ede".into()], &[2, 0], &[]);
            column::<ByteArrayType>(
                group,
                &["a@x.nl".into(), "b@x.nl".into()],
                &[3, 2, 3, 0],
                &[0, 1, 1, 0],
            );
            column::<Int32Type>(group, &[12, 14], &[4, 4, 0], &[0, 1, 0]);
            column::<ByteArrayType>(group, &["sinds".into(), "tot".into()], &[2, 2, 0], &[0, 1, 0]);
            column::<Int32Type>(group, &[0], &[3, 2, 0], &[0, 1, 0]);
            column::<Int32Type>(group, &[1999, 2001], &[1, 1, 0], &[0, 1, 0]);
        };
        let bytes = write(schema, Compression::UNCOMPRESSED, &[&fill]);
        let expected = [
            "1: id=1 adres.plaats=Ede mails=a@x.nl mails=b@x.nl adressen.0.nummer=12 \
             adressen.1.nummer=14 extra.sinds=1970-01-01 jaren=1999 jaren=2001",
            "2: id=2",
        ];
        check("a.parquet", &bytes, &expected);
        check("a", &zstd::encode_all(&bytes[..], 1).unwrap(), &expected);
    }

    #[test]
    fn columns_of_unknown_types_are_left_out() {
        let schema = "message m {
            required int32 id;
            required fixed_len_byte_array(12) duur (INTERVAL);
        }";
        let fill = |group: &mut Group<'_>| {
            column::<Int32Type>(group, &[1], &[0], &[]);
            column::<FixedLenByteArrayType>(group, &[vec![0; 12].into()], &[0], &[]);
        };
        let bytes = write(schema, Compression::UNCOMPRESSED, &[&fill]);
        check("a.parquet", &bytes, &["1: id=1", "? the type of `duur` is not supported"]);
    }

    #[test]
    fn row_groups_follow_each_other() {
        let bytes = write(IDS, Compression::UNCOMPRESSED, &[&ids(&[5, 6]), &ids(&[7])]);
        check("a.parquet", &bytes, &["1: id=5", "2: id=6", "3: id=7"]);
        let none = write(IDS, Compression::UNCOMPRESSED, &[]);
        check("a.parquet", &none, &["? the file has a header but no rows"]);
    }

    #[test]
    fn a_damaged_row_group_stops_no_other() {
        let mut bytes = write(IDS, Compression::UNCOMPRESSED, &[&ids(&[5, 6]), &ids(&[7])]);
        // The first page header follows the mark of four bytes.
        bytes[4..12].fill(0xff);
        check(
            "a.parquet",
            &bytes,
            &[
                "3: id=7",
                "!1 the Parquet data is damaged; 2 rows from here on could not be read",
                "? damaged after line 0: the Parquet data is damaged",
            ],
        );
        let cut = &bytes[..bytes.len() - 9];
        check("a.parquet", cut, &["? damaged after line 0: the Parquet data is damaged"]);
    }
}
