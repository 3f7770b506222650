//! Reports how the records of one entity type were matched, and how sure that is.
//!
//! Arrives: a matcher, and what it concluded.
//! Leaves: a [`MatchingReport`]: weights and probabilities, values that many share, thresholds and what they cost, records
//! that cannot be linked, what blocking did, and the clusters and pairs to look at.
//! Promises: the same figures for the same partition; nothing is measured against a truth, so that
//! all that is expected rests on the model, and says so.
//! Start reading at [`report`]; each part of the report has a file of its own.

mod comparisons;
mod labels;
mod trade_off;
mod unlinkable;
mod clusters;
pub(crate) mod json;

pub use karat_engine::matching::SharedValue;
pub use karat_engine::matching::block::RuleReport;
pub use karat_engine::matching::cluster::ThresholdLadder;
pub use karat_engine::matching::labels::calibration::Calibration;
use karat_engine::matching::{Matched, Matcher};
use karat_model::attribute::EntityType;
use karat_model::evidence::{PairExplanation, Weight};
use karat_model::partition::{ClusterQuality, HoldReason, PotentialMatch};
use karat_model::table::RecordTable;

pub use clusters::{ClusterEdge, ClusterRecord, ReportedCluster, ReportedConflict, ReportedCut};
pub use comparisons::{ComparisonFigures, LevelFigures, weights_of};
pub(crate) use json::ladder;
pub use labels::LabelFigures;
pub use trade_off::TradeOff;
pub use unlinkable::SelfWeights;

use crate::figures::expected_precision;
use crate::flow::publish::{held, one_for_two_customers};
use comparisons::{Rarities, comparison_figures};

/// How many of the potential matches are explained.
const POTENTIAL_MATCHES_SHOWN: usize = 20;

/// How the records of one entity type were matched, and how sure that is.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchingReport {
    /// The entity type.
    pub entity_type: EntityType,
    /// Its records.
    pub records: u64,
    /// Its customers.
    pub entities: u64,
    /// Pairs that a steward should look at: one for each two customers.
    pub potential_matches: u64,
    /// Pairs that were compared.
    pub compared: u64,
    /// How many rounds training took.
    pub rounds: u32,
    /// The weight before any value is compared.
    pub prior: Weight,
    /// The total from which a pair is linked.
    pub link_threshold: Weight,
    /// The total from which a pair is a potential match.
    pub review_threshold: Weight,
    /// The share of customers with several records that the model itself expects to be put
    /// together rightly, 0 to 1.
    pub expected_precision: Option<f64>,
    /// What each comparison learnt.
    pub comparisons: Vec<ComparisonFigures>,
    /// The values that many customers share, those of most customers first.
    pub shared_values: Vec<SharedValue>,
    /// What labels taught, if there were any.
    pub labels: Option<LabelFigures>,
    /// How many compared pairs have a total of this many whole bits (rounded down), lightest first.
    pub scores: Vec<(i32, u64)>,
    /// What records weigh when they are compared with themselves.
    pub self_weights: SelfWeights,
    /// What each blocking rule did, in the order they are tried.
    pub rules: Vec<RuleReport>,
    /// About how many pairs of one customer no rule brought together, at least.
    pub missed: f64,
    /// The customers with most records, largest first.
    pub largest_clusters: Vec<ReportedCluster>,
    /// The customers that hang by the lightest links, lightest first.
    pub weakest_clusters: Vec<ReportedCluster>,
    /// A few of the potential matches, heaviest first.
    pub heaviest_potential: Vec<ReportedPair>,
    /// How many potential matches are joins that are held.
    pub held: u64,
    /// How well the customers with several records hold together.
    pub cohesion: Cohesion,
    /// The components that were too large to look at as a whole.
    pub ladders: Vec<ThresholdLadder>,
    /// What to mind about the model, in English and Dutch.
    pub warnings: Vec<[String; 2]>,
}

/// A potential match, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedPair {
    /// What speaks for and against it.
    pub pair: PairExplanation,
    /// Why the join that it stands for is held, if it is.
    pub held: Option<HoldReason>,
}

fn reported_pair(matcher: &Matcher, pair: &PotentialMatch) -> ReportedPair {
    ReportedPair { pair: matcher.explain(pair.left, pair.right), held: pair.held }
}

/// How many customers with several records hold together how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohesion {
    /// Customers with several records.
    pub customers: u64,
    /// Those of which all pairs are linked.
    pub complete: u64,
    /// Those of three records or more that a single link holds together somewhere.
    pub with_bridge: u64,
    /// Those in which two values contradict each other.
    pub with_conflict: u64,
}

impl Cohesion {
    /// The customers of both.
    pub fn plus(self, other: Cohesion) -> Cohesion {
        Cohesion {
            customers: self.customers + other.customers,
            complete: self.complete + other.complete,
            with_bridge: self.with_bridge + other.with_bridge,
            with_conflict: self.with_conflict + other.with_conflict,
        }
    }

    fn of(qualities: &[Option<ClusterQuality>]) -> Cohesion {
        let several = || qualities.iter().flatten();
        let count = |is_so: fn(&ClusterQuality) -> bool| {
            several().filter(|quality| is_so(quality)).count() as u64
        };
        Cohesion {
            customers: several().count() as u64,
            complete: count(|quality| quality.links == quality.pairs),
            with_bridge: count(|quality| quality.records > 2 && quality.bridges > 0),
            with_conflict: count(|quality| !quality.conflicts.is_empty()),
        }
    }
}

