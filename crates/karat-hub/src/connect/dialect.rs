//! Finds out how delimited text is written: its delimiter, its line ends and its header.

use std::path::Path;

use super::split::{Dialect, Field, Splitter};

/// The delimiters that are tried, in order of preference.
const DELIMITERS: [u8; 7] = *b",;\t|^~\x1f";

/// How many rows of the sample are looked at.
const ROWS_MAX: usize = 200;

/// How many fields rows must have for a line of one field above them to be a title.
pub(super) const TITLED_WIDTH_MIN: usize = 3;

/// How delimited text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// What separates fields and rows.
    pub(super) dialect: Dialect,
    /// How many fields most rows have.
    pub(super) width: usize,
    /// How many bytes stand before the header: a line `sep=;`, which Excel writes.
    pub(super) preamble_bytes: usize,
}

/// Finds out how text is written; `wanted` is the delimiter that the hub model gives.
pub(super) fn find(sample: &[u8], at_end: bool, wanted: Option<u8>, path: &Path) -> Written {
    let line_end = find_line_end(sample);
    let preamble = find_preamble(sample, line_end);
    let (announced, preamble_bytes) = preamble.map_or((None, 0), |(byte, end)| (Some(byte), end));
    let sample = &sample[preamble_bytes..];
    let shape = |delimiter| Shape::of(sample, Dialect { delimiter, line_end }, at_end);
    let delimiter = wanted.or(announced).unwrap_or_else(|| {
        let best = DELIMITERS
            .into_iter()
            .map(|delimiter| (shape(delimiter).score(), delimiter))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .filter(|&(score, _)| score > 0);
        best.map_or_else(|| of_one_column(sample, path), |(_, delimiter)| delimiter)
    });
    Written {
        dialect: Dialect { delimiter, line_end },
        width: shape(delimiter).width,
        preamble_bytes,
    }
}

/// `\n`, unless most lines end with a lone `\r`, as on Macintosh computers before 2001.
fn find_line_end(sample: &[u8]) -> u8 {
    let breaks = sample.iter().filter(|&&byte| byte == b'\n').count();
    let returns = sample.iter().filter(|&&byte| byte == b'\r').count();
    if returns > 2 * breaks { b'\r' } else { b'\n' }
}

fn find_preamble(sample: &[u8], line_end: u8) -> Option<(u8, usize)> {
    let length = sample.iter().position(|&byte| byte == line_end)?;
    let line = sample[..length].strip_suffix(b"\r").unwrap_or(&sample[..length]);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some((*delimiter, length + 1)),
        _ => None,
    }
}

/// A delimiter that does not occur, for text of one column.
fn of_one_column(sample: &[u8], path: &Path) -> u8 {
    let tabs = path.to_string_lossy().contains(".tsv");
    let unused = DELIMITERS.into_iter().find(|delimiter| !sample.contains(delimiter));
    if tabs { b'\t' } else { unused.unwrap_or(b',') }
}

/// What a delimiter makes of the sample.
#[derive(Debug, Default)]
struct Shape {
    rows: usize,
    /// The number of fields that most rows have; the larger of equals.
    width: usize,
    /// How many rows have that many fields.
    rows_of_width: usize,
    /// How many fields the first row has.
    first_width: usize,
    /// How many delimiters there are, and how many of them a blank follows.
    delimiters: usize,
    blanks_after: usize,
    /// How many fields open with a quote that does not quote them.
    stray_quotes: usize,
}

impl Shape {
    fn of(sample: &[u8], dialect: Dialect, at_end: bool) -> Shape {
        let splitter = Splitter { dialect, at_end, quotes_span_lines: true };
        let mut widths = Vec::new();
        let mut shape = Shape::default();
        let (mut fields, mut rest): (Vec<Field>, _) = (Vec::new(), sample);
        while !rest.is_empty() && widths.len() < ROWS_MAX {
            let Ok(extent) = splitter.split(rest, &mut fields) else { break };
            if !rest[..extent.length].trim_ascii().is_empty() {
                widths.push(fields.len());
                shape.delimiters += fields.len() - 1;
                let opens_with_quote = |field: &&Field| rest.get(field.start) == Some(&b'"');
                shape.stray_quotes += fields.iter().filter(opens_with_quote).count();
                let after_blank = |field: &&Field| rest.get(field.start) == Some(&b' ');
                shape.blanks_after += fields[1..].iter().filter(after_blank).count();
            }
            rest = &rest[extent.next..];
        }
        shape.rows = widths.len();
        shape.first_width = widths.first().copied().unwrap_or(1);
        widths.sort_unstable();
        for run in widths.chunk_by(|a, b| a == b) {
            if run.len() >= shape.rows_of_width {
                shape.rows_of_width = run.len();
                shape.width = run[0];
            }
        }
        shape
    }

    /// How likely this is the delimiter; 0 when it is not.
    fn score(&self) -> u64 {
        // In text, such as `Kerkstraat 1, Ede`, a blank follows.
        let in_prose = self.delimiters > 0 && self.blanks_after == self.delimiters;
        let not_in_header = self.first_width == 1;
        let of_title = not_in_header && self.width >= TITLED_WIDTH_MIN && !in_prose;
        if not_in_header && !of_title {
            return 0;
        }
        let agreeing = self.rows_of_width * 1000 / self.rows.max(1);
        let header_agrees = if self.first_width == self.width { 4 } else { 1 };
        let separated = self.width.saturating_sub(1).min(50);
        let score = agreeing * agreeing * separated * header_agrees;
        let cuts_quotes = self.stray_quotes * 10 > self.rows;
        let doubts = u32::from(in_prose) + u32::from(cuts_quotes);
        (score >> (2 * doubts)) as u64
    }
}

