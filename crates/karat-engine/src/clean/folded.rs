//! Folded text: lower-case ASCII letters and digits, words joined by one space, for looking words up.

/// Folds a text: `Coöperatie  "De Één"` becomes `cooperatie de een`.
pub(super) fn folded(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut between_words = false;
    for character in text.chars() {
        let mut buffer = [0; 4];
        let ascii = if character.is_ascii() {
            &*character.encode_utf8(&mut buffer)
        } else {
            any_ascii::any_ascii_char(character)
        };
        for byte in ascii.bytes() {
            if byte.is_ascii_alphanumeric() {
                if between_words && !result.is_empty() {
                    result.push(' ');
                }
                between_words = false;
                result.push(byte.to_ascii_lowercase() as char);
            } else {
                between_words = true;
            }
        }
    }
    result
}

/// How many ASCII digits a text holds.
pub(super) fn digit_count(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// A text with one space between words and none around them.
pub(super) fn squeezed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !result.is_empty() {
            result.push(' ');
        }
        result.push_str(word);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_words_apart() {
        assert_eq!(folded("  Coöperatie \"De Één\" "), "cooperatie de een");
        assert_eq!(folded("Straße des 17. Juni"), "strasse des 17 juni");
        assert_eq!(folded("--"), "");
    }

    #[test]
    fn squeezing_leaves_one_space() {
        assert_eq!(squeezed(" a \t b\n"), "a b");
        assert_eq!(digit_count("1a2"), 2);
    }
}
