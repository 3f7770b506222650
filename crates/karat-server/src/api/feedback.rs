//! `/v1/findings/{number}` and its steps, and `/v1/feedback`: how far findings are towards the
//! sources that can mend them, and what came of that.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use karat_hub::feedback::SourceFeedback;
use karat_hub::share::moment::{read, written};
use karat_hub::view::{Change, ChangeRequest, FindingDetail, Step};
use karat_model::finding::{FindingNo, FindingState, StepNo};
use karat_model::record::Moment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent};
use super::decisions::{REASON_CHARACTERS_MAX, UndoRequest, within};
use super::findings::FiledFindingBody;
use super::parameters::{Parameters, Place, Repeatable, whole};
use super::problem::{Answer, Problem, ProblemKind};
use super::repetition;
use crate::access::{Caller, Permission};
use crate::serving::Server;

/// A finding by itself: what people did about it, and what it repeats.
#[derive(Serialize, ToSchema)]
pub struct FindingDetailBody {
    #[serde(flatten)]
    finding: FiledFindingBody,
    /// The number of an earlier finding that it repeats: what had passed no longer does.
    repeats: Option<u64>,
    /// What people did about it, in order.
    steps: Vec<StepBody>,
}

/// What somebody did about a finding.
#[derive(Serialize, ToSchema)]
pub struct StepBody {
    /// Its number.
    number: u64,
    /// How far the finding is with it: `sent`, `acknowledged`, `fixed_in_source`, `rejected` or
    /// `accepted_as_is`.
    state: &'static str,
    /// Until when it is accepted.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Who did it: the name of an account or a key.
    steward: String,
    /// When.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Why.
    reason: String,
    /// How it was undone; missing while it stands.
    undone: Option<StepUndoneBody>,
}

/// How a step was undone.
#[derive(Serialize, ToSchema)]
pub struct StepUndoneBody {
    /// Who undid it.
    steward: String,
    /// When.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Why.
    reason: String,
}

/// A step that is to be taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRequest {
    /// How far the finding is: `sent`, `acknowledged`, `fixed_in_source`, `rejected` or
    /// `accepted_as_is`. Nobody says that it is verified: the next delivery does.
    #[schema(example = "acknowledged")]
    state: String,
    /// Until when it is accepted, as a day or a moment; of `accepted_as_is` alone.
    #[serde(default)]
    #[schema(example = "2027-01-31")]
    until: Option<String>,
    /// Why; `rejected` and `accepted_as_is` need a reason.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

/// What came of the feedback to sources.
#[derive(Serialize, ToSchema)]
pub struct FeedbackBody {
    /// The sources that hear what is wrong with their records, or heard it, by name.
    sources: Vec<SourceFeedbackBody>,
}

/// What came of the feedback to a source.
#[derive(Serialize, ToSchema)]
pub struct SourceFeedbackBody {
    /// The source.
    source: String,
    /// Who answers for it.
    owner: Option<String>,
    /// `work_list` or `webhook`; missing where nobody hears any more.
    route: Option<&'static str>,
    /// How many findings were sent.
    sent: u64,
    /// Of those sent, how many were acknowledged.
    acknowledged: u64,
    /// Of those sent, how many were said to be fixed.
    fixed_in_source: u64,
    /// Of those sent, how many a later arrival of the record mended.
    verified: u64,
    /// Of those sent, how many wait for the source.
    waiting: u64,
    /// How many were rejected.
    rejected: u64,
    /// How many were accepted as they are.
    accepted_as_is: u64,
    /// Of those verified, how many came again within 90 days.
    recurred: u64,
    /// The share of what was sent that was verified; missing when nothing was sent.
    #[serde(rename = "yield")]
    #[schema(rename = "yield")]
    feedback_yield: Option<f64>,
    /// The median of days from sent to verified; missing when nothing was verified.
    days_to_verified: Option<f64>,
    /// The share of what was verified that came again within 90 days; missing when nothing was.
    recurrence_rate: Option<f64>,
}

/// A finding, with what people did about it.
#[utoipa::path(
    get, path = "/v1/findings/{number}", tag = "quality",
    params(("number" = u64, Path, description = "The number of the finding.")),
    responses(
        (status = 200, description = "The finding.", body = FindingDetailBody),
        (status = 404, description = "There is no such finding."),
    ),
)]
pub async fn show(State(server): State<Server>, Place(number): Place<String>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    told(&server, finding_no(&number)?, StatusCode::OK).await
}

/// Somebody says how far a finding is: an application of its source, or a steward. It is verified by
/// the next arrival of its record that passes, and by nobody's word.
#[utoipa::path(
    post, path = "/v1/findings/{number}/steps", tag = "quality",
    params(
        ("number" = u64, Path, description = "The number of the finding."),
        Repeatable,
    ),
    request_body = StepRequest,
    responses(
        (status = 201, description = "The finding after the step.", body = FindingDetailBody),
        (status = 404, description = "There is no such finding."),
        (status = 409, description = "The step does not follow the state of the finding."),
    ),
)]
pub async fn step(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place(number): Place<String>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let no = finding_no(&number)?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let StepRequest { state, until, reason } = body::read(&body)?;
    let state = FindingState::from_name(&state).ok_or_else(|| {
        let names = FindingState::ALL.map(FindingState::name).join("`, `");
        Problem::with(ProblemKind::InvalidBody, format!("`state` is one of `{names}`."))
    })?;
    if state == FindingState::AcceptedAsIs && !caller.role.may(Permission::Decide) {
        let detail = "Stewards and administrators accept findings as they are.";
        return Err(Problem::with(ProblemKind::Forbidden, detail));
    }
    let until = until.as_deref().map(moment_of).transpose()?;
    within("reason", &reason, 0, REASON_CHARACTERS_MAX)?;
    let asked: [&[u8]; 3] = [b"POST step", number.as_bytes(), &body];
    let repetition = repetition::of(&headers, &caller, &asked, |_| Vec::new())?;
    let steward = caller.name;
    let findings = vec![no];
    let change = Change::Step { findings, state, until, steward, reason, lenient: false };
    server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?;
    told(&server, no, StatusCode::CREATED).await
}

