//! Finds which records are the same customer: `P = f(R, M, D)`.
//!
//! Arrives: a table of records `R`, a frozen match model `M` (or the wish to learn one), and the
//! stewards' decisions `D`.
//! Leaves: the partition `P`, the potential matches, and on request the evidence for any pair.
//! Promises: the same partition for the same three, bit for bit, whatever the order of records or
//! the number of threads; one function computes both the score and its explanation.
//! Start reading in [`Matcher`]; the modules stand in the order of what happens.
//!
//! ```text
//! records ──► block ──► candidate pairs ──► compare ──► levels ──► weigh ──► edges ──► cluster ──► P
//!   R                                                                ▲                    ▲
//!                                         train, labels ──► model ───┘                    D
//! ```
//!
//! 1. [`block`] chooses the pairs that deserve a comparison.
//! 2. [`compare`] tells how far two records agree, as a level per comparison; a `matrix` holds the
//!    numbers that levels are made of, so that comparing reads little memory.
//! 3. [`train`] learns what each level weighs from the pairs themselves, and [`labels`] from what
//!    people said; with how many customers have each [value](values) it becomes the [`model`].
//! 4. `weigh` adds the weights of each candidate pair up, and `threshold` says from where it links.
//! 5. `leftover` adds what it says that two records have no other match.
//! 6. [`cluster`] divides the records into customers; its gate holds those that contradict
//!    themselves.
//! 7. `potential` lists what a steward should look at, [`explain`] says why, and `sharing` tells of
//!    values that too many have.
//! 8. [`drift`] tells when records are no longer like those that the model was learnt from.

// What values are read as.
pub mod fold;
pub mod phonetics;
pub mod similarity;
mod name_prefix;
// Which pairs, and how far they agree.
pub mod block;
pub mod compare;
pub mod cache;
mod matrix;
// What that weighs.
pub mod values;
pub mod model;
pub mod train;
pub mod labels;
mod weigh;
mod histogram;
mod threshold;
// Who is who.
mod leftover;
pub mod cluster;
mod potential;
pub mod neighbourhood;
// What is told of it.
pub mod explain;
mod sharing;
pub mod drift;
pub mod progress;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod organisation_tests;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::decision::Standing;
use karat_model::evidence::{PairExplanation, Weight};
use karat_model::match_settings::{
    BlockingRule, FixedWeights, MatchSettings, PairScope, Phonetics,
};
use karat_model::partition::{Hold, Partition, PotentialMatch};
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;

use block::{Blocks, Rule, RuleReport};
use cluster::conflict::SingleValued;
use cluster::gate::{Former, Gated};
use cluster::{Clustered, Constraints, Edge, ThresholdLadder};
use compare::{Compare, Compared};
use drift::Population;
use labels::Labelled;
use labels::calibration::Calibration;
use leftover::Leftover;
use matrix::{Matrix, Scratch};
use model::{GateModel, MatchModel};
use progress::{Progress, Stopped, Watch};
pub use sharing::SharedValue;
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
    candidates: Candidates,
    /// The attributes of which a customer has one value.
    single_valued: Vec<SingleValued>,
    progress: Progress<'a>,
}

/// Which candidate pairs are weighed to the end. The partition is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// All, so that a report can tell what they weigh.
    All,
    /// Those that may reach the review threshold; others are left as soon as that is clear.
    Hopeful,
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
    /// How many of them weigh this many whole bits (rounded down), lightest first; those that were
    /// left as hopeless are not counted. So are `missed` and parts of `rules`.
    pub scores: Vec<(i32, u64)>,
    /// What each blocking rule did.
    pub rules: Vec<RuleReport>,
    /// About how many pairs of one customer no rule found, at least.
    pub missed: f64,
    /// The components that were too large to look at as a whole.
    pub ladders: Vec<ThresholdLadder>,
    /// The joins of customers of before that are held.
    pub holds: Vec<Hold>,
}

/// Which pairs are asked for.
struct Asked<'m> {
    rules: &'m [BlockingRule],
    phonetics: Phonetics,
    pairs: PairScope,
    /// The records whose pairs they are; `None` for all.
    of: Option<&'m [RecordNo]>,
}

/// What is made of a table before its pairs are weighed.
struct Prepared<'a> {
    comparisons: Vec<Box<dyn Compare + 'a>>,
    matrix: Matrix,
    rules: Vec<Rule>,
    blocks: Blocks,
}

