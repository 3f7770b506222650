//! Reads the files of a source into rows.
//!
//! Arrives: files, or standard input, as any system writes them: CSV, JSON, JSON lines or Parquet,
//! compressed or not.
//! Leaves: batches of rows, with one numbering of columns for the whole source.
//! Promises: a row that cannot be read is quarantined with its place and reason, and a file that
//! cannot be read does not stop the others.
//! Start reading at [`read`]; each kind of file has a module of its own, and `recognise.rs` tells
//! them apart.

mod files;
mod window;
mod input;
mod recognise;
mod encoding;
mod columns;
mod batch;
mod ahead;
mod split;
mod rows;
mod dialect;
mod delimited;
mod json;
mod parquet;
pub mod reason;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use karat_model::hub_model::{FileKind, Format};

pub use ahead::{read_ahead, read_first_ahead};
pub use batch::{Batch, Row, Sink};
pub use files::expand;
pub use json::values_of;

use crate::error::Error;
use batch::{Batcher, Stop};
use encoding::{RowDecoder, Transcoder};
use input::{Input, SAMPLE_BYTES, STANDARD_INPUT};
use window::Window;

/// What was read of the files of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// One for each file, in the order in which they were read.
    pub files: Vec<FileSummary>,
}

impl Summary {
    /// How many rows were read.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// How many rows were quarantined.
    pub fn quarantined(&self) -> u64 {
        self.files.iter().map(|file| file.quarantined).sum()
    }
}

/// What was read of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSummary {
    /// The file, as it was named.
    pub file: String,
    /// What it is; none when that was not found out.
    pub kind: Option<FileKind>,
    /// Its encoding, if it is text.
    pub encoding: Option<&'static str>,
    /// What separates its fields, if it is delimited text.
    pub delimiter: Option<char>,
    /// How many rows with values were read.
    pub rows: u64,
    /// How many rows had no value at all; they are left out.
    pub blank: u64,
    /// How many rows could not be read.
    pub quarantined: u64,
    /// How many rows held bytes that do not belong to the encoding, and were read as Windows-1252.
    pub repaired: u64,
    /// Why it was not read, or not to its end.
    pub problem: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether it has more rows, which were not asked for.
    pub is_cut: bool,
}

/// Reads the rows of all files of a source, in order, and hands them to the sink in batches.
///
/// What the format says goes before what the content says, and that before the name of the file.
/// Errors are those of the sink, and of a format that makes no sense; the problems of files are in
/// the summary.
pub fn read(files: &[PathBuf], format: &Format, sink: &mut Sink<'_>) -> Result<Summary, Error> {
    read_first(files, format, u64::MAX, sink)
}

/// Reads as [`read`] does, and of each file at most so many rows, those that cannot be read included.
pub fn read_first(
    files: &[PathBuf],
    format: &Format,
    rows_max: u64,
    sink: &mut Sink<'_>,
) -> Result<Summary, Error> {
    let wanted = Wanted::of(format)?;
    let mut batcher = Batcher::new(bytes_of(files), rows_max, sink);
    let mut summary = Summary::default();
    for path in files {
        batcher.begin(path);
        let mut found =
            FileSummary { file: path.to_string_lossy().into(), ..FileSummary::default() };
        let read = read_file(path, &wanted, &mut batcher, &mut found);
        let problem = match batcher.flush().and(read) {
            Err(Stop::Sink(error)) => return Err(error),
            Err(Stop::File(error)) => Some(error),
            Err(Stop::Enough) => {
                found.is_cut = true;
                None
            }
            Ok(()) => None,
        };
        let counts = batcher.counts();
        let nothing_readable = counts.rows == 0 && counts.quarantined > 0;
        let problem = problem.or_else(|| {
            nothing_readable
                .then(|| Error::NoReadableRows { path: path.clone(), rows: counts.quarantined })
        });
        found.rows = counts.rows;
        found.blank = counts.blank;
        found.quarantined = counts.quarantined;
        found.repaired = counts.repaired;
        found.hint = problem.as_ref().and_then(Error::hint);
        found.problem = problem.map(|error| error.to_string());
        summary.files.push(found);
    }
    Ok(summary)
}

