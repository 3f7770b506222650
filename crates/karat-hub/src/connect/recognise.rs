//! Recognises what kind of file it is: by its content first, by its name second.

use std::path::Path;

use karat_model::hub_model::FileKind;

/// The first bytes of files that hold no text table, and what to call them.
///
/// Source: the signatures that the formats' own specifications give.
const NO_TABLES: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"Obj\x01", "an Avro file"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
];

const PARQUET_MAGIC: &[u8] = b"PAR1";

/// Whether a file is Parquet.
pub(super) fn is_parquet(sample: &[u8]) -> bool {
    sample.starts_with(PARQUET_MAGIC)
}

/// What a file looks like that holds no text table, by its first bytes.
pub(super) fn no_table(sample: &[u8], path: &Path) -> Option<&'static str> {
    let text_start = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
    let begins = |magic: &[u8]| sample.starts_with(magic) || text_start.starts_with(magic);
    let (_, kind) = NO_TABLES.iter().find(|(magic, _)| begins(magic))?;
    let is_workbook = *kind == "a zip archive" && extension(path).starts_with("xls");
    Some(if is_workbook { "an Excel workbook" } else { kind })
}

/// Whether decoded text is no text after all: too many control characters.
pub(super) fn is_binary(text: &[u8]) -> bool {
    let is_control = |byte: u8| byte < b' ' && !b"\t\n\r\x0c\x1a\x1f".contains(&byte);
    let controls = text.iter().filter(|&&byte| is_control(byte)).count();
    controls * 20 > text.len()
}

/// The kind of a text, by its first bytes, and by its name where they leave doubt.
pub(super) fn kind(sample: &[u8], ended: bool, path: &Path) -> FileKind {
    let named_lines = matches!(&*extension(path), "jsonl" | "ndjson");
    let named_json = extension(path) == "json";
    let text = sample.trim_ascii_start();
    match text.first() {
        Some(b'{') if named_lines || has_object_lines(text, ended) => FileKind::JsonLines,
        Some(b'{') => FileKind::Json,
        Some(b'[') if named_json || begins_array_of_objects(text) => FileKind::Json,
        _ if named_lines => FileKind::JsonLines,
        _ if named_json => FileKind::Json,
        _ => FileKind::Csv,
    }
}

/// Whether most lines, and more than one, are objects from `{` to `}`.
fn has_object_lines(text: &[u8], ended: bool) -> bool {
    const LINES_MAX: usize = 100;
    let complete = match text.iter().rposition(|&byte| byte == b'\n') {
        Some(at) if !ended => &text[..at],
        _ => text,
    };
    let (mut lines, mut objects) = (0, 0);
    for line in complete.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        if !line.is_empty() && lines < LINES_MAX {
            lines += 1;
            objects += usize::from(line.starts_with(b"{") && line.ends_with(b"}"));
        }
    }
    objects > 1 && objects * 2 > lines
}

/// Tells `[{"id": 1}]` from a header such as `[id];[name]`.
fn begins_array_of_objects(text: &[u8]) -> bool {
    matches!(text[1..].trim_ascii_start().first(), None | Some(b'{' | b']'))
}

/// The extension in lower case, without that of a compression.
fn extension(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_recognised() {
        use FileKind::*;
        let table = [
            ("id;naam\n1;Jan\n", "x.csv", Csv),
            ("id;naam\n1;Jan\n", "x", Csv),
            ("[{\"id\":1}]", "x.csv", Json),
            ("[\n  {\"id\":1}]", "-", Json),
            ("[]", "x", Json),
            ("[id];[naam]\n1;Jan\n", "x.csv", Csv),
            ("{\n \"id\": 1\n}", "x", Json),
            ("{\"klanten\":[{\"id\":1}]}\n", "x", Json),
            ("{\"id\":1}\n", "x.jsonl.gz", JsonLines),
            ("{\"id\":1}\n{\"id\":2}\n", "x", JsonLines),
            ("{\"id\":1}\n\n{\"id\":2}\n", "x.json", JsonLines),
            ("{\"id\":1\n{\"id\":2}\n{\"id\":3}\n", "x", JsonLines),
            ("oops\n{\"id\":2}\n", "x.ndjson", JsonLines),
        ];
        for (text, name, expected) in table {
            assert_eq!(kind(text.as_bytes(), true, Path::new(name)), expected, "{text} {name}");
        }
    }

    #[test]
    fn files_without_a_table_are_recognised() {
        let table: &[(&[u8], &str, Option<&str>)] = &[
            (b"\x89PNG\r\n\x1a\n\0\0", "x.csv", Some("a PNG image")),
            (b"\x7fELF\x02", "x", Some("a program")),
            (b"PK\x03\x04", "klanten.xlsx", Some("an Excel workbook")),
            (b"PK\x03\x04", "klanten.csv", Some("a zip archive")),
            (b"\xef\xbb\xbf<?xml version", "x", Some("an XML document")),
            (b"PKnr;naam\n", "x.csv", None),
            (b"MZ;naam\n", "x.csv", None),
        ];
        for &(bytes, name, expected) in table {
            assert_eq!(no_table(bytes, Path::new(name)), expected, "{name}");
        }
        assert!(is_binary(&(0..=255).collect::<Vec<u8>>()));
        assert!(!is_binary(b"id;naam\n1;Ja\0n\n2;Piet van den Berg\n"));
    }
}
