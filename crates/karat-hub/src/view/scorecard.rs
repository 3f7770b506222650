//! The scorecard: how good the data is, by tile, dimension, attribute, check, source and use.

use karat_engine::quality::score::arithmetic::{Counts, Score};
use karat_model::attribute::EntityType;
use karat_model::check::{Day, Share};
use karat_model::finding::{Dimension, Severity, Tile};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::Entered;

/// How good the data of a hub is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scorecard {
    /// The day as of which all was judged; `None` in a hub that was never judged.
    pub as_of: Option<Day>,
    /// Of golden records: one for each entity type that has customers.
    pub customers: Vec<GroupScore>,
    /// Of source records: one for each source and entity type.
    pub sources: Vec<GroupScore>,
    /// What is said of the meaning of attributes.
    pub definitions: Vec<CheckScore>,
    /// What is to be mended first, most harm first.
    pub worst: Vec<WorstCheck>,
    /// How well what is new was entered.
    pub entered: Entered,
    /// How customers were before, oldest first.
    pub trend: Vec<TrendPoint>,
    /// How the records of sources were before, oldest first.
    pub source_trend: Vec<TrendPoint>,
}

/// The scores of customers, or of the records of a source, of one entity type.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupScore {
    /// The entity type.
    pub entity_type: EntityType,
    /// The source; `None` of customers.
    pub source: Option<SourceName>,
    /// All together, by the weights of the hub model.
    pub overall: Score,
    /// All together by what customers are worth, in a hub that says what tells it.
    pub by_value: Option<ValueScore>,
    /// By tile, in their order.
    pub tiles: Vec<(Tile, Score)>,
    /// By attribute; `None` is the subject as a whole.
    pub attributes: Vec<AttributeScore>,
    /// By check, in order of their names.
    pub checks: Vec<CheckScore>,
    /// By use, in the order of the hub model; of customers only.
    pub uses: Vec<UseScore>,
    /// How often cleaning found what, most often first; of records only.
    pub found: Vec<FoundCount>,
}

/// How good customers are when each counts for what it is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueScore {
    /// The attribute that tells what a customer is worth.
    pub attribute: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// What all are worth whose score is known, in cents.
    pub worth_cents: u64,
    /// How much of that is right: what each is worth, times its score.
    pub right_cents: u64,
    /// How many have a score, and are worth nothing that is known.
    pub unvalued: u64,
    /// How many have a score.
    pub scored: u64,
    /// The mean of the scores of customers, each counting alike.
    pub alike: Option<f64>,
}

impl ValueScore {
    /// The mean of the scores of customers, by what they are worth; `None` of what is worth nothing.
    pub fn score(&self) -> Option<f64> {
        let is_known = self.worth_cents > 0;
        is_known.then(|| self.right_cents as f64 / self.worth_cents as f64)
    }
}

/// The score of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeScore {
    /// Its name in the hub model; `None` is the subject as a whole.
    pub attribute: Option<String>,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// The score.
    pub score: Score,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckScore {
    /// Its name.
    pub check: String,
    /// The attribute that it is about, if about one.
    pub attribute: Option<String>,
    /// The dimension that it measures.
    pub dimension: Dimension,
    /// How bad a fail is.
    pub severity: Severity,
    /// What it requires.
    pub requirement: String,
    /// What it came to.
    pub counts: Counts,
    /// Below this share of passes somebody is told.
    pub pass_min: Option<Share>,
    /// Who answers for it.
    pub owner: Option<String>,
}

impl CheckScore {
    /// The share of passes among those judged; `None` when nothing was.
    pub fn score(&self) -> Option<f64> {
        self.counts.score()
    }

    /// Whether fewer pass than should.
    pub fn is_below(&self) -> bool {
        let share = Share::of(self.counts.pass, self.counts.judged());
        share.zip(self.pass_min).is_some_and(|(share, least)| share < least)
    }
}

/// How many customers are fit for a use.
#[derive(Clone, Debug, PartialEq)]
pub struct UseScore {
    /// Its name in the hub model.
    pub name: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// Fit is a pass, unfit a fail.
    pub counts: Counts,
    /// The checks that it needs, those that most fail first, with how many do.
    pub needs: Vec<(String, u64)>,
}

impl UseScore {
    /// The least and the greatest share that may be fit: those of whom nobody could tell may be,
    /// or may not. `None` when that says nothing.
    pub fn fit(&self) -> Option<[f64; 2]> {
        let Counts { pass, fail, unverified, error, not_applicable: _ } = self.counts;
        let open = unverified + error;
        let all = pass + fail + open;
        let share = |count: u64| count as f64 / all as f64;
        (pass + fail > 0).then(|| [share(pass), share(pass + open)])
    }
}

/// How often cleaning found something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCount {
    /// The name of the finding.
    pub code: String,
    /// The attribute it was found on.
    pub attribute: Option<String>,
    /// How many records have it.
    pub records: u64,
}

/// A check that fails, as something to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstCheck {
    /// The check.
    pub check: String,
    /// The attribute that it is about, if about one.
    pub attribute: Option<String>,
    /// The entity type.
    pub entity_type: EntityType,
    /// The source; `None` of customers.
    pub source: Option<SourceName>,
    /// How many fail.
    pub failed: u64,
    /// How bad a fail is.
    pub severity: Severity,
    /// What all fails cost together, in cents, if somebody said what one costs.
    pub cost_cents: Option<u64>,
    /// Who answers for it; nobody if left out.
    pub owner: Option<String>,
}

/// How good customers were at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendPoint {
    /// When it was measured.
    pub at: Moment,
    /// The number of the release then in force.
    pub release: Option<u64>,
    /// The entity type.
    pub entity_type: EntityType,
    /// The source whose records they are; `None` of customers.
    pub source: Option<SourceName>,
    /// All together.
    pub overall: Option<f64>,
    /// By tile, in their order.
    pub tiles: Vec<(Tile, Option<f64>)>,
    /// All together, by what customers are worth; `None` where nothing tells it.
    pub by_value: Option<f64>,
    /// How much each dimension counted then.
    pub weights: Vec<(Dimension, u32)>,
    /// In what it was measured otherwise than the point before.
    pub otherwise: Option<Otherwise>,
}

/// Why what is after a point was not measured like what is before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Otherwise {
    /// Other rules ask.
    Rules,
    /// Dimensions, checks or attributes weigh something else; rules may be others as well.
    Weights,
}

impl Otherwise {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Otherwise::Rules => "rules",
            Otherwise::Weights => "weights",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_whom_nobody_could_tell_may_be_fit_or_not() {
        let fit = |pass, fail, unverified| {
            let counts = Counts { pass, fail, unverified, not_applicable: 7, error: 0 };
            UseScore { name: "mailing".into(), label: Default::default(), counts, needs: vec![] }
                .fit()
        };
        assert_eq!(fit(3, 1, 0), Some([0.75, 0.75]));
        assert_eq!(fit(1, 1, 2), Some([0.25, 0.75]));
        assert_eq!(fit(0, 1, 3), Some([0.0, 0.75]));
        assert_eq!([fit(0, 0, 9), fit(0, 0, 0)], [None, None]);
    }
}
