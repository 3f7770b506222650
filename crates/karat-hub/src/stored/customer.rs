//! One customer: the golden record, the records behind it, and why they are together.

use karat_model::evidence::PairExplanation;
use karat_model::id::EntityId;
use karat_store::{Reader, Resolution, StoredEntity};

use super::StoredHub;
use super::people::number_of;
use crate::error::Error;
use crate::view::{Customer, CustomerLookup, NearbyCustomer, RecordDetail};

/// How many potential matches a page shows.
const NEARBY_MAX: usize = 20;

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
        let records = self.details(reader, reader.records_of(entity.id)?)?;
        Ok(Customer {
            summary: self.summary(reader, entity)?,
            golden: self.golden(entity.entity_type, &records),
            links: self.links(reader, entity, &records)?,
            potential_matches: self.nearby(reader, entity)?,
            former_ids: Vec::new(),
            records,
        })
    }

    /// The strongest pairs that hold a customer together, strongest first.
    pub(super) fn links(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
        records: &[RecordDetail],
    ) -> Result<Vec<PairExplanation>, Error> {
        let Some(model) = self.model_of(reader, entity.entity_type)? else { return Ok(Vec::new()) };
        let table = self.table(entity.entity_type, records);
        let matcher = self.matcher(&table, model);
        let members: Vec<u32> = table.records().collect();
        let mut links = matcher.strongest_links(&members);
        links.sort_by_key(|link| (-link.weight, link.left, link.right));
        Ok(links.iter().map(|link| matcher.explain(link.left, link.right)).collect())
    }

    /// Other customers that may be the same.
    fn nearby(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
    ) -> Result<Vec<NearbyCustomer>, Error> {
        let Some(model) = self.model_of(reader, entity.entity_type)? else { return Ok(Vec::new()) };
        let mut nearby = Vec::new();
        for found in reader.potential_matches_of(entity.id)?.into_iter().take(NEARBY_MAX) {
            let is_left = found.left_entity == Some(entity.id);
            let (own, other, other_entity) = if is_left {
                (found.left, found.right, found.right_entity)
            } else {
                (found.right, found.left, found.left_entity)
            };
            let Some(other_entity) = other_entity else { continue };
            let records = [reader.record(&own)?, reader.record(&other)?];
            let records = self.details(reader, records.into_iter().flatten().collect())?;
            let Some(other_summary) = self.summary_of(reader, other_entity)? else { continue };
            if records.len() == 2 {
                let table = self.table(entity.entity_type, &records);
                let matcher = self.matcher(&table, model.clone());
                let mut pair = matcher.explain(number_of(&table, &own), number_of(&table, &other));
                if pair.left != own {
                    pair = turned(pair);
                }
                nearby.push(NearbyCustomer { other: other_summary, pair });
            }
        }
        Ok(nearby)
    }
}

/// The same explanation with left and right exchanged.
pub(super) fn turned(mut pair: PairExplanation) -> PairExplanation {
    std::mem::swap(&mut pair.left, &mut pair.right);
    for evidence in &mut pair.evidence {
        std::mem::swap(&mut evidence.left, &mut evidence.right);
    }
    pair
}
