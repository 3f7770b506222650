//! The name of a street: `Dorpsstr.` becomes `Dorpsstraat`, `DE RUIJTERKADE` `De Ruijterkade`.
//!
//! A number after the name is taken for the house number; [`super::finish`] takes that back when
//! the record has a house number of its own.

use crate::clean::output::{Context, Output};

use super::line::{self, Column};
use super::{Parts, full_address};

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "street",
    "street_name",
    "straat",
    "straatnaam",
    "strasse",
    "str",
    "strassenname",
    "openbare_ruimte",
    "rue",
    "thoroughfare",
    "straat_naam",
    "road",
    "openbareruimtenaam",
];

/// How the names of streets end, in Dutch, German and English.
const ENDINGS: &[&str] = &[
    "straat",
    "str.",
    "weg",
    "laan",
    "plein",
    "singel",
    "kade",
    "gracht",
    "dijk",
    "hof",
    "steeg",
    "dreef",
    "pad",
    "plantsoen",
    "markt",
    "park",
    "straße",
    "strasse",
    "platz",
    "allee",
    "gasse",
    " street",
    " road",
    " avenue",
    " lane",
    " drive",
    " court",
    " crescent",
    " circuit",
    " close",
    " place",
    " terrace",
    " st",
    " rd",
    " ave",
];

/// Whether a value looks like the name of a street.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let has_digit = value.contains(|c: char| c.is_ascii_digit());
    let lower = value.to_lowercase();
    let ends_so =
        ENDINGS.iter().any(|ending| lower.ends_with(ending) && lower.len() > ending.len() + 1);
    !has_digit && ends_so
}

/// Claims the street, and a number that stands in its column.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parse(value, context).claim(out);
}

fn parse(value: &str, context: &Context) -> Parts {
    if full_address::is_composed(value) {
        full_address::parse(value, context)
    } else {
        line::read(value, context, Column::Street)
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    fn check(value: &str, street: &str, number: Option<&str>) {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let parts = parse(value, &context);
        assert_eq!(parts.street.as_deref(), Some(street), "{value}");
        assert_eq!(parts.house_number.as_deref(), number, "{value}");
    }

    #[test]
    fn streets() {
        check("KERKSTRAAT", "Kerkstraat", None);
        check("kerkstr.", "Kerkstraat", None);
        check("v.d. Boschstraat", "Van der Boschstraat", None);
        check("stanley street", "Stanley Street", None);
        check("46 Velperbroek", "46 Velperbroek", None);
        check("8 stanley street", "Stanley Street", Some("8"));
        check("Kerkstraat 12", "Kerkstraat", Some("12"));
        check("Plein 1944", "Plein 1944", None);
        check("Laan 1940-1945", "Laan 1940-1945", None);
        check("1e Jan Steenstraat", "1e Jan Steenstraat", None);
        check("Kerkstraat let op de hond", "Kerkstraat", None);
        check("Kerkstraat (achterom)", "Kerkstraat", None);
        check("Oude Achterom", "Oude Achterom", None);
    }

    #[test]
    fn only_street_names_resemble_streets() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for street in ["Kerkstraat", "pinkerton circuit", "Hauptstraße", "Lange Haven kade"] {
            assert!(resembles(street, &context), "{street}");
        }
        for other in ["Kerkstraat 12", "Jansen", "Utrecht", "weg", "robert@example.nl"] {
            assert!(!resembles(other, &context), "{other}");
        }
    }
}
