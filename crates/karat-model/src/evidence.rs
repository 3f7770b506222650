//! Evidence: why two records are, or are not, about the same customer.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use crate::id::RecordKey;
use crate::match_settings::PairScope;

/// A match weight in bits (log2 of a likelihood ratio), as a whole number of 1/256 bit.
///
/// Whole numbers add up to the same sum in any order, on any machine.
/// Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(pub i32);

impl Weight {
    /// No evidence either way.
    pub const ZERO: Weight = Weight(0);

    /// The weight nearest to this number of bits.
    pub fn from_bits(bits: f64) -> Weight {
        Weight((bits * 256.0).round() as i32)
    }

    /// The weight in bits.
    pub fn bits(self) -> f64 {
        f64::from(self.0) / 256.0
    }

    /// The probability that this total weight (prior included) stands for.
    pub fn probability(self) -> f64 {
        1.0 / (1.0 + (-self.bits()).exp2())
    }
}

impl Add for Weight {
    type Output = Weight;
    fn add(self, other: Weight) -> Weight {
        Weight(self.0 + other.0)
    }
}

impl Sub for Weight {
    type Output = Weight;
    fn sub(self, other: Weight) -> Weight {
        Weight(self.0 - other.0)
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Weight) {
        self.0 += other.0;
    }
}

impl Neg for Weight {
    type Output = Weight;
    fn neg(self) -> Weight {
        Weight(-self.0)
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Weight>>(weights: I) -> Weight {
        weights.fold(Weight::ZERO, Add::add)
    }
}

/// Written in bits with a sign: `+7.25`.
impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.*}", f.precision().unwrap_or(2), self.bits())
    }
}

/// How far two values agree, in the words of a steward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// They are the same.
    Same,
    /// They could stem from one value: a typo, a nickname, an initial.
    Close,
    /// They differ.
    Different,
    /// At least one is missing, or was not compared.
    Silent,
}

/// What one comparison says about a pair of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The name of the comparison: `name`, `birth_date`, `address`, …
    pub comparison: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// The values of the left record, as people read them.
    pub left: String,
    /// The values of the right record.
    pub right: String,
    /// How far they agree.
    pub agreement: Agreement,
    /// The level that was reached, in English and Dutch: `same`, `initials agree`, …
    pub level: [String; 2],
    /// The weight of that level.
    pub weight: Weight,
    /// What is added or taken off because the value is rare or common.
    pub term_frequency: Weight,
}

impl Evidence {
    /// The name of what stands for having no other match, which compares no values.
    pub const LEFTOVER: &str = "leftover";
}

/// What one blocking rule makes of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockingResult {
    /// The rule, in English and Dutch: `same e-mail`, …
    pub rule: [String; 2],
    /// Whether it makes the pair a candidate.
    pub found: Found,
}

/// Why a blocking rule does or does not make a pair a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// Both records have the same key.
    SameKey,
    /// The keys differ.
    DifferentKeys,
    /// One of the records has no key.
    MissingKey,
    /// The keys are the same, but too many records share them to compare all.
    BlockTooLarge,
}

/// What was concluded about a pair, by the machine or by a steward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// They are different customers.
    Different,
    /// They are different customers that have to do with each other; only a steward says so.
    Related,
    /// They may be the same: a steward should look.
    Unsure,
    /// They are the same customer.
    Same,
}

impl Verdict {
    /// Whether it says that two records are no one customer.
    pub fn keeps_apart(self) -> bool {
        matches!(self, Verdict::Different | Verdict::Related)
    }
}

/// What would change the answer: one comparison that reaches another level, all others as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name of the comparison.
    pub comparison: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// How far the values would agree.
    pub agreement: Agreement,
    /// The level that would be reached, in English and Dutch.
    pub level: [String; 2],
    /// What the total would gain, or lose; a value that is as common as most is assumed.
    pub difference: Weight,
    /// What the weights would say of the pair then.
    pub verdict: Verdict,
}

/// Why two records are, or are not, the same customer.
#[derive(Clone, Debug, PartialEq)]
pub struct PairExplanation {
    /// The left record.
    pub left: RecordKey,
    /// The right record.
    pub right: RecordKey,
    /// The blocking rules, in the order they are tried.
    pub blocking: Vec<BlockingResult>,
    /// The weight before any value is compared.
    pub prior: Weight,
    /// What each comparison adds.
    pub evidence: Vec<Evidence>,
    /// The sum.
    pub total: Weight,
    /// What the total stands for, by what labels taught; without labels the total itself.
    pub calibrated: Weight,
    /// The total from which a pair is linked.
    pub link_threshold: Weight,
    /// The total from which a pair is a potential match.
    pub review_threshold: Weight,
    /// The single changes that would change the answer, the smallest first.
    pub changes: Vec<Change>,
    /// Which pairs are compared, if this is none of them.
    pub out_of_scope: Option<PairScope>,
}

impl PairExplanation {
    /// What the weights alone say of the pair.
    pub fn verdict(&self) -> Verdict {
        self.verdict_at(self.total)
    }

    /// What a total says of a pair.
    pub fn verdict_at(&self, total: Weight) -> Verdict {
        if total >= self.link_threshold {
            Verdict::Same
        } else if total >= self.review_threshold {
            Verdict::Unsure
        } else {
            Verdict::Different
        }
    }

    /// The probability that they are.
    pub fn probability(&self) -> f64 {
        self.calibrated.probability()
    }

    /// Whether it counted that neither record has another match.
    pub fn is_leftover(&self) -> bool {
        self.evidence.iter().any(|evidence| evidence.comparison == Evidence::LEFTOVER)
    }

    /// Whether any blocking rule makes the pair a candidate.
    pub fn is_candidate(&self) -> bool {
        self.blocking.iter().any(|result| result.found == Found::SameKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_exactly_and_read_in_bits() {
        let weights = [Weight::from_bits(7.25), Weight::from_bits(-3.5)];
        let total: Weight = weights.into_iter().sum();
        assert_eq!(total, Weight::from_bits(3.75));
        assert_eq!(total.to_string(), "+3.75");
        assert_eq!(format!("{:.1}", -total), "-3.8");
        assert_eq!(Weight::ZERO.probability(), 0.5);
    }
}
