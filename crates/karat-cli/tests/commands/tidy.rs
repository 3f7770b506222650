//! The rules that no compiler keeps: read from the sources and documents of the whole workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which crates each crate may know, as ARCHITECTURE.md draws it; a crate that measures may know all.
const MAP: [(&str, &[&str]); 9] = [
    ("karat-model", &[]),
    ("karat-engine", &["karat-model"]),
    ("karat-store", &["karat-model"]),
    ("karat-hub", &["karat-model", "karat-engine", "karat-store"]),
    ("karat-server", &["karat-model", "karat-engine", "karat-store", "karat-hub"]),
    ("karat-demo", &[]),
    ("karat-test-postgres", &[]),
    ("karat-test-browser", &[]),
    (
        "karat-cli",
        &["karat-model", "karat-engine", "karat-store", "karat-hub", "karat-server", "karat-demo"],
    ),
];

/// Dependencies that belong to one crate: the only one that speaks SQL, HTTP or to a terminal, or
/// that throws dice.
const AT_HOME: [(&str, &[&str]); 8] = [
    ("rusqlite", &["karat-store"]),
    ("postgres", &["karat-store"]),
    ("axum", &["karat-server"]),
    ("askama", &["karat-server"]),
    ("tokio", &["karat-server", "karat-cli"]),
    ("indicatif", &["karat-cli"]),
    ("ctrlc", &["karat-cli"]),
    ("rand_chacha", &["karat-demo"]),
];

/// What the crates that only compute never name, outside their tests.
const WORLDLY: [&str; 7] =
    ["std::fs", "std::io", "std::env", "std::net", "std::process", "std::time", "println!"];

/// What crates below the command line never name: the clock, and the environment.
const ABOVE: [&str; 4] = ["SystemTime", "Instant::now", "std::env", "println!"];

/// The stages of the engine, which do not know each other.
const STAGES: [&str; 4] = ["clean", "quality", "matching", "merging"];

/// Words that name no concept.
const EMPTY_WORDS: [&str; 8] =
    ["util", "utils", "common", "helper", "helpers", "manager", "misc", "shared"];

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("a crate stands in its workspace")
}

/// The files beneath a folder whose names end so, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            let is_made = name == "target" || name.starts_with('.');
            if path.is_dir() && !is_made {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} in {}", folder.display());
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sources of a crate, each with its path from the root; the tests beneath the code are cut off.
fn sources(crate_name: &str) -> Vec<(String, String)> {
    let root = root();
    let paths = files(&root.join("crates").join(crate_name).join("src"), ".rs");
    let without_tests = |path: PathBuf| {
        let text = read(&path);
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), code.to_string())
    };
    paths.into_iter().map(without_tests).filter(|(path, _)| !path.ends_with("/tests.rs")).collect()
}

/// The documents, each with its path from the root.
pub fn documents() -> Vec<(String, String)> {
    let root = root();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    files(&root, ".md").iter().map(|path| (name(path), read(path))).collect()
}

/// The names under a heading of a `Cargo.toml`.
fn dependencies(crate_name: &str, heading: &str) -> BTreeSet<String> {
    let manifest = read(&root().join("crates").join(crate_name).join("Cargo.toml"));
    let lines = manifest.lines().skip_while(|line| line.trim() != heading).skip(1);
    let section = lines.take_while(|line| !line.starts_with('['));
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_string();
    section.map(name).filter(|name| !name.is_empty() && !name.starts_with('#')).collect()
}

#[test]
fn crates_know_only_those_beneath_them() {
    for (name, allowed) in MAP {
        let known = dependencies(name, "[dependencies]");
        let known = known.iter().filter(|name| name.starts_with("karat-"));
        let wrong: Vec<&String> =
            known.filter(|known| !allowed.contains(&known.as_str())).collect();
        assert!(wrong.is_empty(), "{name} must not know {wrong:?}");
    }
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    let names = crates.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let on_map = |name: &String| MAP.iter().any(|(known, _)| known == name);
    let off_map: Vec<String> = names.filter(|name| !on_map(name)).collect();
    assert_eq!(off_map, ["karat-bench"], "a new crate needs its place on the map");
}

#[test]
fn each_craft_has_its_crate() {
    for (dependency, homes) in AT_HOME {
        for (name, _) in MAP {
            let is_used = dependencies(name, "[dependencies]").contains(dependency);
            assert_eq!(is_used, homes.contains(&name), "{dependency} in {name}");
        }
    }
}

#[test]
fn nouns_and_stages_know_nothing_of_the_world() {
    for crate_name in ["karat-model", "karat-engine"] {
        for (path, code) in sources(crate_name) {
            let found: Vec<&str> = WORLDLY.into_iter().filter(|word| code.contains(word)).collect();
            assert!(found.is_empty(), "{path} names {found:?}");
        }
    }
}

#[test]
fn clock_and_environment_are_the_command_lines() {
    for crate_name in ["karat-store", "karat-hub", "karat-server", "karat-demo"] {
        for (path, code) in sources(crate_name) {
            let found: Vec<&str> = ABOVE.into_iter().filter(|word| code.contains(word)).collect();
            assert!(found.is_empty(), "{path} names {found:?}");
        }
    }
}

