//! Titles before the name: `drs.`, `prof. dr.`, `jhr.`; a form of address tells the gender.

use karat_model::gender::Gender;

use super::titles::TitleKind;
use super::{Part, PersonName, words};
use crate::clean::output::{Context, Output};

/// Headers of columns with titles and forms of address.
pub const HEADERS: &[&str] = &[
    "title",
    "titel",
    "titels",
    "titulatuur",
    "aanhef",
    "aanspreekvorm",
    "salutation",
    "form_of_address",
    "anrede",
    "akademischer_titel",
    "academic_title",
    "predicaat",
    "adellijke_titel",
    "titel_voor",
    "civilite",
    "honorific",
    "name_title",
];

/// Whether a value is a known title or form of address.
pub fn resembles(value: &str, _: &Context) -> bool {
    let words = words::split(value);
    let known = |word: &words::Word| {
        words::title(word.text).is_some() || word.text.eq_ignore_ascii_case("de")
    };
    !words.is_empty()
        && words.iter().all(known)
        && words.iter().any(|word| words::title(word.text).is_some())
}

/// Takes apart what stands in a field for titles; what is not known is kept as it was written.
pub(super) fn parse(text: &str) -> PersonName {
    let mut name = PersonName::default();
    let words = words::split(text);
    for word in &words {
        let title = words::title(word.text);
        let salutation = matches!(
            &*crate::clean::fold::fold(word.text),
            "de" | "geachte" | "beste" | "dear" | "sehr"
        );
        let mister = word.text.eq_ignore_ascii_case("mr") && words.len() == 1;
        if mister {
            name.gender = Some(Gender::Male);
            continue;
        }
        let written = title.map_or(word.text, |title| title.canonical);
        if let Some(gender) = title.and_then(|title| title.gender) {
            name.gender = Some(gender);
        }
        let a_title =
            title.is_none_or(|title| matches!(title.kind, TitleKind::Earned | TitleKind::Noble));
        if a_title && !salutation {
            let titles = &mut name[Part::Title];
            if !titles.is_empty() {
                titles.push(' ');
            }
            titles.push_str(written);
        }
    }
    name
}

/// Claims the titles, and the gender that they tell.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    parse(value).claim(out);
}
