//! One customer: the golden record, the source records behind it, and why they are together.

use karat_model::claim::CleanRecord;
use karat_model::decision::Decision;
use karat_model::evidence::PairExplanation;
use karat_model::golden::GoldenRecord;
use karat_model::id::EntityId;
use karat_model::partition::HoldReason;
use karat_model::record::{Columns, Moment, SourceRecord};

use super::{CustomerSummary, FindingView, Sure};

/// What became of an entity id, of which something is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum IdLookup<T> {
    /// It is a customer.
    Found(Box<T>),
    /// Its records are with another customer now.
    RedirectedTo(EntityId),
    /// All its records were deleted by their sources.
    Retired,
    /// It was never issued.
    Unknown,
}

/// What became of the id of a customer.
pub type CustomerLookup = IdLookup<Customer>;

/// A customer with everything that explains it.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// The customer in one line.
    pub summary: CustomerSummary,
    /// Its golden record.
    pub golden: GoldenRecord,
    /// The source records behind it, in order of their keys.
    pub records: Vec<RecordDetail>,
    /// The strongest pairs that hold the records together: a spanning tree, strongest first.
    pub links: Vec<PairExplanation>,
    /// Other customers that may be the same, most likely first.
    pub potential_matches: Vec<NearbyCustomer>,
    /// Other customers that a steward said it has to do with.
    pub related: Vec<CustomerSummary>,
    /// Other customers at its address, and no more than a dozen.
    pub household: Vec<CustomerSummary>,
    /// The decisions about values of its records that stand, the first one first.
    pub decisions: Vec<Decision>,
    /// How sure values of the golden record still are, in their order; `None` where values do not age.
    pub sure: Vec<Option<Sure>>,
    /// What is filed of the customer and of its records and open, most recent first.
    pub findings: Vec<FindingView>,
    /// Ids that lead here, most recent first.
    pub former_ids: Vec<FormerId>,
}

/// A source record as it came, and what cleaning made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDetail {
    /// The record as it came.
    pub record: SourceRecord,
    /// The columns of its source.
    pub columns: Columns,
    /// By what it calls the customer; empty when it has nothing to call it by.
    pub title: String,
    /// Its claims and findings.
    pub cleaned: CleanRecord,
    /// What was repaired before it was cleaned, in the order of the steps.
    pub repairs: Vec<RepairedValue>,
}

/// A value that a repair step changed before it was cleaned: the source said what was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairedValue {
    /// The id of the step.
    pub step: String,
    /// Who wrote the step.
    pub by: Option<String>,
    /// Why it was written.
    pub why: Option<String>,
    /// The number of the column.
    pub column: u16,
    /// The values of the column before.
    pub before: Vec<String>,
    /// The values of the column after.
    pub after: Vec<String>,
}

/// Another customer that may be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct NearbyCustomer {
    /// The other customer.
    pub other: CustomerSummary,
    /// The pair of records that makes it likely; the left one is this customer's.
    pub pair: PairExplanation,
    /// Why they are not joined though their records would be, if that waits for a steward.
    pub held: Option<HoldReason>,
}

/// An id that leads to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerId {
    /// The id.
    pub id: EntityId,
    /// Since when it leads here.
    pub since: Moment,
}
