//! Finds which records are the same customer: `P = f(R, M, D)`.
//!
//! Arrives: a table of records `R`, a frozen match model `M` (or the wish to learn one), and the
//! stewards' decisions `D`.
//! Leaves: the partition `P`, the potential matches, and on request the evidence for any pair.
//! Promises: the same partition for the same three, bit for bit, whatever the order of records or
//! the number of threads; one function computes both the score and its explanation.
//! Start reading in [`Matcher`]; then `block.rs`, `compare/`, `train.rs`, `cluster.rs`.

pub mod block;
pub mod cache;
pub mod cluster;
pub mod compare;
pub mod explain;
pub mod fold;
mod histogram;
pub mod labels;
mod matrix;
pub mod model;
pub mod progress;
pub mod similarity;
pub mod train;
pub mod values;
mod weigh;
#[cfg(test)]
mod tests;

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::decision::Decision;
use karat_model::evidence::{PairExplanation, Verdict, Weight};
use karat_model::match_settings::{FixedWeights, MatchSettings};
use karat_model::partition::{Partition, PotentialMatch};
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;

use block::{Blocks, Rule, RuleReport};
use cluster::{Constraints, Edge};
use compare::{Compare, Compared};
use labels::Labelled;
use labels::calibration::Calibration;
use matrix::{Matrix, Scratch};
use model::MatchModel;
use progress::{Progress, Stopped, Watch};
use values::Holders;
use weigh::{Wanted, Weighed};

/// A table that is ready to be matched under a model.
pub struct Matcher<'a> {
    table: &'a RecordTable,
    comparisons: Vec<Box<dyn Compare + 'a>>,
    matrix: Matrix,
    rules: Vec<Rule>,
    blocks: Blocks,
    /// The model in force.
    pub model: MatchModel,
    /// The pairs that were weighed to choose the thresholds; they are not weighed again.
    weighed: Option<Weighed>,
    progress: Progress<'a>,
}

/// Which share of the work is done when a step ends.
mod share {
    /// Comparisons, their numbers and the blocks stand ready.
    pub const PREPARED: f64 = 0.2;
    /// The weights are learnt.
    pub const TRAINED: f64 = 0.35;
    /// It is about known who is who.
    pub const COUNTED: f64 = 0.5;
    /// All pairs are weighed for labels to be held against them.
    pub const UNLABELLED: f64 = 0.7;
    /// All pairs are weighed.
    pub const WEIGHED: f64 = 0.95;
}

/// What matching concluded.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Which records are the same customer.
    pub partition: Partition,
    /// Pairs that are likely enough to show to a steward, the likeliest first.
    pub potential: Vec<PotentialMatch>,
    /// All pairs that weigh at least the review threshold, in order, linked or not.
    pub edges: Vec<Edge>,
    /// How many candidate pairs were compared.
    pub pairs: u64,
    /// How many of them weigh this many whole bits (rounded down), lightest first.
    pub scores: Vec<(i32, u64)>,
    /// What each blocking rule did.
    pub rules: Vec<RuleReport>,
    /// About how many pairs of one customer no rule found, at least.
    pub missed: f64,
}

