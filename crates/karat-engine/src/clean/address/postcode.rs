//! The postal code, printed as its country does: `1234ab` becomes `1234 AB`.
//!
//! The country is that of the record or its source; a code that does not fit it may still be the
//! code of another country, and is then kept: a British code in a Dutch file is valid. Only a code
//! that fits no country at all is invalid. Dutch codes do not begin with 0 and do not end in SA, SD
//! or SS. Shapes after the Universal Postal Union's addressing guides.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::hub_model::Country;

use crate::clean::folded::squeezed;
use crate::clean::output::{Context, Output};

use super::{country, postcode_city};

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "postcode",
    "post_code",
    "postal_code",
    "zip",
    "zip_code",
    "zipcode",
    "plz",
    "postleitzahl",
    "pc",
    "code_postal",
    "pcode",
    "postkode",
    "postalcode",
    "post_cd",
    "pc6",
    "postcode6",
];

/// Shapes of postal codes: `9` is a digit, `A` a letter, `*` either; the rest is printed.
const SHAPES: &[(&str, &str)] = &[
    ("NL", "9999 AA"),
    ("BE", "9999"),
    ("DE", "99999"),
    ("LU", "9999"),
    ("FR", "99999"),
    ("US", "99999"),
    ("US", "99999-9999"),
    ("CA", "A9A 9A9"),
    ("AU", "9999"),
    ("NZ", "9999"),
    ("ZA", "9999"),
    ("AT", "9999"),
    ("CH", "9999"),
    ("LI", "9999"),
    ("DK", "9999"),
    ("NO", "9999"),
    ("SE", "999 99"),
    ("FI", "99999"),
    ("ES", "99999"),
    ("IT", "99999"),
    ("PT", "9999-999"),
    ("PL", "99-999"),
    ("CZ", "999 99"),
    ("SK", "999 99"),
    ("HU", "9999"),
    ("SI", "9999"),
    ("HR", "99999"),
    ("BG", "9999"),
    ("RO", "999999"),
    ("GR", "999 99"),
    ("CY", "9999"),
    ("EE", "99999"),
    ("LV", "9999"),
    ("LT", "99999"),
    ("IE", "A9* ****"),
    ("MT", "AAA 9999"),
    ("IS", "999"),
    ("TR", "99999"),
    ("UA", "99999"),
    ("RU", "999999"),
    ("RS", "99999"),
    ("BA", "99999"),
    ("MK", "9999"),
    ("ME", "99999"),
    ("AL", "9999"),
    ("MC", "99999"),
    ("SM", "99999"),
    ("VA", "99999"),
    ("AR", "A9999AAA"),
    ("BR", "99999-999"),
    ("MX", "99999"),
    ("CN", "999999"),
    ("IN", "999999"),
    ("ID", "99999"),
    ("JP", "999-9999"),
    ("KR", "99999"),
    ("SG", "999999"),
    ("TH", "99999"),
    ("MY", "99999"),
    ("PH", "9999"),
    ("IL", "9999999"),
    ("MA", "99999"),
];

/// The shapes of British codes: an outward and an inward part.
const BRITISH: [&str; 6] = ["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"];

/// Whether a value looks like a postal code of the country, or is unmistakably one of another.
pub fn resembles(value: &str, context: &Context) -> bool {
    let digits_only = value.bytes().all(|b| b.is_ascii_digit());
    match read(value, context) {
        Some(_) if digits_only => printed(value, context.country).is_some(),
        Some(_) => true,
        None => false,
    }
}

/// Claims the postal code, and the country of a prefix such as `B-9000`.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    let text = squeezed(value);
    if let Some(code) = read(&text, context) {
        out.claim(AttributeId::POSTCODE, code.text, Validity::Valid);
        if let Some(country) = code.country {
            out.claim(AttributeId::COUNTRY, country.code(), Validity::Valid);
        }
        return;
    }
    let is_place = |city: String| city.len() > 3 && !city.contains('@');
    let holds_city =
        postcode_city::parse(&text, context).and_then(|parts| parts.city).is_some_and(is_place);
    if holds_city {
        return postcode_city::standardise(&text, context, out);
    }
    if text.contains(char::is_alphanumeric) {
        out.claim(AttributeId::POSTCODE, text.to_ascii_uppercase(), Validity::Invalid);
        out.finding(FindingCode::InvalidPostcode);
    }
}

