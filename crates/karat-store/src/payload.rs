//! The stored form of payloads, and the digest that tells whether one changed.
//!
//! ```text
//! number of values │ column, length │ column, length │ … │ the text of all values
//! ```

use karat_model::record::Payload;

use crate::varint;

/// The digest of a payload: the first 128 bits of its BLAKE3 hash.
pub type Digest = [u8; 16];

/// Writes the stored form of values that are numbered by the columns of their source.
pub fn encode(values: &[(u16, &str)], into: &mut Vec<u8>) {
    varint::write(values.len() as u64, into);
    for (column, value) in values {
        varint::write(u64::from(*column), into);
        varint::write(value.len() as u64, into);
    }
    for (_, value) in values {
        into.extend_from_slice(value.as_bytes());
    }
}

/// Reads the stored form; `None` when it is damaged.
pub fn decode(mut bytes: &[u8]) -> Option<Payload> {
    let count = varint::read(&mut bytes)? as usize;
    // Each value takes two bytes or more, so that a damaged count cannot ask for all memory.
    let mut fields = Vec::with_capacity(count.min(bytes.len() / 2));
    for _ in 0..count {
        let column: u16 = varint::read(&mut bytes)?.try_into().ok()?;
        let length: usize = varint::read(&mut bytes)?.try_into().ok()?;
        fields.push((column, length));
    }
    let mut text = std::str::from_utf8(bytes).ok()?;
    let mut payload = Payload::with_capacity(text.len(), count);
    for (column, length) in fields {
        let (value, rest) = text.split_at_checked(length)?;
        payload.push(column, value);
        text = rest;
    }
    text.is_empty().then_some(payload)
}

/// The digest of values with the names of their columns; they come in the order of those names,
/// so that it does not matter in which order a file has its columns.
pub fn digest<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> Digest {
    let mut text = Vec::with_capacity(512);
    for (name, value) in values {
        for part in [name, value] {
            varint::write(part.len() as u64, &mut text);
            text.extend_from_slice(part.as_bytes());
        }
    }
    shorten(blake3::hash(&text))
}

/// The first 128 bits of a hash.
pub fn shorten(hash: blake3::Hash) -> Digest {
    hash.as_bytes()[..16].try_into().expect("a hash has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(values: &[(u16, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(values, &mut bytes);
        bytes
    }

    #[test]
    fn payloads_are_read_as_written() {
        let long = "é".repeat(70_000);
        for values in [vec![], vec![(0, "Zoë"), (300, ""), (0, "Ulm")], vec![(9, long.as_str())]] {
            let payload = decode(&stored(&values)).unwrap();
            assert_eq!(payload.iter().collect::<Vec<_>>(), values);
        }
    }

    #[test]
    fn damaged_payloads_are_refused() {
        let whole = stored(&[(0, "Zoë"), (1, "Ulm")]);
        for length in 0..whole.len() {
            assert_eq!(decode(&whole[..length]), None, "{length} bytes");
        }
        assert_eq!(decode(&[1, 0, 1, 0xff]), None, "no UTF-8");
        assert_eq!(decode(&[2, 0, 1, 0, 1, 0xc3, 0xab]), None, "a value ends within a letter");
        assert_eq!(decode(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), None, "a count of billions");
    }

    #[test]
    fn digests_tell_values_and_columns_apart() {
        let of = |values: &[(&'static str, &'static str)]| digest(values.iter().copied());
        let jansen = of(&[("name", "Jansen"), ("city", "Ede")]);
        assert_eq!(jansen, of(&[("name", "Jansen"), ("city", "Ede")]));
        assert_ne!(jansen, of(&[("name", "Janssen"), ("city", "Ede")]));
        assert_ne!(jansen, of(&[("city", "Jansen"), ("name", "Ede")]));
        assert_ne!(of(&[("a", "bc")]), of(&[("ab", "c")]));
        assert_ne!(of(&[]), of(&[("name", "")]));
    }
}
