//! Numbers of the Dutch trade register (KvK): eight digits, without a check digit.
//!
//! Seven digits have lost a leading zero; twelve are the old file number, whose last four digits
//! named the branch.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::folded::squeezed;
use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "kvk",
    "kvk_nummer",
    "kvknummer",
    "kvk_nr",
    "kvknr",
    "kvk_no",
    "kamer_van_koophandel",
    "kamer_van_koophandelnummer",
    "kvk_dossiernummer",
    "dossiernummer_kvk",
    "handelsregister",
    "handelsregisternummer",
    "handelsregister_nr",
    "inschrijfnummer_kvk",
    "coc",
    "coc_number",
    "coc_nr",
    "coc_no",
    "chamber_of_commerce",
    "chamber_of_commerce_number",
    "trade_register_number",
    "kvk_number",
    "company_registration_number",
    "registration_number",
    "handelsregisternummer_nl",
];

/// Whether a value has eight digits.
pub fn resembles(value: &str, _context: &Context) -> bool {
    value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit())
}

/// Claims the eight digits.
pub fn standardise(value: &str, _context: &Context, out: &mut Output) {
    let Some(digits) = digits(value) else { return invalid(value, out) };
    let is_old_file = digits.len() == 12 && !digits.starts_with("0000");
    match digits.len() {
        8 => out.claim(AttributeId::KVK_NUMBER, digits, Validity::Valid),
        7 => {
            out.claim(AttributeId::KVK_NUMBER, format!("0{digits}"), Validity::Suspect);
            out.finding(FindingCode::Repaired);
        }
        _ if is_old_file => {
            out.claim(AttributeId::KVK_NUMBER, &digits[..8], Validity::Suspect);
            out.finding(FindingCode::Repaired);
        }
        _ => invalid(value, out),
    }
}

fn invalid(value: &str, out: &mut Output) {
    out.finding(FindingCode::InvalidKvkNumber);
    if value.contains(char::is_alphanumeric) {
        out.claim(AttributeId::KVK_NUMBER, squeezed(value), Validity::Invalid);
    }
}

/// The digits of `KvK 68.750.110`; `None` when other words stand with them.
fn digits(value: &str) -> Option<String> {
    const LENGTH_MAX: usize = 40;
    const LABELS: [&str; 8] = ["kvk", "k.v.k.", "kvknr", "kvknr.", "nr", "nr.", "nummer", "coc"];
    if value.len() > LENGTH_MAX {
        return None;
    }
    let lower = value.to_lowercase();
    let words = lower.split([' ', ':', '-']).filter(|word| !LABELS.contains(word));
    let mut digits = String::new();
    for word in words {
        let is_number = word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if !is_number {
            return None;
        }
        digits.extend(word.chars().filter(char::is_ascii_digit));
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    fn check(value: &str, claim: &str, validity: Validity) {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for given in [value, claim] {
            let mut out = Output::default();
            standardise(given, &context, &mut out);
            assert_eq!(out.claims[0].value, claim, "{given}");
            if given == value {
                assert_eq!(out.claims[0].validity, validity, "{given}");
            }
        }
    }

    #[test]
    fn numbers() {
        // The numbers that the KvK gives for tests.
        for number in ["68750110", "69599084", "69599068", "90006577", "90001354"] {
            check(number, number, Validity::Valid);
        }
        check("687 501 10", "68750110", Validity::Valid);
        check("KvK-nummer 68750110", "68750110", Validity::Valid);
        check("KvK: 68.750.110", "68750110", Validity::Valid);
        check("8750110", "08750110", Validity::Suspect);
        check("687501100000", "68750110", Validity::Suspect);
    }

    #[test]
    fn no_numbers() {
        check("123", "123", Validity::Invalid);
        check("687501101", "687501101", Validity::Invalid);
        check("000037178598", "000037178598", Validity::Invalid);
        check("6875O110", "6875O110", Validity::Invalid);
        check("in oprichting", "in oprichting", Validity::Invalid);
    }
}
