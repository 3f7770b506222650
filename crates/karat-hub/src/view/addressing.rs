//! How a person is written to.

use std::collections::BTreeMap;

use karat_engine::naming::{PersonName, Sorting, salutation, sort_key, written};
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::golden::GoldenRecord;
use karat_model::language::Language;

/// How a person is written to, and found in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressing {
    /// The name on an envelope: `mr. J.P. van den Berg-Smit`.
    pub written_name: String,
    /// How a letter opens, in English and in Dutch.
    pub salutation: [String; 2],
    /// Where the name stands in a list of the Netherlands: `Vries, H. de`.
    pub sort_key_without_prefix: String,
    /// Where the name stands in a list of Belgium: `De Vries, H.`
    pub sort_key_with_prefix: String,
}

impl Addressing {
    /// The addressing of a customer; `None` for an organisation, and where no name is known.
    pub fn of_golden(golden: &GoldenRecord) -> Option<Addressing> {
        addressing(golden.entity_type, &|attribute| golden.best(attribute))
    }

    /// The addressing of a customer with these values by the names of their attributes.
    pub fn of_values(
        entity_type: EntityType,
        values: &BTreeMap<String, Vec<String>>,
        attributes: &AttributeSet,
    ) -> Option<Addressing> {
        addressing(entity_type, &|attribute| {
            Some(values.get(&attributes.get(attribute).name)?.first()?.as_str())
        })
    }
}

fn addressing<'a>(
    entity_type: EntityType,
    best: &dyn Fn(AttributeId) -> Option<&'a str>,
) -> Option<Addressing> {
    let name = PersonName::of(best);
    let is_addressed = entity_type == EntityType::Person && name.is_known();
    is_addressed.then(|| Addressing {
        written_name: written(&name),
        salutation: [Language::English, Language::Dutch].map(|it| salutation(&name, it)),
        sort_key_without_prefix: sort_key(&name, Sorting::WithoutPrefix),
        sort_key_with_prefix: sort_key(&name, Sorting::WithPrefix),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(values: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
        let values = values.iter().map(|(name, value)| (name.to_string(), vec![value.to_string()]));
        values.collect()
    }

    #[test]
    fn persons_with_a_name_are_addressed_and_others_are_not() {
        let attributes = AttributeSet::builtin();
        let eva = values(&[
            ("given_name", "Eva"),
            ("family_name", "Smit"),
            ("partner_name_prefix", "de"),
            ("partner_name", "Vries"),
            ("gender", "female"),
        ]);
        let of = |entity_type, values| Addressing::of_values(entity_type, values, &attributes);
        let addressing = of(EntityType::Person, &eva).expect("Eva has a name");
        assert_eq!(addressing.written_name, "E. de Vries-Smit");
        assert_eq!(
            addressing.salutation,
            ["Dear Ms De Vries-Smit", "Geachte mevrouw De Vries-Smit"]
        );
        assert_eq!(addressing.sort_key_without_prefix, "Vries-Smit, E. de");
        assert_eq!(addressing.sort_key_with_prefix, "De Vries-Smit, E.");
        assert_eq!(of(EntityType::Organisation, &eva), None);
        assert_eq!(of(EntityType::Person, &values(&[("gender", "female")])), None);
    }
}
