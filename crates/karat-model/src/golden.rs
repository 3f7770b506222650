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

    /// Why one of its values shows though no rule chose it; `None` where one did.
    pub fn unchosen(&self, value: &GoldenValue) -> Option<Unchosen> {
        let is_one_of_several = self.all(value.attribute).nth(1).is_some();
        let is_tied = value.losers.iter().any(|loser| loser.rule.is_none());
        let is_of_one_source = {
            let source = &value.winner.record.source;
            value.supporters.iter().all(|supporter| supporter.record.source == *source)
        };
        match value.rule {
            Some(_) => None,
            None if is_tied => Some(Unchosen::RecordOrder),
            None if is_of_one_source => Some(Unchosen::OneSource),
            None if is_one_of_several => Some(Unchosen::SeveralSources),
            None => Some(Unchosen::AllSources),
        }
    }
}

/// Why a value shows though no rule chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchosen {
    /// The rules told no difference to another value, and its record comes first.
    RecordOrder,
    /// One source alone says so, and none says anything better.
    OneSource,
    /// Several sources say so, and it is not the only value.
    SeveralSources,
    /// All sources that say anything say so.
    AllSources,
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
    /// The rule that decided, `None` when none had to; see [`GoldenRecord::unchosen`].
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

#[cfg(test)]
mod tests {
    use super::*;

    fn says(record: &str) -> ClaimSource {
        ClaimSource { record: record.parse().unwrap(), observed_at: None }
    }

    fn value(of: &[&str], losers: &[Option<SurvivorshipRule>]) -> GoldenValue {
        let lost = |rule: &Option<SurvivorshipRule>| Loser {
            value: "Epe".into(),
            source: says("web/1"),
            rule: *rule,
        };
        GoldenValue {
            attribute: AttributeId::CITY,
            rank: 0,
            value: "Ede".into(),
            winner: says(of[0]),
            supporters: of[1..].iter().map(|record| says(record)).collect(),
            losers: losers.iter().map(lost).collect(),
            rule: losers.first().copied().flatten(),
            decided: None,
        }
    }

    fn unchosen(values: &[GoldenValue]) -> Option<Unchosen> {
        let values = values.to_vec();
        let golden = GoldenRecord { entity_type: EntityType::Person, values, withheld: Vec::new() };
        golden.unchosen(&golden.values[0])
    }

    #[test]
    fn all_sources_agree_only_where_several_say_so_and_nothing_else() {
        let of = |records: &[&str]| value(records, &[]);
        for (values, expected) in [
            (vec![of(&["crm/1"])], Unchosen::OneSource),
            // Two records of one source are one source still.
            (vec![of(&["crm/1", "crm/2"])], Unchosen::OneSource),
            (vec![of(&["crm/1", "crm/2", "erp/1"])], Unchosen::AllSources),
            (vec![of(&["crm/1", "erp/1"]), of(&["web/1"])], Unchosen::SeveralSources),
            (vec![value(&["crm/1", "erp/1"], &[None])], Unchosen::RecordOrder),
        ] {
            assert_eq!(unchosen(&values), Some(expected), "{values:?}");
        }
        let by_rule = value(&["crm/1"], &[Some(SurvivorshipRule::Recency)]);
        assert_eq!(unchosen(&[by_rule]), None);
    }
}