/// A postal code that was understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// As its country prints it.
    pub(super) text: String,
    /// The country that a prefix names.
    pub(super) country: Option<Country>,
    /// Whether it could be nothing else: it holds letters.
    pub(super) has_letters: bool,
}

/// Whether the shape of the country's codes is known.
pub(super) fn knows(country: Country) -> bool {
    country.code() == "GB" || SHAPES.iter().any(|(code, _)| *code == country.code())
}

/// Whether a postal code has the form of a country; `None` for countries whose form is not known.
pub fn is_of_country(value: &str, country: Country) -> Option<bool> {
    let is_known =
        country.code() == "GB" || SHAPES.iter().any(|(owner, _)| *owner == country.code());
    is_known.then(|| printed(value, country).is_some())
}

/// The code as the country prints it, if it fits.
pub(super) fn printed(value: &str, country: Country) -> Option<String> {
    Compact::of(value)?.printed(country)
}

/// Understands a postal code: by its prefix, by the country, or as the code of any country.
pub(super) fn read(value: &str, context: &Context) -> Option<Code> {
    let value = value.trim();
    if let Some((country, rest)) = prefix(value) {
        let text = printed(rest, country)?;
        return Some(Code { text, country: Some(country), has_letters: true });
    }
    let compact = Compact::of(value)?;
    let has_letters = compact.has_letters();
    let text = compact.printed(context.country).or_else(|| compact.printed_anywhere(value))?;
    Some(Code { text, country: None, has_letters })
}

/// Splits `D-50667` and `NL 1234 AB` into the country and the code.
fn prefix(value: &str) -> Option<(Country, &str)> {
    let letters = value.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = value.get(letters..)?;
    let code = rest.trim_start_matches(['-', ' ']);
    let is_set_apart = code.len() < rest.len();
    let is_prefix = (1..=3).contains(&letters) && code.starts_with(|c: char| c.is_ascii_digit());
    // `NL1234AB` needs no hyphen; `E16AN` would be Spanish.
    let is_glued = letters == 2 && value.get(..2).is_some_and(|two| two.eq_ignore_ascii_case("NL"));
    if !is_prefix || !(is_set_apart || is_glued) {
        return None;
    }
    let country = country::by_code(&value[..letters])?;
    printed(code, country).is_some().then_some((country, code))
}

/// The letters and digits of a code, in capitals.
struct Compact {
    bytes: [u8; 10],
    length: usize,
}

