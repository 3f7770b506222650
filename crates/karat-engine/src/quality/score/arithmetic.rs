//! Scores of attributes, dimensions, tiles and entity types, from tallies.
//!
//! A check's score is the share of passes among those that it could judge; what it could not
//! (not applicable, unverified, in error) is told beside it and never counted as a pass. An
//! attribute's score is the mean of its checks by their weights, a tile's the mean of its
//! attributes by their criticality, and the score of an entity type the mean of its dimensions by
//! the weights of the hub model.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use karat_model::finding::{Dimension, Tile};

/// How many subjects got which verdict of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They are as they should be.
    pub pass: u64,
    /// They are not.
    pub fail: u64,
    /// The check does not ask anything of them.
    pub not_applicable: u64,
    /// Nobody could tell: a register was not asked, or did not answer.
    pub unverified: u64,
    /// The check itself went wrong.
    pub error: u64,
}

impl Counts {
    /// How many were judged.
    pub fn judged(&self) -> u64 {
        self.pass + self.fail
    }

    /// The share of passes among those judged; `None` if there are none.
    pub fn score(&self) -> Option<f64> {
        (self.judged() > 0).then(|| self.pass as f64 / self.judged() as f64)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.not_applicable += other.not_applicable;
        self.unverified += other.unverified;
        self.error += other.error;
    }
}

/// What a check came to on one attribute, over one or more groups of subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally<'a> {
    /// The name of the check.
    pub check: &'a str,
    /// The attribute that it is about; none if it is about the whole subject.
    pub attribute: Option<&'a str>,
    /// The dimension that it measures.
    pub dimension: Dimension,
    /// How much it counts among the checks of its attribute.
    pub weight: u32,
    /// How much its attribute counts among the attributes.
    pub criticality: u32,
    /// What it came to.
    pub counts: Counts,
}

/// A score, with the counts that it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Between 0 and 1; `None` when nothing was judged.
    pub score: Option<f64>,
    /// The verdicts of all its checks together.
    pub counts: Counts,
}

/// How much each dimension counts in the score of an entity type.
pub type DimensionWeights = BTreeMap<Dimension, u32>;

/// The score of each tile, in their order.
pub fn tiles(tallies: &[Tally]) -> Vec<(Tile, Score)> {
    let of = |tile| score_of(tallies.iter().filter(|tally| tally.dimension.tile() == tile));
    Tile::ALL.map(|tile| (tile, of(tile))).into()
}

/// The score of each dimension that something was measured of, in their order.
pub fn dimensions(tallies: &[Tally]) -> Vec<(Dimension, Score)> {
    let of = |dimension| score_of(tallies.iter().filter(|tally| tally.dimension == dimension));
    let measured = |dimension: &Dimension| tallies.iter().any(|it| it.dimension == *dimension);
    Dimension::ALL.into_iter().filter(measured).map(|it| (it, of(it))).collect()
}

/// The score of each attribute, in order of their names; checks of the whole subject come first.
pub fn attributes<'a>(tallies: &[Tally<'a>]) -> Vec<(Option<&'a str>, Score)> {
    let mut names: Vec<Option<&str>> = tallies.iter().map(|tally| tally.attribute).collect();
    names.sort_unstable();
    names.dedup();
    let of = |name| score_of(tallies.iter().filter(|tally| tally.attribute == name));
    names.into_iter().map(|name| (name, of(name))).collect()
}

/// The score of an entity type: the mean of its dimensions; one without a weight counts once.
pub fn overall(tallies: &[Tally], weights: &DimensionWeights) -> Score {
    let mut mean = Mean::default();
    let mut counts = Counts::default();
    for (dimension, score) in dimensions(tallies) {
        counts += score.counts;
        mean.take(score.score, weights.get(&dimension).copied().unwrap_or(1));
    }
    Score { score: mean.value(), counts }
}

/// The mean over attributes, by their criticality, of the mean over their checks, by their weight.
fn score_of<'t, 'a: 't>(tallies: impl Iterator<Item = &'t Tally<'a>>) -> Score {
    // In order of names, so that sums of fractions do not hang on the order that tallies come in.
    let mut by_attribute: BTreeMap<Option<&str>, BTreeMap<&str, Tally>> = BTreeMap::new();
    for tally in tallies {
        let checks = by_attribute.entry(tally.attribute).or_default();
        match checks.get_mut(tally.check) {
            Some(known) => {
                known.counts += tally.counts;
                known.weight = known.weight.max(tally.weight);
                known.criticality = known.criticality.max(tally.criticality);
            }
            None => {
                checks.insert(tally.check, *tally);
            }
        }
    }
    let mut of_attributes = Mean::default();
    let mut counts = Counts::default();
    for checks in by_attribute.values() {
        let mut of_checks = Mean::default();
        let mut criticality = 0;
        for tally in checks.values() {
            counts += tally.counts;
            of_checks.take(tally.counts.score(), tally.weight);
            criticality = criticality.max(tally.criticality);
        }
        of_attributes.take(of_checks.value(), criticality);
    }
    Score { score: of_attributes.value(), counts }
}

