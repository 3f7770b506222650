//! The stored form of postings: rising entity numbers, each as its distance from the one before.

use crate::varint;

/// Writes rising numbers.
pub fn encode_postings(entity_nos: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entity_nos.len() * 2 + 8);
    let mut last = 0;
    for &number in entity_nos {
        varint::write(number - last, &mut bytes);
        last = number;
    }
    bytes
}

/// Reads what was written; `None` when it is damaged.
pub fn decode_postings(mut bytes: &[u8]) -> Option<Vec<u64>> {
    let mut entity_nos = Vec::with_capacity(bytes.len());
    let mut last: u64 = 0;
    while !bytes.is_empty() {
        last = last.checked_add(varint::read(&mut bytes)?)?;
        entity_nos.push(last);
    }
    Some(entity_nos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_are_read_as_written() {
        for numbers in [vec![], vec![0], vec![7, 8, 300, 1 << 40]] {
            assert_eq!(decode_postings(&encode_postings(&numbers)), Some(numbers));
        }
        assert_eq!(decode_postings(&[0x80]), None);
    }
}
