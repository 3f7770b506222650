//! Reads delimited text: CSV, TSV and their kin.

use std::path::Path;

use encoding_rs::Encoding;
use karat_model::record::Payload;

use super::batch::{Batcher, Stop, push_filled};
use super::columns::names;
use super::dialect::{TITLED_WIDTH_MIN, Written, is_data};
use super::encoding::RowDecoder;
use super::rows::{RawRow, Rows};
use super::split::Field;
use super::window::Window;
use crate::error::Error;

/// The most bytes of a field; the row of a longer one is quarantined.
const FIELD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Reads all rows of a stream whose sample is in the window; `written` says how.
pub(super) fn read(
    window: Window<'_>,
    path: &Path,
    encoding: &'static Encoding,
    written: Written,
    batcher: &mut Batcher<'_>,
) -> Result<(), Stop> {
    let decoder = RowDecoder::new(encoding).expect("other encodings were converted to UTF-8");
    let mut rows = Rows::new(window, written.dialect);
    rows.skip_preamble(written.preamble_bytes);
    let mut reader = Reader { path, width: written.width, decoder, columns: Vec::new() };
    while let Some(row) = rows.next() {
        match row.fault {
            Some(fault) => batcher.quarantine(row.line, fault.reason(), row.bytes)?,
            None => reader.row(&row, batcher)?,
        }
    }
    rows.check_end(path)?;
    let counts = batcher.counts();
    if counts.rows + counts.quarantined == 0 {
        return Err(Error::NoRows { path: path.into() }.into());
    }
    Ok(())
}

/// Makes values of fields.
struct Reader<'p> {
    path: &'p Path,
    /// How many fields most rows have.
    width: usize,
    decoder: RowDecoder,
    /// The number of each column of this file; none until the header was read.
    columns: Vec<u16>,
}

impl Reader<'_> {
    fn row(&mut self, row: &RawRow<'_>, batcher: &mut Batcher<'_>) -> Result<(), Stop> {
        let RawRow { line, bytes, fields, .. } = *row;
        if bytes.is_empty() {
            return Ok(());
        }
        if self.columns.is_empty() {
            let is_blank = fields.iter().all(|field| bytes[field.range()].trim_ascii().is_empty());
            if is_blank {
                return Ok(());
            }
            let is_title = fields.len() == 1 && self.width >= TITLED_WIDTH_MIN;
            if is_title {
                return batcher.quarantine(line, "the line stands above the header", bytes);
            }
            let is_header = self.begin(bytes, fields, batcher)?;
            if is_header {
                return Ok(());
            }
        }
        match self.fault(bytes, fields) {
            Some(reason) => batcher.quarantine(line, reason, bytes),
            None => {
                let payload = self.payload(bytes, fields, batcher);
                batcher.row(line, payload)
            }
        }
    }

    /// Numbers the columns; tells whether the first row is a header.
    fn begin(
        &mut self,
        bytes: &[u8],
        fields: &[Field],
        batcher: &mut Batcher<'_>,
    ) -> Result<bool, Stop> {
        let cells: Vec<_> =
            fields.iter().map(|field| self.decoder.field(&bytes[field.range()])).collect();
        let is_header = !is_data(cells.iter().map(|cell| &**cell));
        let names = if is_header {
            names(cells.iter().map(|cell| &**cell))
        } else {
            names(std::iter::repeat_n("", self.width.max(fields.len())))
        };
        for name in names {
            let number = batcher.columns.number(&name);
            self.columns
                .push(number.map_err(|_| Error::TooManyColumns { path: self.path.into() })?);
        }
        Ok(is_header)
    }

    /// Why a row cannot be read.
    fn fault(&self, bytes: &[u8], fields: &[Field]) -> Option<String> {
        let surplus = fields.get(self.columns.len()..).unwrap_or_default();
        if surplus.iter().any(|field| !bytes[field.range()].trim_ascii().is_empty()) {
            let (found, expected) = (fields.len(), self.columns.len());
            return Some(format!("{found} fields, but there are {expected} columns"));
        }
        let too_long = fields.iter().any(|field| field.range().len() > FIELD_BYTES_MAX);
        too_long.then(|| format!("a field is longer than {} MB", FIELD_BYTES_MAX / 1024 / 1024))
    }

    fn payload(&self, bytes: &[u8], fields: &[Field], batcher: &mut Batcher<'_>) -> Payload {
        let filled =
            fields.iter().zip(&self.columns).filter(|(field, _)| !field.range().is_empty());
        let text = (bytes.len() + 1).saturating_sub(fields.len());
        let mut payload = Payload::with_capacity(text, filled.clone().count());
        match self.decoder.row(bytes) {
            Some(text) => {
                for (field, &column) in filled {
                    push(&mut payload, column, &text[field.range()], field);
                }
            }
            None => {
                if self.decoder.repairs() {
                    batcher.count_repaired();
                }
                for (field, &column) in filled {
                    push(&mut payload, column, &self.decoder.field(&bytes[field.range()]), field);
                }
            }
        }
        payload
    }
}

fn push(payload: &mut Payload, column: u16, text: &str, field: &Field) {
    if field.doubled_quotes {
        push_filled(payload, column, &text.replace("\"\"", "\""));
    } else {
        push_filled(payload, column, text);
    }
}
