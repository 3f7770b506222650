//! Telephone numbers of all countries in the international form (E.164): `+31612345987`.
//!
//! ```text
//!   "06-12345987"             →  +31612345987
//!   "+31 (0)20 123 45 68"     →  +31201234568
//!   "020-1234568 (privé)"     →  +31201234568   with a remark
//!   "0900-8844"               →  +319008844     suspect: customers do not have such numbers
//!   "06-1234598"              →  061234598      invalid
//! ```
//!
//! Plain Dutch numbers are read here, as they are most of all; others by the library of numbering
//! plans. The kind of a standardised number, such as mobile or fixed, is told by [`type_of`].
//!
//! A remark behind a number is told by its class: `06-12345987 (overleden)` says that the customer
//! died.

use std::borrow::Cow;

use compact_str::CompactString;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::hub_model::Country;
use karat_model::phone_type::PhoneType;
use rlibphonenumber::{PhoneNumber, PhoneNumberFormat, Region};

use super::date;
use super::folded::digit_count;
use super::output::{Context, Output};
use super::phone_type;
use super::remarks;

pub use super::phone_type::type_of;

/// Headers of columns with telephone numbers.
pub const HEADERS: &[&str] = &[
    "phone",
    "phone_number",
    "telephone",
    "telephone_number",
    "tel",
    "telefoon",
    "telefoonnummer",
    "tel_nr",
    "telnr",
    "telno",
    "telefoonnr",
    "mobile",
    "mobile_phone",
    "mobiel",
    "mobiele_telefoon",
    "mobiel_nummer",
    "mobielnummer",
    "mobile_number",
    "cell",
    "cell_phone",
    "cellphone",
    "gsm",
    "gsm_nummer",
    "handy",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "mobilnummer",
    "mobil",
    "phone_no",
    "vast_nummer",
    "vaste_telefoon",
    "landline",
    "contact_number",
    "fax",
    "faxnummer",
    "tel_mobiel",
    "tel_vast",
    "whatsapp",
    "msisdn",
    "mob",
];

/// The fewest digits that are worth keeping when they are no number.
const INVALID_DIGITS_MIN: usize = 6;

/// Whether a value looks like a telephone number: it opens with `0` or `+`, and is no date.
pub fn resembles(value: &str, context: &Context) -> bool {
    let is_sign =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | ' ' | '.' | '/');
    let opens = value.trim_start_matches('(').starts_with(['+', '0']);
    opens
        && value.chars().all(is_sign)
        && (8..=15).contains(&digit_count(value))
        && !date::resembles(value, context)
}

/// Claims the number in its international form.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    if let Some(number) = plain_dutch(value, context.country) {
        return out.claim(AttributeId::PHONE, number, Validity::Valid);
    }
    let (text, has_remark) = without_remarks(value);
    if has_remark {
        out.finding(remarks::code_of(value));
    }
    let digits = digits_of(&text);
    if is_short_number(&digits, context.country) {
        out.finding(FindingCode::UnlikelyPhone);
        return out.claim(AttributeId::PHONE, digits, Validity::Suspect);
    }
    if let Some(number) = read(&text, context.country) {
        return number.claim(Validity::Valid, out);
    }
    // Other signs between the digits may mislead the library.
    let has_usual_signs = text.strip_prefix('+').unwrap_or(&text).bytes().all(is_usual);
    let again = if has_usual_signs { None } else { read(&digits, context.country) };
    if let Some(number) = again {
        out.finding(FindingCode::Repaired);
        return number.claim(Validity::Suspect, out);
    }
    out.finding(FindingCode::InvalidPhone);
    if digit_count(&digits) >= INVALID_DIGITS_MIN {
        out.claim(AttributeId::PHONE, digits, Validity::Invalid);
    }
}

/// A Dutch number of ten digits in one of its usual forms, in the international form.
///
/// `None` says nothing of the number: it is for the library.
fn plain_dutch(value: &str, country: Country) -> Option<CompactString> {
    const DIGITS_MAX: usize = 14;
    let mut buffer = [0u8; DIGITS_MAX];
    let mut length = 0;
    let is_international = value.starts_with('+');
    for byte in value.bytes().skip(usize::from(is_international)) {
        match byte {
            b'0'..=b'9' => {
                *buffer.get_mut(length)? = byte;
                length += 1;
            }
            sign if is_usual(sign) => {}
            _ => return None,
        }
    }
    let digits = &buffer[..length];
    let national = match digits {
        [b'3', b'1', rest @ ..] if is_international => rest.strip_prefix(b"0").unwrap_or(rest),
        [b'0', b'0', b'3', b'1', rest @ ..] if country == Country::NETHERLANDS => {
            rest.strip_prefix(b"0").unwrap_or(rest)
        }
        [b'0', rest @ ..] if !is_international && country == Country::NETHERLANDS => rest,
        _ => return None,
    };
    let is_plain = national.len() == 9 && is_subscriber(national);
    is_plain.then(|| {
        let mut number = CompactString::const_new("+31");
        number.push_str(std::str::from_utf8(national).expect("digits are ASCII"));
        number
    })
}

