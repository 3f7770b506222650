//! Phone numbers in the form of E.164: `06-12345678` becomes `+31612345678`.
//!
//! The country is that of the source unless the number starts with `+` or `00`. Dutch numbers are
//! read by hand, for speed; all others by the rules of libphonenumber, which a test compares with
//! the hand. Remarks and extensions are taken off; two numbers in one field are two claims. Numbers
//! that no customer has (services, emergencies, machines) are suspect.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::hub_model::Country;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType, Region};

use super::email;
use super::folded::{digit_count, squeezed};
use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "telefoon",
    "telefoonnummer",
    "telefoonnr",
    "telefoon_nummer",
    "telefoon_nr",
    "tel",
    "telnr",
    "tel_nr",
    "telno",
    "telefoon_1",
    "telefoon_2",
    "telefoon1",
    "telefoon2",
    "tel_1",
    "tel_2",
    "tel1",
    "tel2",
    "telefoon_prive",
    "telefoon_werk",
    "telefoon_zakelijk",
    "telefoon_mobiel",
    "telefoon_thuis",
    "telefoon_vast",
    "tel_prive",
    "tel_werk",
    "tel_mobiel",
    "tel_zakelijk",
    "mobiel",
    "mobielnummer",
    "mobiel_nummer",
    "mobiele_telefoon",
    "mobiele_nummer",
    "mobiel_1",
    "gsm",
    "gsm_nummer",
    "gsm_nr",
    "vast_nummer",
    "vaste_telefoon",
    "doorkiesnummer",
    "06_nummer",
    "phone",
    "phone_number",
    "phonenumber",
    "phone_no",
    "phone_nr",
    "phone_1",
    "phone_2",
    "phone1",
    "phone2",
    "telephone",
    "telephone_number",
    "mobile",
    "mobile_phone",
    "mobile_number",
    "mobilephone",
    "mobile_no",
    "cell",
    "cell_phone",
    "cellphone",
    "home_phone",
    "work_phone",
    "business_phone",
    "contact_phone",
    "landline",
    "phone_home",
    "phone_work",
    "phone_mobile",
    "billing_phone",
    "shipping_phone",
    "customer_phone",
    "telefonnummer",
    "telefon",
    "rufnummer",
    "handy",
    "handynummer",
    "mobil",
    "mobilnummer",
    "festnetz",
];

/// Whether a value looks like a phone number: it is one, and is written as one.
pub fn resembles(value: &str, context: &Context) -> bool {
    let digits = digit_count(value);
    let is_written_so = value.bytes().all(|b| b.is_ascii_digit() || b" +-./()".contains(&b));
    let starts_so = value.trim_start().starts_with(['+', '0', '(']);
    // 9 digits at least, and no date such as 01-02-1980.
    let could_be = (9..=15).contains(&digits) && is_written_so && starts_so;
    could_be && read(value, context).is_some_and(|number| !number.is_unlikely)
}

/// Claims each number of the value.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    for part in split(value) {
        standardise_one(part, context, out);
    }
}

fn standardise_one(value: &str, context: &Context, out: &mut Output) {
    if value.contains('@') {
        out.finding(FindingCode::WrongField);
        return email::standardise(value, context, out);
    }
    if let Some(number) = read(value, context) {
        let validity = if number.is_unlikely { Validity::Suspect } else { Validity::Valid };
        out.claim(AttributeId::PHONE, number.text, validity);
        if number.is_unlikely {
            out.finding(FindingCode::UnlikelyPhone);
        }
        if number.has_remark {
            out.finding(FindingCode::Remark);
        }
        return;
    }
    out.finding(FindingCode::InvalidPhone);
    if digit_count(value) > 0 {
        out.claim(AttributeId::PHONE, squeezed(value), Validity::Invalid);
    }
}

/// The single numbers in a value: `020-1234567 / 06-12345678`.
pub fn split(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = match first_separator(text) {
            Some((at, length)) => (&text[..at], Some(&text[at + length..])),
            None => (text, None),
        };
        rest = after;
        Some(part.trim())
    })
    .filter(|part| !part.is_empty())
}

/// Where one number ends and the next begins: both sides have the digits of a whole number.
fn first_separator(text: &str) -> Option<(usize, usize)> {
    const DIGITS_MIN: usize = 7;
    const WORDS: [&str; 6] = [" of ", " or ", " en ", " und ", " & ", " and "];
    let mut digits_after = digit_count(text);
    if digits_after < 2 * DIGITS_MIN {
        return None;
    }
    let mut digits_before = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_digit() {
            digits_before += 1;
            digits_after -= 1;
            continue;
        }
        let length = match byte {
            b'/' | b';' | b',' | b'|' | b'\n' => 1,
            b' ' => {
                WORDS.iter().find(|word| text[at..].starts_with(*word)).map_or(0, |word| word.len())
            }
            _ => 0,
        };
        if length > 0 && digits_before >= DIGITS_MIN && digits_after >= DIGITS_MIN {
            return Some((at, length));
        }
    }
    None
}

