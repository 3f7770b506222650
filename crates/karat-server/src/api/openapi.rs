//! `/v1/openapi.json`: the OpenAPI document (3.1), made of the code.

use axum::http::{StatusCode, Uri};
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::parameters::Parameters;
use super::problem::{Answer, PROBLEM_JSON, Problem};
use super::{
    body, candidates, check, confirmations, create, currency, decisions, diff, entities, events,
    feedback, findings, manual, match_models, potential_matches, probes, records, repairs,
    scorecard, shape, snapshot,
};

/// All operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Karat",
        description = "Customer master data: one golden record per customer, with every value \
            explained. Every refusal is a problem (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "match", description = "Search before create."),
        (name = "entry", description = "Customers that are typed in: checked, and created."),
        (name = "records", description = "Source records, as applications send them."),
        (name = "entities", description = "Customers, found and looked up, now and as they were."),
        (name = "quality", description = "How good the data is, and what fails."),
        (name = "decisions", description = "What waits for stewards, and what they decided."),
        (name = "events", description = "The change feed."),
        (name = "server", description = "For whoever watches the server."),
    ),
    paths(
        candidates::find,
        check::ask,
        create::enter,
        records::show,
        records::put,
        records::delete,
        records::put_several,
        entities::find,
        entities::search,
        entities::show,
        entities::records,
        entities::lineage,
        entities::history,
        entities::nearby,
        diff::of_entity,
        diff::list,
        potential_matches::list,
        match_models::list,
        scorecard::show,
        repairs::list,
        findings::list,
        feedback::show,
        feedback::step,
        feedback::undo,
        feedback::figures,
        currency::show,
        currency::queue,
        confirmations::list,
        confirmations::confirm,
        confirmations::undo,
        decisions::list,
        decisions::decide,
        decisions::show,
        decisions::undo,
        events::list,
        snapshot::take,
        probes::about,
        probes::alive,
        probes::ready,
        probes::metrics,
        show,
        manual::show,
    ),
    components(schemas(
        Problem,
        snapshot::SnapshotLine,
        shape::ChangeBody,
        candidates::EntityTypeName,
    )),
    modifiers(&Refusals),
    security(("key" = [])),
)]
struct Document;

/// Adds to each operation why it may be refused.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("karat_<id>_<secret>".into());
        bearer.description = Some("An API key, as `karat key create` makes it.".into());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(bearer));
        for item in document.paths.paths.values_mut() {
            let operations =
                [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter();
            operations.flatten().for_each(refusals);
        }
    }
}

fn refusals(operation: &mut Operation) {
    let is_closed = operation.security.is_none();
    let mut known = vec![
        (414, "The address is too long."),
        (431, "The headers are too large."),
        (500, "The hub failed."),
        (503, "Not now; `Retry-After` says when."),
    ];
    if is_closed {
        known.push((401, "Who asks is not known."));
        known.push((403, "Whoever asks may not do this."));
        known.push((400, "The request is not understood."));
    }
    if operation.request_body.is_some() {
        known.push((404, "There is no such thing."));
        known.push((413, "The body is too large."));
        known.push((415, "The body is no JSON."));
        known.push((422, "The body does not have the form that is asked for."));
    }
    if operation.parameters.iter().flatten().any(is_idempotency_key) {
        known.push((412, "It is not as the request expects it."));
        known.push((422, "The `Idempotency-Key` belongs to another request."));
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in known {
        let absent = || RefOr::T(Response::new(description));
        responses.entry(status.to_string()).or_insert_with(absent);
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        let is_refusal = status.starts_with(['4', '5']);
        if is_refusal && response.content.is_empty() {
            let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
            let described = ResponseBuilder::from(std::mem::replace(response, Response::new("")));
            *response = described.content(PROBLEM_JSON, problem).build();
        }
    }
}

fn is_idempotency_key(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.name == "Idempotency-Key")
}

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The OpenAPI document.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "server",
    responses((status = 200, description = "This document.", body = serde_json::Value)),
)]
pub async fn show(uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    Ok(body::json(StatusCode::OK, &document()))
}
