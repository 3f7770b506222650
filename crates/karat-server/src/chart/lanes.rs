//! Lanes: a customer from version to version, and those whose records came to it or left it.

use std::fmt::Write;

use super::mark::Mark;
use super::svg::{Anchor, Svg};

/// A customer and those that it took in or that split off, side by side.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// How many columns there are, one for each version of the first customer.
    pub columns: usize,
    /// The customers; the first is the one that it is about.
    pub lanes: Vec<Lane>,
    /// The records that pass between the first customer and another.
    pub crossings: Vec<Crossing>,
    /// Lines across that mean something; they count in columns from the left, the first is 0.
    pub marks: Vec<Mark>,
    /// When the first and the last version were, as people read it.
    pub ends: [String; 2],
}

/// A customer; places count in columns, and what happened in between has a place in between.
#[derive(Clone, Debug)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// From where to where it was there; `None` where that lies outside of the chart.
    pub stretches: Vec<[Option<f64>; 2]>,
    /// What happened to it, with what is told to who points at it.
    pub dots: Vec<(f64, String)>,
}

/// Records that pass between the first customer and another.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The lane of the other.
    pub other: usize,
    /// The column.
    pub at: f64,
    /// Whether they come to the first customer; else they leave it.
    pub comes: bool,
    /// Whether the other customer ended or began with it.
    pub is_whole: bool,
}

const LANE_HEIGHT: f64 = 46.0;
const ABOVE: f64 = 26.0;
const BELOW: f64 = 20.0;
/// Room at both ends, in percent: for lanes that come from before and go on.
const MARGIN: f64 = 6.0;
/// How much of the way to the next column a crossing takes at most, and how much of the width.
const BEND: f64 = 0.45;
const BEND_MAX: f64 = 5.0;
const DOT_RADIUS: f64 = 5.5;
const OWN_THICKNESS: f64 = 5.0;
const THICKNESS: f64 = 3.0;

impl Lanes {
    /// Draws the lanes; `sentence` tells the same in words.
    pub fn draw(&self, sentence: &str) -> String {
        let top = Mark::HEIGHT * self.marks.len() as f64 + ABOVE;
        let y = |lane: usize| top + lane as f64 * LANE_HEIGHT;
        let bottom = y(self.lanes.len().saturating_sub(1)) + LANE_HEIGHT / 3.0;
        let mut svg = Svg::new(bottom + BELOW);
        svg.text("axis", 0.0, bottom + 15.0, Anchor::Start, &self.ends[0]);
        svg.text("axis", 100.0, bottom + 15.0, Anchor::End, &self.ends[1]);
        for (row, mark) in self.marks.iter().enumerate() {
            mark.draw(&mut svg, row, self.x(mark.at), bottom);
        }
        for (number, lane) in self.lanes.iter().enumerate() {
            let (class, thickness) =
                if number == 0 { ("lane own", OWN_THICKNESS) } else { ("lane", THICKNESS) };
            for stretch in &lane.stretches {
                let [from, to] = self.ends_of(number, *stretch);
                svg.line(class, [from, y(number)], [to, y(number)], thickness);
            }
        }
        svg.stretched(0.0, 100.0, &self.paths(y));
        for (number, lane) in self.lanes.iter().enumerate() {
            let class = if number == 0 { "dot own" } else { "dot" };
            for (at, hint) in &lane.dots {
                svg.dot(class, [self.x(*at), y(number)], DOT_RADIUS, hint);
            }
            svg.text("lane-name", 0.0, y(number) - 11.0, Anchor::Start, &lane.name);
        }
        svg.described(sentence)
    }

    /// How wide a column is.
    fn step(&self) -> f64 {
        (100.0 - 2.0 * MARGIN) / self.columns.saturating_sub(1).max(1) as f64
    }

    fn x(&self, at: f64) -> f64 {
        let last = self.columns.saturating_sub(1) as f64;
        if self.columns < 2 && (0.0..=last).contains(&at) {
            return 50.0;
        }
        // What happened before the first version or after the last has its place in the margin.
        let outside = (at - at.clamp(0.0, last)).clamp(-1.0, 1.0);
        MARGIN + at.clamp(0.0, last) * self.step() + outside * MARGIN
    }