/// A phone number that was understood.
struct Number {
    /// In the form of E.164; short Dutch numbers have no such form and stay as they are.
    text: String,
    /// Whether it is of a kind that customers do not have.
    is_unlikely: bool,
    /// Whether an extension or remark stood with it.
    has_remark: bool,
}

fn read(value: &str, context: &Context) -> Option<Number> {
    let is_dutch = context.country == Country::NETHERLANDS;
    let (number, has_remark) = without_remark(value);
    if let Some(text) = read_dutch(number, is_dutch) {
        return Some(Number { text, is_unlikely: false, has_remark });
    }
    if is_dutch && let Some(text) = read_short_dutch(number) {
        return Some(Number { text, is_unlikely: true, has_remark });
    }
    let (text, is_unlikely) = read_any(number, context)?;
    Some(Number { text, is_unlikely, has_remark })
}

/// Takes off `tel.` before a number, and an extension or remark after it.
fn without_remark(value: &str) -> (&str, bool) {
    let is_letter = |c: char| c.is_alphabetic();
    if !value.contains(is_letter) {
        return (value, false);
    }
    let is_start = |c: char| c.is_ascii_digit() || c == '+';
    let start = value.find(is_start).unwrap_or(0);
    let opens_bracket = value[..start].ends_with('(');
    let number = &value[start - usize::from(opens_bracket)..];
    // A label such as `tel:` or `M.` says nothing new; other words are a remark.
    let label = value[..start].trim_matches(|c: char| !c.is_alphanumeric());
    let is_label = label.len() <= 9 && !label.contains(' ');
    let end = number.find(is_letter).unwrap_or(number.len());
    let after = number[end..].contains(is_letter);
    let bare = number[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
    (bare, after || !is_label)
}

/// Reads an ordinary Dutch number: nine digits after `0`, `+31`, `0031`.
fn read_dutch(number: &str, is_dutch: bool) -> Option<String> {
    // Longest: 0031 (0) and nine digits.
    const DIGITS_MAX: usize = 14;
    let mut digits = [0; DIGITS_MAX];
    let mut length = 0;
    let mut has_plus = false;
    for byte in number.bytes() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(length)? = byte;
                length += 1;
            }
            b'+' if length == 0 && !has_plus => has_plus = true,
            b' ' | b'-' | b'.' | b'(' | b')' | b'/' => {}
            _ => return None,
        }
    }
    let digits = &digits[..length];
    let national =
        if has_plus { digits.strip_prefix(b"31")? } else { after_prefix(digits, is_dutch)? };
    let national = national.strip_prefix(b"0").unwrap_or(national);
    if national.len() != 9 || !is_ordinary_dutch(national) {
        return None;
    }
    let mut text = String::with_capacity(12);
    text.push_str("+31");
    text.extend(national.iter().map(|&b| b as char));
    Some(text)
}

fn after_prefix(digits: &[u8], is_dutch: bool) -> Option<&[u8]> {
    if let Some(rest) = digits.strip_prefix(b"0031") {
        return Some(rest);
    }
    let is_national = digits.starts_with(b"0") && !digits.starts_with(b"00");
    (is_dutch && is_national).then_some(digits)
}

