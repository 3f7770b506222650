//! `POST /v1/{type}/check`: the entry gate. Nothing is saved.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use karat_hub::entry::{kind_of, kinds_of};
use karat_hub::view::{
    EntryAction, EntryAnswer, EntryCheck, EntryFinding, EntryReason, Need, Probe, Understood,
};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::Day;
use karat_model::hub_model::HubModel;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent};
use super::candidates::{
    CandidateBody, EntityTypeName, bodies, entity_type_of, limit_of, probe_values,
};
use super::parameters::{Parameters, Place};
use super::problem::{Answer, Problem, ProblemKind};
use super::records::validity_name;
use super::shape::RepairBody;
use crate::access::{Caller, Permission};
use crate::serving::Server;

/// What was typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// Values by the names of attributes, or by the columns of `source` where that is named: texts,
    /// numbers or lists of them.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>,
        example = json!({"family_name": "Wit", "email": "sanne@gmial.com"}))]
    values: Box<RawValue>,
    /// The source whose columns these are.
    source: Option<String>,
    /// The kind of customer; without it nothing is asked for.
    #[schema(example = "lead")]
    kind: Option<String>,
    /// How many candidates are wanted: 1 to 50, 5 unless it is said.
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// What is said of what was typed.
#[derive(Serialize, ToSchema)]
pub struct EntryBody {
    /// What was understood.
    standardised: Vec<StandardisedBody>,
    /// What is wrong with what was typed.
    findings: Vec<EntryFindingBody>,
    /// What the kind of customer needs, and whether it is so.
    needs: Vec<NeedBody>,
    /// The attributes without a value that the kind asks for.
    missing: Vec<String>,
    /// Whether the customer is known already: `likely`, `possible` or `none`.
    duplicate: &'static str,
    /// The entities that may be meant, likeliest first; missing for whoever may not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<CandidateBody>>,
    /// What is to be done.
    decision: EntryDecisionBody,
}

/// A value that was understood.
#[derive(Serialize, ToSchema)]
pub struct StandardisedBody {
    /// The attribute.
    attribute: String,
    /// The standardised value.
    value: String,
    /// `valid`, `suspect` or `invalid`.
    validity: &'static str,
    /// The column, or the name of the attribute, under which it was typed.
    column: String,
}

/// Something that is wrong with what was typed.
#[derive(Serialize, ToSchema)]
pub struct EntryFindingBody {
    /// The stable name of the code of cleaning, or of the check, that found it.
    rule: String,
    /// `note`, `warning` or `error`.
    severity: &'static str,
    /// The dimension of quality that it lowers.
    dimension: &'static str,
    /// What is wrong.
    message: MessageBody,
    /// The attribute, if it is about one.
    attribute: Option<String>,
    /// The column, or the name of the attribute, under which the value was typed.
    column: Option<String>,
    /// What would mend it, if that is known; a person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    repair: Option<RepairBody>,
}

/// What people read.
#[derive(Serialize, ToSchema)]
pub struct MessageBody {
    /// In English.
    en: String,
    /// In Dutch.
    nl: String,
}

/// Something that the kind of customer needs.
#[derive(Serialize, ToSchema)]
pub struct NeedBody {
    /// The check.
    check: String,
    /// `pass`, `fail`, `not_applicable`, `unverified` or `error`.
    verdict: &'static str,
    /// What people read when it fails.
    message: MessageBody,
    /// The attributes of which it asks something.
    attributes: Vec<String>,
}

/// What is to be done with whom was typed in.
#[derive(Serialize, ToSchema)]
pub struct EntryDecisionBody {
    /// `accept`; `ask`: only with a reason; `refuse`.
    action: &'static str,
    /// The policy of the hub: `strict`, `soft` or `async`.
    policy: &'static str,
    /// Why it is not simply accepted.
    reasons: Vec<EntryReasonBody>,
    /// The codes of reasons to go on nevertheless, where one is asked for; any will do if there are
    /// none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_codes: Option<Vec<String>>,
}

/// Why a customer is not simply accepted.
#[derive(Serialize, ToSchema)]
pub struct EntryReasonBody {
    /// The check that fails, or `entry:duplicate`.
    rule: String,
    /// What people read.
    message: MessageBody,
}

