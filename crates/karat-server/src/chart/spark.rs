//! A curve that stands in a row of text: how a share went, from its lowest to its highest.

use super::svg::Svg;

const HEIGHT: f64 = 22.0;
const MARGIN: f64 = 4.0;
/// Room for half a dot at both ends, in percent.
const SIDE: f64 = 3.0;
/// Shares that differ by less than this are drawn as if they were the same.
const RANGE_MIN: f64 = 0.02;

/// A curve of shares, oldest first; one that is not known interrupts it.
pub fn spark(shares: &[Option<f64>]) -> String {
    let mut svg = Svg::new(HEIGHT);
    let known = || shares.iter().flatten().copied();
    let (low, high) = (known().fold(1.0, f64::min), known().fold(0.0, f64::max));
    let middle = (low + high) / 2.0;
    let range = (high - low).max(RANGE_MIN);
    let steps = shares.len().saturating_sub(1).max(1) as f64;
    let at = |number: usize, share: f64| {
        let x = SIDE + number as f64 / steps * (100.0 - 2.0 * SIDE);
        [x, HEIGHT / 2.0 - (share - middle) / range * (HEIGHT - 2.0 * MARGIN)]
    };
    let mut before: Option<[f64; 2]> = None;
    for (number, share) in shares.iter().enumerate() {
        let here = share.map(|share| at(number, share));
        if let (Some(from), Some(to)) = (before, here) {
            svg.line("curve", from, to, 2.0);
        }
        before = here;
    }
    if let Some(last) = before {
        svg.dot("dot", last, 3.0, "");
    }
    svg.decorative()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rises_to_the_right_and_is_interrupted_where_nothing_is_known() {
        let drawn = spark(&[Some(0.5), Some(0.7), None, Some(0.9)]);
        assert_eq!(drawn.matches("<line").count(), 1, "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 1, "{drawn}");
        assert!(drawn.contains(r#"aria-hidden="true""#), "{drawn}");
    }

    #[test]
    fn a_single_share_is_a_dot_amid() {
        let drawn = spark(&[Some(0.8)]);
        assert!(drawn.contains(r#"cy="11.0""#), "{drawn}");
    }
}
