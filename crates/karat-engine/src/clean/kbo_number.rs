//! Numbers of Belgian enterprises (KBO, BCE): ten digits that open with 0 or 1, of which the last two
//! are 97 less the remainder of the others.
//!
//! The VAT number of an enterprise is the same with `BE` before it, which is taken off; a record in
//! which the two differ says so (`number_conflict`). Until 2005 numbers had nine digits: these get
//! the zero that they have now.
//!
//! Source: the Belgian royal decree of 24 June 2003 on the enterprise number.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{belgian_enterprise, without_labels};
use super::folded::digit_count;
use super::output::{Context, Output};

/// Headers of columns with numbers of Belgian enterprises.
pub const HEADERS: &[&str] = &[
    "kbo_number",
    "kbo",
    "kbo_nummer",
    "kbonr",
    "kbo_nr",
    "ondernemingsnummer",
    "ondernemingsnr",
    "bce",
    "bce_number",
    "numero_bce",
    "numero_d_entreprise",
    "no_entreprise",
    "enterprise_number",
    "cbe_number",
    "cbe",
];

/// Whether a value has nine or ten digits, and no letters but `BE`.
pub fn resembles(value: &str, _: &Context) -> bool {
    let bare = value.strip_prefix("BE").unwrap_or(value);
    (9..=10).contains(&digit_count(bare)) && !bare.contains(char::is_alphabetic)
}

/// Claims the ten digits.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let number = without_labels(value, &["BE", "KBO", "BCE", "CBE", "NUMMER", "NR"]);
    if belgian_enterprise(number.as_bytes()) {
        return out.claim(AttributeId::KBO_NUMBER, number, Validity::Valid);
    }
    let filled = format!("0{number}");
    if belgian_enterprise(filled.as_bytes()) {
        out.claim(AttributeId::KBO_NUMBER, filled, Validity::Suspect);
        out.finding(FindingCode::Repaired);
    } else {
        out.claim(AttributeId::KBO_NUMBER, number, Validity::Invalid);
        out.finding(FindingCode::InvalidKboNumber);
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

    #[test]
    fn numbers_have_two_check_digits() {
        for (text, expected) in [
            ("0417497106", "0417497106"),
            ("0566988259", "0566988259"),
            ("BE 0417.497.106", "0417497106"),
            ("KBO-nr. 0417.497.106", "0417497106"),
            ("417497106", "0417497106? !repaired"),
            ("BE 417.497.106", "0417497106? !repaired"),
            ("0417497107", "0417497107! !invalid_kbo_number"),
            ("2417497106", "2417497106! !invalid_kbo_number"),
            ("041749710", "041749710! !invalid_kbo_number"),
            ("onbekend", "ONBEKEND! !invalid_kbo_number"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(BE|kbo)?[01]?[0-9 .]{0,12}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