impl MessageBody {
    fn of([en, nl]: &[String; 2]) -> MessageBody {
        MessageBody { en: en.clone(), nl: nl.clone() }
    }
}

impl EntryBody {
    /// What is said, with candidates for those who may know them.
    pub fn of(answer: &EntryAnswer, model: &HubModel, tells_candidates: bool) -> EntryBody {
        let name = |id: &AttributeId| model.attributes.get(*id).name.clone();
        let standardised = answer.understood.iter().map(|it: &Understood| StandardisedBody {
            attribute: name(&it.attribute),
            value: it.value.clone(),
            validity: validity_name(it.validity),
            column: it.column.clone(),
        });
        let findings = answer.findings.iter().map(|it: &EntryFinding| EntryFindingBody {
            rule: it.rule.to_string(),
            severity: it.severity.name(),
            dimension: it.dimension.name(),
            message: MessageBody::of(&it.message),
            attribute: it.attribute.as_ref().map(name),
            column: it.column.clone(),
            repair: it.repair.as_ref().map(RepairBody::from),
        });
        let needs = answer.needs.iter().map(|it: &Need| NeedBody {
            check: it.check.to_string(),
            verdict: it.verdict.name(),
            message: MessageBody::of(&it.message),
            attributes: it.attributes.iter().map(name).collect(),
        });
        let reasons = answer.decision.reasons.iter().map(|it: &EntryReason| EntryReasonBody {
            rule: it.rule.to_string(),
            message: MessageBody::of(&it.message),
        });
        EntryBody {
            standardised: standardised.collect(),
            findings: findings.collect(),
            needs: needs.collect(),
            missing: answer.missing.iter().map(name).collect(),
            duplicate: answer.duplicate.name(),
            candidates: tells_candidates.then(|| bodies(&answer.candidates, model)),
            decision: EntryDecisionBody {
                action: answer.decision.action.name(),
                policy: answer.decision.policy.name(),
                reasons: reasons.collect(),
                reason_codes: (answer.decision.action == EntryAction::Ask)
                    .then(|| model.entry.reason_codes.clone()),
            },
        }
    }
}

/// What is said of a customer that is typed in; nothing is saved. A key of role `form` is told
/// nothing of anybody else but how likely it is that the customer is known.
#[utoipa::path(
    post, path = "/v1/{type}/check", tag = "entry",
    params(("type" = EntityTypeName, Path, description = "`person` or `organisation`.")),
    request_body = CheckRequest,
    responses((status = 200, description = "What is right and wrong, and what is to be done.",
        body = EntryBody)),
)]
pub async fn ask(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Place(kind): Place<String>,
    request: Request,
) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let entity_type = entity_type_of(&kind)?;
    let Sent { body, .. } = sent(request, BODY_BYTES_MAX).await?;
    let asked: CheckRequest = body::read(&body)?;
    let model = server.hub.model();
    known_kind(&model, asked.kind.as_deref(), entity_type)?;
    let may_read = caller.role.may(Permission::Read);
    let check = EntryCheck {
        probe: Probe {
            entity_type,
            values: probe_values(&model, &asked.values, asked.source.as_deref())?,
        },
        kind: asked.kind,
        limit: limit_of(asked.limit)?,
        is_discreet: !may_read,
        today: Day::of((server.host.now)()),
    };
    let answer = server.ask(move |hub| hub.check_entry(&check)).await?;
    Ok(body::json(StatusCode::OK, &EntryBody::of(&answer, &model, may_read)))
}

/// Refuses a kind that the hub model does not have for customers of a type.
pub fn known_kind(
    model: &HubModel,
    kind: Option<&str>,
    entity_type: EntityType,
) -> Result<(), Box<Problem>> {
    let is_known = kind.is_none_or(|name| kind_of(model, name, entity_type).is_some());
    if is_known {
        return Ok(());
    }
    let kinds: Vec<String> =
        kinds_of(model, entity_type).map(|kind| format!("`{}`", kind.name)).collect();
    let detail = format!("The kinds of such customers are {}.", kinds.join(", "));
    Err(Problem::with(ProblemKind::UnknownKind, detail))
}
