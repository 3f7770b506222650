//! Postal addresses: when one is whole, when two are one value, when one completes another.

use karat_model::attribute::AttributeId;

use super::contest::Candidate;
use super::writing::{Key, is_same_text};

/// What it takes to deliver.
const ESSENTIAL: [AttributeId; 4] =
    [AttributeId::STREET, AttributeId::HOUSE_NUMBER, AttributeId::POSTCODE, AttributeId::CITY];

/// Whether the door can be found: a number, with a postal code or a street in a city.
pub(super) fn is_whole(address: Candidate<'_, '_>) -> bool {
    let has = |attribute| address.part(attribute).is_some();
    let has_place =
        has(AttributeId::POSTCODE) || has(AttributeId::STREET) && has(AttributeId::CITY);
    has(AttributeId::HOUSE_NUMBER) && has_place
}

/// How many of the essential parts there are.
pub(super) fn completeness(address: Candidate<'_, '_>) -> u32 {
    ESSENTIAL.into_iter().filter(|&attribute| address.part(attribute).is_some()).count() as u32
}

/// Postal code, number and addition if the postal code names a street; else all that is essential.
pub(super) fn key<'a>(address: Candidate<'_, 'a>) -> Key<'a> {
    let number = address.part(AttributeId::HOUSE_NUMBER);
    let addition = address.part(AttributeId::HOUSE_NUMBER_ADDITION);
    let postcode = address.part(AttributeId::POSTCODE);
    let is_told_by_postcode = number.is_some() && postcode.is_some_and(names_a_street);
    if is_told_by_postcode {
        Key::of_words([number, addition, postcode])
    } else {
        let street = address.part(AttributeId::STREET);
        Key::of_words([number, addition, postcode, street, address.part(AttributeId::CITY)])
    }
}

/// Whether an address that agrees may lend this part. Number and addition must be there already;
/// a further line is about one record.
pub(super) fn lends(attribute: AttributeId) -> bool {
    !matches!(
        attribute,
        AttributeId::HOUSE_NUMBER | AttributeId::HOUSE_NUMBER_ADDITION | AttributeId::ADDRESS_EXTRA
    )
}

/// Whether two addresses are surely one door.
pub(super) fn agree(one: Candidate<'_, '_>, other: Candidate<'_, '_>) -> bool {
    let both = |attribute| Some((one.part(attribute)?, other.part(attribute)?));
    let same = |attribute| both(attribute).is_some_and(|(one, other)| is_same_text(one, other));
    let contradicts =
        |attribute| both(attribute).is_some_and(|(one, other)| !is_same_text(one, other));

    let additions = [one, other].map(|address| address.part(AttributeId::HOUSE_NUMBER_ADDITION));
    let same_addition = additions == [None, None] || same(AttributeId::HOUSE_NUMBER_ADDITION);
    let same_door = same(AttributeId::HOUSE_NUMBER) && same_addition;
    let postcode_names_street = one.part(AttributeId::POSTCODE).is_some_and(names_a_street);
    let same_street = if same(AttributeId::POSTCODE) {
        postcode_names_street || same(AttributeId::STREET)
    } else {
        same(AttributeId::STREET) && same(AttributeId::CITY) && !contradicts(AttributeId::POSTCODE)
    };
    same_door && same_street && !contradicts(AttributeId::COUNTRY)
}

/// Whether a postal code is as fine as a street: it has a letter after a digit.
///
/// So it is in the Netherlands (`1234 AB`), Great Britain, Ireland and Canada. A Belgian or German
/// code is digits only, perhaps behind the letter of the country, and covers a whole town.
fn names_a_street(postcode: &str) -> bool {
    let behind_first_digit = postcode.trim_start_matches(|c: char| !c.is_ascii_digit());
    behind_first_digit.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_postal_codes_have_letters_behind_digits() {
        for postcode in ["1234 AB", "SW1A 1AA", "K1A 0B1", "D02 X285"] {
            assert!(names_a_street(postcode), "{postcode}");
        }
        for postcode in ["8000", "B-8000", "10115", "LV-1010", ""] {
            assert!(!names_a_street(postcode), "{postcode}");
        }
    }
}