/// Whether nine digits are a geographic, mobile, company or internet number of the Dutch plan.
///
/// Area codes of two digits are followed by seven, those of three by six (Telecommunicatiewet,
/// Nummerplan telefoon- en ISDN-diensten).
fn is_ordinary_dutch(national: &[u8]) -> bool {
    let &[a, b, c, ..] = national else { return false };
    match (a, b) {
        (b'1', b'0' | b'3' | b'5') => true,
        (b'1', b'1') => matches!(c, b'1' | b'3' | b'4' | b'5' | b'7' | b'8'),
        (b'1', b'6') => matches!(c, b'1' | b'2' | b'4'..=b'8'),
        (b'1', b'7') => matches!(c, b'2' | b'4'),
        (b'1', b'8') => matches!(c, b'0'..=b'4' | b'6' | b'7'),
        (b'2', b'0' | b'3' | b'4' | b'6') => true,
        (b'2', b'2') => matches!(c, b'2'..=b'4' | b'6'..=b'9'),
        (b'2', b'5') => matches!(c, b'1' | b'2' | b'5'),
        (b'2', b'9') => matches!(c, b'4' | b'7' | b'9'),
        (b'3', b'0' | b'3' | b'5' | b'6' | b'8') => true,
        (b'3', b'1') => matches!(c, b'3'..=b'8'),
        (b'3', b'2') => matches!(c, b'0' | b'1'),
        (b'3', b'4') => matches!(c, b'1'..=b'8'),
        (b'4', b'0' | b'3' | b'5' | b'6') => true,
        (b'4', b'1') => matches!(c, b'1'..=b'3' | b'6' | b'8'),
        (b'4', b'7') => matches!(c, b'5' | b'8'),
        (b'4', b'8') => matches!(c, b'1' | b'5'..=b'8'),
        (b'4', b'9') => matches!(c, b'2' | b'3' | b'5' | b'7' | b'9'),
        (b'5', b'0' | b'3' | b'5' | b'8') => true,
        (b'5', b'1' | b'9') => matches!(c, b'1'..=b'9'),
        (b'5', b'2') => matches!(c, b'1'..=b'5' | b'7'..=b'9'),
        (b'5', b'4') => matches!(c, b'1' | b'3'..=b'8'),
        (b'5', b'6') => matches!(c, b'1' | b'2' | b'6'),
        (b'5', b'7') => matches!(c, b'0'..=b'3' | b'5' | b'7' | b'8'),
        (b'6', b'1'..=b'5' | b'8') => true,
        (b'7', _) => true,
        (b'8', b'4' | b'5' | b'7' | b'8') => true,
        (b'9', b'1') => true,
        _ => false,
    }
}

/// Dutch numbers without area code: emergencies, directory enquiries, governments (`14 020`).
fn read_short_dutch(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).take(8).collect();
    let is_short = match digits.as_str() {
        "112" | "144" => true,
        digits => {
            let is_enquiry = digits.len() == 4 && digits.starts_with("18");
            let is_harmonised = digits.len() == 6 && digits.starts_with("116");
            let is_government = matches!(digits.len(), 5 | 6) && digits.starts_with("140");
            is_enquiry || is_harmonised || is_government
        }
    };
    let has_plus = number.contains('+');
    (is_short && !has_plus).then_some(digits)
}

