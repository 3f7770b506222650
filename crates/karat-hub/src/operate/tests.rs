//! Hubs that are sound, and hubs that are damaged in each way that is looked for.

use std::path::Path;

use karat_model::record::Moment;
use karat_store::{Database, EventNo};

use super::verify::{CheckKind, VerifyOptions};
use crate::error::Error;
use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::flow::releases::ReleaseReason;
use crate::hub::Hub;

/// A folder with a hub.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

pub(crate) const HUB: &str = "\
name: Shop
matching:
  link_threshold: 0
  review_band: 30
  gate: off
";

const CRM: &str = "\
files: [../crm.csv]
columns:
  id: source_id
  naam: full_name
  geb: birth_date
  plaats: city
  mail: email
";

impl World {
    /// A hub of some people; each comes twice, the second time with initials only.
    pub(crate) fn new() -> World {
        World::saying(HUB)
    }

    /// The same with this hub model.
    pub(crate) fn saying(hub_yaml: &str) -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(world.path("hub/sources")).unwrap();
        world.write("hub/hub.yaml", hub_yaml);
        world.write("hub/sources/crm.yaml", CRM);
        let names = [
            "Jan Jansen",
            "Bo Bakker",
            "Ans Smit",
            "Eva de Vries",
            "Wim van den Berg",
            "Ada Vos",
            "Zoë Ünal",
            "Kees Mol",
            "Lies Kok",
            "Piet Bos",
            "Ria Dam",
            "Gijs Pol",
        ];
        let rows = names.iter().enumerate().map(|(at, name)| {
            let (first, family) = name.split_once(' ').unwrap();
            let mail = format!("{}@voorbeeld.example", name.to_lowercase().replace(' ', "."));
            let initial = first.chars().next().unwrap();
            let day = at + 1;
            format!(
                "{at};{name};{day}-3-1971;Ede;{mail}\nb{at};{initial}. {family};;Ede;{mail}\n\
                 c{at};{name};;Epe;\n"
            )
        });
        world.write("crm.csv", &format!("id;naam;geb;plaats;mail\n{}", rows.collect::<String>()));
        world.load();
        world
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn hub(&self) -> Hub {
        Hub::open(&self.path("hub")).unwrap()
    }

    pub(crate) fn load(&self) {
        let options = LoadOptions { retrain: false, allow_deletes: false };
        self.hub().load(options, &|| Moment(7), &Unwatched).unwrap();
    }

    /// Says something else in the hub model.
    pub(crate) fn say(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("hub/hub.yaml")).unwrap();
        assert!(text.contains(from), "{text}");
        self.write("hub/hub.yaml", &text.replace(from, to));
    }

    /// The checks that find something.
    pub(crate) fn found(&self) -> Vec<CheckKind> {
        let options = VerifyOptions { every_search: true };
        let verified = self.hub().verify(options, &Unwatched).unwrap();
        let with_differences =
            verified.checks.into_iter().filter(|(_, check)| check.differences > 0);
        with_differences
            .map(|(kind, check)| {
                assert!(!check.samples.is_empty());
                for sample in &check.samples {
                    let tells = ["Jan", "Bakker", "voorbeeld"].iter().any(|it| sample.contains(it));
                    assert!(!tells, "a personal value in `{sample}`");
                }
                kind
            })
            .collect()
    }

    /// Changes rows behind the back of the hub.
    fn damage(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.path("hub/karat.db")).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(sql).unwrap();
        assert!(connection.total_changes() > 0, "`{sql}` did nothing");
    }

    /// Which record is in which entity.
    pub(crate) fn crosswalk(&self) -> Vec<String> {
        let reader = self.hub().database().open_reader().unwrap();
        let mut rows = Vec::new();
        reader
            .keyed_crosswalk(&mut |key, entity| {
                rows.push(format!("{key} {entity}"));
                Ok(())
            })
            .unwrap();
        rows.sort();
        rows
    }

    pub(crate) fn events(&self) -> usize {
        self.hub().database().open_reader().unwrap().events(EventNo::START, 9999).unwrap().len()
    }
}

