//! D-U-N-S numbers of Dun & Bradstreet: nine digits, since 2006 without a check digit.
//!
//! `15-048-3782` becomes `150483782`. Eight digits may be nine without a leading zero, or eight by
//! mistake: nothing tells, so that they are not filled up.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{are_digits, without_labels};
use super::folded::digit_count;
use super::output::{Context, Output};

/// Headers of columns with D-U-N-S numbers.
pub const HEADERS: &[&str] = &[
    "duns",
    "duns_number",
    "duns_nummer",
    "duns_nr",
    "dunsnr",
    "duns_no",
    "d_u_n_s",
    "d_u_n_s_number",
    "d_u_n_s_nummer",
    "dnb_number",
];

/// Whether a value has nine digits and no letters.
pub fn resembles(value: &str, _: &Context) -> bool {
    digit_count(value) == 9 && !value.contains(char::is_alphabetic)
}

/// Claims the nine digits.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let number = without_labels(value, &["DUNS", "NUMBER", "NUMMER", "NR", "NO"]);
    if number.len() == 9 && are_digits(number.as_bytes()) {
        return out.claim(AttributeId::DUNS, number, Validity::Valid);
    }
    out.claim(AttributeId::DUNS, number, Validity::Invalid);
    out.finding(FindingCode::InvalidDuns);
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
    fn numbers_have_nine_digits() {
        for (text, expected) in [
            ("150483782", "150483782"),
            ("15-048-3782", "150483782"),
            ("D-U-N-S number 15-048-3782", "150483782"),
            ("12345678", "12345678! !invalid_duns"),
            ("1504837820", "1504837820! !invalid_duns"),
            ("15048378O", "15048378O! !invalid_duns"),
            ("onbekend", "ONBEKEND! !invalid_duns"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(duns)?[0-9 -]{0,12}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
