//! `/v1/scorecard`: how good the data is, with the counts behind each figure.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use karat_hub::share::moment::written;
use karat_hub::view::{
    AttributeScore, CheckScore, Counts, FoundCount, GroupScore, Score, Scorecard, TrendPoint,
    UseScore, WorstCheck,
};
use karat_model::check::Day;
use karat_model::record::Moment;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::parameters::Parameters;
use super::problem::Answer;
use crate::serving::Server;

/// How good the data of a hub is.
#[derive(Serialize, ToSchema)]
pub struct ScorecardBody {
    /// The day as of which all was judged; missing in a hub that was never judged.
    #[schema(format = Date, example = "2026-01-31")]
    as_of: Option<String>,
    /// Of golden records: one for each entity type that has any.
    customers: Vec<GroupScoreBody>,
    /// Of source records: one for each source and entity type.
    sources: Vec<GroupScoreBody>,
    /// What is said of the meaning of attributes.
    definitions: Vec<CheckScoreBody>,
    /// What is to be mended first, most harm first.
    worst: Vec<WorstCheckBody>,
    /// How golden records were before, oldest first.
    trend: Vec<TrendPointBody>,
}

/// The scores of golden records, or of the records of a source, of one entity type.
#[derive(Serialize, ToSchema)]
pub struct GroupScoreBody {
    /// What they are: `person` or `organisation`.
    #[serde(rename = "type")]
    entity_type: &'static str,
    /// The source; missing of golden records.
    source: Option<String>,
    /// All together, by the weights of the hub model.
    overall: ScoreBody,
    /// By what people ask of data: `accurate`, `correct`, `complete`, `up_to_date`, `defined` and
    /// `unique`.
    tiles: Vec<TileBody>,
    /// By attribute.
    attributes: Vec<AttributeScoreBody>,
    /// By check, in order of their names.
    checks: Vec<CheckScoreBody>,
    /// By use, in the order of the hub model; of golden records only.
    uses: Vec<UseScoreBody>,
    /// How often cleaning found what, most often first; of source records only.
    found: Vec<FoundCountBody>,
}

/// How many subjects got which verdict.
#[derive(Serialize, ToSchema)]
pub struct CountsBody {
    /// They are as they should be.
    pass: u64,
    /// They are not.
    fail: u64,
    /// Nothing is asked of them.
    not_applicable: u64,
    /// Nobody could tell, as when a register was not asked.
    unverified: u64,
    /// The check itself went wrong.
    error: u64,
}

impl From<Counts> for CountsBody {
    fn from(counts: Counts) -> CountsBody {
        let Counts { pass, fail, not_applicable, unverified, error } = counts;
        CountsBody { pass, fail, not_applicable, unverified, error }
    }
}

/// A score with what it comes from.
#[derive(Serialize, ToSchema)]
pub struct ScoreBody {
    /// Between 0 and 1; missing when nothing was judged.
    score: Option<f64>,
    /// The verdicts of all its checks together.
    counts: CountsBody,
}

impl From<Score> for ScoreBody {
    fn from(score: Score) -> ScoreBody {
        ScoreBody { score: score.score, counts: score.counts.into() }
    }
}

/// The score of a tile.
#[derive(Serialize, ToSchema)]
pub struct TileBody {
    /// Its name.
    tile: &'static str,
    /// Its score.
    #[serde(flatten)]
    score: ScoreBody,
}

/// The score of an attribute.
#[derive(Serialize, ToSchema)]
pub struct AttributeScoreBody {
    /// Its name; missing for what is asked of the subject as a whole.
    attribute: Option<String>,
    /// Its score.
    #[serde(flatten)]
    score: ScoreBody,
}

impl From<&AttributeScore> for AttributeScoreBody {
    fn from(of: &AttributeScore) -> AttributeScoreBody {
        AttributeScoreBody { attribute: of.attribute.clone(), score: of.score.into() }
    }
}

