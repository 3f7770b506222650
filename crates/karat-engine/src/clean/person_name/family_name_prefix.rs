//! The prefix of a family name (tussenvoegsel): `van den`, `de`, `in 't`.

use karat_model::finding::FindingCode;

use super::{Part, PersonName, letter_case, prefixes};
use crate::clean::fold::fold;
use crate::clean::output::{Context, Output};

/// Headers of columns with prefixes.
pub const HEADERS: &[&str] = &[
    "family_name_prefix",
    "prefix",
    "tussenvoegsel",
    "tussenvoegsels",
    "voorvoegsel",
    "voorvoegsels",
    "tussenv",
    "tussenvg",
    "tussenv_",
    "tv",
    "tvg",
    "vvg",
    "infix",
    "name_prefix",
    "surname_prefix",
    "last_name_prefix",
    "namensvorsatz",
    "vorsatzwort",
    "insertion",
];

/// Headers of columns with the prefix of the partner's name.
pub const PARTNER_HEADERS: &[&str] = &[
    "partner_name_prefix",
    "tussenvoegsel_partner",
    "voorvoegsel_partner",
    "partner_tussenvoegsel",
    "partner_voorvoegsel",
    "voorvoegsels_partner",
    "prefix_partner",
];

/// Whether a value is a known prefix.
pub fn resembles(value: &str, _: &Context) -> bool {
    prefixes::canonical(value).is_some()
}

/// Words of Berber, Arabic and Gaelic names that are no prefixes in the register of persons, as they
/// are part of the name there; in a field of its own each is understood.
const OF_NAMES: [&str; 9] = ["ait", "oulad", "ouled", "ould", "ou", "abou", "bou", "mac", "mc"];

/// The canonical spelling; what is no known prefix is kept, in small letters, and noted.
pub(super) fn parse(text: &str) -> PersonName {
    match prefixes::canonical(text) {
        Some(canonical) => PersonName::of(Part::Prefix, canonical.to_owned()),
        None => {
            let mut name = PersonName::default();
            letter_case::push_lower(text, &mut name[Part::Prefix]);
            if !OF_NAMES.contains(&&*fold(text)) {
                name.note(FindingCode::NameNotUnderstood);
            }
            name
        }
    }
}

/// Claims the prefix.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    parse(value).claim(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_of_its_own_is_understood_or_noted() {
        for (text, prefix, notes) in [
            ("VAN DEN", "van den", None),
            ("Ait", "ait", None),
            ("Aït", "aït", None),
            ("Mac", "mac", None),
            // Near misses.
            ("Jansen", "jansen", Some(FindingCode::NameNotUnderstood)),
            ("Ait Jansen", "ait jansen", Some(FindingCode::NameNotUnderstood)),
        ] {
            let name = parse(text);
            assert_eq!(name[Part::Prefix], prefix, "{text}");
            assert_eq!(name.notes.iter().copied().next(), notes, "{text}");
        }
    }
}
