use std::path::PathBuf;

use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::semantic::SemanticType;

use super::assessment::{AssessedColumn, Problem};
use super::*;
use crate::flow::progress::Unwatched;
use crate::invented::{FAMILY, GIVEN};
use crate::matching_report::LevelFigures;

/// Streets and cities of invented people.
const STREETS: [&str; 11] = [
    "Dorpsstraat",
    "Kerkweg",
    "Molenlaan",
    "Parkstraat",
    "Stationsweg",
    "Beukenlaan",
    "Havenkade",
    "Schoolstraat",
    "Eikenlaan",
    "Marktplein",
    "Tuinstraat",
];
const CITIES: [&str; 5] = ["Utrecht", "Zwolle", "Breda", "Arnhem", "Leeuwarden"];

const HEADER: &str =
    "klantnummer;voornaam;achternaam;straat;huisnummer;postcode;plaats;email;geboortedatum\n";

/// The row of an invented person, under an id.
fn row(id: &str, person: usize) -> String {
    let (given, family) = (GIVEN[person % 15], FAMILY[person % 13]);
    let letter = |at: usize| (b'A' + (at % 20) as u8) as char;
    format!(
        "{id};{given};{family};{};{};{} {}{};{};{}.{}{person}@post.example;{:02}-{:02}-{}\n",
        STREETS[person % 11],
        1 + person * 7 % 90,
        1000 + person * 37 % 8000,
        letter(person + 2),
        letter(person / 3),
        CITIES[person % 5],
        given.to_lowercase(),
        family.to_lowercase(),
        1 + person * 5 % 28,
        1 + person % 12,
        1950 + person * 3 % 50,
    )
}

/// A shop with 300 people, of which ten stand there twice, and a CRM with 100 of them and 200 more.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        world.write("crm.csv", &Self::crm());
        world.write("shop.csv", &Self::shop());
        world
    }

    fn crm() -> String {
        let people = (0..300).map(|person| row(&format!("C{person}"), person));
        let twice = (0..10).map(|person| row(&format!("D{person}"), person * 20));
        HEADER.to_string() + &people.chain(twice).collect::<String>()
    }

    fn shop() -> String {
        let people = (200..500).map(|person| row(&format!("S{person}"), person));
        HEADER.to_string() + &people.collect::<String>()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn assess(&self, names: &[&str]) -> Result<Assessed, Error> {
        let files: Vec<PathBuf> = names.iter().map(|name| self.folder.path().join(name)).collect();
        let clock = || Duration::from_secs(1);
        assess(&files, Country::NETHERLANDS, &clock, Some(Moment(7)), &Unwatched)
    }
}

fn column<'a>(assessed: &'a Assessed, header: &str) -> &'a AssessedColumn {
    let columns = &assessed.assessment.files[0].columns;
    columns.iter().find(|column| column.profile.header == header).unwrap()
}

fn fix(assessed: &Assessed, problem: Problem) -> Option<(Option<&str>, u64)> {
    let fix = assessed.assessment.fixes.iter().find(|fix| fix.problem == problem)?;
    Some((fix.column.as_deref(), fix.records))
}

/// The rows of the CRM, changed.
fn crm_with(change: impl Fn(usize, &mut Vec<String>)) -> String {
    let lines = World::crm();
    let changed = lines.lines().enumerate().map(|(number, line)| {
        let mut fields: Vec<String> = line.split(';').map(str::to_string).collect();
        if number > 0 {
            change(number, &mut fields);
        }
        fields.join(";") + "\n"
    });
    changed.collect()
}

#[test]
fn duplicates_are_found_within_and_between_files() {
    let assessed = World::new().assess(&["crm.csv", "shop.csv"]).unwrap();
    let assessment = &assessed.assessment;
    assert_eq!((assessment.records(), assessment.entities()), (610, 500));
    assert_eq!(assessment.duplicates.within, [10, 0]);
    assert_eq!(assessment.duplicates.between, [(0, 1, 100)]);
    assert_eq!(assessment.cluster_sizes, [(1, 390), (2, 110)]);
    assert_eq!(assessed.crosswalk.len(), 610);
    assert_eq!(assessed.crosswalk.iter().map(|(_, customer)| customer).max(), Some(&499));
    assert_eq!(fix(&assessed, Problem::DuplicatesWithin), Some((None, 10)));
    assert_eq!(fix(&assessed, Problem::DuplicatesBetween(1)), Some((None, 100)));
    assert_eq!(assessment.made_at, Some(Moment(7)));
    assert!(assessed.problems.is_empty());

    let largest = assessment.largest_cluster().unwrap();
    assert_eq!((largest.size, largest.records.len(), largest.links.len()), (2, 2, 1));
    assert!(largest.links.iter().all(|link| link.total >= link.link_threshold));

    let matching = &assessment.matching[0];
    assert_eq!((assessment.matching.len(), matching.entity_type), (1, EntityType::Person));
    assert!(matching.expected_precision.unwrap() > 0.9);
    assert_eq!(matching.scores.iter().map(|(_, pairs)| pairs).sum::<u64>(), matching.compared);
    let labels: Vec<&str> = matching.comparisons.iter().map(|c| &*c.label[0]).collect();
    assert!(labels.len() >= 5, "{labels:?}");
}

