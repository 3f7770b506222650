//! Histograms: how often each size, or each score, occurs.

use super::mark::Mark;
use super::svg::{Anchor, Svg};

/// Columns side by side.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The columns, from left to right.
    pub bars: Vec<Bar>,
    /// Lines between the columns that mean something; they count columns from the left: 2.0 is
    /// between the second and the third.
    pub marks: Vec<Mark>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its height, 0 to 1.
    pub height: f64,
    /// Its class.
    pub class: &'static str,
    /// What stands above it, or nothing.
    pub above: String,
    /// What stands under it, or nothing.
    pub below: String,
}

const COLUMN_HEIGHT: f64 = 120.0;
const ABOVE: f64 = 20.0;
const BELOW: f64 = 20.0;
/// So that one among many thousands can still be seen.
const VISIBLE_MIN: f64 = 2.0;

impl Histogram {
    /// Draws the histogram; `sentence` tells the same in words.
    pub fn draw(&self, sentence: &str) -> String {
        let marks_height = Mark::HEIGHT * self.marks.len() as f64;
        let top = ABOVE + marks_height;
        let bottom = top + COLUMN_HEIGHT;
        let mut svg = Svg::new(bottom + BELOW);
        let step = 100.0 / self.bars.len().max(1) as f64;
        for (at, bar) in self.bars.iter().enumerate() {
            let left = at as f64 * step;
            let centre = left + step / 2.0;
            let height = match bar.height {
                0.0 => 0.0,
                share => (share * COLUMN_HEIGHT).max(VISIBLE_MIN),
            };
            svg.rectangle(bar.class, left + step * 0.08, bottom - height, step * 0.84, height);
            if !bar.above.is_empty() {
                svg.text("figure", centre, bottom - height - 5.0, Anchor::Middle, &bar.above);
            }
            if !bar.below.is_empty() {
                svg.text("axis", centre, bottom + 15.0, Anchor::Middle, &bar.below);
            }
        }
        svg.level("baseline", bottom);
        for (row, mark) in self.marks.iter().enumerate() {
            mark.draw(&mut svg, row, mark.at * step, bottom);
        }
        svg.described(sentence)
    }
}

/// Heights that are in proportion to the counts.
pub fn linear(counts: &[u64]) -> Vec<f64> {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    counts.iter().map(|&count| count as f64 / most as f64).collect()
}

/// Heights that grow with the logarithm of the counts, where few must be seen beside many.
pub fn logarithmic(counts: &[u64]) -> Vec<f64> {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let height = |count: u64| (1.0 + count as f64).ln() / (1.0 + most as f64).ln();
    counts.iter().map(|&count| height(count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_is_highest_and_none_is_flat() {
        assert_eq!(linear(&[0, 5, 10]), [0.0, 0.5, 1.0]);
        assert_eq!(linear(&[]), [0.0; 0]);
        let heights = logarithmic(&[0, 1, 1_000_000]);
        assert_eq!((heights[0], heights[2]), (0.0, 1.0));
        assert!(heights[1] > 0.04, "one among a million can be seen: {heights:?}");
    }

    #[test]
    fn a_single_one_among_thousands_is_visible() {
        let bar = |height| Bar { height, class: "gold", above: "1".into(), below: "2".into() };
        let drawn =
            Histogram { bars: vec![bar(1.0), bar(0.0001), bar(0.0)], marks: vec![] }.draw("");
        assert!(drawn.contains(r#"height="2.0""#), "{drawn}");
        assert!(drawn.contains(r#"height="0.0""#), "{drawn}");
    }

    #[test]
    fn labels_of_marks_stand_on_their_side_if_there_is_room() {
        let bar = Bar { height: 1.0, class: "gold", above: String::new(), below: String::new() };
        for (side, at, expected) in [
            (Anchor::End, 5.0, r#"x="49.20%" y="12.0" text-anchor="end""#),
            (Anchor::Start, 5.0, r#"x="50.80%" y="12.0" text-anchor="start""#),
            (Anchor::End, 1.0, r#"x="10.80%" y="12.0" text-anchor="start""#),
            (Anchor::Start, 9.0, r#"x="89.20%" y="12.0" text-anchor="end""#),
        ] {
            let mark = Mark { at, class: "threshold", label: "link from +5.7".into(), side };
            let drawn = Histogram { bars: vec![bar.clone(); 10], marks: vec![mark] }.draw("");
            assert!(drawn.contains(expected), "{expected} in {drawn}");
        }
    }
}
