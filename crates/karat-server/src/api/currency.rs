//! `/v1/currency`: how fast values change, how many are still so, and which to verify again.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use karat_hub::view::{
    AttributeCurrency, Currency, LastSeen, Queue, QueueQuery, ShareBetween, UnsureValue,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::parameters::{ENTRIES_MAX, ENTRIES_USUAL, Parameters};
use super::problem::Answer;
use super::scorecard::written_day;
use super::shape::KeyBody;
use crate::serving::Server;

/// How current the values of customers are.
#[derive(Serialize, ToSchema)]
pub struct CurrencyBody {
    /// The day as of which all was judged; missing in a hub that was never judged.
    #[schema(format = Date, example = "2026-01-31")]
    as_of: Option<String>,
    /// The attributes whose values age, those of persons first.
    attributes: Vec<AttributeCurrencyBody>,
}

/// How current the values of an attribute are.
#[derive(Serialize, ToSchema)]
pub struct AttributeCurrencyBody {
    /// Whose values they are: `person` or `organisation`.
    #[serde(rename = "type")]
    entity_type: &'static str,
    /// The attribute.
    #[schema(example = "street")]
    attribute: String,
    /// The share of values that change in a year, as it was published.
    #[schema(example = 0.097)]
    published: f64,
    /// Where it was published; missing when it is an assumption.
    published_by: Option<&'static str>,
    /// The share that changes in a year, with what the hub saw.
    #[schema(example = 0.104)]
    learnt: f64,
    /// Changes a year, per value: the rate of the exponential.
    #[schema(example = 0.11)]
    rate: f64,
    /// The rate is at least and at most this with 95 % probability.
    rate_limits: [f64; 2],
    /// How many changes the hub saw.
    changes: u64,
    /// For how many years it watched values, all values together.
    years_watched: f64,
    /// The years after which half of all values are no longer so.
    half_life_years: Option<f64>,
    /// How many values customers have.
    values: u64,
    /// Of how many of them nobody says when they were so.
    undated: u64,
    /// How many were found not to be so.
    refuted: u64,
    /// The share that is expected to be still so; missing when of none it is known when it was so.
    current: Option<ShareBody>,
}

/// A share with the limits between which it lies with 95 % probability.
#[derive(Serialize, ToSchema)]
pub struct ShareBody {
    /// The share.
    share: f64,
    /// At least.
    low: f64,
    /// At most.
    high: f64,
}

/// The values that are to be verified again.
#[derive(Serialize, ToSchema)]
pub struct QueueBody {
    /// How many there are.
    total: u64,
    /// The first of them, those first that most harm is expected of.
    values: Vec<UnsureValueBody>,
}

/// A value that is no longer sure enough; it is not told, only where it stands.
#[derive(Serialize, ToSchema)]
pub struct UnsureValueBody {
    /// The entity.
    entity: String,
    /// The record that says so.
    record: KeyBody,
    /// The attribute.
    #[schema(example = "street")]
    attribute: String,
    /// Which of several values of the attribute; 0 is the first.
    slot: u8,
    /// The day on which it was last known to be so; missing when it was found not to be so.
    #[schema(format = Date)]
    last_seen: Option<String>,
    /// How likely it is still so.
    probability: f64,
    /// How likely the check wants it to be.
    wanted: f64,
    /// The check.
    #[schema(example = "address_current")]
    check: String,
    /// The uses that ask something of the attribute.
    uses: Vec<String>,
    /// What is expected to be lost by it: how much the attribute matters, times how likely the
    /// value is wrong, times what a wrong one costs in cents, or 1.
    harm: f64,
    /// Who answers for the check; missing if nobody does.
    owner: Option<String>,
}

impl From<&AttributeCurrency> for AttributeCurrencyBody {
    fn from(of: &AttributeCurrency) -> AttributeCurrencyBody {
        let share = |it: ShareBetween| ShareBody { share: it.share, low: it.low, high: it.high };
        AttributeCurrencyBody {
            entity_type: of.entity_type.name(),
            attribute: of.attribute.clone(),
            published: of.published.yearly_share,
            published_by: Some(of.published.source).filter(|source| !source.is_empty()),
            learnt: of.decay.yearly_share(),
            rate: of.decay.rate(),
            rate_limits: of.decay.rate_limits(),
            changes: of.decay.changes,
            years_watched: of.decay.years(),
            half_life_years: of.decay.half_life(),
            values: of.values,
            undated: of.undated,
            refuted: of.refuted,
            current: of.current.map(share),
        }
    }
}

impl From<&Currency> for CurrencyBody {
    fn from(currency: &Currency) -> CurrencyBody {
        CurrencyBody {
            as_of: currency.as_of.and_then(written_day),
            attributes: currency.attributes.iter().map(AttributeCurrencyBody::from).collect(),
        }
    }
}

impl From<&UnsureValue> for UnsureValueBody {
    fn from(value: &UnsureValue) -> UnsureValueBody {
        let last_seen = match value.last_seen {
            LastSeen::On(day) => written_day(day),
            LastSeen::Never | LastSeen::Refuted => None,
        };
        UnsureValueBody {
            entity: value.entity.to_string(),
            record: KeyBody::from(&value.record),
            attribute: value.attribute.clone(),
            slot: value.slot,
            last_seen,
            probability: value.probability,
            wanted: value.wanted.as_f64(),
            check: value.check.clone(),
            uses: value.uses.clone(),
            harm: value.harm,
            owner: value.owner.clone(),
        }
    }
}

impl From<&Queue> for QueueBody {
    fn from(queue: &Queue) -> QueueBody {
        let values = queue.values.iter().map(UnsureValueBody::from).collect();
        QueueBody { total: queue.total, values }
    }
}

/// How current values are, as the API tells it.
pub fn currency_json(currency: &Currency) -> serde_json::Value {
    serde_json::to_value(CurrencyBody::from(currency)).expect("numbers and texts become JSON")
}

/// What is to be verified again, as the API tells it.
pub fn queue_json(queue: &Queue) -> serde_json::Value {
    serde_json::to_value(QueueBody::from(queue)).expect("numbers and texts become JSON")
}

/// How fast values change, and how many of customers are still so.
#[utoipa::path(
    get, path = "/v1/currency", tag = "quality",
    responses((status = 200, description = "What is known of each attribute.", body = CurrencyBody)),
)]
pub async fn show(State(server): State<Server>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let currency = server.ask(|hub| hub.currency()).await?;
    Ok(body::json(StatusCode::OK, &CurrencyBody::from(&currency)))
}

/// The values that are no longer sure enough, those first that most harm is expected of.
#[utoipa::path(
    get, path = "/v1/currency/queue", tag = "quality",
    params(
        ("attribute" = Option<String>, Query, description = "Those of this attribute."),
        ("use" = Option<String>, Query,
            description = "Those of attributes that this use asks something of."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500,
            description = "How many at most; 100 unless it is said."),
    ),
    responses((status = 200, description = "What is to be verified again.", body = QueueBody)),
)]
pub async fn queue(State(server): State<Server>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri, &["attribute", "use", "limit"])?;
    let limit = parameters.limit(ENTRIES_MAX, ENTRIES_USUAL)?;
    let text = |name| parameters.text(name).map(str::to_string);
    let query = QueueQuery { attribute: text("attribute"), use_name: text("use") };
    let queue = server.ask(move |hub| hub.currency_queue(&query, limit)).await?;
    Ok(body::json(StatusCode::OK, &QueueBody::from(&queue)))
}
