//! Domains of services for e-mail addresses that are thrown away.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// One domain a line; the file says where they come from and under which licence.
const DOMAINS: &str = include_str!("disposable_domains.txt");

static KNOWN: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| DOMAINS.lines().filter(|line| !line.starts_with('#')).collect());

/// Whether a domain in small letters, or one that it is part of, is such a service.
pub(super) fn has(domain: &str) -> bool {
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.') {
        if KNOWN.contains(rest) {
            return true;
        }
        rest = parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_what_is_part_of_them() {
        for domain in ["mailinator.com", "post.mailinator.com", "yopmail.com"] {
            assert!(has(domain), "{domain}");
        }
        for domain in ["gmail.com", "mailinator.example", "mailinator.com.example", "com", ""] {
            assert!(!has(domain), "{domain}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_in_small_letters() {
        let lines: Vec<&str> = DOMAINS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted_by(|one, other| one < other));
        assert!(lines.iter().all(|line| line.contains('.') && *line == line.to_lowercase()));
    }
}