/// Whether it is a digit or a sign that numbers are written with, which nobody takes for more.
fn is_usual(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b' ' | b'-' | b'.' | b'(' | b')' | b'/')
}

/// Whether nine digits open with a mobile prefix or an area code, of two digits or of three.
fn is_subscriber(national: &[u8]) -> bool {
    let third = national[2];
    match (national[0], national[1]) {
        (b'6', second) => matches!(second, b'1'..=b'5' | b'8'),
        (b'7', _) => true,
        (b'1', b'0' | b'3' | b'5') => true,
        (b'1', b'1') => matches!(third, b'1' | b'3'..=b'5' | b'7' | b'8'),
        (b'1', b'6') => matches!(third, b'1' | b'2' | b'4'..=b'8'),
        (b'1', b'7') => matches!(third, b'2' | b'4'),
        (b'1', b'8') => matches!(third, b'0'..=b'4' | b'6' | b'7'),
        (b'2', b'0' | b'3' | b'4' | b'6') => true,
        (b'2', b'2') => matches!(third, b'2'..=b'4' | b'6'..=b'9'),
        (b'2', b'5') => matches!(third, b'1' | b'2' | b'5'),
        (b'2', b'9') => matches!(third, b'4' | b'7' | b'9'),
        (b'3', b'0' | b'3' | b'5' | b'6' | b'8') => true,
        (b'3', b'1') => matches!(third, b'3'..=b'8'),
        (b'3', b'2') => matches!(third, b'0' | b'1'),
        (b'3', b'4') => matches!(third, b'1'..=b'8'),
        (b'4', b'0' | b'3' | b'5' | b'6') => true,
        (b'4', b'1') => matches!(third, b'1'..=b'3' | b'6' | b'8'),
        (b'4', b'7') => matches!(third, b'5' | b'8'),
        (b'4', b'8') => matches!(third, b'1' | b'5'..=b'8'),
        (b'4', b'9') => matches!(third, b'2' | b'3' | b'5' | b'7' | b'9'),
        (b'5', b'0' | b'3' | b'5' | b'8') => true,
        (b'5', b'1' | b'9') => third != b'0',
        (b'5', b'2') => matches!(third, b'1'..=b'5' | b'7'..=b'9'),
        (b'5', b'4') => matches!(third, b'1' | b'3'..=b'8'),
        (b'5', b'6') => matches!(third, b'1' | b'2' | b'6'),
        (b'5', b'7') => matches!(third, b'0'..=b'3' | b'5' | b'7' | b'8'),
        _ => false,
    }
}

/// A number that the numbering plan of its country knows.
struct Known {
    number: PhoneNumber,
    is_unlikely: bool,
}

impl Known {
    fn claim(&self, validity: Validity, out: &mut Output) {
        let validity = if self.is_unlikely { Validity::Suspect } else { validity };
        if self.is_unlikely {
            out.finding(FindingCode::UnlikelyPhone);
        }
        out.claim(AttributeId::PHONE, self.number.format_as(PhoneNumberFormat::E164), validity);
    }
}

fn read(text: &str, country: Country) -> Option<Known> {
    let region = country.code().parse::<Region>().ok();
    let is_valid = |number: &PhoneNumber| number.is_valid();
    let national = PhoneNumber::parse(text, region).ok().filter(is_valid);
    // `00` opens an international number, whatever the country dials.
    let international = || {
        let rest = text.trim_start_matches(|c: char| !c.is_ascii_digit()).strip_prefix("00")?;
        PhoneNumber::parse(format!("+{rest}"), region).ok().filter(is_valid)
    };
    let number = national.or_else(international)?;
    let e164 = number.format_as(PhoneNumberFormat::E164);
    let kind = phone_type::of_number(&number, &e164);
    let is_unlikely = matches!(kind, PhoneType::Service | PhoneType::Machine | PhoneType::Pager);
    Some(Known { is_unlikely, number })
}

/// Whether digits are a number of emergency, police or government, which has no area code.
fn is_short_number(digits: &str, country: Country) -> bool {
    match phone_type::of_short(digits) {
        PhoneType::Emergency => true,
        PhoneType::Government | PhoneType::Service => country == Country::NETHERLANDS,
        _ => false,
    }
}

/// Takes off labels before a number, remarks behind it and between brackets.
fn without_remarks(value: &str) -> (Cow<'_, str>, bool) {
    /// With so many digits a number is whole; words behind it say something about it.
    const WHOLE_DIGITS_MIN: usize = 8;
    if !value.contains(char::is_alphabetic) {
        return (Cow::Borrowed(value), false);
    }
    let text = without_bracketed_words(value);
    let has_bracketed = text.len() < value.len();
    let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')).unwrap_or(0);
    let number = &text[start..];
    let end = number.find(char::is_alphabetic).unwrap_or(number.len());
    let (head, tail) = number.split_at(end);
    let is_whole = digit_count(head) >= WHOLE_DIGITS_MIN;
    if is_whole {
        return (Cow::Owned(head.trim().to_owned()), has_bracketed || !tail.is_empty());
    }
    (Cow::Owned(number.to_owned()), has_bracketed)
}

