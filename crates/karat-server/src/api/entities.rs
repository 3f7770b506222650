//! `/v1/entities`: customers, found and looked up, now and as they were.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, HeaderValue, LOCATION};
use axum::http::{StatusCode, Uri};
use karat_hub::share::moment::written;
use karat_hub::view::{
    Addressing, AsOf, BagParts, CustomerLookup, EntityLookup, EntityView, EventNo,
    HouseNumberSuffix, Lineage, LineageLookup, MailAddress, NotKept, Part, PartLookup, RecordView,
    SearchPage, phone_type_of,
};
use karat_model::attribute::AttributeId;
use karat_model::golden::{ClaimSource, GoldenValue, Loser};
use karat_model::hub_model::{HubModel, SurvivorshipRule};
use karat_model::id::EntityId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, BODY_BYTES_MAX, Sent, sent, version_of, versioned};
use super::cursor;
use super::events::EVENT_MAX;
use super::parameters::{
    ENTRIES_MAX, ENTRIES_USUAL, Issued, PAIRS_MAX, PAIRS_USUAL, Page, PageOfPairs, Parameters,
    Place, QUERY_CHARACTERS_MAX, entity_id, record_key,
};
use super::problem::{Answer, Problem, ProblemKind};
use super::records::RecordBody;
use super::shape::{EntityBody, EventBody, KeyBody, PairBody, SummaryBody};
use crate::serving::Server;

