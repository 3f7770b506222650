//! Calibration: what a total weight stands for, by what labels say of pairs of about that weight.
//!
//! Isotonic regression of the labels on the total: the share of one customer rises with the weight,
//! in whatever form. So that few labels do not make steps from never to always, the model speaks
//! along: at every knot it has some observations of its own, with the probability that the weight
//! stands for.
//!
//! ```text
//! probability 1 ┤              ╭────   the model's own
//!               │         ╭────╯╭───   calibrated: labels say that pairs of 4 bits
//!               │       ╭─╯ ╭───╯      are one customer less often than the model thinks
//!             0 ┼──────╯────╯──────► total in bits
//! ```
//!
//! Sources: Ayer et al., Annals of Mathematical Statistics 26 (1955), for pooling adjacent
//! violators; Zadrozny and Elkan, Transforming Classifier Scores into Accurate Multiclass
//! Probability Estimates, KDD 2002.

use karat_model::evidence::Weight;
use serde::{Deserialize, Serialize};

use super::offsets::isotonic;

/// What totals stand for, frozen as a table of weights.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// What each knot stands for, in 1/256 bit, the lightest first; none where nothing was
    /// learnt, and every total stands for itself.
    knots: Vec<i32>,
}

/// The first knot, how far knots lie apart, and how many there are: from −16 to +32 bits.
const FIRST: i32 = -16 * 256;
const STEP: i32 = 128;
const KNOTS: usize = 97;

/// How many observations of its own the model has at each knot.
const OWN_OBSERVATIONS: f64 = 20.0;

/// A labelled pair, by its total.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// The total.
    pub total: Weight,
    /// Whether it is one customer.
    pub is_same: bool,
    /// For how many labels it counts.
    pub counts: f64,
}

impl Calibration {
    /// Learns from totals and whether the pairs that have them are one customer.
    pub(super) fn learn(judged: &[Judged]) -> Calibration {
        if judged.is_empty() {
            return Calibration::default();
        }
        let own = |knot: usize| Weight(FIRST + STEP * knot as i32).probability();
        let mut same: Vec<f64> = (0..KNOTS).map(|knot| OWN_OBSERVATIONS * own(knot)).collect();
        let mut all = vec![OWN_OBSERVATIONS; KNOTS];
        for &Judged { total, is_same, counts } in judged {
            // A label counts at both knots beside it, most at the nearer.
            let (knot, part) = place(total);
            for (knot, part) in [(knot, counts * (1.0 - part)), (knot + 1, counts * part)] {
                all[knot] += part;
                same[knot] += if is_same { part } else { 0.0 };
            }
        }
        let shares: Vec<(f64, f64)> =
            same.iter().zip(&all).map(|(same, all)| (same / all, *all)).collect();
        let odds_bits = |share: f64| Weight::from_bits((share / (1.0 - share)).log2()).0;
        Calibration { knots: isotonic(&shares).into_iter().map(odds_bits).collect() }
    }

    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.knots.is_empty()
    }

    /// The total that really has the probability that this one seems to stand for.
    pub fn calibrate(&self, total: Weight) -> Weight {
        let [first, .., last] = self.knots[..] else { return total };
        let until = FIRST + STEP * (KNOTS as i32 - 1);
        if total.0 <= FIRST {
            return Weight(first + total.0 - FIRST);
        }
        if total.0 >= until {
            return Weight(last + total.0 - until);
        }
        let knot = ((total.0 - FIRST) / STEP) as usize;
        let along = (total.0 - FIRST) % STEP;
        let (below, above) = (self.knots[knot], self.knots[knot + 1]);
        Weight(below + (above - below) * along / STEP)
    }

    /// The probability that a pair with this total is one customer.
    pub fn probability(&self, total: Weight) -> f64 {
        self.calibrate(total).probability()
    }

    /// The lowest total at even odds or better.
    pub fn even_odds(&self) -> Weight {
        let (mut below, mut at) = (Weight(-(1 << 24)), Weight(1 << 24));
        while at.0 - below.0 > 1 {
            let middle = Weight(below.0 + (at.0 - below.0) / 2);
            if self.calibrate(middle) >= Weight::ZERO { at = middle } else { below = middle }
        }
        at
    }
}

/// The knot at or before a total, and which part of the way to the next it is.
fn place(total: Weight) -> (usize, f64) {
    let steps = (f64::from(total.0 - FIRST) / f64::from(STEP)).clamp(0.0, (KNOTS - 1) as f64);
    let knot = (steps as usize).min(KNOTS - 2);
    (knot, steps - knot as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(bits: f64) -> Weight {
        Weight::from_bits(bits)
    }

    /// So many labels of one total, this share of ten of them same.
    fn judged(total: f64, count: usize, same_of_ten: usize) -> Vec<Judged> {
        let total = bits(total);
        let label = |at| Judged { total, is_same: at % 10 < same_of_ten, counts: 1.0 };
        (0..count).map(label).collect()
    }

    #[test]
    fn without_labels_every_total_stands_for_itself() {
        let none = Calibration::learn(&[]);
        assert!(none.is_empty());
        for total in [-90.0, -0.3, 0.0, 7.7, 90.0].map(bits) {
            assert_eq!(none.calibrate(total), total);
        }
        assert_eq!(none.even_odds(), Weight::ZERO);
    }

    #[test]
    fn a_few_labels_bend_it_and_many_set_it() {
        let few = Calibration::learn(&judged(4.0, 2, 0));
        assert!((2.5..3.5).contains(&few.calibrate(bits(4.0)).bits()), "{few:?}");
        let many = Calibration::learn(&judged(4.0, 1000, 5));
        assert!(many.calibrate(bits(4.0)).bits().abs() < 0.3, "{many:?}");
        for far in [-6.0, 12.0].map(bits) {
            let apart = (many.calibrate(far) - far).bits().abs();
            assert!(apart < 0.1, "{far} is as before: {apart}");
        }
        // Pairs that the labels agree with stay what they were.
        let agreed = Calibration::learn(&judged(2.0, 1000, 8));
        assert!((agreed.calibrate(bits(2.0)) - bits(2.0)).bits().abs() < 0.1);
    }

    #[test]
    fn it_never_falls_and_knows_where_odds_are_even() {
        let mut labels = judged(3.0, 300, 1);
        labels.extend(judged(-3.0, 300, 6));
        labels.extend(judged(50.0, 10, 9));
        labels.extend(judged(-50.0, 10, 1));
        let found = Calibration::learn(&labels);
        let totals: Vec<Weight> = (-40 * 256..60 * 256).map(Weight).collect();
        let calibrated: Vec<Weight> = totals.iter().map(|&at| found.calibrate(at)).collect();
        assert!(calibrated.is_sorted());
        let even = found.even_odds();
        assert!(found.calibrate(even) >= Weight::ZERO);
        assert!(found.calibrate(even - Weight(1)) < Weight::ZERO);
        assert!(even > bits(3.0));
    }
}