/// Drops `(privé)` but keeps `(0)`.
fn without_bracketed_words(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, opened)) = rest.split_once('(') {
        text.push_str(before);
        let (inside, after) = opened.split_once(')').unwrap_or((opened, ""));
        if !inside.contains(char::is_alphabetic) {
            text.push('(');
            text.push_str(inside);
            text.push(')');
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The digits, and the plus before them.
fn digits_of(text: &str) -> String {
    let mut digits = String::with_capacity(text.len());
    for character in text.chars() {
        let is_opening_plus = character == '+' && digits.is_empty();
        if character.is_ascii_digit() || is_opening_plus {
            digits.push(character);
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::DateOrder;
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
    const BELGIAN: Context = Context { country: Country::BELGIUM, ..DUTCH };

    #[test]
    fn numbers_are_standardised() {
        for (text, expected) in [
            ("06-12345987", "+31612345987"),
            ("0612345987", "+31612345987"),
            ("06 12 34 59 87", "+31612345987"),
            ("+31612345987", "+31612345987"),
            ("+31 (0)6 12345987", "+31612345987"),
            ("+31 6 1234 5987", "+31612345987"),
            ("0031612345987", "+31612345987"),
            ("00 31 (0)6-12345987", "+31612345987"),
            ("31612345987", "+31612345987"),
            ("612345987", "+31612345987"),
            ("020-1234568", "+31201234568"),
            ("(020) 123 45 68", "+31201234568"),
            ("020/1234568", "+31201234568"),
            ("0299-412345", "+31299412345"),
            ("088-1234560", "+31881234560"),
            ("085 1234560", "+31851234560"),
            ("+32 470 12 34 56", "+32470123456"),
            ("0032470123456", "+32470123456"),
            ("+49 221 1234568", "+492211234568"),
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("tel: 06-12345987", "+31612345987"),
            ("06-12345987 (privé)", "+31612345987 !remark"),
            ("06 (mob) 12345987", "+31612345987 !remark"),
            ("020-1234568 na 18 uur", "+31201234568 !remark"),
            ("06-12345987 (overleden)", "+31612345987 !deceased"),
            ("06-12345987 verhuisd", "+31612345987 !moved_away"),
            ("0900-8844", "+319008844? !unlikely_phone"),
            ("0800-1351", "+318001351? !unlikely_phone"),
            ("097012345678", "+3197012345678? !unlikely_phone"),
            ("112", "112? !unlikely_phone"),
            ("14020", "14020? !unlikely_phone"),
            ("06-1234598", "061234598! !invalid_phone"),
            ("06-123459871", "06123459871! !invalid_phone"),
            ("0000123", "0000123! !invalid_phone"),
            ("+999 12345678", "+99912345678! !invalid_phone"),
            ("12345", " !invalid_phone"),
            ("geen telefoon", " !invalid_phone"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
        for (text, expected) in [
            ("0470 12 34 56", "+32470123456"),
            ("02 234 56 71", "+3222345671"),
            ("+31 6 12345987", "+31612345987"),
            ("0031612345987", "+31612345987"),
            ("0612345987", "0612345987! !invalid_phone"),
        ] {
            check(text, standardise, &BELGIAN, expected);
        }
    }

    #[test]
    fn plain_dutch_numbers_are_what_the_library_makes_of_them() {
        for opening in 100..1000 {
            let text = format!("0{opening:03}123457");
            let known = read(&text, Country::NETHERLANDS).filter(|known| {
                matches!(
                    known.number.get_type(),
                    rlibphonenumber::PhoneNumberType::FixedLine
                        | rlibphonenumber::PhoneNumberType::Mobile
                )
            });
            let expected =
                known.map(|known| known.number.format_as(PhoneNumberFormat::E164).into_owned());
            assert_eq!(
                plain_dutch(&text, Country::NETHERLANDS).as_deref(),
                expected.as_deref(),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn usual_signs_do_not_mislead_the_library(text in "(\\+|00)?(31|32|49)?[-0-9 ()./]{0,18}") {
            for country in [Country::NETHERLANDS, Country::BELGIUM, Country::GERMANY] {
                let [text, digits] = [&text, &digits_of(&text)].map(|text| {
                    let known = read(text, country)?;
                    Some(known.number.format_as(PhoneNumberFormat::E164).into_owned())
                });
                prop_assert_eq!(text, digits);
            }
        }

        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,30}", number in "\\+?[0-9]{0,4}[-0-9 ().a-z/]{0,16}") {
            for context in [DUTCH, BELGIAN] {
                check_settles(&text, standardise, &context)?;
                check_settles(&number, standardise, &context)?;
            }
        }
    }
}
