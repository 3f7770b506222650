//! `map`: puts other values in the place of whole values.
//!
//! ```yaml
//! - { id: r3, column: plaats, map: { Adam: Amsterdam, "R'dam": Rotterdam } }
//! ```
//!
//! White space around a value does not count; letter case does.

/// What becomes of a value; nothing where the map does not have it.
pub fn apply(entries: &[(String, String)], value: &str) -> Option<String> {
    let is_it = |(from, _): &&(String, String)| from.trim() == value.trim();
    entries.iter().find(is_it).map(|(_, to)| to.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values_are_mapped_and_parts_are_not() {
        let entries = [("Adam", "Amsterdam"), ("?", "")].map(|(a, b)| (a.into(), b.into()));
        for (value, expected) in [
            ("Adam", Some("Amsterdam")),
            (" Adam ", Some("Amsterdam")),
            ("adam", None),
            ("Adam Zuid", None),
            ("?", Some("")),
            ("??", None),
        ] {
            assert_eq!(apply(&entries, value).as_deref(), expected, "{value}");
        }
    }
}
