//! `clear`: empties a column.
//!
//! ```yaml
//! - { id: r10, column: geboortedatum, clear: true, when: '^01-01-1900' }
//! ```

/// What becomes of a value: nothing is left of it.
pub fn apply(value: &str) -> Option<String> {
    (!value.trim().is_empty()).then(String::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cleared_and_white_space_is_none() {
        assert_eq!(apply("01-01-1900").as_deref(), Some(""));
        assert_eq!(apply("  "), None);
    }
}