/// Entities that were found.
#[derive(Serialize, ToSchema)]
pub struct FoundBody {
    /// The entities, the best first.
    entities: Vec<SummaryBody>,
    /// How many there are on all pages.
    total: u64,
    /// Whether more fit than were looked for.
    is_cut: bool,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// An entity, how a person is written to, and where mail is sent.
#[derive(Serialize, ToSchema)]
pub struct AddressedBody {
    #[serde(flatten)]
    entity: EntityBody,
    /// How the person is written to; missing for an organisation, and where no name is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    addressing: Option<AddressingBody>,
    /// The address as it is printed on mail; missing where no street is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_address: Option<MailAddressBody>,
    /// The type of each of its phone numbers, such as `mobile`, `fixed`, `company` or `service`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    phone_types: BTreeMap<String, &'static str>,
}

impl AddressedBody {
    fn of(entity: &EntityView, model: &HubModel) -> AddressedBody {
        let EntityView { entity_type, values, .. } = entity;
        let addressing = Addressing::of_values(*entity_type, values, &model.attributes);
        let addressing = addressing.map(AddressingBody::from);
        let mail_address = MailAddress::of_values(values, model).map(MailAddressBody::from);
        let phones = values.get(&model.attributes.get(AttributeId::PHONE).name);
        let typed = |number: &String| (number.clone(), phone_type_of(number).name());
        let phone_types = phones.into_iter().flatten().map(typed).collect();
        let entity = EntityBody::from(entity);
        AddressedBody { entity, addressing, mail_address, phone_types }
    }
}

/// How a person is written to, and found in a list.
#[derive(Serialize, ToSchema)]
pub struct AddressingBody {
    /// The name on an envelope, with titles and initials.
    #[schema(example = "mr. S.M. van den Berg-de Wit")]
    written_name: String,
    /// How a letter opens.
    salutation: SalutationBody,
    /// Where the name stands in an alphabetical list.
    sort_key: SortKeyBody,
}

/// How a letter opens.
#[derive(Serialize, ToSchema)]
pub struct SalutationBody {
    /// In English.
    #[schema(example = "Dear Ms Van den Berg-de Wit")]
    en: String,
    /// In Dutch.
    #[schema(example = "Geachte mevrouw Van den Berg-de Wit")]
    nl: String,
}

/// Where a name stands in an alphabetical list.
#[derive(Serialize, ToSchema)]
pub struct SortKeyBody {
    /// Without its prefix, as in the Netherlands.
    #[schema(example = "Berg-de Wit, S.M. van den")]
    without_prefix: String,
    /// With its prefix, as in Belgium.
    #[schema(example = "Van den Berg-de Wit, S.M.")]
    with_prefix: String,
}

impl From<Addressing> for AddressingBody {
    fn from(addressing: Addressing) -> AddressingBody {
        let [en, nl] = addressing.salutation;
        AddressingBody {
            written_name: addressing.written_name,
            salutation: SalutationBody { en, nl },
            sort_key: SortKeyBody {
                without_prefix: addressing.sort_key_without_prefix,
                with_prefix: addressing.sort_key_with_prefix,
            },
        }
    }
}

/// An address as it is printed on mail.
#[derive(Serialize, ToSchema)]
pub struct MailAddressBody {
    /// What it leads to: `street`, `post_office_box`, `reply_number` or `care_of`.
    #[schema(example = "street")]
    kind: &'static str,
    /// Whether a parcel can be delivered there: not at a box and not at a reply number.
    takes_parcels: bool,
    /// The lines below the name. Two spaces stand before a Dutch city, as PostNL asks.
    #[schema(example = json!(["Kerkstraat 12 A-3", "1234 AB  UTRECHT"]))]
    lines: Vec<String>,
    /// The address as the Dutch register of addresses and buildings (BAG) has it; missing where
    /// it could not have it, as for a box or another country. No register was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    bag: Option<BagPartsBody>,
}

/// The parts of a Dutch address in the register of addresses and buildings (BAG).
#[derive(Serialize, ToSchema)]
pub struct BagPartsBody {
    /// The name of the street.
    #[schema(example = "Burgemeester van Reenenlaan")]
    street: String,
    /// The name in at most 24 characters, if its words can be abbreviated so far (NEN 5825).
    #[schema(example = "Burg van Reenenlaan")]
    short_name: Option<String>,
    /// The house number, 1 to 99999.
    #[schema(example = 12)]
    house_number: u32,
    /// `to` for opposite the number, `by` for beside it.
    indication: Option<&'static str>,
    /// The house letter.
    #[schema(value_type = Option<String>, example = "A")]
    letter: Option<char>,
    /// The addition, at most four letters and digits.
    #[schema(example = "3")]
    addition: Option<String>,
    /// The postal code, without its space.
    #[schema(example = "1234AB")]
    postcode: Option<String>,
    /// The city.
    #[schema(example = "Utrecht")]
    city: Option<String>,
}

impl From<MailAddress> for MailAddressBody {
    fn from(address: MailAddress) -> MailAddressBody {
        MailAddressBody {
            kind: address.kind.name(),
            takes_parcels: address.kind.takes_parcels(),
            lines: address.lines,
            bag: address.bag_parts.map(BagPartsBody::from),
        }
    }
}

impl From<BagParts> for BagPartsBody {
    fn from(parts: BagParts) -> BagPartsBody {
        let BagParts { street, short_name, house_number, suffix, postcode, city } = parts;
        let HouseNumberSuffix { indication, letter, addition } = suffix;
        BagPartsBody {
            street,
            short_name,
            house_number,
            indication,
            letter,
            addition,
            postcode,
            city,
        }
    }
}

/// What is searched for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// Words of names and addresses, numbers, e-mail addresses, ids; typos are forgiven.
    #[schema(min_length = 1, max_length = 200, example = "sane de wit utrecht")]
    q: String,
    /// The cursor of a further page.
    #[schema(pattern = "^([0-9a-f]{2}){5,}$")]
    cursor: Option<String>,
}

/// What became of an entity id.
#[derive(Serialize, ToSchema)]
pub struct MovedBody {
    /// The id that was asked for.
    id: String,
    /// The entity that has its records now.
    moved_to: String,
}

