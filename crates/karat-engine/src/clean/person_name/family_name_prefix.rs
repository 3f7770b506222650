//! The prefix of a family name (tussenvoegsel): `van den`, `de`, `in 't`.

use karat_model::finding::FindingCode;

use super::{Part, PersonName, letter_case, prefixes};
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

/// The canonical spelling; what is no known prefix is kept, in small letters, and noted.
pub(super) fn parse(text: &str) -> PersonName {
    match prefixes::canonical(text) {
        Some(canonical) => PersonName::of(Part::Prefix, canonical.to_owned()),
        None => {
            let mut name = PersonName::default();
            letter_case::push_lower(text, &mut name[Part::Prefix]);
            name.note(FindingCode::NameNotUnderstood);
            name
        }
    }
}

/// Claims the prefix.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    parse(value).claim(out);
}
