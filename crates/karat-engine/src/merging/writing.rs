//! Writing: when two texts are one value, and which of them is written better.

use std::borrow::Cow;
use std::cmp::Ordering;

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::semantic::SemanticType;

/// Whether values of this type are words: what differs in case or diacritics only is the same.
///
/// `josé@example.org` and `jose@example.org` are two mailboxes, so an e-mail address is none.
pub(super) fn is_words(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    matches!(
        semantic_type,
        Title
            | Initials
            | GivenName
            | FamilyNamePrefix
            | FamilyName
            | PartnerName
            | NameSuffix
            | BirthPlace
            | JobTitle
            | CompanyName
            | LegalForm
            | Street
            | HouseNumberAddition
            | AddressExtra
            | City
            | Region
            | Category
            | Text
    )
}

/// What tells one value from another: its parts, held against each other one by one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Key<'a> {
    parts: [Option<&'a str>; Key::PARTS_MAX],
    are_exact: bool,
}

impl<'a> Key<'a> {
    const PARTS_MAX: usize = 6;

    /// The key of words: case and diacritics do not count.
    pub(super) fn of_words<const N: usize>(words: [Option<&'a str>; N]) -> Key<'a> {
        let mut parts = [None; Key::PARTS_MAX];
        parts[..N].copy_from_slice(&words);
        Key { parts, are_exact: false }
    }

    /// The key of a value of an attribute.
    pub(super) fn of_value(
        value: &'a str,
        attribute: AttributeId,
        attributes: &AttributeSet,
    ) -> Key<'a> {
        let are_exact = !is_words(attributes.get(attribute).semantic_type);
        Key { are_exact, ..Key::of_words([Some(value)]) }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.parts.iter().zip(&other.parts);
        let orders = pairs.map(|(one, other)| match (one, other) {
            (Some(one), Some(other)) if !self.are_exact => compare(one, other),
            _ => one.cmp(other),
        });
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key<'_> {}

/// The order of two texts, of which case and diacritics do not count.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    if one == other {
        Ordering::Equal
    } else if one.is_ascii() && other.is_ascii() {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        one.bytes().map(lower).cmp(other.bytes().map(lower))
    } else {
        fold(one).cmp(&fold(other))
    }
}

/// Whether two texts differ in case or diacritics at most.
pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    compare(one, other).is_eq()
}

/// The text in lower case and without diacritics.
///
/// Only Latin letters lose their marks: transliterating other scripts would make one name of many.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    let is_folded = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_folded {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().filter(|&character| !is_combining_mark(character)) {
        if character.is_ascii() {
            folded.push(character.to_ascii_lowercase());
        } else if is_latin(character) {
            folded.push_str(&any_ascii::any_ascii_char(character).to_ascii_lowercase());
        } else {
            folded.extend(character.to_lowercase());
        }
    }
    Cow::Owned(folded)
}

/// How well a text is written: mixed case weighs more than diacritics.
pub(super) fn quality(text: &str) -> u32 {
    let (has_lower, has_upper) = if text.is_ascii() {
        let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
        (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase))
    } else {
        (text.chars().any(char::is_lowercase), text.chars().any(char::is_uppercase))
    };
    let has_mixed_case = has_lower && has_upper;
    let has_diacritics = !text.is_ascii();
    2 * u32::from(has_mixed_case) + u32::from(has_diacritics)
}

/// How much a text says: its letters and digits.
pub(super) fn length(text: &str) -> u32 {
    text.chars().filter(|character| character.is_alphanumeric()).count() as u32
}

/// Latin-1 Supplement, Latin Extended-A and -B, Latin Extended Additional; source: Unicode blocks.
fn is_latin(character: char) -> bool {
    matches!(character, '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}')
}

fn is_combining_mark(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_make_no_other_value() {
        for (one, other) in [
            ("José", "JOSE"),
            ("Jose\u{301}", "josé"),
            ("Großmann", "GROSSMANN"),
            ("Łukasz", "lukasz"),
        ] {
            assert!(is_same_text(one, other), "{one} {other}");
        }
        for (one, other) in [("José", "Josef"), ("Anna Maria", "Annamaria"), ("李", "黎")] {
            assert!(!is_same_text(one, other), "{one} {other}");
        }
    }

    #[test]
    fn people_prefer_mixed_case_then_diacritics() {
        let mut writings = ["JOSE", "José", "JOSÉ", "Jose"];
        writings.sort_by_key(|text| std::cmp::Reverse(quality(text)));
        assert_eq!(writings, ["José", "Jose", "JOSÉ", "JOSE"]);
    }
}
