//! The documents: what they show to type is typed, and comes to what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::folder::{Folder, KARAT};
use crate::tidy::documents;

/// A fenced block of a document.
struct Block {
    document: String,
    language: String,
    text: String,
}

/// All fenced blocks, without their indentation.
fn blocks() -> Vec<Block> {
    let mut found = Vec::new();
    for (document, text) in documents() {
        let mut open: Option<(Block, usize)> = None;
        for line in text.lines() {
            let indentation = line.len() - line.trim_start().len();
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    let language = language.trim().to_string();
                    let document = document.clone();
                    open = Some((Block { document, language, text: String::new() }, indentation));
                }
                (Some(_), Some(_)) => found.extend(open.take().map(|(block, _)| block)),
                (None, Some((block, indentation))) => {
                    block.text.push_str(line.get(*indentation..).unwrap_or_default());
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "a block of {document} is not closed");
    }
    found
}

/// Lines that are not run, or not as they stand; each with what is run instead.
///
/// The demo is smaller than a reader's, and does not wait for Ctrl-C; the ids in the tour, and the
/// answers to questions, are for the reader to choose.
const OTHERWISE: [(&str, &str); 11] = [
    ("./test", "true"),
    ("cargo build --release", "true"),
    ("export PATH=\"$PWD/target/release:$PATH\"", "true"),
    ("cargo run --release -- demo", "karat demo --no-serve --people 300 --out readme"),
    ("karat demo --out demo", "karat demo --out demo --no-serve --people 300"),
    ("karat explain crm/ID erp/ID --hub myhub", "karat explain $(pair) --hub myhub"),
    (
        "karat confirm --hub myhub crm ID email --as bounced          # mail came back",
        "karat confirm --hub myhub crm $(record) email --as bounced",
    ),
    (
        "karat confirm --hub myhub crm ID address --as customer       # the customer says it is right",
        "karat confirm --hub myhub crm $(record) address --as customer",
    ),
    (
        "karat confirm --hub myhub crm ID                             # what was found out of a record",
        "karat confirm --hub myhub crm $(record)",
    ),
    ("target/release/karat assess 'data/*.csv'", "karat assess 'demo/*.csv'"),
    (
        "karat match demo/crm.csv demo/webshop.jsonl --labels questions.csv --questions more.csv --out clusters.csv",
        "sed -i.bak '2,$s/,,/,same,/' questions.csv && karat match demo/crm.csv demo/webshop.jsonl --labels questions.csv --questions more.csv --out clusters.csv",
    ),
];

/// The first records of the CRM and the ERP in the tour's crosswalk, and one of the CRM with an e-mail
/// address, as a reader would choose them.
const CHOSEN: &str = "record() { grep -m 1 '@' demo/crm.csv | cut -d, -f1; }; pair() { for s in crm erp; do \
    grep \"^$s,\" myhub-crosswalk.csv | head -1 | cut -d, -f1,2 | tr , /; done; }";

