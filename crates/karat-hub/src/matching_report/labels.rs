//! Labels: how many taught, and what they made of the weights and of the totals.

use karat_engine::matching::model::MatchModel;
use karat_model::evidence::Weight;

use super::{Calibration, ComparisonFigures, LevelFigures, MatchingReport};

/// What labels taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelFigures {
    /// How many said that a pair is one customer.
    pub same: u64,
    /// How many said that it is not.
    pub different: u64,
    /// What they added to the weight before any value is compared.
    pub prior_offset: Weight,
    /// What totals stand for.
    pub calibration: Calibration,
}

impl LabelFigures {
    /// How many labels there were.
    pub fn labels(&self) -> u64 {
        self.same + self.different
    }
}

/// What labels taught a model; nothing if it learnt without any.
pub(super) fn label_figures(model: &MatchModel) -> Option<LabelFigures> {
    let labels = &model.training.labels;
    (labels.labels() > 0).then(|| LabelFigures {
        same: labels.same,
        different: labels.different,
        prior_offset: Weight(labels.prior_offset),
        calibration: model.calibration.clone(),
    })
}

impl MatchingReport {
    /// The levels that labels moved, those that moved most first, each with its comparison.
    pub fn moved_levels(&self) -> Vec<(&ComparisonFigures, &LevelFigures)> {
        let mut moved: Vec<(&ComparisonFigures, &LevelFigures)> = Vec::new();
        for known in &self.comparisons {
            moved.extend(known.levels.iter().map(|level| (known, level)));
        }
        moved.retain(|(_, level)| level.offset != Weight::ZERO);
        moved.sort_by_key(|(_, level)| std::cmp::Reverse(level.offset.0.abs()));
        moved
    }
}
