//! Remembers the levels of value pairs that were compared before.
//!
//! The same two names meet in many pairs of records. A small table that forgets is faster than a
//! complete one, because it stays close to the processor.

use super::values::Fold;

/// The levels of some value pairs of one comparison.
#[derive(Debug)]
pub struct LevelCache {
    entries: Vec<(Fold, Fold, u8)>,
}

const ENTRIES: usize = 1 << 13;

impl Default for LevelCache {
    fn default() -> LevelCache {
        LevelCache { entries: vec![(0, 0, 0); ENTRIES] }
    }
}

impl LevelCache {
    /// One that remembers nothing.
    pub fn none() -> LevelCache {
        LevelCache { entries: Vec::new() }
    }

    /// The level of two different values, computed if it is not remembered.
    pub fn level(&mut self, left: Fold, right: Fold, compute: impl FnOnce() -> u8) -> u8 {
        if self.entries.is_empty() {
            return compute();
        }
        let (low, high) = (left.min(right), left.max(right));
        let mixed = (u64::from(low) << 32 | u64::from(high)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let entry = &mut self.entries[(mixed >> 51) as usize];
        if (entry.0, entry.1) != (low, high) {
            *entry = (low, high, compute());
        }
        entry.2
    }
}
