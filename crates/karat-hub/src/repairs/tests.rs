//! Steps on a hub at work: previewed, applied, delivered again, taken out.

use std::collections::BTreeMap;
use std::path::Path;

use karat_model::record::Moment;
use proptest::prelude::*;

use super::*;
use crate::flow::load::{LoadOptions, Published};
use crate::flow::progress::Unwatched;
use crate::flow::releases::ReleaseReason;
use crate::hub::Hub;
use crate::hub_model::{EditError, read_steps};
use crate::live::Writer;
use crate::operate::tests::World;
use crate::share::Destination;
use crate::stored::ExportKind;
use crate::view::{Change, ChangeRequest, Condition, HubReader};
use karat_model::id::{RecordKey, SourceName};
use karat_model::language::Language;

const CRM: &str = "\
files: [../crm.csv]
columns:
  id: source_id
  naam: full_name
  geb: birth_date
  plaats: city
  mail: email
  nota: ignored
";

const ROWS: &str = "\
id;naam;geb;plaats;mail;nota
1;Jan Jansen;3-3-1971;Adam;jan.jansen@gmial.com;
2;J. Jansen;;Amsterdam;jan.jansen@gmail.com;
3;Bo Bakker;;EDE;;bo.bakker@voorbeeld.example
4;B. Bakker;;Ede;bo.bakker@voorbeeld.example;
5;Smit, Ans;4-4-1972;Epe;ans@voorbeeld.example;later bellen
6;Eva de Vries;;n.v.t.;;
";

/// A hub of a few people with repairable values.
fn world() -> World {
    let world = World::new();
    world.write("hub/sources/crm.yaml", CRM);
    world.write("crm.csv", ROWS);
    let options = LoadOptions { retrain: false, allow_deletes: true };
    world.hub().load(options, &|| Moment(8), &Unwatched).unwrap();
    world
}

const STEPS: &str = r"
steps:
  - { id: amsterdam, column: plaats, map: { Adam: Amsterdam }, by: anna, why: as we say it }
  - { id: place, column: plaats, case: title, when: '^\p{Lu}{3,}$' }
  - { id: mail, column: nota, move: mail, when: '@' }
  - { id: domain, column: mail, accept: misspelt_email_domain }
";

fn apply(world: &World, text: &str) -> Option<Published> {
    let hub = world.hub();
    let source = hub.model().source(&SourceName::new("crm")).unwrap();
    let steps = read_steps(text, Path::new("new.yaml"), Some(source)).unwrap();
    add(hub.dir(), source, &steps).unwrap().write().unwrap();
    publish(world)
}

fn undo(world: &World, id: &str) -> Option<Published> {
    take_out(world.hub().dir(), "crm", id).unwrap().write().unwrap();
    publish(world)
}

fn publish(world: &World) -> Option<Published> {
    world.hub().publish(false, &|| Moment(9), &Unwatched).unwrap()
}

/// All that is derived, as it is exported: golden records with their ids, records, findings without
/// their numbers and dates, pairs.
fn exported(world: &World) -> Vec<(ExportKind, String)> {
    let reader = world.hub().reader().unwrap();
    use ExportKind::{Crosswalk, Findings, Golden, Lineage, PotentialMatches, Records};
    let text = |export| {
        let path = world.path("exported.csv");
        let destination = Destination::new(&path, None).unwrap();
        reader.export(export, &destination, Language::English, &Unwatched).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let is_history = export == Findings;
        let line = |line: &str| match line.rsplitn(5, ',').last() {
            Some(rest) if is_history => format!("{rest}\n"),
            _ => format!("{line}\n"),
        };
        (export, text.lines().map(line).collect())
    };
    [Golden, Crosswalk, Lineage, Records, Findings, PotentialMatches].map(text).into()
}

/// The open findings, by rule.
fn open_findings(hub: &Hub) -> std::collections::BTreeMap<String, i64> {
    let reader = hub.database().open_reader().unwrap();
    let rules = reader.rules().unwrap();
    let mut open = std::collections::BTreeMap::new();
    reader
        .open_findings(&mut |finding| {
            let rule = rules.iter().find(|rule| rule.no == finding.rule).unwrap();
            *open.entry(rule.rule.name.as_str().to_owned()).or_default() += 1;
            Ok(())
        })
        .unwrap();
    open
}

/// What the golden record of a record's customer says of an attribute.
fn golden_value(world: &World, id: &str, attribute: &str) -> Vec<String> {
    let reader = world.hub().database().open_reader().unwrap();
    let entity = reader.entity_of(&RecordKey::new(SourceName::new("crm"), id)).unwrap().unwrap();
    reader.entity(entity).unwrap().unwrap().golden.get(attribute).cloned().unwrap_or_default()
}