/// A weighted mean of those that are known.
#[derive(Default)]
pub(super) struct Mean {
    sum: f64,
    weights: u64,
}

impl Mean {
    pub(super) fn take(&mut self, value: Option<f64>, weight: u32) {
        if let Some(value) = value {
            self.sum += value * f64::from(weight);
            self.weights += u64::from(weight);
        }
    }

    pub(super) fn value(&self) -> Option<f64> {
        (self.weights > 0).then(|| self.sum / self.weights as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(
        check: &'static str,
        attribute: &'static str,
        dimension: Dimension,
        [weight, criticality]: [u32; 2],
        [pass, fail]: [u64; 2],
    ) -> Tally<'static> {
        let counts = Counts { pass, fail, ..Counts::default() };
        Tally { check, attribute: Some(attribute), dimension, weight, criticality, counts }
    }

    fn tile(tallies: &[Tally], tile: Tile) -> Option<f64> {
        tiles(tallies).into_iter().find(|(of, _)| *of == tile).unwrap().1.score
    }

    #[test]
    fn checks_count_by_weight_and_attributes_by_criticality() {
        use Dimension::{Consistency, Validity};
        let tallies = [
            tally("form", "email", Validity, [1, 1], [100, 0]),
            tally("domain", "email", Consistency, [3, 1], [50, 50]),
            tally("form", "postcode", Validity, [1, 3], [7, 1]),
        ];
        // E-mail (1 + 3 × 0.5) / 4 = 0.625; with the postcode (0.625 + 3 × 0.875) / 4.
        assert_eq!(tile(&tallies, Tile::Correct), Some(0.8125));
        let score = attributes(&tallies);
        assert_eq!(score[0].0, Some("email"));
        assert_eq!(score[0].1.score, Some(0.625));
        assert_eq!(score[0].1.counts.judged(), 200);
    }

    #[test]
    fn what_was_not_judged_is_unknown_and_never_full() {
        let nothing = Counts { not_applicable: 5, unverified: 7, error: 1, ..Counts::default() };
        let mut tallies = vec![tally("register", "city", Dimension::Accuracy, [1, 1], [0, 0])];
        tallies[0].counts = nothing;
        assert_eq!(tile(&tallies, Tile::Accurate), None);
        assert_eq!(tiles(&tallies)[0].1.counts, nothing);
        assert_eq!(tile(&[], Tile::Complete), None);
        assert_eq!(overall(&tallies, &DimensionWeights::new()).score, None);
        // Beside one that was judged it does not count at all.
        tallies.push(tally("register", "email", Dimension::Accuracy, [1, 1], [1, 3]));
        assert_eq!(tile(&tallies, Tile::Accurate), Some(0.25));
    }

    #[test]
    fn an_attribute_that_does_not_count_does_not_lower_a_tile() {
        let tallies = [
            tally("present", "website", Dimension::Completeness, [1, 0], [0, 10]),
            tally("present", "email", Dimension::Completeness, [1, 1], [9, 1]),
        ];
        assert_eq!(tile(&tallies, Tile::Complete), Some(0.9));
    }

    #[test]
    fn groups_are_put_together_before_they_are_divided() {
        // 1 of 1 in one source and 0 of 9 in another are 1 of 10, not a half.
        let tallies = [
            tally("form", "email", Dimension::Validity, [1, 1], [1, 0]),
            tally("form", "email", Dimension::Validity, [1, 1], [0, 9]),
        ];
        assert_eq!(tile(&tallies, Tile::Correct), Some(0.1));
    }

    #[test]
    fn dimensions_count_by_the_weights_of_the_hub_model() {
        let tallies = [
            tally("present", "email", Dimension::Completeness, [1, 1], [1, 1]),
            tally("form", "email", Dimension::Validity, [1, 1], [1, 0]),
        ];
        assert_eq!(overall(&tallies, &DimensionWeights::new()).score, Some(0.75));
        let weights = DimensionWeights::from([(Dimension::Completeness, 3)]);
        assert_eq!(overall(&tallies, &weights).score, Some(0.625));
        let nothing_counts =
            DimensionWeights::from([(Dimension::Completeness, 0), (Dimension::Validity, 0)]);
        assert_eq!(overall(&tallies, &nothing_counts).score, None);
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_tallies_does_not_matter(
            rows in proptest::collection::vec((0usize..3, 0usize..3, 0u64..9, 0u64..9), 0..20),
            turn in 0usize..20,
        ) {
            let name = ["a", "b", "c"];
            let mut tallies: Vec<Tally> = rows
                .iter()
                .map(|&(check, at, pass, fail)| {
                    tally(name[check], name[at], Dimension::Validity, [1, 2], [pass, fail])
                })
                .collect();
            let before = (tiles(&tallies), attributes(&tallies));
            let turn = turn % tallies.len().max(1);
            tallies.rotate_left(turn);
            proptest::prop_assert_eq!(before, (tiles(&tallies), attributes(&tallies)));
        }
    }
}
