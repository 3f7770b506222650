//! `/v1/confirmations`: what people found out of values of records, and undo.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::{StatusCode, Uri};
use karat_hub::share::moment::written;
use karat_hub::view::{Change, ChangeRequest, Changed, ConfirmationView};
use karat_model::confirmation::{ConfirmationKind, ConfirmationNo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent};
use super::decisions::{REASON_CHARACTERS_MAX, UndoRequest, within};
use super::parameters::{Parameters, Place, RecordPlace, Repeatable, record_key, whole};
use super::problem::{Answer, Problem, ProblemKind};
use super::records::{answer, kept_answer};
use super::repetition;
use super::shape::ChangeBody;
use crate::access::Caller;
use crate::serving::Server;

const NAME_CHARACTERS_MAX: usize = 200;
const VALUE_CHARACTERS_MAX: usize = 2000;

/// What was found out of a value that a record has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationRequest {
    /// The name of the attribute, or `address` for all parts of an address.
    #[schema(example = "email", max_length = 200)]
    attribute: String,
    /// The standardised value that is meant; needed where the record has several.
    #[schema(max_length = 2000)]
    value: Option<String>,
    /// How it was found out.
    found: ConfirmedByBody,
    /// Why, or more about it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

/// How it was found out whether a value is so.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedByBody {
    /// The customer says that it is so.
    Customer,
    /// A letter came back: of parts of an address.
    MailReturned,
    /// A message could not be delivered: of an e-mail address.
    Bounced,
    /// Somebody else answers, or nobody ever does: of a phone number.
    WrongNumber,
}

impl From<ConfirmedByBody> for ConfirmationKind {
    fn from(found: ConfirmedByBody) -> ConfirmationKind {
        match found {
            ConfirmedByBody::Customer => ConfirmationKind::Customer,
            ConfirmedByBody::MailReturned => ConfirmationKind::MailReturned,
            ConfirmedByBody::Bounced => ConfirmationKind::Bounced,
            ConfirmedByBody::WrongNumber => ConfirmationKind::WrongNumber,
        }
    }
}

impl From<ConfirmationKind> for ConfirmedByBody {
    fn from(kind: ConfirmationKind) -> ConfirmedByBody {
        match kind {
            ConfirmationKind::Customer => ConfirmedByBody::Customer,
            ConfirmationKind::MailReturned => ConfirmedByBody::MailReturned,
            ConfirmationKind::Bounced => ConfirmedByBody::Bounced,
            ConfirmationKind::WrongNumber => ConfirmedByBody::WrongNumber,
        }
    }
}

/// What was found out of values of a record.
#[derive(Serialize, ToSchema)]
pub struct ConfirmationsBody {
    /// The confirmations, in the order in which they were made.
    confirmations: Vec<ConfirmationBody>,
}

/// A confirmation.
#[derive(Serialize, ToSchema)]
pub struct ConfirmationBody {
    /// Its number.
    number: u64,
    /// The attribute.
    attribute: String,
    /// How it was found out.
    found: ConfirmedByBody,
    /// Whether it says that the value is so.
    is_so: bool,
    /// Whether it counts: it was not undone, and the record still has the value.
    counts: bool,
    /// Who says so: the name of an account or a key.
    steward: String,
    /// When.
    at: Option<String>,
    /// Why, or more about it.
    reason: String,
    /// How it was undone.
    undone: Option<WithdrawnBody>,
}

/// How a confirmation was undone.
#[derive(Serialize, ToSchema)]
pub struct WithdrawnBody {
    /// Who undid it.
    steward: String,
    /// When.
    at: Option<String>,
    /// Why.
    reason: String,
}

impl From<&ConfirmationView> for ConfirmationBody {
    fn from(view: &ConfirmationView) -> ConfirmationBody {
        let ConfirmationView { confirmation, undone, is_of_now } = view;
        let withdrawn = undone.as_ref().map(|undone| WithdrawnBody {
            steward: undone.steward.clone(),
            at: written(undone.at),
            reason: undone.reason.clone(),
        });
        ConfirmationBody {
            number: confirmation.no.0,
            attribute: confirmation.attribute.clone(),
            found: confirmation.kind.into(),
            is_so: confirmation.kind.is_so(),
            counts: *is_of_now && undone.is_none(),
            steward: confirmation.steward.clone(),
            at: written(confirmation.at),
            reason: confirmation.reason.clone(),
            undone: withdrawn,
        }
    }
}

