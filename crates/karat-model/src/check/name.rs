//! Names of checks.

use std::fmt;
use std::sync::Arc;

/// The name of a check: lower-case letters, digits and `_`, starting with a letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckName(Arc<str>);

impl CheckName {
    /// The name that is written so, if a check may be called that.
    pub fn new(text: &str) -> Option<CheckName> {
        let is_word = text.chars().all(|c| c.is_lowercase() || c.is_numeric() || c == '_');
        (is_word && text.starts_with(char::is_lowercase)).then(|| CheckName(text.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_in_lower_case() {
        for name in ["reachable", "kvk_when_bv", "postcode_nl", "één"] {
            assert_eq!(CheckName::new(name).unwrap().as_str(), name);
        }
        for text in ["", "Reachable", "1st", "_x", "a-b", "a b", "a.b"] {
            assert_eq!(CheckName::new(text), None, "{text}");
        }
    }
}