/// Reads a number by the rules of libphonenumber; with whether customers do not have its kind.
fn read_any(number: &str, context: &Context) -> Option<(String, bool)> {
    const LENGTH_MAX: usize = 40;
    let could_be_number = number.len() <= LENGTH_MAX && digit_count(number) >= 5;
    if !could_be_number {
        return None;
    }
    let region = Region::from_code(context.country.code()).ok();
    let parsed = PHONE_NUMBER_UTIL.parse(number, region).ok()?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&parsed) {
        return None;
    }
    use PhoneNumberType::*;
    let kind = PHONE_NUMBER_UTIL.get_number_type(&parsed);
    let text = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164).into_owned();
    // 097 is the Dutch range of machines, and counted as mobile.
    let is_machine = text.starts_with("+3197") && text.len() == 14;
    let is_service = matches!(kind, TollFree | PremiumRate | SharedCost | Pager | VoiceMail);
    Some((text, is_service || is_machine))
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::DateOrder;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn standardised(country: &str, value: &str) -> Output {
        let country = Country::from_code(country).expect("a code");
        let mut out = Output::default();
        standardise(value, &Context { country, date_order: DateOrder::DayFirst }, &mut out);
        out
    }

    /// Checks lines of `given | claims | findings`.
    fn check(country: &str, table: &str) {
        for line in table.lines().filter(|line| line.contains('|')) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [given, claims, findings] = cells[..] else { panic!("three cells: {line}") };
            let out = standardised(country, given);
            let values: Vec<_> = out.claims.iter().map(|claim| claim.value.as_str()).collect();
            let found: Vec<_> = out.findings.iter().map(|finding| finding.code.name()).collect();
            assert_eq!(
                (values.join(" "), found.join(" ")),
                (claims.into(), findings.into()),
                "{given}"
            );
        }
    }

    #[test]
    fn dutch_numbers() {
        check(
            "NL",
            "
            06-12345678                | +31612345678              |
            0612345678                 | +31612345678              |
            06 12 34 56 78             | +31612345678              |
            06.12.34.56.78             | +31612345678              |
            (06) 12345678              | +31612345678              |
            0031612345678              | +31612345678              |
            0031 (0)6 12345678         | +31612345678              |
            +31612345678               | +31612345678              |
            +31 6 12345678             | +31612345678              |
            +31 (0)6 12345678          | +31612345678              |
            +31(0)6-12345678           | +31612345678              |
            +31 06 12345678            | +31612345678              |
            31612345678                | +31612345678              |
            612345678                  | +31612345678              |
            020-1234567                | +31201234567              |
            020/1234567                | +31201234567              |
            0475/123456                | +31475123456              |
            (0475) 12 34 56            | +31475123456              |
            088 123 45 67              | +31881234567              |
            085-1234567                | +31851234567              |
            070 123 4567               | +31701234567              |
            tel: 020 1234567           | +31201234567              |
            Mobiel 06-12345678         | +31612345678              |
            06-12345678 (prive)        | +31612345678              | remark
            06-12345678 privé          | +31612345678              | remark
            020-1234567 tst. 12        | +31201234567              | remark
            020-1234567 ext 12         | +31201234567              | remark
            020-1234567 x12            | +31201234567              | remark
            bellen na zes uur 0612345678 | +31612345678            | remark
            020-1234567 / 06-12345678  | +31201234567 +31612345678 |
            0201234567;0612345678      | +31201234567 +31612345678 |
            0201234567 of 0612345678   | +31201234567 +31612345678 |
            ",
        );
    }

    #[test]
    fn numbers_that_customers_do_not_have() {
        check(
            "NL",
            "
            0800-1121                  | +318001121                | unlikely_phone
            0900-1234                  | +319001234                | unlikely_phone
            0906 1234567               | +319061234567             | unlikely_phone
            112                        | 112                       | unlikely_phone
            1888                       | 1888                      | unlikely_phone
            116111                     | 116111                    | unlikely_phone
            14020                      | 14020                     | unlikely_phone
            066-1234567                | +31661234567              | unlikely_phone
            097012345678               | +3197012345678            | unlikely_phone
            ",
        );
    }

    #[test]
    fn other_countries() {
        check(
            "NL",
            "
            +32 470 12 34 56           | +32470123456              |
            0032 470 12 34 56          | +32470123456              |
            +49 30 123456              | +4930123456               |
            +44 20 7946 0958           | +442079460958             |
            +1 202 555 0143            | +12025550143              |
            ",
        );
        check("BE", "0470 12 34 56 | +32470123456 | \n 06-12345678 | 06-12345678 | invalid_phone");
        check("BE", "0031 6 12345678 | +31612345678 |");
        check("DE", "030 123456 | +4930123456 | \n 0151 23456789 | +4915123456789 |");
        check("GB", "020 7946 0958 | +442079460958 |");
        check("AU", "0412 345 678 | +61412345678 |");
    }

    #[test]
    fn no_numbers() {
        check(
            "NL",
            "
            1234567                    | 1234567                   | invalid_phone
            06-1234567                 | 06-1234567                | invalid_phone
            06-123456789               | 06-123456789              | invalid_phone
            0199-123456                | 0199-123456               | invalid_phone
            12-03-1980                 | 12-03-1980                | invalid_phone
            onbekend                   |                           | invalid_phone
            jan@example.nl             | jan@example.nl            | wrong_field
            ",
        );
    }

    #[test]
    fn only_numbers_resemble_numbers() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for number in ["06-12345678", "+32 470 12 34 56", "020 1234567", "(0475) 123456"] {
            assert!(resembles(number, &context), "{number}");
        }
        for other in
            ["12-03-1980", "1234 AB", "68750110", "NL91ABNA0417164300", "0800-1121", "1915111122"]
        {
            assert!(!resembles(other, &context), "{other}");
        }
    }

    #[test]
    fn the_hand_agrees_with_the_library() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for prefix in 100..1000 {
            for rest in ["000000", "123456", "555123", "999999"] {
                let number = format!("0{prefix}{rest}");
                let by_library =
                    read_any(&number, &context).filter(|(_, is_unlikely)| !is_unlikely);
                assert_eq!(read_dutch(&number, true), by_library.map(|(text, _)| text), "{number}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_number_gives_the_same(text in "[0-9+ ()/;.a-cx-]{0,24}|(\\+31|0)?[ (0)-]{0,3}[1-9][0-9]{8}( [/;,x] ?[0-9]{2,10})?|\\PC{0,20}") {
            for claim in standardised("NL", &text).claims.iter().filter(|claim| claim.attribute == AttributeId::PHONE) {
                let again = standardised("NL", &claim.value).claims;
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(&again[0].value, &claim.value);
            }
        }
    }
}
