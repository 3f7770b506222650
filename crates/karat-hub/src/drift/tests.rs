//! Drift of hubs: measured by a load, and measured while the hub lives.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use karat_model::attribute::EntityType;
use karat_model::language::Language;
use karat_model::record::Moment;

use super::{DriftReport, DriftWatch, Schedule, ShiftKind, last, told};
use crate::error::Error;
use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::hub::Hub;
use crate::invented::{FAMILY, GIVEN};

const SOURCE: &str = "\
files: [../crm.csv]
columns:
  id: source_id
  naam: full_name
  geb: birth_date
  tel: phone
  mail: email
";

/// A hub of so many invented persons; the second record of some has another way to write the name.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// A hub in a file.
    fn new() -> World {
        World::saying("name: Shop\n")
    }

    /// A hub in PostgreSQL.
    fn of_postgres() -> World {
        World::saying(&format!("name: Shop\ndatabase: {}\n", karat_test_postgres::empty_schema()))
    }

    fn saying(hub_yaml: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("hub/sources")).unwrap();
        std::fs::write(folder.path().join("hub/hub.yaml"), hub_yaml).unwrap();
        std::fs::write(folder.path().join("hub/sources/crm.yaml"), SOURCE).unwrap();
        World { folder }
    }

    fn hub(&self) -> Hub {
        Hub::open(&self.folder.path().join("hub")).unwrap()
    }

    /// Loads so many persons, of whom those from `phones` on have a telephone.
    fn load(&self, persons: usize, phones: usize, retrain: bool) {
        let mut text = String::from("id;naam;geb;tel;mail\n");
        for at in 0..persons {
            let (given, family) = (GIVEN[at % 7], FAMILY[at % 11]);
            let dice = ((at * 2_654_435_761) % (1 << 32)) >> 6;
            let born =
                format!("{}-{}-{}", 1 + dice % 28, 1 + dice / 28 % 12, 1940 + dice / 336 % 60);
            let mail = format!("{}{at}@post.example", given.to_lowercase());
            let phone = if at < phones {
                String::new()
            } else {
                format!("06{:08}", 10_000_000 + at * 7919)
            };
            text += &format!("{at}a;{given} {family};{born};{phone};{mail}\n");
            if at % 2 == 0 {
                let initial = &given[..1];
                text += &format!("{at}b;{initial}. {family};{born};{phone};{mail}\n");
            }
        }
        std::fs::write(self.folder.path().join("crm.csv"), text).unwrap();
        let options = LoadOptions { retrain, allow_deletes: true };
        self.hub().load(options, &|| Moment(7), &Unwatched).unwrap();
    }

    /// What was measured last.
    fn report(&self) -> DriftReport {
        let reader = self.hub().database().open_reader().unwrap();
        last(reader.as_ref()).unwrap().unwrap()
    }

    /// What was measured last, as kinds and labels.
    fn last(&self) -> Vec<(ShiftKind, String)> {
        shifts(&self.report())
    }

    /// Measures again and again, at moments from this one on; each is told as a measuring begins.
    fn watch(&self, from: Moment) -> (DriftWatch, Receiver<Moment>) {
        let (begin, begun) = channel();
        let next = AtomicI64::new(from.0);
        let clock = move || {
            let now = Moment(next.fetch_add(1, Ordering::Relaxed));
            // Whoever has seen enough listens no more.
            let _ = begin.send(now);
            now
        };
        let always = Schedule { first: Duration::ZERO, every: Duration::ZERO };
        (DriftWatch::start(&self.hub(), always, Box::new(clock)).unwrap(), begun)
    }
}

fn shifts(report: &DriftReport) -> Vec<(ShiftKind, String)> {
    let all = report.types.iter().flat_map(|of_type| &of_type.drift.shifts);
    all.map(|shift| (shift.kind, shift.label[0].clone())).collect()
}

#[test]
fn a_load_tells_what_has_shifted_and_learning_anew_ends_it() {
    let world = World::new();
    world.load(400, 400, false);
    assert_eq!(world.last(), []);
    // The same persons, and as many who have a telephone, under the same model.
    world.load(700, 400, false);
    assert_eq!(world.last(), [(ShiftKind::NeverSeen, "Phone".to_string())]);
    world.load(700, 400, true);
    assert_eq!(world.last(), []);
}