/// A page of the records of an entity.
#[derive(Serialize, ToSchema)]
pub struct RecordsBody {
    /// The records, in order of their keys.
    records: Vec<RecordBody>,
    /// How many there are on all pages.
    total: u64,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// A page of what happened to an entity.
#[derive(Serialize, ToSchema)]
pub struct HistoryBody {
    /// The events, in order, with the entity before and after each.
    events: Vec<EventBody>,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// A page of other entities that may be the same.
#[derive(Serialize, ToSchema)]
pub struct NearbyBody {
    /// The others, likeliest first.
    potential_matches: Vec<NearbyEntity>,
    /// How many there are on all pages.
    total: u64,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// Another entity that may be the same.
#[derive(Serialize, ToSchema)]
pub struct NearbyEntity {
    /// The other entity.
    entity: SummaryBody,
    /// The pair of records that makes it likely; the left one is of this entity.
    pair: PairBody,
    /// Why the two are not joined though their records would be, if that waits for a steward.
    held: Option<String>,
}

/// Where the values of a golden record came from.
#[derive(Serialize, ToSchema)]
pub struct LineageBody {
    /// The id of the entity.
    id: String,
    /// The last event by then.
    event: u64,
    /// The values.
    values: Vec<LineageValue>,
    /// The attributes of which a steward decided that they show nothing.
    withheld: Vec<WithheldBody>,
}

/// One value of a golden record and where it came from.
#[derive(Serialize, ToSchema)]
pub struct LineageValue {
    /// The attribute.
    attribute: String,
    /// 0 for the best.
    rank: u8,
    /// The value.
    value: String,
    /// The claim that won.
    winner: ClaimFrom,
    /// Other claims of the same value.
    supporters: Vec<ClaimFrom>,
    /// Claims of other values, best first.
    losers: Vec<LoserBody>,
    /// The rule that decided; missing when all claims agree.
    rule: Option<&'static str>,
    /// The number of the steward's decision that it shows, if one did.
    decision: Option<u64>,
}

/// An attribute of which a steward decided that it shows nothing.
#[derive(Serialize, ToSchema)]
pub struct WithheldBody {
    /// The attribute.
    attribute: String,
    /// The number of the decision.
    decision: u64,
    /// The claims that are not shown.
    losers: Vec<LoserBody>,
}

/// Where a claim came from.
#[derive(Serialize, ToSchema)]
pub struct ClaimFrom {
    /// The record.
    record: KeyBody,
    /// When its source said so.
    observed_at: Option<String>,
}

/// A claim that did not make it into the golden record.
#[derive(Serialize, ToSchema)]
pub struct LoserBody {
    /// The value.
    value: String,
    /// Where it came from.
    source: ClaimFrom,
    /// The rule by which it lost; missing when only the order of keys decided.
    rule: Option<&'static str>,
}

/// Entities by a query, by an identifier, or by the key of a record.
#[utoipa::path(
    get, path = "/v1/entities", tag = "entities",
    params(
        ("q" = Option<String>, Query, min_length = 1, max_length = 200,
            description = "Words to search for; typos are forgiven. As addresses are written down \
                on the way, rather send names by `POST /v1/entities/search`."),
        ("identifier" = Option<String>, Query, min_length = 1, max_length = 200,
            description = "An e-mail address, a phone number with its country code, an IBAN, a \
                number of a register, or the id of a record in any source."),
        ("source" = Option<String>, Query, description = "With `id`: the source of a record."),
        ("id" = Option<String>, Query, description = "With `source`: the id of the record there."),
        ("cursor" = Option<String>, Query, pattern = "^([0-9a-f]{2}){5,}$",
            description = "With `q`: the next page."),
    ),
    responses((status = 200, description = "The entities that were found.", body = FoundBody)),
)]
pub async fn find(State(server): State<Server>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["q", "identifier", "source", "id", "cursor"])?;
    let [query, identifier, source, id, page] =
        ["q", "identifier", "source", "id", "cursor"].map(|name| parameters.text(name));
    match (query, identifier, source, id) {
        (Some(query), None, None, None) => found(&server, query, page).await,
        (None, Some(identifier), None, None) if page.is_none() => {
            let identifier = within_limit(identifier)?.to_string();
            let found = server.ask(move |hub| hub.identified(&identifier)).await?;
            Ok(body::json(StatusCode::OK, &all_of(&server, &found)))
        }
        (None, None, Some(source), Some(id)) if page.is_none() => {
            let key = record_key(&server, source, id)?;
            let found = server.ask(move |hub| {
                let Some(id) = hub.entity_of(&key)? else { return Ok(None) };
                Ok(match hub.customer(id)? {
                    CustomerLookup::Found(customer) => Some(customer.summary),
                    _ => None,
                })
            });
            let found: Vec<_> = found.await?.into_iter().collect();
            Ok(body::json(StatusCode::OK, &all_of(&server, &found)))
        }
        _ => {
            let detail =
                "Ask by `q`, which may have a `cursor`, by `identifier`, or by `source` and `id`.";
            Err(Problem::with(ProblemKind::BadParameter, detail))
        }
    }
}

