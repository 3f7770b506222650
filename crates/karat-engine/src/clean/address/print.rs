//! An address as it is printed on mail.
//!
//! In the Netherlands two spaces stand between the postal code and the city, which is in capitals, as
//! PostNL asks. Belgian boxes are `bus` or, behind a French street, `boîte`; a German letter is small
//! and follows the number at once (DIN 5008). English and French lines open with the number. In
//! other countries the postal code stands before the city. Mail abroad names the country in its last
//! line, in capitals and in English, as the Universal Postal Union asks (S42).

use karat_model::attribute::AttributeId;
use karat_model::hub_model::Country;

use super::abbreviations::Spelling;
use super::kind::{AddressKind, kind_of};
use super::{country_names, line, postcode};

/// The lines below the name; none where neither street nor city is known.
///
/// An address that names no country is one of `home`, where the mail is sent from.
pub fn mail_lines<'a>(best: &dyn Fn(AttributeId) -> Option<&'a str>, home: Country) -> Vec<String> {
    let named = best(AttributeId::COUNTRY).and_then(Country::from_code);
    let land = named.unwrap_or(home);
    let has_place = best(AttributeId::STREET).or(best(AttributeId::CITY)).is_some();
    if !has_place {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    lines.extend(best(AttributeId::ADDRESS_EXTRA).map(str::to_owned));
    lines.extend(best(AttributeId::STREET).map(|street| {
        let number = best(AttributeId::HOUSE_NUMBER).unwrap_or_default();
        let addition = best(AttributeId::HOUSE_NUMBER_ADDITION).unwrap_or_default();
        door(street, number, addition, land)
    }));
    let city = best(AttributeId::CITY).unwrap_or_default();
    let code = best(AttributeId::POSTCODE).unwrap_or_default();
    // A code that does not fit says that the address is of another country than it seems.
    let is_dutch = land == Country::NETHERLANDS && postcode::printed(code, land).is_some();
    let is_abroad = land != home;
    let city = if is_dutch || is_abroad { city.to_uppercase() } else { city.to_owned() };
    let region = best(AttributeId::REGION).unwrap_or_default();
    lines.extend(match land.code() {
        "NL" if is_dutch => vec![joined([code, &city], "  ")],
        "GB" | "IE" => vec![city, code.to_owned()],
        "US" | "CA" | "AU" => vec![joined([&city, region, code], " ")],
        _ => vec![joined([code, &city], " ")],
    });
    if is_abroad {
        lines.push(country_names::english(land).unwrap_or(land.code()).to_uppercase());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn joined<const COUNT: usize>(parts: [&str; COUNT], space: &str) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(space)
}

/// The line of street and number.
pub fn door(street: &str, number: &str, addition: &str, land: Country) -> String {
    let numbered = numbered(street, number, addition, land);
    let is_box = kind_of(street) != AddressKind::Street;
    let leads = Spelling::of(land).leads_with_number() && !is_box;
    if leads { joined([&numbered, street], " ") } else { joined([street, &numbered], " ") }
}

/// The number with its addition: `12 A-3`, `12-2`, `t/o 12`, `5a`, `12A bus 3`.
fn numbered(street: &str, number: &str, addition: &str, land: Country) -> String {
    let (near, addition) = match addition.split_once('-').unwrap_or((addition, "")) {
        ("to", rest) => ("t/o", rest),
        ("by", rest) => ("bij", rest),
        _ => ("", addition),
    };
    let numbered = match addition.split_once("bus ") {
        Some((letter, box_number)) => {
            let word = if line::is_french(street) { "boîte" } else { "bus" };
            let letter = letter.trim_end_matches('-');
            format!("{number}{letter} {word} {box_number}")
        }
        None => with_addition(number, addition, land),
    };
    joined([near, numbered.trim()], " ")
}

fn with_addition(number: &str, addition: &str, land: Country) -> String {
    let is_letter = addition.len() == 1 && addition.bytes().all(|b| b.is_ascii_alphabetic());
    let is_number = addition.starts_with(|c: char| c.is_ascii_digit());
    let is_german = matches!(land.code(), "DE" | "AT" | "CH" | "LI");
    match addition {
        "" => number.to_owned(),
        letter if is_letter && is_german => format!("{number}{}", letter.to_ascii_lowercase()),
        letter if is_letter && land != Country::NETHERLANDS => format!("{number}{letter}"),
        more if is_number => format!("{number}-{more}"),
        word => format!("{number} {word}"),
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::DateOrder;

    use super::*;
    use crate::clean::address::parse_line;
    use crate::clean::output::Context;

    /// Checks the lines of `street|number|addition|postcode|city|country|extra`, joined by bars.
    fn check(home: &str, address: &str, expected: &str) {
        const ORDER: [AttributeId; 7] = [
            AttributeId::STREET,
            AttributeId::HOUSE_NUMBER,
            AttributeId::HOUSE_NUMBER_ADDITION,
            AttributeId::POSTCODE,
            AttributeId::CITY,
            AttributeId::COUNTRY,
            AttributeId::ADDRESS_EXTRA,
        ];
        let values: Vec<&str> = address.split('|').collect();
        let best = |attribute| {
            let at = ORDER.iter().position(|it| *it == attribute)?;
            values.get(at).copied().filter(|value| !value.is_empty())
        };
        let home = Country::from_code(home).expect("a code");
        assert_eq!(mail_lines(&best, home).join(" | "), expected, "{address}");
    }

    #[test]
    fn dutch_mail_has_two_spaces_before_the_city() {
        check("NL", "Kerkstraat|12|A-3|1234 AB|Utrecht", "Kerkstraat 12 A-3 | 1234 AB  UTRECHT");
        check("NL", "Kerkstraat|12|2|1234 AB|IJmuiden|NL", "Kerkstraat 12-2 | 1234 AB  IJMUIDEN");
        check("NL", "Kerkstraat|12|A|1234 AB|", "Kerkstraat 12 A | 1234 AB");
        check("NL", "Kerkstraat|12|to||Utrecht", "Kerkstraat t/o 12 | Utrecht");
        check("NL", "Postbus|1234||3500 AB|Utrecht", "Postbus 1234 | 3500 AB  UTRECHT");
        check("NL", "Antwoordnummer|10||3500 VB|Utrecht", "Antwoordnummer 10 | 3500 VB  UTRECHT");
        check(
            "NL",
            "Kerkstraat|12||1234 AB|Utrecht||c/o Jansen",
            "c/o Jansen | Kerkstraat 12 | 1234 AB  UTRECHT",
        );
        check("NL", "||||Utrecht", "Utrecht");
        check("NL", "|12||1234 AB|", "");
    }

    #[test]
    fn other_countries_have_their_own_order() {
        check("BE", "Kerkstraat|12|A-bus 3|9000|Gent", "Kerkstraat 12A bus 3 | 9000 Gent");
        check(
            "BE",
            "Rue de la Loi|16|bus 4|1000|Bruxelles",
            "Rue de la Loi 16 boîte 4 | 1000 Bruxelles",
        );
        check("DE", "Hauptstraße|5|A|50667|Köln", "Hauptstraße 5a | 50667 Köln");
        check("FR", "Rue de la Paix|12|bis|75002|Paris", "12 bis Rue de la Paix | 75002 Paris");
        check("GB", "Baker Street|221|B|NW1 6XE|London", "221B Baker Street | London | NW1 6XE");
        check("GB", "PO Box|55||NW1 6XE|London", "PO Box 55 | London | NW1 6XE");
        check("SE", "Storgatan|5||111 22|Stockholm", "Storgatan 5 | 111 22 Stockholm");
        // A source of Belgium in a Dutch hub names no country.
        check("NL", "Kerkstraat|12|bus 3|9000|Gent", "Kerkstraat 12 bus 3 | 9000 Gent");
    }

    #[test]
    fn mail_abroad_names_the_country() {
        check("NL", "Hauptstraße|5|A|50667|Köln|DE", "Hauptstraße 5a | 50667 KÖLN | GERMANY");
        check(
            "DE",
            "Kerkstraat|12||1234 AB|Utrecht|NL",
            "Kerkstraat 12 | 1234 AB  UTRECHT | NETHERLANDS",
        );
        check(
            "NL",
            "Baker Street|221|B|NW1 6XE|London|GB",
            "221B Baker Street | LONDON | NW1 6XE | UNITED KINGDOM",
        );
    }

    #[test]
    fn what_is_printed_is_read_as_it_was() {
        for (land, street, number, addition) in [
            ("NL", "Kerkstraat", "12", ""),
            ("NL", "Kerkstraat", "12", "A-3"),
            ("NL", "Kerkstraat", "12", "2"),
            ("NL", "Kerkstraat", "12", "bis-A"),
            ("NL", "Kerkstraat", "12", "to"),
            ("NL", "Kerkstraat", "12", "by-A"),
            ("NL", "Plein 1944", "7", "hs"),
            ("NL", "Postbus", "1234", ""),
            ("BE", "Kerkstraat", "12", "bus 3"),
            ("BE", "Kerkstraat", "12", "A-bus 3"),
            ("BE", "Rue de la Loi", "16", "bus 4"),
            ("DE", "Hauptstraße", "5", "A"),
            ("DE", "Straße des 17. Juni", "135", ""),
            ("FR", "Rue de la Paix", "12", "bis"),
            ("GB", "Baker Street", "221", "B"),
        ] {
            let country = Country::from_code(land).expect("a code");
            let printed = door(street, number, addition, country);
            let parts = parse_line(&printed, &Context { country, date_order: DateOrder::DayFirst });
            let read = [parts.street, parts.house_number, parts.addition];
            let read = read.map(Option::unwrap_or_default);
            assert_eq!(read, [street, number, addition], "{printed}");
        }
    }
}
