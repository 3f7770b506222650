//! How sure values of some records still are, one by one.

use karat_engine::quality::score::currency::{ASKED, LastSeen};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::Day;
use karat_model::finding::ValueDigest;
use karat_model::hub_model::HubModel;
use karat_store::{JournaledConfirmation, Reader, RowNo};

use super::rates::{Rates, aged_attributes};
use crate::error::Error;
use crate::flow::quality::{Kept, World};
use crate::view::Sure;

/// What is known of how sure values are, as of the hub's quality day.
pub struct Sureness<'m> {
    model: &'m HubModel,
    kept: Kept,
    world: World,
}

impl<'m> Sureness<'m> {
    /// Reads what is known, with these confirmations; `None` in a hub that was never judged.
    pub fn read(
        reader: &dyn Reader,
        model: &'m HubModel,
        confirmations: &[JournaledConfirmation],
    ) -> Result<Option<Sureness<'m>>, Error> {
        let kept = Kept::read(reader)?;
        let world = World::of(confirmations, &model.attributes);
        Ok(kept.map(|kept| Sureness { model, kept, world }))
    }

    /// The rates at which values change.
    pub fn rates(&self) -> &Rates {
        self.kept.rates()
    }

    /// The day as of which it is told.
    pub fn as_of(&self) -> Day {
        Day(self.kept.as_of_day())
    }

    /// Whether values of an attribute are known to age.
    pub fn is_aging(&self, entity_type: EntityType, id: AttributeId) -> bool {
        aged_attributes(self.model, entity_type).contains(&id)
    }

    /// The digest of a value.
    pub fn digest(&self, value: &str) -> ValueDigest {
        self.kept.digests().of(value)
    }

    /// How sure a value is of a customer with these records, of which the first says so, on a day if
    /// that is known.
    pub fn of(
        &self,
        (entity_type, id): (EntityType, AttributeId),
        value: ValueDigest,
        rows: &[RowNo],
        said_on: Option<Day>,
    ) -> Sure {
        let answer = self.world.answer(rows, 0, id, &|| value, &ASKED);
        let last_seen = LastSeen::of(said_on, answer);
        let rate = self.rates().decay(&self.model.attributes, entity_type, id).rate();
        Sure { last_seen, probability: last_seen.current(rate, self.as_of()) }
    }
}
