//! `/v1/findings`: what fails, filed from when it was opened until after it is closed.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use karat_hub::feedback::FeedbackState;
use karat_hub::share::moment::{read, written};
use karat_hub::view::{FindingPage, FindingQuery, FindingView, FollowUpQuery};
use karat_model::finding::{FindingNo, Subject};
use karat_model::record::Moment;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::cursor;
use super::parameters::{ENTRIES_MAX, ENTRIES_USUAL, Page, Parameters, source};
use super::problem::{Answer, Problem, ProblemKind};
use super::shape::KeyBody;
use crate::serving::Server;

/// A page of filed findings.
#[derive(Serialize, ToSchema)]
pub struct FindingsBody {
    /// The findings, in the order in which they were opened.
    findings: Vec<FiledFindingBody>,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// A finding that is kept, open or closed.
#[derive(Serialize, ToSchema)]
pub struct FiledFindingBody {
    /// Its number, never given to another.
    number: u64,
    /// The check that fails, or the code of what was found.
    #[schema(example = "postcode_known")]
    rule: String,
    /// `note`, `warning` or `error`.
    severity: &'static str,
    /// The dimension of quality that it lowers.
    #[schema(example = "completeness")]
    dimension: &'static str,
    /// What is wrong, in English.
    message: String,
    /// What is wrong, in Dutch.
    message_nl: String,
    /// What it is about: `record`, `customer`, `attribute` or `source`.
    about: &'static str,
    /// The entity that it is about, or that its record is in.
    entity: Option<String>,
    /// The record that says so.
    record: Option<KeyBody>,
    /// The source, if it is about what that delivers.
    source: Option<String>,
    /// The attribute, if it is about one.
    attribute: Option<String>,
    /// The column of the source, if it is about one.
    column: Option<String>,
    /// Who answers for the check; missing if nobody does.
    owner: Option<String>,
    /// When it was opened.
    #[schema(format = DateTime, example = "2026-01-31T12:00:00Z")]
    opened_at: Option<String>,
    /// When it was closed; missing while it is open.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// Why it was closed: `passes`, `value_changed`, `subject_gone` or `rule_gone`.
    closed_because: Option<&'static str>,
    /// How far it is, towards the source of its record: `open`, `sent`, `acknowledged`,
    /// `fixed_in_source`, `verified`, `rejected`, `accepted_as_is` or `closed`.
    feedback: &'static str,
}

impl From<&FindingView> for FiledFindingBody {
    fn from(view: &FindingView) -> FiledFindingBody {
        let finding = &view.finding;
        let [message, message_nl] = view.message.clone();
        FiledFindingBody {
            number: finding.no.0,
            rule: finding.rule.to_string(),
            severity: view.severity.name(),
            dimension: view.dimension.name(),
            message,
            message_nl,
            about: match finding.subject {
                Subject::Record(_) => "record",
                Subject::Customer(_) => "customer",
                Subject::Attribute(_) => "attribute",
                Subject::Source(_) => "source",
            },
            entity: view.entity.map(|id| id.to_string()),
            record: finding.record.as_ref().map(KeyBody::from),
            source: match &finding.subject {
                Subject::Source(source) => Some(source.to_string()),
                _ => None,
            },
            attribute: finding.attribute.clone(),
            column: finding.column.clone(),
            owner: view.owner.clone(),
            opened_at: written(finding.opened_at),
            closed_at: finding.closed.and_then(|closed| written(closed.at)),
            closed_because: finding.closed.map(|closed| closed.because.name()),
            feedback: view.state.name(),
        }
    }
}

/// A filed finding as the API tells it.
pub fn finding_json(view: &FindingView) -> serde_json::Value {
    serde_json::to_value(FiledFindingBody::from(view)).expect("numbers and texts become JSON")
}

/// Filed findings, in the order in which they were opened.
#[utoipa::path(
    get, path = "/v1/findings", tag = "quality",
    params(
        ("rule" = Option<String>, Query, description = "Those of this check, or of this code."),
        ("source" = Option<String>, Query, description = "Those that records of this source say."),
        ("about" = Option<String>, Query, pattern = "^(customers|records)$",
            description = "Those about `customers`, or those about `records`."),
        ("state" = Option<String>, Query, pattern = "^(open|closed)$",
            description = "Those that are `open`, or those that are `closed`."),
        ("since" = Option<String>, Query, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+",
            description = "Those that were opened or closed at this moment or later."),
        ("feedback" = Option<String>, Query,
            description = "Those of records that are so far towards their source, such as `sent`; \
                only `source` may stand beside it."),
        Page,
    ),
    responses(
        (status = 200, description = "A page of findings.", body = FindingsBody),
        (status = 404, description = "There is no such source."),
    ),
)]
pub async fn list(State(server): State<Server>, uri: Uri) -> Answer {
    let known = ["rule", "source", "about", "state", "since", "feedback", "limit", "cursor"];
    let parameters = Parameters::of(&uri, &known)?;
    if let Some(name) = parameters.text("feedback") {
        return follow_ups(&server, &parameters, name).await;
    }
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let after = FindingNo(cursor::number(parameters.text("cursor"))?.unwrap_or(0));
    let query = FindingQuery {
        rule: parameters.text("rule").map(str::to_string),
        source: parameters.text("source").map(|name| source(&server, name)).transpose()?,
        is_open: one_of(&parameters, "state", ["open", "closed"])?,
        of_customers: one_of(&parameters, "about", ["customers", "records"])?,
        since: since(&parameters)?,
    };
    let page = server.ask(move |hub| hub.findings(&query, after, limit)).await?;
    Ok(told(&page))
}

