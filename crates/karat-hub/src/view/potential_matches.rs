//! Potential matches: pairs that are likely enough to show to a steward, but were not linked.

use karat_model::evidence::PairExplanation;
use karat_model::partition::HoldReason;

use super::CustomerSummary;

/// Where a page of potential matches ended. Opaque; it holds no personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// One page of potential matches, heaviest first.
#[derive(Clone, Debug, PartialEq)]
pub struct PotentialMatchPage {
    /// The pairs of this page.
    pub pairs: Vec<PotentialMatchPair>,
    /// How many come before this page.
    pub before: u64,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Cursor>,
}

/// Two customers that may be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct PotentialMatchPair {
    /// The one customer.
    pub left: CustomerSummary,
    /// The other customer.
    pub right: CustomerSummary,
    /// The pair of their records that makes it likely.
    pub pair: PairExplanation,
    /// Why they are not joined though their records would be, if that waits for a steward.
    pub held: Option<HoldReason>,
}
