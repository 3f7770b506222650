//! Reads JSON lines: one object per line.

use std::path::Path;

use encoding_rs::Encoding;

use super::document;
use super::flatten::{Fault, flatten};
use crate::connect::batch::{Batcher, Stop};
use crate::connect::encoding::RowDecoder;
use crate::connect::rows::Rows;
use crate::connect::window::Window;

/// Reads all lines; `records` is the path to an array within each, if the records are there.
pub(in crate::connect) fn read(
    window: Window<'_>,
    path: &Path,
    encoding: &'static Encoding,
    records: Option<&str>,
    batcher: &mut Batcher<'_>,
) -> Result<(), Stop> {
    let decoder = RowDecoder::new(encoding).expect("other encodings were converted to UTF-8");
    let mut rows = Rows::lines(window);
    while let Some(row) = rows.next() {
        if let Some(fault) = row.fault {
            batcher.quarantine(row.line, fault.reason(), row.bytes)?;
            continue;
        }
        let bytes = row.bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        let text = match decoder.row(bytes) {
            Some(text) => text.into(),
            None => {
                if decoder.repairs() {
                    batcher.count_repaired();
                }
                decoder.field(bytes)
            }
        };
        match records {
            Some(records) => document::read_within(&text, row.line, records, batcher)?,
            None => match flatten(&text, &mut batcher.columns) {
                Ok(payload) => batcher.row(row.line, payload)?,
                Err(Fault(reason)) => batcher.quarantine(row.line, reason, bytes)?,
            },
        }
    }
    Ok(rows.check_end(path)?)
}
