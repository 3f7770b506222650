//! Explaining: why two records are, or are not, one customer, down to blocking; and the schemas.

use std::collections::BTreeSet;

use crate::customers::{CRM, SHOP};
use crate::folder::Folder;

fn hub() -> Folder {
    Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())])
}

#[test]
fn two_records_of_one_customer() {
    let folder = hub();
    let told = folder.karat("explain crm/1001 shop/w1").succeeds();
    let told =
        told.says("These two are one customer.").says("Petra  |  Petra").says("the link threshold");
    let same_email = told.out.lines().find(|line| line.contains("same e-mail")).unwrap();
    assert!(same_email.starts_with("  ✓") && same_email.ends_with("found the pair"));
    let dutch = folder.karat("explain crm/1001 shop/w1 --lang nl").succeeds();
    dutch.says("Deze twee zijn één klant.").says("boven de koppeldrempel");
    let json = folder.karat("explain crm/1001 shop/w1 --json").succeeds().json();
    assert_eq!(json["same_customer"], true);
    assert_eq!(json["left_entity"], json["right_entity"]);
    let sum = |key: &str| {
        let evidence = json["evidence"].as_array().unwrap();
        evidence.iter().map(|found| found[key].as_f64().unwrap()).sum::<f64>()
    };
    let total = json["prior"].as_f64().unwrap() + sum("weight") + sum("term_frequency");
    assert_eq!(total, json["total"].as_f64().unwrap(), "the parts make the whole");
}

#[test]
fn two_records_that_were_never_compared() {
    let folder = hub();
    let told = folder.karat("explain crm/1002 shop/w5").succeeds();
    let told = told.says("These two are two customers.").says("Were they brought together at all?");
    let rules: Vec<&str> =
        told.out.lines().skip_while(|line| !line.starts_with("Were they")).skip(1).collect();
    assert!(rules.len() >= 5, "{told}");
    assert!(
        rules.iter().all(|rule| rule.starts_with("  – ") && rule.contains("  the ")
            || rule.contains("  a value is missing")),
        "each rule says why not: {told}"
    );
    let json = folder.karat("explain crm/1002 shop/w5 --json").succeeds().json();
    assert_eq!(json["same_customer"], false);
    let blocking = json["blocking"].as_array().unwrap();
    assert!(blocking.iter().all(|rule| rule["candidate"] == false));
}

#[test]
fn a_person_and_a_company_are_never_compared() {
    let firms = "kvk;bedrijfsnaam;plaats\n12345678;Bakkerij De Wit BV;Ede\n87654321;Vos Transport BV;Ulft\n";
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("firms.csv", firms.as_bytes())]);
    let crosswalk = folder.export("crosswalk");
    let firm = crosswalk.lines().find_map(|line| line.strip_prefix("firms,")).unwrap();
    let id = firm.split(',').next().unwrap();
    let told = folder.karat(&format!("explain crm/1001 firms/{id}")).succeeds();
    told.says("they are never compared");
}

/// The schema knows every key of the files that `karat init` writes.
#[test]
fn the_schemas_fit_what_init_writes() {
    let folder = hub();
    for (which, file, kept) in [
        ("hub", "hub/hub.yaml", "hub.schema.json"),
        ("source", "hub/sources/crm.yaml", "source.schema.json"),
    ] {
        let schema = folder.karat(&format!("schema {which}")).succeeds().json();
        assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org/"));
        let known: BTreeSet<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let text = folder.read(file);
        let keys = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        let keys: BTreeSet<&str> = keys.filter_map(|line| Some(line.split_once(':')?.0)).collect();
        assert!(keys.len() >= 4 && keys.is_subset(&known), "{keys:?} of {known:?}");
        assert_eq!(folder.read(&format!("hub/{kept}")).trim(), format!("{schema:#}"));
        assert!(text.starts_with("# yaml-language-server: $schema="), "{text}");
    }
}
