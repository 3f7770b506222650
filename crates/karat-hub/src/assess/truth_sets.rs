//! How well public truth sets are mastered, without a line of configuration.
//!
//! The figures are a snapshot: a change that moves them says so in its commit, and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use karat_engine::quality::accuracy::Accuracy;
use karat_model::hub_model::Country;

use super::assess;
use crate::flow::progress::Unwatched;

/// Masters a truth set; tells precision, recall and F1 over pairs, and what the files are.
fn mastered(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/assess/truth_sets");
    let file = folder.join(format!("{name}.csv.zst"));
    let truth = truth(&file);
    let files: [PathBuf; 1] = [file];
    let clock = || Duration::ZERO;
    let assessed = assess(&files, Country::NETHERLANDS, &clock, None, &Unwatched).unwrap();
    let customers: Vec<(&str, String)> = assessed
        .crosswalk
        .iter()
        .map(|(key, customer)| (truth[key.id.as_ref()].as_str(), customer.to_string()))
        .collect();
    assert_eq!(customers.len(), truth.len(), "every record has a customer");
    let accuracy = Accuracy::of(customers.iter().map(|(label, found)| (*label, found.as_str())));
    format!(
        "precision {:.3} recall {:.3} F1 {:.4}",
        accuracy.precision(),
        accuracy.recall(),
        accuracy.f1()
    )
}

/// Per record id the person it is of.
fn truth(file: &Path) -> BTreeMap<String, String> {
    let text = zstd::decode_all(std::fs::File::open(file).unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(&text[..]);
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        (row[0].to_string(), row[1].to_string())
    });
    rows.collect()
}

#[test]
fn truth_sets_are_mastered() {
    let figures: Vec<String> = ["fake_1000", "febrl4", "historical_50k"]
        .into_iter()
        .map(|name| format!("{name:14} {}", mastered(name)))
        .collect();
    insta::assert_snapshot!(figures.join("\n"), @r"
    fake_1000      precision 0.997 recall 0.917 F1 0.9554
    febrl4         precision 1.000 recall 1.000 F1 0.9999
    historical_50k precision 0.987 recall 0.918 F1 0.9512
    ");
}
