//! Hashes of values, by which subjects with the same value find each other.

use std::hash::Hasher;

use karat_model::check::Check;
use karat_model::id::SourceName;
use rustc_hash::FxHasher;

/// The bits that are left to whoever stores a key.
const FREE: u64 = 0x3ff;

/// The key of values for a check, within a source if one is given.
///
/// It is the same on every platform and in every version, as keys are stored. Its last ten bits are
/// nought, so that a store has room beside it.
pub(super) fn value_key(check: &Check, source: Option<&SourceName>, values: &[&str]) -> u64 {
    let mut hasher = FxHasher::default();
    let source = source.map_or("", SourceName::as_str);
    for part in [check.name.as_str(), source].into_iter().chain(values.iter().copied()) {
        hasher.write_u64(part.len() as u64);
        for chunk in part.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            hasher.write_u64(u64::from_le_bytes(bytes) ^ 0x9e37_79b9_7f4a_7c15);
            // One multiplication for eight bytes mixes little: turn what it lost.
            let mixed = hasher.finish();
            hasher.write_u64(mixed >> 29);
        }
    }
    let hash = hasher.finish();
    let hash = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (hash ^ hash >> 32) & !FREE
}

#[cfg(test)]
mod tests {
    use karat_model::check::{CheckName, Requirement};

    use super::*;

    #[test]
    fn keys_tell_values_checks_and_sources_apart() {
        let check = |name| Check::new(CheckName::new(name).unwrap(), Requirement::UniqueKey);
        let (one, other) = (check("one"), check("other"));
        let crm = SourceName::new("crm");
        let mut keys = vec![
            value_key(&one, None, &["a"]),
            value_key(&other, None, &["a"]),
            value_key(&one, Some(&crm), &["a"]),
            value_key(&one, None, &["a", ""]),
            value_key(&one, None, &["", "a"]),
        ];
        keys.extend((0..200_000).map(|no| value_key(&one, None, &[&format!("{no:07}")])));
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
