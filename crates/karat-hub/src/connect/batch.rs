//! Gathers rows into batches, and hands them on.

use std::path::Path;
use std::sync::Arc;

use karat_model::record::{Columns, Payload, Quarantined};

use super::columns::ColumnRegister;
use super::input::Odometer;
use crate::error::Error;

/// How many rows a batch holds, unless they are very long.
const BATCH_ROWS: usize = 4096;

/// How many bytes of text a batch holds before it is handed on, however few its rows.
const BATCH_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// Some rows of one file, in order.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// The columns of the source so far; their numbers stay the same in all its files.
    pub columns: Columns,
    /// The rows that could be read.
    pub rows: Vec<Row>,
    /// The rows that could not.
    pub quarantined: Vec<Quarantined>,
    /// How much was read of all files so far, as it lies on disk.
    pub bytes_read: u64,
    /// How large all files are, as they lie on disk; 0 when a pipe is among them.
    pub bytes_total: u64,
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line it starts on, counted from 1, or its number in a file without lines.
    pub line: u64,
    /// Its values; blank ones are left out.
    pub payload: Payload,
}

/// Takes batches, and may refuse to go on.
pub type Sink<'a> = dyn FnMut(Batch) -> Result<(), Error> + 'a;

/// Why the reading of a file stopped before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file is to blame; the others go on.
    File(Error),
    /// The sink refused; nothing goes on.
    Sink(Error),
    /// As many rows were read as were asked for.
    Enough,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::File(error)
    }
}

/// How many rows of a file were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Rows with values.
    pub(super) rows: u64,
    /// Rows without any value.
    pub(super) blank: u64,
    /// Rows that could not be read.
    pub(super) quarantined: u64,
    /// Rows with bytes that do not belong to the encoding of the file.
    pub(super) repaired: u64,
}

/// Gathers the rows of all files of a source.
pub(super) struct Batcher<'a> {
    sink: &'a mut Sink<'a>,
    /// The columns of the source.
    pub(super) columns: ColumnRegister,
    /// What was read from disk so far.
    pub(super) odometer: Odometer,
    bytes_total: u64,
    /// How many rows of a file are wanted.
    rows_max: u64,
    file: Arc<str>,
    rows: Vec<Row>,
    quarantined: Vec<Quarantined>,
    text_bytes: usize,
    counts: Counts,
}

impl<'a> Batcher<'a> {
    /// A batcher for files of so many bytes, of each of which at most so many rows are wanted.
    pub(super) fn new(bytes_total: u64, rows_max: u64, sink: &'a mut Sink<'a>) -> Batcher<'a> {
        Batcher {
            sink,
            columns: ColumnRegister::new(),
            odometer: Odometer::default(),
            bytes_total,
            rows_max,
            file: "".into(),
            rows: Vec::new(),
            quarantined: Vec::new(),
            text_bytes: 0,
            counts: Counts::default(),
        }
    }

    /// Begins a file.
    pub(super) fn begin(&mut self, path: &Path) {
        self.file = path.to_string_lossy().into();
        self.counts = Counts::default();
    }

    /// How many rows of the present file were read so far.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Adds a row; one without values is only counted.
    pub(super) fn row(&mut self, line: u64, payload: Payload) -> Result<(), Stop> {
        if payload.is_empty() {
            self.counts.blank += 1;
            return Ok(());
        }
        self.stop_when_enough()?;
        self.counts.rows += 1;
        self.text_bytes += payload.bytes();
        if self.rows.is_empty() {
            self.rows.reserve(BATCH_ROWS);
        }
        self.rows.push(Row { line, payload });
        self.flush_when_full()
    }

    /// Counts a row whose bytes did not all belong to the encoding of the file.
    pub(super) fn count_repaired(&mut self) {
        self.counts.repaired += 1;
    }

    /// Adds a row that could not be read.
    pub(super) fn quarantine(
        &mut self,
        line: u64,
        reason: impl Into<String>,
        raw: &[u8],
    ) -> Result<(), Stop> {
        self.stop_when_enough()?;
        self.counts.quarantined += 1;
        let raw = raw[..raw.len().min(Quarantined::RAW_BYTES_MAX)].to_vec();
        self.text_bytes += raw.len();
        let file = self.file.to_string();
        self.quarantined.push(Quarantined { file, line, reason: reason.into(), raw });
        self.flush_when_full()
    }

    /// Hands on what was gathered: a batch never holds rows of two files.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        if self.rows.is_empty() && self.quarantined.is_empty() {
            return Ok(());
        }
        self.text_bytes = 0;
        let batch = Batch {
            file: self.file.clone(),
            columns: self.columns.columns(),
            rows: std::mem::take(&mut self.rows),
            quarantined: std::mem::take(&mut self.quarantined),
            bytes_read: self.odometer.bytes(),
            bytes_total: self.bytes_total,
        };
        (self.sink)(batch).map_err(Stop::Sink)
    }

    fn stop_when_enough(&self) -> Result<(), Stop> {
        let has_enough = self.counts.rows + self.counts.quarantined >= self.rows_max;
        if has_enough { Err(Stop::Enough) } else { Ok(()) }
    }

    fn flush_when_full(&mut self) -> Result<(), Stop> {
        let full = self.rows.len() + self.quarantined.len() >= BATCH_ROWS
            || self.text_bytes >= BATCH_TEXT_BYTES;
        if full { self.flush() } else { Ok(()) }
    }
}

/// Adds a value to a payload, unless it is blank.
pub(super) fn push_filled(payload: &mut Payload, column: u16, value: &str) {
    let visible = |c: char| !c.is_whitespace() && c != '\0';
    if value.contains(visible) {
        payload.push(column, value);
    }
}
