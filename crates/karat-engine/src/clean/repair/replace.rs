//! `replace`: puts another text in the place of a text, wherever that stands.
//!
//! ```yaml
//! - { id: r1, column: naam, replace: { text: " (oud)", with: "" } }
//! ```

/// What becomes of a value; nothing where the text does not stand in it.
pub fn apply(text: &str, with: &str, value: &str) -> Option<String> {
    let stands_there = !text.is_empty() && value.contains(text);
    stands_there.then(|| value.replace(text, with))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_replaced_and_one_like_it_is_not() {
        for (text, with, value, expected) in [
            (" (oud)", "", "Jansen (oud)", Some("Jansen")),
            (" (oud)", "", "Jansen (Oud)", None),
            ("str.", "straat", "Dorpsstr. 1, Kerkstr. 2", Some("Dorpsstraat 1, Kerkstraat 2")),
            ("str.", "straat", "Dorpsstraat 1", None),
            ("", "x", "Jansen", None),
        ] {
            assert_eq!(apply(text, with, value).as_deref(), expected, "{value}");
        }
    }
}
