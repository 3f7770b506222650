//! Potential matches: pairs of records for a steward to look at.

use karat_model::evidence::Weight;
use karat_model::id::{EntityId, RecordKey};

use crate::number::RowNo;

/// A potential match between two stored records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PotentialMatchRow {
    /// The total weight, prior included.
    pub weight: Weight,
    /// The one record.
    pub left: RowNo,
    /// The other record.
    pub right: RowNo,
    /// Why the join that it stands for is held, by its name; `None` when nothing would join them.
    pub held: Option<String>,
}

/// A join of customers that is held: it waits for a steward.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HoldRow {
    /// The records of the one customer.
    pub left: Vec<RowNo>,
    /// The records of the other.
    pub right: Vec<RowNo>,
    /// Why, by its name.
    pub reason: String,
}

/// A potential match with what a list shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPotentialMatch {
    /// The records by number, and the weight; also the place from which a list goes on.
    pub pair: PotentialMatchRow,
    /// The key of the left record.
    pub left: RecordKey,
    /// The key of the right record.
    pub right: RecordKey,
    /// The entity that the left record is in.
    pub left_entity: Option<EntityId>,
    /// The entity that the right record is in.
    pub right_entity: Option<EntityId>,
}
