//! Compare: why two records are, or are not, the same customer.

use karat_model::evidence::{PairExplanation, Verdict, Weight};
use karat_model::id::RecordKey;
use karat_model::partition::HoldReason;

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

/// A division of a customer in two, by the keys of records.
#[derive(Clone, Debug, PartialEq)]
pub struct CutView {
    /// The side of the first record.
    pub left: Vec<RecordKey>,
    /// The other side.
    pub right: Vec<RecordKey>,
    /// How many links it goes through.
    pub links: u64,
    /// What these weigh together above the link threshold.
    pub excess: Weight,
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
    /// They are one customer.
    Together {
        /// The strongest chain of pairs from left to right.
        chain: Vec<PairExplanation>,
        /// Where the customer would break first, if it has more than two records.
        weakest_cut: Option<CutView>,
    },
    /// They are two customers.
    Apart {
        /// Why the two are not joined though their records would be, if that waits for a steward.
        held: Option<HoldReason>,
        /// What all pairs of records of the two customers vote together, if the pair is linked.
        votes: Option<Weight>,
    },
}
