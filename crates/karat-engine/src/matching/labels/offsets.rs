//! Offsets: what labels add to, or take off, the weights of levels.
//!
//! A logistic regression on the levels that a pair reaches, with its total weight under the model
//! learnt without labels as a fixed offset:
//!
//! ```text
//! log2 odds(same) = total + Σ offset of each level reached (+ offset of the prior)
//! ```
//!
//! so that weights stay additive: an offset is in bits, and is added to the weight of its level.
//! Offsets are expected to lie around zero, normally distributed (a ridge penalty): the model
//! without labels is what a level falls back to that few labels tell of. Labels are mostly of pairs
//! near the threshold. That does no harm as long as they are chosen by what is known of the pairs,
//! and not by the answer: given the levels, the odds of those that were chosen are those of all.
//! What is known of the other records of both is in the count of each label (`strata.rs`).
//!
//! Sources: Hoerl and Kennard, Ridge Regression, Technometrics 12 (1970), in its logistic form by
//! le Cessie and van Houwelingen, Applied Statistics 41 (1992); MacKay, The Evidence Framework
//! Applied to Classification Networks, Neural Computation 4 (1992), for how far off weights are
//! expected to be, and for moderated odds; Copas, Binary Regression Models for Contaminated Data, JRSS B 50 (1988), for
//! slips; Little and Rubin, Statistical Analysis with Missing Data (2002), for labels that
//! are chosen by what is known.

use std::f64::consts::{LN_2, PI};

use karat_model::evidence::Weight;
use karat_model::match_settings::MatchSettings;

use super::covariance::{Covariance, sum};
use super::{Column, PRIOR, width};
use crate::matching::compare::Compared;
use crate::matching::model::MatchModel;

/// How far off weights of levels may be expected to be, in bits (standard deviations). The labels
/// choose, the least first: by how likely they are under each expectation, whatever the offsets.
const EXPECTED_BITS: [f64; 3] = [0.5, 1.0, 2.0];

/// The same of the prior, if the labels make it move at all.
const PRIOR_EXPECTED_BITS: f64 = 0.5;

/// From where evidence is strong: odds of twenty to one, ln 20 (Kass and Raftery, JASA 90, 1995).
const STRONG_EVIDENCE: f64 = 3.0;

/// How many labels are slips: one in a hundred.
const SLIPS: f64 = 0.01;

/// How uncertain the weight of a level is before labels, in bits (the standard deviation).
pub(super) const UNCERTAIN_BITS: f64 = 2.0;

/// A labelled pair, as it teaches.
#[derive(Clone, Debug)]
pub(super) struct Lesson {
    /// The levels that it reaches.
    pub columns: Vec<Column>,
    /// Its total weight, as learnt without labels.
    pub weight: Weight,
    /// Whether it is one customer.
    pub is_same: bool,
    /// For how many labels it counts.
    pub counts: f64,
}

/// What labels add to the weights.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offsets {
    /// Per column, in bits.
    bits: Vec<f64>,
    /// How much is known of each, labels and expectation together; for pooling neighbours.
    precision: Vec<f64>,
}

/// The columns that a pair reaches, without that of the prior.
pub(super) fn columns(model: &MatchModel, compared: &[Compared]) -> Vec<Column> {
    let mut before = PRIOR;
    let mut columns = Vec::with_capacity(compared.len());
    for (comparison, compared) in model.comparisons.iter().zip(compared) {
        if compared.level > 0 {
            columns.push(before + compared.level as usize);
        }
        before += comparison.levels.len() - 1;
    }
    columns
}

/// Per column whether it may learn: not where weights, or the prior, were given.
pub(super) fn open_columns(model: &MatchModel, settings: &MatchSettings) -> Vec<bool> {
    let mut open = vec![settings.prior_bits.is_none()];
    for comparison in &model.comparisons {
        let is_given = settings.weights.iter().any(|given| given.comparison == comparison.name);
        open.extend(std::iter::repeat_n(!is_given, comparison.levels.len() - 1));
    }
    open
}

/// Learns the offsets. People slip: a label counts as far as it is more likely to be meant than to
/// be a slip, first by the model without labels, then by what the labels made of it, and
/// no surer than weights are.
pub(super) fn learn(lessons: &[Lesson], may_learn: &[bool]) -> Offsets {
    const ROUNDS: u32 = 3;
    let mut trusted = lessons.to_vec();
    let mut offsets = Offsets { bits: vec![0.0; may_learn.len()], precision: Vec::new() };
    for _ in 0..ROUNDS {
        for (trusted, lesson) in trusted.iter_mut().zip(lessons) {
            let odds = lesson.odds_bits(&lesson.reached(), &offsets.bits);
            let odds = odds * moderation(lesson.columns.len());
            trusted.counts = lesson.counts * trust(if lesson.is_same { odds } else { -odds });
        }
        offsets = likeliest(&trusted, may_learn);
    }
    offsets
}