#[test]
fn a_record_that_comes_by_itself_is_repaired_as_those_of_files_are() {
    let world = world();
    apply(&world, STEPS).unwrap();
    let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(10))).unwrap();
    let mut put = |id: &str, name: &str, town: &str| {
        let mail = format!("{}@gmial.com", name.to_lowercase().replace(' ', "."));
        let values = [("id", id), ("naam", name), ("plaats", town), ("mail", &mail)];
        let values = values.map(|(column, value)| (column.to_string(), value.to_string()));
        let change = Change::Upsert {
            key: RecordKey::new(SourceName::new("crm"), id),
            observed_at: None,
            values: values.into(),
            condition: Condition::None,
        };
        let request = ChangeRequest::of(change);
        writer.change(&[request]).pop().unwrap().unwrap();
    };
    put("8", "Mia Zandstra", "Adam");
    put("9", "Udo Pasma", "Adamstown");
    writer.close().unwrap();
    assert_eq!(golden_value(&world, "8", "city"), ["Amsterdam"]);
    assert_eq!(golden_value(&world, "8", "email"), ["mia.zandstra@gmail.com"]);
    assert_eq!(golden_value(&world, "9", "city"), ["Adamstown"]);
    let counts = |world: &World| -> BTreeMap<String, u64> {
        let listed = world.hub().served().unwrap().repairs(None).unwrap();
        listed.into_iter().map(|step| (step.step.id, step.records)).collect()
    };
    assert_eq!((counts(&world)["amsterdam"], counts(&world)["domain"]), (2, 3));
    assert_eq!(world.found(), []);
    // What came is kept as it came.
    undo(&world, "amsterdam").unwrap();
    assert_eq!(golden_value(&world, "8", "city"), ["Adam"]);
}

#[test]
fn what_is_applied_and_taken_out_leaves_no_trace() {
    let world = world();
    let before = exported(&world);
    let published = apply(&world, STEPS).unwrap();
    assert_eq!(published.trained, None, "nothing is learnt anew");
    let repaired = exported(&world);
    assert_ne!(before, repaired);
    let text = &repaired[0].1;
    assert!(!text.contains("Adam") && text.contains("Amsterdam"), "{text}");
    assert_eq!(world.found(), []);
    for id in ["place", "domain", "amsterdam", "mail"] {
        assert!(undo(&world, id).is_some());
    }
    assert_eq!(exported(&world), before);
    assert!(!world.path("hub/repairs/crm.yaml").exists());
    assert_eq!(world.found(), []);
    assert_eq!(take_out(world.hub().dir(), "crm", "mail"), Err(EditError::NoStep("mail".into())));
}

#[test]
fn a_release_is_gone_back_to_with_its_repairs() {
    let world = world();
    let before = exported(&world);
    apply(&world, STEPS);
    let releases = world.hub().releases().unwrap();
    assert_eq!(releases.last().unwrap().0.reason, ReleaseReason::Values);
    let to = releases[releases.len() - 2].0.no;
    world.hub().roll_back(Some(to), false, &|| Moment(10), &Unwatched).unwrap();
    assert!(!world.path("hub/repairs/crm.yaml").exists());
    assert_eq!(exported(&world), before);
}

#[test]
fn the_next_delivery_is_repaired_and_the_same_one_changes_nothing() {
    let world = world();
    apply(&world, STEPS);
    let repaired = exported(&world);
    let options = LoadOptions { retrain: false, allow_deletes: false };
    let report = world.hub().load(options, &|| Moment(10), &Unwatched).unwrap();
    assert_eq!(report.published, None);
    assert_eq!(exported(&world), repaired);
    world.write("crm.csv", &format!("{ROWS}7;Wim Mol;;Adam;wim@gmial.com;\n"));
    world.hub().load(options, &|| Moment(11), &Unwatched).unwrap();
    let text = exported(&world).swap_remove(0).1;
    assert!(text.contains("wim@gmail.com") && !text.contains("Adam"), "{text}");
}

#[test]
fn a_repaired_value_is_told_as_such() {
    use crate::view::HubReader;
    let world = world();
    apply(&world, STEPS);
    let reader = world.hub().reader().unwrap();
    let view = reader.record(&"crm/1".parse().unwrap()).unwrap().unwrap();
    let detail = &view.detail;
    assert_eq!(detail.record.payload.get(3), Some("Adam"), "the source said so");
    let told: Vec<(&str, &str, &str)> = detail
        .repairs
        .iter()
        .map(|it| (it.step.as_str(), it.before[0].as_str(), it.after[0].as_str()))
        .collect();
    let domain = ("domain", "jan.jansen@gmial.com", "jan.jansen@gmail.com");
    assert_eq!(told, [("amsterdam", "Adam", "Amsterdam"), domain]);
    assert_eq!(detail.repairs[0].by.as_deref(), Some("anna"));
    let view = reader.record(&"crm/2".parse().unwrap()).unwrap().unwrap();
    assert_eq!(view.detail.repairs, []);
}

