//! The house number: digits, `1` to `99999` as the Dutch register of addresses (BAG) has it.
//!
//! The column may hold the addition as well: `12 A`, `12-14`, `t/o 12`, Australian `5/12`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use crate::clean::folded::squeezed;
use crate::clean::output::{Context, Output};

use super::Parts;
use super::house_number_addition::{self as addition, Width};
use super::line;

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "house_number",
    "house_no",
    "huisnummer",
    "huisnr",
    "hnr",
    "street_number",
    "street_no",
    "hausnummer",
    "hausnr",
    "number_house",
    "huis_nr",
    "huis_nummer",
    "nr_huis",
    "building_number",
    "houseno",
    "straatnummer",
    "huisno",
    "hsnr",
    "huisnummer_1",
    "woning_nummer",
    "house_nr",
    "street_nr",
    "numero",
];

/// Whether a value looks like a house number.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let digits = line::digits_at_start(value);
    let tail = &value[digits..];
    let has_addition = tail.is_empty() || addition::read(tail, Width::Narrow).is_some();
    (1..=4).contains(&digits) && !value.starts_with('0') && has_addition && value.len() <= 8
}

/// Whether a standardised house number exists in any register.
pub(super) fn is_possible(number: &str) -> bool {
    let is_digits = number.bytes().all(|b| b.is_ascii_digit());
    is_digits && (1..=5).contains(&number.len()) && !number.starts_with('0')
}

/// The digits of a house number without leading zeros, if anything is left.
pub(super) fn without_zeros(digits: &str) -> Option<String> {
    let number = digits.trim_start_matches('0');
    (!number.is_empty()).then(|| number.into())
}

/// Claims the house number and the addition; what is no number is claimed as invalid.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    if let Some(parts) = parse(value, context) {
        return parts.claim(out);
    }
    let text = squeezed(value);
    if text.contains(char::is_alphanumeric) {
        out.claim(AttributeId::HOUSE_NUMBER, text, Validity::Invalid);
        out.finding(FindingCode::InvalidHouseNumber);
    }
}

/// Understands a number with its addition.
pub(super) fn parse(value: &str, context: &Context) -> Option<Parts> {
    let value = value.trim();
    let value = value.strip_suffix(".0").unwrap_or(value); // a spreadsheet's number
    let (near, number) = without_first_word(value);
    let digits = line::digits_at_start(number);
    let unit = number[digits..].strip_prefix('/').filter(|_| context.country.code() == "AU");
    let mut parts = match unit {
        Some(after_unit) => {
            let mut parts = parse_number(after_unit)?;
            parts.add_extra(&format!("Unit {}", &number[..digits]));
            parts
        }
        None => parse_number(number)?,
    };
    if let Some(near) = near {
        parts.set_near(near);
    }
    Some(parts)
}

/// Takes `t/o` and `nr.` off; the first says that the house is opposite the number.
fn without_first_word(value: &str) -> (Option<&'static str>, &str) {
    let value = value.trim_start_matches('#');
    let Some((word, number)) = value.split_once(char::is_whitespace) else { return (None, value) };
    let near = line::near(word);
    let is_number_word = matches!(word, "nr" | "nr." | "Nr" | "Nr." | "no." | "No." | "#");
    if near.is_some() || is_number_word { (near, number.trim_start()) } else { (None, value) }
}

fn parse_number(text: &str) -> Option<Parts> {
    let digits = line::digits_at_start(text);
    if digits > 5 {
        return None;
    }
    let (number, tail) = text.split_at(digits);
    let mut parts = Parts { house_number: Some(without_zeros(number)?), ..Parts::default() };
    parts.addition = addition::read(tail, Width::Wide);
    let has_remark = parts.addition.is_none() && tail.contains(char::is_alphanumeric);
    if has_remark {
        parts.add_remark(tail.trim_matches(|c: char| !c.is_alphanumeric()));
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    fn context(country: &str) -> Context {
        let country = Country::from_code(country).expect("a code");
        Context { country, date_order: DateOrder::DayFirst }
    }

    fn check(value: &str, number: &str, addition: &str) {
        let parts = parse(value, &context("NL")).expect(value);
        assert_eq!(parts.house_number.as_deref(), Some(number), "{value}");
        assert_eq!(parts.addition.as_deref().unwrap_or(""), addition, "{value}");
    }

    #[test]
    fn numbers() {
        check("12", "12", "");
        check("0012", "12", "");
        check("12.0", "12", "");
        check("12 A", "12", "A");
        check("12a", "12", "A");
        check("12-14", "12", "14");
        check("12-2", "12", "2");
        check("12 bis", "12", "bis");
        check("12hs", "12", "hs");
        check("t/o 12", "12", "to");
        check("nr. 12", "12", "");
        check("#12", "12", "");
        check("12 (achterdeur)", "12", "");
        check("99999", "99999", "");
    }

    #[test]
    fn no_numbers() {
        for value in ["0", "A", "100000", "Kerkstraat", ""] {
            assert_eq!(parse(value, &context("NL")), None, "{value}");
        }
    }

    #[test]
    fn australian_units_come_first() {
        let parts = parse("5/12", &context("AU")).expect("a number");
        assert_eq!(
            (parts.house_number.as_deref(), parts.extra.as_deref()),
            (Some("12"), Some("Unit 5"))
        );
        let parts = parse("5/12", &context("NL")).expect("a number");
        assert_eq!(
            (parts.house_number.as_deref(), parts.addition.as_deref()),
            (Some("5"), Some("12"))
        );
    }
}
