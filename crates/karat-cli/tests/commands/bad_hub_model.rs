//! A hub model with mistakes, or none at all: what is said, where, and what to do next.

use crate::customers::CRM;
use crate::folder::Folder;

fn hub() -> Folder {
    Folder::loaded(&[("crm.csv", CRM.as_bytes())])
}

#[test]
fn an_unknown_attribute() {
    let folder = hub();
    folder.replace("hub/hub.yaml", "  email: [", "  e-mail: [");
    let hub_file = folder.read("hub/hub.yaml");
    let line = 1 + hub_file.lines().position(|line| line.contains("e-mail")).unwrap();
    let place = format!("hub.yaml:{line}:3: unknown attribute `e-mail`");
    let checked = folder.karat("check").finds_something();
    checked.says(&place).says("hint: did you mean `email`?").says("1 to mend, 0 to look at.");
    let problems = folder.karat("check --json").finds_something().json();
    assert_eq!((&problems[0]["line"], &problems[0]["column"]), (&line.into(), &3.into()));

    // The other commands say the same, and leave what was published as it was.
    for command in ["load", "serve --port 0", "export crosswalk", "explain crm/1001 crm/1002"] {
        folder.karat(command).fails().says(&place).says("karat check");
    }
    folder.replace("hub/hub.yaml", "  e-mail: [", "  email: [");
    folder.karat("check").succeeds().says("The hub model is in order.");
    folder.karat("explain crm/1001 crm/1002").succeeds();
}

#[test]
fn an_attribute_of_a_column_that_nobody_declared() {
    let folder = hub();
    folder.replace(
        "hub/sources/crm.yaml",
        "plaats: city",
        "plaats: { type: category, attribute: town }",
    );
    let checked = folder.karat("check").finds_something();
    checked.says("sources/crm.yaml:").says("unknown attribute `town`").says("hint: ");
}

#[test]
fn a_file_that_is_not_there_is_a_warning() {
    let folder = hub();
    folder.remove("crm.csv");
    folder
        .karat("check")
        .succeeds()
        .says("warning: no file matches `../crm.csv`")
        .says("1 to look at");
}

#[test]
fn a_hub_that_is_not_there() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    let commands =
        ["load", "serve", "export golden", "explain crm/1001 crm/1002", "load --hub crm.csv"];
    for command in commands {
        folder.karat(command).fails().says("there is no hub in ").says("karat init");
    }
    folder.karat("check").finds_something().says("there is no hub.yaml in hub").says("karat init");
}

#[test]
fn a_hub_that_was_never_loaded() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("init crm.csv").succeeds();
    for command in ["export golden", "explain crm/1001 crm/1002"] {
        folder.karat(command).fails().says("there is no hub database").says("karat load");
    }
}

#[test]
fn a_hub_that_is_there_already() {
    let folder = hub();
    let before = folder.read("hub/hub.yaml");
    folder.karat("init crm.csv").fails().says("hub/hub.yaml is there already");
    assert_eq!(folder.read("hub/hub.yaml"), before);
}

#[test]
fn a_database_that_is_none() {
    let folder = hub();
    folder
        .write("hub/karat.db", "Dear diary, this is no database, but it is long enough to be one.");
    for command in ["load", "export golden"] {
        let failed = folder.karat(command);
        assert_eq!(failed.code, Some(3), "{failed}");
        failed.says("karat.db");
    }
}

#[test]
fn git_leaves_out_what_is_personal() {
    let folder = hub();
    let ignored = folder.read("hub/.gitignore");
    assert!(ignored.lines().any(|line| line == "karat.db*"), "{ignored}");
    let belongs_in_git = |name: &str| {
        name.ends_with(".schema.json")
            || ["sources", "checks", "hub.yaml", ".gitignore"].contains(&name)
    };
    for entry in std::fs::read_dir(folder.path("hub")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert_ne!(belongs_in_git(&name), name.starts_with("karat.db"), "{name}");
    }
}

#[test]
fn wrong_use_is_told_from_failure() {
    let folder = hub();
    for words in [
        "load --hup hub",
        "export everything",
        "explain crm1001 crm/1002",
        "assess --lang fr crm.csv",
        "assess",
    ] {
        folder.karat(words).rejects();
    }
    folder.karat("export golden --out golden.xlsx").fails().says("use .csv, .jsonl or .parquet");
    folder.karat("export golden --out none/golden.csv").fails().says("none/golden.csv");
    folder.karat("assess crm.csv --report none/report.html").fails().says("none/report.html");
    folder.karat("explain crm/1001 crm/9999").fails().says("there is no record crm/9999");
}
