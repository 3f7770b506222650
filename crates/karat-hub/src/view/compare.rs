//! Compare: why two records are, or are not, the same customer.

use karat_model::evidence::{PairExplanation, Verdict};
use karat_model::id::RecordKey;

use super::{CustomerSummary, RecordDetail};

/// What can be said of two record keys.
#[derive(Clone, Debug, PartialEq)]
pub enum ComparisonLookup {
    /// Both records exist.
    Found(Box<Comparison>),
    /// These records do not exist.
    Unknown(Vec<RecordKey>),
    /// One is a person, the other an organisation: they are never compared.
    DifferentEntityTypes,
}

/// Two records side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The left record.
    pub left: ComparedRecord,
    /// The right record.
    pub right: ComparedRecord,
    /// What blocking and each comparison say of the pair.
    pub explanation: PairExplanation,
    /// Where the two stand in the end.
    pub standing: Standing,
    /// What a steward decided about exactly these two.
    pub decision: Option<Verdict>,
}

/// A record and the customer it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedRecord {
    /// The record.
    pub detail: RecordDetail,
    /// The customer.
    pub customer: CustomerSummary,
}

/// Where two records stand in the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// They are one customer, through this chain of pairs from left to right.
    Together(Vec<PairExplanation>),
    /// They are two customers.
    Apart,
}
