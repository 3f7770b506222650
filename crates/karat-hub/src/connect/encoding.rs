//! Turns bytes into text: finds the encoding of a file, and decodes its rows.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encoding of a file, and the length of the byte order mark it starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The encoding.
    pub(super) encoding: &'static Encoding,
    /// How many bytes to leave out at the start.
    pub(super) mark_bytes: usize,
}

/// Finds the encoding of a file by its first bytes; what the hub model says comes first.
pub(super) fn find(sample: &[u8], wanted: Option<&'static Encoding>) -> Found {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(sample) {
        return Found { encoding, mark_bytes };
    }
    let encoding = wanted.unwrap_or_else(|| guess(sample));
    Found { encoding, mark_bytes: 0 }
}

fn guess(sample: &[u8]) -> &'static Encoding {
    if let Some(utf_16) = guess_utf_16(sample) {
        return utf_16;
    }
    let (well_formed, malformed) = count_sequences(sample);
    // A few damaged bytes make no Windows-1252 of a file that is UTF-8 everywhere else.
    if malformed == 0 || well_formed > 4 * malformed { UTF_8 } else { WINDOWS_1252 }
}

/// Western text in UTF-16 has a zero in nearly every other byte.
fn guess_utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    const UNITS_MIN: usize = 2;
    let mut zeros = [0usize; 2];
    for (at, &byte) in sample.iter().enumerate() {
        zeros[at % 2] += usize::from(byte == 0);
    }
    let units = sample.len() / 2;
    let mostly = |zeros: usize| units >= UNITS_MIN && zeros * 10 >= units * 7;
    let seldom = |zeros: usize| zeros * 10 <= units;
    match zeros {
        [even, odd] if seldom(even) && mostly(odd) => Some(UTF_16LE),
        [even, odd] if mostly(even) && seldom(odd) => Some(UTF_16BE),
        _ => None,
    }
}

/// How many characters beyond ASCII are well-formed UTF-8, and how many bytes are not.
fn count_sequences(sample: &[u8]) -> (usize, usize) {
    let mut well_formed = 0;
    let mut malformed = 0;
    for chunk in sample.utf8_chunks() {
        well_formed += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        malformed += usize::from(!chunk.invalid().is_empty());
    }
    // The sample may end within a character.
    let cut = std::str::from_utf8(&sample[sample.len().saturating_sub(3)..])
        .is_err_and(|error| error.error_len().is_none());
    (well_formed, malformed.saturating_sub(usize::from(cut)))
}

/// How the rows of a file become text.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowDecoder {
    encoding: &'static Encoding,
}

impl RowDecoder {
    /// A decoder for an encoding in which delimiters and line breaks are the bytes of ASCII;
    /// `None` for one that must be converted before it is split into rows.
    pub(super) fn new(encoding: &'static Encoding) -> Option<RowDecoder> {
        let splits = encoding == UTF_8 || encoding.is_single_byte();
        splits.then_some(RowDecoder { encoding })
    }

    /// Whether text that [`RowDecoder::row`] cannot give holds bytes that do not belong.
    pub(super) fn repairs(&self) -> bool {
        self.encoding == UTF_8
    }

    /// The text of a whole row, if no field of it needs [`RowDecoder::field`].
    pub(super) fn row<'a>(&self, bytes: &'a [u8]) -> Option<&'a str> {
        let same_as_utf_8 = self.encoding == UTF_8 || bytes.is_ascii();
        if same_as_utf_8 { std::str::from_utf8(bytes).ok() } else { None }
    }

    /// The text of a field; what is no UTF-8 in a file of UTF-8 is taken for Windows-1252.
    pub(super) fn field<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        let encoding = match std::str::from_utf8(bytes) {
            Ok(text) if self.encoding == UTF_8 || text.is_ascii() => return text.into(),
            _ if self.encoding == UTF_8 => WINDOWS_1252,
            _ => self.encoding,
        };
        encoding.decode_without_bom_handling(bytes).0
    }

    /// The text of many lines, each decoded as a field.
    pub(super) fn lines(&self, bytes: Vec<u8>) -> String {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) if self.encoding == UTF_8 || text.is_ascii() => return text,
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        bytes.split_inclusive(|&byte| byte == b'\n').map(|line| self.field(line)).collect()
    }
}

/// Converts a stream to UTF-8.
pub(super) struct Transcoder<R> {
    stream: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_range: Range<usize>,
    raw_ended: bool,
    text: Vec<u8>,
    text_range: Range<usize>,
    text_ended: bool,
}

const CHUNK_BYTES: usize = 64 * 1024;

