//! Numbers in the Dutch trade register (KvK): eight digits, without a check digit.
//!
//! A spreadsheet drops leading zeros: seven digits are one short. Twelve digits are a number with
//! the old four-digit branch behind it, unless they open with `0000`: those number an establishment,
//! and belong in a field of their own.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::{FindingCode, Repair};

use super::check_digits::capitals_and_digits;
use super::establishment_number;
use super::folded::digit_count;
use super::output::{Context, Output};

/// Headers of columns with KvK numbers.
pub const HEADERS: &[&str] = &[
    "kvk",
    "kvk_number",
    "kvk_nummer",
    "kvknr",
    "kvk_nr",
    "coc",
    "coc_number",
    "chamber_of_commerce_number",
    "handelsregister",
    "handelsregisternummer",
    "kamer_van_koophandel",
    "kvk_no",
    "dossiernummer",
    "coc_no",
];

/// Whether a value has seven or eight digits and no letters.
pub fn resembles(value: &str, _: &Context) -> bool {
    (7..=8).contains(&digit_count(value)) && !value.contains(char::is_alphabetic)
}

/// Claims the eight digits.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let number = compact(value);
    let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
    if establishment_number::passes(&number) {
        let repair = Repair::Move { to: AttributeId::ESTABLISHMENT_NUMBER, value: number.into() };
        return out.finding_with(FindingCode::WrongField, repair);
    }
    let repaired = match number.len() {
        8 if is_digits => return out.claim(AttributeId::KVK_NUMBER, number, Validity::Valid),
        7 if is_digits => Some(format!("0{number}")),
        12 if is_digits => Some(number[..8].to_owned()),
        _ => None,
    };
    match repaired {
        Some(number) => {
            out.claim(AttributeId::KVK_NUMBER, number, Validity::Suspect);
            out.finding(FindingCode::Repaired);
        }
        None => {
            out.claim(AttributeId::KVK_NUMBER, number, Validity::Invalid);
            out.finding(FindingCode::InvalidKvkNumber);
        }
    }
}

/// Letters and digits only, in capitals, without the word KvK before them.
fn compact(value: &str) -> String {
    let number = capitals_and_digits(value);
    let label = number.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_labelled = number.starts_with("KVK") && label.len() >= 7;
    if is_labelled { label.to_owned() } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    #[test]
    fn numbers_have_eight_digits() {
        for (text, expected) in [
            ("68750110", "68750110"),
            ("69599084", "69599084"),
            ("69599068", "69599068"),
            ("90006577", "90006577"),
            ("90001354", "90001354"),
            ("KvK-nummer: 68.75.01.10", "68750110"),
            ("1234568", "01234568? !repaired"),
            ("687501100001", "68750110? !repaired"),
            ("000037178598", " !wrong_field"),
            ("6875011", "06875011? !repaired"),
            ("687501", "687501! !invalid_kvk_number"),
            ("687501101", "687501101! !invalid_kvk_number"),
            ("6875011O", "6875011O! !invalid_kvk_number"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(kvk)?[0-9 .k]{0,14}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