/// Somebody undoes the last step that stands of a finding; it stays in the journal.
#[utoipa::path(
    post, path = "/v1/findings/{number}/steps/{step}/undo", tag = "quality",
    params(
        ("number" = u64, Path, description = "The number of the finding."),
        ("step" = u64, Path, description = "The number of the step."),
        Repeatable,
    ),
    request_body = UndoRequest,
    responses(
        (status = 200, description = "The finding without the step.", body = FindingDetailBody),
        (status = 404, description = "There is no such finding."),
        (status = 409, description = "It is not the last step that stands, or the finding is closed."),
    ),
)]
pub async fn undo(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place((number, step)): Place<(String, String)>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let finding = finding_no(&number)?;
    let known = whole(&step).ok_or_else(|| Problem::new(ProblemKind::UnfitStep))?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let UndoRequest { reason } = body::read(&body)?;
    within("reason", &reason, 0, REASON_CHARACTERS_MAX)?;
    let asked: [&[u8]; 4] = [b"POST undo step", number.as_bytes(), step.as_bytes(), &body];
    let repetition = repetition::of(&headers, &caller, &asked, |_| Vec::new())?;
    let (step, steward) = (StepNo(known), caller.name);
    let change = Change::UndoStep { finding, step, steward, reason };
    server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?;
    told(&server, finding, StatusCode::OK).await
}

/// What came of the feedback to sources.
#[utoipa::path(
    get, path = "/v1/feedback", tag = "quality",
    responses((status = 200, description = "The figures of each source.", body = FeedbackBody)),
)]
pub async fn figures(State(server): State<Server>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let figures = server.ask(|hub| hub.feedback()).await?;
    Ok(body::json(StatusCode::OK, &FeedbackBody::from(figures.as_slice())))
}

/// What came of feedback, as the API tells it.
pub fn feedback_json(figures: &[SourceFeedback]) -> serde_json::Value {
    serde_json::to_value(FeedbackBody::from(figures)).expect("numbers and texts become JSON")
}

/// Answers with a finding as it is now.
async fn told(server: &Server, no: FindingNo, status: StatusCode) -> Answer {
    let found = server.ask(move |hub| hub.finding(no)).await?;
    let found = found.ok_or_else(|| Problem::new(ProblemKind::UnknownFinding))?;
    Ok(body::json(status, &FindingDetailBody::from(&found)))
}

fn finding_no(text: &str) -> Result<FindingNo, Box<Problem>> {
    whole(text).map(FindingNo).ok_or_else(|| Problem::new(ProblemKind::UnknownFinding))
}

/// A moment, or the beginning of a day.
pub(crate) fn moment_of(text: &str) -> Result<Moment, Box<Problem>> {
    let of_day = || read(&format!("{text}T00:00:00Z"));
    read(text).or_else(of_day).ok_or_else(|| {
        let detail = "`until` must be a day such as 2027-01-31, or a moment.";
        Problem::with(ProblemKind::InvalidBody, detail)
    })
}

impl From<&FindingDetail> for FindingDetailBody {
    fn from(detail: &FindingDetail) -> FindingDetailBody {
        FindingDetailBody {
            finding: FiledFindingBody::from(&detail.view),
            repeats: detail.repeats.map(|no| no.0),
            steps: detail.view.steps.iter().map(StepBody::from).collect(),
        }
    }
}

impl From<&Step> for StepBody {
    fn from(step: &Step) -> StepBody {
        StepBody {
            number: step.no.0,
            state: step.state.name(),
            until: step.until.and_then(written),
            steward: step.steward.clone(),
            at: written(step.at),
            reason: step.reason.clone(),
            undone: step.undone.as_ref().map(|undone| StepUndoneBody {
                steward: undone.steward.clone(),
                at: written(undone.at),
                reason: undone.reason.clone(),
            }),
        }
    }
}

impl From<&[SourceFeedback]> for FeedbackBody {
    fn from(figures: &[SourceFeedback]) -> FeedbackBody {
        let source = |of: &SourceFeedback| SourceFeedbackBody {
            source: of.source.clone(),
            owner: of.owner.clone(),
            route: of.route,
            sent: of.sent,
            acknowledged: of.acknowledged,
            fixed_in_source: of.fixed_in_source,
            verified: of.verified,
            waiting: of.waiting,
            rejected: of.rejected,
            accepted_as_is: of.accepted_as_is,
            recurred: of.recurred,
            feedback_yield: of.feedback_yield(),
            days_to_verified: of.days_to_verified,
            recurrence_rate: of.recurrence_rate(),
        };
        FeedbackBody { sources: figures.iter().map(source).collect() }
    }
}
