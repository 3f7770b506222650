//! Weighs the candidate pairs, and counts what each blocking rule was good for.

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::Matcher;
use super::block::{RuleReport, Visit};
use super::cluster::Edge;
use super::compare::Compared;
use super::histogram::Histogram;
use super::matrix::{GatheredPairs, Rows, Scratch};
use super::progress::Stopped;

/// The candidate pairs that weigh at least so much, each once, in order.
pub(super) struct Weighed {
    pub edges: Vec<Edge>,
    /// How many pairs were looked at.
    pub pairs: u64,
    /// What those weigh that were weighed in full.
    pub scores: Histogram,
    /// Per rule what no other rule found.
    alone: Vec<Alone>,
    /// How many matches are expected among the pairs that rules of one thing found, and of two.
    found_by: [Expected; 2],
}

/// What one rule found and no other did.
#[derive(Clone, Copy, Default)]
struct Alone {
    pairs: u64,
    matches: Expected,
}

/// How many of some pairs are expected to be one customer, in millionths: whole numbers, so that
/// the order in which they are added up does not matter.
#[derive(Clone, Copy, Default)]
struct Expected(u64);

impl Expected {
    const ONE: f64 = 1e6;

    /// The chance of a pair of this calibrated weight.
    fn of(weight: Weight) -> Expected {
        // Twenty bits are one in a million.
        const NEGLIGIBLE: Weight = Weight(-21 * 256);
        if weight < NEGLIGIBLE {
            return Expected(0);
        }
        Expected((weight.probability() * Expected::ONE).round() as u64)
    }

    fn add(&mut self, more: Expected) {
        self.0 += more.0;
    }

    fn pairs(self) -> f64 {
        self.0 as f64 / Expected::ONE
    }
}

/// What one task weighs.
struct Weighing<'m> {
    matcher: &'m Matcher<'m>,
    wanted: &'m Wanted,
    /// Per rule the comparisons that it decides, a bit each.
    decided: &'m [u32],
    rows: Rows,
    scratch: Scratch,
    /// The pairs that wait to be weighed together, by the places of their records.
    waiting: Vec<[u32; 2]>,
    /// Per pair that waits the rules that make it.
    makers: Vec<u32>,
    found: Found,
}

/// What one task found.
#[derive(Default)]
struct Found {
    edges: Vec<Edge>,
    pairs: u64,
    scores: Histogram,
    alone: Alone,
    found_by: [Expected; 2],
}

impl Found {
    /// Counts a pair that was weighed; `makers` are the rules that make it, which agree in so many
    /// ways.
    fn count(&mut self, weight: Weight, expected: Expected, makers: u32, agreeing: u32) {
        self.scores.add(weight);
        if let Some(by) = self.found_by.get_mut(agreeing.max(1) as usize - 1) {
            by.add(expected);
        }
        if makers.is_power_of_two() {
            self.alone.pairs += 1;
            self.alone.matches.add(expected);
        }
    }
}

impl Visit for Weighing<'_> {
    fn wants(&self, makers: u32) -> bool {
        let agreeing_min = self.wanted.agreeing_min;
        agreeing_min == 0 || agreeing(self.decided, makers) >= agreeing_min
    }

    fn enter(&mut self, records: &[RecordNo]) {
        self.weigh_waiting();
        self.rows.gather(&self.matcher.matrix, records);
    }

    fn pair(&mut self, left: usize, right: usize, makers: u32) {
        self.waiting.push(self.rows.in_order(left, right));
        self.makers.push(makers);
        if self.waiting.len() == GatheredPairs::WAITING_MAX {
            self.weigh_waiting();
        }
    }
}

impl Weighing<'_> {
    /// Weighs the pairs that wait.
    fn weigh_waiting(&mut self) {
        let Weighing { matcher, wanted, decided, rows, scratch, waiting, makers, found } = self;
        let Matcher { matrix, comparisons, model, .. } = matcher;
        found.pairs += waiting.len() as u64;
        let take = |number: usize, compared: &[Compared]| {
            let weight = model.weigh(compared);
            let expected = Expected::of(model.calibration.calibrate(weight));
            found.count(weight, expected, makers[number], agreeing(decided, makers[number]));
            if weight >= wanted.weight_min {
                let [left, right] = waiting[number].map(|at| rows.records[at as usize]);
                found.edges.push(Edge { left, right, weight });
            }
        };
        let least = if wanted.in_full { Weight(i32::MIN) } else { wanted.weight_min };
        let pairs = GatheredPairs { rows, pairs: waiting };
        matrix.compare_hopeful(comparisons, model, pairs, least, scratch, take);
        waiting.clear();
        makers.clear();
    }
}

