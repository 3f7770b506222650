//! The cluster of a customer: its records, the pairs between them, and where it would break.

use karat_model::decision::Decision;
use karat_model::evidence::{PairExplanation, Verdict, Weight};

use super::{CustomerSummary, CutView, IdLookup, NearbyCustomer, RecordDetail};

/// What became of the id of a customer whose cluster is asked for.
pub type ClusterLookup = IdLookup<Cluster>;

/// The records of a customer with all that holds them together or keeps them apart. Records are
/// named by their places, from zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The customer in one line.
    pub summary: CustomerSummary,
    /// Its records, in order of their keys.
    pub records: Vec<RecordDetail>,
    /// All pairs of the records, lightest first; of a very large customer those of its first
    /// records.
    pub pairs: Vec<ClusterPair>,
    /// The weight from which on pairs are linked.
    pub link_threshold: Weight,
    /// The weight from which on they are linked in `groups`: the one that was asked for, but never
    /// less than the link threshold.
    pub threshold: Weight,
    /// The groups that the records fall into at that threshold, in order of their first records.
    pub groups: Vec<Vec<usize>>,
    /// From which thresholds on they fall into other numbers of groups: the first is the link
    /// threshold. Of a large customer none.
    pub rungs: Vec<Rung>,
    /// Where it would break first, if it has several records.
    pub weakest_cut: Option<CutView>,
    /// Pairs that a steward said to be the same.
    pub ties: Vec<[usize; 2]>,
    /// Other customers that a steward said it is not.
    pub kept_apart: Vec<KeptApart>,
    /// Whether a steward locked it.
    pub is_locked: bool,
    /// The decisions about who its records are that stand, the first one first.
    pub decisions: Vec<Decision>,
    /// Other customers that may be the same, most likely first.
    pub nearby: Vec<NearbyCustomer>,
}

impl Cluster {
    /// More records than these are not drawn, and how their number of groups grows is not told.
    pub const DRAWN_MAX: usize = 50;
    /// Of more records than these only the first ones are weighed, and they are not divided anew.
    pub const WEIGHED_MAX: usize = 200;
}

/// Two records of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterPair {
    /// The place of the one.
    pub left: usize,
    /// The place of the other, which is larger.
    pub right: usize,
    /// What they weigh together.
    pub weight: Weight,
    /// What it does for the customer.
    pub role: PairRole,
    /// What speaks for and against it; `None` for pairs that do nothing, and where there are many.
    pub explanation: Option<Box<PairExplanation>>,
}

/// What a pair does for its customer, the most needed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairRole {
    /// It is a link that the others cannot do without.
    Bridge,
    /// It is one of several links.
    Link,
    /// It weighs too little for a link, and enough to be looked at.
    Weak,
    /// It weighs less than that.
    Apart,
}

/// A threshold from which on records fall into so many groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The weight.
    pub threshold: Weight,
    /// The number of groups.
    pub groups: usize,
}

/// Another customer that a steward said some records are not.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptApart {
    /// The other customer.
    pub customer: CustomerSummary,
    /// Whether it is different, or different and related.
    pub verdict: Verdict,
    /// The records, in order.
    pub records: Vec<usize>,
}
