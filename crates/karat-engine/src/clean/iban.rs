//! International bank account numbers: `NL91 ABNA 0417 1643 00` becomes `NL91ABNA0417164300`.
//!
//! Checked by ISO 13616: structure per country, and the whole number modulo 97. The Dutch account
//! numbers of seven to ten digits from before 2014 are invalid.

use iban::Iban;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "iban",
    "iban_nummer",
    "ibannummer",
    "iban_nr",
    "rekeningnummer",
    "rekening_nummer",
    "rekeningnr",
    "rekening",
    "bankrekening",
    "bankrekeningnummer",
    "bank_rekening",
    "banknummer",
    "bankrekeningnr",
    "rek_nr",
    "reknr",
    "iban_number",
    "bank_account",
    "bank_account_number",
    "bankaccount",
    "account_iban",
    "kontonummer",
    "konto_nr",
    "bankverbindung",
    "konto",
];

/// Whether a value is a valid IBAN.
pub fn resembles(value: &str, _context: &Context) -> bool {
    parse(&compact(value)).is_some()
}

/// Claims the number without spaces.
pub fn standardise(value: &str, _context: &Context, out: &mut Output) {
    let number = compact(value);
    if let Some(iban) = parse(&number) {
        return out.claim(AttributeId::IBAN, iban, Validity::Valid);
    }
    if let Some(iban) = without_bic(value) {
        out.claim(AttributeId::IBAN, iban, Validity::Suspect);
        return out.finding(FindingCode::Repaired);
    }
    out.finding(FindingCode::InvalidIban);
    out.claim(AttributeId::IBAN, number, Validity::Invalid);
}

/// The letters and digits in capitals, without the word IBAN.
fn compact(value: &str) -> String {
    let mut number = String::with_capacity(value.len());
    let characters = value.chars().filter(char::is_ascii_alphanumeric);
    number.extend(characters.map(|c| c.to_ascii_uppercase()));
    while number.starts_with("IBAN") {
        number.drain(..4);
    }
    number
}

fn parse(number: &str) -> Option<String> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;
    let could_be_iban = LENGTHS.contains(&number.len()) && number.as_bytes()[2].is_ascii_digit();
    if !could_be_iban {
        return None;
    }
    number.parse::<Iban>().is_ok().then(|| number.to_owned())
}

/// `NL91ABNA0417164300 ABNANL2A`: the number without the code of the bank after it.
fn without_bic(value: &str) -> Option<String> {
    let (number, bic) = value.trim().rsplit_once([' ', '/', ',', ';'])?;
    let is_bic = matches!(bic.len(), 8 | 11) && bic.bytes().all(|b| b.is_ascii_alphanumeric());
    let number = number.trim_end_matches([' ', '/', ',', ';', ':']);
    let number = number.strip_suffix("BIC").unwrap_or(number);
    if is_bic { parse(&compact(number)) } else { None }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn standardised(value: &str) -> Output {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let mut out = Output::default();
        standardise(value, &context, &mut out);
        out
    }

    fn check(value: &str, claim: &str, validity: Validity) {
        let out = standardised(value);
        assert_eq!(
            (out.claims[0].value.as_str(), out.claims[0].validity),
            (claim, validity),
            "{value}"
        );
        assert_eq!(out.findings.is_empty(), validity == Validity::Valid, "{value}");
    }

    #[test]
    fn numbers() {
        check("NL91ABNA0417164300", "NL91ABNA0417164300", Validity::Valid);
        check("NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", Validity::Valid);
        check("nl91abna0417164300", "NL91ABNA0417164300", Validity::Valid);
        check("IBAN: NL91 ABNA 0417.1643.00", "NL91ABNA0417164300", Validity::Valid);
        check("DE44 5001 0517 5407 3249 31", "DE44500105175407324931", Validity::Valid);
        check("BE68 5390 0754 7034", "BE68539007547034", Validity::Valid);
        check("NL91ABNA0417164300 ABNANL2A", "NL91ABNA0417164300", Validity::Suspect);
        check("NL91ABNA0417164300 / BIC ABNANL2A", "NL91ABNA0417164300", Validity::Suspect);
    }

    #[test]
    fn numbers_that_fail_their_check() {
        check("NL92ABNA0417164300", "NL92ABNA0417164300", Validity::Invalid);
        check("NL91ABNA041716430", "NL91ABNA041716430", Validity::Invalid);
        check("41.71.64.300", "417164300", Validity::Invalid);
        check("P1234567", "P1234567", Validity::Invalid);
        assert!(standardised("--").claims.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_number_gives_the_same(text in "(IBAN|NL91ABNA0417164300| |[A-Z0-9]{1,3}|ABNANL2A|/){0,6}|\\PC{0,40}") {
            for claim in standardised(&text).claims {
                let again = standardised(&claim.value).claims;
                prop_assert_eq!(&again[0].value, &claim.value);
            }
        }
    }
}
