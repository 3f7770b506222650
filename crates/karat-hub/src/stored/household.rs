//! Who else has the address of a customer: the rest of a household, or who shares a building.
//!
//! It is looked up when somebody asks, through the search index; nothing is kept that could grow
//! stale.

use karat_engine::matching::fold;
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_store::{Reader, StoredEntity};

use super::StoredHub;
use crate::error::Error;
use crate::search_text::folded_query;
use crate::view::CustomerSummary;

/// How many others at an address are told.
const TOLD_MAX: usize = 12;
/// How many customers that share a postal code, or words of an address, are looked at.
const LOOKED_AT_MAX: usize = 200;

/// An address as two golden records are compared by it, folded.
#[derive(Debug, PartialEq, Eq)]
struct Home {
    postcode: String,
    house_number: String,
    addition: String,
    /// Nothing where the postal code tells it.
    street: String,
}

impl Home {
    /// The address of a golden record; `None` when it has none in full.
    fn of(entity: &StoredEntity, attributes: &AttributeSet) -> Option<Home> {
        let best = |attribute: AttributeId| {
            let values = entity.golden.get(&attributes.get(attribute).name)?;
            values.first().map(String::as_str)
        };
        let postcode = fold::code(best(AttributeId::POSTCODE)?);
        let house_number = fold::code(best(AttributeId::HOUSE_NUMBER)?);
        let addition = best(AttributeId::HOUSE_NUMBER_ADDITION).map(fold::code);
        // Postal codes with letters (NL, GB, IE, CA) are of one street.
        let tells_street = postcode.bytes().any(|byte| byte.is_ascii_alphabetic());
        let street = match tells_street {
            true => String::new(),
            false => fold::words(best(AttributeId::STREET)?),
        };
        Some(Home { postcode, house_number, addition: addition.unwrap_or_default(), street })
    }

    /// By which it is found.
    fn query(&self) -> String {
        let Home { postcode, house_number, street, .. } = self;
        match street.is_empty() {
            true => postcode.clone(),
            false => folded_query(&format!("{street} {house_number} {postcode}")),
        }
    }
}

impl StoredHub {
    /// Other customers at the address of a customer, and no more than a dozen.
    pub(super) fn household_of(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
    ) -> Result<Vec<CustomerSummary>, Error> {
        let attributes = &self.model.attributes;
        let Some(home) = Home::of(entity, attributes) else { return Ok(Vec::new()) };
        let mut household = Vec::new();
        for hit in reader.search(&home.query(), LOOKED_AT_MAX)? {
            if household.len() == TOLD_MAX {
                break;
            }
            if hit.entity != entity.id
                && let Some(other) = reader.entity(hit.entity)?
                && Home::of(&other, attributes).as_ref() == Some(&home)
            {
                household.push(self.summary(reader, &other)?);
            }
        }
        Ok(household)
    }
}

#[cfg(test)]
mod tests {
    use crate::operate::tests::World;
    use crate::view::{CustomerLookup, HubReader};

    #[test]
    fn who_has_the_same_address_is_told_in_the_netherlands_and_elsewhere() {
        let world = World::new();
        world.write(
            "shop.csv",
            "id;naam;straat;huisnummer;toevoeging;postcode;plaats\n\
             1;Sanne Vos;Kerkstraat;12;A;6711 CD;Ede\n\
             2;Tom Blok;Kerkstr.;12;a;6711CD;Ede\n\
             3;Eva Smit;Kerkstraat;12;;6711 CD;Ede\n\
             4;Bo Prins;Kerkstraat;14;A;6711 CD;Ede\n\
             5;Max Weber;Hauptstraße;7;;10115;Berlin\n\
             6;Ida Wolf;Hauptstrasse;7;;10115;Berlin\n\
             7;Udo Lang;Torstraße;7;;10115;Berlin\n\
             8;Kim Bos;;;;;Ede\n",
        );
        world.write(
            "hub/sources/shop.yaml",
            "files: [../shop.csv]\ncolumns:\n  id: source_id\n  naam: full_name\n  straat: street\n  \
             huisnummer: house_number\n  toevoeging: house_number_addition\n  \
             postcode: postcode\n  plaats: city\n",
        );
        world.load();
        let hub = world.hub().reader().unwrap();
        let household = |id: &str| {
            let id = hub.entity_of(&format!("shop/{id}").parse().unwrap()).unwrap().unwrap();
            let CustomerLookup::Found(customer) = hub.customer(id).unwrap() else { panic!() };
            let names = customer.household.into_iter().map(|other| other.title);
            names.collect::<Vec<_>>().join(", ")
        };
        let told = ["1", "2", "3", "4", "5", "6", "7", "8"].map(household);
        assert_eq!(told, ["Tom Blok", "Sanne Vos", "", "", "Ida Wolf", "Max Weber", "", ""]);
    }
}
