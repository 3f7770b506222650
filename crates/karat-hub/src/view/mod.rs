//! What a screen shows, as plain data.
//!
//! Arrives: the question of a page — a query, an entity id, two record keys.
//! Leaves: one view struct per page, made of the model's own nouns, with nothing formatted yet.
//! Promises: a view holds all that its page shows, so that rendering reads nothing more.
//! Start reading at [`HubReader`]; each page has its view in a file of its own.

mod overview;
mod search;
mod customer;
mod potential_matches;
mod compare;

pub use compare::{ComparedRecord, Comparison, ComparisonLookup, CutView, Standing};
pub use customer::{Customer, CustomerLookup, FormerId, NearbyCustomer, RecordDetail};
pub use overview::{
    AttributeQuality, EntityTypeSummary, FindingTotal, LastLoad, Overview, SourceSummary,
};
pub use potential_matches::{Cursor, PotentialMatchPage, PotentialMatchPair};
pub use search::{Hit, MatchedOn, SearchPage};

use std::error::Error;
use std::sync::Arc;

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};

/// Answers the questions of the pages; may block, so callers keep it off their event loop.
pub trait HubReader: Send + Sync {
    /// The hub model: the hub's name, its language, its attributes and its sources.
    fn model(&self) -> Arc<HubModel>;

    /// What is in the hub and how good it is.
    fn overview(&self) -> Result<Overview, Unavailable>;

    /// The customers that fit a query in spite of typos; pages count from 1.
    fn search(&self, query: &str, page: u32) -> Result<SearchPage, Unavailable>;

    /// The customer with this id, or what became of it.
    fn customer(&self, id: EntityId) -> Result<CustomerLookup, Unavailable>;

    /// Potential matches, heaviest first, from where the last page ended.
    fn potential_matches(&self, after: Option<&Cursor>) -> Result<PotentialMatchPage, Unavailable>;

    /// Why two records are, or are not, the same customer.
    fn compare(&self, left: &RecordKey, right: &RecordKey)
    -> Result<ComparisonLookup, Unavailable>;
}

/// The hub could not be read; the cause carries ids, never personal values.
#[derive(Debug, thiserror::Error)]
#[error("the hub cannot be read")]
pub struct Unavailable(#[source] pub Box<dyn Error + Send + Sync>);

/// A customer in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerSummary {
    /// Its id.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Its name; empty when nothing is known by which to call it.
    pub title: String,
    /// The value that tells it best from its namesakes: date of birth or KvK number.
    pub told_by: Option<(AttributeId, String)>,
    /// Its address on one line; empty when nothing is known of it.
    pub address: String,
    /// How many source records it has.
    pub records: u64,
    /// The sources that know it, in order of their names.
    pub sources: Vec<SourceName>,
}
