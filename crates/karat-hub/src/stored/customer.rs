//! One customer: the golden record, the records behind it, and why they are together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use karat_model::check::Day;
use karat_model::decision::Decision;
use karat_model::evidence::PairExplanation;
use karat_model::golden::{GoldenRecord, GoldenValue};
use karat_model::id::{EntityId, RecordKey};
use karat_store::{Reader, Resolution, RowNo, StoredEntity, SubjectNo};

use super::StoredHub;
use super::people::golden_under;
use crate::currency::Sureness;
use crate::error::Error;
use crate::feedback::follow_up::follow_up;
use crate::flow::derive::standing;
use crate::view::{
    Customer, CustomerLookup, FindingView, FormerId, NearbyCustomer, Part, PartLookup,
    RecordDetail, Sure,
};

/// How many potential matches a page shows.
pub(super) const NEARBY_MAX: usize = 20;
/// How many findings a page shows.
const FINDINGS_MAX: usize = 100;

impl StoredHub {
    pub(super) fn read_customer(
        &self,
        reader: &dyn Reader,
        id: EntityId,
    ) -> Result<CustomerLookup, Error> {
        Ok(match (reader.resolve(id)?, reader.entity(id)?) {
            (Resolution::Redirected(to), _) => CustomerLookup::RedirectedTo(to),
            (Resolution::Retired, _) => CustomerLookup::Retired,
            (Resolution::Live, Some(entity)) => {
                CustomerLookup::Found(Box::new(self.customer_of(reader, &entity)?))
            }
            _ => CustomerLookup::Unknown,
        })
    }

    fn customer_of(&self, reader: &dyn Reader, entity: &StoredEntity) -> Result<Customer, Error> {
        let sources = reader.sources()?;
        let records = self.details(&sources, reader.records_of(entity.id)?);
        let standing = standing(reader)?;
        let golden = golden_under(&self.model, &standing, entity.entity_type, &records);
        Ok(Customer {
            summary: self.summary(reader, entity)?,
            sure: self.sure(reader, &golden, &records)?,
            golden,
            links: self.links(reader, entity, &records)?,
            potential_matches: self.nearby_of(reader, entity, 0, NEARBY_MAX)?.items,
            related: self.related_to(reader, &standing, entity.id, &records)?,
            household: self.household_of(reader, entity)?,
            decisions: value_decisions(reader, &records)?,
            findings: self.findings_of(reader, entity.id, &records)?,
            former_ids: former_ids(reader, entity.id)?,
            records,
        })
    }

    /// How sure the values of a golden record still are.
    fn sure(
        &self,
        reader: &dyn Reader,
        golden: &GoldenRecord,
        records: &[RecordDetail],
    ) -> Result<Vec<Option<Sure>>, Error> {
        let keys: Vec<RecordKey> = records.iter().map(|detail| detail.record.key.clone()).collect();
        let row_of: BTreeMap<RecordKey, RowNo> = reader.rows_of(&keys)?.into_iter().collect();
        let rows: Vec<RowNo> = row_of.values().copied().collect();
        let confirmations = reader.confirmations_of(&rows)?;
        let sureness = Sureness::read(reader, &self.model, &confirmations)?;
        let sure = |value: &GoldenValue| {
            let sureness = sureness.as_ref()?;
            let of = (golden.entity_type, value.attribute);
            if !sureness.is_aging(of.0, of.1) {
                return None;
            }
            let row = row_of.get(&value.winner.record)?;
            let mut rows = rows.clone();
            rows.sort_unstable_by_key(|known| (known != row, *known));
            let said_on = value.winner.observed_at.map(Day::of);
            Some(sureness.of(of, sureness.digest(&value.value), &rows, said_on))
        };
        Ok(golden.values.iter().map(sure).collect())
    }

    /// What is filed of a customer and of its records and open, most recent first.
    fn findings_of(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        records: &[RecordDetail],
    ) -> Result<Vec<FindingView>, Error> {
        let keys: Vec<RecordKey> = records.iter().map(|detail| detail.record.key.clone()).collect();
        let rows = reader.rows_of(&keys)?.into_iter().map(|(_, row)| SubjectNo::Record(row));
        let subjects: Vec<SubjectNo> =
            std::iter::once(SubjectNo::Customer(id)).chain(rows).collect();
        let mut filed = reader.findings_of(&subjects)?;
        filed.retain(|finding| finding.closed.is_none());
        filed.sort_unstable_by_key(|finding| Reverse(finding.no));
        filed.truncate(FINDINGS_MAX);
        self.views_of_records(reader, follow_up(reader, filed)?)
    }

