//! A hub that is fed record by record from nothing.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use karat_model::id::{EntityId, RecordKey};
use karat_model::record::Moment;

use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::flow::releases::ReleaseReason;
use crate::flow::renewal::{learns_anew_at, learnt_from};
use crate::hub::Hub;
use crate::invented::{FAMILY, GIVEN};
use crate::live::{LiveHub, Writer};
use crate::operate::verify::VerifyOptions;
use crate::view::{Change, ChangeRequest, Changed, Condition, HubWriter};

const COLUMNS: [&str; 6] = ["voornaam", "achternaam", "geboren", "mail", "telefoon", "plaats"];

const SOURCE: &str = "\
files: [../crm.csv]
delivery: changes
columns:
  id: source_id
  voornaam: given_name
  achternaam: family_name
  geboren: birth_date
  mail: email
  telefoon: phone
  plaats: city
";

/// A folder with a hub of one source.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("hub/sources")).unwrap();
    std::fs::write(folder.path().join("hub/hub.yaml"), "name: Shop\n").unwrap();
    std::fs::write(folder.path().join("hub/sources/crm.yaml"), SOURCE).unwrap();
    std::fs::write(folder.path().join("crm.csv"), "id\n").unwrap();
    folder
}

fn hub(folder: &tempfile::TempDir) -> Hub {
    Hub::open(&folder.path().join("hub")).unwrap()
}

/// A record: its id, of which the number before the hyphen says who it is, and its values.
type Row = (String, [String; 6]);

/// The records of so many invented persons, in an order that has nothing to do with who they are.
fn records(persons: u64) -> Vec<Row> {
    const TOWNS: [&str; 5] = ["Zwolle", "Breda", "Almelo", "Gouda", "Ede"];
    let dice = |number: u64| {
        let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27) >> 16
    };
    let mut rows: Vec<(u64, Row)> = Vec::new();
    for person in 0..persons {
        let roll = |what: u64, limit: u64| dice(person * 64 + what) % limit;
        let given = GIVEN[roll(0, 24) as usize];
        let family = FAMILY[roll(1, 18) as usize];
        let born = format!("{}-{}-{}", 1 + roll(2, 28), 1 + roll(3, 12), 1940 + roll(4, 60));
        let mail = format!("{}{}@post.example", given.to_lowercase(), roll(5, 10_000));
        let phone = format!("06{:08}", roll(6, 100_000_000));
        let town = TOWNS[roll(7, 5) as usize];
        for copy in 0..1 + roll(8, 3) {
            let chance =
                |what: u64, per_cent: u64| dice(person * 64 + 16 * copy + what) % 100 < per_cent;
            let slip = if chance(9, 12) { "x" } else { "" };
            let known = |what: u64, per_cent: u64, value: &str| {
                if chance(what, per_cent) { value.to_string() } else { String::new() }
            };
            let values = [
                given.to_string(),
                format!("{family}{slip}"),
                known(10, 80, &born),
                known(11, 60, &mail),
                known(12, 50, &phone),
                town.to_string(),
            ];
            rows.push((dice(person * 64 + 50 + copy), (format!("{person}-{copy}"), values)));
        }
    }
    rows.sort();
    rows.into_iter().map(|(_, row)| row).collect()
}

fn request((id, values): &Row) -> ChangeRequest {
    let named = COLUMNS.iter().zip(values).map(|(name, value)| (name.to_string(), value.clone()));
    let change = Change::Upsert {
        key: format!("crm/{id}").parse().unwrap(),
        observed_at: None,
        values: named.collect(),
        condition: Condition::None,
    };
    ChangeRequest::of(change)
}

/// Sends records one by one; after each the hub may learn anew.
fn feed(hub: &Hub, rows: &[Row]) {
    let mut writer = Writer::open(hub, Box::new(|| Moment(7))).unwrap();
    for row in rows {
        let answers = writer.change(&[request(row)]);
        assert!(matches!(answers[..], [Ok(Changed::Now(_))]), "{answers:?}");
        writer.learn_if_grown().unwrap();
    }
    writer.close().unwrap();
}

fn load(hub: &Hub, rows: &[Row]) {
    let lines = rows.iter().map(|(id, values)| format!("{id};{}\n", values.join(";")));
    let text = format!("id;{}\n{}", COLUMNS.join(";"), lines.collect::<String>());
    std::fs::write(hub.dir().join("../crm.csv"), text).unwrap();
    let options = LoadOptions { retrain: false, allow_deletes: false };
    hub.load(options, &|| Moment(7), &Unwatched).unwrap();
}

