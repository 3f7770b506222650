//! Splits delimited text into rows and fields.
//!
//! RFC 4180, and what the wild adds to it: a quote inside a field that opened without one is a
//! plain character; so is a quote in a quoted field that neither closes it nor is doubled. A field
//! that opens with a quote and never closes, or runs into the quotes of later lines, is taken as
//! it stands, up to the end of its line: one stray quote must not swallow the rows after it.

use std::ops::Range;

/// What separates fields and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Separates fields.
    pub(super) delimiter: u8,
    /// Ends rows: `\n`, with or without `\r` before it, or else `\r` alone.
    pub(super) line_end: u8,
}

/// Where a field stands within the bytes that were split, without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// The first byte.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// Whether quotes in it are doubled.
    pub(super) doubled_quotes: bool,
}

impl Field {
    /// Its place.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// How far a row reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The length of the row without its line end.
    pub(super) length: usize,
    /// Where the next row starts.
    pub(super) next: usize,
    /// How many lines it takes.
    pub(super) lines: u64,
    /// How many bytes were looked at for closing quotes that were not there.
    pub(super) vain_bytes: usize,
}

/// How to split.
#[derive(Clone, Copy, Debug)]
pub(super) struct Splitter {
    /// What separates fields and rows.
    pub(super) dialect: Dialect,
    /// Whether no bytes follow, so that the last row needs no line end.
    pub(super) at_end: bool,
    /// Whether a quoted field may hold line breaks.
    pub(super) quotes_span_lines: bool,
}

/// More bytes are needed to see where a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unfinished;

/// A quoted field: where it ends, and how many line breaks it holds.
struct Quoted {
    field: Field,
    after: usize,
    line_breaks: u64,
}

enum Opened {
    Closed(Quoted),
    /// No closing quote up to here.
    Stray(usize),
}

impl Splitter {
    /// Splits the first row off; `fields` is emptied first.
    pub(super) fn split(
        &self,
        bytes: &[u8],
        fields: &mut Vec<Field>,
    ) -> Result<Extent, Unfinished> {
        fields.clear();
        let (mut at, mut lines, mut vain_bytes) = (0, 1, 0);
        loop {
            let (field, after) = match self.opening_quote(bytes, at) {
                None => self.plain(bytes, at)?,
                Some(quote) => match self.quoted(bytes, quote)? {
                    Opened::Closed(quoted) => {
                        lines += quoted.line_breaks;
                        (quoted.field, quoted.after)
                    }
                    Opened::Stray(seen) => {
                        vain_bytes += seen - at;
                        self.plain(bytes, at)?
                    }
                },
            };
            fields.push(field);
            match bytes.get(after) {
                Some(&byte) if byte == self.dialect.delimiter => at = after + 1,
                Some(_) => {
                    // The line end is one byte, or `\r\n`.
                    let next = after + if bytes[after] == self.dialect.line_end { 1 } else { 2 };
                    return Ok(Extent { length: after, next, lines, vain_bytes });
                }
                None => return Ok(Extent { length: after, next: bytes.len(), lines, vain_bytes }),
            }
        }
    }

    /// The quote that opens the field, if one does; blanks may stand before it.
    fn opening_quote(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let quote = self.skip_spaces(bytes, at);
        (bytes.get(quote) == Some(&b'"')).then_some(quote)
    }

    /// A field without quotes, and where its delimiter or line end stands.
    fn plain(&self, bytes: &[u8], start: usize) -> Result<(Field, usize), Unfinished> {
        let Dialect { delimiter, line_end } = self.dialect;
        let length = bytes[start..].iter().position(|&byte| byte == delimiter || byte == line_end);
        let mut end = match length {
            Some(length) => start + length,
            None if self.at_end => bytes.len(),
            None => return Err(Unfinished),
        };
        let ends_row = bytes.get(end).is_none_or(|&byte| byte == line_end);
        if ends_row && line_end == b'\n' && bytes[start..end].last() == Some(&b'\r') {
            end -= 1;
        }
        // At the very end of a file a lone `\r` is left over.
        let after = if bytes.get(end) == Some(&b'\r') && end + 1 == bytes.len() {
            bytes.len()
        } else {
            end
        };
        Ok((Field { start, end, doubled_quotes: false }, after))
    }

