//! Initials of the given names, written as `J.P.`
//!
//! `J.P.` · `JP` · `j p` · `Th.J.`; a given name in their place is recognised.

use super::known_names::is_given_name;
use super::{Part, PersonName, parser, words};
use crate::clean::output::{Context, Output};

/// Headers of columns with initials.
pub const HEADERS: &[&str] = &[
    "initials",
    "initial",
    "voorletters",
    "voorletter",
    "initialen",
    "voorl",
    "vl",
    "initiaal",
    "initiales",
];

/// Whether a value looks like initials.
pub fn resembles(value: &str, _: &Context) -> bool {
    let words = words::split(value);
    let dotted = words.iter().all(|word| word.text.ends_with('.'));
    let short = value.chars().filter(|c| c.is_alphabetic()).count() <= 6;
    short
        && !words.is_empty()
        && words.iter().all(|word| words::is_initials(word.text, false, false))
        && (dotted || value.chars().all(|c| !c.is_lowercase()))
}

/// Takes apart what stands in a field for initials.
pub(super) fn parse(text: &str, context: &Context) -> PersonName {
    let pieces = || {
        text.split_inclusive(['.', ' ', ',', '-']).map(|piece| piece.trim_matches([' ', ',', '-']))
    };
    let holds_names = pieces().any(|piece| {
        let letters = piece.trim_matches('.');
        letters.chars().nth(4).is_some() || !piece.ends_with('.') && is_given_name(letters)
    });
    if holds_names || text.contains('@') || text.bytes().any(|byte| byte.is_ascii_digit()) {
        return parser::given_names(text, context);
    }
    let mut name = PersonName::default();
    pieces().for_each(|piece| words::push_initials(piece, &mut name[Part::Initials]));
    name
}

/// Claims the initials.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parse(value, context).claim(out);
}
