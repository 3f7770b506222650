//! Source records: what a source system sent, as it sent it.

use std::fmt;
use std::sync::Arc;

use crate::id::RecordKey;

/// A moment in seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// The columns of a source, in the order in which they were first seen.
pub type Columns = Arc<[String]>;

/// One version of one record of a source system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    /// Source and id.
    pub key: RecordKey,
    /// When the source says it last changed the record, or when it was delivered.
    pub observed_at: Option<Moment>,
    /// The values as they came.
    pub payload: Payload,
}

/// The values of a record as they came: text per column number, empty values left out.
///
/// ```text
/// column, bytes, text │ column, bytes, text │ …
/// ```
///
/// One buffer holds everything, because millions of records wait in memory for each other: numbers
/// are written as characters of ASCII, six bits each, and mostly take one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Payload {
    written: String,
}

impl Payload {
    /// A payload without values.
    pub fn new() -> Payload {
        Payload::default()
    }

    /// A payload with room for so many bytes of text in so many values.
    pub fn with_capacity(text: usize, values: usize) -> Payload {
        Payload { written: String::with_capacity(text + 2 * values) }
    }

    /// Adds the value of a column; a column may come more than once.
    pub fn push(&mut self, column: u16, value: &str) {
        self.push_number(usize::from(column));
        self.push_number(value.len());
        self.written.push_str(value);
    }

    fn push_number(&mut self, mut number: usize) {
        while number > 0x3f {
            self.written.push(char::from(0x40 | (number & 0x3f) as u8));
            number >>= 6;
        }
        self.written.push(char::from(number as u8));
    }

    /// The values with their column numbers, in the order they were pushed.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &str)> {
        let mut rest = self.written.as_str();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let column = take_number(&mut rest) as u16;
            let bytes = take_number(&mut rest);
            let (value, after) = rest.split_at(bytes);
            rest = after;
            Some((column, value))
        })
    }

    /// The first value of a column.
    pub fn get(&self, column: u16) -> Option<&str> {
        self.iter().find(|(at, _)| *at == column).map(|(_, value)| value)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no column has a value.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// About how many bytes of memory the values take.
    pub fn bytes(&self) -> usize {
        self.written.len()
    }
}

/// Takes the number at the start of a payload; there is one.
fn take_number(written: &mut &str) -> usize {
    let (mut number, mut shift, mut length) = (0, 0, 0);
    for byte in written.bytes() {
        number |= usize::from(byte & 0x3f) << shift;
        shift += 6;
        length += 1;
        if byte & 0x40 == 0 {
            break;
        }
    }
    *written = &written[length..];
    number
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A row that could not be read; kept with its place and reason, so that nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1, or the row in a file without lines.
    pub line: u64,
    /// Why it could not be read, in English, without personal values.
    pub reason: String,
    /// The bytes as they came, shortened to [`Quarantined::RAW_BYTES_MAX`].
    pub raw: Vec<u8>,
}

impl Quarantined {
    /// The most bytes of an unreadable row that are kept.
    pub const RAW_BYTES_MAX: usize = 64 * 1024;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_gives_back_what_was_pushed() {
        let mut payload = Payload::new();
        let long = "é".repeat(70_000);
        let values = [(2, "Zoë"), (0, ""), (63, "Ulm"), (64, &long), (u16::MAX, "x"), (2, "Ede")];
        for (column, value) in values {
            payload.push(column, value);
        }
        assert_eq!(payload.iter().collect::<Vec<_>>(), values);
        assert_eq!((payload.get(2), payload.get(3)), (Some("Zoë"), None));
        assert_eq!((payload.len(), payload.is_empty()), (6, false));
    }
}