#[test]
fn what_is_listed_is_what_steps_do() {
    let world = world();
    apply(&world, STEPS);
    let all = list(&world.hub(), None, &Unwatched).unwrap();
    let counts: Vec<(&str, u64)> = all.iter().map(|it| (&*it.step.id, it.records)).collect();
    assert_eq!(counts, [("amsterdam", 1), ("place", 1), ("mail", 1), ("domain", 1)]);
    assert!(all.iter().all(|it| it.restless == 0 && !it.is_missing));
    let none = list(&world.hub(), Some(&SourceName::new("erp")), &Unwatched).unwrap();
    assert_eq!(none, []);
}

#[test]
fn what_is_suggested_mends_what_it_says() {
    let world = world();
    let suggested = suggest(&world.hub(), None, &Unwatched).unwrap();
    let told: Vec<(&str, u64, u64)> =
        suggested.iter().map(|it| (&*it.step.id, it.found, it.mended)).collect();
    assert_eq!(told, [("misspelt_email_domain_mail", 1, 1), ("placeholder_plaats", 1, 1)]);
    let lines: Vec<String> = suggested
        .iter()
        .map(|it| format!("  - {}\n", crate::hub_model::step_text(&it.step)))
        .collect();
    apply(&world, &format!("steps:\n{}", lines.concat()));
    assert_eq!(suggest(&world.hub(), None, &Unwatched).unwrap(), []);
    let open = open_findings(&world.hub());
    assert!(!open.contains_key("misspelt_email_domain") && !open.contains_key("placeholder"));
}

/// Steps that may be applied together, in any order.
const LINES: [&str; 7] = [
    "{ id: a, column: plaats, map: { Adam: Amsterdam } }",
    r"{ id: b, column: plaats, case: title, when: '^\p{Lu}{3,}$' }",
    "{ id: c, column: nota, move: mail, when: '@' }",
    "{ id: d, column: mail, accept: misspelt_email_domain }",
    "{ id: e, column: plaats, accept: placeholder }",
    "{ id: f, column: naam, regex: { pattern: '^(\\w+), (\\w+)$', with: '$2 $1' } }",
    "{ id: g, column: mail, clear: true, unless: { nota: '^$' } }",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn what_is_previewed_is_what_is_done(
        chosen in prop::sample::subsequence(LINES.to_vec(), 1..=LINES.len()).prop_shuffle(),
        undone in any::<prop::sample::Index>(),
    ) {
        let world = world();
        let hub = world.hub();
        let before = exported(&world);
        let open = open_findings(&hub);
        let lines: Vec<String> = chosen.iter().map(|line| format!("  - {line}\n")).collect();
        world_write_repairs(&world, &lines);
        let hub = world.hub();
        let told = preview(&hub, hub.model(), Moment(9), &Unwatched).unwrap();
        let listed = list(&hub, None, &Unwatched).unwrap();
        prop_assert_eq!(&told.steps, &listed);
        let done = publish(&world);
        let changes = done.map(|done| done.changes).unwrap_or_default();
        prop_assert_eq!(told.customers.merged, changes.merged);
        prop_assert_eq!(told.customers.split, changes.split);
        prop_assert_eq!(told.customers.created, changes.created);
        prop_assert_eq!(told.customers.deleted, changes.deleted);
        let mut expected = open;
        for effect in told.findings.unwrap() {
            let count = expected.entry(effect.rule).or_default();
            *count += effect.opens as i64 - effect.closes as i64;
        }
        expected.retain(|_, count| *count != 0);
        prop_assert_eq!(expected, open_findings(&world.hub()));
        prop_assert_eq!(world.found(), []);
        // One step less, and then none.
        let id = &listed[undone.index(listed.len())].step.id;
        undo(&world, id);
        prop_assert_eq!(world.found(), []);
        std::fs::remove_file(world.path("hub/repairs/crm.yaml")).ok();
        publish(&world);
        prop_assert_eq!(exported(&world), before);
    }
}

fn world_write_repairs(world: &World, lines: &[String]) {
    std::fs::create_dir_all(world.path("hub/repairs")).unwrap();
    world.write("hub/repairs/crm.yaml", &format!("steps:\n{}", lines.concat()));
}