#[test]
fn a_sound_hub_is_found_sound_and_replayed_without_a_change() {
    let world = World::new();
    assert_eq!(world.found(), []);
    let (crosswalk, events) = (world.crosswalk(), world.events());
    let replayed = world.hub().replay(&|| Moment(8), &Unwatched).unwrap();
    assert_eq!(replayed.changes, Default::default());
    assert_eq!((world.crosswalk(), world.events()), (crosswalk, events));
    assert_eq!(world.found(), []);
}

/// Ways to damage a hub, and what is found then.
const DAMAGES: [(&str, &[CheckKind]); 14] = {
    use CheckKind::*;
    [
        (
            "UPDATE crosswalk SET entity_id = (SELECT max(entity_id) FROM entity
                 WHERE entity_id <> crosswalk.entity_id)
             WHERE record_no = (SELECT min(record_no) FROM crosswalk)",
            &[Crosswalk],
        ),
        ("UPDATE entity SET golden = '{\"city\":\"Ede\"}' WHERE entity_no = 1", &[GoldenRecords]),
        ("UPDATE entity SET title = 'x' WHERE entity_no = 1", &[Titles]),
        ("UPDATE entity SET weakest_link = 77 WHERE entity_no = 1", &[WeakestLinks]),
        ("UPDATE entity SET records = 9 WHERE entity_no = 1", &[Entities]),
        ("INSERT INTO potential_match VALUES (1, 9, 5, NULL)", &[PotentialMatches]),
        ("DELETE FROM search_word WHERE word = 'mol'", &[Search]),
        ("DELETE FROM match_key", &[MatchKeys]),
        ("DELETE FROM match_edge", &[Edges]),
        ("DELETE FROM event WHERE event_no = 3", &[FeedNumbers, FeedEntities]),
        (
            "UPDATE event SET kind = 'deleted' WHERE event_no = 2",
            &[FeedOrder, FeedEntities, Redirects],
        ),
        ("UPDATE arrival SET load_no = 99 WHERE arrival_no = 2", &[References]),
        ("UPDATE model SET content = x'00'", &[MatchModel]),
        ("UPDATE publication SET arrival_no = arrival_no - 1", &[Published]),
    ]
};

#[test]
fn each_damage_is_named() {
    let sound = World::new();
    for (sql, expected) in DAMAGES {
        let world = copy(&sound);
        world.damage(sql);
        let found = world.found();
        for kind in expected {
            assert!(found.contains(kind), "`{sql}` is not found as {kind:?}, but {found:?}");
        }
    }
}

