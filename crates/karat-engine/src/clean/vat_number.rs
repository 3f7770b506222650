//! VAT numbers with country code: `8537.46.333.B01` becomes `NL853746333B01`.
//!
//! Dutch numbers pass the elfproef (legal entities) or are 1 modulo 97 as a whole (sole proprietors
//! since 2020); Belgian ones end in 97 minus the rest modulo 97; German ones follow ISO 7064 MOD
//! 11,10. Of the other countries of the European Union only the form is checked.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "btw",
    "btw_nummer",
    "btwnummer",
    "btw_nr",
    "btwnr",
    "btw_id",
    "btwid",
    "btw_identificatienummer",
    "btw_identificatie",
    "btw_no",
    "omzetbelastingnummer",
    "ob_nummer",
    "vat",
    "vat_number",
    "vatnumber",
    "vat_no",
    "vat_nr",
    "vat_id",
    "vatid",
    "vat_reg_no",
    "vat_registration_number",
    "tax_id",
    "tax_number",
    "ust_id",
    "ustid",
    "ust_idnr",
    "ust_id_nr",
    "umsatzsteuer_id",
    "mwst_nummer",
    "mwst_nr",
    "tva",
    "numero_tva",
];

/// Whether a value is a VAT number that starts with its country and passes its check.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let number = compact(value);
    number.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && is_valid(&number)
}

/// Claims the number with its country code.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    let number = compact(value);
    if is_valid(&number) {
        return out.claim(AttributeId::VAT_NUMBER, number, Validity::Valid);
    }
    let with_country = format!("{}{number}", prefix(context));
    if is_valid(&with_country) {
        return out.claim(AttributeId::VAT_NUMBER, with_country, Validity::Valid);
    }
    if let Some(repaired) = with_zero(&number).or_else(|| with_zero(&with_country)) {
        out.claim(AttributeId::VAT_NUMBER, repaired, Validity::Suspect);
        return out.finding(FindingCode::Repaired);
    }
    out.finding(FindingCode::InvalidVatNumber);
    out.claim(AttributeId::VAT_NUMBER, number, Validity::Invalid);
}

/// The code before the numbers of a country: that of Greece is `EL`.
fn prefix(context: &Context) -> &str {
    match context.country.code() {
        "GR" => "EL",
        code => code,
    }
}

/// The letters and digits in capitals, without a label such as `BTW`.
fn compact(value: &str) -> String {
    const LABELS: [&str; 7] = ["BTWNUMMER", "BTWNR", "BTW", "VATNR", "VAT", "USTIDNR", "TVA"];
    let characters = value.chars().filter(char::is_ascii_alphanumeric);
    let mut number: String = characters.map(|c| c.to_ascii_uppercase()).collect();
    while let Some(label) = LABELS.iter().find(|label| number.starts_with(*label)) {
        number.drain(..label.len());
    }
    number
}

/// A Belgian number of nine digits from before 2008, with the zero that came before it.
fn with_zero(number: &str) -> Option<String> {
    let digits = number.strip_prefix("BE").filter(|digits| digits.len() == 9)?;
    let with_zero = format!("BE0{digits}");
    is_valid(&with_zero).then_some(with_zero)
}

fn is_valid(number: &str) -> bool {
    let Some((country, rest)) = number.split_at_checked(2) else { return false };
    match country {
        "NL" => is_dutch(number, rest),
        "BE" => is_belgian(rest),
        "DE" => is_german(rest),
        _ => FORMS.iter().any(|(code, form)| *code == country && fits(rest, form)),
    }
}

/// Forms of the numbers after the country code: `9` is a digit, `A` a letter, `*` either.
const FORMS: &[(&str, &str)] = &[
    ("AT", "A99999999"),
    ("BG", "999999999"),
    ("BG", "9999999999"),
    ("CY", "99999999A"),
    ("CZ", "99999999"),
    ("CZ", "999999999"),
    ("CZ", "9999999999"),
    ("DK", "99999999"),
    ("EE", "999999999"),
    ("EL", "999999999"),
    ("ES", "*9999999*"),
    ("FI", "99999999"),
    ("FR", "**999999999"),
    ("GB", "999999999"),
    ("GB", "999999999999"),
    ("HR", "99999999999"),
    ("HU", "99999999"),
    ("IE", "9*99999A"),
    ("IE", "9999999AA"),
    ("IT", "99999999999"),
    ("LT", "999999999"),
    ("LT", "999999999999"),
    ("LU", "99999999"),
    ("LV", "99999999999"),
    ("MT", "99999999"),
    ("PL", "9999999999"),
    ("PT", "999999999"),
    ("RO", "99"),
    ("RO", "999"),
    ("RO", "9999"),
    ("RO", "99999"),
    ("RO", "999999"),
    ("RO", "9999999"),
    ("RO", "99999999"),
    ("RO", "999999999"),
    ("RO", "9999999999"),
    ("SE", "999999999999"),
    ("SI", "99999999"),
    ("SK", "9999999999"),
    ("XI", "999999999"),
    ("XI", "999999999999"),
];

fn fits(text: &str, form: &str) -> bool {
    let fits_one = |(byte, wanted): (u8, u8)| match wanted {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_alphabetic(),
        _ => true,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits_one)
}