/// What the hub model says of the files, checked.
struct Wanted<'f> {
    kind: Option<FileKind>,
    delimiter: Option<u8>,
    encoding: Option<&'static Encoding>,
    records: Option<&'f str>,
}

impl<'f> Wanted<'f> {
    fn of(format: &'f Format) -> Result<Wanted<'f>, Error> {
        let delimiter = match format.delimiter {
            None => None,
            Some(delimiter) if delimiter.is_ascii() && !['"', '\r', '\n'].contains(&delimiter) => {
                Some(delimiter as u8)
            }
            Some(delimiter) => return Err(Error::InvalidDelimiter { delimiter }),
        };
        let encoding = match &format.encoding {
            None => None,
            Some(label) => match Encoding::for_label(label.as_bytes()) {
                Some(encoding) => Some(encoding),
                None => return Err(Error::UnknownEncoding { label: label.clone() }),
            },
        };
        Ok(Wanted { kind: format.kind, delimiter, encoding, records: format.records.as_deref() })
    }
}

/// How large the files are on disk; 0 when that is not known of all.
fn bytes_of(files: &[PathBuf]) -> u64 {
    let is_there = |path: &&PathBuf| path.as_os_str() == STANDARD_INPUT || path.exists();
    let size = |path: &PathBuf| path.metadata().ok().map(|found| found.len());
    files.iter().filter(is_there).map(size).sum::<Option<u64>>().unwrap_or(0)
}

fn read_file(
    path: &Path,
    wanted: &Wanted<'_>,
    batcher: &mut Batcher<'_>,
    found: &mut FileSummary,
) -> Result<(), Stop> {
    let input = Input::open(path, &batcher.odometer)?;
    let sample = input.window.held();
    if sample.is_empty() {
        return Err(Error::EmptyFile { path: path.into() }.into());
    }
    let is_parquet = recognise::is_parquet(sample);
    if is_parquet {
        found.kind = Some(FileKind::Parquet);
        return parquet::read(input, path, batcher);
    }
    let no_table = match wanted.kind {
        Some(FileKind::Parquet) => Some("something other than Parquet"),
        _ => recognise::no_table(sample, path),
    };
    if let Some(kind) = no_table {
        return Err(Error::NotATable { path: path.into(), kind }.into());
    }

    let (window, encoding) = decode(input.window, wanted);
    let sample = window.held();
    if sample.trim_ascii().is_empty() && window.ended() {
        return Err(Error::EmptyFile { path: path.into() }.into());
    }
    if recognise::is_binary(sample) {
        return Err(Error::NotATable { path: path.into(), kind: "binary data" }.into());
    }
    let kind = wanted.kind.unwrap_or_else(|| recognise::kind(sample, window.ended(), path));
    found.kind = Some(kind);
    found.encoding = Some(encoding.of_file.name());
    let encoding = encoding.of_window;
    match kind {
        FileKind::Csv => {
            let written = dialect::find(sample, window.ended(), wanted.delimiter, path);
            found.delimiter = Some(written.dialect.delimiter as char);
            delimited::read(window, path, encoding, written, batcher)
        }
        FileKind::Json => json::read_document(window, path, encoding, wanted.records, batcher),
        FileKind::JsonLines => json::read_lines(window, path, encoding, wanted.records, batcher),
        FileKind::Parquet => unreachable!("a file without the mark of Parquet was refused"),
    }
}

/// The encoding of a file, and of the window on it.
struct Encodings {
    of_file: &'static Encoding,
    of_window: &'static Encoding,
}

/// Takes off the byte order mark, and converts what cannot be split into rows as it is.
fn decode<'a>(mut window: Window<'a>, wanted: &Wanted<'_>) -> (Window<'a>, Encodings) {
    let found = encoding::find(window.held(), wanted.encoding);
    window.consume(found.mark_bytes);
    let of_file = found.encoding;
    if RowDecoder::new(of_file).is_some() {
        return (window, Encodings { of_file, of_window: of_file });
    }
    let mut window = Window::new(Transcoder::new(window, of_file));
    window.fill_to(SAMPLE_BYTES);
    (window, Encodings { of_file, of_window: encoding_rs::UTF_8 })
}