/// Entities by a query that does not stand in the address.
#[utoipa::path(
    post, path = "/v1/entities/search", tag = "entities",
    request_body = SearchRequest,
    responses((status = 200, description = "The entities that were found.", body = FoundBody)),
)]
pub async fn search(State(server): State<Server>, request: Request) -> Answer {
    Parameters::of(request.uri(), &[])?;
    let Sent { body, .. } = sent(request, BODY_BYTES_MAX).await?;
    let asked: SearchRequest = body::read(&body)?;
    let in_body = |problem: Box<Problem>| {
        // In a body it is no parameter that is wrong.
        let is_asked_wrongly = problem.status() == StatusCode::BAD_REQUEST;
        let invalid = || Problem::with(ProblemKind::InvalidBody, problem.detail_text());
        if is_asked_wrongly { invalid() } else { problem }
    };
    found(&server, &asked.q, asked.cursor.as_deref()).await.map_err(in_body)
}

async fn found(server: &Server, query: &str, page: Option<&str>) -> Answer {
    let query = within_limit(query)?.to_string();
    let page = cursor::number(page)?.map_or(1, |page| u32::try_from(page).unwrap_or(u32::MAX));
    let SearchPage { hits, total, page, pages, is_cut } =
        server.ask(move |hub| hub.search(&query, page)).await?;
    let model = server.hub.model();
    let entities = hits.iter().map(|hit| SummaryBody::of(&hit.customer, &model)).collect();
    let next = (page < pages).then(|| cursor::written(&(page + 1).to_string()));
    Ok(body::json(StatusCode::OK, &FoundBody { entities, total, is_cut, next }))
}

fn within_limit(text: &str) -> Result<&str, Box<Problem>> {
    let asked = text.trim();
    if !asked.is_empty() && text.chars().count() <= QUERY_CHARACTERS_MAX {
        return Ok(asked);
    }
    let detail = format!("What is searched for has 1 to {QUERY_CHARACTERS_MAX} characters.");
    Err(Problem::with(ProblemKind::BadParameter, detail))
}

fn all_of(server: &Server, found: &[karat_hub::view::CustomerSummary]) -> FoundBody {
    let model = server.hub.model();
    let entities = found.iter().map(|summary| SummaryBody::of(summary, &model)).collect();
    FoundBody { entities, total: found.len() as u64, is_cut: false, next: None }
}

/// An entity, now or as it was, by any id that was ever issued.
#[utoipa::path(
    get, path = "/v1/entities/{id}", tag = "entities",
    params(
        Issued,
        ("as_of" = Option<String>, Query, pattern = "^[0-9]+$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+",
            description = "The number of an event, or a moment such as `2026-01-31T12:00:00Z`."),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known."),
    ),
    responses(
        (status = 200, description = "The entity.", body = AddressedBody,
            headers(("ETag" = String, description = "The version of the entity."))),
        (status = 304, description = "It is as the ETag says."),
        (status = 307, description = "Its records are with another entity, which `Location` names.",
            body = MovedBody),
        (status = 404, description = "No entity ever had this id."),
        (status = 410, description = "All its records were deleted."),
    ),
)]
pub async fn show(
    State(server): State<Server>,
    Place(id): Place<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let parameters = Parameters::of(&uri, &["as_of"])?;
    let as_of = parameters.as_of("as_of")?.unwrap_or_default();
    let id = entity_id(&id)?;
    let entity = match looked_up(&server, id, as_of).await? {
        Ok(entity) => entity,
        Err(to) => return Ok(moved(id, to, "", uri.query())),
    };
    let body = AddressedBody::of(&entity, &server.hub.model());
    Ok(versioned(&headers, &version_of(&body), &body))
}

/// The records of an entity, as they came and as they were understood.
#[utoipa::path(
    get, path = "/v1/entities/{id}/records", tag = "entities",
    params(Issued, Page),
    responses(
        (status = 200, description = "The records.", body = RecordsBody),
        (status = 307, description = "They are with another entity.", body = MovedBody),
        (status = 404, description = "No entity ever had this id."),
        (status = 410, description = "All its records were deleted."),
    ),
)]
pub async fn records(State(server): State<Server>, Place(id): Place<String>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["limit", "cursor"])?;
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let skipped = parameters.skipped()?;
    let id = entity_id(&id)?;
    let found = server.ask(move |hub| hub.records_of(id, skipped, limit)).await?;
    let Part { items, total } = match part(found)? {
        Ok(part) => part,
        Err(to) => return Ok(moved(id, to, "/records", uri.query())),
    };
    let next = next_page(skipped, limit, total);
    let model = server.hub.model();
    let record = |detail| RecordBody::of(&RecordView { detail, entity: Some(id) }, &model);
    let records = items.into_iter().map(record).collect();
    Ok(body::json(StatusCode::OK, &RecordsBody { records, total, next }))
}