/// Reports how the records of a table were matched.
pub fn report(matcher: &Matcher, table: &RecordTable, matched: &Matched) -> MatchingReport {
    let model = &matcher.model;
    let partition = &matched.partition;
    let qualities = matcher.qualities(partition);
    let weakest_links = matcher.weakest_links(matched);
    let potential = one_for_two_customers(matched);
    let shown = potential.iter().take(POTENTIAL_MATCHES_SHOWN);
    let (self_weights, rarities) = unlinkable::compare_with_themselves(matcher, table);
    MatchingReport {
        entity_type: table.entity_type,
        records: table.len() as u64,
        entities: partition.len() as u64,
        potential_matches: potential.len() as u64,
        compared: matched.pairs,
        rounds: model.training.rounds,
        prior: Weight(model.prior),
        link_threshold: Weight(model.link_threshold),
        review_threshold: Weight(model.review_threshold),
        expected_precision: expected_precision(&weakest_links, &model.calibration),
        comparisons: comparison_figures(matcher, &rarities),
        shared_values: matcher.shared_values(partition),
        labels: labels::label_figures(model),
        scores: matched.scores.clone(),
        self_weights,
        rules: matched.rules.clone(),
        missed: matched.missed,
        largest_clusters: clusters::largest(matcher, table, partition),
        weakest_clusters: clusters::weakest(matcher, table, partition, &qualities),
        heaviest_potential: shown.map(|pair| reported_pair(matcher, pair)).collect(),
        held: held(matched),
        cohesion: Cohesion::of(&qualities),
        ladders: matched.ladders.clone(),
        warnings: model.training.warnings.clone(),
    }
}

impl MatchingReport {
    /// The first and the last threshold worth a look: from some bits below the review threshold to
    /// where a link is beyond doubt, no further than pairs weigh.
    pub fn thresholds(&self) -> [Weight; 2] {
        const BELOW_BITS: f64 = 6.0;
        const ABOVE_BITS: f64 = 20.0;
        let lightest = self.scores.first().map_or(f64::NEG_INFINITY, |&(bits, _)| f64::from(bits));
        let heaviest = self.scores.last().map_or(f64::INFINITY, |&(bits, _)| f64::from(bits) + 1.0);
        let [review, link] = [self.review_threshold, self.link_threshold].map(Weight::bits);
        let first = (review.min(0.0) - BELOW_BITS).max(lightest).min(review);
        let last = (link.max(0.0) + ABOVE_BITS).min(heaviest).max(link + 1.0);
        [first.floor(), last.ceil()].map(Weight::from_bits)
    }

    /// What the links at the link threshold come to.
    pub fn at_link_threshold(&self) -> TradeOff {
        self.trade_off(self.link_threshold)
    }

    /// The share of records that say too little to be linked at the link threshold, 0 to 1.
    pub fn unlinkable(&self) -> Option<f64> {
        self.self_weights.unlinkable(self.link_threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of these scores, and of records that weigh this much compared with themselves.
    pub(super) fn report_of(scores: &[(i32, u64)], self_weights: &[f64]) -> MatchingReport {
        let weights = self_weights.iter().map(|&bits| Weight::from_bits(bits)).collect();
        MatchingReport {
            entity_type: EntityType::Person,
            records: 100,
            entities: 90,
            potential_matches: 3,
            compared: scores.iter().map(|&(_, pairs)| pairs).sum(),
            rounds: 12,
            prior: Weight::from_bits(-9.0),
            link_threshold: Weight::from_bits(4.0),
            review_threshold: Weight::from_bits(-2.0),
            expected_precision: Some(0.99),
            comparisons: Vec::new(),
            shared_values: Vec::new(),
            labels: None,
            scores: scores.to_vec(),
            self_weights: SelfWeights::of(weights),
            rules: Vec::new(),
            missed: 0.0,
            largest_clusters: Vec::new(),
            weakest_clusters: Vec::new(),
            heaviest_potential: Vec::new(),
            held: 0,
            cohesion: Cohesion::default(),
            ladders: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn thresholds_worth_a_look_hold_both_thresholds_and_end_where_pairs_do() {
        let range = |scores: &[(i32, u64)]| report_of(scores, &[]).thresholds().map(Weight::bits);
        assert_eq!(range(&[(-40, 9), (60, 1)]), [-8.0, 24.0]);
        assert_eq!(range(&[(-5, 9), (9, 1)]), [-5.0, 10.0]);
        assert_eq!(range(&[(0, 9), (1, 1)]), [-2.0, 5.0]);
        assert_eq!(range(&[]), [-8.0, 24.0]);
    }

    #[test]
    fn json_tells_what_the_link_threshold_costs() {
        let json = report_of(&[(-9, 100), (8, 10)], &[3.0, 5.0, 30.0, 31.0]).to_json();
        let at = &json["at_link_threshold"];
        assert_eq!((&at["threshold"], &at["pairs"]), (&4.0.into(), &10.into()));
        assert!(at["precision"].as_f64().unwrap() > 0.99);
        assert_eq!(at["unlinkable"], 0.25);
        assert_eq!(json["thresholds"].as_array().unwrap().len(), 18, "-8 to 9 bits");
        assert_eq!(json["compared_with_themselves"], 4);
    }
}