/// What came of a check.
#[derive(Serialize, ToSchema)]
pub struct CheckScoreBody {
    /// Its name.
    check: String,
    /// The attribute that it is about, if about one.
    attribute: Option<String>,
    /// The dimension of quality that it measures.
    #[schema(example = "validity")]
    dimension: &'static str,
    /// `note`, `warning` or `error`.
    severity: &'static str,
    /// What it requires.
    requirement: String,
    /// The share of passes among those judged; missing when nothing was.
    score: Option<f64>,
    /// What it came to.
    counts: CountsBody,
    /// Below this share somebody is told.
    pass_min: Option<f64>,
    /// Who answers for it; missing if nobody does.
    owner: Option<String>,
}

impl From<&CheckScore> for CheckScoreBody {
    fn from(of: &CheckScore) -> CheckScoreBody {
        CheckScoreBody {
            check: of.check.clone(),
            attribute: of.attribute.clone(),
            dimension: of.dimension.name(),
            severity: of.severity.name(),
            requirement: of.requirement.clone(),
            score: of.score(),
            counts: of.counts.into(),
            pass_min: of.pass_min.map(|share| share.as_f64()),
            owner: of.owner.clone(),
        }
    }
}

/// How many golden records are fit for a use.
#[derive(Serialize, ToSchema)]
pub struct UseScoreBody {
    /// Its name.
    #[serde(rename = "use")]
    #[schema(example = "mailing")]
    name: String,
    /// The share that is known to be fit, 0 to 1; missing when nothing is known.
    fit_min: Option<f64>,
    /// The share that is not known to be unfit: those of whom nobody could tell may be fit.
    fit_max: Option<f64>,
    /// Fit is a pass, unfit a fail.
    counts: CountsBody,
    /// The checks that it needs, those that most fail first.
    needs: Vec<NeedBody>,
}

/// A check that a use needs.
#[derive(Serialize, ToSchema)]
pub struct NeedBody {
    /// Its name.
    check: String,
    /// How many fail it.
    fail: u64,
}

impl From<&UseScore> for UseScoreBody {
    fn from(of: &UseScore) -> UseScoreBody {
        let need = |(check, fail): &(String, u64)| NeedBody { check: check.clone(), fail: *fail };
        UseScoreBody {
            name: of.name.clone(),
            fit_min: of.fit().map(|[least, _]| least),
            fit_max: of.fit().map(|[_, most]| most),
            counts: of.counts.into(),
            needs: of.needs.iter().map(need).collect(),
        }
    }
}

/// How often cleaning found something.
#[derive(Serialize, ToSchema)]
pub struct FoundCountBody {
    /// The name of the finding.
    #[schema(example = "invalid_email")]
    code: String,
    /// The attribute it was found on.
    attribute: Option<String>,
    /// How many records have it.
    records: u64,
}

impl From<&FoundCount> for FoundCountBody {
    fn from(of: &FoundCount) -> FoundCountBody {
        let FoundCount { code, attribute, records } = of.clone();
        FoundCountBody { code, attribute, records }
    }
}

/// A check that fails, as something to be done.
#[derive(Serialize, ToSchema)]
pub struct WorstCheckBody {
    /// The check.
    check: String,
    /// The attribute that it is about, if about one.
    attribute: Option<String>,
    /// `person` or `organisation`.
    #[serde(rename = "type")]
    entity_type: &'static str,
    /// The source; missing of golden records.
    source: Option<String>,
    /// How many fail.
    fail: u64,
    /// `note`, `warning` or `error`.
    severity: &'static str,
    /// What all fails cost together, in cents, if somebody said what one costs.
    cost_cents: Option<u64>,
    /// Who answers for it; missing if nobody does.
    owner: Option<String>,
}

