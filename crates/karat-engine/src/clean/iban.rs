//! International bank account numbers (ISO 13616): check digits and the form of the country.
//!
//! `nl91 abna 0417 1643 00` becomes `NL91ABNA0417164300`.

use iban::{Iban, IbanLike};
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::without_labels;
use super::output::{Context, Output};

/// Headers of columns with bank account numbers.
pub const HEADERS: &[&str] = &[
    "iban",
    "iban_nummer",
    "iban_number",
    "rekeningnummer",
    "bankrekening",
    "bankrekeningnummer",
    "bank_account",
    "rekening",
    "bank_account_number",
    "rek",
    "rekeningnummer_iban",
    "kontonummer",
    "bankverbindung",
    "rekeningnr",
    "bankaccount",
    "iban_code",
];

/// Whether a value has the form of an IBAN; its check digits may be wrong.
pub fn resembles(value: &str, _: &Context) -> bool {
    matches!(compact(value).as_bytes(), [a, b, c, d, rest @ ..]
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit()
            && (11..=30).contains(&rest.len()))
}

/// Claims the number without spaces.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let number = compact(value);
    if number.parse::<Iban>().is_ok_and(|iban| iban.electronic_str() == number) {
        return out.claim(AttributeId::IBAN, number, Validity::Valid);
    }
    out.claim(AttributeId::IBAN, number, Validity::Invalid);
    out.finding(FindingCode::InvalidIban);
}

/// Letters and digits only, in capitals, without the word IBAN before them.
fn compact(value: &str) -> String {
    without_labels(value, &["IBAN"])
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
    fn numbers_are_checked() {
        for (text, expected) in [
            ("NL91ABNA0417164300", "NL91ABNA0417164300"),
            ("nl91 abna 0417 1643 00", "NL91ABNA0417164300"),
            ("IBAN: NL91.ABNA.0417.1643.00", "NL91ABNA0417164300"),
            ("BE68 5390 0754 7034", "BE68539007547034"),
            ("DE44 5001 0517 5407 3249 31", "DE44500105175407324931"),
            ("NL91ABNA0417164301", "NL91ABNA0417164301! !invalid_iban"),
            ("NL91ABNA041716430", "NL91ABNA041716430! !invalid_iban"),
            ("41.71.64.300", "417164300! !invalid_iban"),
            ("--", " !invalid_iban"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    #[test]
    fn numbers_are_told_by_their_form() {
        assert!(resembles("NL91 ABNA 0417 1643 01", &DUTCH));
        assert!(!resembles("NL853746333B01", &DUTCH));
        assert!(!resembles("417164300", &DUTCH));
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(IBAN)?[A-Z0-9 .]{0,30}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&number, standardise, &DUTCH)?;
        }
    }
}
