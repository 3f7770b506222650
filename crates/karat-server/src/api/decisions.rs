//! `/v1/decisions`: what stewards decide, and undo.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::{StatusCode, Uri};
use karat_hub::share::moment::written;
use karat_hub::view::{AsOf, Change, ChangeRequest, Changed, DecisionView, EntityLookup, Undone};
use karat_model::decision::{DecisionNo, Identity, Ruling, Settled, SettledValue};
use karat_model::evidence::Verdict;
use karat_model::id::{EntityId, RecordKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent};
use super::cursor;
use super::parameters::{
    ENTRIES_MAX, ENTRIES_USUAL, Page, Parameters, Place, Repeatable, is_record_id, whole,
};
use super::problem::{Answer, Problem, ProblemKind};
use super::records::{answer, kept_answer};
use super::repetition;
use super::shape::ChangeBody;
use crate::access::Caller;
use crate::serving::Server;

const RECORDS_MAX: usize = 1000;
const VALUE_CHARACTERS_MAX: usize = 2000;
/// The most characters that a reason has.
pub const REASON_CHARACTERS_MAX: usize = 2000;

/// A decision that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// What is decided.
    decide: RulingBody,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

/// What a decision says. Records are named by their keys, as `source/id`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RulingBody {
    /// The records of both sides are one customer.
    Same {
        /// The records of the one side.
        #[schema(min_items = 1, max_items = 1000, example = json!(["crm/1001"]))]
        left: Vec<String>,
        /// The records of the other side.
        #[schema(min_items = 1, max_items = 1000, example = json!(["shop/A-8812"]))]
        right: Vec<String>,
    },
    /// Those of the one side are other customers than those of the other.
    Different {
        /// The records of the one side.
        #[schema(min_items = 1, max_items = 1000)]
        left: Vec<String>,
        /// The records of the other side.
        #[schema(min_items = 1, max_items = 1000)]
        right: Vec<String>,
    },
    /// The same, and they have to do with each other.
    Related {
        /// The records of the one side.
        #[schema(min_items = 1, max_items = 1000)]
        left: Vec<String>,
        /// The records of the other side.
        #[schema(min_items = 1, max_items = 1000)]
        right: Vec<String>,
    },
    /// A steward looked at them, and leaves it open.
    Unsure {
        /// The records of the one side.
        #[schema(min_items = 1, max_items = 1000)]
        left: Vec<String>,
        /// The records of the other side.
        #[schema(min_items = 1, max_items = 1000)]
        right: Vec<String>,
    },
    /// A record belongs to another entity. It is kept as `moved`, with the records that the two
    /// entities have now.
    Move {
        /// The record.
        #[schema(pattern = "^[^/]+/.+$")]
        record: String,
        /// The id of the entity that it belongs to; missing when it is a customer of its own.
        to: Option<String>,
    },
    /// A record is another customer than some, and the same as others.
    Moved {
        /// The record.
        record: String,
        /// The records that it leaves.
        #[schema(max_items = 1000)]
        from: Vec<String>,
        /// The records that it goes to; none when it is a customer of its own.
        #[schema(max_items = 1000)]
        to: Vec<String>,
    },
    /// What this record says is shown, whatever survivorship says.
    Pin {
        /// The record.
        #[schema(pattern = "^[^/]+/.+$")]
        record: String,
        /// The name of the attribute.
        #[schema(example = "email")]
        attribute: String,
        /// Which of several values of the record.
        #[serde(default)]
        slot: u8,
    },
    /// The steward knows better than all records.
    Correct {
        /// The record that takes the decision along.
        #[schema(pattern = "^[^/]+/.+$")]
        record: String,
        /// The name of the attribute.
        attribute: String,
        /// Which of several values.
        #[serde(default)]
        slot: u8,
        /// What is shown.
        #[schema(min_length = 1, max_length = 2000)]
        value: String,
    },
    /// No value there is right.
    Clear {
        /// The record that takes the decision along.
        #[schema(pattern = "^[^/]+/.+$")]
        record: String,
        /// The name of the attribute.
        attribute: String,
        /// Which of several values.
        #[serde(default)]
        slot: u8,
    },
    /// The customer of these records takes no others in and loses none.
    Lock {
        /// The records.
        #[schema(min_items = 1, max_items = 1000)]
        records: Vec<String>,
    },
}