#[test]
fn the_report_tells_how_sure_matching_is() {
    let assessed = World::new().assess(&["crm.csv", "shop.csv"]).unwrap();
    let matching = &assessed.assessment.matching[0];
    let at = matching.at_link_threshold();
    assert_eq!(at.pairs, 110, "the pairs of the customers that stand there twice");
    assert!(at.precision.unwrap() > 0.99 && at.recall.unwrap() > 0.95, "{at:?}");
    assert_eq!((matching.self_weights.records(), matching.unlinkable()), (610, Some(0.0)));
    assert_eq!(matching.self_weights.unlinkable(Weight::from_bits(200.0)), Some(1.0));
    let rule = matching.rules.iter().find(|rule| rule.label[0] == "same e-mail").unwrap();
    assert_eq!((rule.keyed, rule.pairs, rule.left_out), (610, 110, 0));

    for comparison in &matching.comparisons {
        let name = &comparison.label[0];
        for share in [|level: &LevelFigures| level.m, |level: &LevelFigures| level.u] {
            let sum: f64 = comparison.levels.iter().map(share).sum();
            assert!((sum - 1.0).abs() < 0.01, "the levels of {name} come to {sum}");
        }
    }
    let same_name = matching.comparisons.iter().find(|c| c.label[0] == "Family name").unwrap();
    let [common, rare] = same_name.levels[0].rarity.unwrap();
    assert!(common <= rare, "{common} {rare}");
}

#[test]
fn a_cluster_shows_all_its_pairs_and_by_which_it_hangs() {
    let world = World::new();
    let again = row("E0", 0).replace(";Anna;", ";A.;").replace("anna.bakker0@post.example", "");
    world.write("crm.csv", &(World::crm() + &again));
    let assessed = world.assess(&["crm.csv"]).unwrap();
    let matching = &assessed.assessment.matching[0];
    let cluster = &matching.largest_clusters[0];
    let keys: Vec<String> = cluster.records.iter().map(|record| record.key.to_string()).collect();
    assert_eq!(keys, ["crm/C0", "crm/D0", "crm/E0"]);
    assert_eq!((cluster.edges.len(), cluster.links.len()), (3, 2));
    assert!(cluster.edges.is_sorted_by_key(|edge| edge.weight));
    let weakest = cluster.weakest_link().unwrap();
    let held: Vec<Weight> =
        cluster.edges.iter().filter(|edge| edge.holds).map(|edge| edge.weight).collect();
    assert_eq!(held, [weakest.total, cluster.links[0].total]);
    assert_eq!(&matching.weakest_clusters[0], cluster, "the others hang by more");
}

#[test]
fn the_order_of_files_and_rows_does_not_change_customers() {
    let world = World::new();
    let expected = world.assess(&["crm.csv", "shop.csv"]).unwrap();
    let turned = world.assess(&["shop.csv", "crm.csv"]).unwrap();
    assert_eq!(turned.crosswalk, expected.crosswalk);
    assert_eq!(turned.assessment.duplicates.within, [0, 10]);
    assert_eq!(turned.assessment.matching, expected.assessment.matching);

    let text = World::crm();
    let backwards: Vec<&str> = text.lines().skip(1).collect();
    let backwards: String = backwards.iter().rev().map(|line| format!("{line}\n")).collect();
    world.write("crm.csv", &(HEADER.to_string() + &backwards));
    assert_eq!(world.assess(&["crm.csv", "shop.csv"]).unwrap().crosswalk, expected.crosswalk);
}

