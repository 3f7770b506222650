//! Where two values are spelt differently.

use similar::{ChangeTag, TextDiff};

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub text: String,
    /// Whether the other value has something else here.
    pub is_other: bool,
}

/// Less alike than this, values are as a whole others.
const ALIKE_MIN: f32 = 0.7;

/// Whether two values could be spellings of one.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    TextDiff::from_chars(one, other).ratio() >= ALIKE_MIN
}

/// The parts of a value, by where another one is spelt otherwise.
pub(super) fn against(value: &str, other: &str) -> Vec<Part> {
    if !is_alike(value, other) {
        return vec![Part { text: value.into(), is_other: false }];
    }
    let diff = TextDiff::from_chars(other, value);
    let mut parts: Vec<Part> = Vec::new();
    for change in diff.iter_all_changes() {
        let is_other = match change.tag() {
            ChangeTag::Equal => false,
            ChangeTag::Insert => true,
            ChangeTag::Delete => continue,
        };
        match parts.last_mut() {
            Some(part) if part.is_other == is_other => part.text.push_str(change.value()),
            _ => parts.push(Part { text: change.value().into(), is_other }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(value: &str, other: &str) -> String {
        let mark = |part: Part| if part.is_other { format!("[{}]", part.text) } else { part.text };
        against(value, other).into_iter().map(mark).collect()
    }

    #[test]
    fn what_is_spelt_otherwise_is_marked() {
        assert_eq!(marked("Jansen", "Janssen"), "Jansen");
        assert_eq!(marked("Janssen", "Jansen"), "Jans[s]en");
        assert_eq!(marked("12 Mar 1984", "12 May 1984"), "12 Ma[r] 1984");
        assert_eq!(marked("Bakker", "Visser"), "Bakker", "another name altogether");
        assert_eq!(marked("", ""), "");
    }
}
