//! `/v1/sources/{source}/records`: source records, as applications send them.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{ETAG, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use karat_hub::connect::values_of;
use karat_hub::share::moment::{self, written};
use karat_hub::view::{
    Change, ChangeOutcome, ChangeRequest, Changed, Condition, FoundWrong, Outcome, RecordTag,
    RecordView,
};
use karat_model::check::EntryPolicy;
use karat_model::claim::Validity;
use karat_model::hub_model::HubModel;
use karat_model::id::RecordKey;
use karat_model::record::Moment;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::body::{self, BATCH_BYTES_MAX, BODY_BYTES_MAX, Sent, sent};
use super::parameters::{
    self, ID_BYTES_MAX, Parameters, Place, RecordPlace, Repeatable, is_record_id, record_key,
};
use super::problem::{Answer, Problem, ProblemKind};
use super::repetition::{self, condition};
use super::shape::{ChangeBody, FindingBody};
use crate::access::Caller;
use crate::serving::Server;

const VALUES_MAX: usize = 1000;
const VALUE_BYTES_MAX: usize = 64 * 1024;
const NAME_BYTES_MAX: usize = 512;
const BATCH_RECORDS_MAX: usize = 1000;
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A source record as it is now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordSent {
    /// When the source says it changed.
    #[schema(format = DateTime, example = "2026-01-31T12:00:00Z")]
    observed_at: Option<String>,
    /// The values by column, as the source would deliver them in a file: texts, numbers, lists of
    /// them, or objects, whose columns are paths such as `address.city`.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    values: Box<RawValue>,
}

/// One of several records.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchItem {
    /// The id of the record in its source, of 1 to 512 bytes; a record with another is answered with
    /// a problem of its own.
    id: String,
    /// When the source says it changed.
    #[schema(format = DateTime)]
    observed_at: Option<String>,
    /// The values by column; missing when the source no longer has the record.
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    values: Option<Box<RawValue>>,
}

/// Several records of one source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The records, in the order in which they are taken.
    #[schema(min_items = 1, max_items = 1000)]
    records: Vec<BatchItem>,
}

/// What became of several records.
#[derive(Serialize, ToSchema)]
pub struct BatchBody {
    /// One answer for each record, in the order in which they were sent.
    answers: Vec<BatchAnswer>,
}

/// What became of one of several records.
#[derive(Serialize, ToSchema)]
pub struct BatchAnswer {
    /// The id of the record in its source.
    id: String,
    /// The status that the record alone would have been answered with.
    status: u16,
    /// What the change did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ChangeBody>)]
    change: Option<Box<RawValue>>,
    /// Why it was not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Box<Problem>>,
}

/// A source record, as it came and as it was understood.
#[derive(Serialize, ToSchema)]
pub struct RecordBody {
    /// The source.
    source: String,
    /// The id of the record in its source.
    id: String,
    /// When the source says it changed.
    observed_at: Option<String>,
    /// Its version, which the ETag holds.
    version: String,
    /// The entity that it is in; missing until it is published.
    entity: Option<String>,
    /// The values as they came, by column.
    values: BTreeMap<String, Vec<String>>,
    /// What repair steps changed in these values before they were understood, in their order.
    repairs: Vec<RepairedBody>,
    /// What was understood.
    claims: Vec<ClaimBody>,
    /// What is wrong.
    findings: Vec<FindingBody>,
}

/// A column that a repair step changed: the source said what was before.
#[derive(Serialize, ToSchema)]
pub struct RepairedBody {
    /// The id of the step.
    step: String,
    /// Who wrote it.
    by: Option<String>,
    /// Why it was written.
    why: Option<String>,
    /// The column.
    column: String,
    /// Its values before.
    before: Vec<String>,
    /// Its values after.
    after: Vec<String>,
}

