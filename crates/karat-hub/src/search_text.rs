//! What a customer is found by: the words and codes of its golden record, folded.

use karat_engine::matching::fold;

/// The folded words and codes by which a customer is found, with white space between; made of the
/// values of its golden record and of the ids that its source records have.
pub fn search_text<'a>(
    values: impl Iterator<Item = &'a str>,
    source_ids: impl Iterator<Item = &'a str>,
) -> String {
    let mut text = String::with_capacity(256);
    let mut add = |words: &str| {
        if !words.is_empty() {
            text.push_str(words);
            text.push(' ');
        }
    };
    for value in values {
        add(&folded(value));
    }
    for id in source_ids {
        add(&fold::code(id));
    }
    text
}

/// A query, folded as the search text is.
pub fn folded_query(query: &str) -> String {
    query.split_whitespace().map(folded).collect::<Vec<String>>().join(" ")
}

/// Words stay words; a code such as a postal code or a phone number is also found as one word.
fn folded(value: &str) -> String {
    let words = fold::words(value);
    let is_code = value.bytes().any(|byte| byte.is_ascii_digit()) && words.contains(' ');
    if is_code { format!("{words} {}", fold::code(value)) } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_with_and_without_spaces() {
        assert_eq!(folded_query("1234 AB"), "1234 ab");
        assert_eq!(folded("1234 AB"), "1234 ab 1234ab");
        assert_eq!(folded("Zoë van 't Hof"), "zoe van t hof");
        assert_eq!(folded("+31612345678"), "31612345678");
    }
}