/// Why a decision or a confirmation is undone.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// Why.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub reason: String,
}

/// A decision.
#[derive(Serialize, ToSchema)]
pub struct DecisionBody {
    /// Its number.
    number: u64,
    /// What was decided.
    decided: RulingBody,
    /// Who decided it: the name of an account or a key.
    steward: String,
    /// When.
    at: Option<String>,
    /// Why.
    reason: String,
    /// Whether it counts: it was not undone, and no later one says otherwise.
    counts: bool,
    /// How it was undone.
    undone: Option<UndoneBody>,
    /// The later decision because of which it does not count.
    overruled_by: Option<u64>,
}

/// How a decision was undone.
#[derive(Serialize, ToSchema)]
pub struct UndoneBody {
    /// The number of the entry in the journal.
    number: u64,
    /// Who undid it.
    steward: String,
    /// When.
    at: Option<String>,
    /// Why.
    reason: String,
}

/// A page of decisions.
#[derive(Serialize, ToSchema)]
pub struct DecisionsBody {
    /// The decisions, the latest first.
    decisions: Vec<DecisionBody>,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// The decisions, the latest first.
#[utoipa::path(
    get, path = "/v1/decisions", tag = "decisions",
    params(Page),
    responses((status = 200, description = "A page of decisions.", body = DecisionsBody)),
)]
pub async fn list(State(server): State<Server>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["limit", "cursor"])?;
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let before = cursor::number(parameters.text("cursor"))?.map(DecisionNo);
    let page = server.ask(move |hub| hub.decisions(before, limit)).await?;
    let body = DecisionsBody {
        decisions: page.decisions.iter().map(DecisionBody::from).collect(),
        next: page.next.map(|no| cursor::written(&no.0.to_string())),
    };
    Ok(body::json(StatusCode::OK, &body))
}

/// A decision.
#[utoipa::path(
    get, path = "/v1/decisions/{number}", tag = "decisions",
    params(("number" = u64, Path, description = "The number of the decision.")),
    responses(
        (status = 200, description = "The decision.", body = DecisionBody),
        (status = 404, description = "There is no such decision."),
    ),
)]
pub async fn show(State(server): State<Server>, Place(number): Place<String>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let no = decision_no(&number)?;
    let found = server.ask(move |hub| hub.decision(no)).await?;
    let view = found.ok_or_else(|| Problem::new(ProblemKind::UnknownDecision))?;
    Ok(body::json(StatusCode::OK, &DecisionBody::from(&view)))
}

/// A steward decides; the decision outranks the machine, and survives every load.
#[utoipa::path(
    post, path = "/v1/decisions", tag = "decisions",
    params(
        ("preview" = Option<bool>, Query,
            description = "Only tell what it would change, and keep nothing of it."),
        Repeatable,
    ),
    request_body = DecisionRequest,
    responses(
        (status = 200, description = "What it would change.", body = ChangeBody),
        (status = 201, description = "It is decided.", body = ChangeBody,
            headers(("Location" = String, description = "The decision; of two, the last."))),
        (status = 404, description = "There is no such record."),
    ),
)]
pub async fn decide(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Answer {
    let is_trial = Parameters::of(request.uri(), &["preview"])?.flag("preview")?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let asked: DecisionRequest = body::read(&body)?;
    within("reason", &asked.reason, 0, REASON_CHARACTERS_MAX)?;
    let rulings = rulings(&server, asked.decide).await?;
    let steward = caller.name.clone();
    let change = Change::Decide { rulings, steward, reason: asked.reason };
    if is_trial {
        let mut response = answer(server.change(ChangeRequest::trial(change)).await?)?;
        *response.status_mut() = StatusCode::OK;
        return Ok(response);
    }
    let repetition = repetition::of(&headers, &caller, &[b"POST decisions", &body], kept_answer)?;
    let changed = server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?;
    let last = match &changed {
        Changed::Now(outcome) => outcome.decisions.last().copied(),
        Changed::Before(_) => None,
    };
    let mut response = answer(changed)?;
    if let Some(DecisionNo(no)) = last {
        let location = HeaderValue::from_str(&format!("/v1/decisions/{no}"));
        response.headers_mut().insert(LOCATION, location.expect("a number is plain"));
    }
    Ok(response)
}

/// A steward undoes a decision, which stays in the journal and no longer counts.
#[utoipa::path(
    post, path = "/v1/decisions/{number}/undo", tag = "decisions",
    params(
        ("number" = u64, Path, description = "The number of the decision."),
        Repeatable,
    ),
    request_body = UndoRequest,
    responses(
        (status = 200, description = "It is undone.", body = ChangeBody),
        (status = 404, description = "There is no such decision."),
        (status = 409, description = "It is undone already."),
    ),
)]
pub async fn undo(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place(number): Place<String>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let decision = decision_no(&number)?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let UndoRequest { reason } = body::read(&body)?;
    within("reason", &reason, 0, REASON_CHARACTERS_MAX)?;
    let asked: [&[u8]; 3] = [b"POST undo", number.as_bytes(), &body];
    let repetition = repetition::of(&headers, &caller, &asked, kept_answer)?;
    let change = Change::Undo { decisions: vec![decision], steward: caller.name, reason };
    answer(server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?)
}

