//! Finds the files of a source.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::input::STANDARD_INPUT;
use crate::error::Error;

/// The files that names and patterns stand for: sorted, each once; `-` is standard input.
///
/// Relative names start at `root`. A folder stands for the files in it. Hidden files are left out,
/// unless the pattern says so. What stands for no file is given as it is: reading tells that it is
/// not there, and goes on with the others.
pub fn expand(root: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for pattern in patterns {
        files.extend(expand_one(root, pattern)?);
    }
    let mut files: Vec<PathBuf> = files.iter().map(|file| without_steps_back(file)).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// The path as people name it: `crm.csv` for `hub/../crm.csv`, unless a link makes these differ.
fn without_steps_back(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        let after_folder = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        if part == Component::ParentDir && after_folder {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    let is_still_a_file = plain.as_os_str() != STANDARD_INPUT;
    let is_same_place = folder_of(&plain).is_some_and(|folder| Some(folder) == folder_of(path));
    if is_still_a_file && is_same_place { plain } else { path.into() }
}

fn folder_of(path: &Path) -> Option<PathBuf> {
    Path::new(".").join(path.parent()?).canonicalize().ok()
}

fn expand_one(root: &Path, pattern: &str) -> Result<Vec<PathBuf>, Error> {
    if pattern == STANDARD_INPUT {
        return Ok(vec![pattern.into()]);
    }
    let path = root.join(pattern);
    let files = if path.is_dir() {
        matches(&Pattern::escape(&path.to_string_lossy()), "/*", pattern)?
    } else if path.exists() || !is_pattern(&path) {
        Vec::new()
    } else {
        let absolute = Path::new(pattern).is_absolute();
        let root = if absolute { String::new() } else { Pattern::escape(&root.to_string_lossy()) };
        let separator = if root.is_empty() || root.ends_with('/') { "" } else { "/" };
        matches(&root, &format!("{separator}{pattern}"), pattern)?
    };
    Ok(if files.is_empty() { vec![path] } else { files })
}

/// Whether a name may stand for several files.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

fn matches(root: &str, rest: &str, pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let paths = glob::glob_with(&format!("{root}{rest}"), options)
        .map_err(|error| Error::InvalidPattern { pattern: pattern.into(), reason: error.msg })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| Error::Unreadable {
            path: error.path().into(),
            source: error.into(),
        })?;
        if path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("hub [1]");
        std::fs::create_dir_all(root.join("crm/old.csv")).unwrap();
        for name in ["b.csv", "a.csv", "c.json", ".hidden.csv", "crm/d.csv", "e[1].csv"] {
            std::fs::write(root.join(name), "id\n1\n").unwrap();
        }
        let table: &[(&[&str], &str)] = &[
            (&["*.csv"], "a.csv b.csv e[1].csv"),
            (&["b.csv", "*.csv", "a.csv"], "a.csv b.csv e[1].csv"),
            (&["**/*.csv"], "a.csv b.csv crm/d.csv e[1].csv"),
            (&["[ab].csv"], "a.csv b.csv"),
            (&["e[1].csv"], "e[1].csv"),
            (&["crm"], "crm/d.csv"),
            (&["-", "?.json"], "c.json -"),
            (&["x.csv", "a.csv"], "a.csv x.csv"),
            (&["*.parquet"], "*.parquet"),
            (&["crm/old.csv"], "crm/old.csv"),
            (&["[a.csv"], "InvalidPattern"),
        ];
        for &(patterns, expected) in table {
            let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.into()).collect();
            let found = match expand(&root, &patterns) {
                Ok(files) => {
                    let name = |file: &PathBuf| match file.strip_prefix(&root) {
                        Ok(relative) => relative.to_string_lossy().into_owned(),
                        Err(_) => file.to_string_lossy().into_owned(),
                    };
                    files.iter().map(name).collect::<Vec<_>>().join(" ")
                }
                Err(error) => {
                    assert!(error.hint().is_some());
                    let debug = format!("{error:?}");
                    debug.split(' ').next().unwrap_or_default().to_string()
                }
            };
            assert_eq!(found, expected, "{patterns:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn steps_back_are_left_out_where_they_may() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for made in ["hub", "far/away"] {
            std::fs::create_dir_all(at(made)).unwrap();
        }
        std::os::unix::fs::symlink(at("far/away"), at("link")).unwrap();
        for (path, expected) in [
            ("hub/../crm.csv", "crm.csv"),
            ("hub/crm.csv", "hub/crm.csv"),
            ("far/away/../../crm.csv", "crm.csv"),
            // The folder above a link's target is another one.
            ("link/../crm.csv", "link/../crm.csv"),
        ] {
            assert_eq!(without_steps_back(&at(path)), at(expected));
        }
        assert_eq!(without_steps_back(Path::new("../x.csv")), Path::new("../x.csv"));
        // Near miss: a file that would turn into standard input.
        assert_eq!(without_steps_back(Path::new("src/../-")), Path::new("src/../-"));
    }
}
