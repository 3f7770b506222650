//! The family name of the partner, with or without its prefix.

use super::{family_name, parser};
use crate::clean::output::{Context, Output};

/// Headers of columns with the names of partners.
pub const HEADERS: &[&str] = &[
    "partner_name",
    "partner_surname",
    "partner_family_name",
    "partner_last_name",
    "naam_partner",
    "partnernaam",
    "achternaam_partner",
    "partner_achternaam",
    "geslachtsnaam_partner",
    "married_name",
    "ehename",
];

/// Whether a value looks like a family name.
pub fn resembles(value: &str, context: &Context) -> bool {
    family_name::resembles(value, context)
}

/// Claims the name of the partner and its prefix.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    parser::partner_name(value).claim(out);
}
