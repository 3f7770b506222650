//! Reads JSON documents: an array of objects, or an object that holds one.
//!
//! A document is held in memory as a whole; JSON lines are not.

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use encoding_rs::Encoding;

use super::flatten::{Fault, flatten};
use super::outline::{Array, Outline, outline};
use crate::connect::batch::{Batcher, Stop};
use crate::connect::encoding::RowDecoder;
use crate::connect::window::Window;
use crate::error::Error;

/// Reads all records; `records` is the path to their array, if the hub model names it.
pub(in crate::connect) fn read(
    mut window: Window<'_>,
    path: &Path,
    encoding: &'static Encoding,
    records: Option<&str>,
    batcher: &mut Batcher<'_>,
) -> Result<(), Stop> {
    let decoder = RowDecoder::new(encoding).expect("other encodings were converted to UTF-8");
    let mut bytes = Vec::new();
    let failure = window.read_to_end(&mut bytes).err();
    let text = decoder.lines(bytes);
    let documents = documents(&text);
    let last = documents.last().expect("there is at least one");
    let places = records_of(&documents, records).ok_or_else(|| Error::NoRecords {
        path: path.into(),
        records: records.map(String::from),
    })?;
    let mut reader = Reader { text: &text, line: 1, counted_to: 0, batcher };
    for place in places {
        reader.record(place)?;
    }
    let rest = last.unread_from..text.trim_end().len().max(last.unread_from);
    let damage = match failure {
        Some(failure) => Some(failure.to_string()),
        None if last.outline.broken => Some("the JSON breaks off or is not well-formed".into()),
        None if !rest.is_empty() => Some("more text follows the end of the JSON".into()),
        None => None,
    };
    let counts = reader.batcher.counts();
    if let Some(reason) = damage {
        let line = reader.line_at(rest.start);
        if !rest.is_empty() {
            batcher.quarantine(line, reason.clone(), text[rest].as_bytes())?;
        }
        return Err(Error::Damaged { path: path.into(), line, reason }.into());
    }
    if counts.rows + counts.quarantined == 0 {
        return Err(Error::NoRows { path: path.into() }.into());
    }
    Ok(())
}

/// Reads the records at a path within one line; a line without them is quarantined.
pub(super) fn read_within(
    text: &str,
    line: u64,
    records: &str,
    batcher: &mut Batcher<'_>,
) -> Result<(), Stop> {
    let documents = documents(text);
    let whole = documents.iter().all(|document| !document.outline.broken);
    match records_of(&documents, Some(records)).filter(|_| whole) {
        None => batcher.quarantine(line, "no array of records in the line", text.as_bytes()),
        Some(places) => {
            let mut reader = Reader { text, line, counted_to: 0, batcher };
            places.into_iter().try_for_each(|place| reader.record(place))
        }
    }
}

/// One of the documents of a text; most texts hold one.
struct Document {
    place: Range<usize>,
    is_object: bool,
    outline: Outline,
    /// Where the part begins that is not understood, or the end.
    unread_from: usize,
}

/// The documents of a text: an object may be followed by further objects.
fn documents(text: &str) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    let mut start = text.len() - text.trim_start().len();
    loop {
        let outline = outline(text, start);
        let end = outline.end.min(text.len());
        let is_object = text[start..].starts_with('{');
        let next = text.len() - text[end..].trim_start().len();
        let continues = !outline.broken && is_object && text[next..].starts_with('{');
        let is_further = !documents.is_empty();
        let unread_from = if outline.broken && is_further { start } else { next };
        documents.push(Document { place: start..end, is_object, outline, unread_from });
        if !continues {
            return documents;
        }
        start = next;
    }
}

/// Where the records stand: at the path that is named, or else where most objects are.
fn records_of(documents: &[Document], records: Option<&str>) -> Option<Vec<Range<usize>>> {
    let whole = documents.iter().filter(|document| !document.outline.broken);
    let places = || whole.map(|document| document.place.clone()).collect();
    match (records, documents) {
        (None, [document]) => records_of_one(document),
        (None | Some(""), _) => Some(places()),
        (Some(path), _) => {
            let arrays = documents.iter().flat_map(|document| &document.outline.arrays);
            let named: Vec<&Array> = arrays.filter(|array| array.path == path).collect();
            let elements = || named.iter().flat_map(|array| array.elements.clone()).collect();
            (!named.is_empty()).then(elements)
        }
    }
}

fn records_of_one(document: &Document) -> Option<Vec<Range<usize>>> {
    let arrays = &document.outline.arrays;
    let most = arrays.iter().rev().max_by_key(|array| array.objects);
    let is_delivery_without_records = arrays.iter().any(|array| array.elements.is_empty());
    match most {
        Some(array) if array.objects > 0 => Some(array.elements.clone()),
        _ if is_delivery_without_records => Some(Vec::new()),
        _ if document.is_object && !document.outline.broken => Some(vec![document.place.clone()]),
        _ => None,
    }
}

/// Makes rows of places in a text; they come in the order in which they stand.
struct Reader<'t, 'b, 'c> {
    text: &'t str,
    /// The line at `counted_to`.
    line: u64,
    counted_to: usize,
    batcher: &'b mut Batcher<'c>,
}

impl Reader<'_, '_, '_> {
    fn record(&mut self, place: Range<usize>) -> Result<(), Stop> {
        let line = self.line_at(place.start);
        let text = &self.text[place];
        match flatten(text, &mut self.batcher.columns) {
            Ok(payload) => self.batcher.row(line, payload),
            Err(Fault(reason)) => self.batcher.quarantine(line, reason, text.as_bytes()),
        }
    }

    fn line_at(&mut self, place: usize) -> u64 {
        let passed = self.text.as_bytes()[self.counted_to..place].iter();
        self.line += passed.filter(|&&byte| byte == b'\n').count() as u64;
        self.counted_to = place;
        self.line
    }
}
