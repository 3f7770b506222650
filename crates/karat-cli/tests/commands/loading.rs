//! Loading: takes only what changed, and comes to the same customers in any order.

use crate::customers::{CRM, SHOP};
use crate::demo::{DEMO_FILES, demo};
use crate::folder::Folder;

fn hub() -> Folder {
    Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())])
}

/// A file with the rows after its header turned round; no row may hold a line break.
fn turned(content: &[u8], header_lines: usize) -> Vec<u8> {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let lines: Vec<&[u8]> = content.split(|&byte| byte == b'\n').collect();
    let (header, rows) = lines.split_at(header_lines);
    let lines = header.iter().chain(rows.iter().rev());
    lines.flat_map(|line| [*line, b"\n"].concat()).collect()
}

#[test]
fn records_become_customers() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    folder.karat("init crm.csv shop.jsonl").succeeds().says("karat load --hub hub");
    let loaded = folder.load();
    assert_eq!((loaded.changes("crm"), loaded.changes("shop")), ("8 new".into(), "5 new".into()));
    assert_eq!(loaded.events(), "10 created");
    let crosswalk = folder.export("crosswalk");
    for (one, other) in [("crm,1001", "shop,w1"), ("crm,1003", "shop,w2"), ("crm,1006", "shop,w3")]
    {
        assert_eq!(entity(&crosswalk, one), entity(&crosswalk, other));
    }
    // Near misses: namesakes, and a phone number one digit off.
    for (one, other) in [("crm,1004", "crm,1005"), ("crm,1001", "shop,w4")] {
        assert_ne!(entity(&crosswalk, one), entity(&crosswalk, other));
    }
}

/// The entity of a record, which is written `source,id`.
fn entity<'c>(crosswalk: &'c str, record: &str) -> &'c str {
    let row = crosswalk.lines().find_map(|line| line.strip_prefix(record)?.strip_prefix(','));
    row.unwrap_or_else(|| panic!("there is no {record} in\n{crosswalk}"))
}

#[test]
fn a_second_load_changes_nothing() {
    let folder = hub();
    let before = folder.exports();
    let loaded = folder.load();
    assert_eq!((loaded.changes("crm"), loaded.changes("shop")), (String::new(), String::new()));
    assert_eq!(loaded.of("crm", "unchanged") + loaded.of("shop", "unchanged"), 13);
    assert_eq!(loaded.events(), "");
    assert_eq!(folder.exports(), before);
    folder.karat("load").succeeds().says("Nothing has changed.");
}

#[test]
fn a_changed_row_updates_one_customer() {
    let folder = hub();
    let before = folder.export("crosswalk");
    folder.replace("crm.csv", "Esweg;7;7642 CL;Wierden", "Esweg;9;7642 CL;Wierden");
    let loaded = folder.load();
    assert_eq!(
        (loaded.changes("crm"), loaded.changes("shop")),
        ("1 changed".into(), String::new())
    );
    assert_eq!(loaded.events(), "1 updated");
    assert_eq!(folder.export("crosswalk"), before, "customers keep their ids");
    assert!(folder.export("lineage").contains(",house_number,0,9,"));
}

#[test]
fn a_new_row_of_a_known_customer_joins_it() {
    let folder = hub();
    let before = folder.export("crosswalk");
    let row = SHOP.lines().next().unwrap().replace("w1", "w6");
    folder.write("shop.jsonl", format!("{SHOP}{row}\n"));
    let loaded = folder.load();
    assert_eq!((loaded.changes("shop"), loaded.events()), ("1 new".into(), "1 updated".into()));
    let after = folder.export("crosswalk");
    assert_eq!(entity(&after, "shop,w6"), entity(&before, "crm,1001"));
}

