//! The scorecard and the findings behind it, as whoever types a command gets them.

use crate::customers::{CRM, SHOP};
use crate::folder::Folder;

#[test]
fn what_fails_is_counted_told_and_listed_alike() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    folder.karat("scorecard").succeeds().says("Up to date").says("unknown").says("unowned");
    folder.karat("scorecard --lang nl").succeeds().says("Compleet").says("onbekend");
    for (by, expected) in [
        ("source", "shop"),
        ("attribute", "As a whole"),
        ("use", "Mailing"),
        ("check", "reachable"),
    ] {
        folder.karat(&format!("scorecard --by {by}")).succeeds().says(expected);
    }
    let told = folder.karat("scorecard --json").succeeds().json();
    let worst = &told["worst"][0];
    let check = worst["check"].as_str().unwrap();
    let of_customers = told["customers"].as_array().unwrap().iter();
    let checks = of_customers.flat_map(|group| group["checks"].as_array().unwrap());
    let of_check = checks.filter(|of| of["check"] == check);
    let failed: u64 = of_check.map(|of| of["counts"]["fail"].as_u64().unwrap()).sum();
    let listed = folder.karat(&format!("findings --rule {check} --customers --json")).succeeds();
    assert_eq!(listed.out.lines().count() as u64, failed, "{check}");
    folder.karat(&format!("findings --rule {check}")).succeeds().says(check);
    folder.karat("findings --out findings.csv").succeeds().says("findings.csv");
    let all = folder.karat("findings --json").succeeds().out.lines().count();
    let csv = folder.read("findings.csv");
    assert_eq!(csv.lines().count(), all + 1);
    assert!(csv.starts_with("number,rule,severity,"), "{csv}");
    assert!(folder.karat("findings --closed").succeeds().out.is_empty());
    folder.karat("findings --rule unheard_of").fails().says("karat scorecard --by check");
}

#[test]
fn the_report_is_a_page_of_its_own() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("scorecard --report quality.html --lang nl").succeeds().says("quality.html");
    let page = folder.read("quality.html");
    assert!(page.contains("Wat eerst te herstellen") && !page.contains("<a "));
    folder.karat("scorecard --report nowhere/quality.html").fails().says("hint:");
}
