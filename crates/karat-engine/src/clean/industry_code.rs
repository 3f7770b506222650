//! Codes of what a company does, by the Dutch SBI or the European NACE on which it is built.
//!
//! The standardised value opens with its edition, because equal digits of two editions differ:
//! `sbi_2025:43310`, `sbi_2008:4331`, `nace_2:4331`. A value that names its edition keeps it:
//! `SBI 2008: 43.31`, `NACE 43.31`; others have that of the header of their column, such as
//! `sbi_2008`. Where neither says so, five digits are taken for SBI 2025, which is in force in
//! the Netherlands since 2025, and fewer for SBI 2008; outside the Netherlands two to four digits are
//! taken for NACE. Codes are never converted from one edition to another: that takes knowledge of
//! what the company does.
//!
//! Sources: Statistics Netherlands (CBS), SBI 2008 and SBI 2025; Eurostat, NACE Rev. 2 and 2.1.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::check_digits::{are_digits, capitals_and_digits, number_of};
use super::folded::{digit_count, squeezed};
use super::output::{Context, Output};

/// Headers of columns with industry codes.
pub const HEADERS: &[&str] = &[
    "industry_code",
    "sbi",
    "sbi_code",
    "sbi_2025",
    "sbi_2008",
    "sbi_hoofdactiviteit",
    "sbicode",
    "nace",
    "nace_code",
    "nacebel",
    "branchecode",
    "hoofdactiviteit_sbi",
];

/// An edition of the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The Dutch SBI of 2025, on NACE Rev. 2.1.
    Sbi2025,
    /// The Dutch SBI of 2008, on NACE Rev. 2.
    Sbi2008,
    /// The European NACE Rev. 2.
    Nace2,
}

use Edition::{Nace2, Sbi2008, Sbi2025};

impl Edition {
    /// The edition that the header of a column names.
    pub fn of_header(header: &str) -> Option<Edition> {
        let header = capitals_and_digits(header);
        NAMES.iter().find(|(name, _)| header.contains(name)).map(|(_, edition)| *edition)
    }

    const fn name(self) -> &'static str {
        match self {
            Sbi2025 => "sbi_2025",
            Sbi2008 => "sbi_2008",
            Nace2 => "nace_2",
        }
    }

    /// Whether a code of two to five digits opens with a division that the edition has.
    fn has(self, digits: &str) -> bool {
        let division = number_of(&digits.as_bytes()[..2]);
        let is_division = matches!(
            division,
            1..=3 | 5..=9 | 10..=33 | 35..=39 | 41..=43 | 46..=47 | 49..=53 | 55..=56 | 58..=66
                | 68..=75 | 77..=82 | 84..=88 | 90..=99
        );
        // Trade in cars is a division of its own until NACE Rev. 2.1.
        let is_of_old = self != Sbi2025 && division == 45;
        is_division || is_of_old
    }
}

/// How values name their edition, in capitals and without signs; the longest first.
const NAMES: &[(&str, Edition)] =
    &[("SBI2025", Sbi2025), ("SBI2008", Sbi2008), ("NACEREV2", Nace2), ("NACE", Nace2)];

/// Whether a value has two to five digits and, apart from the name of an edition, at most one letter.
pub fn resembles(value: &str, context: &Context) -> bool {
    digit_count(value) >= 2 && read(value, None, context).is_some()
}

/// Claims the code with its edition; what is not known is kept and noted.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    standardise_in(None, value, context, out);
}

/// The same in a column that names an edition.
pub fn standardise_in(edition: Option<Edition>, value: &str, context: &Context, out: &mut Output) {
    let Some((edition, digits)) = read(value, edition, context) else {
        out.finding(FindingCode::UnknownIndustryCode);
        return out.claim(AttributeId::INDUSTRY_CODE, squeezed(value), Validity::Suspect);
    };
    let code = format!("{}:{digits}", edition.name());
    if edition.has(&digits) {
        return out.claim(AttributeId::INDUSTRY_CODE, code, Validity::Valid);
    }
    out.finding(FindingCode::UnknownIndustryCode);
    out.claim(AttributeId::INDUSTRY_CODE, code, Validity::Suspect);
}