/// Runs a line as a shell does in which `karat` is the program under test.
fn run_line(folder: &Folder, document: &str, line: &str) {
    let otherwise = OTHERWISE.iter().find(|(written, _)| *written == line);
    let line = otherwise.map_or(line, |(_, instead)| instead);
    let programs = Path::new(KARAT).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let script = format!("set -eu\n{CHOSEN}\n{line}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(folder.path("")).env("PATH", path);
    let ran = shell.output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{document}: `{line}` ended with {}:\n{said}", ran.status);
}

#[test]
fn commands_in_documents_work() {
    let mut run = BTreeSet::new();
    // The tour makes what the others speak of.
    // The page on the API is run by the tests of the server.
    let is_run = |block: &Block| block.language == "sh" && block.document != "docs/api.md";
    let mut shell: Vec<Block> = blocks().into_iter().filter(is_run).collect();
    shell.sort_by_key(|block| (!block.document.ends_with("tour.md"), block.document.clone()));
    let folder = Folder::new();
    folder.write("match.yaml", settings_of_the_page());
    for block in &shell {
        for line in block.text.lines().filter(|line| !line.trim().is_empty()) {
            run_line(&folder, &block.document, line);
            run.insert(line.to_string());
        }
    }
    assert!(run.len() > 10);
    for (line, _) in OTHERWISE {
        assert!(run.contains(line), "no document shows `{line}` any more");
    }
    for made in [
        "demo/truth.csv",
        "demo/crosswalk.csv",
        "demo/hub/hub.yaml",
        "karat-assessment.html",
        "myhub/hub.yaml",
        "golden.parquet",
        "lineage.csv",
        "findings.jsonl",
        "clusters.csv",
        "pairs.csv",
        "model.json",
        "linked.csv",
        "more.csv",
    ] {
        assert!(folder.path(made).exists(), "{made}");
    }
    folder.karat("load --hub myhub").succeeds().says("Nothing has changed.");
}

#[test]
fn every_block_is_of_a_kind_that_is_tested() {
    let kinds: BTreeSet<String> = blocks().into_iter().map(|block| block.language).collect();
    // Blocks without a language are pictures: of folders, of messages, of the way of a record.
    let known = ["", "sh", "yaml"].map(String::from);
    assert_eq!(kinds, BTreeSet::from(known));
    for block in blocks().iter().filter(|block| block.language.is_empty()) {
        let is_command = block.text.lines().any(|line| line.trim_start().starts_with("karat "));
        assert!(!is_command, "{} shows a command in a block without a language", block.document);
    }
}

/// The blocks of YAML of a document.
fn yaml_of(document: &str) -> Vec<Block> {
    let is_of = |block: &Block| block.language == "yaml" && block.document == document;
    blocks().into_iter().filter(is_of).collect()
}

/// The settings that the page on matching shows.
fn settings_of_the_page() -> String {
    yaml_of("docs/match.md").pop().expect("the page shows settings").text
}

#[test]
fn the_page_on_matching_explains_every_key() {
    let page = documents().into_iter().find(|(name, _)| name == "docs/match.md").unwrap().1;
    let schema = Folder::new().karat("schema match").succeeds().json();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("| `{key}` |")), "docs/match.md lacks `{key}`");
    }
}

/// The hub of the page on the hub model: each block names its file in its first line.
fn hub_of_the_page() -> Folder {
    let folder = Folder::with(&[("data/erp1.txt", b"debnr;naam\n1;Anna Smit\n")]);
    let yaml = yaml_of("docs/hub-model.md");
    assert_eq!(yaml.len(), 2);
    for block in yaml {
        let name = block.text.lines().next().unwrap().trim_start_matches("# ").to_string();
        folder.write(&format!("hub/{name}"), block.text);
    }
    folder
}

#[test]
fn the_page_on_the_hub_model_shows_one_in_order() {
    hub_of_the_page().karat("check").succeeds().says("The hub model is in order.");
}

#[test]
fn the_page_on_the_hub_model_shows_a_mistake_as_check_does() {
    let folder = hub_of_the_page();
    folder.replace("hub/sources/erp.yaml", "naam: party_name", "naam: given_nme");
    let said = folder.karat("check").finds_something().out;
    let shown = blocks().into_iter().find(|block| block.text.contains("given_nme")).unwrap();
    assert!(said.starts_with(&shown.text), "{said}\nis not\n{}", shown.text);
}

/// The commands with their options, as `karat help` tells them, and with those of what they do.
fn commands() -> BTreeMap<String, String> {
    let folder = Folder::new();
    let help_of = |command: &str| folder.karat(&format!("{command} --help")).succeeds().out;
    let with_help = |name: String| {
        let mut help = help_of(&name);
        for verb in listed(&help) {
            help += &help_of(&format!("{name} {verb}"));
        }
        (name, help)
    };
    listed(&folder.karat("help").succeeds().out).into_iter().map(with_help).collect()
}

/// The commands that a help lists.
fn listed(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("Commands:\n") else { return Vec::new() };
    // What is further to the right goes on with the line before.
    let is_first = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = list.lines().take_while(|line| line.starts_with("  ")).filter(is_first);
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(String::from).collect()
}

#[test]
fn the_readme_lists_every_command() {
    let readme = documents().into_iter().find(|(name, _)| name == "README.md").unwrap().1;
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `karat "));
    let listed: BTreeSet<&str> = rows.filter_map(|row| row.split([' ', '`']).next()).collect();
    let commands = commands();
    assert_eq!(listed, commands.keys().map(String::as_str).collect());
}

#[test]
fn commands_in_running_text_exist() {
    let commands = commands();
    let mut checked = 0;
    for (document, text) in documents() {
        for code in
            text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("karat "))
        {
            let mut words = code.split_whitespace();
            let name = words.next().unwrap_or_default();
            if name == "COMMAND" {
                continue;
            }
            let help = commands.get(name);
            let help = help.unwrap_or_else(|| panic!("{document} speaks of `karat {code}`"));
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{document}: `karat {name}` has no {option}");
            }
            checked += 1;
        }
    }
    assert!(checked > 15);
}
