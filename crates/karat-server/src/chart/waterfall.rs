//! The waterfall: how each comparison lifts or lowers the weight of a pair, up to its total.

use askama::Template;
use karat_model::evidence::{Evidence, PairExplanation, Weight};

use super::svg::{Anchor, Svg};
use crate::locale::Locale;
use crate::reasons::{conclusion, is_silent, level, unknown};
use crate::words::{agreement_class, agreement_sign};

/// Where weights stand on the width of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
}

/// Room at both sides, in percent.
const MARGIN: f64 = 2.0;

impl Scale {
    /// The scale on which zero and all these weights fit.
    pub fn over(weights: impl IntoIterator<Item = Weight>) -> Scale {
        let start = Scale { low: 0.0, high: 0.0 };
        let scale = weights.into_iter().fold(start, |scale, weight| Scale {
            low: scale.low.min(weight.bits()),
            high: scale.high.max(weight.bits()),
        });
        if scale.low == scale.high { Scale { low: -1.0, high: 1.0 } } else { scale }
    }

    /// Whole bits to write at the axis, some four of them.
    pub(super) fn ticks(&self) -> impl Iterator<Item = i32> + use<> {
        let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
        let is_wide_enough = |step: &&i32| f64::from(**step) * 5.0 >= self.high - self.low;
        let step = *steps.iter().find(is_wide_enough).unwrap_or(&1000);
        let first = (self.low / f64::from(step)).ceil() as i32;
        let last = (self.high / f64::from(step)).floor() as i32;
        (first..=last).map(move |tick| tick * step)
    }

    /// Where a weight stands, in percent.
    pub fn at(&self, weight: Weight) -> f64 {
        let share = (weight.bits() - self.low) / (self.high - self.low);
        MARGIN + share * (100.0 - 2.0 * MARGIN)
    }
}

/// Why two records are, or are not, the same customer: a row per comparison.
#[derive(Debug, Template)]
#[template(path = "chart/waterfall.html")]
pub struct Waterfall<'a> {
    text: Locale,
    pair: &'a PairExplanation,
    axis: String,
    start: String,
    steps: Vec<Step<'a>>,
    /// What was not compared, in a row.
    unknown: String,
    total: String,
}

/// Writes a value of one side of a comparison, such as to mask it.
pub type Show = fn(Locale, &Evidence, &str) -> String;

#[derive(Debug)]
struct Step<'a> {
    text: Locale,
    evidence: &'a Evidence,
    left: String,
    right: String,
    weight: Weight,
    drawn: String,
}

impl Step<'_> {
    fn class(&self) -> &'static str {
        agreement_class(&self.evidence.agreement)
    }

    fn level(&self) -> String {
        level(self.evidence, self.text)
    }

    fn sign(&self) -> &'static str {
        agreement_sign(&self.evidence.agreement)
    }

    /// Whether it compares the records as a whole, so that there are no values to show.
    fn has_no_values(&self) -> bool {
        self.left.is_empty() && self.right.is_empty()
    }
}

const ROW_HEIGHT: f64 = 26.0;
const AXIS_HEIGHT: f64 = 20.0;
const BAR_TOP: f64 = 6.0;
const BAR_HEIGHT: f64 = 14.0;