#[test]
fn more_of_the_same_is_no_drift() {
    let world = World::new();
    world.load(400, 0, false);
    world.load(700, 0, false);
    assert_eq!(world.last(), []);
}

#[test]
fn what_is_measured_while_the_hub_lives_is_what_a_load_measures_and_is_kept() {
    let world = World::new();
    world.load(400, 400, false);
    world.load(700, 400, false);
    let reader = world.hub().database().open_reader().unwrap();
    let by_load = last(reader.as_ref()).unwrap().unwrap();
    let live = world.hub().measure_drift(&|| Moment(9)).unwrap();
    // Every customer is looked at, so that it is the same to the last bit.
    assert_eq!(live.types, by_load.types);
    assert_eq!(live.match_model, by_load.match_model);
    assert_eq!(last(reader.as_ref()).unwrap(), Some(live.clone()));
    assert_eq!(DriftReport::from_json(&live.to_json()), Some(live));
    assert!(!reader.is_behind().unwrap());
}

#[test]
fn a_hub_that_is_served_is_measured_from_time_to_time() {
    for world in [World::new(), World::of_postgres()] {
        world.load(400, 400, false);
        world.load(700, 400, false);
        let by_load = world.report();
        let (watch, begun) = world.watch(Moment(100));
        assert_eq!(begun.recv(), Ok(Moment(100)));
        assert_eq!(begun.recv(), Ok(Moment(101)), "the first one is over");
        assert!(world.report().measured_at >= Moment(100));
        drop(watch);
        let begun_last = begun.iter().last().unwrap_or(Moment(101));
        let kept = world.report();
        assert_eq!(kept, DriftReport { measured_at: begun_last, ..by_load }, "all were kept");
    }
}

#[test]
fn what_cannot_be_measured_yet_is_measured_later() {
    let world = World::new();
    drop(world.hub().database().open_writer().unwrap());
    let (_watch, begun) = world.watch(Moment(100));
    begun.recv().unwrap();
    begun.recv().unwrap();
    world.load(400, 0, false);
    assert_eq!(world.report().of(EntityType::Person).unwrap().records, 600);
    while world.report().measured_at == Moment(7) {
        begun.recv().unwrap();
    }
}

#[test]
fn a_hub_in_postgresql_ages_as_one_in_a_file() {
    let [in_file, on_server] = [World::new(), World::of_postgres()].map(|world| {
        world.load(400, 400, false);
        world.load(700, 400, false);
        world
    });
    let live = on_server.hub().measure_drift(&|| Moment(9)).unwrap();
    assert_eq!(live, in_file.hub().measure_drift(&|| Moment(9)).unwrap());
    assert_eq!(on_server.report(), live);
    let shift = &live.of(EntityType::Person).unwrap().shifts[0];
    assert_eq!(
        told(shift, Language::English, &str::to_string),
        "Phone: never seen by the match model; filled in 43 % of the records now"
    );
    on_server.load(700, 400, true);
    assert_eq!(on_server.last(), []);
}

#[test]
fn what_waits_to_be_published_still_waits_after_measuring() {
    let world = World::new();
    world.load(400, 400, false);
    let hub = world.hub();
    let mut store = hub.database().open_writer().unwrap();
    let load = store.begin_load(Moment(8)).unwrap();
    let source = karat_model::id::SourceName::new("crm");
    let delivery = store.delivery(load, &source, &["id".into(), "naam".into()]).unwrap();
    let mut payload = karat_model::record::Payload::new();
    payload.push(0, "new");
    payload.push(1, "Zeno Visser");
    let change = karat_store::Change::Upsert(payload);
    let arrival = karat_store::Arrival { id: "new".into(), observed_at: None, change };
    store.append(&delivery, &[arrival]).unwrap();
    store.close().unwrap();
    hub.measure_drift(&|| Moment(9)).unwrap();
    let reader = hub.database().open_reader().unwrap();
    assert!(reader.is_behind().unwrap(), "it was not led through");
    assert_eq!(last(reader.as_ref()).unwrap().unwrap().measured_at, Moment(7));
}

#[test]
fn of_a_hub_without_customers_nothing_is_measured() {
    let world = World::new();
    drop(world.hub().database().open_writer().unwrap());
    let measured = world.hub().measure_drift(&|| Moment(9));
    assert!(matches!(measured, Err(Error::NothingPublished)), "{measured:?}");
}
