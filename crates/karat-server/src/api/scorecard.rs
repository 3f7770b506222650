//! `/v1/scorecard`: how good the data is, with the counts behind each figure.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use karat_hub::share::moment::written;
use karat_hub::view::{
    AttributeScore, CheckScore, CountedShare, Counts, Entered, FirstTimeRight, FoundCount,
    FridayAfternoon, GroupScore, Otherwise, OverrideCount, Score, Scorecard, TrendPoint, UseScore,
    ValueScore, WorstCheck,
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
    /// How well what is new was entered, as of the last measure.
    entered: EnteredBody,
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
    /// All together when each golden record counts for what it is worth; missing in a hub that does
    /// not say what tells it, and of source records.
    by_value: Option<ValueScoreBody>,
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

/// How good golden records are when each counts for what it is worth.
#[derive(Serialize, ToSchema)]
pub struct ValueScoreBody {
    /// The attribute that tells what a customer is worth.
    #[schema(example = "turnover")]
    attribute: String,
    /// The mean of the scores of golden records by what they are worth; missing when they are worth
    /// nothing.
    score: Option<f64>,
    /// What all are worth whose score is known, in cents.
    worth_cents: u64,
    /// How much of that is right: what each is worth, times its score.
    right_cents: u64,
    /// How many are worth nothing that is known.
    unvalued: u64,
    /// How many have a score.
    scored: u64,
    /// The mean of the scores, each golden record counting alike.
    alike: Option<f64>,
}

impl From<&ValueScore> for ValueScoreBody {
    fn from(of: &ValueScore) -> ValueScoreBody {
        ValueScoreBody {
            attribute: of.attribute.clone(),
            score: of.score(),
            worth_cents: of.worth_cents,
            right_cents: of.right_cents,
            unvalued: of.unvalued,
            scored: of.scored,
            alike: of.alike,
        }
    }
}

/// How well what is new was entered.
#[derive(Serialize, ToSchema)]
pub struct EnteredBody {
    /// How much of what is new was right the first time, by source and channel: of the last 90 days
    /// that are at least 30 days ago. What a source delivered first is not new.
    first_time_right: Vec<FirstTimeRightBody>,
    /// How many of the last hundred new records of each source are without an error of an attribute
    /// that matters most.
    friday_afternoon: Vec<FridayAfternoonBody>,
    /// What the entry gate was told when it was overridden, most often first.
    overrides: Vec<OverrideCountBody>,
}

/// A share of what was counted.
#[derive(Serialize, ToSchema)]
pub struct CountedShareBody {
    /// Between 0 and 1.
    share: f64,
    /// The lower limit, with 95 % confidence (Wilson).
    low: f64,
    /// The upper limit.
    high: f64,
}

impl From<CountedShare> for CountedShareBody {
    fn from(CountedShare { share, low, high }: CountedShare) -> CountedShareBody {
        CountedShareBody { share, low, high }
    }
}

/// How many new records were right the first time.
#[derive(Serialize, ToSchema)]
pub struct FirstTimeRightBody {
    /// The source.
    source: String,
    /// `entry_gate` of what somebody typed in there, else `delivery`.
    channel: &'static str,
    /// How many came long enough ago.
    records: u64,
    /// How many of them were neither corrected, merged nor withdrawn within 30 days.
    right: u64,
    /// Their share; missing when none came long enough ago.
    first_time_right: Option<CountedShareBody>,
    /// How many had a value corrected that the entry gate asks for.
    corrected: u64,
    /// How many were of a customer that the source had already.
    merged: u64,
    /// How many were taken back.
    withdrawn: u64,
    /// How many came too short a time ago to be counted.
    young: u64,
}

impl From<&FirstTimeRight> for FirstTimeRightBody {
    fn from(of: &FirstTimeRight) -> FirstTimeRightBody {
        FirstTimeRightBody {
            source: of.source.clone(),
            channel: of.channel.name(),
            records: of.records,
            right: of.right,
            first_time_right: of.share().map(CountedShareBody::from),
            corrected: of.corrected,
            merged: of.merged,
            withdrawn: of.withdrawn,
            young: of.young,
        }
    }
}

/// How many of the last new records of a source are without an error.
#[derive(Serialize, ToSchema)]
pub struct FridayAfternoonBody {
    /// The source.
    source: String,
    /// How many records were looked at: a hundred, or all that there are.
    records: u64,
    /// How many of them are without an error of an attribute that matters most.
    right: u64,
    /// Their share; missing of no records.
    friday_afternoon: Option<CountedShareBody>,
}

impl From<&FridayAfternoon> for FridayAfternoonBody {
    fn from(of: &FridayAfternoon) -> FridayAfternoonBody {
        FridayAfternoonBody {
            source: of.source.clone(),
            records: of.records,
            right: of.right,
            friday_afternoon: of.share().map(CountedShareBody::from),
        }
    }
}

/// How often the entry gate was overridden for a reason.
#[derive(Serialize, ToSchema)]
pub struct OverrideCountBody {
    /// The check, or `entry:duplicate` of who was probably known already.
    check: String,
    /// The code of the reason.
    reason_code: String,
    /// How often.
    times: u64,
    /// How often the gate turned out to be right: the record passes the check by now, or is one
    /// customer with an older one. Missing where records cannot tell.
    gate_was_right: Option<u64>,
}

impl From<&OverrideCount> for OverrideCountBody {
    fn from(of: &OverrideCount) -> OverrideCountBody {
        let OverrideCount { check, reason_code, times, gate_was_right } = of.clone();
        OverrideCountBody { check, reason_code, times, gate_was_right }
    }
}

impl From<&Entered> for EnteredBody {
    fn from(of: &Entered) -> EnteredBody {
        let Entered { first_time_right, friday_afternoon, overrides } = of;
        EnteredBody {
            first_time_right: first_time_right.iter().map(FirstTimeRightBody::from).collect(),
            friday_afternoon: friday_afternoon.iter().map(FridayAfternoonBody::from).collect(),
            overrides: overrides.iter().map(OverrideCountBody::from).collect(),
        }
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
    needs: Vec<NeededCheckBody>,
}

/// A check that a use needs.
#[derive(Serialize, ToSchema)]
pub struct NeededCheckBody {
    /// Its name.
    check: String,
    /// How many fail it.
    fail: u64,
}

impl From<&UseScore> for UseScoreBody {
    fn from(of: &UseScore) -> UseScoreBody {
        let need =
            |(check, fail): &(String, u64)| NeededCheckBody { check: check.clone(), fail: *fail };
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
    /// All together by what golden records were worth; missing where nothing told it.
    by_value: Option<f64>,
    /// How much each dimension of quality counted then.
    weights: Vec<DimensionWeightBody>,
    /// Whether rules, weights or criticality are others than at the point before.
    counts_otherwise: bool,
    /// In what it was measured otherwise: `weights` or `rules`.
    otherwise: Option<&'static str>,
}

/// How much a dimension of quality counts.
#[derive(Serialize, ToSchema)]
pub struct DimensionWeightBody {
    /// Its name.
    #[schema(example = "completeness")]
    dimension: &'static str,
    /// Its weight.
    weight: u32,
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
            by_value: of.by_value,
            weights: of
                .weights
                .iter()
                .map(|(of, weight)| DimensionWeightBody { dimension: of.name(), weight: *weight })
                .collect(),
            counts_otherwise: of.otherwise.is_some(),
            otherwise: of.otherwise.map(Otherwise::name),
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
            by_value: of.by_value.as_ref().map(ValueScoreBody::from),
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
        let Scorecard { as_of, customers, sources, definitions, worst, entered, trend, .. } =
            scorecard;
        ScorecardBody {
            as_of: as_of.and_then(written_day),
            customers: customers.iter().map(GroupScoreBody::from).collect(),
            sources: sources.iter().map(GroupScoreBody::from).collect(),
            definitions: definitions.iter().map(CheckScoreBody::from).collect(),
            worst: worst.iter().map(WorstCheckBody::from).collect(),
            entered: entered.into(),
            trend: trend.iter().map(TrendPointBody::from).collect(),
        }
    }
}

/// A day as `2026-01-31`.
pub fn written_day(day: Day) -> Option<String> {
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