    fn bend(&self) -> f64 {
        (self.step() * BEND).min(BEND_MAX)
    }

    /// Where a stretch begins and ends, so that what crosses has room to.
    fn ends_of(&self, lane: usize, [from, to]: [Option<f64>; 2]) -> [f64; 2] {
        let bend_at = |at: f64, comes: bool| {
            let mut crossings = self.crossings.iter();
            let crosses = crossings.any(|it| it.other == lane && it.comes == comes && it.at == at);
            if crosses { self.bend() } else { 0.0 }
        };
        let begin = from.map_or(0.0, |at| self.x(at) + bend_at(at, false));
        let end = to.map_or(100.0, |at| self.x(at) - bend_at(at, true));
        [begin, end.max(begin)]
    }

    fn paths(&self, y: impl Fn(usize) -> f64) -> String {
        let mut paths = String::new();
        for Crossing { other, at, comes, is_whole } in &self.crossings {
            let class = if *is_whole { "crossing" } else { "crossing some" };
            let own = self.x(*at);
            let away = own + if *comes { -self.bend() } else { self.bend() };
            let middle = (own + away) / 2.0;
            let (own_y, other_y) = (y(0), y(*other));
            write!(
                paths,
                r#"<path class="{class}" d="M{away:.2} {other_y:.1}C{middle:.2} {other_y:.1} {middle:.2} {own_y:.1} {own:.2} {own_y:.1}"/>"#,
            )
            .expect("writing to a string cannot fail");
        }
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(name: &str, stretches: &[[Option<f64>; 2]]) -> Lane {
        Lane {
            name: name.into(),
            stretches: stretches.to_vec(),
            dots: vec![(0.0, "<here>".into())],
        }
    }

    fn drawn(columns: usize) -> String {
        let crossing = |at, comes, is_whole| Crossing { other: 1, at, comes, is_whole };
        let mark = Mark { at: 1.0, class: "review", label: "then".into(), side: Anchor::Start };
        Lanes {
            columns,
            lanes: vec![
                lane("Bo & Co", &[[Some(0.0), None]]),
                lane("Bo", &[[None, Some(1.0)], [Some(2.0), None]]),
            ],
            crossings: vec![crossing(1.0, true, true), crossing(2.0, false, false)],
            marks: vec![mark],
            ends: ["1 Jan".into(), "2 Jan".into()],
        }
        .draw("a sentence")
    }

    #[test]
    fn what_merges_bends_towards_it_and_what_splits_bends_away() {
        let drawn = drawn(3);
        // The other ends a bend before the merge, and begins again a bend after the split.
        assert!(
            drawn.contains(r#"<line class="lane" x1="0.00%" y1="88.0" x2="45.00%""#),
            "{drawn}"
        );
        assert!(drawn.contains(r#"<line class="lane" x1="99.00%" y1="88.0" x2="100.00%""#));
        let merge = r#"class="crossing" d="M45.00 88.0C47.50 88.0 47.50 42.0 50.00 42.0""#;
        assert!(drawn.contains(merge), "{drawn}");
        let split = r#"class="crossing some" d="M99.00 88.0C96.50 88.0 96.50 42.0 94.00 42.0""#;
        assert!(drawn.contains(split), "{drawn}");
        assert!(drawn.contains(r#"<line class="lane own" x1="6.00%" y1="42.0" x2="100.00%""#));
        assert!(drawn.contains(r#"<line class="review" x1="50.00%""#), "{drawn}");
    }

    #[test]
    fn names_and_hints_are_escaped() {
        let drawn = drawn(3);
        assert!(!drawn.contains("<here>") && !drawn.contains("Bo & Co"), "{drawn}");
        assert!(drawn.contains(r#"role="img" aria-label="a sentence""#));
    }

    #[test]
    fn one_version_and_none_can_be_drawn() {
        assert!(drawn(1).contains(r#"cx="50.00%""#));
        let nothing = Lanes {
            columns: 0,
            lanes: Vec::new(),
            crossings: Vec::new(),
            marks: Vec::new(),
            ends: Default::default(),
        };
        assert!(nothing.draw("").starts_with("<svg"));
    }
}
