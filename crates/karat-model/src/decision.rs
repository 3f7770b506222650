//! Decisions: what stewards decided, kept on record keys, so that they survive re-matching.

use crate::evidence::Verdict;
use crate::id::RecordKey;

/// A steward's decision about two records; it outranks the machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    /// The one record.
    pub left: RecordKey,
    /// The other record.
    pub right: RecordKey,
    /// What was decided.
    pub verdict: Verdict,
}
