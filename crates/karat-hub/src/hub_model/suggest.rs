//! Suggestions: the word that was probably meant.

use rapidfuzz::distance::osa;

/// The candidate that a misspelt word most likely means; the first one among equals.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = folded(word);
    let distance_max = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (osa::distance(word.chars(), folded(candidate).chars()), candidate))
        .filter(|(distance, _)| *distance <= distance_max)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The word without what people confuse: case, blanks, hyphens.
fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

/// `` `a`, `b`, `c` ``.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_find_what_was_meant() {
        let names = ["given_name", "family_name", "email", "city", "full", "changes"];
        for (word, expected) in [
            ("given_nme", Some("given_name")),
            ("Given-Name", Some("given_name")),
            ("gievn name", Some("given_name")),
            ("mail", Some("email")),
            ("ful", Some("full")),
            ("name", None),
            ("telephone", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
    }
}
