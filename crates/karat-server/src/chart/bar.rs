//! Bars that stand in a row of text: shares of a whole, and weights for or against.

use karat_model::evidence::Weight;

use super::Scale;
use super::svg::Svg;

const HEIGHT: f64 = 12.0;

/// A bar of parts, each a share of 0 to 1 with its class, on a track that is the whole.
pub fn stacked(parts: &[(f64, &str)]) -> String {
    let mut svg = Svg::new(HEIGHT);
    svg.rectangle("track", 0.0, 0.0, 100.0, HEIGHT);
    let mut start = 0.0;
    for &(share, class) in parts {
        let width = (share * 100.0).clamp(0.0, 100.0 - start);
        if width > 0.0 {
            svg.rectangle(class, start, 0.0, width, HEIGHT);
        }
        start += width;
    }
    svg.decorative()
}

/// A weight, drawn from zero: to the right it speaks for, to the left against. A thin line shows
/// from where to where it lies, if that depends on the value.
pub fn diverging(weight: Weight, range: Option<[Weight; 2]>, scale: &Scale) -> String {
    let mut svg = Svg::new(HEIGHT);
    let zero = scale.at(Weight::ZERO);
    let end = scale.at(weight);
    let class = if weight < Weight::ZERO { "down" } else { "up" };
    svg.upright("zero", zero, 0.0, HEIGHT);
    svg.rectangle(class, zero.min(end), 1.0, (end - zero).abs(), HEIGHT - 2.0);
    if let Some([low, high]) = range.map(|range| range.map(|weight| scale.at(weight))) {
        let middle = HEIGHT / 2.0;
        svg.line("range", [low, middle], [high, middle], 1.5);
        svg.upright("range", low, middle - 4.0, middle + 4.0);
        svg.upright("range", high, middle - 4.0, middle + 4.0);
    }
    svg.decorative()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_one_another() {
        insta::assert_snapshot!(stacked(&[(0.5, "gold"), (0.0, "close"), (0.25, "different")]), @r#"<svg class="chart" width="100%" height="12" aria-hidden="true"><rect class="track" x="0.00%" y="0.0" width="100.00%" height="12.0"/><rect class="gold" x="0.00%" y="0.0" width="50.00%" height="12.0"/><rect class="different" x="50.00%" y="0.0" width="25.00%" height="12.0"/></svg>"#);
    }

    #[test]
    fn parts_never_leave_the_track() {
        let drawn = stacked(&[(0.75, "gold"), (0.75, "different")]);
        assert!(drawn.contains(r#"x="75.00%" y="0.0" width="25.00%""#), "{drawn}");
    }

    #[test]
    fn weights_against_run_to_the_left_of_zero() {
        let scale = Scale::over([Weight::from_bits(-10.0), Weight::from_bits(10.0)]);
        let against = diverging(Weight::from_bits(-10.0), None, &scale);
        let for_it = diverging(Weight::from_bits(10.0), None, &scale);
        assert!(against.contains(r#"class="down" x="2.00%""#), "{against}");
        assert!(for_it.contains(r#"class="up" x="50.00%""#), "{for_it}");
    }

    #[test]
    fn a_weight_that_depends_on_the_value_shows_its_range() {
        let [low, middle, high] = [0.0, 5.0, 10.0].map(Weight::from_bits);
        let drawn = diverging(middle, Some([low, high]), &Scale::over([low, high]));
        let range = r#"<line class="range" x1="2.00%" y1="6.0" x2="98.00%" y2="6.0""#;
        assert!(drawn.contains(range), "{drawn}");
    }
}
