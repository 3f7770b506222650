//! Learns from labels: pairs of which a person said whether they are one customer.
//!
//! Arrives: a model that was learnt without labels, and pairs that people labelled.
//! Leaves: offsets on the weights of levels, a calibration of totals to probabilities, and on
//! request the pairs most worth asking about next.
//! Promises: labels teach and do not force: a labelled pair is judged by its weight like any other;
//! ten labels hardly move a model, a thousand do; without labels nothing changes, bit for bit.
//! Start reading at [`Matcher::learn_labels`]; then `offsets.rs`, `calibration.rs`, `questions.rs`.
//!
//! ```text
//! labels ──► offsets: what a level weighs ──► calibration: what a total stands for ──► thresholds
//!    ▲                                                                                     │
//!    └──────────── questions: whose answers would teach most, and decide most ◄────────────┘
//! ```

pub mod calibration;
mod covariance;
mod offsets;
pub mod questions;
mod strata;
#[cfg(test)]
mod tests;

use karat_model::evidence::Weight;
use karat_model::match_settings::MatchSettings;
use karat_model::table::RecordNo;
use serde::{Deserialize, Serialize};

use super::cluster::{Constraints, Edge};
use super::compare::Compared;
use super::model::MatchModel;
use super::progress::Stopped;
use super::{Matcher, share};
use calibration::{Calibration, Judged};
use offsets::Lesson;
use strata::Strata;

/// A pair of records, and what a person said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labelled {
    /// The record with the smaller number.
    pub left: RecordNo,
    /// The record with the larger number.
    pub right: RecordNo,
    /// Whether they are one customer.
    pub is_same: bool,
}

impl Labelled {
    /// A labelled pair, whichever record stands left.
    pub fn new(one: RecordNo, other: RecordNo, is_same: bool) -> Labelled {
        Labelled { left: one.min(other), right: one.max(other), is_same }
    }
}

/// What labels did to a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelsReport {
    /// How many labels said that a pair is one customer.
    pub same: u64,
    /// How many said that it is not.
    pub different: u64,
    /// What they added to the prior, in 1/256 bit.
    pub prior_offset: i32,
}

impl LabelsReport {
    /// How many labels taught.
    pub fn labels(&self) -> u64 {
        self.same + self.different
    }
}

impl Matcher<'_> {
    /// Learns from labels: first what levels weigh, then what totals stand for. What the settings
    /// give instead of having it learnt stays as it is.
    pub(super) fn learn_labels(
        &mut self,
        labels: &[Labelled],
        settings: &MatchSettings,
    ) -> Result<(), Stopped> {
        // In one order, so that sums of what they teach are the same whoever read them.
        let mut labels = labels.to_vec();
        labels.sort_unstable();
        let compared: Vec<Vec<Compared>> =
            labels.iter().map(|label| self.compare(label.left, label.right)).collect();
        let counts = self.counts_of(&labels)?;
        let lesson = |((label, compared), counts): ((&Labelled, &Vec<Compared>), &f64)| Lesson {
            columns: offsets::columns(&self.model, compared),
            weight: self.model.weigh(compared),
            is_same: label.is_same,
            counts: *counts,
        };
        let lessons: Vec<Lesson> = labels.iter().zip(&compared).zip(&counts).map(lesson).collect();
        let may_learn = offsets::open_columns(&self.model, settings);
        let is_ordered =
            |comparison: usize, level: usize| self.comparisons[comparison].levels()[level].ordered;
        offsets::learn(&lessons, &may_learn).apply(&mut self.model, is_ordered);
        let judged = |(lesson, compared): (&Lesson, &Vec<Compared>)| Judged {
            total: self.model.weigh(compared),
            is_same: lesson.is_same,
            counts: lesson.counts,
        };
        let judged: Vec<Judged> = lessons.iter().zip(&compared).map(judged).collect();
        self.model.calibration = Calibration::learn(&judged);
        let same = labels.iter().filter(|label| label.is_same).count() as u64;
        let report = &mut self.model.training.labels;
        report.same = same;
        report.different = labels.len() as u64 - same;
        Ok(())
    }

    /// For how many labels each counts, by the thresholds and clusters that there are without any.
    fn counts_of(&mut self, labels: &[Labelled]) -> Result<Vec<f64>, Stopped> {
        let link = Weight(self.model.link_threshold);
        let weighed = match self.weighed.take() {
            Some(weighed) => weighed,
            None => self.weigh_all(Weight(self.model.review_threshold), share::UNLABELLED)?,
        };
        let constraints = Constraints::default();
        let partition = self.cluster(&weighed.edges, link, &constraints).partition;
        let strata = Strata::new(link, &partition);
        let stratum = |label: &Labelled| {
            let Labelled { left, right, .. } = *label;
            strata.of(&Edge { left, right, weight: self.weigh(left, right) })
        };
        let of_labels: Vec<usize> = labels.iter().map(stratum).collect();
        Ok(strata::counts(strata.sizes(&weighed.edges), &of_labels))
    }
}

/// A level of a comparison as a column: columns stand in the order of comparisons and levels, the
/// first for the prior; silence has none.
type Column = usize;

const PRIOR: Column = 0;

/// How many columns a model has.
fn width(model: &MatchModel) -> usize {
    1 + model.comparisons.iter().map(|comparison| comparison.levels.len() - 1).sum::<usize>()
}
