//! The trade-off: what each threshold links, how much of it is right, and how much is found.
//!
//! A total of w bits stands for a probability of 2^w / (1 + 2^w) that a pair is one customer. The
//! pairs are counted by whole bits; within a bit they are taken to lie evenly, so that a bit from b
//! holds the mean of the probabilities there: log2(1 + 2^(b+1)) − log2(1 + 2^b) of its pairs are
//! expected to be matches. Where labels taught what totals stand for, a total has the probability
//! that they gave it, and the mean is taken over steps of 1/32 bit.

use karat_model::evidence::Weight;

use super::MatchingReport;

/// What a threshold would link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TradeOff {
    /// The total from which pairs are linked.
    pub threshold: Weight,
    /// How many of the compared pairs weigh at least so much.
    pub pairs: u64,
    /// The share of those that are expected to be matches, 0 to 1; `None` when there are none.
    pub precision: Option<f64>,
    /// The share of all matches expected among the compared pairs that are among those; `None`
    /// when no pair was compared.
    pub recall: Option<f64>,
}

impl MatchingReport {
    /// What a threshold would link.
    pub fn trade_off(&self, threshold: Weight) -> TradeOff {
        let all = self.above(f64::NEG_INFINITY);
        let linked = self.above(threshold.bits());
        let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        TradeOff {
            threshold,
            pairs: linked.pairs.round() as u64,
            precision: share(linked.matches, linked.pairs),
            recall: share(linked.matches, all.matches),
        }
    }

    /// What the thresholds of whole bits between two weights would link.
    pub fn trade_offs(&self, from: Weight, to: Weight) -> Vec<TradeOff> {
        let thresholds = from.bits().ceil() as i32..=to.bits().floor() as i32;
        thresholds.map(|bits| self.trade_off(Weight::from_bits(f64::from(bits)))).collect()
    }
}

/// The pairs above a threshold.
struct Above {
    pairs: f64,
    /// How many of them are expected to be matches.
    matches: f64,
}

impl MatchingReport {
    /// Summed in order of weight, so that it is the same on every machine.
    fn above(&self, threshold: f64) -> Above {
        let mut above = Above { pairs: 0.0, matches: 0.0 };
        for &(bits, count) in &self.scores {
            let (start, end) = (f64::from(bits), f64::from(bits) + 1.0);
            let from = threshold.clamp(start, end);
            above.pairs += count as f64 * (end - from);
            above.matches += count as f64 * self.probability_between(from, end);
        }
        above
    }

    /// The integral of the probability between two weights.
    fn probability_between(&self, from: f64, until: f64) -> f64 {
        const STEPS: u32 = 32;
        match &self.labels {
            None => probability_up_to(until) - probability_up_to(from),
            Some(labels) => {
                let step = (until - from) / f64::from(STEPS);
                let middles = (0..STEPS).map(|at| from + (f64::from(at) + 0.5) * step);
                let of = |bits| labels.calibration.probability(Weight::from_bits(bits));
                middles.map(of).sum::<f64>() * step
            }
        }
    }
}

/// The integral of 2^w / (1 + 2^w) up to a weight: log2(1 + 2^w).
fn probability_up_to(bits: f64) -> f64 {
    // Far from zero the one, or the power, is lost in the other.
    bits.max(0.0) + (-bits.abs()).exp2().ln_1p() * std::f64::consts::LOG2_E
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching_report::tests::report_of;

    fn check(scores: &[(i32, u64)], threshold: f64, expected: &str) {
        let trade_off = report_of(scores, &[]).trade_off(Weight::from_bits(threshold));
        let written = |share: Option<f64>| share.map_or("-".into(), |share| format!("{share:.3}"));
        let TradeOff { pairs, precision, recall, .. } = trade_off;
        let told = format!("{pairs} {} {}", written(precision), written(recall));
        assert_eq!(told, expected, "at {threshold}");
    }

    #[test]
    fn a_higher_threshold_links_fewer_pairs_and_more_rightly() {
        // Sure strangers, even odds (0.5 at 0 bits, 2/3 at 1), and sure matches.
        let scores = [(-40, 900), (0, 100), (40, 100)];
        for (threshold, expected) in [
            (-50.0, "1100 0.144 1.000"),
            (-20.0, "200 0.792 1.000"),
            (0.0, "200 0.792 1.000"),
            (0.5, "150 0.876 0.829"),
            (1.0, "100 1.000 0.631"),
            (41.0, "0 - 0.000"),
        ] {
            check(&scores, threshold, expected);
        }
    }

    #[test]
    fn without_pairs_nothing_is_expected() {
        check(&[], 0.0, "0 - -");
    }

    #[test]
    fn a_bit_holds_the_mean_of_its_probabilities() {
        for bits in [-30, -3, 0, 7, 60] {
            let start = f64::from(bits);
            let steps = 1000;
            let at = |step: i32| Weight::from_bits(start + (f64::from(step) + 0.5) / 1000.0);
            let mean = (0..steps).map(|step| at(step).probability()).sum::<f64>() / 1000.0;
            let found = probability_up_to(start + 1.0) - probability_up_to(start);
            assert!((found / mean - 1.0).abs() < 0.002, "{bits}: {found} for {mean}");
        }
    }

    #[test]
    fn thresholds_are_whole_bits_within_the_range() {
        let report = report_of(&[(0, 10)], &[]);
        let found = report.trade_offs(Weight::from_bits(-1.5), Weight::from_bits(1.0));
        let thresholds: Vec<f64> = found.iter().map(|at| at.threshold.bits()).collect();
        assert_eq!(thresholds, [-1.0, 0.0, 1.0]);
    }
}
