//! A further line of the address: building, unit, floor, care of.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use crate::clean::folded::squeezed;
use crate::clean::output::{Context, Output};

use super::capitals::place_capitals;

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "adresregel_2",
    "adresregel2",
    "adresregel_3",
    "adres_2",
    "adres2",
    "adres_extra",
    "extra_adresregel",
    "adres_toevoeging",
    "locatieomschrijving",
    "gebouw",
    "verdieping",
    "afdeling_adres",
    "ter_attentie_van",
    "tav",
    "address_2",
    "address2",
    "address_line_2",
    "address_line2",
    "addressline2",
    "address_line_3",
    "addr2",
    "addr_2",
    "address_extra",
    "street_address_2",
    "street_line_2",
    "building",
    "unit",
    "apartment",
    "apt",
    "suite",
    "floor",
    "care_of",
    "billing_address_2",
    "shipping_address_2",
    "adresszusatz",
    "adresse_2",
    "adresszeile_2",
    "gebaude",
    "etage",
    "zusatz",
];

/// Whether a value looks like a further line: it opens with a word for a part of a building.
pub fn resembles(value: &str, _context: &Context) -> bool {
    const OPENINGS: [&str; 13] = [
        "unit ",
        "flat ",
        "apt ",
        "apt. ",
        "apartment ",
        "appartement ",
        "suite ",
        "gebouw ",
        "building ",
        "kamer ",
        "c/o ",
        "t.a.v. ",
        "p/a ",
    ];
    OPENINGS.iter().any(|opening| {
        value.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
    })
}

/// Claims the line with the capitals of a place.
pub fn standardise(value: &str, _context: &Context, out: &mut Output) {
    out.claim(AttributeId::ADDRESS_EXTRA, extra(value), Validity::Valid);
}

/// The line as people write it: without punctuation at its ends, and with capitals where it had none.
pub(super) fn extra(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-'));
    if !text.contains(char::is_alphanumeric) {
        return String::new();
    }
    let is_mixed = text.contains(char::is_uppercase) && text.contains(char::is_lowercase);
    if is_mixed { squeezed(text) } else { place_capitals(text) }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    #[test]
    fn further_lines() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let mut out = Output::default();
        standardise("APT 16  THE VILLAGE", &context, &mut out);
        standardise("--", &context, &mut out);
        let values: Vec<_> = out.claims.iter().map(|claim| claim.value.as_str()).collect();
        assert_eq!(values, ["Apt 16 the Village"]);
        assert!(resembles("Unit 5", &context));
        assert!(!resembles("United", &context));
    }
}
