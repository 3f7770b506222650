//! Golden records: the best version of a customer, with the lineage of every value.

use crate::attribute::{AttributeId, EntityType};
use crate::decision::DecisionNo;
use crate::hub_model::SurvivorshipRule;
use crate::id::RecordKey;
use crate::record::Moment;

/// The best version of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenRecord {
    /// What the customer is.
    pub entity_type: EntityType,
    /// Its values, by attribute and rank.
    pub values: Vec<GoldenValue>,
    /// The attributes of which a steward decided that they show nothing.
    pub withheld: Vec<Withheld>,
}

impl GoldenRecord {
    /// The best value of an attribute.
    pub fn best(&self, attribute: AttributeId) -> Option<&str> {
        let value = self.values.iter().find(|value| value.attribute == attribute)?;
        Some(&value.value)
    }

    /// All values of an attribute, best first.
    pub fn all(&self, attribute: AttributeId) -> impl Iterator<Item = &GoldenValue> {
        self.values.iter().filter(move |value| value.attribute == attribute)
    }
}

/// One value of a golden record and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenValue {
    /// The attribute.
    pub attribute: AttributeId,
    /// 0 for the best; more only for collected attributes.
    pub rank: u8,
    /// The standardised value.
    pub value: String,
    /// The claim that won; of a value that a steward wrote the record that it goes with.
    pub winner: ClaimSource,
    /// Other claims of the same value, by record key.
    pub supporters: Vec<ClaimSource>,
    /// Claims of other values, with the rule by which each lost, best first.
    pub losers: Vec<Loser>,
    /// The rule that decided, `None` when all claims agree.
    pub rule: Option<SurvivorshipRule>,
    /// The steward's decision that it shows, if one did.
    pub decided: Option<DecidedValue>,
}

/// How a steward decided a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecidedValue {
    /// The decision.
    pub no: DecisionNo,
    /// Whether the steward wrote it; else a record says it, and it was pinned.
    pub is_written: bool,
}

/// An attribute of which a steward decided that no value is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// The attribute.
    pub attribute: AttributeId,
    /// The decision.
    pub no: DecisionNo,
    /// The claims that are not shown, in order of their records.
    pub losers: Vec<Loser>,
}

/// Where a claim came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimSource {
    /// The source record.
    pub record: RecordKey,
    /// When the source said so.
    pub observed_at: Option<Moment>,
}

/// A claim that did not make it into the golden record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loser {
    /// The standardised value.
    pub value: String,
    /// Where it came from.
    pub source: ClaimSource,
    /// The rule by which it lost; `None` when only the order of record keys decided.
    pub rule: Option<SurvivorshipRule>,
}
