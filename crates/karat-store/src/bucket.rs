//! The stored form of a bucket: rising hashes, each with a number.
//!
//! ```text
//! distance to the hash before, number │ … in order
//! ```

use crate::varint;

/// Writes entries, which are in order; none has a hash below `first`.
pub fn encode(first: u64, entries: impl ExactSizeIterator<Item = (u64, u64)>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 9);
    let mut last = first;
    for (hash, number) in entries {
        varint::write(hash - last, &mut bytes);
        varint::write(number, &mut bytes);
        last = hash;
    }
    bytes
}

/// Reads what was written; `None` when it is damaged.
pub fn decode(first: u64, bytes: &[u8]) -> impl Iterator<Item = Option<(u64, u64)>> {
    let (mut rest, mut last) = (bytes, first);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut entry = || {
            last = last.checked_add(varint::read(&mut rest)?)?;
            Some((last, varint::read(&mut rest)?))
        };
        let entry = entry();
        if entry.is_none() {
            rest = &[];
        }
        Some(entry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_read_as_written() {
        for entries in [vec![], vec![(5, 0)], vec![(5, 1), (5, 9), (6, 2), (u64::MAX, 7)]] {
            let stored = encode(5, entries.iter().copied());
            assert_eq!(decode(5, &stored).collect::<Option<Vec<_>>>(), Some(entries));
        }
        assert_eq!(decode(5, &[1]).collect::<Option<Vec<_>>>(), None);
        assert_eq!(decode(u64::MAX, &[1, 1]).collect::<Option<Vec<_>>>(), None);
    }
}
