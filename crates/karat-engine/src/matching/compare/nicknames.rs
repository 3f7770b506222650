//! Given names that people use for one another: Henk for Hendrik, Bill for William.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

const GROUPS: &str = include_str!("nicknames.txt");

/// The most groups that one name is looked up in.
pub const GROUPS_MAX: usize = 6;

/// The groups of a folded name, in order; 0 fills the rest.
pub fn groups(name: &str) -> [u16; GROUPS_MAX] {
    static INDEX: OnceLock<FxHashMap<&'static str, [u16; GROUPS_MAX]>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index: FxHashMap<&str, [u16; GROUPS_MAX]> = FxHashMap::default();
        let lines = GROUPS.lines().filter(|line| !line.starts_with('#'));
        for (number, line) in (1..).zip(lines) {
            for name in line.split(' ') {
                let groups = index.entry(name).or_default();
                let known = groups.contains(&number);
                if let Some(free) = groups.iter_mut().find(|group| **group == 0).filter(|_| !known)
                {
                    *free = number;
                }
            }
        }
        index
    });
    index.get(name).copied().unwrap_or_default()
}

/// Whether two names share a group.
pub fn share_group(left: &[u16; GROUPS_MAX], right: &[u16; GROUPS_MAX]) -> bool {
    left.iter().any(|group| *group != 0 && right.contains(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_share_a_group() {
        for (left, right, expected) in [
            ("henk", "hendrik", true),
            ("jan", "johannes", true),
            ("bert", "albertus", true),
            ("bert", "robert", true),
            ("bill", "william", true),
            ("henk", "jan", false),
            ("anna", "hendrik", false),
            ("unknown", "unknown", false),
        ] {
            assert_eq!(share_group(&groups(left), &groups(right)), expected, "{left} {right}");
        }
    }
}