impl<'a> Matcher<'a> {
    /// Learns a model from the table itself.
    pub fn train(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        settings: &MatchSettings,
        watch: &'a dyn Watch,
    ) -> Result<Matcher<'a>, Stopped> {
        Matcher::train_with_labels(table, attributes, settings, &[], watch)
    }

    /// Learns a model from the table itself, and then from labels.
    pub fn train_with_labels(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        settings: &MatchSettings,
        labels: &[Labelled],
        watch: &'a dyn Watch,
    ) -> Result<Matcher<'a>, Stopped> {
        let mut progress = Progress::start(watch);
        let filled: Vec<AttributeId> = table.filled_attributes().collect();
        let mut comparisons = compare::comparisons(table, attributes, &filled, &|_| None);
        comparisons.truncate(train::COMPARISONS_MAX);
        let matrix = Matrix::build(&comparisons, table.len());
        let rules = block::rules(table.entity_type, attributes, &filled, &settings.blocking);
        let blocks = Blocks::build(table, &rules, settings.pairs, None);
        progress.reach(share::PREPARED);
        let pairs = train::pairs_of(&blocks, table.len());
        let part = progress.part(share::TRAINED, pairs);
        let trained = train::train(&comparisons, &matrix, &rules, &blocks, table.len(), &part)?;
        let model = MatchModel {
            version: MatchModel::VERSION,
            entity_type: table.entity_type.name().to_string(),
            attributes: filled.iter().map(|&id| attributes.get(id).name.clone()).collect(),
            pairs: settings.pairs.name().to_string(),
            blocking: model::stored_rules(&settings.blocking, attributes),
            prior: Weight::from_bits(settings.prior_bits.unwrap_or(trained.prior_bits)).0,
            household_prior: Weight::from_bits(trained.household_prior_bits).0,
            link_threshold: 0,
            review_threshold: 0,
            calibration: Calibration::default(),
            comparisons: trained.comparisons,
            oversized: blocks.oversized.clone(),
            training: trained.report,
        };
        let mut matcher =
            Matcher { table, comparisons, matrix, rules, blocks, model, weighed: None, progress };
        matcher.fix_weights(&settings.weights);
        matcher.count_by_customer()?;
        if !labels.is_empty() {
            matcher.set_thresholds(settings, share::UNLABELLED)?;
            matcher.learn_labels(labels, settings)?;
        }
        matcher.set_thresholds(settings, share::WEIGHED)?;
        Ok(matcher)
    }

    /// Puts weights that were given in the place of those that were learnt.
    fn fix_weights(&mut self, given: &[FixedWeights]) {
        for (comparison, learnt) in self.comparisons.iter().zip(&mut self.model.comparisons) {
            let of_this = given.iter().filter(|given| given.comparison == learnt.name);
            for (label, bits) in of_this.flat_map(|given| &given.levels) {
                let at = comparison.levels().iter().position(|level| level.label[0] == label);
                if let Some(at) = at {
                    learnt.levels[at].weight = Weight::from_bits(*bits).0;
                }
            }
        }
    }

    /// Uses a frozen model of this version; comparisons that it does not know are left out.
    pub fn frozen(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        model: MatchModel,
        watch: &'a dyn Watch,
    ) -> Matcher<'a> {
        let mut progress = Progress::start(watch);
        let filled: Vec<AttributeId> =
            model.attributes.iter().filter_map(|name| attributes.find(name)).collect();
        let all = compare::comparisons(table, attributes, &filled, &|name| model.terms(name));
        let position = |comparison: &dyn Compare| {
            model.comparisons.iter().position(|known| known.name == comparison.name())
        };
        let mut known: Vec<(usize, Box<dyn Compare + 'a>)> =
            all.into_iter().filter_map(|c| Some((position(c.as_ref())?, c))).collect();
        known.sort_by_key(|(at, _)| *at);
        // The weights of a comparison that has no values now stay in the model and are not used.
        let mut model = model;
        model.comparisons = known.iter().map(|(at, _)| model.comparisons[*at].clone()).collect();
        let comparisons: Vec<Box<dyn Compare + 'a>> = known.into_iter().map(|(_, c)| c).collect();
        let matrix = Matrix::build(&comparisons, table.len());
        let asked = model.blocking_rules(attributes);
        let rules = block::rules(table.entity_type, attributes, &filled, &asked);
        let frozen = Some((&model.oversized[..], model.training.records));
        let blocks = Blocks::build(table, &rules, model.pair_scope(), frozen);
        progress.reach(share::PREPARED);
        Matcher { table, comparisons, matrix, rules, blocks, model, weighed: None, progress }
    }

    /// The comparisons, in the order of those of the model.
    pub fn comparisons(&self) -> impl Iterator<Item = &dyn Compare> {
        self.comparisons.iter().map(|comparison| &**comparison)
    }

    fn scratch(&self) -> Scratch {
        Scratch::new(self.comparisons.len())
    }

    fn is_person(&self) -> bool {
        self.table.entity_type == EntityType::Person
    }

    fn compare(&self, left: RecordNo, right: RecordNo) -> Vec<Compared> {
        let mut scratch = self.scratch();
        self.matrix.compare(&self.comparisons, left, right, &mut scratch).to_vec()
    }

    /// The total weight of any pair.
    pub fn weigh(&self, left: RecordNo, right: RecordNo) -> Weight {
        self.model.weigh(&self.compare(left, right))
    }

    /// Why two records are, or are not, the same customer.
    pub fn explain(&self, left: RecordNo, right: RecordNo) -> PairExplanation {
        explain::explain(self, left.min(right), left.max(right))
    }

    /// What holds a cluster together: the heaviest tree of pairs that connects its records, the
    /// first record its root. A very large cluster gives the tree of its first records only.
    pub fn strongest_links(&self, members: &[RecordNo]) -> Vec<Edge> {
        self.heaviest_tree(members, &mut self.scratch())
    }

    /// Per cluster the weight of its weakest link; `None` for a single record.
    pub fn weakest_links(&self, partition: &Partition) -> Vec<Option<Weight>> {
        let clusters: Vec<&[RecordNo]> = partition.clusters().collect();
        let clusters = clusters.par_iter().with_min_len(1024);
        let weakest = clusters.map_init(
            || self.scratch(),
            |scratch, members| {
                let links = self.heaviest_tree(members, scratch);
                links.iter().map(|link| link.weight).min()
            },
        );
        weakest.collect()
    }

    fn heaviest_tree(&self, members: &[RecordNo], scratch: &mut Scratch) -> Vec<Edge> {
        const MEMBERS_MAX: usize = 200;
        let members = &members[..members.len().min(MEMBERS_MAX)];
        let mut weigh = |a: RecordNo, b: RecordNo| {
            let (left, right) = (a.min(b), a.max(b));
            let compared = self.matrix.compare(&self.comparisons, left, right, scratch);
            Edge { left, right, weight: self.model.weigh(compared) }
        };
        // Prim's algorithm: per record outside the tree its heaviest pair with one inside.
        let mut links = Vec::new();
        let Some((&first, rest)) = members.split_first() else { return links };
        let mut outside: Vec<(RecordNo, Edge)> =
            rest.iter().map(|&record| (record, weigh(first, record))).collect();
        while let Some(at) = (0..outside.len()).min_by_key(|&at| {
            let (record, edge) = outside[at];
            (-edge.weight, record)
        }) {
            let (joined, link) = outside.swap_remove(at);
            links.push(link);
            for (record, best) in &mut outside {
                let edge = weigh(joined, *record);
                if edge.weight > best.weight {
                    *best = edge;
                }
            }
        }
        links
    }

    /// Counts how many customers have each value, now that it is about known who is who.
    ///
    /// Most customers are found by rules that make few pairs per record, and in a large table by
    /// pairs that agree in two ways: the others are left out, because they take most of the time.
    fn count_by_customer(&mut self) -> Result<(), Stopped> {
        const PAIRS_PER_RECORD_MAX: u64 = 5;
        const ALL_PAIRS_MAX: u64 = 1_000_000;
        let pairs_max = PAIRS_PER_RECORD_MAX * self.table.len() as u64;
        let is_cheap = |rule: &RuleReport| rule.pairs <= pairs_max;
        let reports = self.blocks.reports.iter();
        let pairs: u64 = reports.filter(|rule| is_cheap(rule)).map(|rule| rule.pairs).sum();
        let wanted = Wanted {
            rules: self.blocks.reports.iter().map(is_cheap).collect(),
            agreeing_min: if pairs <= ALL_PAIRS_MAX { 0 } else { 2 },
            weight_min: Weight::ZERO,
        };
        let Weighed { edges, .. } = self.weigh_candidates(&wanted, share::COUNTED)?;
        let customers = self.cluster(&edges, Weight::ZERO, &Constraints::default());
        let comparisons = self.comparisons.par_iter_mut().zip(&mut self.model.comparisons);
        comparisons.for_each(|(comparison, model)| {
            comparison.count(Holders::Customers(&customers));
            model.terms = comparison.term_counts();
        });
        Ok(())
    }

    /// Chooses the link threshold: the lowest at which the expected share of wrong links is accepted.
    fn set_thresholds(&mut self, settings: &MatchSettings, until: f64) -> Result<(), Stopped> {
        let band = Weight::from_bits(settings.review_band_bits);
        let link = match settings.link_threshold_bits {
            Some(bits) => Weight::from_bits(bits),
            None => {
                let even = self.model.calibration.even_odds();
                let weighed = self.weigh_all(even - band, until)?;
                let calibration = &self.model.calibration;
                let weights = weighed.edges.iter().map(|edge| edge.weight);
                let likely = weights.filter(|weight| *weight >= even).collect();
                let threshold = threshold_for(likely, calibration, settings.false_discovery_rate);
                self.weighed = Some(weighed);
                threshold
            }
        };
        self.model.link_threshold = link.0;
        self.model.review_threshold = (link - band).0;
        Ok(())
    }

    /// Divides the records into customers.
    pub fn partition(&mut self, decisions: &[Decision]) -> Result<Matched, Stopped> {
        let link = Weight(self.model.link_threshold);
        let review = Weight(self.model.review_threshold);
        let weighed = match self.weighed.take() {
            Some(weighed) => weighed,
            None => self.weigh_all(review, share::WEIGHED)?,
        };
        let mut rules = self.blocks.reports.clone();
        weighed.report(&mut rules);
        let missed = weighed.missed();
        let Weighed { mut edges, scores, .. } = weighed;
        edges.retain(|edge| edge.weight >= review);
        let constraints = self.constraints(decisions);
        let partition = self.cluster(&edges, link, &constraints);
        self.progress.reach(1.0);
        let apart = |edge: &&Edge| {
            partition.cluster_of(edge.left) != partition.cluster_of(edge.right)
                && !constraints.different.contains(&(edge.left, edge.right))
        };
        let mut potential: Vec<PotentialMatch> = edges
            .iter()
            .filter(apart)
            .map(|&Edge { left, right, weight }| PotentialMatch { weight, left, right })
            .collect();
        potential.sort_unstable_by_key(|pair| (-pair.weight, pair.left, pair.right));
        let (pairs, scores) = (scores.pairs(), scores.bars());
        Ok(Matched { partition, potential, edges, pairs, scores, rules, missed })
    }

    /// Weighs all candidate pairs, and keeps those that weigh at least so much.
    fn weigh_all(&mut self, weight_min: Weight, until: f64) -> Result<Weighed, Stopped> {
        let rules = vec![true; self.rules.len()];
        self.weigh_candidates(&Wanted { rules, agreeing_min: 0, weight_min }, until)
    }

    fn cluster(&self, edges: &[Edge], link: Weight, constraints: &Constraints) -> Partition {
        cluster::cluster(
            self.table.len(),
            edges,
            link,
            constraints,
            || self.scratch(),
            |scratch, left, right| {
                let compared = self.matrix.compare(&self.comparisons, left, right, scratch);
                let vote = self.model.vote(compared);
                // Records that are not to be compared come together through others only.
                if self.blocks.allow(left, right) { vote } else { vote.min(Weight::ZERO) }
            },
        )
    }

    fn constraints(&self, decisions: &[Decision]) -> Constraints {
        let mut constraints = Constraints::default();
        for decision in decisions {
            let ends = self.table.find(&decision.left).zip(self.table.find(&decision.right));
            let Some((left, right)) = ends else { continue };
            let pair = (left.min(right), left.max(right));
            match decision.verdict {
                Verdict::Same => constraints.same.push(pair),
                Verdict::Different => constraints.different.push(pair),
                Verdict::Unsure => {}
            }
        }
        constraints
    }
}

/// The lowest threshold, not below even odds, at which the expected share of wrong pairs among
/// those above it is at most the rate: just above the heaviest pair that would be too many.
fn threshold_for(mut weights: Vec<Weight>, calibration: &Calibration, rate: f64) -> Weight {
    weights.sort_unstable_by_key(|weight| -*weight);
    let mut wrong = 0.0;
    let mut accepted = 0;
    for (at, &weight) in weights.iter().enumerate() {
        wrong += 1.0 - calibration.probability(weight);
        if wrong <= rate * (at + 1) as f64 {
            accepted = at + 1;
        }
    }
    let even = calibration.even_odds();
    weights.get(accepted).map_or(even, |&rejected| (rejected + Weight(1)).max(even))
}
