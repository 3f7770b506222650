//! Search: the customers that fit a query in spite of typos.

use karat_model::attribute::AttributeId;
use karat_model::id::RecordKey;

use super::CustomerSummary;

/// One page of what a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPage {
    /// The hits of this page, best first.
    pub hits: Vec<Hit>,
    /// How many hits there are on all pages.
    pub total: u64,
    /// The page, counted from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// Whether more customers fit than were looked for; those on the pages fit best.
    pub is_cut: bool,
}

/// One customer that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The customer.
    pub customer: CustomerSummary,
    /// What fits the query, best first.
    pub matched: Vec<MatchedOn>,
}

/// What fits the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedOn {
    /// A value of the customer.
    Value {
        /// The attribute.
        attribute: AttributeId,
        /// The value.
        value: String,
        /// Whether it is spelled as in the query.
        exact: bool,
    },
    /// The key of one of its source records.
    Record(RecordKey),
}
