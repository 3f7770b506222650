//! `/v1/diff`: what became of entities between two moments, all events taken together.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use karat_hub::view::{AsOf, EntityDiff, EventNo, ExplainedDiff, Origin};
use karat_model::hub_model::SurvivorshipRule;
use karat_model::id::RecordKey;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::cursor;
use super::parameters::{
    Between, ENTRIES_MAX, ENTRIES_USUAL, Issued, Page, Parameters, Place, entity_id,
};
use super::problem::{Answer, Problem, ProblemKind};
use super::shape::{EntityBody, KeyBody};
use crate::serving::Server;

/// A page of entities of which something is otherwise.
#[derive(Serialize, ToSchema)]
pub struct DiffBody {
    /// The event after which it begins.
    from: u64,
    /// The last event that counts.
    to: u64,
    /// The entities, in the order in which they were first touched; there may be fewer on a page
    /// than its limit.
    entities: Vec<EntityDiffBody>,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// What became of an entity.
#[derive(Serialize, ToSchema)]
pub struct EntityDiffBody {
    /// The id of the entity.
    entity: String,
    /// What all events together come to: `created`, `updated`, `merged`, `split` or `deleted`;
    /// missing when it is as it was.
    kind: Option<&'static str>,
    /// The entity that it went into, or that its records came from.
    other: Option<String>,
    /// The attributes with other values than then.
    values: BTreeMap<String, ValuesDiff>,
    /// The records that came to it.
    records_added: Vec<KeyBody>,
    /// The records that are no longer with it.
    records_removed: Vec<KeyBody>,
    /// The entity then; missing when there was none.
    before: Option<EntityBody>,
    /// The entity afterwards; missing when there is none.
    after: Option<EntityBody>,
}

/// The values of an attribute at two moments, best first.
#[derive(Serialize, ToSchema)]
pub struct ValuesDiff {
    /// Then.
    before: Vec<String>,
    /// Afterwards.
    after: Vec<String>,
}

/// What became of an entity, with where its values came from.
#[derive(Serialize, ToSchema)]
pub struct ExplainedDiffBody {
    #[serde(flatten)]
    diff: EntityDiffBody,
    /// Where the values of the attributes that have others came from.
    origins: BTreeMap<String, OriginsDiff>,
    /// Why it is not known where they came from; missing when it is.
    not_kept: Option<NotKeptBody>,
}

/// Where the values of an attribute came from at two moments, best first.
#[derive(Serialize, ToSchema)]
pub struct OriginsDiff {
    /// Then.
    before: Vec<OriginBody>,
    /// Afterwards.
    after: Vec<OriginBody>,
}

/// Where a value came from.
#[derive(Serialize, ToSchema)]
pub struct OriginBody {
    /// The value; missing when a steward decided that nothing is shown.
    value: Option<String>,
    /// The record whose claim won, or that the value of a steward goes with.
    record: Option<KeyBody>,
    /// The rule that decided; missing when all claims agreed.
    rule: Option<&'static str>,
    /// The number of the steward's decision, if one decided.
    decision: Option<u64>,
}

/// Why it is not known where values came from.
#[derive(Serialize, ToSchema)]
pub struct NotKeptBody {
    /// Those of then; missing when it is known.
    before: Option<String>,
    /// Those of afterwards; missing when it is known.
    after: Option<String>,
}

/// What became of entities between two moments; one that was changed back is not listed.
#[utoipa::path(
    get, path = "/v1/diff", tag = "entities",
    description = "On the pages that a `cursor` leads to, `from` and `to` count as on the first.",
    params(
        Between,
        Page,
    ),
    responses((status = 200, description = "A page of entities.", body = DiffBody)),
)]
pub async fn list(State(server): State<Server>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["from", "to", "limit", "cursor"])?;
    let (from, to) = between(&parameters)?;
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let reached = parameters.text("cursor").map(read_cursor).transpose()?;
    let page = server.ask(move |hub| match reached {
        Some([from, to, after]) => hub.diff(AsOf::Event(from), AsOf::Event(to), Some(after), limit),
        None => hub.diff(from, to, None, limit),
    });
    let page = page.await?;
    if page.to < page.from {
        return Err(backwards());
    }
    let body = DiffBody {
        from: page.from.0,
        to: page.to.0,
        entities: page.entities.iter().map(EntityDiffBody::from).collect(),
        next: page.next.map(|after| written_cursor([page.from, page.to, after])),
    };
    Ok(body::json(StatusCode::OK, &body))
}