    fn quoted(&self, bytes: &[u8], quote: usize) -> Result<Opened, Unfinished> {
        let start = quote + 1;
        let (mut at, mut line_breaks, mut doubled_quotes) = (start, 0, false);
        loop {
            let stop = |&byte: &u8| byte == b'"' || byte == self.dialect.line_end;
            let Some(length) = bytes[at..].iter().position(stop) else {
                return self.or_unfinished(Opened::Stray(bytes.len()));
            };
            at += length;
            if bytes[at] == self.dialect.line_end {
                if !self.quotes_span_lines {
                    return Ok(Opened::Stray(at));
                }
                line_breaks += 1;
                at += 1;
                continue;
            }
            if bytes.get(at + 1) == Some(&b'"') {
                doubled_quotes = true;
                at += 2;
                continue;
            }
            let field = Field { start, end: at, doubled_quotes };
            match self.closes(bytes, at)? {
                Some(after) => return Ok(Opened::Closed(Quoted { field, after, line_breaks })),
                None if line_breaks > 0 => return Ok(Opened::Stray(at)),
                None => at += 1,
            }
        }
    }

    /// Where the delimiter or line end stands that makes this a closing quote.
    fn closes(&self, bytes: &[u8], quote: usize) -> Result<Option<usize>, Unfinished> {
        let Dialect { delimiter, line_end } = self.dialect;
        let after = self.skip_spaces(bytes, quote + 1);
        match bytes.get(after) {
            None => self.or_unfinished(Some(after)),
            Some(&byte) if byte == delimiter || byte == line_end => Ok(Some(after)),
            Some(b'\r') => match bytes.get(after + 1) {
                None => self.or_unfinished(Some(bytes.len())),
                Some(b'\n') => Ok(Some(after)),
                Some(_) => Ok(None),
            },
            Some(_) => Ok(None),
        }
    }

    fn skip_spaces(&self, bytes: &[u8], at: usize) -> usize {
        let is_blank = |&&byte: &&u8| byte == b' ' && byte != self.dialect.delimiter;
        at + bytes[at..].iter().take_while(is_blank).count()
    }