/// A value that was understood.
#[derive(Serialize, ToSchema)]
pub struct ClaimBody {
    /// The attribute.
    attribute: String,
    /// The standardised value.
    value: String,
    /// `valid`, `suspect` or `invalid`.
    validity: &'static str,
    /// The column that it was taken from.
    column: String,
}

impl RecordBody {
    /// A record as it is shown.
    pub fn of(view: &RecordView, model: &HubModel) -> RecordBody {
        let detail = &view.detail;
        let column = |at: u16| detail.columns[usize::from(at)].clone();
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (at, value) in detail.record.payload.iter() {
            values.entry(column(at)).or_default().push(value.into());
        }
        let repairs = detail.repairs.iter().cloned().map(|it| RepairedBody {
            step: it.step,
            by: it.by,
            why: it.why,
            column: column(it.column),
            before: it.before,
            after: it.after,
        });
        let repairs = repairs.collect();
        let claims = detail.cleaned.claims.iter().map(|claim| ClaimBody {
            attribute: model.attributes.get(claim.attribute).name.clone(),
            value: claim.value.to_string(),
            validity: validity_name(claim.validity),
            column: column(claim.column),
        });
        let findings = detail.cleaned.findings.iter();
        let findings = findings.map(|it| FoundWrong::of(it, &detail.columns, &model.attributes));
        RecordBody {
            source: detail.record.key.source.to_string(),
            id: detail.record.key.id.to_string(),
            observed_at: detail.record.observed_at.and_then(written),
            version: RecordTag::of(&detail.record, &detail.columns).to_string(),
            entity: view.entity.map(|id| id.to_string()),
            values,
            repairs,
            claims: claims.collect(),
            findings: findings.map(|found| FindingBody::from(&found)).collect(),
        }
    }
}

/// The name of a validity.
pub fn validity_name(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "valid",
        Validity::Suspect => "suspect",
        Validity::Invalid => "invalid",
    }
}

/// A source record.
#[utoipa::path(
    get, path = "/v1/sources/{source}/records/{id}", tag = "records",
    params(
        RecordPlace,
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known."),
    ),
    responses(
        (status = 200, description = "The record, with its version as ETag.", body = RecordBody,
            headers(("ETag" = String, description = "The version of the record."))),
        (status = 304, description = "It is as the ETag says."),
        (status = 404, description = "There is no such source or record."),
    ),
)]
pub async fn show(
    State(server): State<Server>,
    Place((source, id)): Place<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    Parameters::of(&uri, &[])?;
    let key = record_key(&server, &source, &id)?;
    let found = server.ask(move |hub| hub.record(&key)).await?;
    let view = found.ok_or_else(|| Problem::new(ProblemKind::UnknownRecord))?;
    let record = RecordBody::of(&view, &server.hub.model());
    // The entity may change while the record does not; the ETag is that of the record alone, as
    // `If-Match` needs it, so that the answer must not be taken from a cache unasked.
    Ok(body::versioned(&headers, &record.version, &record))
}

/// A source record has these values now; it is made if it is not there.
#[utoipa::path(
    put, path = "/v1/sources/{source}/records/{id}", tag = "records",
    params(
        RecordPlace,
        ("If-Match" = Option<String>, Header,
            description = "Only if the record has this ETag; `*` if it is there."),
        ("If-None-Match" = Option<String>, Header,
            description = "`*`: only if the record is not there."),
        Repeatable,
    ),
    request_body = RecordSent,
    responses(
        (status = 200, description = "It was there, and is as the body says.", body = ChangeBody),
        (status = 201, description = "It is new.", body = ChangeBody),
        (status = 404, description = "There is no such source."),
        (status = 412, description = "It is not as `If-Match` or `If-None-Match` expects it."),
    ),
)]
pub async fn put(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place((source, id)): Place<(String, String)>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let key = record_key(&server, &source, &id)?;
    let path = request.uri().path().to_string();
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let record: RecordSent = body::read(&body)?;
    let change = upsert(key, record.observed_at, &record.values, condition(&headers)?)?;
    let repetition =
        repetition::of(&headers, &caller, &[b"PUT", path.as_bytes(), &body], kept_answer)?;
    answer(server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?)
}