fn decision_no(text: &str) -> Result<DecisionNo, Box<Problem>> {
    whole(text).map(DecisionNo).ok_or_else(|| Problem::new(ProblemKind::UnknownDecision))
}

/// What a body decides, in the words of the journal.
pub async fn rulings(server: &Server, decided: RulingBody) -> Result<Vec<Ruling>, Box<Problem>> {
    use RulingBody::*;
    let identity = |left: Vec<String>, right: Vec<String>, verdict| {
        let (left, right) = (keys(server, &left)?, keys(server, &right)?);
        if left.iter().any(|key| right.contains(key)) {
            return Err(invalid("No record may stand on both sides."));
        }
        Ok(vec![Ruling::Identity(Identity { left, right, verdict })])
    };
    let settled = |record: String, attribute: String, slot, value| {
        if server.hub.model().attributes.find(&attribute).is_none() {
            return Err(invalid("The hub model has no such `attribute`."));
        }
        let record = key(server, &record)?;
        Ok(vec![Ruling::Value(Settled { record, attribute, slot, value })])
    };
    match decided {
        Same { left, right } => identity(left, right, Verdict::Same),
        Different { left, right } => identity(left, right, Verdict::Different),
        Related { left, right } => identity(left, right, Verdict::Related),
        Unsure { left, right } => identity(left, right, Verdict::Unsure),
        Pin { record, attribute, slot } => settled(record, attribute, slot, SettledValue::OfRecord),
        Clear { record, attribute, slot } => settled(record, attribute, slot, SettledValue::None),
        Correct { record, attribute, slot, value } => {
            within("value", &value, 1, VALUE_CHARACTERS_MAX)?;
            settled(record, attribute, slot, SettledValue::Text(value))
        }
        Lock { records } => Ok(vec![Ruling::Lock(keys(server, &records)?)]),
        Move { record, to } => moved(server, key(server, &record)?, to.as_deref()).await,
        Moved { record, from, to } => {
            let (from, to) = (keys_or_none(server, &from)?, keys_or_none(server, &to)?);
            Ok(vec![Ruling::Move { record: key(server, &record)?, from, to }])
        }
    }
}

/// A record leaves those that it is with, and goes to another entity or to none.
async fn moved(
    server: &Server,
    record: RecordKey,
    to: Option<&str>,
) -> Result<Vec<Ruling>, Box<Problem>> {
    let to: Option<EntityId> = to
        .map(|to| to.parse().map_err(|_| invalid("`to` must be the id of an entity.")))
        .transpose()?;
    let moved = record.clone();
    let found = server.ask(move |hub| {
        let from = hub.entity_of(&moved)?;
        let records = |id| -> Result<Option<Vec<RecordKey>>, _> {
            Ok(match hub.entity(id, AsOf::Now)? {
                EntityLookup::Found(entity) => Some(entity.records),
                _ => None,
            })
        };
        let with = from.map(records).transpose()?.flatten();
        let others = to.map(records).transpose()?;
        Ok((from, with, others))
    });
    let (from, with, others) = found.await?;
    let with = with.ok_or_else(|| Problem::new(ProblemKind::UnknownRecord))?;
    if from.is_some() && from == to {
        return Err(invalid("The record is with this entity already."));
    }
    let to = match others {
        None => Vec::new(),
        Some(others) => {
            others.ok_or_else(|| invalid("`to` must be the id of an entity of today."))?
        }
    };
    let from = with.into_iter().filter(|key| *key != record).collect();
    Ok(vec![Ruling::Move { record, from, to }])
}