/// Which claim of which record won, for every value of an entity, and which others lost, now or as
/// it was.
#[utoipa::path(
    get, path = "/v1/entities/{id}/lineage", tag = "entities",
    params(
        Issued,
        ("as_of" = Option<String>, Query, pattern = "^[0-9]+$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+",
            description = "The number of an event, or a moment such as `2026-01-31T12:00:00Z`."),
    ),
    responses(
        (status = 200, description = "The lineage of every value.", body = LineageBody),
        (status = 307, description = "Its records are with another entity.", body = MovedBody),
        (status = 404, description = "No entity ever had this id; or where its values came from \
            was not kept then."),
        (status = 410, description = "All its records were deleted."),
    ),
)]
pub async fn lineage(State(server): State<Server>, Place(id): Place<String>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["as_of"])?;
    let as_of = parameters.as_of("as_of")?.unwrap_or_default();
    let id = entity_id(&id)?;
    let lineage = match server.ask(move |hub| hub.lineage(id, as_of)).await? {
        LineageLookup::Found(lineage) => lineage,
        LineageLookup::MovedTo(to) => return Ok(moved(id, to, "/lineage", uri.query())),
        LineageLookup::Deleted => return Err(Problem::new(ProblemKind::DeletedEntity)),
        LineageLookup::Unknown => return Err(Problem::new(ProblemKind::UnknownEntity)),
        LineageLookup::NotKept(why) => return Err(not_kept(why)),
    };
    Ok(body::json(StatusCode::OK, &LineageBody::from(lineage.as_ref())))
}

/// What happened to an entity, from its beginning; also to one that is no more.
#[utoipa::path(
    get, path = "/v1/entities/{id}/history", tag = "entities",
    params(Issued, Page),
    responses(
        (status = 200, description = "The events of this id.", body = HistoryBody),
        (status = 404, description = "No entity ever had this id."),
    ),
)]
pub async fn history(State(server): State<Server>, Place(id): Place<String>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["limit", "cursor"])?;
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let after = cursor::number(parameters.text("cursor"))?.unwrap_or(0).min(EVENT_MAX);
    let id = entity_id(&id)?;
    // One more than fits tells whether there is another page.
    let found = server.ask(move |hub| hub.history(id, EventNo(after), limit + 1)).await?;
    let mut events = found.ok_or_else(|| Problem::new(ProblemKind::UnknownEntity))?;
    let has_more = events.len() > limit;
    events.truncate(limit);
    let last = events.last().filter(|_| has_more);
    let next = last.map(|event| cursor::written(&event.number.0.to_string()));
    let events = events.iter().map(EventBody::from).collect();
    Ok(body::json(StatusCode::OK, &HistoryBody { events, next }))
}

/// Other entities that may be the same.
#[utoipa::path(
    get, path = "/v1/entities/{id}/potential-matches", tag = "entities",
    params(Issued, PageOfPairs),
    responses(
        (status = 200, description = "The others, with evidence.", body = NearbyBody),
        (status = 307, description = "It is another entity now.", body = MovedBody),
        (status = 404, description = "No entity ever had this id."),
        (status = 410, description = "All its records were deleted."),
    ),
)]
pub async fn nearby(State(server): State<Server>, Place(id): Place<String>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["limit", "cursor"])?;
    let limit = parameters.limit(PAIRS_MAX, PAIRS_USUAL)?;
    let skipped = parameters.skipped()?;
    let id = entity_id(&id)?;
    let found = server.ask(move |hub| hub.nearby(id, skipped, limit)).await?;
    let Part { items, total } = match part(found)? {
        Ok(part) => part,
        Err(to) => return Ok(moved(id, to, "/potential-matches", uri.query())),
    };
    let next = next_page(skipped, limit, total);
    let model = server.hub.model();
    let nearby = items.iter().map(|near| NearbyEntity {
        entity: SummaryBody::of(&near.other, &model),
        pair: PairBody::from(&near.pair),
        held: near.held.map(|reason| reason.name(&model.attributes)),
    });
    let potential_matches = nearby.collect();
    Ok(body::json(StatusCode::OK, &NearbyBody { potential_matches, total, next }))
}

