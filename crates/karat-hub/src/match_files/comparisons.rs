//! The comparisons that files could have, for checking what is said of them.

use karat_engine::matching::compare;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::id::SourceName;
use karat_model::match_settings::Phonetics;
use karat_model::table::TableBuilder;

use crate::hub_model::{KnownComparison, KnownLevel};

/// All comparisons that attributes allow, each with the labels of its levels, the lowest first;
/// silence is no level that can be said anything of.
pub(super) fn known_comparisons(attributes: &AttributeSet) -> Vec<KnownComparison> {
    let all: Vec<AttributeId> = attributes.iter().map(|(id, _)| id).collect();
    let mut known: Vec<KnownComparison> = Vec::new();
    for entity_type in EntityType::ALL {
        let no_sources = std::iter::empty::<SourceName>();
        let table = TableBuilder::new(entity_type, attributes, no_sources).finish();
        for comparison in
            compare::comparisons(&table, attributes, &all, Phonetics::International, &|_| None)
        {
            let is_known = known.iter().any(|known| known.name == comparison.name());
            if !is_known {
                let level = |level: &compare::Level| KnownLevel {
                    label: level.label[0],
                    is_ordered: level.ordered,
                };
                known.push(KnownComparison {
                    name: comparison.name().to_string(),
                    levels: comparison.levels().iter().skip(1).map(level).collect(),
                });
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_have_their_levels() {
        let known = known_comparisons(&AttributeSet::builtin());
        let of = |name: &str| known.iter().find(|known| known.name == name).unwrap();
        assert_eq!((of("gender").lowest(), of("gender").highest()), ("different", "same"));
        assert_eq!(of("gender").between().count(), 0);
        for name in ["given_name", "name", "birth_date", "address", "email", "company_name"] {
            assert_eq!(of(name).lowest(), "different", "{name}");
            assert!(of(name).between().count() > 1, "{name}");
        }
        let of_given_name = of("given_name");
        assert!(of_given_name.between().all(|label| label != "initial differs"));
    }
}