/// The chance that a label is meant, given the odds of what it says.
fn trust(odds_bits: f64) -> f64 {
    let (said, otherwise) = (share(odds_bits), share(-odds_bits));
    let (meant, slipped) = ((1.0 - SLIPS) * said, SLIPS * otherwise);
    meant / (meant + slipped)
}

/// The offsets that are most likely under what is expected. More is expected of them, and of the
/// prior anything at all, only where there is strong evidence for it: where labels are that much
/// likelier then, whatever the offsets.
fn likeliest(lessons: &[Lesson], may_learn: &[bool]) -> Offsets {
    let under = |level_bits: f64, prior_bits: f64| {
        let variance = |(column, open): (Column, &bool)| match (open, column) {
            (false, _) => 0.0,
            (true, PRIOR) => prior_bits * prior_bits,
            (true, _) => level_bits * level_bits,
        };
        fit(lessons, &may_learn.iter().enumerate().map(variance).collect::<Vec<f64>>())
    };
    let [mut expected, wider @ ..] = EXPECTED_BITS;
    let mut best = under(expected, 0.0);
    for level_bits in wider {
        let fitted = under(level_bits, 0.0);
        if fitted.evidence > best.evidence + STRONG_EVIDENCE {
            (expected, best) = (level_bits, fitted);
        }
    }
    if may_learn[PRIOR] {
        let moved = under(expected, PRIOR_EXPECTED_BITS);
        if moved.evidence > best.evidence + STRONG_EVIDENCE {
            best = moved;
        }
    }
    best.offsets
}

/// Offsets, and how likely the labels are under what was expected (the natural logarithm, by
/// Laplace's approximation).
struct Fitted {
    offsets: Offsets,
    evidence: f64,
}

/// Newton's method (iteratively reweighted least squares), each step halved until it is one down.
fn fit(lessons: &[Lesson], variances: &[f64]) -> Fitted {
    const ROUNDS_MAX: u32 = 100;
    const HALVINGS_MAX: u32 = 30;
    const SETTLED_BITS: f64 = 1e-5;
    let reached: Vec<Vec<Column>> = lessons.iter().map(Lesson::reached).collect();
    let mut bits = vec![0.0; variances.len()];
    let mut loss = loss_of(lessons, &reached, variances, &bits);
    for _ in 0..ROUNDS_MAX {
        let (slope, covariance) = slope_and_covariance(lessons, &reached, variances, &bits);
        let step = covariance.times(&slope);
        let size = step.iter().fold(0.0_f64, |most, step| most.max(step.abs()));
        let mut part = 1.0;
        for _ in 0..HALVINGS_MAX {
            let tried: Vec<f64> =
                bits.iter().zip(&step).map(|(at, step)| at - part * step).collect();
            let loss_there = loss_of(lessons, &reached, variances, &tried);
            if loss_there <= loss {
                (bits, loss) = (tried, loss_there);
                break;
            }
            part /= 2.0;
        }
        if size < SETTLED_BITS {
            break;
        }
    }
    let mut precision: Vec<f64> = variances.iter().map(|variance| 1.0 / variance).collect();
    let mut covariance = Covariance::independent(variances);
    let mut narrowed = 0.0;
    for (lesson, columns) in lessons.iter().zip(&reached) {
        let information = lesson.information(columns, &bits);
        columns.iter().for_each(|&column| precision[column] += information);
        narrowed += covariance.observe(columns, information);
    }
    Fitted { offsets: Offsets { bits, precision }, evidence: -loss - narrowed / 2.0 }
}

impl Lesson {
    /// Its columns and that of the prior, which counts in every pair; where the prior may not
    /// move, its variance is nothing.
    fn reached(&self) -> Vec<Column> {
        std::iter::once(PRIOR).chain(self.columns.iter().copied()).collect()
    }

    fn odds_bits(&self, reached: &[Column], bits: &[f64]) -> f64 {
        self.weight.bits() + sum(bits, reached)
    }

    fn information(&self, reached: &[Column], bits: &[f64]) -> f64 {
        self.counts * information(self.odds_bits(reached, bits))
    }
}

/// What an answer tells of the log2 odds, as a precision: ln²2 · p (1 − p).
pub(super) fn information(odds_bits: f64) -> f64 {
    let (p, q) = (share(odds_bits), share(-odds_bits));
    LN_2 * LN_2 * p * q
}