    /// The strongest pairs that hold a customer together, strongest first.
    fn links(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
        records: &[RecordDetail],
    ) -> Result<Vec<PairExplanation>, Error> {
        let links = self.rematch(reader, entity.entity_type, records, |rematch| rematch.links())?;
        Ok(links.unwrap_or_default())
    }

    pub(super) fn read_nearby(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<NearbyCustomer>, Error> {
        Ok(match (reader.resolve(id)?, reader.entity(id)?) {
            (Resolution::Redirected(to), _) => PartLookup::MovedTo(to),
            (Resolution::Retired, _) => PartLookup::Deleted,
            (Resolution::Live, Some(entity)) => {
                PartLookup::Found(self.nearby_of(reader, &entity, skipped, limit)?)
            }
            _ => PartLookup::Unknown,
        })
    }

    /// Other customers that may be the same.
    pub(super) fn nearby_of(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
        skipped: usize,
        limit: usize,
    ) -> Result<Part<NearbyCustomer>, Error> {
        let (sources, mut nearby) = (reader.sources()?, Vec::new());
        let all = reader.potential_matches_of(&[entity.id])?;
        let total = all.len() as u64;
        for found in all.into_iter().skip(skipped).take(limit) {
            let is_left = found.left_entity == Some(entity.id);
            let (own, other, other_entity) = if is_left {
                (found.left, found.right, found.right_entity)
            } else {
                (found.right, found.left, found.left_entity)
            };
            let Some(other_entity) = other_entity else { continue };
            let Some(other_summary) = self.summary_of(reader, other_entity)? else { continue };
            let pair = self.explained(reader, &sources, entity.entity_type, &own, &other)?;
            let held = self.hold_reason(found.pair.held.as_deref());
            nearby.extend(pair.map(|pair| NearbyCustomer { other: other_summary, pair, held }));
        }
        Ok(Part { items: nearby, total })
    }
}

/// The decisions about values of some records that stand, the first one first.
fn value_decisions(reader: &dyn Reader, records: &[RecordDetail]) -> Result<Vec<Decision>, Error> {
    let keys = records.iter().map(|detail| &detail.record.key);
    let standing = standing(reader)?.of_records(keys);
    if standing.settled.is_empty() {
        return Ok(Vec::new());
    }
    let stands = |decision: &Decision| standing.settled.iter().any(|it| it.no == decision.no);
    let journal = reader.decisions()?.into_iter().map(|entry| entry.decision);
    Ok(journal.filter(stands).collect())
}

/// The ids that lead to a customer.
fn former_ids(reader: &dyn Reader, id: EntityId) -> Result<Vec<FormerId>, Error> {
    let former = reader.former_ids(id)?.into_iter();
    Ok(former.map(|(id, since)| FormerId { id, since }).collect())
}

#[cfg(test)]
mod tests {
    use karat_model::decision::{DecisionNo, Ruling, Settled, SettledValue};
    use karat_model::record::Moment;

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::World;
    use crate::view::{Change, ChangeRequest, HubReader};

    #[test]
    fn a_customer_brings_the_decisions_about_its_values_that_stand() {
        let world = World::new();
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        let mut change = |change| {
            writer.change(&[ChangeRequest::of(change)]).pop().unwrap().unwrap();
        };
        let steward = || "eva".to_string();
        for (id, value) in [("0", SettledValue::None), ("1", SettledValue::Text("Breda".into()))] {
            let record = format!("crm/{id}").parse().unwrap();
            let settled = Settled { record, attribute: "birth_date".into(), slot: 0, value };
            let reason = format!("about {id}");
            change(Change::Decide {
                rulings: vec![Ruling::Value(settled)],
                steward: steward(),
                reason,
            });
        }
        let customer = || {
            let hub = world.hub().reader().unwrap();
            let id = hub.entity_of(&"crm/0".parse().unwrap()).unwrap().unwrap();
            let CustomerLookup::Found(customer) = hub.customer(id).unwrap() else { panic!() };
            *customer
        };
        let told = customer();
        let withheld: Vec<DecisionNo> = told.golden.withheld.iter().map(|it| it.no).collect();
        assert_eq!(withheld, [DecisionNo(1)]);
        let decisions: Vec<(DecisionNo, &str, Moment, &str)> = told
            .decisions
            .iter()
            .map(|it| (it.no, it.steward.as_str(), it.at, it.reason.as_str()))
            .collect();
        assert_eq!(decisions, [(DecisionNo(1), "eva", Moment(9), "about 0")], "no one else's");

        let decisions = vec![DecisionNo(1)];
        change(Change::Undo { decisions, steward: steward(), reason: String::new() });
        let told = customer();
        assert_eq!((told.golden.withheld, told.decisions), (Vec::new(), Vec::new()));
    }
}
