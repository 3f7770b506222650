//! Splits a stream into rows, one at a time, and knows their lines.

use std::path::Path;

use karat_model::record::Quarantined;

use super::split::{Dialect, Extent, Field, Splitter};
use super::window::Window;
use crate::error::Error;

/// The most bytes of a row that are held in memory.
const ROW_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How many bytes may be searched in vain for closing quotes before quotes no longer span lines.
///
/// Without it, a file made for the purpose could have each of its lines searched to the end.
const VAIN_BYTES_MAX: usize = 4 * ROW_BYTES_MAX;

/// A row as it was split off.
#[derive(Debug)]
pub(super) struct RawRow<'a> {
    /// The line it starts on.
    pub(super) line: u64,
    /// Its bytes without the line end.
    pub(super) bytes: &'a [u8],
    /// Where its fields stand in them.
    pub(super) fields: &'a [Field],
    /// Why it cannot be read.
    pub(super) fault: Option<RowFault>,
}

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowFault {
    /// It is too long to be held in memory.
    TooLong,
    /// The stream failed within it.
    BrokenOff,
}

impl RowFault {
    /// The reason, for the quarantine.
    pub(super) fn reason(self) -> String {
        match self {
            RowFault::TooLong => format!("the row is longer than {} MB", ROW_BYTES_MAX >> 20),
            RowFault::BrokenOff => "the file breaks off in this row".into(),
        }
    }
}

/// The rows of a stream.
pub(super) struct Rows<'w> {
    window: Window<'w>,
    splitter: Splitter,
    fields: Vec<Field>,
    /// The line the next row starts on.
    line: u64,
    vain_bytes: usize,
    /// What the row given last takes; it is let go of before the next.
    given_bytes: usize,
    given_lines: u64,
    /// The first bytes of a row that was too long.
    too_long: Vec<u8>,
}

impl<'w> Rows<'w> {
    /// The rows of delimited text.
    pub(super) fn new(window: Window<'w>, dialect: Dialect) -> Rows<'w> {
        let splitter = Splitter { dialect, at_end: window.ended(), quotes_span_lines: true };
        Rows {
            window,
            splitter,
            fields: Vec::new(),
            line: 1,
            vain_bytes: 0,
            given_bytes: 0,
            given_lines: 0,
            too_long: Vec::new(),
        }
    }

    /// The lines of a text in which quotes and delimiters mean nothing; ignore the fields.
    pub(super) fn lines(window: Window<'w>) -> Rows<'w> {
        let mut rows = Rows::new(window, Dialect { delimiter: 0, line_end: b'\n' });
        rows.splitter.quotes_span_lines = false;
        rows
    }

    /// Leaves out the line before the header, if it takes any bytes.
    pub(super) fn skip_preamble(&mut self, bytes: usize) {
        self.window.consume(bytes);
        self.line += u64::from(bytes > 0);
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Option<RawRow<'_>> {
        self.window.consume(self.given_bytes);
        self.line += self.given_lines;
        (self.given_bytes, self.given_lines) = (0, 0);
        let extent = self.find_extent();
        if self.window.held().is_empty() {
            return None;
        }
        let line = self.line;
        let Some(extent) = extent else {
            self.skip_line();
            let fault = Some(RowFault::TooLong);
            return Some(RawRow { line, bytes: &self.too_long, fields: &[], fault });
        };
        (self.given_bytes, self.given_lines) = (extent.next, extent.lines);
        let bytes = &self.window.held()[..extent.length];
        let without_line_end = extent.length == extent.next;
        let broken_off = without_line_end && self.window.failure().is_some();
        let fault = broken_off.then_some(RowFault::BrokenOff);
        Some(RawRow { line, bytes, fields: &self.fields, fault })
    }

    /// Tells of the failure that ended the stream, if one did.
    pub(super) fn check_end(&self, path: &Path) -> Result<(), Error> {
        match self.window.failure() {
            None => Ok(()),
            Some(failure) => {
                let reason = failure.to_string();
                Err(Error::Damaged { path: path.into(), line: self.line - 1, reason })
            }
        }
    }

    /// Where the next row ends; `None` when it is too long to hold.
    fn find_extent(&mut self) -> Option<Extent> {
        loop {
            self.splitter.at_end = self.window.ended();
            let bytes = self.window.held();
            if let Ok(extent) = self.splitter.split(bytes, &mut self.fields) {
                return Some(self.spend(extent));
            }
            if bytes.len() >= ROW_BYTES_MAX {
                let within_line = Splitter { quotes_span_lines: false, ..self.splitter };
                let vain_bytes = bytes.len();
                let extent = within_line.split(bytes, &mut self.fields).ok()?;
                return Some(self.spend(Extent { vain_bytes, ..extent }));
            }
            self.window.fill();
        }
    }

    fn spend(&mut self, extent: Extent) -> Extent {
        self.vain_bytes += extent.vain_bytes;
        if self.vain_bytes > VAIN_BYTES_MAX {
            self.splitter.quotes_span_lines = false;
        }
        extent
    }

    /// Lets go of the rest of a line, but for its first bytes.
    fn skip_line(&mut self) {
        let kept = self.window.held().len().min(Quarantined::RAW_BYTES_MAX);
        self.too_long = self.window.held()[..kept].to_vec();
        let line_end = self.splitter.dialect.line_end;
        loop {
            let bytes = self.window.held();
            let found = bytes.iter().position(|&byte| byte == line_end);
            self.window.consume(found.map_or(bytes.len(), |at| at + 1));
            if found.is_some() || self.window.ended() {
                break;
            }
            self.window.fill();
        }
        self.given_lines = 1;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    const DIALECT: Dialect = Dialect { delimiter: b';', line_end: b'\n' };

    #[test]
    fn a_row_too_long_to_hold_is_left_out_and_the_next_is_read() {
        let long = std::io::repeat(b'x').take(3 * ROW_BYTES_MAX as u64);
        let stream = (&b"id;naam\n"[..]).chain(long).chain(&b"\n2;Jan\n"[..]);
        let mut rows = Rows::new(Window::new(stream), DIALECT);
        let mut found = Vec::new();
        while let Some(row) = rows.next() {
            found.push((row.line, row.fields.len(), row.bytes.len(), row.fault));
        }
        let too_long = (2, 0, Quarantined::RAW_BYTES_MAX, Some(RowFault::TooLong));
        assert_eq!(found, [(1, 2, 7, None), too_long, (3, 2, 5, None)]);
    }

    #[test]
    fn a_quote_that_opens_a_field_without_end_costs_one_row() {
        let rest = std::io::repeat(b'\n').take(ROW_BYTES_MAX as u64);
        let stream = (&b"1;\"Jan\n2;Piet\n"[..]).chain(rest);
        let mut rows = Rows::new(Window::new(stream), DIALECT);
        let first = rows.next().map(|row| (row.line, row.bytes.to_vec()));
        assert_eq!(first, Some((1, b"1;\"Jan".to_vec())));
        let second = rows.next().map(|row| (row.line, row.bytes.to_vec()));
        assert_eq!(second, Some((2, b"2;Piet".to_vec())));
    }

    #[test]
    fn lines_know_no_quotes() {
        let mut rows = Rows::lines(Window::new(&b"\"a\nb\"\n"[..]));
        assert_eq!(rows.next().map(|row| row.bytes.to_vec()), Some(b"\"a".to_vec()));
        assert_eq!(rows.next().map(|row| (row.line, row.bytes.len())), Some((2, 2)));
        assert!(rows.next().is_none());
    }
}
