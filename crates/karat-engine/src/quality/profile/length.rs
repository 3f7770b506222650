//! How long values are: exactly up to 256 characters, in powers of two beyond.

use std::collections::BTreeMap;

use karat_model::profile::LengthCount;

use super::codec::{Reader, StateError, Writer};

/// Up to so many characters each length is counted for itself.
const EXACT_MAX: u32 = 256;

/// How many values have which length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lengths {
    /// The fewest and the most characters.
    min_max: Option<(u32, u32)>,
    /// By the shortest length that is counted at the same place.
    counts: BTreeMap<u32, u64>,
}

impl Lengths {
    /// Adds values of a length.
    pub(super) fn add(&mut self, length: u32, count: u64) {
        let (min, max) = self.min_max.unwrap_or((length, length));
        self.min_max = Some((min.min(length), max.max(length)));
        *self.counts.entry(place(length)).or_default() += count;
    }

    /// Adds other values.
    pub(super) fn merge(&mut self, other: Lengths) {
        let Some((other_min, other_max)) = other.min_max else { return };
        let (min, max) = self.min_max.unwrap_or((other_min, other_max));
        self.min_max = Some((min.min(other_min), max.max(other_max)));
        for (length, count) in other.counts {
            *self.counts.entry(length).or_default() += count;
        }
    }

    /// The fewest and the most characters; zeros if there are no values.
    pub(super) fn min_max(&self) -> (u32, u32) {
        self.min_max.unwrap_or_default()
    }

    /// How many values there are.
    pub(super) fn values(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The counts, the shortest first.
    pub(super) fn finish(&self) -> Vec<LengthCount> {
        let count = |(&from, &count)| LengthCount { from, to: last(from), count };
        self.counts.iter().map(count).collect()
    }

    /// Writes all that is known.
    pub(super) fn write(&self, out: &mut Writer) {
        out.number(self.counts.len() as u64);
        for (length, count) in &self.counts {
            out.number(u64::from(*length));
            out.number(*count);
        }
        if let Some((min, max)) = self.min_max {
            out.number(u64::from(min));
            out.number(u64::from(max));
        }
    }

    /// Reads what [`Lengths::write`] wrote.
    pub(super) fn read(from: &mut Reader) -> Result<Lengths, StateError> {
        let mut lengths = Lengths::default();
        for _ in 0..from.number_below(1 << 32)? {
            let length = from.number_below(1 << 32)? as u32;
            lengths.counts.insert(length, from.count()?);
        }
        if !lengths.counts.is_empty() {
            let (min, max) = (from.number_below(1 << 32)?, from.number_below(1 << 32)?);
            lengths.min_max = Some((min as u32, max as u32));
        }
        Ok(lengths)
    }
}

/// Where a length is counted: at the shortest length of its place, one more than a power of two.
fn place(length: u32) -> u32 {
    if length <= EXACT_MAX { length } else { (1 << (length - 1).ilog2()) + 1 }
}

/// The longest length of a place.
fn last(place: u32) -> u32 {
    if place <= EXACT_MAX { place } else { (place - 1).saturating_mul(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lengths_share_places() {
        for (length, expected) in [
            (0, (0, 0)),
            (1, (1, 1)),
            (256, (256, 256)),
            (257, (257, 512)),
            (512, (257, 512)),
            (513, (513, 1024)),
            (u32::MAX, (0x8000_0001, u32::MAX)),
        ] {
            assert_eq!((place(length), last(place(length))), expected, "{length}");
        }
    }
}
