//! Digests: tell whether two values are the same, without keeping them.

use karat_model::finding::ValueDigest;
use serde::{Deserialize, Serialize};

/// The secret of a hub that its digests are made with: without it nobody can try out values.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestKey([u8; 32]);

impl DigestKey {
    /// A key that no other hub has.
    pub fn random() -> DigestKey {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the system gives random numbers");
        DigestKey(key)
    }

    /// The digest of a value.
    pub fn of(&self, value: &str) -> ValueDigest {
        let hash = blake3::keyed_hash(&self.0, value.as_bytes());
        let first: [u8; 8] = hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes");
        ValueDigest(u64::from_le_bytes(first))
    }
}
