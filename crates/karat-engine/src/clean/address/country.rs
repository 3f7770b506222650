//! The country, as the two-letter code of ISO 3166-1: `Nederland`, `NLD` and `nl` become `NL`.
//!
//! Names are understood in English, Dutch, German and French; the letters of number plates (`D`,
//! `B`) too, since they stand before postal codes.

use std::sync::OnceLock;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::hub_model::Country;
use rustc_hash::FxHashMap;

use crate::clean::folded::{folded, squeezed};
use crate::clean::output::{Context, Output};

use super::country_names::COUNTRIES;

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "country",
    "land",
    "country_code",
    "landcode",
    "country_name",
    "country_iso",
    "landnaam",
    "lkz",
    "pays",
    "iso_country",
    "country_region",
    "nation",
    "land_code",
    "land_iso",
    "iso_land",
    "country_iso2",
    "land_kuerzel",
    "staat_land",
    "laendercode",
    "landerkennzeichen",
];

/// The letters on number plates, for the countries that put them before postal codes.
const PLATES: [(&str, &str); 11] = [
    ("A", "AT"),
    ("B", "BE"),
    ("D", "DE"),
    ("E", "ES"),
    ("F", "FR"),
    ("FIN", "FI"),
    ("FL", "LI"),
    ("I", "IT"),
    ("L", "LU"),
    ("N", "NO"),
    ("S", "SE"),
];

/// Whether a value is the name or code of a country.
pub fn resembles(value: &str, _context: &Context) -> bool {
    value.len() >= 2 && code(value).is_some()
}

/// Claims the two-letter code; an unknown country is claimed as it is written.
pub fn standardise(value: &str, _context: &Context, out: &mut Output) {
    match code(value) {
        Some(country) => out.claim(AttributeId::COUNTRY, country.code(), Validity::Valid),
        None => {
            out.claim(AttributeId::COUNTRY, squeezed(value), Validity::Invalid);
            out.finding(FindingCode::UnknownCountry);
        }
    }
}

/// The country with this name or code.
pub fn code(value: &str) -> Option<Country> {
    let value = value.trim();
    // Most files hold codes or one of a few names; longer texts are no countries.
    const LENGTH_MAX: usize = 64;
    if value.len() > LENGTH_MAX {
        return None;
    }
    by_code(value).or_else(|| by_name(value))
}

/// The country with this two- or three-letter code or these plate letters.
pub(super) fn by_code(value: &str) -> Option<Country> {
    let value = value.trim_end_matches('.');
    let is_code = matches!(value.len(), 1..=3) && value.bytes().all(|b| b.is_ascii_alphabetic());
    if !is_code {
        return None;
    }
    let found = match value.len() {
        2 => COUNTRIES.iter().find(|(two, _, _)| two.eq_ignore_ascii_case(value)),
        3 => COUNTRIES.iter().find(|(_, three, _)| three.eq_ignore_ascii_case(value)),
        _ => None,
    };
    let plate = || {
        PLATES.iter().find(|(plate, _)| plate.eq_ignore_ascii_case(value)).map(|(_, code)| *code)
    };
    Country::from_code(found.map(|(two, _, _)| *two).or_else(plate)?)
}

/// The country with this name.
pub(super) fn by_name(value: &str) -> Option<Country> {
    static NAMES: OnceLock<FxHashMap<&'static str, Country>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names = FxHashMap::default();
        for (code, _, alternatives) in COUNTRIES {
            let country = Country::from_code(code).expect("the table holds two-letter codes");
            names.extend(alternatives.split('|').map(|name| (name, country)));
        }
        names
    });
    names.get(folded(value).as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &str) {
        assert_eq!(
            code(value).map(|country| country.code().to_owned()).as_deref(),
            Some(expected),
            "{value}"
        );
    }

    #[test]
    fn names_and_codes() {
        for value in
            ["NL", "nl", "NLD", "Nederland", "NEDERLAND", "The Netherlands", "Holland", "Pays-Bas"]
        {
            check(value, "NL");
        }
        for value in ["D", "DE", "DEU", "Duitsland", "Germany", "Deutschland", "Allemagne"] {
            check(value, "DE");
        }
        for value in
            ["UK", "U.K.", "Engeland", "Scotland", "United Kingdom", "Verenigd Koninkrijk", "GB"]
        {
            check(value, "GB");
        }
        check("België", "BE");
        check("Belgique", "BE");
        check("Österreich", "AT");
        check("U.S.A.", "US");
        check("Verenigde Staten", "US");
        check("Curaçao", "CW");
        check("Côte d'Ivoire", "CI");
        check("Türkiye", "TR");
        check("Australia", "AU");
    }

    #[test]
    fn other_words_are_unknown() {
        for value in ["", "XX", "ZZZ", "Utrecht", "Nederlandse", "12"] {
            assert_eq!(code(value), None, "{value}");
        }
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(COUNTRIES.len(), 250, "the 249 of ISO 3166-1, and Kosovo");
        let mut names: Vec<_> =
            COUNTRIES.iter().flat_map(|(_, _, names)| names.split('|')).collect();
        for name in &names {
            assert_eq!(folded(name), *name);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "no name means two countries");
    }
}
