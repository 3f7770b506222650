//! Assessing: any customer files, no configuration, one report.

use crate::customers::{CRM, SHOP};
use crate::folder::Folder;

fn files() -> Folder {
    Folder::with(&[("data/crm.csv", CRM.as_bytes()), ("data/shop.jsonl", SHOP.as_bytes())])
}

#[test]
fn files_are_told_of_in_two_languages() {
    let folder = files();
    let english = folder.karat("assess data/crm.csv data/shop.jsonl").succeeds();
    english.says("13 records").says("10 customers").says("karat-assessment.html");
    let dutch =
        folder.karat("assess data/crm.csv data/shop.jsonl --lang nl --report nl.html").succeeds();
    dutch.says("Bestanden en kolommen").says("10 klanten").says("nl.html");
    assert!(folder.read("karat-assessment.html").contains("<html lang=\"en\""));
    assert!(folder.read("nl.html").contains("<html lang=\"nl\""));
}

#[test]
fn the_page_stands_by_itself() {
    let folder = files();
    folder.karat("assess data/crm.csv data/shop.jsonl").succeeds();
    let page = folder.read("karat-assessment.html");
    let is_elsewhere = |target: &str| !target.starts_with('#') && !target.starts_with("data:");
    for attribute in ["src=", "href=", "url(", "@import", "<link", "<iframe"] {
        for rest in page.split(attribute).skip(1) {
            let target = rest.trim_start_matches(['"', '\'']);
            let target = target.split(['"', '\'', ')', '>']).next().unwrap_or_default();
            assert!(!is_elsewhere(target), "{attribute}{target}");
        }
    }
    assert!(page.contains("<svg") && page.contains("<style"));
}

#[test]
fn values_can_be_masked() {
    let folder = files();
    folder.karat("assess data/crm.csv data/shop.jsonl --report open.html").succeeds();
    let masked =
        folder.karat("assess data/crm.csv data/shop.jsonl --mask --report masked.html").succeeds();
    for value in ["petra.dewit@voorbeeld.example", "Yilmaz"] {
        assert!(folder.read("open.html").contains(value), "{value}");
        assert!(!folder.read("masked.html").contains(value), "{value}");
        assert!(!masked.out.contains(value), "{value}");
    }
}

#[test]
fn a_pipe_a_pattern_and_a_folder_are_files_too() {
    let folder = files();
    let piped = folder.karat_reading("assess - --json", CRM.as_bytes()).succeeds().json();
    assert_eq!((&piped["records"], &piped["files"][0]["source"]), (&8.into(), &"stdin".into()));
    for words in
        ["assess data/*.csv data/*.jsonl --json", "assess data --json", "assess */*[vl] --json"]
    {
        let found = folder.karat(words).succeeds().json();
        assert_eq!((&found["records"], &found["customers"]), (&13.into(), &10.into()), "{words}");
    }
    folder.karat_reading("assess -", b"").fails().says("-: the file is empty");
}

/// What Karat writes, in any format and compression, it reads as what it was.
#[test]
fn compressed_files_and_parquet_are_read() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    for name in ["r.csv", "r.csv.gz", "r.csv.zst", "r.jsonl", "r.jsonl.zst", "r.parquet"] {
        folder.karat(&format!("export records --out {name}")).succeeds();
        let found = folder.karat(&format!("assess {name} --json")).succeeds().json();
        assert_eq!((&found["records"], &found["customers"]), (&8.into(), &8.into()), "{name}");
        let columns = found["files"][0]["columns"].as_array().unwrap();
        let is_email = |column: &serde_json::Value| column["recognised_as"] == "email";
        assert_eq!(columns.iter().filter(|column| is_email(column)).count(), 1, "{name}");
    }
}

#[test]
fn json_has_no_values_of_customers() {
    let folder = files();
    let told = folder.karat("assess data/crm.csv data/shop.jsonl --json").succeeds();
    let json = told.json();
    let columns = json["files"][0]["columns"].as_array().unwrap();
    let email = columns.iter().find(|column| column["header"] == "email").unwrap();
    assert_eq!((&email["recognised_as"], &email["filled"]), (&"email".into(), &8.into()));
    assert!(!told.out.contains("Yilmaz"));
}

#[test]
fn clusters_are_written_for_whoever_keeps_score() {
    let folder = files();
    folder.karat("assess data/crm.csv data/shop.jsonl --clusters clusters.csv").succeeds();
    let clusters = folder.read("clusters.csv");
    assert!(clusters.starts_with("source,id,cluster\ncrm,1001,"));
    let of = |record: &str| clusters.lines().find_map(|line| line.strip_prefix(record));
    assert_eq!(of("crm,1001,"), of("shop,w1,"));
    assert_ne!(of("crm,1001,"), of("crm,1002,"));
}
