//! How current values are, attribute by attribute.

use karat_engine::quality::score::currency::published;
use karat_model::attribute::EntityType;
use karat_model::check::Day;
use karat_model::hub_model::HubModel;
use karat_store::Reader;

use super::ages::{AgesOf, StoredAges};
use super::rates::aged_attributes;
use crate::error::Error;
use crate::flow::quality::Kept;
use crate::view::{AttributeCurrency, Currency, ShareBetween};

/// How current the values of customers were at the last publication.
pub fn report(reader: &dyn Reader, model: &HubModel) -> Result<Currency, Error> {
    let Some(kept) = Kept::read(reader)? else { return Ok(Currency::default()) };
    let ages = StoredAges::read(reader)?;
    let mut attributes = Vec::new();
    for entity_type in EntityType::ALL {
        for id in aged_attributes(model, entity_type) {
            let attribute = model.attributes.get(id);
            let Some(published) = published(attribute.semantic_type, entity_type) else { continue };
            let ages = ages.of(entity_type, &attribute.name);
            let decay = kept.rates().decay(&model.attributes, entity_type, id);
            let [slow, fast] = decay.rate_limits();
            let share = |rate| ages.and_then(|ages| ages.current(rate));
            let current = share(decay.rate()).zip(share(fast)).zip(share(slow));
            let current = current.map(|((share, low), high)| ShareBetween { share, low, high });
            let is_known = ages.is_some() || decay.days > 0 || decay.changes > 0;
            if !is_known {
                continue;
            }
            attributes.push(AttributeCurrency {
                entity_type,
                attribute: attribute.name.clone(),
                label: [attribute.english.clone(), attribute.dutch.clone()],
                published,
                decay,
                values: ages.map_or(0, AgesOf::values),
                undated: ages.map_or(0, |ages| ages.never),
                refuted: ages.map_or(0, |ages| ages.refuted),
                current,
            });
        }
    }
    Ok(Currency { as_of: Some(Day(kept.as_of_day())), attributes })
}
