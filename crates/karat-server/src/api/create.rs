//! `POST /v1/{type}`: a customer is typed in, and created if the gate lets it in.

use axum::Extension;
use axum::extract::{Request, State};
use karat_hub::view::{
    Change, ChangeRequest, Condition, Entry, EntryAction, EntryCheck, Overriding, Probe,
    ProbeValues, Refused,
};
use karat_model::check::Day;
use karat_model::id::RecordKey;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent};
use super::candidates::{EntityTypeName, entity_type_of};
use super::check::{EntryBody, known_kind};
use super::parameters::{Parameters, Repeatable, record_key};
use super::problem::{Answer, Problem, ProblemKind};
use super::records::{answer, kept_answer, upsert};
use super::repetition;
use super::shape::ChangeBody;
use crate::access::Caller;
use crate::serving::Server;

/// How many bytes of chance an id has that is made here.
const ID_BYTES: usize = 16;

/// A customer that is typed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntrySent {
    /// The source that its record is of.
    #[schema(example = "crm")]
    source: String,
    /// The id of the record in the source; made by chance if it is left out.
    id: Option<String>,
    /// The kind of customer; needed where the hub model has kinds.
    #[schema(example = "lead")]
    kind: Option<String>,
    /// When the source says it changed.
    #[schema(format = DateTime, example = "2026-01-31T12:00:00Z")]
    observed_at: Option<String>,
    /// The values by the columns of the source.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    values: Box<RawValue>,
    /// Why it is to be accepted, although it lacks something or is probably known already.
    #[serde(rename = "override")]
    overriding: Option<OverridingSent>,
}

/// Why a customer is to be accepted nevertheless.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverridingSent {
    /// A code of `entry: reason_codes` of the hub model.
    #[schema(example = "urgent")]
    reason_code: String,
    /// The reason in words.
    reason: String,
}

/// A customer is typed in: its record is made if the gate lets it in, under the policy of the hub
/// model.
#[utoipa::path(
    post, path = "/v1/{type}", tag = "entry",
    params(
        ("type" = EntityTypeName, Path, description = "`person` or `organisation`."),
        Repeatable,
    ),
    request_body = EntrySent,
    responses(
        (status = 201, description = "It is made.", body = ChangeBody),
        (status = 202, description = "It is made under the policy `async`, and what is wrong with \
            it is filed.", body = ChangeBody),
        (status = 404, description = "There is no such source."),
        (status = 412, description = "There is a record with this `id`."),
        (status = 422, description = "It is refused: what is wrong stands under `entry`."),
    ),
)]
pub async fn enter(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let path = request.uri().path().to_string();
    let entity_type = entity_type_of(path.trim_start_matches("/v1/"))?;
    let Sent { headers, body } = sent(request, BODY_BYTES_MAX).await?;
    let asked: EntrySent = body::read(&body)?;
    let model = server.hub.model();
    known_kind(&model, asked.kind.as_deref(), entity_type)?;
    let id = asked.id.unwrap_or_else(|| made_id(&server));
    let key: RecordKey = record_key(&server, &asked.source, &id)?;
    let source = key.source.clone();
    let change = upsert(key, asked.observed_at, &asked.values, Condition::Absent)?;
    let Change::Upsert { values, .. } = &change else {
        return Err(Problem::new(ProblemKind::Failed));
    };
    let check = EntryCheck {
        probe: Probe { entity_type, values: ProbeValues::Columns(source, values.clone()) },
        kind: asked.kind,
        limit: 0,
        is_discreet: false,
        today: Day::of((server.host.now)()),
    };
    let overriding =
        asked.overriding.map(|it| Overriding { reason_code: it.reason_code, reason: it.reason });
    let entry = Some(Entry { check, overriding, entered_by: caller.name.clone() });
    let asked: [&[u8]; 3] = [b"POST", path.as_bytes(), &body];
    let repetition = repetition::of(&headers, &caller, &asked, kept_answer)?;
    match server.change(ChangeRequest { repetition, entry, ..ChangeRequest::of(change) }).await {
        Ok(changed) => answer(changed),
        Err(Refused::Entry(refused)) => {
            let detail = match refused.decision.action {
                EntryAction::Ask => {
                    "Send it again with `override`: a `reason_code` and a `reason`."
                }
                _ => "Mend what is wrong, or use the customer who is known.",
            };
            Err(Problem::of_entry(&EntryBody::of(&refused, &model, false), detail))
        }
        Err(refused) => Err(refused.into()),
    }
}

/// An id that nobody can guess, and no other record has.
pub fn made_id(server: &Server) -> String {
    let mut bytes = [0; ID_BYTES];
    (server.host.chance)(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
