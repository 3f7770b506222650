//! A trend: shares over time, with a line across where what is measured became something else.

use std::fmt::Write;

use karat_model::record::Moment;

use super::svg::{Anchor, Svg};
use crate::locale::Locale;

/// Shares over time.
#[derive(Clone, Debug)]
pub struct Trend {
    /// What was measured, oldest first; a share that is not known interrupts the curve.
    pub points: Vec<TrendMark>,
}

/// What was measured at a moment.
#[derive(Clone, Debug)]
pub struct TrendMark {
    /// When.
    pub at: Moment,
    /// A share, 0 to 1, if there is one.
    pub share: Option<f64>,
    /// The class of the line across, where something is not measured like the point before.
    pub across: Option<&'static str>,
    /// What is told to who points at it.
    pub hint: String,
}

const HEIGHT: f64 = 150.0;
const BELOW: f64 = 20.0;
const ABOVE: f64 = 10.0;
/// Room for the shares at the left, and for half a date at the right, in percent.
const LEFT: f64 = 11.0;
const RIGHT: f64 = 3.0;
const DOT_RADIUS: f64 = 4.0;
/// The shares that are written at the left.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

impl Trend {
    /// Draws the trend; `sentence` tells the same in words.
    pub fn draw(&self, text: Locale, sentence: &str) -> String {
        let bottom = ABOVE + HEIGHT;
        let mut svg = Svg::new(bottom + BELOW);
        let y = |share: f64| bottom - share.clamp(0.0, 1.0) * HEIGHT;
        for share in GRID {
            let class = if share == 0.0 { "baseline" } else { "grid" };
            svg.line(class, [LEFT, y(share)], [100.0, y(share)], 1.0);
            svg.text("axis", LEFT - 1.5, y(share) + 4.0, Anchor::End, &text.percent(share));
        }
        let x = |at: Moment| LEFT + self.place(at) * (100.0 - LEFT - RIGHT) / 100.0;
        if let [first, .., last] = &self.points[..] {
            svg.text("axis", x(first.at), bottom + 15.0, Anchor::Start, &text.date(first.at));
            svg.text("axis", x(last.at), bottom + 15.0, Anchor::End, &text.date(last.at));
        }
        for point in &self.points {
            if let Some(class) = point.across {
                svg.upright(class, x(point.at), ABOVE, bottom);
            }
        }
        svg.stretched(LEFT, 100.0 - LEFT - RIGHT, &self.path(y));
        for point in &self.points {
            if let Some(share) = point.share {
                svg.dot("dot right", [x(point.at), y(share)], DOT_RADIUS, &point.hint);
            }
        }
        svg.described(sentence)
    }

    /// Where a moment lies between the first and the last, 0 to 100.
    fn place(&self, at: Moment) -> f64 {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return 0.0;
        };
        let length = (last.at.0 - first.at.0).max(1) as f64;
        if last.at == first.at { 50.0 } else { (at.0 - first.at.0) as f64 * 100.0 / length }
    }

    fn path(&self, y: impl Fn(f64) -> f64) -> String {
        let mut line = String::new();
        let mut is_drawing = false;
        for point in &self.points {
            if let Some(share) = point.share {
                let pen = if is_drawing { 'L' } else { 'M' };
                write!(line, "{pen}{:.2} {:.1}", self.place(point.at), y(share))
                    .expect("writing to a string cannot fail");
            }
            is_drawing = point.share.is_some();
        }
        format!(r#"<path class="curve right" d="{line}"/>"#)
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    fn drawn(points: &[(i64, Option<f64>, bool)]) -> String {
        let mark = |&(at, share, is_otherwise): &(i64, Option<f64>, bool)| TrendMark {
            at: Moment(at),
            share,
            across: is_otherwise.then_some("review"),
            hint: "<here>".into(),
        };
        let points = points.iter().map(mark).collect();
        Trend { points }.draw(Locale::of(Language::Dutch), "a sentence")
    }

    #[test]
    fn time_runs_to_the_right_and_what_is_unknown_is_not_drawn() {
        let points = [
            (0, Some(0.0), false),
            (50, Some(0.5), true),
            (75, None, false),
            (100, Some(1.0), false),
        ];
        let drawn = drawn(&points);
        let path = r#"d="M0.00 160.0L50.00 85.0M100.00 10.0""#;
        assert!(drawn.contains(path), "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 3);
        assert!(drawn.contains(r#"<line class="review" x1="54.00%""#), "{drawn}");
        assert_eq!(drawn.matches(r#"class="review""#).count(), 1);
        assert!(drawn.contains("1 jan 1970") && !drawn.contains("<here>"), "{drawn}");
    }

    #[test]
    fn one_point_and_none_can_be_drawn() {
        assert!(drawn(&[(7, Some(0.5), false)]).contains(r#"d="M50.00 85.0""#));
        assert!(drawn(&[]).starts_with("<svg"));
    }
}
