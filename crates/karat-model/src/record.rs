//! Source records: what a source system sent, as it sent it.

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
/// One buffer holds all text, so that a million records do not mean ten million allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    text: String,
    /// Column number and end of its value in `text`.
    fields: Vec<(u16, u32)>,
}

impl Payload {
    /// A payload without values.
    pub fn new() -> Payload {
        Payload::default()
    }

    /// A payload with room for so many bytes of text and so many values.
    pub fn with_capacity(text: usize, values: usize) -> Payload {
        Payload { text: String::with_capacity(text), fields: Vec::with_capacity(values) }
    }

    /// Adds the value of a column; a column may come more than once.
    pub fn push(&mut self, column: u16, value: &str) {
        self.text.push_str(value);
        self.fields.push((column, self.text.len() as u32));
    }

    /// The values with their column numbers, in the order they were pushed.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &str)> {
        let mut start = 0;
        self.fields.iter().map(move |&(column, end)| {
            let value = &self.text[start..end as usize];
            start = end as usize;
            (column, value)
        })
    }

    /// The first value of a column.
    pub fn get(&self, column: u16) -> Option<&str> {
        self.iter().find(|(at, _)| *at == column).map(|(_, value)| value)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether no column has a value.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All text in one piece, and the column numbers with the ends of their values: the stored form.
    pub fn parts(&self) -> (&str, &[(u16, u32)]) {
        (&self.text, &self.fields)
    }

    /// Puts a payload together from its parts; `None` when the ends do not fit the text.
    pub fn from_parts(text: String, fields: Vec<(u16, u32)>) -> Option<Payload> {
        let mut start = 0;
        for &(_, end) in &fields {
            let fits = end >= start && text.is_char_boundary(end as usize);
            if !fits {
                return None;
            }
            start = end;
        }
        (start as usize == text.len()).then_some(Payload { text, fields })
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
        payload.push(2, "Zoë");
        payload.push(0, "");
        payload.push(2, "Ulm");
        assert_eq!(payload.iter().collect::<Vec<_>>(), [(2, "Zoë"), (0, ""), (2, "Ulm")]);
        assert_eq!(payload.get(2), Some("Zoë"));
        let (text, fields) = payload.parts();
        assert_eq!(Payload::from_parts(text.into(), fields.to_vec()), Some(payload));
        assert_eq!(Payload::from_parts("Zoë".into(), vec![(0, 3)]), None);
    }
}