/// Whether a first row is data already: it holds values that no column is called by.
pub(super) fn is_data<'a>(cells: impl IntoIterator<Item = &'a str>) -> bool {
    const TELLING_MIN: usize = 2;
    let (mut telling, mut filled) = (0, 0);
    for cell in cells.into_iter().map(str::trim).filter(|cell| !cell.is_empty()) {
        filled += 1;
        if is_email(cell) {
            return true;
        }
        telling += usize::from(is_number(cell) || is_date(cell) || is_postcode(cell));
    }
    telling >= TELLING_MIN || (filled > 0 && telling == filled)
}

fn is_email(cell: &str) -> bool {
    let parts = cell.split_once('@');
    parts.is_some_and(|(name, domain)| {
        let plain = |part: &str| !part.is_empty() && !part.contains([' ', '@']);
        plain(name) && plain(domain) && domain.contains('.')
    })
}

fn is_number(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let numeric = |byte: u8| byte.is_ascii_digit() || b"+-.,() ".contains(&byte);
    digits > 0 && cell.bytes().all(numeric)
}

/// Digits in three groups, or a year with two: `31-12-1980`, `1980/12/31 12:00`.
fn is_date(cell: &str) -> bool {
    let day = cell.split(['T', ' ']).next().unwrap_or(cell);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let all_digits = parts
        .iter()
        .all(|part| matches!(part.len(), 1..=4) && part.bytes().all(|byte| byte.is_ascii_digit()));
    parts.len() == 3 && all_digits
}

/// A Dutch postcode: `1234 AB`.
fn is_postcode(cell: &str) -> bool {
    let bytes: Vec<u8> = cell.bytes().filter(|byte| *byte != b' ').collect();
    match bytes.as_slice() {
        [digits @ .., a, b] => {
            digits.len() == 4
                && digits.iter().all(u8::is_ascii_digit)
                && a.is_ascii_uppercase()
                && b.is_ascii_uppercase()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        let table = [
            ("id,naam\n1,Jan\n2,Piet\n", b',', 2),
            ("id;naam\n1;Jan\n", b';', 2),
            ("id\tnaam\n1\tJan\n", b'\t', 2),
            ("id|naam\n1|Jan\n", b'|', 2),
            ("id^naam\n1^Jan\n", b'^', 2),
            ("id;bedrag\n1;12,50\n2;9,95\n", b';', 2),
            ("id;naam;plaats\n1;Bos, J;Ede\n2;Vos, P;Ulft\n", b';', 3),
            ("naam, voorletters;plaats;land\nBos, J;Ede;NL\n", b';', 3),
            ("\"a,b\";c\n\"d,e\";f\n", b';', 2),
            ("1;Dorpsstraat 1, 1234 AB, Ede\n2;Kerkweg 2, 4321 AB, Ede\n", b';', 2),
            ("id, naam\n1, Jan\n", b',', 2),
            ("id,naam,plaats\n1,Jan\n2,Piet,Ede\n3,Kees,Ulft\n", b',', 3),
            ("naam\nBos, J\nVos\n", b';', 1),
            ("naam\nBos, J\nVos, K\n", b';', 1),
            ("adres\nKerkweg 1, 1234 AB, Ede\nMarkt 2, 4321 AB, Ulft\n", b';', 1),
            ("Export 2024\nid,naam,plaats\n1,Jan,Ede\n2,Piet,Ulft\n", b',', 3),
            ("sep=|\nid|naam\n1|Jan\n", b'|', 2),
            ("id,naam\r1,Jan\r", b',', 2),
        ];
        for (text, delimiter, width) in table {
            let found = find(text.as_bytes(), true, None, Path::new("x.csv"));
            assert_eq!((found.dialect.delimiter, found.width), (delimiter, width), "{text}");
        }
    }

    #[test]
    fn line_ends_and_preambles_are_found() {
        let find = |text: &str| find(text.as_bytes(), true, None, Path::new("x.csv"));
        assert_eq!(find("a,b\r\nc,d\r\n").dialect.line_end, b'\n');
        assert_eq!(find("a,b\rc,d\r").dialect.line_end, b'\r');
        assert_eq!(find("a,b\nc\r,d\n").dialect.line_end, b'\n');
        assert_eq!(find("sep=;\r\na;b\r\n").preamble_bytes, 7);
        assert_eq!(find("sep;b\n").preamble_bytes, 0);
    }

    #[test]
    fn a_wanted_delimiter_is_taken() {
        let found = find(b"a,b;c\n", true, Some(b';'), Path::new("x.csv"));
        assert_eq!((found.dialect.delimiter, found.width), (b';', 2));
        assert_eq!(find(b"naam\n", true, None, Path::new("x.tsv.gz")).dialect.delimiter, b'\t');
    }

    #[test]
    fn headers_are_told_from_data() {
        let table = [
            ("id|naam|e-mail", false),
            ("klant|2023|omzet", false),
            ("1001|Jan|jan@voorbeeld.nl", true),
            ("Jan|Bos|jan@voorbeeld.nl", true),
            ("1001|Jan|Bos|1234 AB", true),
            ("Jan|Bos|31-12-1980|6711 XY", true),
            ("Jan|Bos|1980-12-31T00:00:00|Ede", false),
            ("1001", true),
            ("naam", false),
            ("adres1|adres2|telefoon 2", false),
            ("e-mail @ werk|naam", false),
            ("|", false),
        ];
        for (row, expected) in table {
            assert_eq!(is_data(row.split('|')), expected, "{row}");
        }
    }
}
