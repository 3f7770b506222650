//! VAT numbers with their country code: check digits of the Netherlands, Belgium and Germany, the
//! form of those of other countries.
//!
//! A Dutch number passes when its nine digits pass the elfproef (legal entities), or when the whole
//! number, with letters counted from 10, leaves 1 when divided by 97 (sole proprietors since 2020).
//! Forms: the table of the European Commission's VIES service.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::elfproef;
use super::output::{Context, Output};

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

/// Letters and digits only, in capitals, without a word such as `btw-nr.` before them.
fn compact(value: &str) -> String {
    const LABELS: [&str; 7] = ["BTW", "VAT", "TVA", "UST", "ID", "NUMMER", "NR"];
    let kept = value.bytes().filter(u8::is_ascii_alphanumeric);
    let number: String = kept.map(|byte| byte.to_ascii_uppercase() as char).collect();
    let mut bare = &*number;
    while let Some(rest) = LABELS.iter().find_map(|label| bare.strip_prefix(label)) {
        bare = rest;
    }
    bare.to_owned()
}

/// Adds a country code, or the zero that Belgian numbers have had since 2005, where that passes.
fn repaired(number: &str, context: &Context) -> Option<String> {
    let country = context.country.code();
    let opens_with_digit = number.starts_with(|c: char| c.is_ascii_digit());
    let candidates = [
        number.strip_prefix("BE").map(|digits| format!("BE0{digits}")),
        opens_with_digit.then(|| format!("{country}{number}")),
        (opens_with_digit && country == "BE").then(|| format!("BE0{number}")),
    ];
    candidates.into_iter().flatten().find(|candidate| passes(candidate))
}

/// Whether a number passes what is known of its country.
fn passes(number: &str) -> bool {
    let Some((country, own)) = number.split_at_checked(2) else { return false };
    match country {
        "NL" => is_dutch(number, own),
        "BE" => is_belgian(own),
        "DE" => is_german(own),
        _ => FORMS.iter().any(|(code, form)| *code == country && has_form(own, form)),
    }
}

/// Forms by country: `9` is a digit, `A` a letter, `*` either.
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
    ("RO", "9999999999"),
    ("RO", "999999999"),
    ("RO", "99999999"),
    ("RO", "9999999"),
    ("SE", "999999999999"),
    ("SI", "99999999"),
    ("SK", "9999999999"),
    ("XI", "999999999"),
];

fn has_form(own: &str, form: &str) -> bool {
    let fits = |(byte, sign): (u8, u8)| match sign {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_alphanumeric(),
    };
    own.len() == form.len() && own.bytes().zip(form.bytes()).all(fits)
}

fn is_dutch(number: &str, own: &str) -> bool {
    let has_branch =
        has_form(own, "999999999A99") && own.as_bytes()[9] == b'B' && !own.ends_with("00");
    has_branch && (elfproef::passes(&own.as_bytes()[..9]) || remainder_of_97(number) == 1)
}

fn remainder_of_97(number: &str) -> u32 {
    number.chars().filter_map(|c| c.to_digit(36)).fold(0, |remainder, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (remainder * shift + value) % 97
    })
}

/// Ten digits from 0 or 1, the last two being 97 less the remainder of the others.
fn is_belgian(own: &str) -> bool {
    let has_form = has_form(own, "9999999999") && own.starts_with(['0', '1']);
    has_form && own[..8].parse::<u32>().is_ok_and(|base| own[8..].parse() == Ok(97 - base % 97))
}

/// Nine digits, the last by ISO 7064 mod 11,10.
fn is_german(own: &str) -> bool {
    let digits: Vec<u32> = own.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((check, others)) = digits.split_last().filter(|_| has_form(own, "999999999")) else {
        return false;
    };
    let product = others.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    *check == (11 - product) % 10 && !own.starts_with('0')
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
            ("FR12345678901", "FR12345678901"),
            ("ATU12345678", "ATU12345678"),
            ("LU1234567", "LU1234567! !invalid_vat_number"),
            ("onbekend nummer", "ONBEKENDNUMMER! !invalid_vat_number"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
        check("0417.497.106", standardise, &BELGIAN, "BE0417497106? !repaired");
        check("417.497.106", standardise, &BELGIAN, "BE0417497106? !repaired");
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", number in "(btw|NL|BE|DE)?[0-9 .B]{0,14}") {
            for context in [DUTCH, BELGIAN] {
                check_settles(&text, standardise, &context)?;
                check_settles(&number, standardise, &context)?;
            }
        }
    }
}