/// How many comparisons the rules that make a pair decide.
fn agreeing(decided: &[u32], mut makers: u32) -> u32 {
    let mut agreeing = 0u32;
    while makers != 0 {
        agreeing |= decided[makers.trailing_zeros() as usize];
        makers &= makers - 1;
    }
    agreeing.count_ones()
}

/// Which pairs to weigh.
pub(super) struct Wanted {
    /// Of which rules, per rule.
    pub rules: Vec<bool>,
    /// In how many ways a pair must agree by its keys.
    pub agreeing_min: u32,
    /// Lighter pairs are counted and not kept.
    pub weight_min: Weight,
    /// Whether lighter pairs are weighed to the end, for reports.
    pub in_full: bool,
}

impl Matcher<'_> {
    /// Weighs the pairs that are wanted, until this share of all work is done.
    pub(super) fn weigh_candidates(
        &mut self,
        wanted: &Wanted,
        until: f64,
    ) -> Result<Weighed, Stopped> {
        let is_wanted = |rule: &usize| wanted.rules[*rule];
        let rules: Vec<usize> = (0..self.rules.len()).filter(is_wanted).collect();
        let pairs = rules.iter().map(|&rule| self.blocks.reports[rule].pairs).sum();
        let part = self.progress.part(until, pairs);
        let decided = self.decided_by_rules();
        let matcher = &*self;
        let new = || Weighing {
            matcher,
            wanted,
            decided: &decided,
            rows: Rows::default(),
            scratch: matcher.scratch(),
            waiting: Vec::new(),
            makers: Vec::new(),
            found: Found::default(),
        };
        let mut weighed = Weighed {
            edges: Vec::new(),
            pairs: 0,
            scores: Histogram::default(),
            alone: vec![Alone::default(); self.rules.len()],
            found_by: Default::default(),
        };
        for rule in rules {
            for mut weighing in self.blocks.visit(rule, |_| true, &part, new)? {
                weighing.weigh_waiting();
                weighed.take(rule, weighing.found);
            }
        }
        weighed.edges.par_sort_unstable();
        weighed.edges.dedup();
        Ok(weighed)
    }

    /// Per rule the comparisons that it decides, a bit each.
    fn decided_by_rules(&self) -> Vec<u32> {
        let bit = |name: &str| {
            let at = self.comparisons.iter().position(|comparison| comparison.name() == name);
            at.map_or(0, |at| 1 << at)
        };
        let rules = self.rules.iter().map(|rule| rule.implied().map(bit).fold(0, |a, b| a | b));
        rules.collect()
    }
}

impl Weighed {
    fn take(&mut self, rule: usize, found: Found) {
        self.edges.extend(found.edges);
        self.pairs += found.pairs;
        self.scores.merge(&found.scores);
        self.alone[rule].pairs += found.alone.pairs;
        self.alone[rule].matches.add(found.alone.matches);
        for (sum, by) in self.found_by.iter_mut().zip(found.found_by) {
            sum.add(by);
        }
    }

    /// Tells what each rule found that no other did.
    pub fn report(&self, rules: &mut [RuleReport]) {
        for (report, alone) in rules.iter_mut().zip(&self.alone) {
            report.marginal = alone.pairs;
            report.matches_only_here = alone.matches.pairs();
        }
    }

    /// How many matches no rule found: at least about so many.
    ///
    /// Each thing that two records of a customer may agree on is a catch. From how many matches
    /// were caught once and how many twice follows how many were never.
    ///
    /// Source: Chao, Estimating the Population Size for Capture-Recapture Data with Unequal
    /// Catchability, Biometrics 43 (1987), in the form that corrects for bias.
    pub fn missed(&self) -> f64 {
        let [once, twice] = self.found_by.map(Expected::pairs);
        once * (once - 1.0).max(0.0) / (2.0 * (twice + 1.0))
    }
}
