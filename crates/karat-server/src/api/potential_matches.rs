//! `/v1/potential-matches`: pairs that wait for a steward.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::cursor;
use super::parameters::{
    PAIRS_MAX as PAGE_MAX, PAIRS_USUAL as PAGE_USUAL, PageOfPairs, Parameters,
};
use super::problem::Answer;
use super::shape::{PairBody, SummaryBody};
use crate::serving::Server;

/// A page of potential matches.
#[derive(Serialize, ToSchema)]
pub struct PotentialMatchesBody {
    /// The pairs, heaviest first.
    potential_matches: Vec<PotentialMatchBody>,
    /// How many there are on all pages.
    total: u64,
    /// The cursor of the next page; missing on the last.
    next: Option<String>,
}

/// Two entities that may be the same.
#[derive(Serialize, ToSchema)]
pub struct PotentialMatchBody {
    /// The one entity.
    left: SummaryBody,
    /// The other entity.
    right: SummaryBody,
    /// The pair of their records that makes it likely.
    pair: PairBody,
    /// Why the two are not joined though their records would be, if that waits for a steward.
    held: Option<String>,
}

/// Pairs of entities that may be the same, heaviest first.
#[utoipa::path(
    get, path = "/v1/potential-matches", tag = "decisions",
    params(PageOfPairs),
    responses((status = 200, description = "A page of pairs.", body = PotentialMatchesBody)),
)]
pub async fn list(State(server): State<Server>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["limit", "cursor"])?;
    let limit = parameters.limit(PAGE_MAX, PAGE_USUAL)?;
    let after = cursor::of_hub(parameters.text("cursor"))?;
    let page = server.ask(move |hub| hub.potential_matches(after.as_ref(), limit)).await?;
    let model = server.hub.model();
    let pairs = page.pairs.iter().map(|found| PotentialMatchBody {
        left: SummaryBody::of(&found.left, &model),
        right: SummaryBody::of(&found.right, &model),
        pair: PairBody::from(&found.pair),
        held: found.held.map(|reason| reason.name(&model.attributes)),
    });
    let body = PotentialMatchesBody {
        potential_matches: pairs.collect(),
        total: page.total,
        next: page.next.map(|next| cursor::written(&next.0)),
    };
    Ok(body::json(StatusCode::OK, &body))
}