/// By how much log odds shrink because the weights of so many levels are uncertain: 1/√(1 + π σ²/8).
pub(super) fn moderation(levels: usize) -> f64 {
    let variance = levels as f64 * (UNCERTAIN_BITS * LN_2).powi(2);
    1.0 / (1.0 + PI * variance / 8.0).sqrt()
}

fn share(odds_bits: f64) -> f64 {
    1.0 / (1.0 + (-odds_bits).exp2())
}

fn loss_of(lessons: &[Lesson], reached: &[Vec<Column>], variances: &[f64], bits: &[f64]) -> f64 {
    let surprise = |(lesson, columns): (&Lesson, &Vec<Column>)| {
        let odds = lesson.odds_bits(columns, bits);
        let against = if lesson.is_same { -odds } else { odds };
        // ln(1 + 2^against), which does not overflow where it is large.
        lesson.counts * (LN_2 * against.max(0.0) + (-against.abs()).exp2().ln_1p())
    };
    let unexpected = bits.iter().zip(variances).filter(|(_, variance)| **variance > 0.0);
    lessons.iter().zip(reached).map(surprise).sum::<f64>()
        + unexpected.map(|(bits, variance)| bits * bits / (2.0 * variance)).sum::<f64>()
}

/// The slope of the loss, and the inverse of its curvature.
fn slope_and_covariance(
    lessons: &[Lesson],
    reached: &[Vec<Column>],
    variances: &[f64],
    bits: &[f64],
) -> (Vec<f64>, Covariance) {
    let of_expectation = |(bits, variance): (&f64, &f64)| {
        if *variance > 0.0 { bits / variance } else { 0.0 }
    };
    let mut slope: Vec<f64> = bits.iter().zip(variances).map(of_expectation).collect();
    let mut covariance = Covariance::independent(variances);
    for (lesson, columns) in lessons.iter().zip(reached) {
        let odds = lesson.odds_bits(columns, bits);
        let too_high = share(odds) - f64::from(u8::from(lesson.is_same));
        let pull = lesson.counts * LN_2 * too_high;
        columns.iter().for_each(|&column| slope[column] += pull);
        covariance.observe(columns, lesson.information(columns, bits));
    }
    (slope, covariance)
}

impl Offsets {
    /// Adds them to the weights of a model; a level in order keeps weighing at least as much as
    /// the one below it.
    pub fn apply(&self, model: &mut MatchModel, is_ordered: impl Fn(usize, usize) -> bool) {
        debug_assert_eq!(self.bits.len(), width(model));
        let fixed = |bits: f64| Weight::from_bits(bits).0;
        let prior_offset = fixed(self.bits[PRIOR]);
        model.prior += prior_offset;
        model.training.labels.prior_offset = prior_offset;
        let mut before = PRIOR;
        for (number, comparison) in model.comparisons.iter_mut().enumerate() {
            let levels = 1..comparison.levels.len();
            let columns = before + 1..before + comparison.levels.len();
            before += comparison.levels.len() - 1;
            if self.bits[columns.clone()].iter().all(|bits| *bits == 0.0) {
                continue;
            }
            let moved = |level: usize| {
                let column = columns.start + level - 1;
                let learnt = Weight(comparison.levels[level].weight).bits();
                (learnt + self.bits[column], self.precision[column])
            };
            let (in_order, out_of_line): (Vec<usize>, Vec<usize>) =
                levels.partition(|&level| is_ordered(number, level));
            let values: Vec<(f64, f64)> = in_order.iter().map(|&level| moved(level)).collect();
            let rising = isotonic(&values);
            let free = out_of_line.iter().map(|&level| (level, moved(level).0));
            let all: Vec<(usize, f64)> = in_order.into_iter().zip(rising).chain(free).collect();
            for (level, bits) in all {
                let level = &mut comparison.levels[level];
                level.offset = fixed(bits) - level.weight;
                level.weight = fixed(bits);
            }
        }
    }
}

