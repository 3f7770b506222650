//! The name of a person in one field, in any usual order.
//!
//! `Jan van den Berg` · `Berg, Jan van den` · `BERG VAN DEN J.P.` · `dhr. drs. P. de Vries MSc` ·
//! `J.P. (Jan) van den Berg-de Vries` · `Dr. Hans-Peter von der Heide` · `Mr Robert Allen Jr.`

use super::known_names::{is_family_name, is_given_name};
use super::{parser, words};
use crate::clean::output::{Context, Output};

/// Headers of columns with whole names.
pub const HEADERS: &[&str] = &[
    "full_name",
    "complete_name",
    "volledige_naam",
    "naam_volledig",
    "persoonsnaam",
    "naam_persoon",
    "person_name",
    "contact_name",
    "contactpersoon",
    "contact_person",
    "naam_contactpersoon",
    "first_and_surname",
    "first_and_last_name",
    "voornaam_achternaam",
    "vollstandiger_name",
    "vor_und_nachname",
    "ansprechpartner",
    "display_name",
    "weergavenaam",
    "patient_name",
    "employee_name",
    "name_of_person",
];

/// Whether a value looks like the whole name of a person.
pub fn resembles(value: &str, _: &Context) -> bool {
    let words = words::split(value);
    let letters_only =
        value.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | ',' | '-' | '\''));
    if !letters_only || !(2..=7).contains(&words.len()) {
        return false;
    }
    let title = words::title(words[0].text).is_some();
    let initials =
        |word: &words::Word| words::is_initials(word.text, false, false) && word.text.contains('.');
    let after_comma = words.iter().position(|word| word.comma).and_then(|at| words.get(at + 1));
    let given = |word: &words::Word| is_given_name(word.text) || initials(word);
    let last_is_family = words.last().is_some_and(|last| is_family_name(last.text));
    title || given(&words[0]) || after_comma.is_some_and(given) || last_is_family
}

/// Claims the parts of the name.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parser::full_name(value, context).claim(out);
}
