//! Expects precision and recall from what a match model says of its pairs and what stewards said of
//! some of them, with how far off both may be.
//!
//! The model gives every pair a probability. It may be too sure or too timid: all its odds may be off
//! by one factor. How large that is, is learnt from pairs that stewards decided about (the mode of
//! the posterior of a logistic regression with the model's log odds as offset, with a normal prior
//! around no factor at all); the interval is what comes of the factors between which the truth lies
//! with 95 % confidence. Without any decision it is that of a model that may be off by a factor of
//! seven either way; each decision about a pair that was in doubt narrows it.
//!
//! Stewards decide where it is hard to tell, so that the factor is best known there; it is taken to
//! be the same elsewhere. A random sample of labelled pairs (see [`super::estimate`]) needs no such
//! assumption.
//!
//! Sources: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), 4.1 and 16.3, for the normal
//! approximation at the mode and weak priors in logistic regression.

use serde::{Deserialize, Serialize};

use super::estimate::Interval;

/// How many pairs have about the same probability: by the log odds in half bits, rounded down.
pub type Spread = Vec<(i32, u64)>;

/// What is known of the pairs of a hub.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// Of each customer with several records the weakest link.
    pub weakest: Spread,
    /// The pairs within customers that were compared and kept.
    pub together: Spread,
    /// The pairs between customers that were compared.
    pub apart: Spread,
    /// About how many pairs of one customer were never compared.
    pub unfound: f64,
    /// The pairs that stewards said are one customer.
    pub same: Spread,
    /// The pairs that stewards said are not.
    pub different: Spread,
}

/// What is expected, and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The share of customers with several records that are put together rightly; none where no
    /// customer has several.
    pub precision: Option<Interval>,
    /// The share of pairs of one customer that are put together; none where no pair is expected.
    pub recall: Option<Interval>,
    /// How many pairs stewards said something of.
    pub judged: u64,
}

/// How far the log odds of a model that nobody checked may be off: one standard deviation.
const PRIOR: f64 = 1.0;
/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// Steps to the mode; it is reached to the last digit in far fewer.
const STEPS: usize = 25;

/// A log odds as its place in a [`Spread`].
pub fn place(bits: f64) -> i32 {
    (bits * 2.0).floor() as i32
}

impl Weighed {
    /// What is expected of the pairs.
    pub fn expected(&self) -> Expected {
        let [low, middle, high] = self.factor();
        let interval = |share: &dyn Fn(f64) -> Option<f64>| {
            let (low, estimate, high) = (share(low)?, share(middle)?, share(high)?);
            Some(Interval { estimate, low: low.min(high), high: high.max(low) })
        };
        Expected {
            precision: interval(&|factor| self.precision(factor)),
            recall: interval(&|factor| self.recall(factor)),
            judged: count(&self.same) + count(&self.different),
        }
    }

    fn precision(&self, factor: f64) -> Option<f64> {
        let customers = count(&self.weakest);
        (customers > 0).then(|| sum(&self.weakest, factor) / customers as f64)
    }

    fn recall(&self, factor: f64) -> Option<f64> {
        let found = sum(&self.together, factor);
        let all = found + sum(&self.apart, factor) + self.unfound;
        (all > 0.0).then(|| found / all)
    }

    /// By how much the log odds are off: the likeliest, between two limits.
    fn factor(&self) -> [f64; 3] {
        let precision_of_prior = 1.0 / (PRIOR * PRIOR);
        let mut factor = 0.0;
        let mut information = precision_of_prior;
        for _ in 0..STEPS {
            let mut slope = -factor * precision_of_prior;
            information = precision_of_prior;
            for (spread, is_same) in [(&self.same, 1.0), (&self.different, 0.0)] {
                for &(place, pairs) in spread {
                    let chance = probability(place, factor);
                    slope += pairs as f64 * (is_same - chance);
                    information += pairs as f64 * chance * (1.0 - chance);
                }
            }
            factor += slope / information;
        }
        let reach = Z / information.sqrt();
        [factor - reach, factor, factor + reach]
    }
}

/// The probability of pairs at a place, when the log odds are off by so much; taken amid the place.
fn probability(place: i32, factor: f64) -> f64 {
    let bits = f64::from(place) / 2.0 + 0.25;
    1.0 / (1.0 + (-(bits * std::f64::consts::LN_2 + factor)).exp())
}

fn sum(spread: &Spread, factor: f64) -> f64 {
    spread.iter().map(|&(place, pairs)| pairs as f64 * probability(place, factor)).sum()
}

fn count(spread: &Spread) -> u64 {
    spread.iter().map(|(_, pairs)| pairs).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed() -> Weighed {
        Weighed {
            weakest: vec![(4, 50), (20, 950)],
            together: vec![(4, 100), (20, 1900)],
            apart: vec![(-20, 10_000), (-2, 60)],
            unfound: 10.0,
            ..Weighed::default()
        }
    }

    fn width(interval: Option<Interval>) -> f64 {
        interval.map(|it| it.high - it.low).unwrap()
    }

    #[test]
    fn it_is_what_the_probabilities_add_up_to() {
        let Expected { precision, recall, judged } = weighed().expected();
        let (precision, recall) = (precision.unwrap(), recall.unwrap());
        // 2.25 bits are odds of 4.76, 10.25 bits of 1218, −0.75 bits of 0.59, −9.75 of 1 to 861.
        assert!((precision.estimate - 0.99053).abs() < 1e-4, "{precision:?}");
        assert!((recall.estimate - 0.97887).abs() < 1e-3, "{recall:?}");
        assert!(precision.low < precision.estimate && precision.estimate < precision.high);
        assert!(recall.low < recall.estimate && recall.estimate < recall.high);
        assert_eq!(judged, 0);
    }

    #[test]
    fn decisions_as_expected_narrow_it_and_others_move_it() {
        let before = weighed().expected();
        // At even odds, less a quarter of a bit.
        let calm = Weighed { same: vec![(-1, 46)], different: vec![(-1, 54)], ..weighed() };
        let calm = calm.expected();
        assert_eq!(calm.judged, 100);
        assert!(width(calm.precision) < width(before.precision) / 3.0);
        let moved = |one: Option<Interval>, other: Option<Interval>| {
            one.unwrap().estimate - other.unwrap().estimate
        };
        assert!(moved(calm.precision, before.precision).abs() < 0.002);
        let grim = Weighed { same: vec![(-1, 10)], different: vec![(-1, 90)], ..weighed() };
        let grim = grim.expected();
        assert!(moved(grim.precision, before.precision) < -0.02);
        assert!(moved(grim.recall, before.recall) > 0.0, "fewer are left to find");
    }

    #[test]
    fn nothing_is_expected_of_nothing() {
        let Expected { precision, recall, judged } = Weighed::default().expected();
        assert_eq!((precision, recall, judged), (None, None, 0));
    }

    #[test]
    fn a_place_is_half_a_bit() {
        assert_eq!([-0.1, 0.0, 0.4, 0.5, 3.9].map(place), [-1, 0, 0, 1, 7]);
    }
}