/// The edition and the digits of a code, in a column that may name an edition.
fn read(value: &str, of_column: Option<Edition>, context: &Context) -> Option<(Edition, String)> {
    let code = capitals_and_digits(value);
    let (named, rest) = named(value, &code);
    let named = named.or(of_column);
    let rest = rest.strip_prefix("SBI").unwrap_or(rest);
    let rest = rest.strip_prefix("CODE").unwrap_or(rest);
    // The letter of a section, from A to V.
    let digits = rest.strip_prefix(|c: char| ('A'..='V').contains(&c)).unwrap_or(rest);
    let has_form = (2..=5).contains(&digits.len()) && are_digits(digits.as_bytes());
    let is_dutch = context.country.code() == "NL";
    let edition = match (named, digits.len()) {
        (Some(Nace2), 5) => return None,
        (Some(edition), _) => edition,
        (None, 5) if is_dutch => Sbi2025,
        (None, _) if is_dutch => Sbi2008,
        (None, 5) => return None,
        (None, _) => Nace2,
    };
    has_form.then(|| (edition, digits.to_owned()))
}

/// The edition that a value names, and what follows it.
fn named<'v>(value: &str, code: &'v str) -> (Option<Edition>, &'v str) {
    for edition in [Sbi2025, Sbi2008, Nace2] {
        // As it is standardised: `nace_2:10` could else be read as code 210.
        let is_standardised =
            value.strip_prefix(edition.name()).is_some_and(|at| at.starts_with(':'));
        if is_standardised {
            return (Some(edition), &code[edition.name().len() - 1..]);
        }
    }
    // What follows must be a code: that of `SBI 2008` itself is 2008.
    let name = NAMES.iter().find_map(|(name, edition)| {
        let rest = code.strip_prefix(name).filter(|rest| rest.len() >= 2)?;
        Some((Some(*edition), rest))
    });
    name.unwrap_or((None, code))
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
    fn codes_open_with_their_edition() {
        for (text, expected) in [
            ("43310", "sbi_2025:43310"),
            ("43.31.0", "sbi_2025:43310"),
            ("4331", "sbi_2008:4331"),
            ("SBI 2008: 43310", "sbi_2008:43310"),
            ("SBI-code 43310", "sbi_2025:43310"),
            ("F43.31", "sbi_2008:4331"),
            ("NACE 43.31", "nace_2:4331"),
            ("SBI 2008", "sbi_2008:2008"),
            ("nace_2:10", "nace_2:10"),
            ("45112", "sbi_2025:45112? !unknown_industry_code"),
            ("SBI 2008 45112", "sbi_2008:45112"),
            ("0000", "sbi_2008:0000? !unknown_industry_code"),
            ("433101", "433101? !unknown_industry_code"),
            ("bouw", "bouw? !unknown_industry_code"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
        let of_2008 = |value: &str, context: &Context, out: &mut Output| {
            standardise_in(Some(Sbi2008), value, context, out);
        };
        check("43310", of_2008, &DUTCH, "sbi_2008:43310");
        check("SBI 2025 43310", of_2008, &DUTCH, "sbi_2025:43310");
        assert_eq!(Edition::of_header("sbi_2008"), Some(Sbi2008));
        assert_eq!(Edition::of_header("NACE-code"), Some(Nace2));
        assert_eq!(Edition::of_header("sbi"), None);
        check("43.31", standardise, &BELGIAN, "nace_2:4331");
        check("43310", standardise, &BELGIAN, "43310? !unknown_industry_code");
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", code in "(sbi|nace|sbi_?2008|nace_2)?[: A-Z]?[0-9 .]{0,8}") {
            for context in [DUTCH, BELGIAN] {
                check_settles(&text, standardise, &context)?;
                check_settles(&code, standardise, &context)?;
            }
        }
    }
}