fn keys_or_none(server: &Server, texts: &[String]) -> Result<Vec<RecordKey>, Box<Problem>> {
    if texts.is_empty() { Ok(Vec::new()) } else { keys(server, texts) }
}

fn keys(server: &Server, texts: &[String]) -> Result<Vec<RecordKey>, Box<Problem>> {
    if !(1..=RECORDS_MAX).contains(&texts.len()) {
        return Err(invalid(&format!("Name 1 to {RECORDS_MAX} records.")));
    }
    texts.iter().map(|text| key(server, text)).collect()
}

fn key(server: &Server, text: &str) -> Result<RecordKey, Box<Problem>> {
    let (source, id) = text.split_once('/').unwrap_or((text, ""));
    let model = server.hub.model();
    let known = model.sources.iter().find(|known| known.name.as_str() == source);
    let source = known.filter(|_| is_record_id(id));
    let source = source
        .ok_or_else(|| invalid("A record is named `source/id`, with a source of the hub model."))?;
    Ok(RecordKey::new(source.name.clone(), id))
}

/// Checks the length of a text of a body.
pub fn within(name: &str, text: &str, min: usize, max: usize) -> Result<(), Box<Problem>> {
    let is_text = (min..=max).contains(&text.chars().count()) && !text.contains('\0');
    let detail = || format!("`{name}` has {min} to {max} characters, none of them NUL.");
    if is_text { Ok(()) } else { Err(invalid(&detail())) }
}

fn invalid(detail: &str) -> Box<Problem> {
    Problem::with(ProblemKind::InvalidBody, detail)
}

impl From<&Ruling> for RulingBody {
    fn from(ruling: &Ruling) -> RulingBody {
        let names = |keys: &[RecordKey]| keys.iter().map(|key| key.to_string()).collect();
        match ruling {
            Ruling::Identity(identity) => {
                let (left, right) = (names(&identity.left), names(&identity.right));
                match identity.verdict {
                    Verdict::Same => RulingBody::Same { left, right },
                    Verdict::Different => RulingBody::Different { left, right },
                    Verdict::Related => RulingBody::Related { left, right },
                    Verdict::Unsure => RulingBody::Unsure { left, right },
                }
            }
            Ruling::Value(Settled { record, attribute, slot, value }) => {
                let (record, attribute, slot) = (record.to_string(), attribute.clone(), *slot);
                match value {
                    SettledValue::OfRecord => RulingBody::Pin { record, attribute, slot },
                    SettledValue::None => RulingBody::Clear { record, attribute, slot },
                    SettledValue::Text(value) => {
                        RulingBody::Correct { record, attribute, slot, value: value.clone() }
                    }
                }
            }
            Ruling::Move { record, from, to } => {
                RulingBody::Moved { record: record.to_string(), from: names(from), to: names(to) }
            }
            Ruling::Lock(records) => RulingBody::Lock { records: names(records) },
        }
    }
}

impl From<&DecisionView> for DecisionBody {
    fn from(view: &DecisionView) -> DecisionBody {
        let decision = &view.decision;
        DecisionBody {
            number: decision.no.0,
            decided: RulingBody::from(&decision.ruling),
            steward: decision.steward.clone(),
            at: written(decision.at),
            reason: decision.reason.clone(),
            counts: view.undone.is_none() && view.overruled_by.is_none(),
            undone: view.undone.as_ref().map(UndoneBody::from),
            overruled_by: view.overruled_by.map(|no| no.0),
        }
    }
}

impl From<&Undone> for UndoneBody {
    fn from(undone: &Undone) -> UndoneBody {
        UndoneBody {
            number: undone.no.0,
            steward: undone.steward.clone(),
            at: written(undone.at),
            reason: undone.reason.clone(),
        }
    }
}
