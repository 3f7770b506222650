//! Prefixes of family names that a record did not set apart: `van den Berg`, `Vandenberg`.

/// Prefixes that people write as one with the name.
const JOINED: [&str; 4] = ["vanden", "vander", "vande", "van"];

/// Prefixes that stand before a name as words of their own.
const APART: [&str; 19] = [
    "van", "vanden", "vander", "vande", "de", "den", "der", "het", "t", "ten", "ter", "te", "in",
    "op", "aan", "bij", "la", "le", "von",
];

/// The least letters that are left of a name without its prefix.
const REST_MIN: usize = 3;

/// A folded family name without the prefixes before it, as far as something is left.
pub fn without_prefix(folded: &str) -> &str {
    let mut rest = folded;
    while let Some((first, others)) = rest.split_once(' ') {
        if !APART.contains(&first) || others.len() < REST_MIN {
            break;
        }
        rest = others;
    }
    let joined = JOINED.iter().find_map(|prefix| rest.strip_prefix(prefix));
    let is_name = |name: &&str| name.len() >= REST_MIN && !name.starts_with(' ');
    joined.filter(is_name).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_left_out_and_names_are_not() {
        for (name, expected) in [
            ("van den berg", "berg"),
            ("vandenberg", "berg"),
            ("vanden berg", "berg"),
            ("vandijk", "dijk"),
            ("van t hof", "hof"),
            ("de wit", "wit"),
            ("van", "van"),
            ("vance", "vance"),
            ("den", "den"),
            ("dekker", "dekker"),
            ("berg", "berg"),
        ] {
            assert_eq!(without_prefix(name), expected, "{name}");
        }
    }
}
