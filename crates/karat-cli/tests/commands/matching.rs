//! Matching files without a hub, and keeping the score.

use crate::customers::{CRM, SHOP};
use crate::folder::Folder;

const TRUTH: &str =
    "source,id,customer\ncrm,1001,a\nshop,w1,a\ncrm,1003,b\nshop,w2,b\ncrm,1002,c\n";

fn files() -> Folder {
    Folder::with(&[
        ("crm.csv", CRM.as_bytes()),
        ("shop.jsonl", SHOP.as_bytes()),
        ("truth.csv", TRUTH.as_bytes()),
    ])
}

/// The entity id of a record in a table of clusters.
fn entity<'c>(clusters: &'c str, record: &str) -> &'c str {
    clusters.lines().find_map(|line| line.strip_prefix(record)).unwrap_or_else(|| {
        panic!("{record} is not in:\n{clusters}");
    })
}

#[test]
fn clusters_pairs_and_the_model_are_written() {
    let folder = files();
    let words = "match crm.csv shop.jsonl --out c.csv --pairs p.csv --model-out m.json";
    let told = folder.karat(words).succeeds();
    told.says("13 records are 10 persons").says("wrote 13 rows to c.csv").says("wrote m.json");
    let clusters = folder.read("c.csv");
    assert!(clusters.starts_with("source,id,entity_id\ncrm,1001,"));
    assert_eq!(entity(&clusters, "crm,1001,"), entity(&clusters, "shop,w1,"));
    assert_ne!(entity(&clusters, "crm,1001,"), entity(&clusters, "crm,1002,"));
    assert!(folder.read("p.csv").contains("crm,1001,shop,w1,"));
    folder.karat("match crm.csv shop.jsonl --model m.json --out again.csv").succeeds();
    assert_eq!(folder.read("again.csv"), clusters);
}

#[test]
fn a_hub_of_the_same_files_gives_the_same_ids() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    let clusters = folder.karat("match crm.csv shop.jsonl").succeeds().out;
    assert_eq!(clusters, folder.export("crosswalk"));
}

#[test]
fn clusters_go_through_a_pipe_and_the_summary_beside_it() {
    let folder = files();
    let ran = folder.karat_reading("match -", CRM.as_bytes()).succeeds();
    assert!(ran.out.starts_with("source,id,entity_id\nstdin,1001,"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 9);
    assert!(ran.err.contains("8 records are 8 persons"), "{}", ran.err);
    let json = folder.karat("match crm.csv shop.jsonl --json").succeeds().json();
    assert_eq!(json["entity_types"][0]["entities"], 10);
    assert_eq!(json["files"][0]["id_column"], "klantnr");
    let mut running = folder.start("match crm.csv");
    running.stop_reading();
    assert_eq!(running.end().code, Some(0));
}

#[test]
fn every_format_is_written() {
    let folder = files();
    for name in ["c.csv.gz", "c.jsonl", "c.parquet"] {
        folder.karat(&format!("match crm.csv shop.jsonl --out {name}")).succeeds();
        let score = folder.karat(&format!("evaluate {name} truth.csv --json")).succeeds().json();
        assert_eq!((&score["records"], &score["pair_f1"]), (&5.into(), &1.0.into()), "{name}");
    }
    folder.karat("match crm.csv --out c.xlsx").fails().says("cannot tell the format of c.xlsx");
}

#[test]
fn what_does_not_fit_is_told_before_the_work() {
    let folder = files();
    folder.karat("match crm.csv --id nr").fails().says("no file has a column `nr`");
    folder.karat("match crm.csv --between --within").rejects();
    folder.karat("match crm.csv --settings-out match.yaml").rejects();
    folder.karat("match crm.csv --model crm.csv").fails().says("crm.csv: no match model");
    folder.karat("match crm.csv --splink crm.csv").fails().says("crm.csv: no Splink model");
    folder.write("match.yaml", "pairs: all\n");
    let told = folder.karat("match crm.csv --settings match.yaml").fails();
    told.says("match.yaml:1:8: unknown choice of pairs `all`").says("did you mean `both`?");
    let read = folder.karat("match crm.csv none.csv --out c.csv").finds_something();
    read.says("none.csv: there is no such file").says("8 records are 8 persons");
}

#[test]
fn settings_and_their_schema_fit() {
    let folder = files();
    folder.write("match.yaml", "columns:\n  klantnr: ignored\nlink_threshold: 90\n");
    let told = folder.karat("match crm.csv shop.jsonl --settings match.yaml --out c.csv");
    told.succeeds().says("rows go by their lines").says("linked from +90.00 bits");
    assert!(folder.read("c.csv").contains("\ncrm,2,"));
    let schema = folder.karat("schema match").succeeds().json();
    assert!(schema["properties"]["blocking"].is_object());
}

#[test]
fn a_splink_model_is_taken_over() {
    let folder = files();
    let level = r#"{ "sql_condition": "email_l = email_r", "m_probability": 0.8, "u_probability": 0.0125 }"#;
    let comparison =
        format!(r#"{{ "output_column_name": "email", "comparison_levels": [{level}] }}"#);
    let rules = r#"["l.email = r.email"]"#;
    folder.write(
        "splink.json",
        format!(
            r#"{{ "link_type": "link_only", "comparisons": [{comparison}],
                "blocking_rules_to_generate_predictions": {rules} }}"#
        ),
    );
    let told = folder.karat("match crm.csv --splink splink.json --settings-out match.yaml");
    told.succeeds().says("wrote match.yaml");
    let settings = folder.read("match.yaml");
    for line in ["pairs: between", "    same: 6", "  - [email]"] {
        assert!(settings.contains(line), "`{line}` is not in:\n{settings}");
    }
    folder.karat("match crm.csv shop.jsonl --settings match.yaml --out c.csv").succeeds();
}

