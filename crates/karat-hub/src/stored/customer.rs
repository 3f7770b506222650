//! One customer: the golden record, the records behind it, and why they are together.

use karat_model::evidence::PairExplanation;
use karat_model::id::EntityId;
use karat_store::{Reader, Resolution, StoredEntity};

use super::StoredHub;
use crate::error::Error;
use crate::view::{
    Customer, CustomerLookup, FormerId, NearbyCustomer, Part, PartLookup, RecordDetail,
};

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
        let sources = reader.sources()?;
        let records = self.details(&sources, reader.records_of(entity.id)?);
        Ok(Customer {
            summary: self.summary(reader, entity)?,
            golden: self.golden(reader, entity.entity_type, &records)?,
            links: self.links(reader, entity, &records)?,
            potential_matches: self.nearby(reader, entity, 0, NEARBY_MAX)?.items,
            former_ids: former_ids(reader, entity.id)?,
            records,
        })
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
                PartLookup::Found(self.nearby(reader, &entity, skipped, limit)?)
            }
            _ => PartLookup::Unknown,
        })
    }

    /// Other customers that may be the same.
    fn nearby(
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

/// The ids that lead to a customer.
fn former_ids(reader: &dyn Reader, id: EntityId) -> Result<Vec<FormerId>, Error> {
    let former = reader.former_ids(id)?.into_iter();
    Ok(former.map(|(id, since)| FormerId { id, since }).collect())
}
