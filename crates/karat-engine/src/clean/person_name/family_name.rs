//! The family name, with or without its prefix; a whole name in its place is recognised.
//!
//! `Berg` · `van den Berg` · `Berg, van den` · `Jansen-de Wit` · `Berg, J. van den`

use super::known_names::is_family_name;
use super::{parser, words};
use crate::clean::output::{Context, Output};

/// Headers of columns with family names.
pub const HEADERS: &[&str] = &[
    "family_name",
    "surname",
    "last_name",
    "lname",
    "l_name",
    "achternaam",
    "familienaam",
    "geslachtsnaam",
    "nachname",
    "familienname",
    "nom_de_famille",
    "achtern",
    "anaam",
    "name_last",
    "second_name",
    "sur_name",
    "achternamen",
    "eigen_naam",
    "eigen_achternaam",
    "maiden_name",
    "meisjesnaam",
    "geboortenaam",
    "birth_name",
    "geburtsname",
    "last",
];

/// Whether a value looks like a family name.
pub fn resembles(value: &str, _: &Context) -> bool {
    let words = words::split(value);
    let prefixed =
        words::prefix_at(&words, true).is_some_and(|(_, count)| count + 1 == words.len());
    let last_is_known = words.last().is_some_and(|last| last.text.split('-').any(is_family_name));
    prefixed || words.len() == 1 && last_is_known
}

/// Claims the family name, its prefix, and what else the field holds.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parser::family_name(value, false, context).claim(out);
}
