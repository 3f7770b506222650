//! Limits of a share that was counted in a sample.

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The limits between which a share lies with 95 % confidence, when so many of a sample had it;
/// nothing is known of an empty sample.
///
/// Source: Wilson, Probable inference, the law of succession, and statistical inference,
/// JASA 22 (1927).
pub fn wilson(passed: u64, sampled: u64) -> Option<(f64, f64)> {
    if sampled == 0 {
        return None;
    }
    let n = sampled as f64;
    let share = passed.min(sampled) as f64 / n;
    let divisor = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / divisor;
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / divisor;
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_paper() {
        let (low, high) = wilson(9, 10).unwrap();
        assert!((low - 0.5959).abs() < 1e-4 && (high - 0.9821).abs() < 1e-4, "{low} {high}");
        let (low, high) = wilson(0, 20).unwrap();
        assert!(low == 0.0 && (high - 0.1611).abs() < 1e-4, "{low} {high}");
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn more_of_the_same_is_surer() {
        let width = |passed, sampled| wilson(passed, sampled).map(|(low, high)| high - low);
        assert!(width(900, 1000) < width(90, 100));
    }
}