impl From<&WorstCheck> for WorstCheckBody {
    fn from(of: &WorstCheck) -> WorstCheckBody {
        WorstCheckBody {
            check: of.check.clone(),
            attribute: of.attribute.clone(),
            entity_type: of.entity_type.name(),
            source: of.source.as_ref().map(ToString::to_string),
            fail: of.failed,
            severity: of.severity.name(),
            cost_cents: of.cost_cents,
            owner: of.owner.clone(),
        }
    }
}

/// How good golden records were at a moment.
#[derive(Serialize, ToSchema)]
pub struct TrendPointBody {
    /// When it was measured.
    #[schema(format = DateTime, example = "2026-01-31T12:00:00Z")]
    at: Option<String>,
    /// `person` or `organisation`.
    #[serde(rename = "type")]
    entity_type: &'static str,
    /// All together; missing when nothing was judged.
    overall: Option<f64>,
    /// By tile.
    tiles: Vec<TilePointBody>,
    /// Whether rules, weights or criticality are others than at the point before.
    counts_otherwise: bool,
}

/// The score of a tile at a moment.
#[derive(Serialize, ToSchema)]
pub struct TilePointBody {
    /// Its name.
    tile: &'static str,
    /// Its score; missing when nothing was judged.
    score: Option<f64>,
}

impl From<&TrendPoint> for TrendPointBody {
    fn from(of: &TrendPoint) -> TrendPointBody {
        let tiles = of.tiles.iter();
        TrendPointBody {
            at: written(of.at),
            entity_type: of.entity_type.name(),
            overall: of.overall,
            tiles: tiles
                .map(|(it, score)| TilePointBody { tile: it.name(), score: *score })
                .collect(),
            counts_otherwise: of.counts_otherwise,
        }
    }
}

impl From<&GroupScore> for GroupScoreBody {
    fn from(of: &GroupScore) -> GroupScoreBody {
        let tiles = of.tiles.iter();
        GroupScoreBody {
            entity_type: of.entity_type.name(),
            source: of.source.as_ref().map(ToString::to_string),
            overall: of.overall.into(),
            tiles: tiles
                .map(|(it, of)| TileBody { tile: it.name(), score: (*of).into() })
                .collect(),
            attributes: of.attributes.iter().map(AttributeScoreBody::from).collect(),
            checks: of.checks.iter().map(CheckScoreBody::from).collect(),
            uses: of.uses.iter().map(UseScoreBody::from).collect(),
            found: of.found.iter().map(FoundCountBody::from).collect(),
        }
    }
}

impl From<&Scorecard> for ScorecardBody {
    fn from(scorecard: &Scorecard) -> ScorecardBody {
        let Scorecard { as_of, customers, sources, definitions, worst, trend } = scorecard;
        ScorecardBody {
            as_of: as_of.and_then(day),
            customers: customers.iter().map(GroupScoreBody::from).collect(),
            sources: sources.iter().map(GroupScoreBody::from).collect(),
            definitions: definitions.iter().map(CheckScoreBody::from).collect(),
            worst: worst.iter().map(WorstCheckBody::from).collect(),
            trend: trend.iter().map(TrendPointBody::from).collect(),
        }
    }
}

/// A day as `2026-01-31`.
fn day(day: Day) -> Option<String> {
    let midnight = written(Moment(i64::from(day.0) * 86_400))?;
    midnight.split('T').next().map(str::to_string)
}

/// A scorecard as the API tells it.
pub fn scorecard_json(scorecard: &Scorecard) -> serde_json::Value {
    serde_json::to_value(ScorecardBody::from(scorecard)).expect("numbers and texts become JSON")
}

/// How good the data is: scores by tile, attribute, check, source and use.
#[utoipa::path(
    get, path = "/v1/scorecard", tag = "quality",
    responses((status = 200, description = "The scorecard.", body = ScorecardBody)),
)]
pub async fn show(State(server): State<Server>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let scorecard = server.ask(|hub| hub.scorecard()).await?;
    Ok(body::json(StatusCode::OK, &ScorecardBody::from(&scorecard)))
}