impl Compact {
    fn of(value: &str) -> Option<Compact> {
        let mut compact = Compact { bytes: [0; 10], length: 0 };
        for byte in value.trim().bytes() {
            if byte.is_ascii_alphanumeric() {
                *compact.bytes.get_mut(compact.length)? = byte.to_ascii_uppercase();
                compact.length += 1;
            } else if !matches!(byte, b' ' | b'-' | b'.') {
                return None;
            }
        }
        (compact.length > 0).then_some(compact)
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn has_letters(&self) -> bool {
        self.as_bytes().iter().any(u8::is_ascii_alphabetic)
    }

    fn printed(&self, country: Country) -> Option<String> {
        let code = country.code();
        if code == "GB" {
            return BRITISH.iter().find_map(|shape| self.fit(shape));
        }
        let mut shapes = SHAPES.iter().filter(|(owner, _)| *owner == code);
        let text = shapes.find_map(|(_, shape)| self.fit(shape))?;
        (code != "NL" || self.is_issued_in_the_netherlands()).then_some(text)
    }

    fn is_issued_in_the_netherlands(&self) -> bool {
        let bytes = self.as_bytes();
        let is_reserved =
            bytes.ends_with(b"SA") || bytes.ends_with(b"SD") || bytes.ends_with(b"SS");
        bytes[0] != b'0' && !is_reserved
    }

    /// The code of any country: one with letters, one with its hyphen, or four to six digits.
    fn printed_anywhere(&self, value: &str) -> Option<String> {
        if self.has_letters() {
            let countries = ["NL", "GB", "CA", "IE"];
            let mut countries = countries.iter().filter_map(|code| Country::from_code(code));
            return countries.find_map(|country| self.printed(country));
        }
        if value.contains('-') {
            let mut shapes = SHAPES.iter().filter(|(_, shape)| shape.contains('-'));
            return shapes.find_map(|(_, shape)| self.fit(shape)).filter(|text| text == value);
        }
        let has_gap = value.contains([' ', '.']);
        let is_plain = (4..=6).contains(&self.length) && !has_gap;
        let is_spaced = self.length == 5 && value.as_bytes().get(3) == Some(&b' ');
        (is_plain || is_spaced).then(|| value.into())
    }

    /// The code printed in a shape, if it fits.
    fn fit(&self, shape: &str) -> Option<String> {
        let mut bytes = self.as_bytes().iter();
        let mut text = String::with_capacity(shape.len());
        for wanted in shape.bytes() {
            if !matches!(wanted, b'9' | b'A' | b'*') {
                text.push(wanted as char);
                continue;
            }
            let byte = *bytes.next()?;
            let fits = match wanted {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                _ => true,
            };
            if !fits {
                return None;
            }
            text.push(byte as char);
        }
        bytes.next().is_none().then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::DateOrder;

    use super::*;

    fn context(country: &str) -> Context {
        let country = Country::from_code(country).expect("a code");
        Context { country, date_order: DateOrder::DayFirst }
    }

    fn check(country: &str, value: &str, expected: &str) {
        let code = read(value, &context(country)).expect(value);
        assert_eq!(code.text, expected, "{value} in {country}");
        assert_eq!(read(&code.text, &context(country)).expect("again").text, code.text);
    }

    #[test]
    fn codes_are_printed_as_their_country_does() {
        check("NL", "1234ab", "1234 AB");
        check("NL", "1234 AB", "1234 AB");
        check("NL", "1234-AB", "1234 AB");
        check("NL", "NL-1234 AB", "1234 AB");
        check("NL", "nl1234ab", "1234 AB");
        check("BE", "9000", "9000");
        check("BE", "B-9000", "9000");
        check("DE", "D-50667", "50667");
        check("GB", "tq138df", "TQ13 8DF");
        check("GB", "m1 1ae", "M1 1AE");
        check("GB", "SW1A1AA", "SW1A 1AA");
        check("AU", "2153", "2153");
        check("US", "627041234", "62704-1234");
        check("SE", "11122", "111 22");
        check("PL", "00950", "00-950");
        check("CA", "k1a0b1", "K1A 0B1");
        check("IE", "d02x285", "D02 X285");
    }

    #[test]
    fn codes_of_other_countries_are_kept() {
        check("NL", "tq13 8df", "TQ13 8DF");
        check("NL", "4223", "4223");
        check("NL", "50667", "50667");
        check("DE", "1234 AB", "1234 AB");
        check("NL", "K1A 0B1", "K1A 0B1");
        check("NL", "4000-123", "4000-123");
    }

    #[test]
    fn a_code_that_fits_no_country_is_invalid() {
        for value in [
            "0123 AB",
            "1234 SS",
            "1234 A",
            "12",
            "1234 ABC",
            "tq13",
            "abcdef",
            "12-34",
            "1234567890123",
        ] {
            let mut out = Output::default();
            standardise(value, &context("NL"), &mut out);
            assert_eq!(out.findings[0].code, FindingCode::InvalidPostcode, "{value}");
            assert_eq!(out.claims[0].validity, Validity::Invalid, "{value}");
        }
    }

    #[test]
    fn a_city_beside_the_code_is_claimed_too() {
        let mut out = Output::default();
        standardise("1234 AB Utrecht", &context("NL"), &mut out);
        let values: Vec<_> = out.claims.iter().map(|claim| claim.value.as_str()).collect();
        assert_eq!(values, ["1234 AB", "Utrecht"]);
    }
}
