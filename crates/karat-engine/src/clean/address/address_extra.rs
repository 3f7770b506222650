//! A further line of the address: building, unit, floor, care of.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use crate::clean::folded::squeezed;
use crate::clean::output::{Context, Output};

use super::building_part;
use super::capitals::place_capitals;

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "address_extra",
    "address_2",
    "address_line_2",
    "adres_2",
    "adresregel_2",
    "addr_2",
    "address_line2",
    "adresse_2",
    "address_3",
    "address_line_3",
    "adres_3",
    "adresregel_3",
    "addr_3",
    "unit",
    "building",
    "gebouw",
    "apartment",
    "care_of",
    "c_o",
    "adreszusatz",
    "adresszusatz",
    "locatie",
    "suite",
    "floor",
    "verdieping",
    "street_line_2",
    "complement",
    "extra_adresregel",
    "adres_extra",
    "adres_toevoeging",
    "locatieomschrijving",
    "afdeling_adres",
    "ter_attentie_van",
    "street_address_2",
    "apt",
    "adresszeile_2",
    "gebaude",
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
    let extra = if is_mixed { squeezed(text) } else { place_capitals(text) };
    building_part::with_capitals(extra)
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
