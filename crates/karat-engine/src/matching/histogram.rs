//! How many pairs have which weight, in whole bits.

use karat_model::evidence::Weight;

/// Heavier and lighter pairs than this are counted with it.
const BITS_MAX: i32 = 127;
const BARS: usize = 2 * (BITS_MAX as usize + 1);

/// How many pairs weigh this many whole bits, rounded down.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    counts: [u64; BARS],
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { counts: [0; BARS] }
    }
}

impl Histogram {
    /// Counts a pair.
    pub(super) fn add(&mut self, weight: Weight) {
        let bits = weight.0.div_euclid(Weight::from_bits(1.0).0);
        let bits = bits.clamp(-BITS_MAX - 1, BITS_MAX);
        self.counts[(bits + BITS_MAX + 1) as usize] += 1;
    }

    /// Adds the counts of other pairs.
    pub(super) fn merge(&mut self, other: &Histogram) {
        for (count, added) in self.counts.iter_mut().zip(other.counts) {
            *count += added;
        }
    }

    /// The bits that some pair has, with the number of pairs, lightest first.
    pub(super) fn bars(&self) -> Vec<(i32, u64)> {
        let bars = (-BITS_MAX - 1..=BITS_MAX).zip(self.counts);
        bars.filter(|&(_, count)| count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_rounded_down_to_bits() {
        let mut left = Histogram::default();
        for bits in [3.0, 3.99, -0.01, -1.0] {
            left.add(Weight::from_bits(bits));
        }
        let mut right = Histogram::default();
        for bits in [900.0, 4.0, -900.0] {
            right.add(Weight::from_bits(bits));
        }
        left.merge(&right);
        assert_eq!(left.bars(), [(-128, 1), (-1, 2), (3, 2), (4, 1), (127, 1)]);
    }
}
