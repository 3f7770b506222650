//! Comparisons: how often customers and strangers reach each level, and what that weighs.

use std::collections::BTreeMap;

use karat_engine::matching::Matcher;
use karat_engine::matching::compare::Level;
use karat_engine::matching::model::LevelModel;
use karat_model::evidence::{Evidence, Weight};

/// What a model learnt of one comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonFigures {
    /// What people call the comparison, in English and Dutch.
    pub label: [String; 2],
    /// Its levels, strongest agreement first.
    pub levels: Vec<LevelFigures>,
}

impl ComparisonFigures {
    /// What it adds on average to pairs of one customer when both values are known: Σ m · weight.
    pub fn for_customer(&self) -> Weight {
        self.mean(|level| level.m)
    }

    /// What it adds on average to pairs of strangers: Σ u · weight.
    pub fn for_strangers(&self) -> Weight {
        self.mean(|level| level.u)
    }

    fn mean(&self, share: impl Fn(&LevelFigures) -> f64) -> Weight {
        let bits: f64 = self.levels.iter().map(|level| share(level) * level.weight.bits()).sum();
        Weight::from_bits(bits)
    }
}

/// What a model learnt of one level of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelFigures {
    /// What people call the level, in English and Dutch.
    pub label: [String; 2],
    /// What it weighs: log2(m/u), and what labels added.
    pub weight: Weight,
    /// What labels added.
    pub offset: Weight,
    /// The share of pairs of one customer that reach it, 0 to 1.
    pub m: f64,
    /// The share of pairs of strangers that reach it.
    pub u: f64,
    /// The share of pairs of one household, or of one address, that reach it; `None` where there
    /// is nothing by which to tell its members apart.
    pub household: Option<f64>,
    /// What the most common and the rarest value add to the weight, among the records that were
    /// compared with themselves; `None` where it is nothing.
    pub rarity: Option<[Weight; 2]>,
}

impl LevelFigures {
    /// What it weighed before labels.
    pub fn learnt(&self) -> Weight {
        self.weight - self.offset
    }
}

/// What the most common and the rarest value add, by comparison and level.
#[derive(Debug, Default)]
pub(super) struct Rarities(BTreeMap<(String, String), [Weight; 2]>);

impl Rarities {
    /// Takes note of what the value of a record adds.
    pub(super) fn add(&mut self, evidence: &Evidence) {
        let key = (evidence.comparison.clone(), evidence.level[0].clone());
        let rarity = evidence.term_frequency;
        self.widen(key, [rarity, rarity]);
    }

    /// Adds what other records showed.
    pub(super) fn merge(mut self, other: Rarities) -> Rarities {
        for (key, range) in other.0 {
            self.widen(key, range);
        }
        self
    }

    fn widen(&mut self, key: (String, String), [low, high]: [Weight; 2]) {
        let range = self.0.entry(key).or_insert([low, high]);
        *range = [range[0].min(low), range[1].max(high)];
    }

    fn of(&self, comparison: &str, level: &str) -> Option<[Weight; 2]> {
        let range = self.0.get(&(comparison.to_string(), level.to_string()))?;
        (*range != [Weight::ZERO; 2]).then_some(*range)
    }
}

/// The weight of a household in a model that has none.
const NO_HOUSEHOLDS_BITS: f64 = -100.0;

/// What each level weighs, and why, by the model alone: nothing is told of rare values.
pub fn weights_of(matcher: &Matcher) -> Vec<ComparisonFigures> {
    comparison_figures(matcher, &Rarities::default())
}

/// What each level weighs, and why; silence, the lowest level, always weighs nothing.
pub(super) fn comparison_figures(matcher: &Matcher, rarities: &Rarities) -> Vec<ComparisonFigures> {
    let has_households = Weight(matcher.model.household_prior).bits() > NO_HOUSEHOLDS_BITS;
    let comparisons = matcher.comparisons().zip(&matcher.model.comparisons);
    let figures = comparisons.map(|(comparison, learnt)| {
        let levels = comparison.levels().iter().zip(&learnt.levels).skip(1).rev();
        let level = |(level, learnt): (&Level, &LevelModel)| LevelFigures {
            label: level.label.map(str::to_string),
            weight: Weight(learnt.weight),
            offset: Weight(learnt.offset),
            m: learnt.m,
            u: learnt.u,
            household: has_households.then_some(learnt.household),
            rarity: rarities.of(comparison.name(), level.label[0]),
        };
        ComparisonFigures { label: comparison.label(), levels: levels.map(level).collect() }
    });
    figures.collect()
}

#[cfg(test)]
mod tests {
    use karat_model::evidence::Agreement;

    use super::*;

    #[test]
    fn the_range_of_rarity_spans_all_records() {
        let evidence = |comparison: &str, bits: f64| Evidence {
            comparison: comparison.into(),
            label: ["Name".into(), "Naam".into()],
            left: String::new(),
            right: String::new(),
            agreement: Agreement::Same,
            level: ["same".into(), "gelijk".into()],
            weight: Weight::ZERO,
            term_frequency: Weight::from_bits(bits),
        };
        let mut here = Rarities::default();
        here.add(&evidence("name", 1.0));
        here.add(&evidence("name", -2.0));
        here.add(&evidence("gender", 0.0));
        let mut there = Rarities::default();
        there.add(&evidence("name", 3.0));
        let all = here.merge(there);
        assert_eq!(all.of("name", "same"), Some([-2.0, 3.0].map(Weight::from_bits)));
        assert_eq!(all.of("name", "close"), None);
        assert_eq!(all.of("gender", "same"), None, "rarity says nothing of it");
    }

    #[test]
    fn a_comparison_adds_to_customers_and_takes_from_strangers() {
        let level = |bits: f64, m: f64, u: f64| LevelFigures {
            label: ["".into(), "".into()],
            weight: Weight::from_bits(bits),
            offset: Weight::ZERO,
            m,
            u,
            household: None,
            rarity: None,
        };
        let levels = vec![level(3.0, 0.8, 0.1), level(-2.0, 0.2, 0.8)];
        let figures = ComparisonFigures { label: ["Name".into(), "Naam".into()], levels };
        assert_eq!(figures.for_customer(), Weight::from_bits(2.0));
        assert_eq!(figures.for_strangers(), Weight::from_bits(-1.3));
    }
}
