//! `POST /v1/{type}/match`: search before create. Nothing is saved.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use karat_hub::view::{Candidate, Probe, ProbeValues};
use karat_model::attribute::EntityType;
use karat_model::hub_model::HubModel;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent};
use super::parameters::{Parameters, Place};
use super::problem::{Answer, Problem, ProblemKind};
use super::records::named_values;
use super::shape::{FindingBody, PairBody, SummaryBody};
use crate::serving::Server;

const CANDIDATES_MAX: usize = 50;
const CANDIDATES_USUAL: usize = 5;

/// What is known of somebody who may be in the hub.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchRequest {
    /// Values by the names of attributes, or by the columns of `source` where that is named: texts,
    /// numbers or lists of them.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>,
        example = json!({"given_name": "Sanne", "family_name": "Wit", "birth_date": "1984-03-12"}))]
    values: Box<RawValue>,
    /// The source whose columns these are.
    source: Option<String>,
    /// How many candidates are wanted: 1 to 50, 5 unless it is said.
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// Who may be meant.
#[derive(Serialize, ToSchema)]
pub struct MatchBody {
    /// The entities that may be meant, likeliest first.
    candidates: Vec<CandidateBody>,
    /// What is wrong with the values.
    findings: Vec<FindingBody>,
}

/// An entity that may be meant.
#[derive(Serialize, ToSchema)]
pub struct CandidateBody {
    /// The entity.
    entity: SummaryBody,
    /// The probability that it is meant.
    probability: f64,
    /// The evidence of its record that fits best.
    pair: PairBody,
}

/// Who may be meant by some values; nothing is saved.
#[utoipa::path(
    post, path = "/v1/{type}/match", tag = "match",
    params(("type" = EntityTypeName, Path, description = "`person` or `organisation`.")),
    request_body = MatchRequest,
    responses((status = 200, description = "Who may be meant, with evidence.", body = MatchBody)),
)]
pub async fn find(
    State(server): State<Server>,
    Place(kind): Place<String>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let entity_type = entity_type_of(&kind)?;
    let Sent { body, .. } = sent(request, BODY_BYTES_MAX).await?;
    let asked: MatchRequest = body::read(&body)?;
    let limit = limit_of(asked.limit)?;
    let model = server.hub.model();
    let values = probe_values(&model, &asked.values, asked.source.as_deref())?;
    let probe = Probe { entity_type, values };
    let found = server.ask(move |hub| hub.candidates(&probe, limit)).await?;
    let body = MatchBody {
        candidates: bodies(&found.candidates, &model),
        findings: found.findings.iter().map(FindingBody::from).collect(),
    };
    Ok(body::json(StatusCode::OK, &body))
}

/// The entity type that stands in an address.
pub fn entity_type_of(kind: &str) -> Result<EntityType, Box<Problem>> {
    EntityType::from_name(kind).ok_or_else(|| {
        Problem::with(ProblemKind::UnknownRoute, "There are `person` and `organisation`.")
    })
}

/// How many candidates are wanted.
pub fn limit_of(limit: Option<usize>) -> Result<usize, Box<Problem>> {
    let limit = limit.unwrap_or(CANDIDATES_USUAL);
    if !(1..=CANDIDATES_MAX).contains(&limit) {
        let detail = format!("`limit` must be a number from 1 to {CANDIDATES_MAX}.");
        return Err(Problem::with(ProblemKind::InvalidBody, detail));
    }
    Ok(limit)
}

/// The entities that may be meant, as they are told.
pub fn bodies(candidates: &[Candidate], model: &HubModel) -> Vec<CandidateBody> {
    let body = |candidate: &Candidate| CandidateBody {
        entity: SummaryBody::of(&candidate.entity, model),
        probability: candidate.pair.probability(),
        pair: PairBody { left: None, ..PairBody::from(&candidate.pair) },
    };
    candidates.iter().map(body).collect()
}

/// Values by attribute, or by the columns of a source where one is named.
pub fn probe_values(
    model: &HubModel,
    values: &RawValue,
    source: Option<&str>,
) -> Result<ProbeValues, Box<Problem>> {
    let values = named_values(values)?;
    Ok(match source {
        Some(name) => {
            let known = model.sources.iter().find(|source| source.name.as_str() == name);
            let source = known.ok_or_else(|| {
                Problem::with(ProblemKind::InvalidBody, "The hub model has no such `source`.")
            })?;
            ProbeValues::Columns(source.name.clone(), values)
        }
        None => {
            let named = values.into_iter().map(|(name, value)| {
                let attribute = model.attributes.find(&name);
                Some((attribute?, value))
            });
            let known: Option<Vec<_>> = named.collect();
            ProbeValues::Attributes(known.ok_or_else(|| {
                let detail = "`values` names an attribute that the hub model does not have.";
                Problem::with(ProblemKind::InvalidBody, detail)
            })?)
        }
    })
}

/// The names of entity types.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code)] // It only stands in the OpenAPI document.
pub enum EntityTypeName {
    /// A natural person.
    Person,
    /// A company or other organisation.
    Organisation,
}