#[test]
fn a_removed_row_deletes() {
    let folder = hub();
    let rows: Vec<&str> = CRM.lines().filter(|line| !line.starts_with("1008")).collect();
    folder.write("crm.csv", rows.join("\n"));
    let loaded = folder.load();
    assert_eq!((loaded.changes("crm"), loaded.events()), ("1 deleted".into(), "1 deleted".into()));
    for what in ["crosswalk", "golden", "records", "lineage"] {
        assert!(!folder.export(what).contains("Dijkstra"), "{what}");
        assert!(!folder.export(what).contains("1008"), "{what}");
    }
    // It comes back as the customer it was, under an id of its own.
    folder.write("crm.csv", CRM);
    assert_eq!(folder.load().events(), "1 created");
    assert_eq!(folder.load().events(), "");
}

#[test]
fn only_changes_delete_nothing() {
    let folder = hub();
    folder.replace("hub/sources/crm.yaml", "delivery: full ", "delivery: changes ");
    let header_and_one: Vec<&str> = CRM.lines().take(2).collect();
    folder.write("crm.csv", header_and_one.join("\n"));
    assert_eq!(folder.load().changes("crm"), "");
    assert_eq!(folder.export("crosswalk").lines().count(), 1 + 13);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let other = Folder::loaded(&[
        ("crm.csv", &turned(CRM.as_bytes(), 1)),
        ("shop.jsonl", &turned(SHOP.as_bytes(), 0)),
    ]);
    assert_eq!(other.exports(), hub().exports());
}

#[test]
fn the_order_of_files_does_not_matter() {
    let (head, rows) = CRM.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let part = |rows: &[&str]| format!("{head}\n{}\n", rows.join("\n"));
    let exports = |first: &[&str], second: &[&str], order: &str| {
        let folder = Folder::with(&[
            ("crm1.csv", part(first).as_bytes()),
            ("crm2.csv", part(second).as_bytes()),
        ]);
        folder.write("shop.jsonl", SHOP);
        folder.karat(&format!("init {order} --hub hub")).succeeds();
        folder.replace("hub/sources/crm1.yaml", "[../crm1.csv]", "[../crm*.csv]");
        folder.remove("hub/sources/crm2.yaml");
        folder.karat("load").succeeds();
        folder.exports()
    };
    assert_eq!(
        exports(&rows[..3], &rows[3..], "shop.jsonl crm2.csv crm1.csv"),
        exports(&rows[3..], &rows[..3], "crm1.csv crm2.csv shop.jsonl"),
    );
}

/// Hundreds of people with all their mistakes, in one hub from the start and in another turned round.
#[test]
fn a_whole_retailer_in_another_order_has_the_same_customers() {
    let folder = Folder::new();
    let mut names = Vec::new();
    for (name, header_lines) in DEMO_FILES {
        let content = demo().bytes(name);
        let has_quoted_fields = name.ends_with(".csv") && content.contains(&b'"');
        assert!(!has_quoted_fields, "rows of {name} may hold line breaks");
        folder.write(name, turned(&content, header_lines));
        names.insert(0, name);
    }
    folder.karat(&format!("init {}", names.join(" "))).succeeds();
    folder.karat("load").succeeds();
    for what in ["crosswalk", "golden", "lineage", "records", "potential-matches"] {
        let expected = demo().karat(&format!("export {what}")).succeeds().out;
        assert!(expected.lines().count() > 20, "{what}");
        assert_eq!(folder.export(what), expected, "{what}");
    }
    assert_eq!(folder.findings(), demo().findings());
    assert!(folder.findings().lines().count() > 20);
}

#[test]
fn a_delivery_unlike_those_before_is_loaded_and_told() {
    let folder = hub();
    folder.load();
    folder.karat("load").succeeds().says("Nothing has changed.");
    let rows: Vec<&str> = CRM.lines().take(6).collect();
    folder.write("crm.csv", rows.join("\n"));
    let told = "warning: crm: The delivery does not have as many records as usual (5 records \
                instead of about 8); delivery_volume";
    folder
        .karat("load --allow-deletes")
        .succeeds()
        .says(told)
        .says("hint: All was loaded; `karat findings` lists what is wrong with deliveries.");
    folder.karat("findings --rule delivery_volume").succeeds().says("crm  delivery_volume");
    folder.karat("verify").succeeds();
    folder.write("crm.csv", CRM);
    folder.karat("load").succeeds();
    folder.karat("findings --rule delivery_volume --closed").succeeds().says(", passes");
}
