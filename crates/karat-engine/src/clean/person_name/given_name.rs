//! First name or names; initials in their place are recognised.
//!
//! `Johannes Petrus` · `Jan P.` · `J.P.` · `JAN` · `Johannes (Jan)`

use super::known_names::is_given_name;
use super::{parser, words};
use crate::clean::output::{Context, Output};

/// Headers of columns with given names.
pub const HEADERS: &[&str] = &[
    "given_name",
    "given_names",
    "first_name",
    "first_names",
    "forename",
    "forenames",
    "voornaam",
    "voornamen",
    "fname",
    "f_name",
    "vorname",
    "vornamen",
    "christian_name",
    "prenom",
    "voorn",
    "vnaam",
    "name_first",
    "middle_name",
    "middle_names",
    "tweede_voornaam",
    "first",
];

/// Headers of columns with the name by which a person is called.
pub const NICKNAME_HEADERS: &[&str] = &[
    "nickname",
    "roepnaam",
    "rufname",
    "preferred_name",
    "known_as",
    "calling_name",
    "alias_first_name",
];

/// Whether a value looks like a given name.
pub fn resembles(value: &str, _: &Context) -> bool {
    let words = words::split(value);
    let known = words.iter().filter(|word| is_given_name(word.text)).count();
    words.len() <= 3 && known > 0 && known * 2 >= words.len()
}

/// Claims given names, and initials where they are written as such.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parser::given_names(value, context).claim(out);
}