/// A source no longer has a record.
#[utoipa::path(
    delete, path = "/v1/sources/{source}/records/{id}", tag = "records",
    params(
        RecordPlace,
        ("If-Match" = Option<String>, Header, description = "Only if the record has this ETag."),
        Repeatable,
    ),
    responses(
        (status = 200, description = "It is gone.", body = ChangeBody),
        (status = 404, description = "There is no such source or record."),
        (status = 412, description = "It is not as `If-Match` expects it."),
    ),
)]
pub async fn delete(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place((source, id)): Place<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    Parameters::of(&uri, &[])?;
    let key = record_key(&server, &source, &id)?;
    let change = Change::Delete { key, condition: condition(&headers)? };
    let asked: [&[u8]; 2] = [b"DELETE", uri.path().as_bytes()];
    let repetition = repetition::of(&headers, &caller, &asked, kept_answer)?;
    answer(server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?)
}

/// Several records of a source, each as if it came alone.
#[utoipa::path(
    post, path = "/v1/sources/{source}/records", tag = "records",
    params(
        ("source" = String, Path, description = "The source."),
        Repeatable,
    ),
    request_body = Batch,
    responses(
        (status = 200, description = "What became of each.", body = BatchBody),
        (status = 404, description = "There is no such source."),
    ),
)]
pub async fn put_several(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place(source): Place<String>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let source = parameters::source(&server, &source)?;
    let path = request.uri().path().to_string();
    let Sent { headers, body } = sent(request, BATCH_BYTES_MAX).await?;
    let Batch { records } = body::read(&body)?;
    if !(1..=BATCH_RECORDS_MAX).contains(&records.len()) {
        let detail = format!("Send 1 to {BATCH_RECORDS_MAX} records at a time.");
        return Err(Problem::with(ProblemKind::InvalidBody, detail));
    }
    let asked: [&[u8]; 3] = [b"POST", path.as_bytes(), &body];
    let whole = repetition::of(&headers, &caller, &asked, kept_answer)?;
    let ids: Vec<String> = records.iter().map(|item| item.id.clone()).collect();
    let changes = records.into_iter().map(|item| {
        if !is_record_id(&item.id) {
            let detail = format!("`id` has 1 to {ID_BYTES_MAX} bytes, none of them zero.");
            return Err(Problem::with(ProblemKind::InvalidBody, detail));
        }
        let key = RecordKey::new(source.clone(), &item.id);
        match item.values {
            Some(values) => upsert(key, item.observed_at, &values, Condition::None),
            None => Ok(Change::Delete { key, condition: Condition::None }),
        }
    });
    let changes: Vec<Result<Change, Box<Problem>>> = changes.collect();
    let good =
        changes.iter().enumerate().filter_map(|(at, change)| Some((at, change.as_ref().ok()?)));
    let requests = good.map(|(at, change)| ChangeRequest {
        repetition: whole.as_ref().map(|whole| repetition::part_of(whole, at)),
        ..ChangeRequest::of(change.clone())
    });
    let mut changed = server.change_each(requests.collect()).await.into_iter();
    let answers = ids.into_iter().zip(changes).map(|(id, change)| {
        let became = change.and_then(|_| {
            let changed = changed.next().expect("each change has an answer");
            Ok(changed?)
        });
        match became {
            Ok(changed) => {
                let (status, json) = parts(changed);
                let change = RawValue::from_string(json).expect("an answer is JSON");
                BatchAnswer { id, status: status.as_u16(), change: Some(change), problem: None }
            }
            Err(problem) => {
                let status = problem.status().as_u16();
                BatchAnswer { id, status, change: None, problem: Some(problem) }
            }
        }
    });
    let answers: Vec<BatchAnswer> = answers.collect();
    Ok(body::json(StatusCode::OK, &BatchBody { answers }))
}