impl<'a> Prepared<'a> {
    fn of(
        table: &RecordTable,
        attributes: &AttributeSet,
        filled: &[AttributeId],
        comparisons: Vec<Box<dyn Compare + 'a>>,
        asked: &Asked,
        frozen: Option<block::Frozen>,
    ) -> Prepared<'a> {
        let matrix = Matrix::build(&comparisons, table.len());
        let rules = block::rules(table.entity_type, attributes, filled, asked.rules);
        let Asked { phonetics, pairs, of, .. } = *asked;
        let blocks = Blocks::build(table, attributes, &rules, phonetics, pairs, frozen, of);
        Prepared { comparisons, matrix, rules, blocks }
    }

    fn under(
        self,
        model: MatchModel,
        table: &'a RecordTable,
        attributes: &AttributeSet,
        candidates: Candidates,
        progress: Progress<'a>,
    ) -> Matcher<'a> {
        let Prepared { comparisons, matrix, rules, blocks } = self;
        let single_valued = SingleValued::all(table, attributes, &comparisons, &model.gate);
        let weighed = None;
        Matcher {
            table,
            comparisons,
            matrix,
            rules,
            blocks,
            model,
            weighed,
            candidates,
            single_valued,
            progress,
        }
    }
}

impl<'a> Matcher<'a> {
    /// Learns a model from the table itself.
    pub fn train(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        settings: &MatchSettings,
        candidates: Candidates,
        watch: &'a dyn Watch,
    ) -> Result<Matcher<'a>, Stopped> {
        Matcher::train_with_labels(table, attributes, settings, &[], candidates, watch)
    }

    /// Learns a model from the table itself, and then from labels.
    pub fn train_with_labels(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        settings: &MatchSettings,
        labels: &[Labelled],
        candidates: Candidates,
        watch: &'a dyn Watch,
    ) -> Result<Matcher<'a>, Stopped> {
        let mut progress = Progress::start(watch);
        let filled: Vec<AttributeId> = table.filled_attributes().collect();
        let phonetics = settings.phonetics.unwrap_or(Phonetics::International);
        let mut comparisons =
            compare::comparisons(table, attributes, &filled, phonetics, &|_| None);
        comparisons.truncate(train::COMPARISONS_MAX);
        let pairs = settings.pairs;
        let asked = Asked { rules: &settings.blocking, phonetics, pairs, of: None };
        let prepared = Prepared::of(table, attributes, &filled, comparisons, &asked, None);
        progress.reach(share::PREPARED);
        let Prepared { comparisons, matrix, rules, blocks } = &prepared;
        let pairs = train::pairs_of(blocks, table.len());
        let part = progress.part(share::TRAINED, pairs);
        let trained = train::train(comparisons, matrix, rules, blocks, table.len(), &part)?;
        let model = MatchModel {
            version: MatchModel::VERSION,
            entity_type: table.entity_type.name().to_string(),
            attributes: filled.iter().map(|&id| attributes.get(id).name.clone()).collect(),
            pairs: settings.pairs.name().to_string(),
            blocking: model::stored_rules(&settings.blocking, attributes),
            phonetics: phonetics.name().to_string(),
            prior: Weight::from_bits(settings.prior_bits.unwrap_or(trained.prior_bits)).0,
            household_prior: Weight::from_bits(trained.household_prior_bits).0,
            link_threshold: 0,
            review_threshold: 0,
            leftover_bonus: 0,
            gate: GateModel::of(&settings.gate, attributes),
            calibration: Calibration::default(),
            comparisons: trained.comparisons,
            oversized: Arc::new(blocks.oversized.iter().flatten().cloned().collect()),
            common_words: Arc::new(blocks.common_words.clone()),
            training: trained.report,
            population: Population::default(),
        };
        let mut matcher = prepared.under(model, table, attributes, candidates, progress);
        matcher.fix_weights(&settings.weights);
        matcher.count_by_customer()?;
        if !labels.is_empty() {
            matcher.set_thresholds(settings, share::UNLABELLED)?;
            matcher.learn_labels(labels, settings)?;
        }
        matcher.set_thresholds(settings, share::WEIGHED)?;
        matcher.learn_from_leftover();
        Ok(matcher)
    }

    /// Learns how much likelier records without a match belong together than any two.
    fn learn_from_leftover(&mut self) {
        let Some(weighed) = &self.weighed else { return };
        let link = Weight(self.model.link_threshold);
        let leftover = Leftover::of(self.table.len(), &weighed.edges, link);
        let possible = self.blocks.possible_pairs_of(leftover.records());
        let bonus = leftover.bonus(&weighed.edges, Weight(self.model.prior), possible);
        self.model.leftover_bonus = bonus.0;
    }

    /// Puts weights that were given in the place of those that were learnt.
    fn fix_weights(&mut self, given: &[FixedWeights]) {
        for (comparison, learnt) in self.comparisons.iter().zip(&mut self.model.comparisons) {
            let of_this = given.iter().filter(|given| given.comparison == learnt.name);
            for (label, bits) in of_this.flat_map(|given| &given.levels) {
                let at = comparison.levels().iter().position(|level| level.label[0] == label);
                if let Some(at) = at {
                    learnt.levels[at].weight = Weight::from_bits(*bits).0;
                    // Who gives a weight means what it says.
                    learnt.levels[at].repeated = 0;
                }
            }
        }
    }

    /// Uses a frozen model of this version; comparisons that it does not know are left out.
    pub fn frozen(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        model: MatchModel,
        candidates: Candidates,
        watch: &'a dyn Watch,
    ) -> Matcher<'a> {
        Matcher::frozen_of(table, attributes, model, candidates, None, watch)
    }

    /// The same, of which only the hopeful pairs of some records are asked, and only their blocks
    /// are known.
    pub fn around(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        model: MatchModel,
        records: &[RecordNo],
    ) -> Matcher<'a> {
        let (hopeful, records) = (Candidates::Hopeful, Some(records));
        Matcher::frozen_of(table, attributes, model, hopeful, records, &progress::Unwatched)
    }

    fn frozen_of(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        model: MatchModel,
        candidates: Candidates,
        of: Option<&[RecordNo]>,
        watch: &'a dyn Watch,
    ) -> Matcher<'a> {
        let mut progress = Progress::start(watch);
        let filled = model.known_attributes(attributes);
        let phonetics = model.phonetics();
        let terms = |name: &str| model.terms(name);
        let all = compare::comparisons(table, attributes, &filled, phonetics, &terms);
        let position = |comparison: &dyn Compare| {
            model.comparisons.iter().position(|known| known.name == comparison.name())
        };
        let mut known: Vec<(usize, Box<dyn Compare + 'a>)> =
            all.into_iter().filter_map(|c| Some((position(c.as_ref())?, c))).collect();
        known.sort_by_key(|(at, _)| *at);
        // The weights of a comparison that has no values now stay in the model and are not used.
        let mut model = model;
        let place = |old: &usize| known.iter().position(|(at, _)| at == old);
        let of_known = known.iter().map(|(at, _)| {
            let mut comparison = model.comparisons[*at].clone();
            let repeats: Option<Vec<usize>> = comparison.repeats.iter().map(place).collect();
            match repeats {
                Some(repeats) => comparison.repeats = repeats,
                None => comparison.forget_repeats(),
            }
            comparison
        });
        model.comparisons = of_known.collect();
        let comparisons = known.into_iter().map(|(_, comparison)| comparison).collect();
        let rules = model.blocking_rules(attributes);
        let asked = Asked { rules: &rules, phonetics, pairs: model.pair_scope(), of };
        let frozen = Some(model.frozen_blocks());
        let prepared = Prepared::of(table, attributes, &filled, comparisons, &asked, frozen);
        if !prepared.blocks.outgrown.is_empty() {
            let before = model.oversized.iter().map(Some).chain(std::iter::repeat(None));
            let now = prepared.blocks.oversized.iter().zip(before);
            let now = now.map(|(now, before)| now.as_ref().or(before).cloned().unwrap_or_default());
            model.oversized = Arc::new(now.collect());
        }
        progress.reach(share::PREPARED);
        prepared.under(model, table, attributes, candidates, progress)
    }

    /// The comparisons, in the order of those of the model.
    pub fn comparisons(&self) -> impl Iterator<Item = &dyn Compare> {
        self.comparisons.iter().map(|comparison| &**comparison)
    }

    /// What the blocking rules are called, in English and Dutch, in the order they are tried.
    pub fn blocking(&self) -> impl Iterator<Item = &[String; 2]> {
        self.rules.iter().map(|rule| &rule.label)
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
        explain::explain(self, left.min(right), left.max(right), Weight::ZERO)
    }

    /// Why two records are together in a customer of so many.
    pub fn explain_together(
        &self,
        records: usize,
        left: RecordNo,
        right: RecordNo,
    ) -> PairExplanation {
        let bonus = self.counted_bonus(records, self.weigh(left, right));
        explain::explain(self, left.min(right), left.max(right), bonus)
    }

    /// What it added to the weight of two records, together in a customer of so many, that they
    /// have no other match: nothing, unless that linked them.
    fn counted_bonus(&self, records: usize, weight: Weight) -> Weight {
        let link = Weight(self.model.link_threshold);
        let bonus = Weight(self.model.leftover_bonus);
        let has_counted = records == 2 && weight < link && weight + bonus >= link;
        if has_counted { bonus } else { Weight::ZERO }
    }

    /// The values that clearly more customers of a partition have than is usual for their
    /// attribute, those of most customers first.
    pub fn shared_values(&self, partition: &Partition) -> Vec<SharedValue> {
        sharing::shared_values(self, partition)
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
            in_full: false,
        };
        let Weighed { edges, .. } = self.weigh_candidates(&wanted, share::COUNTED)?;
        let constraints = Constraints::default();
        let customers = self.cluster(&edges, Weight::ZERO, &constraints).partition;
        let comparisons = self.comparisons.par_iter_mut().zip(&mut self.model.comparisons);
        comparisons.for_each(|(comparison, model)| {
            comparison.count(Holders::Customers(&customers));
            model.terms = comparison.term_counts();
        });
        Ok(())
    }

    /// Divides the records into customers, of whom none was published before.
    pub fn partition(&mut self, decided: &Standing) -> Result<Matched, Stopped> {
        self.partition_after(decided, &Former::nothing())
    }

    /// Divides the records into customers; joins of those of before may be held.
    pub fn partition_after(
        &mut self,
        decided: &Standing,
        former: &Former,
    ) -> Result<Matched, Stopped> {
        let review = Weight(self.model.review_threshold);
        let weighed = match self.weighed.take() {
            Some(weighed) => weighed,
            None => self.weigh_all(review, share::WEIGHED)?,
        };
        let mut rules = self.blocks.reports.clone();
        weighed.report(&mut rules);
        let missed = weighed.missed();
        let Weighed { mut edges, pairs, scores, .. } = weighed;
        edges.retain(|edge| edge.weight >= review);
        let scores = scores.bars();
        let divided = self.divide(edges, decided, former);
        self.progress.reach(1.0);
        Ok(Matched { pairs, scores, rules, missed, ..divided })
    }

    /// Divides the records into customers by the pairs between them that weigh at least the review
    /// threshold, each once, in order; says nothing of how these were found.
    pub fn divide(&self, edges: Vec<Edge>, decided: &Standing, former: &Former) -> Matched {
        let link = Weight(self.model.link_threshold);
        let constraints = self.constraints(decided);
        let mut weighted = Cow::Borrowed(&edges);
        let bonus = Weight(self.model.leftover_bonus);
        if bonus > Weight::ZERO {
            Leftover::of(self.table.len(), &edges, link).add(bonus, weighted.to_mut());
        }
        let Clustered { partition, ladders } = self.cluster(&weighted, link, &constraints);
        let Gated { partition, held, holds } =
            self.gate(partition, &weighted, &constraints, former);
        let potential = potential::potential_matches(&partition, &edges, &constraints, held);
        let (pairs, scores, rules, missed) = Default::default();
        Matched { partition, potential, edges, pairs, scores, rules, missed, ladders, holds }
    }

    /// Weighs all candidate pairs, and keeps those that weigh at least so much.
    fn weigh_all(&mut self, weight_min: Weight, until: f64) -> Result<Weighed, Stopped> {
        let rules = vec![true; self.rules.len()];
        let in_full = self.candidates == Candidates::All;
        let wanted = Wanted { rules, agreeing_min: 0, weight_min, in_full };
        self.weigh_candidates(&wanted, until)
    }
}