/// An entity, or the one that it went into.
async fn looked_up(
    server: &Server,
    id: EntityId,
    as_of: AsOf,
) -> Result<Result<EntityView, EntityId>, Box<Problem>> {
    match server.ask(move |hub| hub.entity(id, as_of)).await? {
        EntityLookup::Found(entity) => Ok(Ok(*entity)),
        EntityLookup::MovedTo(to) => Ok(Err(to)),
        EntityLookup::Deleted => Err(Problem::new(ProblemKind::DeletedEntity)),
        EntityLookup::Unknown => Err(Problem::new(ProblemKind::UnknownEntity)),
    }
}

/// Nobody knows where the values came from.
fn not_kept(why: NotKept) -> Box<Problem> {
    Problem::with(ProblemKind::NotKept, format!("It cannot be told: {why}."))
}

/// Some of what an entity has many of, or the one that it went into.
fn part<T>(found: PartLookup<T>) -> Result<Result<Part<T>, EntityId>, Box<Problem>> {
    match found {
        PartLookup::Found(part) => Ok(Ok(part)),
        PartLookup::MovedTo(to) => Ok(Err(to)),
        PartLookup::Deleted => Err(Problem::new(ProblemKind::DeletedEntity)),
        PartLookup::Unknown => Err(Problem::new(ProblemKind::UnknownEntity)),
    }
}

/// The cursor of the page after one, if there is more.
fn next_page(skipped: usize, limit: usize, total: u64) -> Option<String> {
    let reached = skipped.saturating_add(limit) as u64;
    (reached < total).then(|| cursor::written(&reached.to_string()))
}

/// Points to the entity that another one went into.
fn moved(id: EntityId, to: EntityId, below: &str, query: Option<&str>) -> axum::response::Response {
    let body = MovedBody { id: id.to_string(), moved_to: to.to_string() };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let location = HeaderValue::from_str(&format!("/v1/entities/{to}{below}{query}"));
    let mut response = body::json(StatusCode::TEMPORARY_REDIRECT, &body);
    let location = location.expect("an address was read from a header");
    response.headers_mut().insert(LOCATION, location);
    response
}

impl From<&Lineage> for LineageBody {
    fn from(lineage: &Lineage) -> LineageBody {
        let Lineage { id, event, golden, hub_model } = lineage;
        let values = golden.values.iter().map(|value| LineageValue::of(value, hub_model));
        let withheld = golden.withheld.iter().map(|withheld| WithheldBody {
            attribute: hub_model.attributes.get(withheld.attribute).name.clone(),
            decision: withheld.no.0,
            losers: withheld.losers.iter().map(LoserBody::from).collect(),
        });
        LineageBody {
            id: id.to_string(),
            event: event.0,
            values: values.collect(),
            withheld: withheld.collect(),
        }
    }
}

impl LineageValue {
    fn of(value: &GoldenValue, model: &HubModel) -> LineageValue {
        LineageValue {
            attribute: model.attributes.get(value.attribute).name.clone(),
            rank: value.rank,
            value: value.value.clone(),
            winner: ClaimFrom::from(&value.winner),
            supporters: value.supporters.iter().map(ClaimFrom::from).collect(),
            losers: value.losers.iter().map(LoserBody::from).collect(),
            rule: value.rule.map(SurvivorshipRule::name),
            decision: value.decided.map(|decided| decided.no.0),
        }
    }
}

impl From<&ClaimSource> for ClaimFrom {
    fn from(source: &ClaimSource) -> ClaimFrom {
        ClaimFrom {
            record: KeyBody::from(&source.record),
            observed_at: source.observed_at.and_then(written),
        }
    }
}

impl From<&Loser> for LoserBody {
    fn from(loser: &Loser) -> LoserBody {
        LoserBody {
            value: loser.value.clone(),
            source: ClaimFrom::from(&loser.source),
            rule: loser.rule.map(SurvivorshipRule::name),
        }
    }
}
