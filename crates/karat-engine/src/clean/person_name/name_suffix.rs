//! What follows the name: `jr.`, `MSc`, `III`.

use super::{Part, PersonName, words};
use crate::clean::output::{Context, Output};

/// Headers of columns with what follows the name.
pub const HEADERS: &[&str] = &[
    "name_suffix",
    "suffix",
    "achtervoegsel",
    "achtervoegsels",
    "titel_achter",
    "namenszusatz",
    "generation",
    "titel_na",
    "post_nominal",
    "post_nominals",
];

/// Whether a value is a known suffix.
pub fn resembles(value: &str, _: &Context) -> bool {
    let words = words::split(value);
    !words.is_empty() && words.iter().all(|word| words::suffix(word.text).is_some())
}

/// The canonical spellings; a text with anything else is kept as it was written.
pub(super) fn parse(text: &str) -> PersonName {
    let suffixes: Option<Vec<&str>> = words::split(text)
        .iter()
        .map(|word| words::suffix(word.text).map(|suffix| suffix.canonical))
        .collect();
    PersonName::of(
        Part::Suffix,
        suffixes.map_or_else(|| text.to_owned(), |suffixes| suffixes.join(" ")),
    )
}

/// Claims the suffixes.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    parse(value).claim(out);
}
