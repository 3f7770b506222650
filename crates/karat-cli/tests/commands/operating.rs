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
    for command in ["verify", "replay", "publish", "preview", "rollback", "history", "backup b"] {
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