    fn or_unfinished<T>(&self, answer: T) -> Result<T, Unfinished> {
        if self.at_end { Ok(answer) } else { Err(Unfinished) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Splits all rows; `|` between fields and ` / ` between rows, with the lines they start on.
    fn rows(bytes: &[u8], line_end: u8) -> String {
        let dialect = Dialect { delimiter: b';', line_end };
        let splitter = Splitter { dialect, at_end: true, quotes_span_lines: true };
        let (mut fields, mut rest, mut line) = (Vec::new(), bytes, 1);
        let mut found = Vec::new();
        while !rest.is_empty() {
            let extent = splitter.split(rest, &mut fields).unwrap();
            let texts: Vec<String> =
                fields.iter().map(|f| rest[f.range()].escape_ascii().to_string()).collect();
            found.push(format!("{line}:{}", texts.join("|")));
            rest = &rest[extent.next..];
            line += extent.lines;
        }
        found.join(" / ")
    }

    #[test]
    fn rows_and_fields() {
        let table: &[(&[u8], &str)] = &[
            (b"a;b\nc;d\n", "1:a|b / 2:c|d"),
            (b"a;b\r\nc;d\r\n", "1:a|b / 2:c|d"),
            (b"a;b\r\nc;d", "1:a|b / 2:c|d"),
            (b"a;b;\n;;\n", "1:a|b| / 2:||"),
            (b"a;\"b;c\"\nd", "1:a|b;c / 2:d"),
            (b"a;\"b\r\nc\"\r\nd;e", "1:a|b\\r\\nc / 3:d|e"),
            (b"\"a\";\"\";\"b\"", "1:a||b"),
            (b"a; \"b;c\" ;d", "1:a|b;c|d"),
            (b"a\rb;c\nd", "1:a\\rb|c / 2:d"),
            (b"a;\"b\"\r", "1:a|b"),
            (b"a;b\r", "1:a|b"),
        ];
        for &(bytes, expected) in table {
            assert_eq!(rows(bytes, b'\n'), expected, "{}", bytes.escape_ascii());
        }
        assert_eq!(rows(b"a;b\r\"c\rd\";e\r\rf", b'\r'), "1:a|b / 2:c\\rd|e / 4: / 5:f");
    }

    #[test]
    fn stray_quotes_are_characters() {
        let table: &[(&[u8], &str)] = &[
            (b"5\" pijp;x", "1:5\\\" pijp|x"),
            (b"\"Jan \"de Boer\" Vos\";x", "1:Jan \\\"de Boer\\\" Vos|x"),
            (b"\"a\"\"b\";x", "1:a\\\"\\\"b|x"),
            // Never closed: the rows after it are safe.
            (b"1;\"Jan\n2;Piet\n", "1:1|\\\"Jan / 2:2|Piet"),
            (b"\"1\";\"Jan\n\"2\";\"Piet\"\n", "1:1|\\\"Jan / 2:2|Piet"),
            // Near miss: closed on a later line, so it is one field.
            (b"\"1\";\"Jan\nPiet\"\n2;x", "1:1|Jan\\nPiet / 3:2|x"),
        ];
        for &(bytes, expected) in table {
            assert_eq!(rows(bytes, b'\n'), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_row_cut_anywhere_is_unfinished_or_the_same() {
        let whole = b"1;\"a \"\"b\"\"\r\nc\" ;\"d\"\r\n";
        let dialect = Dialect { delimiter: b';', line_end: b'\n' };
        let splitter = |at_end| Splitter { dialect, at_end, quotes_span_lines: true };
        let mut expected = Vec::new();
        let extent = splitter(true).split(whole, &mut expected);
        assert_eq!(extent.map(|found| (found.length, found.lines)), Ok((whole.len() - 2, 2)));
        for length in 0..whole.len() {
            let cut = splitter(false).split(&whole[..length], &mut Vec::new());
            assert_eq!(cut, Err(Unfinished), "{length}");
        }
        let mut fields = Vec::new();
        assert_eq!(splitter(false).split(whole, &mut fields), extent);
        assert_eq!(fields, expected);
    }

    #[test]
    fn bytes_searched_in_vain_are_counted() {
        let dialect = Dialect { delimiter: b';', line_end: b'\n' };
        let splitter = Splitter { dialect, at_end: true, quotes_span_lines: true };
        let mut fields = Vec::new();
        let vain = |bytes| splitter.split(bytes, &mut fields).map(|extent| extent.vain_bytes);
        assert_eq!([b"\"a\nbcd" as &[u8], b"\"a\"\nbcd"].map(vain), [Ok(6), Ok(0)]);
    }

    proptest! {
        #[test]
        fn what_a_strict_writer_writes_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a; \"\r\n]{0,6}", 2..4), 1..6),
            always_quoted: bool,
        ) {
            let style = if always_quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut builder = csv::WriterBuilder::new();
            let builder = builder.delimiter(b';').quote_style(style).flexible(true);
            let mut writer = builder.from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let dialect = Dialect { delimiter: b';', line_end: b'\n' };
            let splitter = Splitter { dialect, at_end: true, quotes_span_lines: true };
            let (mut fields, mut rest, mut found) = (Vec::new(), &bytes[..], Vec::new());
            while !rest.is_empty() {
                let extent = splitter.split(rest, &mut fields).unwrap();
                let text = |field: &Field| {
                    let text = std::str::from_utf8(&rest[field.range()]).unwrap();
                    if field.doubled_quotes { text.replace("\"\"", "\"") } else { text.to_string() }
                };
                found.push(fields.iter().map(text).collect::<Vec<_>>());
                rest = &rest[extent.next..];
            }
            prop_assert_eq!(found, rows);
        }
    }
}
