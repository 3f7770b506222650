//! Quantities: a decimal point, no signs between thousands, no zeros behind the last decimal.
//!
//! `€ 1.300,50` and `1,300.50` are both `1300.5`. A lone point is a decimal point, as databases and
//! spreadsheets write it; a lone comma before three digits parts thousands where English is spoken.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::output::{Context, Output};

/// Whether a value is a number.
pub fn resembles(value: &str, context: &Context) -> bool {
    read(value, context).is_some()
}

/// Claims the number for an attribute.
pub fn standardise(value: &str, attribute: AttributeId, context: &Context, out: &mut Output) {
    match read(value, context) {
        Some(number) => out.claim(attribute, number, Validity::Valid),
        None => {
            out.claim(attribute, value.trim(), Validity::Invalid);
            out.finding(FindingCode::InvalidNumber);
        }
    }
}

fn read(value: &str, context: &Context) -> Option<String> {
    let mut bare = value.trim();
    for currency in ["€", "$", "£", "EUR", "USD", "GBP", "eur"] {
        bare = bare
            .strip_prefix(currency)
            .or_else(|| bare.strip_suffix(currency))
            .unwrap_or(bare)
            .trim();
    }
    // Dutch prices: `12,-`
    let bare = bare.strip_suffix(",-").unwrap_or(bare);
    let unsigned = bare.strip_prefix(['-', '+']).unwrap_or(bare);
    let is_negative = bare.starts_with('-') || unsigned.ends_with('-');
    let unsigned = unsigned.strip_suffix('-').unwrap_or(unsigned).trim();
    let unsigned = unsigned.strip_prefix('€').unwrap_or(unsigned).trim();
    let (whole, decimals) = match decimal_sign(unsigned, context) {
        Some(at) => (&unsigned[..at], &unsigned[at + 1..]),
        None => (unsigned, ""),
    };
    let whole = without_thousands(whole)?;
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(written(is_negative, &whole, decimals))
}

/// Where the decimal point or comma stands, if there is one.
fn decimal_sign(text: &str, context: &Context) -> Option<usize> {
    let last = text.rfind(['.', ','])?;
    let sign = text.as_bytes()[last];
    let is_repeated = text.bytes().filter(|byte| *byte == sign).count() > 1;
    let is_only_kind = !text.bytes().any(|byte| matches!(byte, b'.' | b',') && byte != sign);
    let speaks_english = matches!(context.country.code(), "GB" | "US" | "AU" | "CA" | "IE" | "NZ");
    let parts_thousands = sign == b',' && speaks_english && is_only_kind && text.len() - last == 4;
    (!is_repeated && !parts_thousands).then_some(last)
}

/// The digits of a whole number; groups that are parted must have three.
fn without_thousands(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(['.', ',', ' ', '\'']).collect();
    let is_digits =
        |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let are_thousands = groups[1..].iter().all(|group| group.len() == 3);
    let first_fits = groups.len() == 1 || groups[0].len() <= 3;
    let is_whole = groups.iter().all(is_digits) && are_thousands && first_fits;
    is_whole.then(|| groups.concat())
}

fn written(is_negative: bool, whole: &str, decimals: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.trim_end_matches('0');
    let is_zero = whole.is_empty() && decimals.is_empty();
    let mut number = String::with_capacity(whole.len() + decimals.len() + 3);
    if is_negative && !is_zero {
        number.push('-');
    }
    number.push_str(if whole.is_empty() { "0" } else { whole });
    if !decimals.is_empty() {
        number.push('.');
        number.push_str(decimals);
    }
    number
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
    fn numbers_are_understood() {
        for (text, expected) in [
            ("12", "12"),
            ("007", "7"),
            ("0", "0"),
            ("-0,0", "0"),
            ("12,50", "12.5"),
            ("12.50", "12.5"),
            ("1.300,50", "1300.5"),
            ("1,300.50", "1300.5"),
            ("1.300.000", "1300000"),
            ("1 300", "1300"),
            ("€ 12,-", "12"),
            ("12,50-", "-12.5"),
            ("-3", "-3"),
            ("+3", "3"),
            ("12 EUR", "12"),
            ("1,300", "1.3"),
            ("1.3.0", "1.3.0! !invalid_number"),
            ("12a", "12a! !invalid_number"),
            ("veel", "veel! !invalid_number"),
            (".5", ".5! !invalid_number"),
        ] {
            check(text, claim, &DUTCH, expected);
        }
        let english = Context { country: Country::from_code("GB").expect("GB is a code"), ..DUTCH };
        check("1,300", claim, &english, "1300");
        check("1,30", claim, &english, "1.3");
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,20}", number in "[-€0-9., ]{0,12}") {
            check_settles(&text, claim, &DUTCH)?;
            check_settles(&number, claim, &DUTCH)?;
        }
    }
}