/// Those that are so far towards their source.
async fn follow_ups(server: &Server, parameters: &Parameters, name: &str) -> Answer {
    let state = FeedbackState::from_name(name).ok_or_else(|| {
        let names = FeedbackState::ALL.map(FeedbackState::name).join("`, `");
        Problem::with(ProblemKind::BadParameter, format!("`feedback` is one of `{names}`."))
    })?;
    if ["rule", "about", "state", "since"].iter().any(|other| parameters.text(other).is_some()) {
        let detail = "Only `source` may stand beside `feedback`.";
        return Err(Problem::with(ProblemKind::BadParameter, detail));
    }
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let after = FindingNo(cursor::number(parameters.text("cursor"))?.unwrap_or(0));
    let source = parameters.text("source").map(|name| source(server, name)).transpose()?;
    let query = FollowUpQuery { source, state: Some(state) };
    let page = server.ask(move |hub| hub.follow_ups(&query, after, limit)).await?;
    Ok(told(&page))
}

fn told(page: &FindingPage) -> Response {
    let body = FindingsBody {
        findings: page.findings.iter().map(FiledFindingBody::from).collect(),
        next: page.next.map(|no| cursor::written(&no.0.to_string())),
    };
    body::json(StatusCode::OK, &body)
}

/// Whether it is the first of two words.
fn one_of(
    parameters: &Parameters,
    name: &str,
    words: [&str; 2],
) -> Result<Option<bool>, Box<Problem>> {
    match parameters.text(name) {
        None => Ok(None),
        Some(text) if text == words[0] => Ok(Some(true)),
        Some(text) if text == words[1] => Ok(Some(false)),
        Some(_) => {
            let detail = format!("`{name}` must be `{}` or `{}`.", words[0], words[1]);
            Err(Problem::with(ProblemKind::BadParameter, detail))
        }
    }
}

fn since(parameters: &Parameters) -> Result<Option<Moment>, Box<Problem>> {
    let Some(text) = parameters.text("since") else { return Ok(None) };
    read(text).map(Some).ok_or_else(|| {
        let detail = "`since` must be a moment such as 2026-01-31T12:00:00Z.";
        Problem::with(ProblemKind::BadParameter, detail)
    })
}