fn is_dutch(number: &str, rest: &str) -> bool {
    let has_form =
        fits(rest, "999999999A99") && rest.as_bytes()[9] == b'B' && !rest.ends_with("00");
    has_form && (passes_elfproef(&rest[..9]) || modulo_97(number) == 1)
}

/// Whether nine digits, weighed 9 to 2 and −1, sum to a multiple of eleven (RSIN and BSN).
pub(super) fn passes_elfproef(digits: &str) -> bool {
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let is_number = digits.len() == 9 && digits.bytes().all(|b| b.is_ascii_digit());
    let sum: i32 = digits.bytes().zip(weights).map(|(b, weight)| i32::from(b & 15) * weight).sum();
    is_number && sum != 0 && sum % 11 == 0
}

/// The text as one number, its letters counting 10 to 35, modulo 97.
fn modulo_97(text: &str) -> u32 {
    text.chars().fold(0, |rest, character| {
        let value = character.to_digit(36).expect("compact numbers hold letters and digits");
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

fn is_belgian(rest: &str) -> bool {
    let has_form = fits(rest, "9999999999") && rest.starts_with(['0', '1']);
    let (Ok(base), Ok(check)) =
        (rest.get(..8).unwrap_or("x").parse::<u32>(), rest.get(8..).unwrap_or("x").parse::<u32>())
    else {
        return false;
    };
    has_form && base > 0 && check == 97 - base % 97
}

fn is_german(rest: &str) -> bool {
    let has_form = fits(rest, "999999999") && !rest.starts_with('0');
    if !has_form {
        return false;
    }
    let product = rest.bytes().take(8).fold(10, |product, byte| {
        let sum = match (u32::from(byte & 15) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        2 * sum % 11
    });
    let check = (11 - product) % 10;
    u32::from(rest.as_bytes()[8] & 15) == check
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn standardised(country: &str, value: &str) -> Output {
        let country = Country::from_code(country).expect("a code");
        let mut out = Output::default();
        standardise(value, &Context { country, date_order: DateOrder::DayFirst }, &mut out);
        out
    }

    fn check(country: &str, value: &str, claim: &str, validity: Validity) {
        let out = standardised(country, value);
        assert_eq!(
            (out.claims[0].value.as_str(), out.claims[0].validity),
            (claim, validity),
            "{value}"
        );
    }

    #[test]
    fn dutch_numbers() {
        check("NL", "NL853746333B01", "NL853746333B01", Validity::Valid);
        check("NL", "NL002455799B11", "NL002455799B11", Validity::Valid);
        check("NL", "NL000099998B57", "NL000099998B57", Validity::Valid);
        check("NL", "NL810433941B01", "NL810433941B01", Validity::Valid);
        check("NL", "8537.46.333.B01", "NL853746333B01", Validity::Valid);
        check("NL", "BTW NL 8537.46.333.B.01", "NL853746333B01", Validity::Valid);
        check("NL", "nl853746333b01", "NL853746333B01", Validity::Valid);
        check("NL", "NL000055557B34", "NL000055557B34", Validity::Invalid);
        check("NL", "NL853746334B01", "NL853746334B01", Validity::Invalid);
        check("NL", "NL853746333B00", "NL853746333B00", Validity::Invalid);
        check("NL", "NL853746333A01", "NL853746333A01", Validity::Invalid);
        check("NL", "853746333", "853746333", Validity::Invalid);
    }

    #[test]
    fn numbers_of_other_countries() {
        check("NL", "BE0417497106", "BE0417497106", Validity::Valid);
        check("BE", "0566.988.259", "BE0566988259", Validity::Valid);
        check("BE", "BE 417.497.106", "BE0417497106", Validity::Suspect);
        check("BE", "BE0417497107", "BE0417497107", Validity::Invalid);
        check("NL", "DE811907980", "DE811907980", Validity::Valid);
        check("DE", "811907980", "DE811907980", Validity::Valid);
        check("DE", "DE811907981", "DE811907981", Validity::Invalid);
        check("NL", "ATU12345678", "ATU12345678", Validity::Valid);
        check("NL", "FR40303265045", "FR40303265045", Validity::Valid);
        check("GR", "123456789", "EL123456789", Validity::Valid);
        check("NL", "XX123456789", "XX123456789", Validity::Invalid);
    }

    #[test]
    fn citizen_numbers_pass_the_elfproef() {
        assert!(passes_elfproef("111222333"));
        assert!(passes_elfproef("123456782"));
        assert!(!passes_elfproef("123456789"));
        assert!(!passes_elfproef("000000000"));
        assert!(!passes_elfproef("12345678"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_number_gives_the_same(text in "(BTW|VAT|NL|BE|[0-9]{1,9}|B01| |\\.){0,6}|[A-Z]{2}[0-9]{6,12}|\\PC{0,30}") {
            for country in ["NL", "BE", "DE"] {
                for claim in standardised(country, &text).claims {
                    let again = standardised(country, &claim.value).claims;
                    prop_assert_eq!(&again[0].value, &claim.value);
                }
            }
        }
    }
}