#[test]
fn files_of_the_same_name_are_sources_of_their_own() {
    let world = World::new();
    for folder in ["north", "south"] {
        std::fs::create_dir(world.folder.path().join(folder)).unwrap();
    }
    world.write("north/crm.csv", &World::crm());
    world.write("south/crm.csv", &World::shop());
    let sources = |names: &[&str]| {
        let files = world.assess(names).unwrap().assessment.files;
        files.iter().map(|file| file.source.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(sources(&["north/crm.csv", "south/crm.csv"]), ["crm", "crm_2"]);
    assert_eq!(sources(&["south/crm.csv", "north/crm.csv"]), ["crm_2", "crm"]);
}

#[test]
fn placeholders_are_counted_by_column() {
    let world = World::new();
    world.write(
        "crm.csv",
        &crm_with(|number, fields| {
            if number % 2 == 0 {
                fields[7] = "onbekend".into();
            }
        }),
    );
    let assessed = world.assess(&["crm.csv"]).unwrap();
    let email = column(&assessed, "email");
    assert_eq!(email.semantic_type, SemanticType::Email);
    assert_eq!((email.placeholders, email.valid), (155, Some(155)));
    assert_eq!(column(&assessed, "plaats").placeholders, 0);
    let problem = Problem::Finding(FindingCode::Placeholder);
    assert_eq!(fix(&assessed, problem), Some((Some("email"), 155)));
    assert!(assessed.assessment.findings.contains(&(FindingCode::Placeholder, 155)));
}

#[test]
fn values_in_the_wrong_field_are_counted_by_column() {
    let world = World::new();
    world.write(
        "crm.csv",
        &crm_with(|number, fields| {
            if number % 10 == 0 {
                fields[1] = "Jan Jansen".into();
                fields[2].clear();
            }
        }),
    );
    let assessed = world.assess(&["crm.csv"]).unwrap();
    assert_eq!(column(&assessed, "voornaam").misused, 31);
    assert_eq!(column(&assessed, "achternaam").misused, 0);
    let problem = Problem::Finding(FindingCode::WrongField);
    assert_eq!(fix(&assessed, problem), Some((Some("voornaam"), 31)));
}

#[test]
fn a_row_that_cannot_be_read_is_shown_and_the_others_count() {
    let world = World::new();
    let broken = "C999;Bo;Vos;Dorpsstraat;1;1234 AB;Breda;bo@post.example;01-01-1970;extra;more\n";
    world.write("crm.csv", &(World::crm() + broken));
    let assessed = world.assess(&["crm.csv"]).unwrap();
    let file = &assessed.assessment.files[0];
    assert_eq!((file.rows, file.quarantined, file.quarantined_examples.len()), (310, 1, 1));
    assert_eq!(file.quarantined_examples[0].line, 312);
    assert_eq!(fix(&assessed, Problem::UnreadableRows), Some((None, 1)));
}

#[test]
fn a_file_that_cannot_be_read_does_not_stop_the_others() {
    let world = World::new();
    world.write("empty.csv", "");
    let assessed = world.assess(&["empty.csv", "crm.csv"]).unwrap();
    let files = &assessed.assessment.files;
    assert_eq!((files.len(), files[0].rows, files[0].columns.len(), files[1].rows), (2, 0, 0, 310));
    assert_eq!(assessed.assessment.duplicates.within, [0, 10]);
    assert_eq!(assessed.problems.len(), 1);
    assert!(assessed.problems[0].problem.ends_with("the file is empty"));
    assert!(assessed.problems[0].hint.is_some());
}

#[test]
fn it_is_an_error_when_no_file_can_be_read() {
    let world = World::new();
    world.write("empty.csv", "");
    let error = world.assess(&["empty.csv", "absent.csv"]).unwrap_err();
    assert!(matches!(&error, Error::NothingReadable { problems, .. } if problems.len() == 2));
    assert!(error.hint().is_some());
}

#[test]
fn a_file_without_ids_is_told_so_once() {
    let world = World::new();
    let without_id = |line: &str| line.split_once(';').unwrap().1.to_string() + "\n";
    world.write("crm.csv", &World::crm().lines().map(without_id).collect::<String>());
    let assessed = world.assess(&["crm.csv"]).unwrap();
    assert_eq!(fix(&assessed, Problem::NoRecordId), Some((None, 310)));
    assert_eq!(fix(&assessed, Problem::Finding(FindingCode::MissingKey)), None);
}

#[test]
fn a_repeated_id_is_found_and_both_rows_are_kept() {
    let world = World::new();
    world.write("crm.csv", &(World::crm() + &row("C1", 400)));
    let assessed = world.assess(&["crm.csv"]).unwrap();
    assert_eq!(assessed.assessment.records(), 311);
    assert_eq!(fix(&assessed, Problem::NoRecordId), None);
    let repeated = assessed.assessment.findings.iter().find(|f| f.0 == FindingCode::DuplicateKey);
    assert_eq!(repeated, Some(&(FindingCode::DuplicateKey, 1)));
}

#[test]
fn a_column_of_which_many_rows_share_values_is_no_id() {
    let world = World::new();
    let repeated: String = (1..=30).map(|at| row(&format!("C{at}"), 400 + at)).collect();
    world.write("crm.csv", &(World::crm() + &repeated));
    let assessed = world.assess(&["crm.csv"]).unwrap();
    assert_eq!(assessed.assessment.records(), 340);
    assert_eq!(fix(&assessed, Problem::NoRecordId), Some((None, 340)));
}
