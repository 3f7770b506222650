//! Folds values to the form in which they are compared: lower-case ASCII.

use std::borrow::Cow;

/// Lower-case ASCII letters and digits, words separated by one space, apostrophes dropped.
pub fn words(value: &str) -> String {
    let ascii: Cow<str> =
        if value.is_ascii() { value.into() } else { any_ascii::any_ascii(value).into() };
    let mut folded = String::with_capacity(ascii.len());
    for byte in ascii.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => folded.push(byte as char),
            b'A'..=b'Z' => folded.push(byte.to_ascii_lowercase() as char),
            b'\'' | b'`' => {}
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Lower-case ASCII letters and digits only.
pub fn code(value: &str) -> String {
    let mut folded = words(value);
    folded.retain(|c| c != ' ');
    folded
}

/// Lower-case ASCII with punctuation kept, as in e-mail addresses.
pub fn exact(value: &str) -> String {
    any_ascii::any_ascii(value).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fold_to_words() {
        for (value, expected) in [
            ("José  van 't-Hof", "jose van t hof"),
            ("D’Angelo", "dangelo"),
            ("STRASSE ß", "strasse ss"),
            (" - ", ""),
        ] {
            assert_eq!(words(value), expected);
        }
        assert_eq!(code("1234 ab"), "1234ab");
        assert_eq!(exact("J.Ärger@X.nl"), "j.arger@x.nl");
    }
}
