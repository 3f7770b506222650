//! Codes in few rows: each goes into the bucket of its hash, with the entity that has it.
//!
//! ```text
//! hash of the code   │ 16 bits: the bucket │ 40 bits: kept in the bucket │ 8 bits: not used │
//! ```
//!
//! A row per code would be millions of tiny rows. A bucket has some sixty codes in a hub of a
//! million entities.

use crate::bucket;

/// Where a code is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeHash(u64);

const BUCKET_SHIFT: u32 = 40;

impl CodeHash {
    /// The hash of a code, from its BLAKE3 hash.
    pub fn of(code: &str) -> CodeHash {
        let hash = blake3::hash(code.as_bytes());
        let first = hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes");
        CodeHash(u64::from_le_bytes(first) >> 8)
    }

    /// The bucket that the code is in.
    pub fn bucket(self) -> u64 {
        self.0 >> BUCKET_SHIFT
    }
}

/// Codes and the numbers of the entities that have them, in order; all of one bucket.
pub type Bucket = Vec<(CodeHash, u64)>;

/// Writes a bucket, whose entries are in order.
pub fn encode_bucket(entries: &[(CodeHash, u64)]) -> Vec<u8> {
    let first = entries.first().map_or(0, |(hash, _)| hash.bucket() << BUCKET_SHIFT);
    bucket::encode(first, entries.iter().map(|&(hash, entity_no)| (hash.0, entity_no)))
}

/// Reads what was written as this bucket; `None` when it is damaged.
pub fn decode_bucket(bucket: u64, bytes: &[u8]) -> Option<Bucket> {
    let entries = bucket::decode(bucket << BUCKET_SHIFT, bytes);
    entries.map(|entry| entry.map(|(hash, entity_no)| (CodeHash(hash), entity_no))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_read_as_written() {
        let bucket = 0xbeef;
        let hash = |rest: u64| CodeHash(bucket << BUCKET_SHIFT | rest);
        let last = (1 << BUCKET_SHIFT) - 1;
        for entries in
            [vec![], vec![(hash(0), 7)], vec![(hash(9), 7), (hash(9), 8), (hash(last), 1)]]
        {
            assert!(entries.iter().all(|(hash, _)| hash.bucket() == bucket));
            assert_eq!(decode_bucket(bucket, &encode_bucket(&entries)), Some(entries));
        }
        assert_eq!(decode_bucket(bucket, &[1]), None);
    }

    #[test]
    fn codes_have_their_own_hash() {
        assert_eq!(CodeHash::of("6711ab"), CodeHash::of("6711ab"));
        assert_ne!(CodeHash::of("6711ab"), CodeHash::of("6711ac"));
        assert!(CodeHash::of("6711ab").bucket() < 1 << 16);
    }
}
