//! An upload on its way to a source.

use std::fs;
use std::path::PathBuf;

use karat_model::check::Day;
use karat_model::finding::FindingCode;
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_model::semantic::SemanticType;

use super::*;
use crate::hub_model::{Draft, NotSaved, digest_of};

const HUB: &str = "name: Shop\nlanguage: nl\n";

const NOW: Moment = Moment(1_795_000_000);

struct World(tempfile::TempDir);

impl World {
    fn new() -> World {
        let world = World(tempfile::tempdir().unwrap());
        fs::write(world.path("hub.yaml"), HUB).unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn draft(&self) -> Draft {
        Draft::new(self.0.path())
    }

    fn uploads(&self) -> Uploads {
        Uploads::of(self.0.path())
    }

    fn upload(&self, text: &str) -> Upload {
        let id = UploadId::by_chance(&|bytes| bytes.fill(7));
        let name = SourceName::new("Web shop");
        let begun = self.uploads().begin(id, &name, "klanten.csv", "eva", NOW);
        let mut receiving = begun.unwrap();
        receiving.take(text.as_bytes()).unwrap();
        receiving.finish().unwrap()
    }

    fn proposal(&self, upload: &Upload) -> Proposal {
        let model = self.draft().read(&self.draft().text()).unwrap();
        Proposal::of(&upload.path(), &model).unwrap()
    }
}

/// Invented people, with a ticket that is not about them, and a row with a field too many.
fn people(count: usize) -> String {
    let line = |at: usize| {
        let name = ["Anna", "Bram", "Cees", "Dirk"][at % 4];
        let segment = ["gold", "silver"][at % 2];
        let (day, month) = (at % 28 + 1, at % 12 + 1);
        format!(
            "{at};{name} de Bos;{day}-{month}-1980;{name}{at}@voorbeeld.example;{segment};\
             2026-01-{day:02} 10:00:00;where is my order\n"
        )
    };
    let header = "klantnr;naam;geboortedatum;mail;segment;gewijzigd_op;onderwerp\n";
    let rows: String = (1..=count).map(line).collect();
    format!("{header}{rows}998;Petra Jansen;1-2-1980;petra@voorbeeld.example;gold;;;x\n")
}

fn meanings(proposal: &Proposal) -> Vec<String> {
    let column = |column: &ProposedColumn| {
        let meaning = mapping::meaning(column.semantic_type, column.attribute.as_deref());
        format!("{} {meaning} {:?}", column.column.header, column.because)
    };
    proposal.columns.iter().map(column).collect()
}

#[test]
fn what_is_proposed_is_what_init_would_write_with_the_reason() {
    let world = World::new();
    let proposal = world.proposal(&world.upload(&people(40)));
    insta::assert_snapshot!(meanings(&proposal).join("\n"), @r"
    klantnr source_id HeaderAndValues
    naam full_name HeaderAndValues
    geboortedatum birth_date HeaderAndValues
    mail email HeaderAndValues
    segment category:segment HeaderAndValues
    gewijzigd_op updated_at HeaderAndValues
    onderwerp ignored OwnWork
    ");
    assert_eq!((proposal.rows(), proposal.is_cut()), (40, false));
    let mail = proposal.column("mail").unwrap().column.seen.clone().unwrap();
    assert_eq!((mail.filled, mail.top.len()), (40, 0), "no values of persons");
    let segment = proposal.column("segment").unwrap().column.seen.clone().unwrap();
    assert_eq!(segment.top.len(), 2);
}

#[test]
fn of_a_long_file_the_first_rows_are_looked_at() {
    let world = World::new();
    let csv = |count: u64| {
        let rows: String = (0..count).map(|at| format!("{at};Jan Jansen\n")).collect();
        format!("id;naam\n{rows}")
    };
    let object = |at: u64| format!("{{\"id\": {at}, \"naam\": \"Jan Jansen\"}}");
    let objects = |count: u64| (0..count).map(object).collect::<Vec<String>>();
    let json = |count: u64| format!("[{}]", objects(count).join(","));
    let lines = |count: u64| objects(count).join("\n");
    let written: [&dyn Fn(u64) -> String; 3] = [&csv, &json, &lines];
    for text in written {
        for (count, is_cut) in [(ROWS_MAX, false), (ROWS_MAX + 1, true)] {
            let upload = world.upload(&text(count));
            let proposal = world.proposal(&upload);
            assert_eq!((proposal.rows(), proposal.is_cut()), (ROWS_MAX, is_cut));
            assert_eq!(proposal.columns.len(), 2);
            world.uploads().remove(&upload.id).unwrap();
        }
    }
}

#[test]
fn a_mapping_is_told_all_that_is_wrong_with_it() {
    let world = World::new();
    let upload = world.upload(&people(40));
    let proposal = world.proposal(&upload);
    let proposed = Mapping::proposed(&proposal);
    assert_eq!((&*proposed.key, &*proposed.updated_at), ("klantnr", "gewijzigd_op"));
    assert!(proposed.source(&upload, &proposal).is_ok());
    let check = |change: &dyn Fn(&mut Mapping), expected: &[MappingMistake]| {
        let mut mapping = proposed.clone();
        change(&mut mapping);
        let mistakes = mapping.source(&upload, &proposal).err().unwrap_or_default();
        assert_eq!(mistakes, expected);
    };
    check(&|it| it.key.clear(), &[MappingMistake::NoKey]);
    check(&|it| it.trust = "101".into(), &[MappingMistake::Trust]);
    check(&|it| it.country = "NLD".into(), &[MappingMistake::Country]);
    check(&|it| it.key = "nobody".into(), &[MappingMistake::UnknownColumn("nobody".into())]);
    check(&|it| it.key = "mail".into(), &[MappingMistake::TwoMeanings("mail".into())]);
    let both = MappingMistake::TwoMeanings("klantnr".into());
    check(&|it| it.updated_at = "klantnr".into(), &[both]);
    let unknown = MappingMistake::UnknownMeaning("naam".into());
    check(&|it| it.columns[1].1 = "category".into(), &[unknown]);
    check(&|it| it.columns.clear(), &[MappingMistake::NothingTold]);
    check(&|it| it.updated_at.clear(), &[]);
}

#[test]
fn a_column_that_is_corrected_means_what_was_said() {
    let world = World::new();
    let upload = world.upload("nr;id;relatie;naam\n1;a1;x1;Jan Jansen\n2;a2;x2;Piet Bos\n");
    let proposal = world.proposal(&upload);
    let mut mapping = Mapping::proposed(&proposal);
    let other = ["nr", "id", "relatie"].into_iter().find(|it| *it != mapping.key).unwrap();
    mapping.key = other.into();
    mapping.columns.iter_mut().for_each(|(column, meaning)| {
        if column == other {
            *meaning = SemanticType::Ignored.name().into();
        }
    });
    let source = mapping.source(&upload, &proposal).unwrap();
    let (_, model) = world.draft().with_source(&source).unwrap();
    let columns = &model.source(&upload.name()).unwrap().columns;
    let keys = columns.iter().filter(|it| it.semantic_type == SemanticType::SourceId);
    let keys: Vec<&str> = keys.map(|it| it.column.as_str()).collect();
    assert_eq!(keys, [other], "no column that gave way takes its place");
}

#[test]
fn a_dry_run_tells_what_would_come_and_keeps_nothing() {
    let world = World::new();
    let upload = world.upload(&people(40).replace("Anna4@voorbeeld.example", "anna4@gmial.com"));
    let proposal = world.proposal(&upload);
    let source = Mapping::proposed(&proposal).source(&upload, &proposal).unwrap();
    let before = world.draft().text();
    let today = Day::of(NOW);
    let run = DryRun::of(&world.draft(), proposal, source, today).unwrap();
    assert_eq!((run.rows, run.quarantined, run.is_cut), (40, 1, false));
    let row = &run.quarantined_rows[0];
    assert_eq!((row.file.as_str(), row.line), ("web_shop.csv", 42));
    assert!(row.masked.contains("P*** J***") && !row.masked.contains("Petra"), "{row:?}");
    let typo = run.findings.iter().find(|it| it.column.as_deref() == Some("mail"));
    assert_eq!(typo.map(|it| it.count), Some(1), "{:?}", run.findings);
    assert_ne!(typo.unwrap().code, FindingCode::Placeholder);
    assert_eq!(run.sample.len(), 40);
    let source = run.text.file("sources/web_shop.yaml".as_ref()).unwrap();
    assert!(source.contains("files: [deliveries/web_shop.csv]"), "{source}");
    assert_eq!(world.draft().text(), before);
}

#[test]
fn what_is_accepted_is_described_and_its_file_is_beside_it() {
    let world = World::new();
    let upload = world.upload(&people(40));
    let proposal = world.proposal(&upload);
    let source = Mapping::proposed(&proposal).source(&upload, &proposal).unwrap();
    let draft = world.draft();
    let refused = accept(&draft, &upload, source.clone(), "another digest");
    assert!(matches!(refused, Err(NotSaved::Changed)));
    assert!(upload.path().exists(), "nothing is lost");

    fs::create_dir(world.path("deliveries")).unwrap();
    fs::write(world.path("deliveries/web_shop.csv"), "of before").unwrap();
    let file = accept(&draft, &upload, source.clone(), &digest_of(&draft.text())).unwrap();
    assert_eq!(file, "deliveries/web_shop_2.csv");
    assert_eq!(fs::read_to_string(world.path(&file)).unwrap(), people(40));
    assert_eq!(fs::read(world.path("deliveries/web_shop.csv")).unwrap(), b"of before");
    assert!(fs::read_to_string(world.path("deliveries/.gitignore")).unwrap().ends_with("*\n"));
    let model = draft.read(&draft.text()).unwrap();
    assert_eq!(model.sources[0].files, [file]);
    let hub = fs::read_to_string(world.path("hub.yaml")).unwrap();
    assert!(hub.contains("segment: { type: category }"), "{hub}");
    assert_eq!(world.uploads().all(), []);

    let again = world.upload(&people(3));
    let refused = accept(&draft, &again, source, &digest_of(&draft.text()));
    assert!(matches!(refused, Err(NotSaved::Taken(_))));
    assert!(again.path().exists());
}

#[test]
fn an_upload_is_whole_or_gone_and_is_forgotten_after_a_week() {
    let world = World::new();
    let name = SourceName::new("web");
    let id = UploadId::by_chance(&|bytes| bytes.fill(1));
    let mut broken = world.uploads().begin(id.clone(), &name, "a.csv", "eva", NOW).unwrap();
    broken.take(b"id;na").unwrap();
    drop(broken);
    assert_eq!(world.uploads().find(&id), None);
    assert!(!world.path(&format!("uploads/{id}")).exists());

    let halfway = world.uploads().begin(id.clone(), &name, "a.csv", "eva", NOW).unwrap();
    // As if the process had ended here.
    std::mem::forget(halfway);
    assert_eq!(world.uploads().all(), [], "it is not whole");

    let mut upload = world.upload("id;naam\n1;Jan Jansen\n");
    let said = Mapping { key: "id".into(), ..Mapping::default() };
    upload.say(said.clone()).unwrap();
    assert_eq!(world.uploads().find(&upload.id).unwrap().mapping(), Some(&said));
    const WEEK: i64 = 7 * 86_400;
    world.uploads().remove_old(Moment(NOW.0 + WEEK));
    assert_eq!(world.uploads().all().len(), 1);
    assert!(world.path(&format!("uploads/{id}")).exists());
    world.uploads().remove_old(Moment(NOW.0 + WEEK + 1));
    assert_eq!(world.uploads().all(), []);
    assert!(!world.path(&format!("uploads/{id}")).exists());
}
