//! A Dutch address in the parts of the register of addresses and buildings (BAG).
//!
//! The register keeps letter and addition apart: `12 A-3` is number 12, letter `A`, addition `3`.
//! A name has at most 80 characters, an addition 4, a postal code no space; a short name of at most
//! 24 characters follows NEN 5825. Source: Catalogus BAG 2018; `to` and `by` come from the register
//! of persons (BRP, element 11.50).

use karat_model::attribute::AttributeId;
use karat_model::hub_model::Country;

use super::abbreviations::short_word;
use super::house_number;
use super::kind::{AddressKind, kind_of};
use super::postcode;

/// The most characters of the name of a street or a city.
pub const NAME_LENGTH_MAX: usize = 80;
/// The most characters of the short name of a street.
pub const SHORT_NAME_LENGTH_MAX: usize = 24;
/// The most characters of an addition.
const ADDITION_LENGTH_MAX: usize = 4;

/// A Dutch address as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BagParts {
    /// The name of the public space (*openbare ruimte*).
    pub street: String,
    /// The same in at most 24 characters, if its words can be abbreviated so far.
    pub short_name: Option<String>,
    /// The house number, 1 to 99999.
    pub house_number: u32,
    /// What follows the number.
    pub suffix: HouseNumberSuffix,
    /// The postal code without its space: `1234AB`.
    pub postcode: Option<String>,
    /// The city (*woonplaats*).
    pub city: Option<String>,
}

/// What follows a house number in the registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HouseNumberSuffix {
    /// `to` for opposite the number, `by` for beside it (*aanduiding bij huisnummer*).
    pub indication: Option<&'static str>,
    /// The letter (*huisletter*).
    pub letter: Option<char>,
    /// At most four letters and digits (*huisnummertoevoeging*).
    pub addition: Option<String>,
}

/// The parts of an address with these standardised values, which is Dutch unless it names another
/// country; `None` where it is no address that the register could have.
pub fn bag_parts<'a>(best: &dyn Fn(AttributeId) -> Option<&'a str>) -> Option<BagParts> {
    let country = best(AttributeId::COUNTRY).unwrap_or("NL");
    let street = best(AttributeId::STREET).filter(|street| is_name(street))?;
    let is_door = country == "NL" && kind_of(street) == AddressKind::Street;
    if !is_door {
        return None;
    }
    let number = best(AttributeId::HOUSE_NUMBER).filter(|it| house_number::is_possible(it))?;
    let postcode = match best(AttributeId::POSTCODE) {
        Some(code) => Some(postcode::printed(code, Country::NETHERLANDS)?.replace(' ', "")),
        None => None,
    };
    Some(BagParts {
        street: street.to_owned(),
        short_name: short_name(street),
        house_number: number.parse().ok()?,
        suffix: best(AttributeId::HOUSE_NUMBER_ADDITION)
            .map_or(Some(Default::default()), suffix)?,
        postcode,
        city: best(AttributeId::CITY).filter(|city| is_name(city)).map(str::to_owned),
    })
}

fn is_name(name: &str) -> bool {
    name.chars().count() <= NAME_LENGTH_MAX
}

/// Splits a standardised addition; `None` where the register has no such addition.
pub fn suffix(addition: &str) -> Option<HouseNumberSuffix> {
    let mut suffix = HouseNumberSuffix::default();
    let mut parts = addition.split('-').peekable();
    suffix.indication = match parts.peek() {
        Some(&"to") => Some("to"),
        Some(&"by") => Some("by"),
        _ => None,
    };
    if suffix.indication.is_some() {
        parts.next();
    }
    let letter = parts.peek().and_then(|part| one_letter(part));
    if letter.is_some() {
        suffix.letter = letter;
        parts.next();
    }
    let rest: String = parts.collect();
    let is_fit =
        rest.len() <= ADDITION_LENGTH_MAX && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    suffix.addition = Some(rest).filter(|rest| !rest.is_empty());
    is_fit.then_some(suffix)
}

fn one_letter(part: &str) -> Option<char> {
    let mut letters = part.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic)?;
    letters.next().is_none().then_some(letter)
}

