//! Exports: each kind in each format has the columns that are promised.

use crate::customers::{CRM, SHOP};
use crate::demo::demo;
use crate::folder::{EXPORTS, Folder};
use crate::tidy::documents;

/// The columns of each export as the page on exports promises them, and whether the attributes that
/// are filled follow.
fn promised() -> Vec<(String, Vec<String>, bool)> {
    let page = documents().into_iter().find(|(name, _)| name == "docs/exports.md").unwrap().1;
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let promised = rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let names = cells[3].split('`').skip(1).step_by(2).map(String::from).collect();
        (cells[1].trim_matches('`').to_string(), names, cells[3].ends_with("that are filled"))
    });
    promised.collect()
}

#[test]
fn every_export_has_its_columns_in_every_format() {
    let mut on_page: Vec<String> = promised().into_iter().map(|(what, ..)| what).collect();
    on_page.sort();
    let mut known = EXPORTS;
    known.sort_unstable();
    assert_eq!(on_page, known);
    let folder = Folder::new();
    for (what, promised, is_wide) in promised() {
        let csv = demo().export(&what);
        let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        assert_eq!(header[..promised.len()], promised, "{what}");
        assert_eq!(is_wide, header.len() > promised.len(), "{what}");
        let rows = csv_rows(&csv);
        assert!(rows > 0, "{what}");

        // JSON lines leave out what is missing, and keep the order.
        let jsonl = demo().karat(&format!("export {what} --format jsonl")).succeeds().out;
        assert_eq!(jsonl.lines().count(), rows, "{what}");
        for line in jsonl.lines().take(20) {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
            assert!(keys.iter().all(|key| header.contains(&key.as_str())), "{what}: {line}");
        }

        // Parquet is read back by Karat itself.
        let path = folder.path(&format!("{what}.parquet"));
        let told = demo().karat(&format!("export {what} --out {}", path.display())).succeeds();
        told.says(&format!("wrote {} row", with_commas(rows)));
        let found = folder.karat(&format!("assess {what}.parquet --json")).succeeds().json();
        let columns = found["files"][0]["columns"].as_array().unwrap();
        let names: Vec<&str> = columns.iter().map(|it| it["header"].as_str().unwrap()).collect();
        // A column without values is not there for whoever reads.
        assert!(names.iter().all(|name| header.contains(name)), "{what}: {names:?}");
        assert_eq!(found["files"][0]["rows"], rows, "{what}");
    }
}

/// How many rows a CSV has after its header; fields may hold line breaks.
fn csv_rows(text: &str) -> usize {
    let mut is_quoted = false;
    let ends = text.chars().filter(|&character| {
        is_quoted ^= character == '"';
        character == '\n' && !is_quoted
    });
    ends.count() - 1
}

fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let split = digits.len().saturating_sub(3);
    if split == 0 { digits } else { format!("{},{}", &digits[..split], &digits[split..]) }
}

#[test]
fn the_crosswalk_has_every_record_once() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    let crosswalk = folder.export("crosswalk");
    let rows: Vec<Vec<&str>> = crosswalk.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["source", "id", "entity_id"]);
    let keys: Vec<String> = rows[1..].iter().map(|row| format!("{}/{}", row[0], row[1])).collect();
    let expected = "crm/1001 crm/1002 crm/1003 crm/1004 crm/1005 crm/1006 crm/1007 crm/1008 \
                    shop/w1 shop/w2 shop/w3 shop/w4 shop/w5";
    assert_eq!(keys.join(" "), expected);
    let golden = folder.export("golden");
    for row in &rows[1..] {
        assert_eq!(row[2].len(), 12);
        let has_golden_record = golden.lines().any(|line| line.starts_with(row[2]));
        assert!(has_golden_record, "{row:?}");
    }
}

#[test]
fn exports_that_are_written_twice_are_the_same_bytes() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    for what in EXPORTS {
        for ending in ["csv", "jsonl", "parquet", "csv.gz", "jsonl.zst"] {
            for name in ["one", "other"] {
                folder.karat(&format!("export {what} --out {name}.{ending}")).succeeds();
            }
            let [one, other] =
                ["one", "other"].map(|name| folder.bytes(&format!("{name}.{ending}")));
            assert!(one == other, "{what}.{ending}");
        }
    }
}

#[test]
fn messages_of_findings_are_there_in_dutch() {
    let folder = Folder::loaded(&[("crm.csv", CRM.replace("31-01-1980", "31-02-1980").as_bytes())]);
    let findings = folder.karat("export findings --lang nl").succeeds();
    findings.says("crm,1001,geboortedatum,invalid_date,error,validity,Deze datum bestaat niet.");
}

/// `karat export … | head -1`: whoever reads has seen enough, which is no failure.
#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    for words in ["export lineage", "export records", "schema source", "load --help"] {
        let mut running = demo().start(words);
        running.stop_reading();
        let ran = running.end();
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{words}");
    }
}
