//! Place of birth, in readable case: `STOCKTON-ON-TEES` is `Stockton-on-Tees`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use super::fold::fold;
use super::output::{Context, Output};
use super::person_name::{LetterCase, push_lower, push_name};

/// Headers of columns with places of birth.
pub const HEADERS: &[&str] = &[
    "birth_place",
    "place_of_birth",
    "geboorteplaats",
    "geb_plaats",
    "geburtsort",
    "birthplace",
    "pob",
    "city_of_birth",
    "plaats_van_geboorte",
    "lieu_de_naissance",
    "gebplaats",
];

/// Whether a value may be a place: letters, in a few words.
pub fn resembles(value: &str, _: &Context) -> bool {
    value.split(' ').count() <= 5
        && value
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.' | '(' | ')'))
}

/// Claims the place.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    out.claim(AttributeId::BIRTH_PLACE, in_readable_case(value), Validity::Valid);
}

fn in_readable_case(place: &str) -> String {
    if !LetterCase::of(place).is_single() {
        return place.to_owned();
    }
    let mut written = String::with_capacity(place.len());
    for (number, word) in place.split_inclusive([' ', '-']).enumerate() {
        let bare = word.trim_end_matches([' ', '-']);
        let small = matches!(
            &*fold(bare),
            "aan"
                | "a/d"
                | "am"
                | "an"
                | "de"
                | "der"
                | "en"
                | "het"
                | "in"
                | "of"
                | "on"
                | "op"
                | "the"
                | "under"
                | "upon"
                | "van"
                | "sur"
                | "le"
                | "la"
                | "'t"
                | "and"
                | "bei"
                | "ob"
        );
        // `Alphen aan den Rijn`, but `Den Haag`.
        let after_small = written.ends_with("aan ") && bare.eq_ignore_ascii_case("den");
        if number > 0 && (small || after_small) {
            push_lower(bare, &mut written);
        } else {
            push_name(bare, &mut written);
        }
        written.push_str(&word[bare.len()..]);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_in_readable_case() {
        for (text, expected) in [
            ("stockton-on-tees", "Stockton-on-Tees"),
            ("DEN HAAG", "Den Haag"),
            ("alphen aan den rijn", "Alphen aan den Rijn"),
            ("CAPELLE AAN DE IJSSEL", "Capelle aan de IJssel"),
            ("'s-hertogenbosch", "'s-Hertogenbosch"),
            ("royal leamington spa", "Royal Leamington Spa"),
            ("New York", "New York"),
        ] {
            assert_eq!(in_readable_case(text), expected);
            assert_eq!(in_readable_case(expected), expected);
        }
    }
}
