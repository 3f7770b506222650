//! The score of one record or customer, and what it counts for.
//!
//! It is the score of a group of one: see `arithmetic.rs`. Many are scored one after the other, so
//! that the checks are put in order once.

use karat_model::check::Verdict;
use karat_model::finding::Dimension;

use super::arithmetic::{DimensionWeights, Mean};
use crate::quality::check::CheckNo;

/// A check that counts in the score of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting<'a> {
    /// The number of the check.
    pub no: CheckNo,
    /// Its name.
    pub name: &'a str,
    /// The attribute that it is about; none if it is about the whole subject.
    pub attribute: Option<&'a str>,
    /// The dimension that it measures.
    pub dimension: Dimension,
    /// How much it counts among the checks of its attribute.
    pub weight: u32,
    /// How much its attribute counts among the attributes.
    pub criticality: u32,
}

/// How subjects of one kind are scored.
#[derive(Clone, Debug, Default)]
pub struct SubjectScoring {
    /// By dimension its weight, and by attribute its criticality and its checks with their weights.
    dimensions: Vec<(u32, Vec<OfAttribute>)>,
}

/// The checks of one dimension on one attribute.
#[derive(Clone, Debug)]
struct OfAttribute {
    criticality: u32,
    checks: Vec<(CheckNo, u32)>,
}

impl SubjectScoring {
    /// Scores by these checks; a dimension without a weight counts once.
    pub fn new(mut counting: Vec<Counting>, weights: &DimensionWeights) -> SubjectScoring {
        counting.retain(|check| check.weight > 0);
        // The order in which the arithmetic of groups adds up.
        counting.sort_by_key(|check| (check.dimension, check.attribute, check.name));
        let of_dimension = |checks: &[Counting]| {
            let weight = weights.get(&checks[0].dimension).copied().unwrap_or(1);
            let attributes = checks.chunk_by(|one, next| one.attribute == next.attribute);
            (weight, attributes.map(OfAttribute::new).collect())
        };
        let dimensions = counting.chunk_by(|one, next| one.dimension == next.dimension);
        SubjectScoring { dimensions: dimensions.map(of_dimension).collect() }
    }

    /// The score of a subject with these verdicts, 0 to 1; `None` when none of its checks could
    /// judge it.
    pub fn score(&self, verdict: impl Fn(CheckNo) -> Verdict) -> Option<f64> {
        let mut mean = Mean::default();
        for (weight, attributes) in &self.dimensions {
            let mut of_attributes = Mean::default();
            for attribute in attributes {
                let mut of_checks = Mean::default();
                for &(no, weight) in &attribute.checks {
                    let score = match verdict(no) {
                        Verdict::Pass => Some(1.0),
                        Verdict::Fail => Some(0.0),
                        _ => None,
                    };
                    of_checks.take(score, weight);
                }
                of_attributes.take(of_checks.value(), attribute.criticality);
            }
            mean.take(of_attributes.value(), *weight);
        }
        mean.value()
    }
}

impl OfAttribute {
    fn new(checks: &[Counting]) -> OfAttribute {
        OfAttribute {
            criticality: checks.iter().map(|check| check.criticality).max().unwrap_or(0),
            checks: checks.iter().map(|check| (check.no, check.weight)).collect(),
        }
    }
}

/// What a customer is worth, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Worth(u64);

/// A hundred billion: of less than that, as many as a hub can hold are added up exactly.
const CENTS_MAX: u64 = 10_000_000_000_000;

impl Worth {
    /// So many cents; `None` of more than anybody is worth.
    pub fn of_cents(cents: u64) -> Option<Worth> {
        (cents <= CENTS_MAX).then_some(Worth(cents))
    }

