//! The Dutch number of legal entities and partnerships (RSIN): nine digits that pass the elfproef.
//!
//! It is what stands between `NL` and `B01` in the VAT number of a company, unless that pays VAT
//! together with others; a record in which the two differ says so (`number_conflict`). A spreadsheet
//! drops a leading zero: eight digits that pass with it are one short.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{elfproef, without_labels};
use super::folded::digit_count;
use super::output::{Context, Output};

/// Headers of columns with RSINs.
pub const HEADERS: &[&str] =
    &["rsin", "rsin_nummer", "rsin_number", "rsin_nr", "rsinnr", "rsin_no"];

/// Whether a value has eight or nine digits and no letters.
pub fn resembles(value: &str, _: &Context) -> bool {
    (8..=9).contains(&digit_count(value)) && !value.contains(char::is_alphabetic)
}

/// Claims the nine digits.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let number = compact(value);
    if elfproef(number.as_bytes()) {
        return out.claim(AttributeId::RSIN, number, Validity::Valid);
    }
    let filled = format!("0{number}");
    if elfproef(filled.as_bytes()) {
        out.claim(AttributeId::RSIN, filled, Validity::Suspect);
        out.finding(FindingCode::Repaired);
    } else {
        out.claim(AttributeId::RSIN, number, Validity::Invalid);
        out.finding(FindingCode::InvalidRsin);
    }
}

/// Whether the digits may be those of a citizen: the check is the same.
pub(super) fn may_be_citizen_number(value: &str) -> bool {
    elfproef(compact(value).as_bytes())
}

fn compact(value: &str) -> String {
    without_labels(value, &["RSIN", "NUMMER", "NR"])
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
    fn numbers_pass_the_elfproef() {
        for (text, expected) in [
            ("853746333", "853746333"),
            ("810433941", "810433941"),
            ("8537.46.333", "853746333"),
            ("RSIN-nummer 853746333", "853746333"),
            ("02455799", "02455799! !invalid_rsin"),
            ("12345672", "012345672? !repaired"),
            ("853746334", "853746334! !invalid_rsin"),
            ("002455799", "002455799! !invalid_rsin"),
            ("000099998", "000099998! !invalid_rsin"),
            ("onbekend", "ONBEKEND! !invalid_rsin"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(rsin)?[0-9 .n]{0,11}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