/// What became of an entity between two moments, and where its values came from then and afterwards.
#[utoipa::path(
    get, path = "/v1/entities/{id}/diff", tag = "entities",
    params(
        Issued,
        Between,
    ),
    responses(
        (status = 200, description = "The entity then and afterwards.", body = ExplainedDiffBody),
        (status = 404, description = "No entity had this id by then."),
    ),
)]
pub async fn of_entity(State(server): State<Server>, Place(id): Place<String>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["from", "to"])?;
    let (from, to) = between(&parameters)?;
    let id = entity_id(&id)?;
    let asked = server.ask(move |hub| hub.entity_diff(id, from, to)).await?;
    let diff = asked.ok_or_else(|| Problem::new(ProblemKind::UnknownEntity))?;
    Ok(body::json(StatusCode::OK, &ExplainedDiffBody::from(&diff)))
}

/// The two moments that are asked for.
fn between(parameters: &Parameters) -> Result<(AsOf, AsOf), Box<Problem>> {
    let from = parameters.as_of("from")?.ok_or_else(|| {
        let detail = "`from` is asked for: the number of an event, or a moment.";
        Problem::with(ProblemKind::BadParameter, detail)
    })?;
    let to = parameters.as_of("to")?.unwrap_or_default();
    let is_backwards = match (from, to) {
        (AsOf::Event(from), AsOf::Event(to)) => to < from,
        (AsOf::Moment(from), AsOf::Moment(to)) => to < from,
        _ => false,
    };
    if is_backwards { Err(backwards()) } else { Ok((from, to)) }
}

fn backwards() -> Box<Problem> {
    Problem::with(ProblemKind::BadParameter, "`to` must not lie before `from`.")
}

fn written_cursor(places: [EventNo; 3]) -> String {
    cursor::written(&places.map(|place| place.0.to_string()).join("."))
}

fn read_cursor(text: &str) -> Result<[EventNo; 3], Box<Problem>> {
    let place = cursor::read(text)?;
    let numbers: Option<Vec<EventNo>> =
        place.split('.').map(|number| number.parse().ok().map(EventNo)).collect();
    let places = numbers.and_then(|numbers| numbers.try_into().ok());
    let of_another = || Problem::with(ProblemKind::BadParameter, "`cursor` is of another list.");
    places.ok_or_else(of_another)
}

impl From<&ExplainedDiff> for ExplainedDiffBody {
    fn from(explained: &ExplainedDiff) -> ExplainedDiffBody {
        let origins = explained.origins().into_iter().map(|(name, sides)| {
            let [before, after] = sides.map(|side| side.iter().map(OriginBody::from).collect());
            (name.to_string(), OriginsDiff { before, after })
        });
        let [before, after] = explained.not_kept().map(|why| why.map(|why| why.to_string()));
        let is_any = before.is_some() || after.is_some();
        ExplainedDiffBody {
            diff: EntityDiffBody::from(&explained.diff),
            origins: origins.collect(),
            not_kept: is_any.then_some(NotKeptBody { before, after }),
        }
    }
}

impl From<&Origin> for OriginBody {
    fn from(origin: &Origin) -> OriginBody {
        OriginBody {
            value: origin.value.clone(),
            record: origin.record.as_ref().map(KeyBody::from),
            rule: origin.rule.map(SurvivorshipRule::name),
            decision: origin.decision.map(|decision| decision.0),
        }
    }
}

impl From<&EntityDiff> for EntityDiffBody {
    fn from(diff: &EntityDiff) -> EntityDiffBody {
        let keys = |keys: &[&RecordKey]| keys.iter().map(|key| KeyBody::from(*key)).collect();
        let [removed, added] = diff.records();
        let values = diff.values().into_iter().map(|(name, sides)| {
            let [before, after] = sides.map(<[String]>::to_vec);
            (name.to_string(), ValuesDiff { before, after })
        });
        EntityDiffBody {
            entity: diff.id.to_string(),
            kind: diff.kind.map(|kind| kind.name()),
            other: diff.other.map(|id| id.to_string()),
            values: values.collect(),
            records_added: keys(&added),
            records_removed: keys(&removed),
            before: diff.before.as_ref().map(EntityBody::from),
            after: diff.after.as_ref().map(EntityBody::from),
        }
    }
}