/// The change that a body asks for.
pub fn upsert(
    key: RecordKey,
    observed_at: Option<String>,
    values: &RawValue,
    condition: Condition,
) -> Result<Change, Box<Problem>> {
    let invalid = |detail: String| Problem::with(ProblemKind::InvalidBody, detail);
    let read = |text: String| -> Result<Moment, Box<Problem>> {
        let detail = "`observed_at` must be a moment such as 2026-01-31T12:00:00Z.";
        moment::read(&text).ok_or_else(|| invalid(detail.into()))
    };
    let observed_at = observed_at.map(read).transpose()?;
    Ok(Change::Upsert { key, observed_at, values: named_values(values)?, condition })
}

/// The names of columns with their values, within limits.
pub fn named_values(values: &RawValue) -> Result<Vec<(String, String)>, Box<Problem>> {
    let invalid = |detail: String| Problem::with(ProblemKind::InvalidBody, detail);
    let values =
        values_of(values.get()).map_err(|reason| invalid(format!("`values`: {reason}.")))?;
    if values.len() > VALUES_MAX {
        return Err(invalid(format!("A record may have {VALUES_MAX} values.")));
    }
    if values.iter().any(|(column, _)| column.len() > NAME_BYTES_MAX) {
        return Err(invalid(format!("The name of a column may have {NAME_BYTES_MAX} bytes.")));
    }
    if values.iter().any(|(_, value)| value.len() > VALUE_BYTES_MAX) {
        return Err(invalid(format!("A value may have {VALUE_BYTES_MAX} bytes.")));
    }
    Ok(values)
}

/// An answer as it is kept: `~` when it is accepted and what is wrong with it filed, `+` when
/// something is new, else `=`; then the body.
pub fn kept_answer(outcome: &ChangeOutcome) -> Vec<u8> {
    let is_confirmed = outcome.confirmations.as_ref().is_some_and(|made| !made.is_empty());
    let is_decided = !outcome.decisions.is_empty();
    let is_new = outcome.outcome == Some(Outcome::New) || is_decided || is_confirmed;
    let is_faulty = outcome.entry.as_ref().is_some_and(|entry| !entry.reasons.is_empty());
    let is_filed =
        is_faulty && outcome.entry.as_ref().map(|it| it.policy) == Some(EntryPolicy::Async);
    let mut kept = match (is_filed, is_new) {
        (true, _) => b"~".to_vec(),
        (_, true) => b"+".to_vec(),
        _ => b"=".to_vec(),
    };
    let json = serde_json::to_vec(&ChangeBody::from(outcome)).expect("an answer becomes JSON");
    kept.extend(json);
    kept
}

/// The status and the body of an answer.
fn parts(changed: Changed) -> (StatusCode, String) {
    let kept = match changed {
        Changed::Now(outcome) => kept_answer(&outcome),
        Changed::Before(kept) => kept,
    };
    let status = match kept.first() {
        Some(b'~') => StatusCode::ACCEPTED,
        Some(b'+') => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let json = String::from_utf8(kept.get(1..).unwrap_or_default().to_vec());
    (status, json.expect("an answer was kept as it was made"))
}

/// The answer to a change.
pub fn answer(changed: Changed) -> Answer {
    let version = match &changed {
        Changed::Now(outcome) => outcome.version,
        Changed::Before(_) => None,
    };
    let is_replayed = matches!(changed, Changed::Before(_));
    let (status, json) = parts(changed);
    let mut response: Response = body::raw(status, json.into_bytes());
    let headers = response.headers_mut();
    if let Some(version) = version {
        let tag = HeaderValue::from_str(&format!("\"{version}\"")).expect("it is hexadecimal");
        headers.insert(ETAG, tag);
    }
    if is_replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