/// How well the customers are those that there are: the F1 measure of pairs of records.
fn quality(hub: &Hub) -> f64 {
    let reader = hub.database().open_reader().unwrap();
    let mut rows: Vec<(String, EntityId)> = Vec::new();
    let visited = reader.keyed_crosswalk(&mut |key: RecordKey, entity| {
        rows.push((key.id.split('-').next().unwrap().to_string(), entity));
        Ok(())
    });
    visited.unwrap();
    let pairs = |sizes: BTreeMap<(Option<&str>, Option<EntityId>), u64>| -> u64 {
        sizes.into_values().map(|size| size * (size - 1) / 2).sum()
    };
    let count = |by_person: bool, by_entity: bool| {
        let mut sizes = BTreeMap::new();
        for (person, entity) in &rows {
            let group = (by_person.then_some(&**person), by_entity.then_some(*entity));
            *sizes.entry(group).or_default() += 1;
        }
        pairs(sizes) as f64
    };
    2.0 * count(true, true) / (count(true, false) + count(false, true))
}

fn is_sound(hub: &Hub) -> bool {
    hub.verify(VerifyOptions { every_search: true }, &Unwatched).unwrap().is_sound()
}

#[test]
fn a_hub_that_is_fed_from_nothing_comes_to_about_what_a_load_comes_to() {
    let rows = records(300);
    let (fed, loaded) = (folder(), folder());
    feed(&hub(&fed), &rows);
    load(&hub(&loaded), &rows);
    let [of_fed, of_loaded] = [&fed, &loaded].map(|folder| quality(&hub(folder)));
    assert!(of_loaded > 0.9 && (of_fed - of_loaded).abs() < 0.02, "{of_fed} {of_loaded}");
    assert!(is_sound(&hub(&fed)));
}

#[test]
fn a_small_hub_learns_anew_at_each_doubling_and_stays_what_follows_from_its_journal() {
    let rows = records(40);
    let folder = folder();
    let hub = hub(&folder);
    for (at, row) in rows.iter().enumerate().take(40) {
        feed(&hub, std::slice::from_ref(row));
        let expected = (at as u64 + 1).next_power_of_two();
        let expected = if expected == at as u64 + 1 { expected } else { expected / 2 };
        let reader = hub.database().open_reader().unwrap();
        assert_eq!(learnt_from(reader.as_ref()).unwrap(), Some(expected), "of {}", at + 1);
        assert!(is_sound(&hub), "after {} records", at + 1);
    }
    let reasons: Vec<ReleaseReason> =
        hub.releases().unwrap().into_iter().map(|(release, _)| release.reason).collect();
    let grown = ReleaseReason::Grown;
    assert_eq!(reasons, [ReleaseReason::First, grown, grown, grown, grown, grown]);
}

#[test]
fn records_that_are_committed_together_teach_at_the_same_numbers() {
    let rows = records(40);
    let (fed, sent) = (folder(), folder());
    feed(&hub(&fed), &rows[..40]);
    let live = LiveHub::start(&hub(&sent), Box::new(|| Moment(7))).unwrap();
    let (answer, answers) = channel();
    for row in &rows[..40] {
        let answer = answer.clone();
        live.ask(request(row), Box::new(move |changed| answer.send(changed).unwrap()));
    }
    let answers: Vec<_> = answers.iter().take(40).collect();
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Changed::Now(_)))), "{answers:?}");
    live.stop().unwrap();
    let models = |folder: &tempfile::TempDir| -> Vec<String> {
        let releases = hub(folder).releases().unwrap().into_iter();
        releases.map(|(release, _)| release.match_model).collect()
    };
    assert_eq!(models(&sent).len(), 6);
    assert_eq!(models(&sent), models(&fed), "the same models, learnt from the same records");
    assert!(is_sound(&hub(&sent)));
}

#[test]
fn a_load_of_a_hub_that_has_doubled_learns_anew_and_less_than_that_does_not() {
    let rows = records(60);
    let folder = folder();
    let hub = hub(&folder);
    load(&hub, &rows[..40]);
    load(&hub, &rows[..79]);
    let learnt = |hub: &Hub| learnt_from(hub.database().open_reader().unwrap().as_ref()).unwrap();
    assert_eq!(learnt(&hub), Some(40));
    load(&hub, &rows[..80]);
    assert_eq!(learnt(&hub), Some(80));
}

#[test]
fn a_hub_that_learnt_from_enough_learns_no_more_by_itself() {
    assert_eq!(learns_anew_at(1), Some(2));
    assert_eq!(learns_anew_at(4096), Some(8192));
    assert_eq!(learns_anew_at(8192), None);
    assert_eq!(learns_anew_at(0), Some(2), "a hub whose records all went");
}
