//! Given names that people use for one another: Henk for Hendrik, Bill for William.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

const GROUPS: &str = include_str!("nicknames.txt");

/// The most groups that one name is looked up in.
pub const GROUPS_MAX: usize = 14;

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
    fn no_name_is_in_more_groups_than_are_looked_up() {
        let lines: Vec<&str> = GROUPS.lines().filter(|line| !line.starts_with('#')).collect();
        let names = lines.iter().flat_map(|line| line.split(' '));
        for name in names {
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
            assert!(is_name, "`{name}` is folded");
            let in_groups = |line: &&&str| line.split(' ').any(|other| other == name);
            let count = lines.iter().filter(in_groups).count();
            let found = groups(name).iter().filter(|group| **group != 0).count();
            assert_eq!(found, count, "{name}");
        }
    }

    #[test]
    fn nicknames_share_a_group() {
        for (left, right, expected) in [
            ("henk", "hendrik", true),
            ("jan", "johannes", true),
            ("bert", "albertus", true),
            ("bert", "robert", true),
            ("bill", "william", true),
            ("bert", "gijsbertus", true),
            ("teun", "antonius", true),
            ("coen", "koenraad", true),
            ("peggy", "margaret", true),
            ("harry", "harold", true),
            ("sepp", "josef", true),
            ("uli", "ulrich", true),
            ("kathi", "katharina", true),
            ("toinette", "antoinette", true),
            ("manu", "emmanuelle", true),
            ("ahmet", "ahmed", true),
            ("ahmed", "mohammed", false),
            ("hans", "heinz", false),
            ("jean", "pierre", false),
            ("bill", "bob", false),
            ("james", "jacob", false),
            ("jim", "james", true),
            ("henk", "jan", false),
            ("anna", "hendrik", false),
            ("unknown", "unknown", false),
        ] {
            assert_eq!(share_group(&groups(left), &groups(right)), expected, "{left} {right}");
        }
    }
}