/// The name in at most 24 characters: words are abbreviated, the longest first, and never cut.
pub fn short_name(street: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut rest = street.split(' ').peekable();
    while let Some(word) = rest.next() {
        let article = rest.peek().filter(|_| word.eq_ignore_ascii_case("van"));
        match article {
            Some(&article) if matches!(article, "de" | "den" | "der") => {
                let start = word.as_ptr().addr() - street.as_ptr().addr();
                words.push(&street[start..start + word.len() + 1 + article.len()]);
                rest.next();
            }
            _ => words.push(word),
        }
    }
    let mut written: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut order: Vec<usize> = (0..words.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(words[at].chars().count()));
    let mut order = order.into_iter();
    loop {
        let name = written.join(" ");
        if name.chars().count() <= SHORT_NAME_LENGTH_MAX {
            return Some(name);
        }
        let at = order.next()?;
        if let Some(short) = short_word(words[at]) {
            written[at] = short;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_are_letter_and_addition() {
        for (given, expected) in [
            ("A-3", Some((None, Some('A'), Some("3")))),
            ("A", Some((None, Some('A'), None))),
            ("2", Some((None, None, Some("2")))),
            ("bis", Some((None, None, Some("bis")))),
            ("hs", Some((None, None, Some("hs")))),
            ("II", Some((None, None, Some("II")))),
            ("bis-A", Some((None, None, Some("bisA")))),
            ("A-bis", Some((None, Some('A'), Some("bis")))),
            ("to", Some((Some("to"), None, None))),
            ("by-A-2", Some((Some("by"), Some('A'), Some("2")))),
            ("1024", Some((None, None, Some("1024")))),
            // A Belgian box, and what is too long.
            ("A-bus 3", None),
            ("bus 3", None),
            ("beneden", None),
            ("A-12-34-5", None),
        ] {
            let found = suffix(given);
            let shown = found.as_ref().map(|it| (it.indication, it.letter, it.addition.as_deref()));
            assert_eq!(shown, expected, "{given}");
        }
    }

    #[test]
    fn short_names_fit_and_lose_no_word() {
        for (street, short) in [
            ("Kerkstraat", Some("Kerkstraat")),
            ("Burgemeester Smitstraat", Some("Burgemeester Smitstraat")),
            ("Burgemeester van der Veldestraat", Some("Burg van der Veldestraat")),
            ("Burgemeester van Reenenlaan", Some("Burg van Reenenlaan")),
            ("Professor Doctor Dorgelolaan", Some("Prof Doctor Dorgeloln")),
            ("Generaal van den Boschplantsoen", Some("Gen van den Boschplnts")),
            ("Professor Jan van der Heijdenstraat", Some("Prof Jan vd Heijdenstr")),
            ("Laan van Nieuw Oost-Indië", Some("Ln van Nieuw Oost-Indië")),
            ("Straat die met geen woord in vierentwintig past", None),
        ] {
            let found = short_name(street);
            assert_eq!(found.as_deref(), short, "{street}");
            let words = |name: &str| name.split(' ').count();
            if let Some(found) = found {
                assert!(found.chars().count() <= SHORT_NAME_LENGTH_MAX);
                assert!(words(&found) <= words(street));
            }
        }
    }

    fn parts(values: &[(AttributeId, &str)]) -> Option<BagParts> {
        bag_parts(&|attribute| values.iter().find(|(it, _)| *it == attribute).map(|(_, it)| *it))
    }

    #[test]
    fn an_address_has_the_parts_of_the_register() {
        let whole = [
            (AttributeId::STREET, "Kerkstraat"),
            (AttributeId::HOUSE_NUMBER, "12"),
            (AttributeId::HOUSE_NUMBER_ADDITION, "A-3"),
            (AttributeId::POSTCODE, "1234 AB"),
            (AttributeId::CITY, "Utrecht"),
        ];
        let expected = BagParts {
            street: "Kerkstraat".into(),
            short_name: Some("Kerkstraat".into()),
            house_number: 12,
            suffix: HouseNumberSuffix {
                indication: None,
                letter: Some('A'),
                addition: Some("3".into()),
            },
            postcode: Some("1234AB".into()),
            city: Some("Utrecht".into()),
        };
        assert_eq!(parts(&whole), Some(expected));
        assert!(parts(&whole[..2]).is_some());
    }

    #[test]
    fn what_the_register_does_not_have_has_no_parts() {
        use AttributeId as A;
        let street = (A::STREET, "Kerkstraat");
        let number = (A::HOUSE_NUMBER, "12");
        assert_eq!(parts(&[street]), None);
        assert_eq!(parts(&[(A::STREET, "Postbus"), number]), None);
        assert_eq!(parts(&[(A::STREET, "Antwoordnummer"), number]), None);
        assert_eq!(parts(&[street, number, (A::COUNTRY, "BE")]), None);
        assert_eq!(parts(&[street, number, (A::POSTCODE, "9000")]), None);
        assert_eq!(parts(&[street, (A::HOUSE_NUMBER, "100000")]), None);
        let long = "x".repeat(NAME_LENGTH_MAX + 1);
        assert_eq!(parts(&[(A::STREET, &long), number]), None);
        assert!(parts(&[(A::STREET, &long[1..]), number]).is_some());
    }
}
