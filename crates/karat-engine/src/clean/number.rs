//! Quantities: `€ 1.234,50` and `1,234.50` become `1234.5`.
//!
//! Where both signs occur the last parts the fraction. A single comma parts the fraction too, unless
//! three digits follow in a country that writes thousands so; a single point always does, since that
//! is how machines write.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::folded::squeezed;
use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "bedrag",
    "omzet",
    "jaaromzet",
    "saldo",
    "aantal",
    "prijs",
    "totaal",
    "kredietlimiet",
    "limiet",
    "punten",
    "klantwaarde",
    "aantal_bestellingen",
    "aantal_medewerkers",
    "korting",
    "leeftijd",
    "score",
    "amount",
    "revenue",
    "turnover",
    "balance",
    "quantity",
    "count",
    "price",
    "total",
    "credit_limit",
    "points",
    "discount",
    "age",
    "number_of_employees",
    "employees",
    "orders",
    "betrag",
    "umsatz",
    "anzahl",
    "preis",
    "summe",
];

/// Whether a value looks like a quantity.
pub fn resembles(value: &str, context: &Context) -> bool {
    read(value, context).is_some()
}

/// Claims the number, with a point before its fraction.
pub fn standardise_into(attribute: AttributeId, value: &str, context: &Context, out: &mut Output) {
    match read(value, context) {
        Some(number) => out.claim(attribute, number, Validity::Valid),
        None => {
            out.claim(attribute, squeezed(value), Validity::Invalid);
            out.finding(FindingCode::InvalidNumber);
        }
    }
}

/// The number without currency, thousands and superfluous zeros.
fn read(value: &str, context: &Context) -> Option<String> {
    const DIGITS_MAX: usize = 30;
    let text = value.trim().trim_start_matches("EUR").trim_end_matches("EUR");
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '€' | '$' | '£' | '%'));
    let (text, is_negative) = without_sign(text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '€' | '$' | '£'));
    let text = text.strip_suffix(",-").or_else(|| text.strip_suffix(",--")).unwrap_or(text);
    let (whole, fraction) = split_fraction(text, context);
    let is_number =
        |part: &str| part.len() <= DIGITS_MAX && part.bytes().all(|b| b.is_ascii_digit());
    let whole = without_thousands(whole)?;
    if whole.is_empty() && fraction.is_empty() || !is_number(&whole) || !is_number(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    let is_zero = whole == "0" && fraction.is_empty();
    let sign = if is_negative && !is_zero { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

fn without_sign(text: &str) -> (&str, bool) {
    if let Some(rest) = text.strip_prefix('-') {
        return (rest.trim_start(), true);
    }
    let is_spelled_out = text.ends_with(",-") || text.ends_with("--");
    match text.strip_suffix('-') {
        Some(rest) if !is_spelled_out => (rest.trim_end(), true),
        _ => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

fn split_fraction<'a>(text: &'a str, context: &Context) -> (&'a str, &'a str) {
    let (commas, points) = (text.matches(',').count(), text.matches('.').count());
    let comma_is_thousands =
        matches!(context.country.code(), "GB" | "IE" | "US" | "CA" | "AU" | "NZ");
    let after_comma = text.rfind(',').map_or(0, |at| text.len() - at - 1);
    let sign = match (commas, points) {
        (0, 1) => Some('.'),
        (1, 0) if !(comma_is_thousands && after_comma == 3) => Some(','),
        (0, _) | (_, 0) => None,
        _ if text.rfind(',') > text.rfind('.') => Some(','),
        _ => Some('.'),
    };
    sign.and_then(|sign| text.rsplit_once(sign)).unwrap_or((text, ""))
}

/// The digits of a whole number whose thousands may be set apart.
fn without_thousands(whole: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '.' | ',' | ' ' | '\'' | '\u{a0}' | '\u{202f}');
    let mut groups = whole.split(is_mark);
    let first = groups.next().unwrap_or_default();
    let is_grouped = whole.contains(is_mark);
    let groups_fit =
        groups.all(|group| group.len() == 3) && (!is_grouped || (1..=3).contains(&first.len()));
    groups_fit.then(|| whole.chars().filter(|&c| !is_mark(c)).collect())
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn context(country: &str) -> Context {
        let country = Country::from_code(country).expect("a code");
        Context { country, date_order: DateOrder::DayFirst }
    }

    fn check(country: &str, value: &str, expected: &str) {
        assert_eq!(read(value, &context(country)).as_deref(), Some(expected), "{value}");
    }

    #[test]
    fn numbers() {
        check("NL", "12", "12");
        check("NL", "012", "12");
        check("NL", "12,50", "12.5");
        check("NL", "12.50", "12.5");
        check("NL", "€ 1.234,50", "1234.5");
        check("NL", "1,234.50", "1234.5");
        check("NL", "1.234.567", "1234567");
        check("NL", "1 234 567", "1234567");
        check("NL", "€ 12,-", "12");
        check("NL", "-12", "-12");
        check("NL", "12-", "-12");
        check("NL", "-0", "0");
        check("NL", "15 %", "15");
        check("NL", "1,234", "1.234");
        check("GB", "1,234", "1234");
        check("NL", "EUR 12", "12");
    }

    #[test]
    fn no_numbers() {
        for value in ["", "-", "abc", "12a", "1.23.4", "1-2", "€"] {
            assert_eq!(read(value, &context("NL")), None, "{value}");
        }
        let mut out = Output::default();
        standardise_into(AttributeId(99), "veel", &context("NL"), &mut out);
        assert_eq!(
            (out.claims[0].value.as_str(), out.claims[0].validity),
            ("veel", Validity::Invalid)
        );
        assert_eq!(out.findings[0].code, FindingCode::InvalidNumber);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cleaning_a_standardised_number_gives_the_same(text in "[-+€ ]{0,2}[0-9.,' ]{0,12}[-% ]{0,2}|\\PC{0,20}") {
            for context in [context("NL"), context("GB")] {
                let mut out = Output::default();
                standardise_into(AttributeId(99), &text, &context, &mut out);
                for claim in &out.claims {
                    let mut again = Output::default();
                    standardise_into(AttributeId(99), &claim.value, &context, &mut again);
                    prop_assert_eq!(&again.claims[0].value, &claim.value);
                }
            }
        }
    }
}
