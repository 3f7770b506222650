//! Postal code and city in one field: `1234AB Utrecht`, `Utrecht 1234 AB`, `D-50667 Köln`.
//!
//! English-speaking countries put a region between them: `Springfield, IL 62704`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use crate::clean::output::{Context, Output};

use super::postcode::{self, Code};
use super::{Parts, city, region};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "postcode_city",
    "postcode_plaats",
    "pc_plaats",
    "postcodeplaats",
    "postcode_woonplaats",
    "pc_woonplaats",
    "plz_ort",
    "zip_city",
    "pcplaats",
    "postcode_en_plaats",
    "postcode_town",
    "postcode_en_woonplaats",
    "plaats_postcode",
    "postcode_and_city",
    "zip_and_city",
    "city_zip",
    "city_postcode",
    "postal_code_city",
    "postal_code_and_city",
    "city_state_zip",
    "plz_und_ort",
    "plz_stadt",
    "ort_plz",
    "adresregel_postcode_plaats",
];

/// Whether a value looks like a postal code with a city.
pub fn resembles(value: &str, context: &Context) -> bool {
    parse(value, context).is_some_and(|parts| parts.city.is_some())
}

/// Claims postal code and city.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    match parse(value, context) {
        Some(parts) => parts.claim(out),
        None => {
            let Some(city) = city::city(value) else {
                return out.finding(FindingCode::InvalidPostcode);
            };
            let has_digit = value.contains(|c: char| c.is_ascii_digit());
            if has_digit {
                out.claim(AttributeId::CITY, city, Validity::Suspect);
                out.finding(FindingCode::InvalidPostcode);
            } else {
                out.claim(AttributeId::CITY, city, Validity::Valid);
            }
        }
    }
}

/// Splits a text that starts or ends with a postal code.
pub(super) fn parse(text: &str, context: &Context) -> Option<Parts> {
    const WORDS_MAX: usize = 12;
    let text = city::bare(text);
    let is_gap = |c: char| c.is_whitespace() || c == ',';
    let words: Vec<&str> = text.split(is_gap).filter(|word| !word.is_empty()).collect();
    if words.len() > WORDS_MAX {
        return None;
    }
    for length in [3, 2, 1] {
        let Some(rest) = words.len().checked_sub(length) else { continue };
        let letters_follow = length == 1 && is_unissued_dutch(&words);
        let others = &words[length..];
        let is_apart = !letters_follow && !holds_digit(others);
        if let Some(code) = code(&words[..length], context).filter(|_| is_apart) {
            return Some(parts(code, others, false));
        }
        if let Some(code) = code(&words[rest..], context) {
            let others = &words[..rest];
            if !holds_digit(others) {
                return Some(parts(code, others, true));
            }
        }
    }
    None
}

/// Cities have no digits; a text that holds more of them is something else.
fn holds_digit(words: &[&str]) -> bool {
    words.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()))
}

/// `1234 SS` is a Dutch code that was never issued, not the code 1234 and a place called SS.
fn is_unissued_dutch(words: &[&str]) -> bool {
    let [digits, letters, ..] = words else { return false };
    let has_digits = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    has_digits && letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The code that these words are; several words only when the code is printed so.
fn code(words: &[&str], context: &Context) -> Option<Code> {
    if let [only] = words {
        return postcode::read(only, context);
    }
    let could_be_code = words.iter().all(|word| word.len() <= 7);
    if !could_be_code {
        return None;
    }
    let joined = words.join(" ").to_ascii_uppercase();
    postcode::read(&joined, context).filter(|code| joined.ends_with(&code.text))
}

fn parts(code: Code, others: &[&str], may_hold_region: bool) -> Parts {
    let is_region = |word: &&&str| {
        (2..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase())
    };
    let region_word =
        others.last().filter(|_| may_hold_region && !code.has_letters).filter(is_region);
    let city_words = &others[..others.len() - usize::from(region_word.is_some())];
    Parts {
        postcode: Some(code.text),
        country: code.country.map(|country| country.code().into()),
        city: city::city(&city_words.join(" ")),
        region: region_word.map(|word| region::region(word)),
        ..Parts::default()
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;
    use crate::clean::output;

    fn check(country: &str, text: &str, expected: &str) {
        let country = Country::from_code(country).expect("a code");
        let context = Context { country, date_order: DateOrder::DayFirst };
        let parts = parse(text, &context).expect(text);
        let shown = [parts.postcode, parts.city, parts.region, parts.country];
        let shown: Vec<_> = shown.into_iter().flatten().collect();
        assert_eq!(shown.join(" | "), expected, "{text}");
    }

    #[test]
    fn codes_with_cities() {
        check("NL", "1234AB Utrecht", "1234 AB | Utrecht");
        check("NL", "1234 AB  UTRECHT", "1234 AB | Utrecht");
        check("NL", "Utrecht 1234 AB", "1234 AB | Utrecht");
        check("NL", "1234 AB", "1234 AB");
        check("NL", "NL-1234 AB den haag", "1234 AB | Den Haag | NL");
        check("NL", "1234 ab, bergen op zoom", "1234 AB | Bergen op Zoom");
        check("DE", "D-50667 Köln", "50667 | Köln | DE");
        check("NL", "B-9000 Gent", "9000 | Gent | BE");
        check("NL", "D 50667 Köln", "50667 | Köln | DE");
        check("BE", "9000 Gent", "9000 | Gent");
        check("GB", "London SW1A 1AA", "SW1A 1AA | London");
        check("US", "Springfield, IL 62704", "62704 | Springfield | IL");
        check("AU", "Winston Hills NSW 2153", "2153 | Winston Hills | NSW");
        check("SE", "111 22 Stockholm", "111 22 | Stockholm");
    }

    /// A number that is no code was dropped, and nothing said so.
    #[test]
    fn a_number_alone_is_found_wrong() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let check = |text, expected| output::check(text, standardise, &context, expected);
        check(";1", " !invalid_postcode");
        check("Utrecht 1", "Utrecht 1? !invalid_postcode");
        check("Utrecht", "Utrecht");
    }

    #[test]
    fn a_city_alone_has_no_code() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for text in ["Utrecht", "", "1234 SS Utrecht", "Den Haag 12"] {
            assert_eq!(parse(text, &context), None, "{text}");
        }
    }
}
