//! Curves: shares from nothing to all, along a scale of bits.

use std::fmt::Write;

use karat_model::evidence::Weight;

use super::mark::Mark;
use super::svg::{Anchor, Svg};
use super::waterfall::Scale;
use crate::locale::Locale;

/// Shares along a scale of bits.
#[derive(Clone, Debug)]
pub struct Curves {
    /// The curves; later ones are drawn over earlier ones.
    pub curves: Vec<Curve>,
    /// Lines across that mean something; they count in bits.
    pub marks: Vec<Mark>,
    /// What is told about some weights to who points at them, lightest first.
    pub hints: Vec<(Weight, String)>,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its class.
    pub class: &'static str,
    /// Its points: a share, 0 to 1, for each weight, lightest first.
    pub points: Vec<(Weight, f64)>,
    /// A point to mark with a dot.
    pub dot: Option<(Weight, f64)>,
}

const HEIGHT: f64 = 170.0;
const BELOW: f64 = 20.0;
const ABOVE: f64 = 8.0;
/// Room for the shares at the left, in percent.
const LEFT: f64 = 11.0;
const DOT_RADIUS: f64 = 5.0;
/// The shares that are written at the left.
const GRID: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

impl Curves {
    /// Draws the curves; `sentence` tells the same in words.
    pub fn draw(&self, text: Locale, sentence: &str) -> String {
        let scale = self.scale();
        let top = ABOVE + Mark::HEIGHT * self.marks.len() as f64;
        let bottom = top + HEIGHT;
        let mut svg = Svg::new(bottom + BELOW);
        let x = |weight: Weight| LEFT + scale.at(weight) * (100.0 - LEFT) / 100.0;
        let y = |share: f64| bottom - share.clamp(0.0, 1.0) * HEIGHT;
        for share in GRID {
            let class = if share == 0.0 { "baseline" } else { "grid" };
            svg.line(class, [LEFT, y(share)], [100.0, y(share)], 1.0);
            svg.text("axis", LEFT - 1.5, y(share) + 4.0, Anchor::End, &text.percent(share));
        }
        for tick in scale.ticks() {
            let at = x(Weight::from_bits(f64::from(tick)));
            let written = text.decimal(f64::from(tick), 0);
            svg.text("axis", at, bottom + 15.0, Anchor::Middle, &written);
        }
        svg.stretched(LEFT, 100.0 - LEFT, &self.paths(&scale, y));
        for (row, mark) in self.marks.iter().enumerate() {
            mark.draw(&mut svg, row, x(Weight::from_bits(mark.at)), bottom);
        }
        for curve in &self.curves {
            if let Some((weight, share)) = curve.dot {
                let class = format!("dot {}", curve.class);
                svg.dot(&class, [x(weight), y(share)], DOT_RADIUS, &text.percent(share));
            }
        }
        self.draw_hints(&mut svg, x);
        svg.described(sentence)
    }

    fn scale(&self) -> Scale {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        Scale::over(points.map(|&(weight, _)| weight))
    }

    fn paths(&self, scale: &Scale, y: impl Fn(f64) -> f64) -> String {
        let mut paths = String::new();
        for Curve { class, points, .. } in &self.curves {
            let mut line = String::new();
            for (at, &(weight, share)) in points.iter().enumerate() {
                let pen = if at == 0 { 'M' } else { 'L' };
                write!(line, "{pen}{:.2} {:.1}", scale.at(weight), y(share))
                    .expect("writing to a string cannot fail");
            }
            write!(paths, r#"<path class="curve {class}" d="{line}"/>"#)
                .expect("writing to a string cannot fail");
        }
        paths
    }

    /// Each hint is told from halfway to the one before it to halfway to the next.
    fn draw_hints(&self, svg: &mut Svg, x: impl Fn(Weight) -> f64) {
        let at: Vec<f64> = self.hints.iter().map(|&(weight, _)| x(weight)).collect();
        let halfway = |one: usize, other: usize| (at[one] + at[other]) / 2.0;
        for (number, (_, hint)) in self.hints.iter().enumerate() {
            let start = if number == 0 { at[0] } else { halfway(number - 1, number) };
            let is_last = number + 1 == at.len();
            let end = if is_last { at[number] } else { halfway(number, number + 1) };
            svg.hint(start, end - start, hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    fn drawn(language: Language) -> String {
        let bits = Weight::from_bits;
        let curve = Curve {
            class: "right",
            points: vec![(bits(-10.0), 0.0), (bits(0.0), 0.5), (bits(10.0), 1.0)],
            dot: Some((bits(5.0), 0.75)),
        };
        let mark = Mark { at: 5.0, class: "threshold", label: "link".into(), side: Anchor::Start };
        let hints = [-10.0, 0.0, 10.0].map(|at| (bits(at), format!("at {at}"))).to_vec();
        Curves { curves: vec![curve], marks: vec![mark], hints }
            .draw(Locale::of(language), "a sentence")
    }

    #[test]
    fn a_curve_runs_from_nothing_at_the_bottom_to_all_at_the_top() {
        let drawn = drawn(Language::English);
        let path = r#"<path class="curve right" d="M2.00 194.0L50.00 109.0L98.00 24.0"/>"#;
        assert!(drawn.contains(path), "{drawn}");
        assert!(drawn.contains(r#"<circle class="dot right" cx="76.86%" cy="66.5""#), "{drawn}");
        assert!(drawn.contains(r#"<line class="threshold" x1="76.86%""#), "{drawn}");
    }

    #[test]
    fn axes_are_written_as_people_of_the_language_do() {
        for written in [">50%<", ">100%<", ">−10<", ">0<", ">10<"] {
            assert!(drawn(Language::English).contains(written), "{written}");
        }
        assert!(drawn(Language::Dutch).contains(">25%<"));
    }

    #[test]
    fn hints_cover_the_chart_without_gaps() {
        let drawn = drawn(Language::English);
        for (x, width, hint) in
            [("12.78", "21.36", "at -10"), ("34.14", "42.72", "at 0"), ("76.86", "21.36", "at 10")]
        {
            let expected = format!(r#"x="{x}%" y="0" width="{width}%""#);
            assert!(drawn.contains(&expected), "{expected} in {drawn}");
            assert!(drawn.contains(&format!("<title>{hint}</title>")), "{hint}");
        }
    }

    #[test]
    fn nothing_can_be_drawn() {
        let nothing = Curves { curves: Vec::new(), marks: Vec::new(), hints: Vec::new() };
        assert!(nothing.draw(Locale::of(Language::English), "").starts_with("<svg"));
    }
}