#[test]
fn stages_do_not_know_each_other() {
    for (path, code) in sources("karat-engine") {
        let own = path.split('/').nth(3).unwrap_or_default();
        // There is one truth about forms: a check asks the functions that clean.
        let asks_for_forms = |stage| stage == "clean" && path.contains("/quality/check/");
        for stage in STAGES.into_iter().filter(|stage| *stage != own && !asks_for_forms(*stage)) {
            let is_known = code.contains(&format!("crate::{stage}::"));
            assert!(!is_known, "{path} knows the stage {stage}");
        }
    }
}

#[test]
fn names_say_what_a_thing_is() {
    let paths = files(&root().join("crates"), ".rs");
    for path in paths {
        let words: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        for word in words.iter().flat_map(|word| word.trim_end_matches(".rs").split(['_', '-'])) {
            assert!(!EMPTY_WORDS.contains(&word), "`{word}` in {}", path.display());
        }
    }
}

/// A folder with more files than this is no page or command, but has an inside to find one's way in.
const FILES_OF_A_SMALL_FOLDER: usize = 2;

#[test]
fn every_folder_opens_with_what_it_is() {
    for path in files(&root().join("crates"), "mod.rs") {
        let text = read(&path);
        let opening: Vec<&str> =
            text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let place = path.display();
        assert!(opening.first().is_some_and(|line| !line.is_empty()), "{place} does not open");
        let is_code = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs");
        let folder = std::fs::read_dir(path.parent().unwrap()).unwrap();
        let others = folder.map(|entry| entry.unwrap().path()).filter(is_code).count() - 1;
        let is_large = others > FILES_OF_A_SMALL_FOLDER;
        let shows_the_way =
            opening.iter().any(|line| line.to_lowercase().contains("start reading"));
        assert!(!is_large || shows_the_way, "{place} does not say where to start reading");
    }
}

#[test]
fn nothing_is_left_to_do() {
    for (crate_name, _) in MAP {
        for (path, code) in sources(crate_name) {
            for word in ["TODO", "FIXME", "todo!", "unimplemented!"] {
                assert!(!code.contains(word), "{word} in {path}");
            }
        }
    }
}

/// Lower-case words without underscores, so that `RecordTable` and `record_table` hold "record table".
fn as_words(code: &str) -> String {
    let mut words = String::with_capacity(code.len() + code.len() / 8);
    let mut before = ' ';
    for character in code.chars() {
        let begins_word = character.is_uppercase() && before.is_lowercase();
        if begins_word {
            words.push(' ');
        }
        match character {
            '_' | '-' | '\n' | '/' | '!' => words.push(' '),
            _ => words.extend(character.to_lowercase()),
        }
        before = character;
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of the glossary in order, without what stands in brackets behind them.
fn glossary() -> Vec<String> {
    let text = read(&root().join("GLOSSARY.md"));
    let rows = text.lines().filter_map(|line| line.strip_prefix("| **")?.split("**").next());
    rows.map(str::to_string).collect()
}

#[test]
fn the_glossary_has_the_words_of_the_code() {
    let words = glossary();
    assert!(words.len() > 100);
    let mut sorted = words.clone();
    sorted.sort_by_key(|word| word.to_lowercase());
    sorted.dedup();
    assert_eq!(words, sorted, "the glossary stands in order, each word once");
    let mut code = String::new();
    for ending in [".rs", ".html", ".sql"] {
        files(&root().join("crates"), ending).iter().for_each(|path| code.push_str(&read(path)));
    }
    let code = as_words(&code);
    for entry in words {
        let entry = entry.split(" (").next().unwrap_or_default();
        for word in entry.split(", ") {
            // What is done is called by its verb: refining, `refine`.
            let stem = as_words(word.trim_end_matches("ing"));
            assert!(code.contains(&stem), "nothing is called `{word}`");
        }
    }
}

/// What the links of a document point to.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1);
    targets.filter_map(|rest| rest.split(')').next()).collect()
}

/// The anchor that a heading gets on the web.
fn anchor(heading: &str) -> String {
    let letters = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = letters.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.collect::<String>().replace(' ', "-")
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents: BTreeMap<String, String> = documents().into_iter().collect();
    for (name, text) in &documents {
        for link in links(text).into_iter().filter(|link| !link.contains("://")) {
            let (path, wanted) = link.split_once('#').unwrap_or((link, ""));
            let here = Path::new(name).parent().unwrap();
            let target =
                if path.is_empty() { root().join(name) } else { root().join(here).join(path) };
            assert!(target.exists(), "{name} links to {link}");
            if !wanted.is_empty() {
                let text = read(&target);
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                assert!(headings.any(|line| anchor(line) == wanted), "{name} links to {link}");
            }
        }
    }
}

#[test]
fn headings_stand_on_one_line() {
    for (name, text) in documents() {
        let mut is_code = false;
        for line in text.lines() {
            is_code ^= line.trim_start().starts_with("```");
            let is_heading = !is_code && line.starts_with('#');
            assert!(!(is_heading && line.ends_with('.')), "{name}: `{line}` breaks off");
        }
    }
}