fn copy(of: &World) -> World {
    let world = World { folder: tempfile::tempdir().unwrap() };
    copy_folder(of.folder.path(), world.folder.path());
    world
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn pages_that_contradict_each_other_are_named() {
    let world = World::new();
    // An index of which rows are gone, as a disk that lost a page may leave it.
    world.damage(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX entity_by_id ON entity (records)'
         WHERE name = 'entity_by_id'",
    );
    assert_eq!(world.found(), [CheckKind::Database]);
}

#[test]
fn what_is_derived_is_mended_by_replay() {
    let sound = World::new();
    let crosswalk = sound.crosswalk();
    use CheckKind::*;
    for (sql, expected) in DAMAGES {
        let is_derived = expected.iter().all(|kind| {
            [
                Crosswalk,
                GoldenRecords,
                Titles,
                WeakestLinks,
                Entities,
                PotentialMatches,
                Search,
                MatchKeys,
                Edges,
            ]
            .contains(kind)
        });
        if !is_derived {
            continue;
        }
        let world = copy(&sound);
        world.damage(sql);
        world.hub().replay(&|| Moment(8), &Unwatched).unwrap();
        assert_eq!(world.found(), [], "after `{sql}`");
        assert_eq!(world.crosswalk(), crosswalk, "after `{sql}`");
    }
}

#[test]
fn a_hub_model_that_was_not_published_does_not_disturb_verifying() {
    let world = World::new();
    world.say("link_threshold: 0", "link_threshold: 40");
    assert_eq!(world.found(), []);
    let refused = world.hub().replay(&|| Moment(8), &Unwatched);
    assert!(matches!(refused, Err(Error::UnpublishedChanges { .. })));
}

#[test]
fn a_publication_is_rolled_back_and_ids_stay() {
    let world = World::new();
    let before = world.crosswalk();
    let text = std::fs::read_to_string(world.path("hub/hub.yaml")).unwrap();
    world.say("link_threshold: 0", "link_threshold: 90");
    let published = world.hub().publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap();
    assert_eq!(published.trained, None, "a threshold is no reason to learn");
    assert!(published.changes.split > 0);
    assert_ne!(world.crosswalk(), before);
    assert_eq!(world.found(), []);

    // What arrives meanwhile stays.
    let rows = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    world.write("crm.csv", &format!("{rows}99;Tom Blok;1-1-1950;Ede;\n"));
    world.load();
    world.say("link_threshold: 90", "link_threshold: 80");
    let refused = world.hub().roll_back(None, false, &|| Moment(9), &Unwatched);
    assert!(matches!(refused, Err(Error::UnpublishedChanges { .. })));
    let rolled = world.hub().roll_back(None, true, &|| Moment(9), &Unwatched).unwrap();
    assert_eq!(rolled.to, 1);
    assert_eq!(std::fs::read_to_string(world.path("hub/hub.yaml")).unwrap(), text);
    let mut after = world.crosswalk();
    after.retain(|row| !row.starts_with("crm/99 "));
    assert_eq!(after, before);
    assert_eq!(world.crosswalk().len(), before.len() + 1);
    assert_eq!(world.found(), []);

    let published = world.hub().publish(false, &|| Moment(9), &Unwatched).unwrap();
    assert!(published.is_none(), "the folder says what is published");
    let reasons: Vec<ReleaseReason> =
        world.hub().releases().unwrap().into_iter().map(|(release, _)| release.reason).collect();
    use ReleaseReason::{First, RolledBack, Thresholds};
    assert_eq!(reasons, [First, Thresholds, RolledBack { to: 1 }]);
    let nowhere = world.hub().roll_back(Some(9), false, &|| Moment(9), &Unwatched);
    assert!(matches!(nowhere, Err(Error::NoRelease { no: 9 })));
}

#[test]
fn a_backup_is_verified_and_restored() {
    let world = World::new();
    let before = world.crosswalk();
    let file = world.path("backup");
    world.hub().backup(&file, &Unwatched).unwrap();
    world.damage("DELETE FROM crosswalk WHERE record_no = 2");
    assert_ne!(world.crosswalk(), before);
    assert!(matches!(
        world.hub().restore(&file, false, &Unwatched),
        Err(Error::Store(karat_store::Error::NotEmpty { .. }))
    ));
    world.hub().restore(&file, true, &Unwatched).unwrap();
    assert_eq!(world.crosswalk(), before);
    assert_eq!(world.found(), []);
    assert!(matches!(world.hub().database(), Database::Sqlite(_)));
}

#[test]
fn a_hub_in_postgresql_is_operated_as_one_in_a_file() {
    let url = karat_test_postgres::empty_schema();
    let world = World::saying(&format!("{HUB}database: {url}\n"));
    let before = world.crosswalk();
    assert_eq!(before, World::new().crosswalk());
    assert_eq!(world.found(), []);
    let file = world.path("backup");
    world.hub().backup(&file, &Unwatched).unwrap();

    let damage = "UPDATE entity SET title = 'x' WHERE entity_no = 1";
    karat_test_postgres::run(&url, damage);
    assert_eq!(world.found(), [CheckKind::Titles]);
    let replayed = world.hub().replay(&|| Moment(8), &Unwatched).unwrap();
    assert_eq!(replayed.changes.updated, 1);
    assert_eq!(world.found(), []);

    world.say("link_threshold: 0", "link_threshold: 90");
    world.hub().publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap();
    assert_ne!(world.crosswalk(), before);
    world.hub().roll_back(None, false, &|| Moment(9), &Unwatched).unwrap();
    assert_eq!(world.crosswalk(), before);
    assert_eq!(world.found(), []);

    world.hub().restore(&file, true, &Unwatched).unwrap();
    assert_eq!(world.crosswalk(), before);
    assert_eq!(world.hub().releases().unwrap().len(), 1);
}
