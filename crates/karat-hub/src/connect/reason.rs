//! Why a row could not be read, in words.
//!
//! The quarantine keeps reasons in English, as the files of the export do; people may read Dutch.

use karat_model::language::Language;

/// All reasons, in English and Dutch; `{}` stands for a number, or for what a library says.
const REASONS: [[&str; 2]; 15] = [
    ["{} fields, but there are {} columns", "{} velden, maar er zijn {} kolommen"],
    ["a field is longer than {} MB", "een veld is langer dan {} MB"],
    ["the row is longer than {} MB", "de rij is langer dan {} MB"],
    ["the file breaks off in this row", "het bestand breekt af in deze rij"],
    ["the line stands above the header", "de regel staat boven de kopregel"],
    ["the JSON breaks off", "de JSON breekt af"],
    ["the JSON breaks off or is not well-formed", "de JSON breekt af of is niet goed gevormd"],
    ["not valid JSON at character {}", "geen geldige JSON bij teken {}"],
    [
        "not valid JSON at line {} of the record, character {}",
        "geen geldige JSON op regel {} van het record, teken {}",
    ],
    ["not a JSON object", "geen JSON-object"],
    ["nested deeper than {} levels", "dieper genest dan {} niveaus"],
    ["more than {} columns", "meer dan {} kolommen"],
    ["no array of records in the line", "geen lijst van records in de regel"],
    ["more text follows the end of the JSON", "na het einde van de JSON volgt nog tekst"],
    [
        "{}; {} rows from here on could not be read",
        "{}; {} rijen vanaf hier konden niet worden gelezen",
    ],
];

/// A reason in the words of a language; one that is not known stays as it is.
pub fn in_words(reason: &str, language: Language) -> String {
    let known = REASONS.iter().find_map(|[english, dutch]| {
        let numbers = fitting(reason, english)?;
        let mut parts = language.say(english, dutch).split("{}");
        let mut words = parts.next().unwrap_or_default().to_string();
        for (number, part) in numbers.into_iter().zip(parts) {
            words.push_str(number);
            words.push_str(part);
        }
        Some(words)
    });
    known.unwrap_or_else(|| reason.into())
}

#[cfg(test)]
pub(super) fn is_known(reason: &str) -> bool {
    in_words(reason, Language::Dutch) != reason
}

/// What stands for the `{}` of a pattern, if the text fits it.
fn fitting<'t>(text: &'t str, pattern: &str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    for part in parts {
        let end = if part.is_empty() { rest.len() } else { rest.find(part)? };
        found.push(&rest[..end]);
        rest = &rest[end + part.len()..];
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_places_and_what_is_unknown_stays() {
        for (reason, expected) in [
            ("24 fields, but there are 23 columns", "24 velden, maar er zijn 23 kolommen"),
            ("the JSON breaks off", "de JSON breekt af"),
            (
                "the JSON breaks off or is not well-formed",
                "de JSON breekt af of is niet goed gevormd",
            ),
            (
                "not valid JSON at line 2 of the record, character 7",
                "geen geldige JSON op regel 2 van het record, teken 7",
            ),
            (
                "bad page; 4 rows from here on could not be read",
                "bad page; 4 rijen vanaf hier konden niet worden gelezen",
            ),
            ("the moon is full", "the moon is full"),
        ] {
            assert_eq!(in_words(reason, Language::Dutch), expected);
            assert_eq!(in_words(reason, Language::English), reason);
        }
    }
}
