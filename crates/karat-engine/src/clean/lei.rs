//! Legal Entity Identifiers (ISO 17442): twenty letters and digits, of which the last two are check
//! digits (ISO 7064 mod 97-10).

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{capitals_and_digits, remainder_of_97};
use super::output::{Context, Output};

/// Headers of columns with Legal Entity Identifiers.
pub const HEADERS: &[&str] =
    &["lei", "lei_code", "lei_number", "lei_nummer", "legal_entity_identifier", "leicode"];

/// Whether a value has twenty letters and digits, with two digits at the end; they may be wrong.
pub fn resembles(value: &str, _: &Context) -> bool {
    has_form(&compact(value))
}

/// Claims the twenty letters and digits, in capitals and without spaces.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let code = compact(value);
    if has_form(&code) && remainder_of_97(&code) == 1 {
        return out.claim(AttributeId::LEI, code, Validity::Valid);
    }
    out.claim(AttributeId::LEI, code, Validity::Invalid);
    out.finding(FindingCode::InvalidLei);
}

fn has_form(code: &str) -> bool {
    code.len() == 20 && code.as_bytes()[18..].iter().all(u8::is_ascii_digit)
}

/// Letters and digits only, in capitals, without the word LEI before all twenty.
fn compact(value: &str) -> String {
    let mut code = capitals_and_digits(value);
    if code.len() == 23 && code.starts_with("LEI") {
        code.drain(..3);
    }
    code
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
    fn codes_have_two_check_digits() {
        for (text, expected) in [
            ("HWUPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT394"),
            ("hwup kr0m pou8 fgxb t394", "HWUPKR0MPOU8FGXBT394"),
            ("LEI: HWUPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT394"),
            ("HWUPKR0MPOU8FGXBT395", "HWUPKR0MPOU8FGXBT395! !invalid_lei"),
            ("HWUPKR0MPOU8FGXBT39", "HWUPKR0MPOU8FGXBT39! !invalid_lei"),
            ("HWUPKR0MPOU8FGXTB394", "HWUPKR0MPOU8FGXTB394! !invalid_lei"),
            ("onbekend", "ONBEKEND! !invalid_lei"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(lei)?[0-9A-Z ]{0,26}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