    /// What a standardised number says; parts of a cent are left out. `None` of what is no amount,
    /// is negative, or more than a hundred billion.
    pub fn of_number(text: &str) -> Option<Worth> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
            return None;
        }
        let cents: u64 = format!("{part:0<2}")[..2].parse().ok()?;
        Worth::of_cents(whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(cents)?)
    }

    /// The cents.
    pub fn cents(self) -> u64 {
        self.0
    }

    /// How many of its cents a score is: whole ones, so that sums are the same in any order.
    pub fn scored(self, score: f64) -> u64 {
        ((self.0 as f64 * score).round() as u64).min(self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::arithmetic::{Counts, Tally, overall};
    use super::*;

    #[test]
    fn amounts_are_whole_cents_and_nothing_else_is_an_amount() {
        let cents = |text| Worth::of_number(text).map(Worth::cents);
        assert_eq!(cents("1250"), Some(125_000));
        assert_eq!(cents("1250.5"), Some(125_050));
        assert_eq!(cents("0.019"), Some(1));
        assert_eq!(cents("0"), Some(0));
        assert_eq!(cents("100000000000"), Some(CENTS_MAX));
        for text in ["", "-5", "1,5", "many", "1.5.5", ".5", "100000000000.01", "1e9", "é5.5é"] {
            assert_eq!(cents(text), None, "{text}");
        }
        // Digits behind the point are ASCII, so that two of them are two bytes.
        assert_eq!(cents("1.٣٤"), None);
    }

    #[test]
    fn a_score_of_an_amount_is_rounded_to_a_cent() {
        let worth = Worth(1_000);
        let scored = [0.0, 0.3334, 0.5, 0.99999, 1.0].map(|score| worth.scored(score));
        assert_eq!(scored, [0, 333, 500, 1_000, 1_000]);
    }

    const NAMES: [&str; 4] = ["a", "b", "c", "d"];

    proptest! {
        #[test]
        fn a_subject_scores_as_a_group_of_one(
            checks in proptest::collection::vec(
                (0usize..3, 0usize..3, 0u32..3, 0u32..5, 0usize..4),
                0..12,
            ),
            of_validity in 0u32..3,
        ) {
            type Drawn = (usize, usize, u32, u32, usize);
            let of = |at: usize, &(attribute, dimension, weight, criticality, _): &Drawn| {
                Counting {
                    no: CheckNo(at as u16),
                    name: NAMES[at % 4],
                    // What is asked of the whole counts once, as everything of one attribute alike.
                    attribute: (attribute > 0).then(|| NAMES[attribute]),
                    dimension: Dimension::ALL[dimension],
                    weight,
                    criticality: if attribute > 0 { attribute as u32 } else { criticality.min(1) },
                }
            };
            let counting: Vec<Counting> =
                checks.iter().enumerate().map(|(at, check)| of(at, check)).collect();
            let mut named = counting.clone();
            named.sort_by_key(|it| (it.dimension, it.attribute, it.name));
            named.dedup_by_key(|it| (it.dimension, it.attribute, it.name));
            let verdict = |no: CheckNo| match checks[usize::from(no.0)].4 {
                0 => Verdict::Pass,
                1 => Verdict::Fail,
                _ => Verdict::NotApplicable,
            };
            let tally = |it: &Counting<'static>| {
                let verdict = verdict(it.no);
                let counts = Counts {
                    pass: u64::from(verdict == Verdict::Pass),
                    fail: u64::from(verdict == Verdict::Fail),
                    ..Counts::default()
                };
                Tally {
                    check: it.name,
                    attribute: it.attribute,
                    dimension: it.dimension,
                    weight: it.weight,
                    criticality: it.criticality,
                    counts,
                }
            };
            let weights = DimensionWeights::from([(Dimension::Validity, of_validity)]);
            // As everywhere, what weighs nothing is no part of it.
            let weighing = named.iter().filter(|it| it.weight > 0);
            let expected = overall(&weighing.map(tally).collect::<Vec<_>>(), &weights).score;
            let scored = SubjectScoring::new(named, &weights).score(verdict);
            prop_assert_eq!(scored, expected);
        }
    }
}
