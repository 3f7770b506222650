//! What follows the name: `jr.`, `MSc`, `III`.

use super::parser::is_ordinal;
use super::words::{self, Word};
use super::{Part, PersonName};
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

/// The canonical spellings; a text with anything else is kept as it was written, and so is a peerage:
/// the `Ré` of `1st Ré` is a place.
pub(super) fn parse(text: &str) -> PersonName {
    let words = words::split(text);
    let is_peerage = words.len() > 1 && is_ordinal(words[0].text);
    let canonical = |word: &Word| words::suffix(word.text).map(|suffix| suffix.canonical);
    let suffixes: Option<Vec<&str>> = words.iter().map(canonical).collect();
    let suffixes = suffixes.filter(|_| !is_peerage).map(|suffixes| suffixes.join(" "));
    PersonName::of(Part::Suffix, suffixes.unwrap_or_else(|| text.to_owned()))
}

/// Claims the suffixes.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    parse(value).claim(out);
}
