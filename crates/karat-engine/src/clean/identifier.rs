//! Numbers that identify a customer across systems, such as a policy number: in capitals, without
//! spaces, and without signs at their ends.
//!
//! A column of Dutch citizen service numbers (BSN, once sofinummer) is refused: most organisations
//! may not keep them (Wet algemene bepalingen burgerservicenummer).

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use super::output::{Context, Output};
use super::vat_number::passes_elfproef;

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "polisnummer",
    "polisnr",
    "lidmaatschapsnummer",
    "pasnummer",
    "klantpas",
    "kaartnummer",
    "contractnummer",
    "verzekerdennummer",
    "vestigingsnummer",
    "rsin",
    "insurance_number",
    "policy_number",
    "membership_number",
    "loyalty_number",
    "card_number",
    "contract_number",
    "social_security_number",
    "ssn",
    "soc_sec_id",
    "national_id",
    "passport_number",
    "lei",
    "duns",
    "duns_number",
    "versicherungsnummer",
    "vertragsnummer",
    "mitgliedsnummer",
];

/// Words in a header that tell of citizen service numbers, folded.
const CITIZEN_HEADERS: &[&str] =
    &["bsn", "sofi", "sofinummer", "sofinr", "burgerservicenummer", "citizen_service_number"];

/// Whether a value looks like an identifier: one word of letters and digits, most of them digits.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let identifier = identifier(value);
    let digits = identifier.bytes().filter(u8::is_ascii_digit).count();
    let is_code = identifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-./".contains(&b));
    (4..=24).contains(&identifier.len()) && is_code && 2 * digits >= identifier.len()
}

/// Claims the identifier.
pub fn standardise_into(attribute: AttributeId, value: &str, _context: &Context, out: &mut Output) {
    out.claim(attribute, identifier(value), Validity::Valid);
}

/// Whether a value is a citizen service number, which may not be kept; the header is folded.
pub fn refuses(header: &str, value: &str) -> bool {
    let names_one = CITIZEN_HEADERS.iter().any(|name| {
        header.match_indices(name).any(|(at, _)| {
            let starts_word = at == 0 || header[..at].ends_with('_');
            let ends_word = matches!(header[at + name.len()..].chars().next(), None | Some('_'));
            // `bsnnummer` and `bsnnr` are written as one word as well.
            let goes_on = header[at + name.len()..].starts_with('n');
            starts_word && (ends_word || goes_on)
        })
    });
    names_one && is_citizen_number(value)
}

/// Nine digits that pass the elfproef; eight have lost a leading zero.
fn is_citizen_number(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).take(10).collect();
    let is_number = value.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-'));
    match digits.len() {
        8 => is_number && passes_elfproef(&format!("0{digits}")),
        9 => is_number && passes_elfproef(&digits),
        _ => false,
    }
}

fn identifier(value: &str) -> String {
    let value = value.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | '-' | '/' | '#' | ':' | ',')
    });
    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    #[test]
    fn identifiers() {
        assert_eq!(identifier(" ab-12 34. "), "AB-1234");
        assert_eq!(identifier("#0012"), "0012");
        assert_eq!(identifier("--"), "");
    }

    #[test]
    fn citizen_numbers_are_refused() {
        for header in
            ["bsn", "bsn_nummer", "klant_bsn", "bsnnummer", "sofinummer", "burgerservicenummer"]
        {
            assert!(refuses(header, "111222333"), "{header}");
            assert!(refuses(header, "1234.56.782"), "{header}");
            assert!(!refuses(header, "123456789"), "{header}");
            assert!(!refuses(header, "onbekend"), "{header}");
        }
        for header in ["klantnummer", "absn", "bsntest", "sofia"] {
            assert!(!refuses(header, "111222333"), "{header}");
        }
    }

    #[test]
    fn only_codes_resemble_identifiers() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for code in ["5304218", "AB-1234", "P 123 456"] {
            assert!(resembles(code, &context), "{code}");
        }
        for other in ["Jansen", "Kerkstraat 12", "12", "a@b.nl"] {
            assert!(!resembles(other, &context), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_identifier_gives_the_same(text in "\\PC{0,30}") {
            let once = identifier(&text);
            prop_assert_eq!(identifier(&once), once);
            refuses(&text, &text);
        }
    }
}
