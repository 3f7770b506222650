//! Texts as PostgreSQL takes them: it has no character 0.
//!
//! ```text
//! U+0000 ↔ U+0001 U+0001      U+0001 ↔ U+0001 U+0002      all else stays
//! ```
//!
//! Any text is kept as it is, and stored texts are in the order of the texts they stand for.

use std::borrow::Cow;

const ZERO: char = '\u{0}';
const SIGN: char = '\u{1}';

/// The stored form of a text.
pub fn to_sql(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte <= SIGN as u8) {
        return Cow::Borrowed(text);
    }
    let mut stored = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            ZERO => stored.push_str("\u{1}\u{1}"),
            SIGN => stored.push_str("\u{1}\u{2}"),
            other => stored.push(other),
        }
    }
    Cow::Owned(stored)
}

/// The text that was stored.
pub fn from_sql(stored: &str) -> Cow<'_, str> {
    if !stored.bytes().any(|byte| byte == SIGN as u8) {
        return Cow::Borrowed(stored);
    }
    let mut text = String::with_capacity(stored.len());
    let mut characters = stored.chars();
    while let Some(character) = characters.next() {
        match character {
            SIGN if characters.next() == Some(SIGN) => text.push(ZERO),
            SIGN => text.push(SIGN),
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_must_change_changes() {
        assert!(matches!(to_sql("Zoë\t\u{2}"), Cow::Borrowed("Zoë\t\u{2}")));
        assert_eq!(to_sql("a\u{0}b\u{1}"), "a\u{1}\u{1}b\u{1}\u{2}");
    }

    proptest! {
        #[test]
        fn texts_come_back_and_stay_in_order(
            one in "[\u{0}-\u{3}a]{0,6}",
            other in "[\u{0}-\u{3}a]{0,6}",
        ) {
            let (stored, stored_other) = (to_sql(&one), to_sql(&other));
            let has_zero = stored.contains(ZERO);
            prop_assert!(!has_zero);
            prop_assert_eq!(from_sql(&stored), one.as_str());
            prop_assert_eq!(stored.cmp(&stored_other), one.cmp(&other));
        }
    }
}
