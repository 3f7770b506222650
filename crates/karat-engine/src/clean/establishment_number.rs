//! Numbers of establishments in the Dutch trade register (*vestigingsnummer*): twelve digits that open
//! with four zeros, without a check digit.
//!
//! A spreadsheet drops leading zeros: seven digits and more are filled up to twelve.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{are_digits, without_labels};
use super::folded::digit_count;
use super::output::{Context, Output};

/// Headers of columns with numbers of establishments.
pub const HEADERS: &[&str] = &[
    "establishment_number",
    "vestigingsnummer",
    "vestigingsnr",
    "vestiging_nr",
    "vestigings_nr",
    "vestigingsnummer_kvk",
    "kvk_vestigingsnummer",
    "branch_number_kvk",
    "establishment_no",
];

/// Whether a value has seven to twelve digits and no letters.
pub fn resembles(value: &str, _: &Context) -> bool {
    (7..=12).contains(&digit_count(value)) && !value.contains(char::is_alphabetic)
}

/// Claims the twelve digits.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let number = without_labels(value, &["VESTIGINGS", "VESTIGING", "NUMMER", "NR", "KVK"]);
    if passes(&number) {
        return out.claim(AttributeId::ESTABLISHMENT_NUMBER, number, Validity::Valid);
    }
    let filled = format!("{number:0>12}");
    if (7..12).contains(&number.len()) && passes(&filled) {
        out.claim(AttributeId::ESTABLISHMENT_NUMBER, filled, Validity::Suspect);
        out.finding(FindingCode::Repaired);
    } else {
        out.claim(AttributeId::ESTABLISHMENT_NUMBER, number, Validity::Invalid);
        out.finding(FindingCode::InvalidEstablishmentNumber);
    }
}

/// Whether a number has the form of one.
pub(super) fn passes(number: &str) -> bool {
    number.len() == 12 && number.starts_with("0000") && are_digits(number.as_bytes())
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
    fn numbers_have_twelve_digits() {
        for (text, expected) in [
            ("000037178598", "000037178598"),
            ("0000 3717 8598", "000037178598"),
            ("Vestigingsnr. 000037178598", "000037178598"),
            ("37178598", "000037178598? !repaired"),
            ("7178598", "000007178598? !repaired"),
            ("12345", "12345! !invalid_establishment_number"),
            ("687501100001", "687501100001! !invalid_establishment_number"),
            ("00003717859O", "00003717859O! !invalid_establishment_number"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(vestigings)?[0-9 .n]{0,14}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
