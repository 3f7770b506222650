//! Where a customer gets mail.

use std::collections::BTreeMap;

use karat_engine::clean::address::{AddressKind, BagParts, bag_parts, mail_lines};
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::golden::GoldenRecord;
use karat_model::hub_model::{Country, HubModel};

/// The address of a customer as it is printed on mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress {
    /// What kind of address it is.
    pub kind: AddressKind,
    /// The lines below the name; two spaces stand before a Dutch city.
    pub lines: Vec<String>,
    /// The address as the Dutch register of addresses has it, if it is one that it could have.
    pub bag_parts: Option<BagParts>,
}

impl MailAddress {
    /// The address of a customer; `None` where no street is known.
    pub fn of_golden(golden: &GoldenRecord, model: &HubModel) -> Option<MailAddress> {
        mail_address(&|attribute| golden.best(attribute), model.country)
    }

    /// The address of a customer with these values by the names of their attributes.
    pub fn of_values(
        values: &BTreeMap<String, Vec<String>>,
        model: &HubModel,
    ) -> Option<MailAddress> {
        let attributes: &AttributeSet = &model.attributes;
        let best = |attribute: AttributeId| {
            Some(values.get(&attributes.get(attribute).name)?.first()?.as_str())
        };
        mail_address(&best, model.country)
    }
}

fn mail_address<'a>(
    best: &dyn Fn(AttributeId) -> Option<&'a str>,
    home: Country,
) -> Option<MailAddress> {
    // An address that names no country is one of the hub's own.
    let is_dutch = best(AttributeId::COUNTRY).unwrap_or(home.code()) == "NL";
    Some(MailAddress {
        kind: AddressKind::of(best)?,
        lines: mail_lines(best, home),
        bag_parts: bag_parts(best).filter(|_| is_dutch),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(country: Country, values: &[(&str, &str)]) -> Option<MailAddress> {
        let model = HubModel { country, ..HubModel::new("Test") };
        let values = values.iter().map(|(name, value)| (name.to_string(), vec![value.to_string()]));
        MailAddress::of_values(&values.collect(), &model)
    }

    const DOOR: [(&str, &str); 5] = [
        ("street", "Kerkstraat"),
        ("house_number", "12"),
        ("house_number_addition", "A-3"),
        ("postcode", "1234 AB"),
        ("city", "Utrecht"),
    ];

    #[test]
    fn an_address_is_printed_as_on_mail() {
        let door = of(Country::NETHERLANDS, &DOOR).expect("a street is known");
        assert_eq!(door.kind, AddressKind::Street);
        assert_eq!(door.lines, ["Kerkstraat 12 A-3", "1234 AB  UTRECHT"]);
        let parts = door.bag_parts.expect("the register could have it");
        assert_eq!((parts.suffix.letter, parts.suffix.addition), (Some('A'), Some("3".into())));
        assert_eq!(of(Country::NETHERLANDS, &DOOR[1..]), None);
    }

    #[test]
    fn a_box_takes_mail_and_no_parcels() {
        let address = [("street", "Postbus"), ("house_number", "1234"), ("city", "Utrecht")];
        let address = of(Country::NETHERLANDS, &address).expect("a street is known");
        assert_eq!(address.kind, AddressKind::PostOfficeBox);
        assert!(!address.kind.takes_parcels());
        assert_eq!(address.bag_parts, None);
    }

    #[test]
    fn only_dutch_addresses_have_parts_of_the_dutch_register() {
        let address = [("street", "Kerkstraat"), ("house_number", "12"), ("city", "Gent")];
        assert_eq!(of(Country::BELGIUM, &address).expect("a street").bag_parts, None);
        assert!(of(Country::NETHERLANDS, &address).expect("a street").bag_parts.is_some());
    }
}
