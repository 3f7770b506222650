//! Loads of small hubs, from the rows of a file to what the hub keeps of them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use karat_model::attribute::EntityType;
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_model::match_settings::{FixedWeights, GateSettings, MatchSettings};
use karat_model::record::Moment;
use karat_model::semantic::SemanticType;
use karat_store::{Database, EventNo};

use super::arrive::ArrivalReport;
use super::load::{LoadOptions, load};
use super::progress::{Progress, Stage, Unwatched};
use crate::error::Error;
use crate::share::Destination;
use crate::stored::{ExportKind, StoredHub};

/// A folder with a hub of one source, `crm.csv`.
struct World {
    folder: tempfile::TempDir,
    model: Arc<HubModel>,
    database: Database,
}

impl World {
    fn new(columns: &[(&str, SemanticType)]) -> World {
        let mut model = HubModel::new("test");
        let attributes = &mut model.attributes;
        let mut attribute = |name: &str, semantic_type: SemanticType| {
            semantic_type.needs_attribute().then(|| attributes.add_named(name, semantic_type))
        };
        let mapping = |&(column, semantic_type): &(&str, SemanticType)| ColumnMapping {
            column: column.into(),
            semantic_type,
            attribute: attribute(column, semantic_type),
            slot: 0,
            length_max: None,
        };
        let columns = columns.iter().map(mapping).collect();
        model.sources.push(Source {
            name: SourceName::new("crm"),
            files: vec!["crm.csv".into()],
            format: Format::default(),
            delivery: Delivery::Full,
            trust: 50,
            party: Party::Always(EntityType::Person),
            country: None,
            date_order: DateOrder::DayFirst,
            feedback: None,
            columns,
        });
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        World { folder, model: Arc::new(model), database }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn load(&self, rows: &str, allow_deletes: bool) -> Result<ArrivalReport, Error> {
        self.load_watched(rows, allow_deletes, &Unwatched)
    }

    fn load_watched(
        &self,
        rows: &str,
        allow_deletes: bool,
        progress: &dyn Progress,
    ) -> Result<ArrivalReport, Error> {
        std::fs::write(self.path("crm.csv"), rows).unwrap();
        let mut store = self.database.open_writer().unwrap();
        let options = LoadOptions { retrain: false, allow_deletes };
        let dir = self.folder.path();
        let clock = || Moment(0);
        let report = load(store.as_mut(), dir, &self.model, options, None, &clock, progress)?;
        store.close().unwrap();
        Ok(report.arrivals.into_iter().next().unwrap())
    }

    fn export(&self, kind: ExportKind) -> String {
        let path = self.path("export.csv");
        let hub =
            StoredHub::open(self.folder.path().into(), self.database.clone(), self.model.clone())
                .unwrap();
        let destination = Destination::new(&path, None).unwrap();
        hub.export(kind, &destination, Language::English, &Unwatched).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    /// The ids of the records, in order.
    fn ids(&self) -> Vec<String> {
        let crosswalk = self.export(ExportKind::Crosswalk);
        let id = |line: &str| line.split(',').nth(1).unwrap_or_default().to_string();
        let mut ids: Vec<String> = crosswalk.lines().skip(1).map(id).collect();
        ids.sort();
        ids
    }
}

/// Stops when a stage begins.
struct StoppedAt(Stage, AtomicBool);

impl Progress for StoppedAt {
    fn begin(&self, stage: Stage, _: u64) {
        self.1.fetch_or(stage == self.0, Ordering::Relaxed);
    }
    fn reached(&self, _: u64) {}
    fn end(&self) {}
    fn is_stopped(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}

/// Wherever a hub is kept, loads come to the same, byte for byte.
#[test]
fn both_databases_come_to_the_same() {
    use SemanticType::{BirthDate, City, Email, FullName, SourceId};
    let columns = [
        ("id", SourceId),
        ("naam", FullName),
        ("geb", BirthDate),
        ("plaats", City),
        ("mail", Email),
    ];
    let rows = |names: &[&str], city: &str, is_alias: bool| -> String {
        let people = names.iter().enumerate().map(|(at, name)| {
            let (day, mail) = (1 + at % 28, name.to_lowercase().replace(' ', "."));
            // Each person comes twice, the second time with initials and without a date of birth.
            let first = name.chars().next().unwrap();
            let family = if is_alias { "Anders" } else { name.split_once(' ').unwrap().1 };
            format!(
                "{at};{name};{day}-3-1971;{city};{mail}@example.org\n\
                 b{at};{first}. {family};;{city};{mail}@example.org\n"
            )
        });
        format!(
            "id;naam;geb;plaats;mail\n{}9;te;veel;velden;in;deze;rij\n",
            people.collect::<String>()
        )
    };
    let first = ["Jan Jansen", "Bo Bakker", "Ans Smit", "Eva de Vries", "Wim van den Berg"];
    let later = ["Jan Jansen", "Bo Bakkers", "Ans Smit", "Eva Vos", "Zoë Ünal", "Ada Vos"];
    let world = || {
        let mut world = World::new(&columns);
        // Low, so that customers are joined, and divided when they change.
        Arc::get_mut(&mut world.model).unwrap().matching.link_threshold_bits = Some(-4.0);
        world
    };
    let (in_file, mut on_server) = (world(), world());
    let url = karat_test_postgres::empty_schema();
    on_server.database = Database::Postgres(url.parse().unwrap());
    let exports = |world: &World| -> Vec<String> {
        let folder = world.folder.path().display().to_string();
        let export = |kind| world.export(kind).replace(&folder, "folder");
        ExportKind::ALL.into_iter().map(export).collect()
    };
    let reports = |rows: &str| -> [ArrivalReport; 2] {
        [&in_file, &on_server].map(|world| world.load(rows, true).unwrap())
    };
    for (rows, is_stopped) in [
        (rows(&first, "Ede", true), false),
        (rows(&first, "Ede", true), false),
        (rows(&later, "Epe", false), true),
        (rows(&later, "Epe", false), false),
        (rows(&first, "Ede", true), false),
        (rows(&first[2..], "Ede", false), false),
    ] {
        if is_stopped {
            for world in [&in_file, &on_server] {
                let before = exports(world);
                let stopped =
                    world.load_watched(&rows, true, &StoppedAt(Stage::Clean, false.into()));
                assert!(stopped.is_err());
                let reader = world.database.open_reader().unwrap();
                assert!(reader.is_behind().unwrap());
                assert_eq!(world.export(ExportKind::Crosswalk), before[0]);
            }
        }
        let [of_file, of_server] = reports(&rows);
        assert_eq!(of_file, of_server);
        let (of_file, of_server) = (exports(&in_file), exports(&on_server));
        assert!(of_file[0].lines().count() > 5, "{}", of_file[0]);
        assert_eq!(of_file, of_server);
    }
    let feed = |world: &World| {
        let reader = world.database.open_reader().unwrap();
        let loads: Vec<_> = reader.loads().unwrap();
        (reader.events(EventNo::START, 999).unwrap(), loads, reader.counts().unwrap())
    };
    let kinds: BTreeSet<&str> = feed(&in_file).0.iter().map(|event| event.kind.name()).collect();
    assert!(kinds.len() >= 4, "{kinds:?}");
    assert_eq!(feed(&in_file), feed(&on_server));
}

/// A citizen service number was refused as a claim, but stayed in the journal as it came.
#[test]
fn citizen_numbers_are_not_stored() {
    use SemanticType::*;
    let named = World::new(&[("id", SourceId), ("naam", FullName), ("bsn", Identifier)]);
    let unmapped = World::new(&[("id", SourceId), ("naam", FullName)]);
    let rows = "id;naam;bsn;notitie\n\
                1;Jan Jansen;123456782;x\n\
                2;Bo Bakker;12-34;x\n\
                3;Ans Smit;111222333;x;te veel\n\
                4;Bo Bos;;BSN: 231654984, order 987654329\n\
                5;Ans Wit;;sofi 231654984;te veel\n";
    for world in [named, unmapped] {
        let report = world.load(rows, false).unwrap();
        assert_eq!((report.new, report.quarantined), (3, 2));
        let database = std::fs::read(world.path("karat.db")).unwrap();
        let holds = |text: &str| database.windows(text.len()).any(|at| at == text.as_bytes());
        for (text, expected) in [
            ("123456782", false),
            ("111222333", false),
            ("Jan Jansen", true),
            ("12-34", true),
            ("Ans Smit", true),
            ("231654984", false),
            ("order 987654329", true),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
        let records = world.export(ExportKind::Records);
        assert!(!records.contains("123456782") && !records.contains("231654984"));
        let findings = world.export(ExportKind::Findings);
        let refused: Vec<&str> =
            findings.lines().filter(|line| line.contains("citizen_number")).collect();
        let starts = |line: &str, start: &str| line.starts_with(start);
        let [column, text] = refused[..] else { panic!("{findings}") };
        assert!(starts(column, "crm,1,bsn,") && starts(text, "crm,4,notitie,"), "{findings}");
        let again = world.load(rows, false).unwrap();
        assert_eq!((again.unchanged, again.changed), (3, 0));
    }
}

/// The number behind a repeated id once made it the id of another record, which was then lost.
#[test]
fn records_with_one_id_are_all_kept_and_stay_the_same() {
    let world = World::new(&[("id", SemanticType::SourceId), ("naam", SemanticType::FullName)]);
    let rows = "id;naam\n7;Jan Jansen\n7;Bo Bakker\n7~2;Ans Smit\n;Eva Vos\n";
    let first = world.load(rows, false).unwrap();
    assert_eq!((first.new, first.same_key, first.without_key), (4, 1, 1));
    let ids = world.ids();
    assert_eq!(ids[..3], ["7", "7~2", "7~3"]);
    assert!(ids[3].starts_with('~'));
    let again = world.load(rows, false).unwrap();
    assert_eq!((again.unchanged, again.new, again.changed, again.deleted), (4, 0, 0, 0));
    let findings = world.export(ExportKind::Findings);
    let of_keys: Vec<&str> = findings.lines().filter(|line| line.contains("_key")).collect();
    assert_eq!(of_keys.len(), 2, "{findings}");
    assert!(of_keys.iter().any(|line| line.starts_with("crm,7~3,")));
}

#[test]
fn records_that_are_not_delivered_any_more_are_deleted_if_that_is_allowed() {
    let world = World::new(&[("id", SemanticType::SourceId), ("naam", SemanticType::FullName)]);
    world.load("id;naam\n1;Jan Jansen\n2;Bo Bakker\n3;Ans Smit\n", false).unwrap();
    let fewer = "id;naam\n3;Ans Smit\n1;Jan Jansen\n";
    let refused = world.load(fewer, false);
    assert!(matches!(refused, Err(Error::TooManyDeletes { absent: 1, known: 3, .. })));
    assert_eq!(world.load(fewer, true).unwrap().deleted, 1);
    assert_eq!(world.ids(), ["1", "3"]);
}

/// Customers of before who come to share a club card: father and son, and one person twice.
#[test]
fn former_customers_that_contradict_each_other_wait_for_a_steward() {
    use SemanticType::{BirthDate, FullName, Identifier, SourceId};
    let columns = [("id", SourceId), ("naam", FullName), ("geb", BirthDate), ("club", Identifier)];
    let world = |customize: fn(&mut MatchSettings)| {
        let mut world = World::new(&columns);
        let matching = &mut Arc::get_mut(&mut world.model).unwrap().matching;
        matching.link_threshold_bits = Some(5.0);
        matching.prior_bits = Some(-10.0);
        let weights = |comparison: &str, levels: &[(&str, f64)]| FixedWeights {
            comparison: comparison.into(),
            levels: levels.iter().map(|&(label, bits)| (label.to_string(), bits)).collect(),
        };
        matching.weights = vec![
            weights("club", &[("same", 30.0), ("different", -1.0)]),
            weights("birth_date", &[("same", 3.0), ("different", -1.0)]),
        ];
        customize(matching);
        world
    };
    let rows = |club_of_son: &str, club_of_twin: &str| {
        format!(
            "id;naam;geb;club\n\
             1;Jan Visser;12-3-1951;K1001\n\
             2;Jan Visser;30-11-1984;{club_of_son}\n\
             3;Eva Dekker;7-7-1970;K2002\n\
             4;Eva Dekker;7-7-1970;{club_of_twin}\n\
             5;Bo Bakker;1-2-1990;K3003\n\
             6;Ans Smit;4-5-1966;K4004\n"
        )
    };
    let (apart, shared) = (rows("K9009", "K8008"), rows("K1001", "K2002"));
    let held = |world: &World| -> Vec<String> {
        let pairs = world.export(ExportKind::PotentialMatches);
        let held = pairs.lines().skip(1).map(|line| line.rsplit(',').next().unwrap_or_default());
        held.filter(|held| !held.is_empty()).map(str::to_string).collect()
    };
    let customers = |world: &World| -> usize {
        let crosswalk = world.export(ExportKind::Crosswalk);
        let ids = crosswalk.lines().skip(1).filter_map(|line| line.rsplit(',').next());
        ids.collect::<BTreeSet<_>>().len()
    };
    let hub = world(|_| {});
    hub.load(&apart, false).unwrap();
    let before = customers(&hub);
    // Whoever shares a card and a date of birth is joined, and father and son are not.
    hub.load(&shared, false).unwrap();
    assert_eq!((customers(&hub), held(&hub)), (5, vec!["conflict:birth_date".to_string()]));
    assert!(before >= 5, "{before}");
    // A third load has no more to say of them, and what is held stays so.
    hub.load(&shared.replace("Ans Smit", "Anna Smit"), false).unwrap();
    assert_eq!((customers(&hub), held(&hub).len()), (5, 1));
    // An empty hub knows no customers of before; one record each is too little to hold them.
    let empty = world(|_| {});
    empty.load(&shared, false).unwrap();
    assert_eq!((customers(&empty), held(&empty).len()), (4, 0));
    let open = world(|matching| matching.gate = GateSettings::off());
    open.load(&apart, false).unwrap();
    open.load(&shared, false).unwrap();
    assert_eq!((customers(&open), held(&open).len()), (4, 0));
}