impl<'a> Waterfall<'a> {
    /// The waterfall of a pair; what says nothing is named in one row, without a bar.
    pub fn of(pair: &'a PairExplanation, text: Locale, show: Show) -> Waterfall<'a> {
        let scale = scale_of(pair);
        let mut running = pair.prior;
        let mut steps = Vec::new();
        for evidence in pair.evidence.iter().filter(|evidence| !is_silent(evidence)) {
            let drawn = draw(pair, &scale, running, evidence.weight, evidence.term_frequency);
            let weight = evidence.weight + evidence.term_frequency;
            running += weight;
            let [left, right] =
                [&evidence.left, &evidence.right].map(|value| show(text, evidence, value));
            steps.push(Step { text, evidence, left, right, weight, drawn });
        }
        Waterfall {
            text,
            pair,
            axis: draw_axis(&scale, text),
            start: draw_prior(pair, &scale),
            steps,
            unknown: unknown(&pair.evidence, text),
            total: draw_total(pair, &scale),
        }
    }

    fn conclusion(&self) -> String {
        conclusion(self.pair, self.text)
    }
}

fn scale_of(pair: &PairExplanation) -> Scale {
    let mut marks = vec![pair.prior, pair.total, pair.link_threshold, pair.review_threshold];
    let mut running = pair.prior;
    for evidence in &pair.evidence {
        for part in [evidence.weight, evidence.term_frequency] {
            running += part;
            marks.push(running);
        }
    }
    Scale::over(marks)
}

/// One row, from where the last ended: what the level weighs, and what is added because the value
/// is rare, or taken off because it is common.
fn draw(
    pair: &PairExplanation,
    scale: &Scale,
    from: Weight,
    level: Weight,
    term_frequency: Weight,
) -> String {
    let mut svg = Svg::new(ROW_HEIGHT);
    thresholds(&mut svg, pair, scale);
    let end = from + level + term_frequency;
    let is_taken_off = level.0.signum() * term_frequency.0.signum() < 0;
    if is_taken_off {
        step(&mut svg, scale, "", from, end);
        step(&mut svg, scale, "taken-off", end, from + level);
    } else {
        step(&mut svg, scale, "", from, from + level);
        step(&mut svg, scale, "rarity", from + level, end);
    }
    svg.upright("step", scale.at(from), 0.0, BAR_TOP + BAR_HEIGHT);
    svg.upright("step", scale.at(end), BAR_TOP, ROW_HEIGHT);
    svg.decorative()
}

fn step(svg: &mut Svg, scale: &Scale, kind: &str, from: Weight, to: Weight) {
    if from == to {
        return;
    }
    let (start, end) = (scale.at(from), scale.at(to));
    let direction = if to < from { "down" } else { "up" };
    let class = format!("{direction} {kind}");
    svg.rectangle(class.trim_end(), start.min(end), BAR_TOP, (end - start).abs(), BAR_HEIGHT);
}

fn draw_axis(scale: &Scale, text: Locale) -> String {
    let mut svg = Svg::new(AXIS_HEIGHT);
    for tick in scale.ticks() {
        let at = scale.at(Weight::from_bits(f64::from(tick)));
        let written = text.decimal(f64::from(tick), 0);
        svg.text("axis", at, AXIS_HEIGHT - 7.0, Anchor::Middle, &written);
        svg.upright("zero", at, AXIS_HEIGHT - 4.0, AXIS_HEIGHT);
    }
    svg.decorative()
}

/// Where a pair starts: neither for nor against, only rare.
fn draw_prior(pair: &PairExplanation, scale: &Scale) -> String {
    let mut svg = Svg::new(ROW_HEIGHT);
    thresholds(&mut svg, pair, scale);
    let (zero, end) = (scale.at(Weight::ZERO), scale.at(pair.prior));
    svg.rectangle("quiet", zero.min(end), BAR_TOP, (end - zero).abs(), BAR_HEIGHT);
    svg.upright("step", end, BAR_TOP, ROW_HEIGHT);
    svg.decorative()
}

fn draw_total(pair: &PairExplanation, scale: &Scale) -> String {
    let mut svg = Svg::new(ROW_HEIGHT);
    let (zero, end) = (scale.at(Weight::ZERO), scale.at(pair.total));
    svg.rectangle("gold", zero.min(end), 4.0, (end - zero).abs(), BAR_HEIGHT + 4.0);
    thresholds(&mut svg, pair, scale);
    svg.decorative()
}

fn thresholds(svg: &mut Svg, pair: &PairExplanation, scale: &Scale) {
    svg.upright("zero", scale.at(Weight::ZERO), 0.0, ROW_HEIGHT);
    svg.upright("review", scale.at(pair.review_threshold), 0.0, ROW_HEIGHT);
    svg.upright("threshold", scale.at(pair.link_threshold), 0.0, ROW_HEIGHT);
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn rendered(pair: &PairExplanation, language: Language) -> String {
        Waterfall::of(pair, Locale::of(language), |_, _, value| value.into()).to_string()
    }

    #[test]
    fn everything_fits_on_the_scale() {
        let scale = Scale::over([Weight::from_bits(-12.0), Weight::from_bits(28.0)]);
        for (bits, expected) in [(-12.0, 2.0), (28.0, 98.0), (0.0, 30.8), (8.0, 50.0)] {
            assert!((scale.at(Weight::from_bits(bits)) - expected).abs() < 0.01, "{bits}");
        }
        assert_eq!(Scale::over([]).at(Weight::ZERO), 50.0);
    }

    #[test]
    fn the_axis_has_a_few_round_numbers() {
        for (low, high, expected) in [
            (-11.3, 26.6, &[-10, 0, 10, 20][..]),
            (-1.0, 1.0, &[-1, 0, 1]),
            (-14.2, 6.5, &[-10, -5, 0, 5]),
        ] {
            let scale = Scale { low, high };
            assert_eq!(scale.ticks().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_says_nothing_is_named_without_a_bar() {
        let drawn = rendered(&fixture::linked_pair(), Language::English);
        assert_eq!(
            drawn.matches("<li class").count(),
            7,
            "start, four comparisons, unknown, total"
        );
        assert!(drawn.contains("Not compared"), "{drawn}");
        assert!(!drawn.contains("+31 6 55501234"), "{drawn}");
    }

    fn check_step(level: f64, term_frequency: f64, expected: [&str; 2]) {
        let scale = Scale { low: 0.0, high: 96.0 };
        let mut pair = fixture::linked_pair();
        pair.link_threshold = Weight::from_bits(40.0);
        let [from, level, term_frequency] = [30.0, level, term_frequency].map(Weight::from_bits);
        let drawn = draw(&pair, &scale, from, level, term_frequency);
        for bar in expected {
            assert!(drawn.contains(bar), "{bar} in {drawn}");
        }
    }

    #[test]
    fn a_bar_starts_where_the_last_ended_and_the_rarity_follows_it() {
        let level = r#"class="up" x="32.00%" y="6.0" width="20.00%""#;
        check_step(20.0, 5.0, [level, r#"class="up rarity" x="52.00%" y="6.0" width="5.00%""#]);
        let level = r#"class="down" x="27.00%" y="6.0" width="5.00%""#;
        check_step(-5.0, -2.0, [level, r#"class="down rarity" x="25.00%" y="6.0" width="2.00%""#]);
    }

    #[test]
    fn what_a_common_value_takes_off_is_left_blank() {
        let net = r#"class="up" x="32.00%" y="6.0" width="15.00%""#;
        check_step(20.0, -5.0, [net, r#"class="up taken-off" x="47.00%" y="6.0" width="5.00%""#]);
        let net = r#"class="down" x="31.00%" y="6.0" width="1.00%""#;
        check_step(4.0, -5.0, [net, r#"class="up taken-off" x="31.00%" y="6.0" width="5.00%""#]);
    }

    #[test]
    fn the_conclusion_follows_the_thresholds() {
        let mut pair = fixture::linked_pair();
        for (total, expected) in [
            (pair.link_threshold, "above the link threshold"),
            (pair.link_threshold - Weight(1), "between"),
            (pair.review_threshold - Weight(1), "below the review threshold"),
        ] {
            pair.total = total;
            assert!(rendered(&pair, Language::English).contains(expected), "{expected}");
        }
    }

    #[test]
    fn values_are_escaped_and_can_be_masked() {
        let mut pair = fixture::linked_pair();
        pair.evidence[0].left = "<script>alert(1)</script>".into();
        assert!(!rendered(&pair, Language::Dutch).contains("<script>"));
        let masked =
            Waterfall::of(&pair, Locale::of(Language::Dutch), |_, _, _| "x***".into()).to_string();
        assert!(masked.contains("x***"));
        assert!(!masked.contains(&pair.evidence[0].right));
    }
}