impl<R: Read> Transcoder<R> {
    /// A stream of UTF-8 made of a stream in another encoding.
    pub(super) fn new(stream: R, encoding: &'static Encoding) -> Transcoder<R> {
        Transcoder {
            stream,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; CHUNK_BYTES],
            raw_range: 0..0,
            raw_ended: false,
            text: vec![0; CHUNK_BYTES],
            text_range: 0..0,
            text_ended: false,
        }
    }

    fn convert(&mut self) -> io::Result<()> {
        if self.raw_range.is_empty() && !self.raw_ended {
            self.raw_range = 0..self.stream.read(&mut self.raw)?;
            self.raw_ended = self.raw_range.is_empty();
        }
        let raw = &self.raw[self.raw_range.clone()];
        let (result, read, written, _) =
            self.decoder.decode_to_utf8(raw, &mut self.text, self.raw_ended);
        self.raw_range.start += read;
        self.text_range = 0..written;
        self.text_ended = self.raw_ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        while self.text_range.is_empty() && !self.text_ended {
            self.convert()?;
        }
        let count = target.len().min(self.text_range.len());
        let start = self.text_range.start;
        target[..count].copy_from_slice(&self.text[start..start + count]);
        self.text_range.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found() {
        let mut long_ascii = vec![b'a'; 100];
        long_ascii.extend("é".repeat(30).bytes());
        long_ascii.push(0xe9);
        let table: &[(&[u8], &str, usize)] = &[
            (b"naam;plaats\nJan;Ede\n", "UTF-8", 0),
            (b"\xef\xbb\xbfnaam;plaats\n", "UTF-8", 3),
            ("naam\nZoë\n".as_bytes(), "UTF-8", 0),
            (b"naam\nZo\xeb\n", "windows-1252", 0),
            (b"naam\nZo\xeb\nRen\xe9\n\xc3\xa9n\n", "windows-1252", 0),
            (&long_ascii, "UTF-8", 0),
            ("naam\nZoë €".as_bytes().split_last().unwrap().1, "UTF-8", 0),
            (b"\xff\xfei\0d\0\n\0", "UTF-16LE", 2),
            (b"\xfe\xff\0i\0d\0\n", "UTF-16BE", 2),
            (b"i\0d\0;\0n\0a\0\n\0", "UTF-16LE", 0),
            (b"\0i\0d\0;\0n\0a\0\n", "UTF-16BE", 0),
            (b"id;na\0am\n1;Jan\n", "UTF-8", 0),
            (b"", "UTF-8", 0),
        ];
        for &(bytes, name, mark_bytes) in table {
            let found = find(bytes, None);
            assert_eq!((found.encoding.name(), found.mark_bytes), (name, mark_bytes), "{bytes:?}");
        }
    }

    #[test]
    fn the_hub_model_outranks_the_content_but_not_a_byte_order_mark() {
        let latin = Encoding::for_label(b"iso-8859-15");
        assert_eq!(find("Zoë".as_bytes(), latin).encoding.name(), "ISO-8859-15");
        assert_eq!(find("\u{feff}Zoë".as_bytes(), latin).encoding, UTF_8);
    }

    #[test]
    fn stray_bytes_are_decoded_field_by_field() {
        let utf_8 = RowDecoder::new(UTF_8).unwrap();
        assert_eq!(utf_8.row(b"Zo\xeb;\xc3\xa9"), None);
        assert_eq!(utf_8.field(b"Zo\xeb"), "Zoë");
        assert_eq!(utf_8.field("Zoë".as_bytes()), "Zoë");
        let western = RowDecoder::new(WINDOWS_1252).unwrap();
        assert_eq!(western.row(b"\x80 5"), None);
        assert_eq!(western.field(b"\x80 5"), "€ 5");
        assert_eq!(western.row(b"plain"), Some("plain"));
        assert_eq!(western.field("Zoë".as_bytes()), "ZoÃ«");
        assert!(RowDecoder::new(UTF_16LE).is_none());
    }

    #[test]
    fn utf_16_is_converted_whatever_the_chunks() {
        let text = "naam;plaats\r\nZoë;Ülm 🎈\n".repeat(9000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for target_bytes in [1, 1000] {
            let mut transcoder = Transcoder::new(&bytes[..], UTF_16BE);
            let (mut target, mut converted) = (vec![0; target_bytes], Vec::new());
            loop {
                let count = transcoder.read(&mut target).unwrap();
                if count == 0 {
                    break;
                }
                converted.extend_from_slice(&target[..count]);
            }
            assert!(converted == text.as_bytes());
        }
    }
}