/// The rising values that lie nearest to given ones, each a value and its precision: neighbours
/// that fall are pooled.
///
/// Source: Ayer et al., An Empirical Distribution Function for Sampling with Incomplete
/// Information, Annals of Mathematical Statistics 26 (1955).
pub(super) fn isotonic(values: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for &(value, precision) in values {
        pools.push((value, precision, 1));
        while let [.., (below, weight_below, count), (above, weight_above, more)] = pools[..] {
            if below <= above {
                break;
            }
            let weight = weight_below + weight_above;
            let mean = (below * weight_below + above * weight_above) / weight;
            pools.truncate(pools.len() - 2);
            pools.push((mean, weight, count + more));
        }
    }
    pools.into_iter().flat_map(|(value, _, count)| std::iter::repeat_n(value, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(columns: &[Column], bits: f64, is_same: bool) -> Lesson {
        let weight = Weight::from_bits(bits);
        Lesson { columns: columns.to_vec(), weight, is_same, counts: 1.0 }
    }

    /// Offsets in bits, with two digits.
    fn learnt(lessons: &[Lesson], may_learn: &[bool]) -> Vec<f64> {
        let bits = learn(lessons, may_learn).bits;
        bits.into_iter().map(|bits| (bits * 100.0).round() / 100.0 + 0.0).collect()
    }

    /// So many labels at even odds on two levels, this share of them same.
    fn labels(count: usize, same_of_ten: usize, columns: &[Column]) -> Vec<Lesson> {
        (0..count).map(|at| lesson(columns, 0.0, at % 10 < same_of_ten)).collect()
    }

    #[test]
    fn ten_labels_hardly_move_a_level_and_a_thousand_do() {
        let open = [false, true, true];
        assert_eq!(learnt(&labels(10, 5, &[1]), &open), [0.0, 0.0, 0.0]);
        let ten = learnt(&labels(10, 8, &[1]), &open);
        assert!((0.2..0.5).contains(&ten[1]) && ten[2] == 0.0, "{ten:?}");
        // Odds of four to one are two bits.
        let thousand = learnt(&labels(1000, 8, &[1]), &open);
        assert!((1.9..2.2).contains(&thousand[1]) && thousand[2] == 0.0, "{thousand:?}");
    }

    #[test]
    fn what_pairs_weigh_already_is_not_learnt_again() {
        // Two bits are odds of four to one, which is what the labels say.
        let lessons: Vec<Lesson> = (0..1000).map(|at| lesson(&[1, 2], 2.0, at % 10 < 8)).collect();
        let moved = learnt(&lessons, &[true, true, true]);
        assert!(moved.iter().all(|bits| bits.abs() < 0.1), "{moved:?}");
    }

    #[test]
    fn what_was_given_is_not_learnt() {
        let moved = learnt(&labels(1000, 8, &[1, 2]), &[false, true, false]);
        assert!((1.9..2.2).contains(&moved[1]), "{moved:?}");
        assert_eq!((moved[0], moved[2]), (0.0, 0.0));
    }

    #[test]
    fn the_prior_moves_only_for_what_all_pairs_have_in_common() {
        let by_level: Vec<Lesson> = (0..400)
            .map(|at| {
                let is_first = at % 2 == 0;
                lesson(&[if is_first { 1 } else { 2 }], 0.0, is_first == (at % 10 < 8))
            })
            .collect();
        assert_eq!(learnt(&by_level, &[true; 3])[PRIOR], 0.0);
        let columns: Vec<Column> = (1..9).collect();
        let by_all: Vec<Lesson> =
            (0..800).map(|at| lesson(&[columns[at % 8]], 0.0, at / 8 % 10 < 3)).collect();
        let moved = learnt(&by_all, &[true; 9]);
        assert!(moved[PRIOR] < -0.5, "{moved:?}");
        // Three of ten are odds of −1.2 bits.
        assert!(moved[1..].iter().all(|bits| (moved[PRIOR] + bits + 1.2).abs() < 0.4), "{moved:?}");
        let few = learnt(&by_all[60..75], &[true; 9]);
        assert_eq!(few[PRIOR], 0.0, "{few:?}");
    }

    #[test]
    fn a_slip_teaches_little_and_what_many_say_teaches() {
        let sure = |same: usize| -> Vec<Lesson> {
            (0..200).map(|at| lesson(&[1, 2], 20.0, at < same)).collect()
        };
        let open = [false, true, true];
        let slipped = learnt(&sure(199), &open);
        assert!(slipped.iter().all(|bits| bits.abs() < 0.5), "{slipped:?}");
        let moved = learnt(&sure(100), &open);
        assert!((20.0 + moved[1] + moved[2]).abs() < 3.0, "{moved:?}");
    }

    #[test]
    fn neighbours_that_fall_are_pooled() {
        assert_eq!(isotonic(&[(1.0, 1.0), (2.0, 1.0)]), [1.0, 2.0]);
        assert_eq!(isotonic(&[(3.0, 1.0), (0.0, 2.0), (5.0, 1.0)]), [1.0, 1.0, 5.0]);
        assert_eq!(isotonic(&[(3.0, 1.0), (2.0, 1.0), (1.0, 2.0)]), [1.75; 3]);
        assert!(isotonic(&[]).is_empty());
    }
}