#[test]
fn clusters_are_held_against_the_truth() {
    let folder = files();
    folder.write("c.csv", "source,id,entity_id\ncrm,1001,p\nshop,w1,p\ncrm,1003,q\ncrm,1002,q\n");
    let told = folder.karat("evaluate c.csv truth.csv").succeeds();
    told.says("5 records: 3 clusters in truth, 3 found")
        .says("1 pair right, 1 wrong, 1 missed")
        .says("1 record is of the truth in no cluster");
    let score = folder.karat("evaluate c.csv truth.csv --json").succeeds().json();
    // The figures of an independent program for the same tables.
    for (name, expected) in [
        ("pair_precision", 0.5),
        ("pair_f1", 0.5),
        ("b3_precision", 0.8),
        ("b3_recall", 0.8),
        ("b3_f1", 0.8),
        ("exact_cluster_fraction", 0.333_333),
        ("exact_cluster_precision_multi", 0.5),
        ("records_missing_in_pred", 1.0),
    ] {
        assert_eq!(score[name].as_f64(), Some(expected), "{name}");
    }
    folder.karat("evaluate c.csv truth.csv --truth-column nr").fails().says("`nr`");
    folder.karat("evaluate c.csv").rejects();
}

#[test]
fn labelled_pairs_give_an_estimate_with_its_limits() {
    let folder = files();
    folder.karat("match crm.csv shop.jsonl --out c.csv --pairs p.csv").succeeds();
    let labels = "left_source,left_id,right_source,right_id,label\n\
                  shop,w1,crm,1001,same\ncrm,1003,shop,w2,same\ncrm,1006,shop,w3,same\n";
    folder.write("labels.csv", labels);
    let told = folder.karat("evaluate --pairs p.csv --labels labels.csv").succeeds();
    told.says("precision  100.0 %").says("recall     ").says("never compared");
    let score = folder.karat("evaluate --pairs p.csv --labels labels.csv --json").succeeds().json();
    assert_eq!((&score["labelled"], &score["precision"]["estimate"]), (&3.into(), &1.0.into()));
    folder.karat("evaluate --pairs p.csv").rejects();
    folder.write("labels.csv", labels.replace("same", "perhaps"));
    folder.karat("evaluate --pairs p.csv --labels labels.csv").fails().says("neither same");
}

#[test]
fn questions_that_are_filled_in_are_labels() {
    let folder = files();
    let asked = "match crm.csv shop.jsonl --out c.csv --questions q.csv --ask 3";
    folder.karat(asked).succeeds().says("rows to q.csv");
    let questions = folder.read("q.csv");
    let header = questions.lines().next().unwrap();
    assert!(header.starts_with("left_source,left_id,right_source,right_id,label,weight,"));
    assert!(header.contains(",left_email,right_email"), "{header}");
    let rows = questions.lines().count() - 1;
    assert!((1..=3).contains(&rows), "{questions}");

    folder.karat("match crm.csv shop.jsonl --labels q.csv").fails();
    let filled: String =
        questions.lines().skip(1).map(|row| row.replacen(",,", ",same,", 1) + "\n").collect();
    folder.write("q.csv", format!("{header}\n{filled}"));
    let words = "match crm.csv shop.jsonl --labels q.csv --out c.csv --questions q2.csv";
    let told = folder.karat(words).succeeds();
    told.says(if rows == 1 { "1 label teaches" } else { "labels teach" });
    let again = folder.read("q2.csv");
    let pair = |row: &str| row.split(',').take(4).collect::<Vec<_>>().join(",");
    let is_asked_again = |row: &str| again.lines().any(|other| pair(other) == pair(row));
    assert!(!questions.lines().skip(1).any(is_asked_again), "{again}");
}

#[test]
fn labels_that_do_not_count_are_told() {
    let folder = files();
    let header = "left_source,left_id,right_source,right_id,label\n";
    let rows = "shop,w1,crm,1001,same\ncrm,1001,crm,1002,unsure\ncrm,9,shop,w9,same\n\
                crm,1003,shop,w2,same\nshop,w2,crm,1003,different\n";
    folder.write("labels.csv", format!("{header}{rows}"));
    let told = folder.karat("match crm.csv shop.jsonl --labels labels.csv --out c.csv").succeeds();
    told.says("1 label teaches: 1 same, 0 different")
        .says("1 pair is unsure")
        .says("1 pair is labelled both ways")
        .says("1 pair is of records that are not in the files");
    let words = "match crm.csv shop.jsonl --labels labels.csv --json";
    let labels = &folder.karat(words).succeeds().json()["labels"];
    assert_eq!((&labels["same"], &labels["unknown"]), (&1.into(), &1.into()));
    folder.karat("match crm.csv --model m.json --labels labels.csv").rejects();
}

#[test]
fn rows_without_ids_are_labelled_by_their_lines() {
    let row = |name: &str, mail: &str| format!("{name},Visser,{mail}@post.example\n");
    let text =
        format!("voornaam,achternaam,email\n{}{}", row("Anna", "anna"), row("Anna", "anna.v"));
    let folder = Folder::with(&[("list.csv", text.as_bytes())]);
    let header = "left_source,left_id,right_source,right_id,label\n";
    folder.write("labels.csv", format!("{header}list,2,list,3,same\nlist,2,list,4,same\n"));
    let told = folder.karat("match list.csv --labels labels.csv --out c.csv").succeeds();
    told.says("1 label teaches").says("1 pair is of records that are not in the files");
}
