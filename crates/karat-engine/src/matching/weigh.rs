//! Weighs the candidate pairs, and counts what each blocking rule was good for.

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::Matcher;
use super::block::{RuleReport, Visit};
use super::cluster::Edge;
use super::histogram::Histogram;
use super::matrix::{Rows, Scratch};
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
    edges: Vec<Edge>,
    pairs: u64,
    scores: Histogram,
    alone: Alone,
    found_by: [Expected; 2],
}

impl Visit for Weighing<'_> {
    fn wants(&self, makers: u32) -> bool {
        agreeing(self.decided, makers) >= self.wanted.agreeing_min
    }

    fn enter(&mut self, records: &[RecordNo]) {
        self.rows.gather(&self.matcher.matrix, records);
    }

    fn pair(&mut self, left: usize, right: usize, makers: u32) {
        self.pairs += 1;
        let Matcher { matrix, comparisons, model, .. } = self.matcher;
        let (rows, scratch) = (&self.rows, &mut self.scratch);
        let compared = if self.wanted.in_full {
            matrix.compare_gathered(comparisons, rows, left, right, scratch)
        } else {
            let weight_min = self.wanted.weight_min;
            let pair = [left, right];
            let hopeful =
                matrix.compare_if_hopeful(comparisons, model, rows, pair, weight_min, scratch);
            let Some(compared) = hopeful else { return };
            compared
        };
        let weight = model.weigh(compared);
        self.scores.add(weight);
        let expected = Expected::of(model.calibration.calibrate(weight));
        let agreeing = agreeing(self.decided, makers);
        if let Some(by) = self.found_by.get_mut(agreeing.max(1) as usize - 1) {
            by.add(expected);
        }
        if makers.is_power_of_two() {
            self.alone.pairs += 1;
            self.alone.matches.add(expected);
        }
        if weight >= self.wanted.weight_min {
            let (left, right) = (self.rows.records[left], self.rows.records[right]);
            self.edges.push(Edge { left: left.min(right), right: left.max(right), weight });
        }
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
            edges: Vec::new(),
            pairs: 0,
            scores: Histogram::default(),
            alone: Alone::default(),
            found_by: Default::default(),
        };
        let mut weighed = Weighed {
            edges: Vec::new(),
            pairs: 0,
            scores: Histogram::default(),
            alone: vec![Alone::default(); self.rules.len()],
            found_by: Default::default(),
        };
        for rule in rules {
            for found in self.blocks.visit(rule, |_| true, &part, new)? {
                weighed.take(rule, found);
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
    fn take(&mut self, rule: usize, found: Weighing) {
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
