//! Secrets: made of chance, kept as hashes.
//!
//! A secret has 256 bits of chance, so that a fast hash protects it: nobody can try them all.

use crate::serving::Host;

/// A new secret: 64 hexadecimal digits.
pub fn new(host: &Host) -> String {
    digits(host, 32)
}

/// So many bytes of chance in hexadecimal digits.
pub fn digits(host: &Host, bytes: usize) -> String {
    let mut chance = vec![0; bytes];
    (host.chance)(&mut chance);
    chance.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

/// Whether two hashes are the same, told in a time that does not hang on where they differ.
pub fn same(one: [u8; 32], other: [u8; 32]) -> bool {
    blake3::Hash::from_bytes(one) == blake3::Hash::from_bytes(other)
}
