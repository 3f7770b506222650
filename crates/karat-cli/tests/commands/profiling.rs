//! Profiling: what stands in columns, day after day, and the checks that it suggests.

use crate::customers::CRM;
use crate::folder::Folder;

fn files() -> Folder {
    Folder::with(&[("crm.csv", CRM.as_bytes())])
}

/// Customers of whom some have a tier in other capitals.
fn tiers() -> String {
    let tier = |at: u32| match at % 50 {
        0 => "gold",
        1..10 => "Gold",
        _ => "Silver",
    };
    let rows: String = (0..500).map(|at| format!("{at},Persoon {at},{}\n", tier(at))).collect();
    format!("klantnr,naam,niveau\n{rows}")
}

#[test]
fn columns_are_told_of_in_two_languages() {
    let folder = files();
    folder.karat("profile crm.csv").succeeds().says("filled").says("Could be a key.");
    folder
        .karat("profile crm.csv --lang nl")
        .succeeds()
        .says("gevuld")
        .says("Kan een sleutel zijn.");
}

#[test]
fn a_column_is_told_of_alone() {
    let folder = Folder::with(&[("tiers.csv", tiers().as_bytes())]);
    let whole = folder.karat("profile tiers.csv --column niveau").succeeds();
    let whole = whole.says("Frequent values").says("Silver").says("Patterns");
    assert!(!whole.out.contains("klantnr"), "{}", whole.out);
    let failed = folder.karat("profile tiers.csv --column tier").fails();
    failed.says("no file has a column `tier`").says("klantnr, naam, niveau");
}

#[test]
fn values_can_be_masked() {
    let folder = Folder::with(&[("tiers.csv", tiers().as_bytes())]);
    let open = folder.karat("profile tiers.csv --column niveau").succeeds().out;
    let masked = folder.karat("profile tiers.csv --column niveau --mask").succeeds().out;
    assert!(open.contains("Silver") && !masked.contains("Silver"));
    let masked = folder.karat("profile tiers.csv --mask --json").succeeds().out;
    assert!(!masked.contains("Silver"));
}

#[test]
fn what_was_seen_before_is_gone_on_with() {
    let folder = Folder::with(&[("tiers.csv", tiers().as_bytes())]);
    folder.karat("profile tiers.csv --state tiers.profile").succeeds();
    let again = folder.karat("profile tiers.csv --state tiers.profile").succeeds();
    again.says("1,000 rows, 500 of them seen before");
    folder.write("tiers.profile", "something else");
    let failed = folder.karat("profile tiers.csv --state tiers.profile").fails();
    failed.says("damaged").says("--state");
    assert_eq!(folder.read("tiers.profile"), "something else");
}

#[test]
fn a_source_of_a_hub_is_told_of_and_an_unknown_one_is_not() {
    let folder = files();
    folder.karat("init crm.csv").succeeds();
    folder.karat("profile --source crm").succeeds().says("by the hub model");
    folder.karat("profile --source erp").fails().says("the hub has no source `erp`").says("crm");
}

#[test]
fn checks_are_suggested_from_what_is_usual() {
    let folder = Folder::with(&[("tiers.csv", tiers().as_bytes())]);
    let suggested = folder.karat("suggest tiers.csv").succeeds();
    suggested.says("niveau_in_set:").says(r#"in_set: ["Gold", "Silver"]"#).says("pass_min: 98 %");
    let few = files().karat("suggest crm.csv").succeeds();
    few.says("checks: {}");
}
