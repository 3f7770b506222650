//! The demo: an invented retailer, the same for the same seed, measured against its truth.

use std::sync::OnceLock;

use crate::folder::Folder;

/// The files of the demo's systems, each with the number of lines of its header.
pub const DEMO_FILES: [(&str, usize); 5] = [
    ("crm.csv", 1),
    ("erp.txt", 1),
    ("webshop.jsonl", 0),
    ("servicedesk.csv", 1),
    ("newsletter.csv", 1),
];

/// A folder with the demo of three hundred people and its hub; nobody changes it.
pub fn demo() -> &'static Folder {
    static DEMO: OnceLock<Folder> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Folder::new();
        folder.karat("demo --no-serve --people 300 --out demo").succeeds();
        folder.within("demo")
    })
}

#[test]
fn the_demo_tells_how_well_it_did() {
    let told = Folder::new().karat("demo --no-serve --people 300 --out demo").succeeds();
    let told = told.says("Invented 300 people").says("precision ").says("recall ").says("F1 ");
    told.says("The hub is in demo/hub");
    let json = Folder::new().karat("demo --json --people 300 --out demo").succeeds().json();
    for figure in ["pairwise_precision", "pairwise_recall", "pairwise_f1"] {
        let share = json["accuracy"][figure].as_f64().unwrap();
        assert!((0.5..=1.0).contains(&share), "{figure} {share}");
    }
}

#[test]
fn the_same_seed_invents_the_same_world() {
    let again = Folder::new();
    again.karat("demo --no-serve --people 300 --seed 1 --out demo").succeeds();
    let other = Folder::new();
    other.karat("demo --no-serve --people 300 --seed 2 --out demo").succeeds();
    for (name, _) in DEMO_FILES.into_iter().chain([("truth.csv", 1), ("crosswalk.csv", 1)]) {
        let path = format!("demo/{name}");
        assert!(again.bytes(&path) == demo().bytes(name), "{name}");
        assert!(other.bytes(&path) != demo().bytes(name), "{name}");
    }
}

#[test]
fn the_demo_overwrites_nothing() {
    let folder = Folder::with(&[("mine/thesis.txt", b"years of work")]);
    folder.karat("demo --no-serve --people 300 --out mine").fails().says("mine is not empty");
    assert_eq!(folder.read("mine/thesis.txt"), "years of work");
}
