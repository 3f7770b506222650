//! The matrix of duplicates is a table; only how warm its cells are is drawn.

/// How many steps of warmth the style has, nothing included.
const HEAT_MAX: f64 = 5.0;

/// How warm a cell is: 0 for nothing, 5 for the most; grows with the square root.
pub fn heat(count: u64, most: u64) -> u8 {
    if count == 0 {
        return 0;
    }
    let share = count as f64 / most.max(count) as f64;
    (share.sqrt() * HEAT_MAX).ceil() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_is_warmer_than_nothing_and_the_most_is_warmest() {
        for (count, expected) in [(0, 0), (1, 1), (40, 1), (50, 2), (1_000, 5), (2_000, 5)] {
            assert_eq!(heat(count, 1_000), expected, "{count}");
        }
    }
}
