//! Gender: male, female or other; a form of address tells it too.
//!
//! Codes: M, V (Dutch), F, W (German), O, X; 1 and 2 as in ISO/IEC 5218, where 0 and 9 say that it is not
//! known or does not apply.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::gender::Gender;

use super::fold::squash;
use super::output::{Context, Output};

/// Headers of columns with genders.
pub const HEADERS: &[&str] =
    &["gender", "sex", "geslacht", "geschlecht", "m_v", "mv", "gesl", "sexe", "genre", "man_vrouw"];

/// The gender that a code, a word or a form of address tells.
pub fn read(text: &str) -> Option<Gender> {
    match &*squash(text) {
        "m" | "man" | "male" | "mannelijk" | "heer" | "deheer" | "dhr" | "hr" | "mr" | "mister"
        | "herr" | "herrn" | "mannlich" | "homme" | "masculin" | "jongen" | "boy" | "1" | "sir"
        | "monsieur" | "mijnheer" => Some(Gender::Male),
        "v" | "f" | "w" | "vrouw" | "female" | "vrouwelijk" | "mevr" | "mevrouw" | "mw" | "mvr"
        | "mej" | "mrs" | "ms" | "miss" | "frau" | "weiblich" | "femme" | "feminin" | "woman"
        | "meisje" | "girl" | "2" | "madam" | "madame" | "mejuffrouw" => Some(Gender::Female),
        "o" | "x" | "d" | "other" | "overig" | "anders" | "divers" | "nonbinair" | "nonbinary"
        | "neutraal" | "autre" | "genderneutraal" => Some(Gender::Other),
        _ => None,
    }
}

/// Whether a value tells a gender.
pub fn resembles(value: &str, _: &Context) -> bool {
    read(value).is_some() && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Claims the gender.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let says_unknown = matches!(&*squash(value), "u" | "0" | "9");
    match read(value) {
        Some(gender) => out.claim(AttributeId::GENDER, gender.name(), Validity::Valid),
        None if says_unknown => out.finding(FindingCode::Placeholder),
        None => out.finding(FindingCode::UnknownGender),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genders_are_understood() {
        for (text, expected) in [
            ("M", Some(Gender::Male)),
            ("Dhr.", Some(Gender::Male)),
            ("de heer", Some(Gender::Male)),
            ("männlich", Some(Gender::Male)),
            ("1", Some(Gender::Male)),
            ("V", Some(Gender::Female)),
            ("Mevr.", Some(Gender::Female)),
            ("Frau", Some(Gender::Female)),
            ("female", Some(Gender::Female)),
            ("2", Some(Gender::Female)),
            ("non-binair", Some(Gender::Other)),
            ("O", Some(Gender::Other)),
            ("female | male", None),
            ("t2227949966", None),
            ("Jan", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_standardised_gender_is_itself() {
        for gender in Gender::ALL {
            assert_eq!(read(gender.name()), Some(gender));
        }
    }
}
