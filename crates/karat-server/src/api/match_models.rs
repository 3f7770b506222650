//! `/v1/match-models`: what customers are matched by, and whether it still suits.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use karat_hub::drift::{Drift, DriftReport, Severity, Shift, TypeDrift};
use karat_hub::share::moment::written;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::parameters::Parameters;
use super::problem::Answer;
use crate::serving::Server;

/// The match models, as their drift was measured last.
#[derive(Serialize, ToSchema)]
pub struct MatchModelsBody {
    /// When; missing when that has never been done.
    measured_at: Option<String>,
    /// The id of the match models that were measured.
    match_model: Option<String>,
    /// How much the largest shift matters: `moderate`, or `strong` where a new model is worth it;
    /// missing while they suit.
    severity: Option<&'static str>,
    /// One for each entity type that has records.
    match_models: Vec<MatchModelBody>,
}

/// The match model of an entity type.
#[derive(Serialize, ToSchema)]
pub struct MatchModelBody {
    /// `person` or `organisation`.
    entity_type: &'static str,
    /// How many records it was learnt from.
    learnt_from: u64,
    /// About how many records there are now.
    records: u64,
    /// How many entities were looked at.
    looked_at: u64,
    /// Whether it knows what it was learnt from; one of an earlier version of Karat does not.
    comparable: bool,
    /// How many blocking keys it added to itself, because their blocks grew.
    outgrown_keys: u64,
    /// See above.
    severity: Option<&'static str>,
    /// What has shifted since it was learnt, what matters most first.
    shifts: Vec<ShiftBody>,
}

/// Something in which records are no longer like those that a match model was learnt from.
#[derive(Serialize, ToSchema)]
pub struct ShiftBody {
    /// `too_few`, `never_seen`, `filled`, `values`, `levels` or `shared_value`.
    kind: &'static str,
    /// What people call the attribute or comparison.
    label: String,
    /// The value or level that shifted most, if one did.
    of: Option<String>,
    /// Its share then; a number of records for `too_few`.
    then: f64,
    /// Its share now.
    now: f64,
    /// The population stability index; for `shared_value` the bits that it weighs too much.
    index: f64,
    /// `moderate` or `strong`.
    severity: &'static str,
}

/// Whether the match models still suit the records, as it was measured last.
#[utoipa::path(
    get, path = "/v1/match-models", tag = "decisions",
    responses((status = 200, description = "One for each entity type.", body = MatchModelsBody)),
)]
pub async fn list(State(server): State<Server>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let report = server.ask(|hub| hub.drift()).await?;
    let of_report = |report: DriftReport| MatchModelsBody {
        measured_at: written(report.measured_at),
        match_model: Some(report.match_model.to_string()),
        severity: report.severity().map(Severity::name),
        match_models: report.types.into_iter().map(model_body).collect(),
    };
    let never = || MatchModelsBody {
        measured_at: None,
        match_model: None,
        severity: None,
        match_models: Vec::new(),
    };
    Ok(body::json(StatusCode::OK, &report.map_or_else(never, of_report)))
}

fn model_body(TypeDrift { entity_type, drift }: TypeDrift) -> MatchModelBody {
    let severity = drift.severity().map(Severity::name);
    let Drift { learnt_from, records, customers, is_comparable, outgrown_keys, shifts } = drift;
    MatchModelBody {
        entity_type: entity_type.name(),
        learnt_from,
        records,
        looked_at: customers,
        comparable: is_comparable,
        outgrown_keys,
        severity,
        shifts: shifts.into_iter().map(shift_body).collect(),
    }
}

fn shift_body(Shift { kind, label: [label, _], of, shares, index, severity }: Shift) -> ShiftBody {
    let [then, now] = shares;
    let of = of.map(|[of, _]| of);
    ShiftBody { kind: kind.name(), label, of, then, now, index, severity: severity.name() }
}
