//! Rows in the binary format of PostgreSQL's `COPY`, which takes them in faster than anything else.
//!
//! ```text
//! signature, flags │ number of fields │ length, field │ length, field │ … │ −1
//! ```
//!
//! Source: PostgreSQL documentation, `COPY`, "Binary Format".

use super::text;

/// The signature, the flags and the length of an extension of the header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What stands in the place of a length where there is no field.
const NULL: i32 = -1;
/// What stands in the place of a number of fields when there are no more rows.
const END: i16 = -1;

/// Rows of one table, waiting to be sent.
#[derive(Debug)]
pub struct CopyRows {
    bytes: Vec<u8>,
    rows: usize,
}

impl Default for CopyRows {
    fn default() -> CopyRows {
        CopyRows { bytes: HEADER.to_vec(), rows: 0 }
    }
}

impl CopyRows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// How many bytes they take.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Begins a row; as many fields must follow.
    pub fn row(&mut self, fields: u16) -> &mut CopyRows {
        self.rows += 1;
        self.bytes.extend_from_slice(&fields.to_be_bytes());
        self
    }

    /// Adds a `BIGINT`.
    pub fn integer(&mut self, number: i64) -> &mut CopyRows {
        self.field(&number.to_be_bytes())
    }

    /// Adds a `BIGINT`, or none.
    pub fn integer_or_null(&mut self, number: Option<i64>) -> &mut CopyRows {
        match number {
            Some(number) => self.integer(number),
            None => self.null(),
        }
    }

    /// Adds a `TEXT`.
    pub fn text(&mut self, text: &str) -> &mut CopyRows {
        self.field(text::to_sql(text).as_bytes())
    }

    /// Adds a `TEXT`, or none.
    pub fn text_or_null(&mut self, text: Option<&str>) -> &mut CopyRows {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// Adds a `BYTEA`.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut CopyRows {
        self.field(bytes)
    }

    /// Adds a `BYTEA`, or none.
    pub fn bytes_or_null(&mut self, bytes: Option<&[u8]>) -> &mut CopyRows {
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => self.null(),
        }
    }

    /// Adds nothing.
    pub fn null(&mut self) -> &mut CopyRows {
        self.bytes.extend_from_slice(&NULL.to_be_bytes());
        self
    }

    /// All rows as they are sent; none is left.
    pub fn take(&mut self) -> Vec<u8> {
        let mut all = std::mem::take(self);
        all.bytes.extend_from_slice(&END.to_be_bytes());
        all.bytes
    }

    fn field(&mut self, bytes: &[u8]) -> &mut CopyRows {
        // PostgreSQL itself takes no field of more than a gigabyte.
        self.bytes.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        self.bytes.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_as_copy_reads_them() {
        let mut rows = CopyRows::default();
        rows.row(3).integer(258).text("Ede").null();
        assert_eq!((rows.len(), rows.size()), (1, HEADER.len() + 2 + 12 + 7 + 4));
        let sent = rows.take();
        let row = b"\0\x03\0\0\0\x08\0\0\0\0\0\0\x01\x02\0\0\0\x03Ede\xff\xff\xff\xff";
        assert_eq!(sent, [HEADER, row, &b"\xff\xff"[..]].concat());
        assert_eq!(rows.len(), 0);
    }
}
