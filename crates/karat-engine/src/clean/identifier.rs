//! Numbers and codes that identify a customer across systems: in capitals, without signs around them.
//!
//! A citizen service number (BSN) may not be kept by companies: a column that says it holds them is
//! watched, and what passes the check of a BSN there is withheld: only a mark that it was there is
//! stored, so that cleaning still finds it.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use super::elfproef;
use super::folded::squeezed;
use super::output::{Context, Output};

/// Claims the code for an attribute.
pub fn standardise(value: &str, attribute: AttributeId, _: &Context, out: &mut Output) {
    let capitals = squeezed(value).to_uppercase();
    let code = capitals.trim_matches(|c: char| !c.is_alphanumeric());
    out.claim(attribute, code, Validity::Valid);
}

/// Whether a folded header says that its column holds citizen service numbers.
pub fn is_watched(header: &str) -> bool {
    let mut words = header.split('_');
    words.any(|word| {
        let stem = word.trim_end_matches("nummer").trim_end_matches("nr");
        matches!(stem, "bsn" | "sofi" | "burgerservice")
    })
}

/// What stands in a watched column instead of a citizen service number.
pub const WITHHELD: &str = "*********";

/// Whether a value of a watched column is a citizen service number, or stands for one.
pub fn is_citizen_number(value: &str) -> bool {
    value == WITHHELD || passes(value.chars().filter_map(digit).collect())
}

/// Strikes out what may be a citizen service number in a row whose columns are not known.
pub fn strike_out(raw: &mut [u8]) {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    for number in raw.chunk_by_mut(|one, next| is_of_number(one) == is_of_number(next)) {
        if passes(number.iter().copied().filter(u8::is_ascii_digit).collect()) {
            number.fill(b'*');
        }
    }
}

/// Whether these digits pass the check; a spreadsheet drops a leading zero.
fn passes(mut digits: Vec<u8>) -> bool {
    if digits.len() == 8 {
        digits.insert(0, b'0');
    }
    elfproef::passes(&digits)
}

/// The digit that a character is, also in the full width of East Asian keyboards.
fn digit(character: char) -> Option<u8> {
    match character {
        '0'..='9' => Some(character as u8),
        '\u{FF10}'..='\u{FF19}' => Some(b'0' + (character as u32 - 0xFF10) as u8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    fn claim(value: &str, context: &Context, out: &mut Output) {
        standardise(value, AttributeId(100), context, out);
    }

    #[test]
    fn codes_are_in_capitals() {
        for (text, expected) in [
            ("p-001", "P-001"),
            ("#12 34", "12 34"),
            ("(ab/12)", "AB/12"),
            ("5304218", "5304218"),
            ("--", ""),
        ] {
            check(text, claim, &DUTCH, expected);
        }
    }

    #[test]
    fn citizen_numbers_are_left_out_where_they_are_announced() {
        for (header, value, expected) in [
            ("bsn", "111222333", true),
            ("bsn", "1112.22.333", true),
            ("burgerservicenummer", "123456782", true),
            ("klant_bsn_nr", "123456782", true),
            ("sofinummer", "123456782", true),
            ("bsn", "１２３４５６７８２", true),
            ("bsn", WITHHELD, true),
            ("bsn", "123456783", false),
            ("bsn", "********", false),
            ("bsn", "12345", false),
            ("klantnummer", "111222333", false),
            ("absn", "111222333", false),
        ] {
            let is_left_out = is_watched(header) && is_citizen_number(value);
            assert_eq!(is_left_out, expected, "{header} {value}");
        }
    }

    #[test]
    fn rows_lose_what_may_be_a_citizen_number() {
        for (row, expected) in [
            ("1;Jan;123456782;x;y", "1;Jan;*********;x;y"),
            ("123456782", "*********"),
            ("1;\"1112.22.333\"", "1;\"***********\""),
            ("1;123456783;0612345678", "1;123456783;0612345678"),
        ] {
            let mut raw = row.as_bytes().to_vec();
            strike_out(&mut raw);
            assert_eq!(raw.escape_ascii().to_string(), expected.escape_default().to_string());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}") {
            check_settles(&text, claim, &DUTCH)?;
        }
    }
}
