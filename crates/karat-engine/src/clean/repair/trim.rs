//! `trim`: takes white space off both ends of a value, and signs that do not belong there.
//!
//! ```yaml
//! - { id: r4, column: plaats, trim: true }
//! - { id: r5, column: plaats, trim: ".,-" }
//! ```

/// What becomes of a value; nothing where nothing of the kind stands at its ends.
pub fn apply(signs: &str, value: &str) -> Option<String> {
    let is_off = |c: char| c.is_whitespace() || signs.contains(c);
    let trimmed = value.trim_matches(is_off);
    (trimmed.len() < value.len()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_trimmed_and_the_rest_stays() {
        for (signs, value, expected) in [
            ("", "\t Den  Haag \u{a0}", Some("Den  Haag")),
            ("", "Den  Haag", None),
            (".,", "Oss.,", Some("Oss")),
            (".,", "St. Oedenrode", None),
            ("-", "-", Some("")),
            ("", "Oss.", None),
        ] {
            assert_eq!(apply(signs, value).as_deref(), expected, "{value}");
        }
    }
}
