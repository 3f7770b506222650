//! Potential matches: pairs of records for a steward to look at.

use std::collections::BTreeMap;

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

impl HoldRow {
    /// The records of the two sides, in the stored form.
    pub(crate) fn records_json(&self) -> String {
        let numbers = |rows: &[RowNo]| rows.iter().map(|row| row.0).collect::<Vec<u64>>();
        serde_json::json!([numbers(&self.left), numbers(&self.right)]).to_string()
    }
}

/// What is to be written so that the potential matches are as wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// To be removed, also where another is put in its place.
    pub gone: Vec<PotentialMatchRow>,
    /// To be put.
    pub put: Vec<PotentialMatchRow>,
}

/// Tells known potential matches from those that are wanted; of two for one pair, the last counts.
pub(crate) fn difference(
    known: Vec<PotentialMatchRow>,
    wanted: &[PotentialMatchRow],
) -> Difference {
    let records = |pair: &PotentialMatchRow| (pair.left, pair.right);
    let mut last: BTreeMap<(RowNo, RowNo), &PotentialMatchRow> =
        wanted.iter().map(|pair| (records(pair), pair)).collect();
    let mut gone = Vec::new();
    for pair in known {
        if last.get(&records(&pair)) == Some(&&pair) {
            last.remove(&records(&pair));
        } else {
            gone.push(pair);
        }
    }
    Difference { gone, put: last.into_values().cloned().collect() }
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