/// A confirmation as the API tells it.
pub fn confirmation_json(view: &ConfirmationView) -> serde_json::Value {
    serde_json::to_value(ConfirmationBody::from(view)).expect("numbers and texts become JSON")
}

/// What was found out of values of a record; the values themselves are not kept with it.
#[utoipa::path(
    get, path = "/v1/sources/{source}/records/{id}/confirmations", tag = "quality",
    params(RecordPlace),
    responses(
        (status = 200, description = "The confirmations.", body = ConfirmationsBody),
        (status = 404, description = "There never was such a record."),
    ),
)]
pub async fn list(
    State(server): State<Server>,
    Place((source, id)): Place<(String, String)>,
    uri: Uri,
) -> Answer {
    Parameters::of(&uri, &[])?;
    let key = record_key(&server, &source, &id)?;
    let found = server.ask(move |hub| hub.confirmations(&key)).await?;
    let found = found.ok_or_else(|| Problem::new(ProblemKind::UnknownRecord))?;
    let confirmations = found.iter().map(ConfirmationBody::from).collect();
    Ok(body::json(StatusCode::OK, &ConfirmationsBody { confirmations }))
}

/// Somebody found out whether a value of a record is so; what is judged of it is another at once.
#[utoipa::path(
    post, path = "/v1/sources/{source}/records/{id}/confirmations", tag = "quality",
    params(RecordPlace, Repeatable),
    request_body = ConfirmationRequest,
    responses(
        (status = 201, description = "It is kept, and judged.", body = ChangeBody,
            headers(("Location" = String, description = "The confirmations of the record."))),
        (status = 404, description = "There is no such record."),
        (status = 409, description = "Nothing was judged yet: publish the hub first."),
    ),
)]
pub async fn confirm(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place((source, id)): Place<(String, String)>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let path = request.uri().path().to_string();
    let key = record_key(&server, &source, &id)?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let asked: ConfirmationRequest = body::read(&body)?;
    within("attribute", &asked.attribute, 1, NAME_CHARACTERS_MAX)?;
    within("value", asked.value.as_deref().unwrap_or("-"), 1, VALUE_CHARACTERS_MAX)?;
    within("reason", &asked.reason, 0, REASON_CHARACTERS_MAX)?;
    let record = key.to_string();
    let parts: [&[u8]; 3] = [b"POST confirmations", record.as_bytes(), &body];
    let repetition = repetition::of(&headers, &caller, &parts, kept_answer)?;
    let ConfirmationRequest { attribute, value, found, reason } = asked;
    let (kind, steward) = (found.into(), caller.name);
    let change = Change::Confirm { key, attribute, value, kind, steward, reason };
    let changed = server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?;
    let is_now = matches!(changed, Changed::Now(_));
    let mut response = answer(changed)?;
    if let (true, Ok(location)) = (is_now, HeaderValue::from_str(&path)) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Somebody undoes a confirmation, which stays in the journal and no longer counts.
#[utoipa::path(
    post, path = "/v1/confirmations/{number}/undo", tag = "quality",
    params(
        ("number" = u64, Path, description = "The number of the confirmation."),
        Repeatable,
    ),
    request_body = UndoRequest,
    responses(
        (status = 200, description = "It is undone.", body = ChangeBody),
        (status = 404, description = "There is no such confirmation."),
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
    let confirmation = whole(&number).map(ConfirmationNo);
    let confirmation =
        confirmation.ok_or_else(|| Problem::new(ProblemKind::UnknownConfirmation))?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let UndoRequest { reason } = body::read(&body)?;
    within("reason", &reason, 0, REASON_CHARACTERS_MAX)?;
    let asked: [&[u8]; 3] = [b"POST undo confirmation", number.as_bytes(), &body];
    let repetition = repetition::of(&headers, &caller, &asked, kept_answer)?;
    let change = Change::Withdraw { confirmation, steward: caller.name, reason };
    answer(server.change(ChangeRequest { repetition, ..ChangeRequest::of(change) }).await?)
}
