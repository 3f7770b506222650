//! `GET /v1/repairs`: the steps by which values are mended before they are cleaned.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use karat_hub::hub_model::step_text;
use karat_hub::repairs::ListedStep;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::parameters::{Parameters, source};
use super::problem::Answer;
use crate::serving::Server;

/// The repair steps that are published, by source and in their order there.
#[derive(Serialize, ToSchema)]
pub struct RepairsBody {
    /// The steps.
    steps: Vec<RepairStepBody>,
}

/// A repair step, and what it does now.
#[derive(Serialize, ToSchema)]
pub struct RepairStepBody {
    /// The source.
    source: String,
    /// The name of the step in its source.
    #[schema(example = "r1")]
    id: String,
    /// The column that it looks at.
    #[schema(example = "plaats")]
    column: String,
    /// What it does, in a word.
    #[schema(example = "map")]
    verb: &'static str,
    /// Who wrote it.
    by: Option<String>,
    /// When it was written, as a date.
    #[schema(example = "2026-11-22")]
    at: Option<String>,
    /// Why it was written.
    why: Option<String>,
    /// The step, as it stands in the file of repairs.
    text: String,
    /// How many records it changes.
    records: u64,
    /// How many records it would change, but leaves alone, as the result would change again.
    left_alone: u64,
    /// Whether it does nothing, as the source never delivered one of its columns.
    is_missing_a_column: bool,
}

impl From<&ListedStep> for RepairStepBody {
    fn from(listed: &ListedStep) -> RepairStepBody {
        let step = &listed.step;
        RepairStepBody {
            source: listed.source.to_string(),
            id: step.id.clone(),
            column: step.column.clone(),
            verb: step.verb.word(),
            by: step.by.clone(),
            at: step.at.clone(),
            why: step.why.clone(),
            text: step_text(step),
            records: listed.records,
            left_alone: listed.restless,
            is_missing_a_column: listed.is_missing,
        }
    }
}

/// A repair step as the API tells it.
pub fn repair_step_json(listed: &ListedStep) -> serde_json::Value {
    serde_json::to_value(RepairStepBody::from(listed)).expect("numbers and texts become JSON")
}

/// The repair steps, each with how many records it changes. All records of the sources that have
/// steps are looked at: of a million that takes seconds.
#[utoipa::path(
    get, path = "/v1/repairs", tag = "quality",
    params(("source" = Option<String>, Query, description = "Those of this source.")),
    responses(
        (status = 200, description = "The steps.", body = RepairsBody),
        (status = 404, description = "There is no such source."),
    ),
)]
pub async fn list(State(server): State<Server>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["source"])?;
    let source = parameters.text("source").map(|name| source(&server, name)).transpose()?;
    let listed = server.ask(move |hub| hub.repairs(source.as_ref())).await?;
    let steps = listed.iter().map(RepairStepBody::from).collect();
    Ok(body::json(StatusCode::OK, &RepairsBody { steps }))
}
