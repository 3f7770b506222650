//! VAT numbers with their country code, with the check digits of their country.
//!
//! Known are the numbers of all states of the European Union, of the United Kingdom (`GB`, and `XI`
//! for Northern Ireland) and of Switzerland (`CHE`). Greek numbers open with `EL`; `GR`, the code of
//! the country elsewhere, is mended. A Dutch number passes when its nine digits pass the elfproef
//! (legal entities), or when the whole number, with letters counted from 10, leaves 1 when divided
//! by 97 (sole proprietors since 2020).
//!
//! Until 2020 the number of a sole proprietor was made of the citizen service number (BSN): where
//! the record itself says that it is about one, such a number is left out.

mod countries;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{elfproef, without_labels};
use super::output::{Context, Output};
use countries::passes;

/// Headers of columns with VAT numbers.
pub const HEADERS: &[&str] = &[
    "vat_number",
    "vat",
    "vat_no",
    "vat_id",
    "btw",
    "btw_nummer",
    "btwnr",
    "btw_nr",
    "btw_id",
    "ust_id",
    "ustid",
    "ust_id_nr",
    "ustidnr",
    "umsatzsteuer_id",
    "vatin",
    "vat_code",
    "tva",
    "btw_identificatienummer",
    "tax_id",
];

/// Whether a value has a country code and at least eight digits.
pub fn resembles(value: &str, _: &Context) -> bool {
    matches!(compact(value).as_bytes(), [a, b, rest @ ..]
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && (8..=12).contains(&rest.len())
            && rest.iter().filter(|byte| byte.is_ascii_digit()).count() >= 8)
}

/// Claims the number with its country code, without spaces and points.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    let number = compact(value);
    if passes(&number) {
        return out.claim(AttributeId::VAT_NUMBER, number, Validity::Valid);
    }
    match repaired(&number, context) {
        Some(number) => {
            out.claim(AttributeId::VAT_NUMBER, number, Validity::Suspect);
            out.finding(FindingCode::Repaired);
        }
        None => {
            out.claim(AttributeId::VAT_NUMBER, number, Validity::Invalid);
            out.finding(FindingCode::InvalidVatNumber);
        }
    }
}

/// Letters and digits only, in capitals, without a word such as `btw-nr.` before them or, in
/// Switzerland, the word for VAT behind them.
fn compact(value: &str) -> String {
    const LABELS: [&str; 7] = ["BTW", "VAT", "TVA", "UST", "ID", "NUMMER", "NR"];
    const SWISS_WORDS: [&str; 4] = ["MWST", "TVA", "IVA", "TPV"];
    let mut number = without_labels(value, &LABELS);
    while number.starts_with("CHE")
        && let Some(bare) = SWISS_WORDS.iter().find_map(|word| number.strip_suffix(word))
    {
        number.truncate(bare.len());
    }
    number
}

/// Whether a Dutch number was made of nine digits that may be those of a citizen.
pub(super) fn may_hold_citizen_number(value: &str) -> bool {
    let number = compact(value);
    let own = number.strip_prefix("NL").unwrap_or(&number).as_bytes();
    own.len() >= 9 && (own.len() == 9 || own[9] == b'B') && elfproef(&own[..9])
}

/// Adds a country code, mends the Greek one, or adds the zero that Belgian numbers have had since
/// 2005, where that passes.
fn repaired(number: &str, context: &Context) -> Option<String> {
    let country = match context.country.code() {
        "GR" => "EL",
        code => code,
    };
    let opens_with_digit = number.starts_with(|c: char| c.is_ascii_digit());
    let candidates = [
        number.strip_prefix("BE").map(|digits| format!("BE0{digits}")),
        number.strip_prefix("GR").map(|digits| format!("EL{digits}")),
        opens_with_digit.then(|| format!("{country}{number}")),
        (opens_with_digit && country == "BE").then(|| format!("BE0{number}")),
    ];
    candidates.into_iter().flatten().find(|candidate| passes(candidate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
    const BELGIAN: Context = Context { country: Country::BELGIUM, ..DUTCH };

    #[test]
    fn numbers_are_checked() {
        for (text, expected) in [
            ("NL853746333B01", "NL853746333B01"),
            ("NL002455799B11", "NL002455799B11"),
            ("NL000099998B57", "NL000099998B57"),
            ("NL810433941B01", "NL810433941B01"),
            ("NL000055557B34", "NL000055557B34! !invalid_vat_number"),
            ("NL853746334B01", "NL853746334B01! !invalid_vat_number"),
            ("NL853746333B00", "NL853746333B00! !invalid_vat_number"),
            ("NL853746333", "NL853746333! !invalid_vat_number"),
            ("nl 8537.46.333.b.01", "NL853746333B01"),
            ("BTW-nr. NL853746333B01", "NL853746333B01"),
            ("853746333B01", "NL853746333B01? !repaired"),
            ("BE0417497106", "BE0417497106"),
            ("BE 0566.988.259", "BE0566988259"),
            ("BE417497106", "BE0417497106? !repaired"),
            ("BE0417497107", "BE0417497107! !invalid_vat_number"),
            ("DE811907980", "DE811907980"),
            ("DE811907981", "DE811907981! !invalid_vat_number"),
            ("FR12345678901", "FR12345678901! !invalid_vat_number"),
            ("FR 40 303 265 045", "FR40303265045"),
            ("ATU13585627", "ATU13585627"),
            ("GR094259216", "EL094259216? !repaired"),
            ("GR094259217", "GR094259217! !invalid_vat_number"),
            ("CHE-100.155.212 MWST", "CHE100155212"),
            ("CHE-100.155.213 MWST", "CHE100155213! !invalid_vat_number"),
            ("US123456789", "US123456789! !invalid_vat_number"),
            ("LU1234567", "LU1234567! !invalid_vat_number"),
            ("onbekend nummer", "ONBEKENDNUMMER! !invalid_vat_number"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
        check("0417.497.106", standardise, &BELGIAN, "BE0417497106? !repaired");
        check("417.497.106", standardise, &BELGIAN, "BE0417497106? !repaired");
    }

    #[test]
    fn numbers_of_old_may_hold_that_of_a_citizen() {
        for (text, expected) in [
            ("NL111222333B01", true),
            ("nl 1112.22.333.b.01", true),
            ("111222333", true),
            ("NL002455799B11", false),
            ("BE0417497106", false),
            ("NL11122233", false),
            ("NL111222333X01", false),
        ] {
            assert_eq!(may_hold_citizen_number(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(btw|NL|BE|DE|GR|CHE|FR|ES|IE)?[0-9 .BMWST]{0,14}") {
            for context in [DUTCH, BELGIAN] {
                check_settles(&text, standardise, &context)?;
                check_settles(&number, standardise, &context)?;
            }
        }
    }
}
