//! `regex`: puts another text in the place of whatever a regular expression matches.
//!
//! ```yaml
//! - { id: r2, column: postcode, regex: { pattern: '^(\d{4})\W*([a-z]{2})$', with: '$1 $2' } }
//! ```
//!
//! The time that it takes grows with the value, and with nothing else (`regex` crate), so that no
//! expression can hold up a hub. `$1` or `$name` is a group; `$$` is a dollar.

use ::regex::{Regex, RegexBuilder};

/// How large an expression may become, in bytes.
const SIZE_MAX: usize = 1 << 20;

/// An expression, ready to match; or what is wrong with it, without the lines that draw it.
pub fn compiled(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).size_limit(SIZE_MAX).dfa_size_limit(SIZE_MAX).build();
    built.map_err(|error| match error {
        ::regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default().trim();
            last.trim_start_matches("error: ").to_owned()
        }
    })
}

/// What becomes of a value; nothing where nothing matches.
pub fn apply(pattern: &Regex, with: &str, value: &str) -> Option<String> {
    pattern.is_match(value).then(|| pattern.replace_all(value, with).into_owned())
}

/// The groups that a text asks for, as they are written behind `$`.
pub fn groups_in(with: &str) -> Vec<String> {
    let mut groups = Vec::new();
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        let behind = &rest[at + 1..];
        let is_of_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if let Some(dollar) = behind.strip_prefix('$') {
            rest = dollar;
        } else if let Some((name, after)) =
            behind.strip_prefix('{').and_then(|braced| braced.split_once('}'))
        {
            groups.push(name.to_owned());
            rest = after;
        } else {
            let end = behind.find(|c| !is_of_name(c)).unwrap_or(behind.len());
            if end > 0 {
                groups.push(behind[..end].to_owned());
            }
            rest = &behind[end..];
        }
    }
    groups
}

/// Whether an expression has a group, by number or name.
pub fn has_group(pattern: &Regex, group: &str) -> bool {
    match group.parse::<usize>() {
        Ok(number) => number < pattern.captures_len(),
        Err(_) => pattern.capture_names().flatten().any(|name| name == group),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches_is_replaced_with_its_groups() {
        let postcode = r"^(\d{4})\W*(?i:([a-z]{2}))$";
        for (pattern, with, value, expected) in [
            (postcode, "$1 $2", "1234-ab", Some("1234 ab")),
            (postcode, "$1 $2", "1234-abc", None),
            (r"(?P<no>\d+) *bis\b", "${no}A", "12 bis", Some("12A")),
            (r"(?P<no>\d+) *bis\b", "${no}A", "12 bisschop", None),
            (r"\s+", " ", "Den  \t Haag", Some("Den Haag")),
        ] {
            let pattern = compiled(pattern).unwrap();
            let changed = apply(&pattern, with, value).filter(|changed| changed != value);
            assert_eq!(changed.as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn groups_are_found_as_the_crate_finds_them() {
        assert_eq!(groups_in("$1 ${2}a $$3 $name-$1a $"), ["1", "2", "name", "1a"]);
        let pattern = compiled(r"(a)(?P<name>b)").unwrap();
        for (group, has) in [("0", true), ("2", true), ("name", true), ("3", false), ("1a", false)]
        {
            assert_eq!(has_group(&pattern, group), has, "{group}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_in_a_line() {
        assert_eq!(compiled("(a").unwrap_err(), "unclosed group");
        assert_eq!(compiled(r"\d{1000}{1000}").unwrap_err(), "it is too large");
    }
}
