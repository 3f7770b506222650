//! Operating a hub: backups, checks, and changes of its rules.

use crate::customers::{CRM, SHOP};
use crate::folder::Folder;

#[test]
fn a_hub_is_backed_up_damaged_and_restored() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    let before = folder.exports();
    folder.karat("verify").succeeds().says("The hub is sound.");
    folder.karat("verify --lang nl").succeeds().says("De hub is in orde.");
    folder.karat("backup safe.db").succeeds().says("is backed up to safe.db");
    folder.karat("backup safe.db").fails().says("is there already");
    folder.karat("backup safe.db --replace").succeeds();
    folder.karat("replay").succeeds().says("Nothing changed");

    folder.write("hub/karat.db", b"SQLite format 3\0 and nothing else");
    folder.karat("restore safe.db").fails().says("is not empty");
    folder.karat("restore safe.db --replace").fails().says("was left as it is");
    folder.karat("restore crm.csv --replace --yes").fails().says("is not the database of a hub");
    folder.karat("restore safe.db --replace --yes").succeeds();
    assert!(folder.exports() == before, "what is exported is what was");
    folder.karat("verify --all --json").succeeds().says("\"sound\":true");
}

#[test]
fn a_hub_that_is_behind_is_told_to_publish() {
    let folder = Folder::new();
    folder.karat("verify").fails().says("there is no hub");
    folder.karat("restore nowhere.db").fails();
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    folder.remove("hub/karat.db");
    for command in [
        "verify",
        "replay",
        "publish",
        "preview",
        "rollback",
        "history",
        "drift",
        "scorecard",
        "findings",
        "backup b",
    ] {
        folder.karat(command).fails().says("there is no hub database");
    }
    assert!(!folder.path("hub/karat.db").exists(), "nothing was made");
}

#[test]
fn rules_are_previewed_published_and_rolled_back() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    let before = folder.exports();
    folder.karat("preview").succeeds().says("The hub model says what is published.");
    let threshold = "# link_threshold: 12.5";
    folder.replace("hub/hub.yaml", threshold, "link_threshold: 90");
    folder.karat("preview").succeeds().says("other thresholds").says("karat publish");
    folder.karat("preview --lang nl --mask").succeeds().says("andere drempels");
    let told = folder.karat("preview --json").succeeds().json();
    assert!(told["split"].as_u64().unwrap() > 0, "{told}");
    assert!(folder.exports() == before, "a preview changes nothing");
    folder.karat("publish").succeeds();
    assert!(folder.exports() != before);
    folder.karat("publish").succeeds().says("Nothing has changed.");
    folder.karat("history").succeeds().says("other thresholds");
    // The first load made 10 customers, one event each.
    folder.karat("history --from 10 --to 10").succeeds().says("No customer is otherwise.");
    folder.karat("history --from 10").succeeds().says("split").says("updated").says("-1 record");
    folder.karat("history --from 10 --lang nl").succeeds().says("gesplitst").says("gewijzigd");
    let told = folder.karat("history --from 0 --to 10 --json").succeeds();
    let kinds = told.out.lines().filter(|line| line.contains("\"kind\":\"created\"")).count();
    assert_eq!((told.out.lines().count(), kinds), (10, 10), "{}", told.out);
    let told: serde_json::Value = serde_json::from_str(told.out.lines().next().unwrap()).unwrap();
    let id = told["entity"].as_str().unwrap();
    let explained = folder.karat(&format!("history {id} --from 0 --to 10")).succeeds();
    explained.says("created").says("family_name").says("after").says(", undisputed)");
    folder.karat(&format!("history {id} --from 0 --to 10 --lang nl")).succeeds().says("daarna");
    let told = folder.karat(&format!("history {id} --from 0 --to 10 --json")).succeeds().json();
    assert!(told["origins"]["family_name"]["after"][0]["record"].is_string(), "{told}");
    assert!(told["not_kept"].is_null(), "{told}");
    folder.karat("history 000000000000 --from 0").fails().says("no customer had the id");
    folder.karat(&format!("history {id}")).rejects().says("--from");
    folder.karat("history --from yesterday").rejects().says("number of an event");
    folder.karat("history --from 10 --to 2").fails().says("--to lies before --from");
    folder.karat("rollback 7").fails().says("there is no release 7");
    folder.karat("rollback").succeeds().says("release 1 is published again");
    assert!(folder.read("hub/hub.yaml").contains(threshold));
    assert!(folder.exports() == before, "all is as it was");
    folder.karat("history --from 10").succeeds().says("No customer is otherwise.");
    assert_eq!(folder.load().events(), "");
    folder.karat("verify").succeeds();
}

/// Invented customers, of whom all from a number on have a telephone.
fn customers(persons: usize, phones_from: usize) -> String {
    const GIVEN: [&str; 7] = ["Anna", "Bram", "Carla", "Daan", "Eva", "Frits", "Greet"];
    const FAMILY: [&str; 5] = ["Bakker", "Dekker", "Evers", "Jacobs", "Postma"];
    let person = |at: usize| {
        let (given, family) = (GIVEN[at % 7], FAMILY[at % 5]);
        let dice = ((at * 2_654_435_761) % (1 << 32)) >> 6;
        let born = format!("{}-{}-{}", 1 + dice % 28, 1 + dice / 28 % 12, 1940 + dice / 336 % 60);
        let phone = format!("06{:08}", 10_000_000 + at * 7919);
        let phone = if at >= phones_from || at.is_multiple_of(25) { &phone } else { "" };
        format!("{at};{given};{family};{born};{phone};{}{at}@post.example\n", given.to_lowercase())
    };
    let rows: String = (0..persons).map(person).collect();
    format!("klantnr;voornaam;achternaam;geboortedatum;telefoon;email\n{rows}")
}

#[test]
fn a_match_model_that_has_aged_is_told_and_a_new_one_is_previewed_and_published() {
    let folder = Folder::loaded(&[("crm.csv", customers(400, 400).as_bytes())]);
    folder.karat("drift").succeeds().says("The match model suits the records.");
    folder.write("crm.csv", customers(700, 700).as_bytes());
    folder.karat("load").succeeds();
    folder.karat("drift --lang nl").succeeds().says("Het vergelijkmodel past bij de records.");

    folder.write("crm.csv", customers(700, 300).as_bytes());
    let told = "Phone: filled in 4.0 % of the records the model was learnt from, 59 % now";
    let command = "`karat publish --retrain`";
    folder.karat("load").succeeds().says(told).says(command);
    folder.karat("drift").finds_something().says(told).says(command);
    folder.karat("drift --lang nl").finds_something().says("gevuld in 4,0 % van de records");
    let json = folder.karat("drift --json").finds_something().json();
    assert_eq!(json["match_models"][0]["shifts"][0]["kind"], "filled", "{json}");
    folder.karat("preview --retrain").succeeds().says("learnt anew, as was asked");
    folder.karat("publish --retrain").succeeds();
    folder.karat("drift").succeeds().says("The match model suits the records.");
    folder.karat("verify").succeeds();
}

#[test]
fn a_hub_that_has_doubled_learns_anew_by_itself() {
    let folder = Folder::loaded(&[("crm.csv", customers(30, 0).as_bytes())]);
    folder.write("crm.csv", customers(59, 0).as_bytes());
    folder.karat("load").succeeds();
    folder.write("crm.csv", customers(60, 0).as_bytes());
    folder.karat("load --json").succeeds().says("doubled");
    folder.karat("history").succeeds().says("learnt anew, as the hub has grown");
    folder.karat("history --lang nl").succeeds().says("omdat de hub gegroeid is");
}
