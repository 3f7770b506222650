//! Whatever changes in whatever order: the hub is what deriving everything anew would make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{
    Check, CheckName, Decimal, Hierarchy, Reference, Requirement, Scope, Share, Use,
};
use karat_model::confirmation::{ConfirmationKind, ConfirmationNo};
use karat_model::decision::{DecisionNo, Identity, Ruling, Settled, SettledValue};
use karat_model::evidence::Verdict;
use karat_model::finding::{Dimension, ValueDigest};
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Moment, Payload};
use karat_model::semantic::SemanticType;
use karat_store::{
    Arrival, Change, ConfirmationRow, Database, Reader, RowNo, Store, SubjectNo, Transaction,
};
use proptest::prelude::*;

use super::foreseen::Foresight;
use super::{Applied, Basis, Coming, Foreseen, Records, apply};
use crate::flow::derive::{Terms, derive};
use crate::flow::load::publish;
use crate::flow::progress::Unwatched;
use crate::flow::publish::{Changes, publish_all};
use crate::flow::quality::read_judged;

const COLUMNS: [(&str, SemanticType); 11] = [
    ("id", SemanticType::SourceId),
    ("voornaam", SemanticType::GivenName),
    ("achternaam", SemanticType::FamilyName),
    ("geboren", SemanticType::BirthDate),
    ("mail", SemanticType::Email),
    ("plaats", SemanticType::City),
    ("bedrijf", SemanticType::CompanyName),
    ("kvk", SemanticType::KvkNumber),
    ("telefoon", SemanticType::Phone),
    ("nummer", SemanticType::Text),
    ("ouder", SemanticType::Text),
];

fn hub_model() -> HubModel {
    let mut model = HubModel::new("living");
    let own = ["nummer", "ouder"];
    let own = own.map(|name| (name, model.attributes.add_named(name, SemanticType::Text)));
    for name in ["crm", "shop"] {
        let mapping = |&(column, semantic_type): &(&str, SemanticType)| ColumnMapping {
            column: column.into(),
            semantic_type,
            attribute: own.iter().find(|(name, _)| *name == column).map(|(_, id)| *id),
            slot: 0,
            length_max: None,
        };
        model.sources.push(Source {
            name: SourceName::new(name),
            files: Vec::new(),
            format: Format::default(),
            delivery: Delivery::Changes,
            trust: if name == "crm" { 70 } else { 40 },
            party: Party::ByValues,
            country: None,
            date_order: DateOrder::DayFirst,
            feedback: None,
            columns: COLUMNS.iter().map(mapping).collect(),
        });
    }
    model.checks = checks(own.map(|(_, id)| id)).into();
    // Any attribute that is written in digits tells what its customer is worth.
    model.quality.value = Some(AttributeId::KVK_NUMBER);
    model.quality.weights = vec![(Dimension::Uniqueness, 3)];
    let needs = ["mail_known", "mail_few"].map(|name| CheckName::new(name).unwrap()).into();
    let label = ["Mailing".to_string(), "Mailing".to_string()];
    model.uses = [Use { name: "mailing".into(), label, entity_types: Vec::new(), needs }].into();
    model
}

/// Checks of every sort: of values, of what others have, of what is beside.
fn checks([number, above]: [AttributeId; 2]) -> Vec<Check> {
    let check = |name: &str, attribute: AttributeId, on: Scope, requirement: Requirement| {
        let attributes = vec![attribute];
        Check { attributes, on, ..Check::new(CheckName::new(name).unwrap(), requirement) }
    };
    let tree = Requirement::HierarchyAcyclic(Hierarchy { key: number, parent: above });
    let named = Reference { source: None, attribute: AttributeId::EMAIL };
    vec![
        check("mail_known", AttributeId::EMAIL, Scope::Both, Requirement::Present),
        check("kvk_once", AttributeId::KVK_NUMBER, Scope::Both, Requirement::UniqueKey),
        check("mail_few", AttributeId::EMAIL, Scope::Customers, Requirement::SharedIdentifier(1)),
        check("mail_there", AttributeId::CITY, Scope::Records, Requirement::Referential(named)),
        check(
            "alone",
            AttributeId::CITY,
            Scope::Customers,
            Requirement::DuplicateCluster(Decimal(0)),
        ),
        check("city_equal", AttributeId::CITY, Scope::Customers, Requirement::EqualAcrossSources),
        check("city_fresh", AttributeId::CITY, Scope::Both, Requirement::Current(Share(5_400))),
        check("mail_fresh", AttributeId::EMAIL, Scope::Both, Requirement::Current(Share(2_200))),
        check("mail_said", AttributeId::EMAIL, Scope::Both, Requirement::CustomerConfirmed),
        check("no_circle", above, Scope::Both, tree),
        Check {
            attributes: Vec::new(),
            ..check("alive", AttributeId::CITY, Scope::Both, Requirement::NotDeceased)
        },
        check("mail_arrives", AttributeId::EMAIL, Scope::Both, Requirement::EmailDeliverable),
    ]
}

/// What is stored of the quality of a hub.
fn quality(reader: &dyn Reader) -> Vec<String> {
    let mut told = Vec::new();
    let verdicts = reader.verdicts(&mut |subject, bytes| {
        told.push(format!("{subject:?} {:?}", read_judged(bytes).expect("it is whole")));
        Ok(())
    });
    verdicts.unwrap();
    let findings = reader.open_findings(&mut |finding| {
        told.push(format!("{finding:?}"));
        Ok(())
    });
    findings.unwrap();
    let keys = reader.value_keys(&mut |key, subject| {
        told.push(format!("{key:?} {subject:?}"));
        Ok(())
    });
    keys.unwrap();
    let tallies = reader.tallies(None).unwrap();
    assert!(!told.is_empty() && !tallies.is_empty(), "nothing was judged");
    told.extend(tallies.iter().map(|tally| format!("{tally:?}")));
    told
}

/// A hub that lives.
struct World {
    folder: tempfile::TempDir,
    store: Box<dyn Store>,
    basis: Basis,
    model: Arc<HubModel>,
    /// By the record it is about.
    foreseen: BTreeMap<RecordKey, Foreseen>,
}

/// A record that comes, changes or goes.
#[derive(Clone, Debug)]
struct Step {
    source: &'static str,
    id: String,
    /// Its values but the id, divided by bars; `None` when it goes.
    row: Option<String>,
}

/// Something that happens to a hub.
#[derive(Clone, Debug)]
enum Happening {
    Records(Vec<Step>),
    Decision(Ruling),
    /// The decision with this number, if it was made, counts no more.
    Undoing(u64),
    /// Something is found out of the first value of an attribute that a record has, by this writer
    /// or another.
    Confirmation(RecordKey, &'static str, ConfirmationKind, bool),
    /// The confirmation with this number, if it was made, counts no more.
    Withdrawal(u64),
    /// New models are learnt, years later.
    Learning,
}

/// Keeps that something was found out of a record, if there is one.
type Find<'f> = dyn FnMut(&mut dyn Transaction, &Basis) -> karat_store::Result<Option<RowNo>> + 'f;

impl World {
    /// A hub in a file.
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        World::within(folder, &database)
    }

    /// A hub in PostgreSQL.
    fn of_postgres() -> World {
        let url = karat_test_postgres::empty_schema().parse().unwrap();
        World::within(tempfile::tempdir().unwrap(), &Database::Postgres(url))
    }

    /// A hub that has learnt from a small invented population.
    fn within(folder: tempfile::TempDir, database: &Database) -> World {
        let mut store = database.open_writer().unwrap();
        let model = Arc::new(hub_model());
        let load = store.begin_load(Moment(0)).unwrap();
        for (source, rows) in [("crm", population(false)), ("shop", population(true))] {
            let delivery = store.delivery(load, &SourceName::new(source), &columns()).unwrap();
            let arrivals: Vec<Arrival> =
                (0..).zip(&rows).map(|(at, row)| arrival(&format!("p{at}"), Some(row))).collect();
            store.append(&delivery, &arrivals).unwrap();
        }
        store.finish_load(load, Moment(1), "{}").unwrap();
        publish(store.as_mut(), folder.path(), &model, false, &|| Moment(1), &Unwatched).unwrap();
        let basis = Basis::read(model.clone(), store.reader()).unwrap();
        World { folder, store, basis, model, foreseen: BTreeMap::new() }
    }

    /// Looks up what some records will find that come later.
    fn foresee(&mut self, steps: &[Step]) {
        let now = self.store.reader().now().unwrap();
        self.basis.refresh(self.store.reader(), &now).unwrap();
        let values = |step: &Step| -> Option<(RecordKey, Vec<(String, String)>)> {
            let values = std::iter::once(step.id.as_str()).chain(step.row.as_ref()?.split('|'));
            let values = columns().into_iter().zip(values.map(|value| value.trim().to_string()));
            Some((step.key(), values.collect()))
        };
        let coming: BTreeMap<RecordKey, Vec<(String, String)>> =
            steps.iter().filter_map(values).collect();
        let coming: Vec<Coming> =
            coming.iter().map(|(key, values)| (key, values.as_slice())).collect();
        let (reader, models) = (self.store.reader(), &self.basis.models);
        let mut records = Records::new(&self.model, reader).unwrap();
        let foreseen = Foreseen::of_each(reader, &mut records, models, &coming).unwrap();
        let found = coming.iter().zip(foreseen);
        let found = found.filter_map(|((key, _), foreseen)| Some(((*key).clone(), foreseen?)));
        self.foreseen.extend(found);
    }

    /// Leads some records through in one change, with what was foreseen of them.
    fn change(&mut self, steps: &[Step]) -> Applied {
        let mut applied = Applied::default();
        let (basis, known) = (&mut self.basis, &self.foreseen);
        let changed = self.store.change(Moment(2), &mut |transaction| {
            let mut rows: Vec<RowNo> = Vec::new();
            let mut foreseen: Vec<(RowNo, &Foreseen)> = Vec::new();
            for step in steps {
                let source = SourceName::new(step.source);
                let delivery = transaction.delivery(&source, &columns())?;
                let arrival = arrival(&step.id, step.row.as_deref());
                let outcomes = transaction.append(&delivery, &[arrival])?;
                let (row, _) = outcomes[0];
                rows.push(row);
                foreseen.extend(known.get(&step.key()).map(|foreseen| (row, foreseen)));
            }
            applied = lead(transaction, basis, &rows, &foreseen);
            Ok(())
        });
        changed.unwrap();
        steps.iter().for_each(|step| drop(self.foreseen.remove(&step.key())));
        applied
    }

    /// Leads a decision through, or the undoing of one.
    fn decide(&mut self, decide: &mut dyn FnMut(&mut dyn Transaction) -> karat_store::Result<()>) {
        let basis = &mut self.basis;
        let changed = self.store.change(Moment(2), &mut |transaction| {
            decide(transaction)?;
            let records = basis.redecide(transaction.reader()).unwrap();
            let rows = transaction.reader().rows_of(&records)?;
            let rows: Vec<RowNo> = rows.into_iter().map(|(_, row)| row).collect();
            lead(transaction, basis, &rows, &[]);
            Ok(())
        });
        changed.unwrap();
    }

    /// Leads through that something was found out, or that it was undone.
    fn find_out(&mut self, is_other: bool, find: &mut Find) {
        let mut other = None;
        if is_other {
            let basis = Basis::read(self.model.clone(), self.store.reader());
            other = Some(basis.unwrap());
        }
        let basis = other.as_mut().unwrap_or(&mut self.basis);
        let changed = self.store.change(Moment(2), &mut |transaction| {
            let Some(row) = find(transaction, basis)? else { return Ok(()) };
            basis.reconfirm(transaction.reader(), row).unwrap();
            lead(transaction, basis, &[row], &[]);
            Ok(())
        });
        changed.unwrap();
    }

    /// The first value of an attribute that a record has.
    fn value(
        transaction: &dyn Transaction,
        basis: &Basis,
        key: &RecordKey,
        attribute: &str,
    ) -> Option<(RowNo, ValueDigest)> {
        let reader = transaction.reader();
        let (_, row) = reader.rows_of(std::slice::from_ref(key)).unwrap().pop()?;
        let mut records = Records::new(&basis.hub_model, reader).unwrap();
        records.read(reader, [row]).unwrap();
        let id = basis.hub_model.attributes.find(attribute);
        let claims = &records.get(row)?.cleaned.claims;
        let claim = claims.iter().find(|claim| Some(claim.attribute) == id)?;
        Some((row, basis.standard.as_ref().unwrap().judge.digests.of(&claim.value)))
    }

    fn happen(&mut self, happening: &Happening) {
        match happening {
            Happening::Records(steps) => {
                self.change(steps);
            }
            Happening::Decision(ruling) => self.decide(&mut |transaction| {
                transaction.decide(ruling, "steward", "")?;
                Ok(())
            }),
            Happening::Undoing(no) => self.decide(&mut |transaction| {
                transaction.undo(DecisionNo(*no), "steward", "")?;
                Ok(())
            }),
            Happening::Confirmation(key, attribute, kind, is_other) => {
                self.find_out(*is_other, &mut |transaction, basis| {
                    let found = World::value(transaction, basis, key, attribute);
                    let Some((record, value)) = found else { return Ok(None) };
                    let attribute = attribute.to_string();
                    let row = ConfirmationRow { record, attribute, value, kind: *kind };
                    transaction.confirm(&row, "steward", "")?;
                    Ok(Some(record))
                });
            }
            Happening::Withdrawal(no) => self.find_out(false, &mut |transaction, _| {
                let no = ConfirmationNo(*no);
                let journal = transaction.reader().confirmations()?;
                let row = journal.iter().find(|it| it.confirmation.no == no).map(|it| it.record);
                Ok(row.filter(|_| transaction.withdraw(no, "steward", "").unwrap()))
            }),
            Happening::Learning => {
                let (dir, clock) = (self.folder.path(), || Moment(1_900_000_000));
                let store = self.store.as_mut();
                publish(store, dir, &self.model, true, &clock, &Unwatched).unwrap();
                let now = self.store.reader().now().unwrap();
                self.basis.refresh(self.store.reader(), &now).unwrap();
            }
        }
    }

    /// The customers, by the keys of their records.
    fn customers(&self) -> BTreeMap<EntityId, BTreeSet<String>> {
        let mut customers: BTreeMap<EntityId, BTreeSet<String>> = BTreeMap::new();
        let visited = self.store.reader().keyed_crosswalk(&mut |key, entity| {
            customers.entry(entity).or_default().insert(key.to_string());
            Ok(())
        });
        visited.unwrap();
        customers
    }

    /// Derives everything anew, and checks that nothing would be different.
    fn check(&mut self) {
        let now = self.store.reader().now().unwrap();
        self.basis.refresh(self.store.reader(), &now).unwrap();
        let terms = Terms::as_published(&self.model, self.basis.models.clone(), &|_| 0);
        let mut derived = derive(self.store.reader(), terms, &Unwatched).unwrap();
        let reader = self.store.reader();
        let mut pairs = Vec::new();
        let mut after = None;
        loop {
            let page = reader.potential_matches(after.clone(), 100).unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.pair.clone());
            pairs.extend(page.into_iter().map(|found| found.pair));
        }
        let in_order = |pairs: &[karat_store::PotentialMatchRow]| {
            let mut pairs = pairs.to_vec();
            pairs.sort_by_key(|pair| (pair.left, pair.right));
            pairs
        };
        assert_eq!(in_order(&pairs), in_order(&derived.pairs));
        let as_set = |holds: &[karat_store::HoldRow]| -> BTreeSet<String> {
            holds.iter().map(|hold| format!("{hold:?}")).collect()
        };
        assert_eq!(as_set(&reader.holds().unwrap()), as_set(&derived.holds));

        let rows: Vec<RowNo> = derived
            .mastered
            .iter()
            .flat_map(|of_type| of_type.table.records().map(|at| RowNo(of_type.table.row(at))))
            .collect();
        let mut edges = derived.index.edges.clone();
        edges.sort_unstable();
        assert_eq!(reader.edges_of(&rows).unwrap(), edges);
        for (key, row) in &derived.index.keys {
            let found = reader.match_candidates(&[*key]).unwrap();
            assert!(found.contains(&(*key, *row)), "{row:?} is not found by its key");
        }

        let judged = quality(reader);
        let load = self.store.begin_load(Moment(3)).unwrap();
        let changes = publish_all(
            self.store.as_mut(),
            load,
            Moment(3),
            &self.model,
            &mut derived,
            None,
            &Unwatched,
        )
        .unwrap();
        assert_eq!(changes, Changes::default());
        similar_lines(&judged, &quality(self.store.reader()));
        self.store.finish_load(load, Moment(3), "{}").unwrap();
    }
}

/// Both say the same; tells in what they differ otherwise.
fn similar_lines(one: &[String], other: &[String]) {
    let (left, right): (BTreeSet<&String>, BTreeSet<&String>) =
        (one.iter().collect(), other.iter().collect());
    let only = |of: &BTreeSet<&String>, than: &BTreeSet<&String>| -> Vec<String> {
        of.difference(than).map(|line| line.to_string()).collect()
    };
    assert_eq!((only(&left, &right), only(&right, &left)), (Vec::new(), Vec::new()));
    assert_eq!(one.len(), other.len());
}

impl Step {
    fn key(&self) -> RecordKey {
        RecordKey::new(SourceName::new(self.source), &self.id)
    }
}

fn lead(
    transaction: &mut dyn Transaction,
    basis: &mut Basis,
    rows: &[RowNo],
    foreseen: &[(RowNo, &Foreseen)],
) -> Applied {
    let mut records = Records::new(&basis.hub_model, transaction.reader()).unwrap();
    apply(transaction, basis, &mut records, rows, foreseen).unwrap()
}

fn columns() -> Vec<String> {
    COLUMNS.iter().map(|(name, _)| name.to_string()).collect()
}

fn arrival(id: &str, row: Option<&str>) -> Arrival {
    let change = row.map_or(Change::Delete, |row| {
        let mut payload = Payload::new();
        let values = std::iter::once(id).chain(row.split('|').map(str::trim));
        for (column, value) in (0..).zip(values).filter(|(_, value)| !value.is_empty()) {
            payload.push(column, value);
        }
        Change::Upsert(payload)
    });
    // Said on different days, so that values age.
    let days = row.map_or(0, |row| row.len() as i64 % 9 * 50);
    let observed_at = Some(Moment(1_700_000_000 + days * 86_400));
    Arrival { id: id.into(), observed_at, change }
}

const GIVEN: [&str; 10] =
    ["Anna", "Bram", "Carla", "Daan", "Eva", "Frits", "Greet", "Hugo", "Iris", "Joost"];
const FAMILY: [&str; 7] = ["Bakker", "Cornelissen", "Dekker", "Evers", "Faber", "Groen", "Laan"];
const TOWNS: [&str; 4] = ["Zwolle", "Breda", "Almelo", "Gouda"];

/// Invented persons and companies, as one source has them or, with some slips, another.
fn population(has_slips: bool) -> Vec<String> {
    let person = |number: usize| {
        let (given, family) = (GIVEN[number % 10], FAMILY[number % 7]);
        let (day, month, year) =
            (1 + number * 11 % 28, 1 + number * 5 % 12, 1940 + number * 7 % 60);
        let slip = if has_slips && number.is_multiple_of(3) { "x" } else { "" };
        let mail = format!("{}{number}@post.example", given.to_lowercase());
        let mail = if has_slips && number % 3 == 1 { String::new() } else { mail };
        let town = TOWNS[number % 4];
        format!("{given}|{family}{slip}|{day}-{month}-{year}|{mail}|{town}|||")
    };
    let company = |number: usize| {
        let name = format!("{} {}", FAMILY[number % 7], ["Bouw", "Media", "Zorg"][number % 3]);
        let kvk = if has_slips && number % 3 == 1 { 0 } else { 40_000_000 + number * 3571 };
        let kvk = if kvk == 0 { String::new() } else { kvk.to_string() };
        format!("||||{}|{name} BV|{kvk}|038{:07}", TOWNS[number % 4], 4_000_000 + number * 977)
    };
    (0..80).map(person).chain((0..40).map(company)).collect()
}

fn row() -> impl Strategy<Value = String> {
    let date = prop::sample::select(vec!["2-1-1980", "1-2-1980", "17-5-1971", ""]);
    let mail = prop::sample::select(vec!["anna0@post.example", "info@club.example", ""]);
    let town = prop::sample::select(vec!["Zwolle", "Breda", ""]);
    let company = prop::sample::select(vec!["", "", "", "Bakker Bouw", "Bakker Zorg Breda"]);
    let kvk = prop::sample::select(vec!["", "40000000", "40003571"]);
    // Of few numbers circles come about, and of none.
    let number = || prop::sample::select(vec!["", "n1", "n2", "n3", "n4"]);
    let tree = (number(), number());
    let phone = prop::sample::select(vec!["", "", "", "06-12345987 (overleden)"]);
    (0..4usize, 0..3usize, date, mail, town, (company, kvk), tree, phone).prop_map(
        |(given, family, date, mail, town, (company, kvk), (number, above), phone)| {
            let kvk = if company.is_empty() { "" } else { kvk };
            let name = format!("{}|{}", GIVEN[given], FAMILY[family]);
            format!("{name}|{date}|{mail}|{town}|{company}|{kvk}|{phone}|{number}|{above}")
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let source = prop::sample::select(vec!["crm", "shop"]);
    (source, 0..8u32, prop::option::weighted(0.8, row())).prop_map(|(source, id, row)| Step {
        source,
        id: id.to_string(),
        row,
    })
}

fn key() -> impl Strategy<Value = RecordKey> {
    let source = prop::sample::select(vec!["crm", "shop"]);
    (source, 0..8u32).prop_map(|(source, id)| format!("{source}/{id}").parse().unwrap())
}

fn ruling() -> impl Strategy<Value = Ruling> {
    use Verdict::{Different, Related, Same, Unsure};
    let keys = || prop::collection::vec(key(), 1..3);
    let verdict = prop::sample::select(vec![Same, Same, Different, Related, Unsure]);
    let identity = (keys(), keys(), verdict)
        .prop_map(|(left, right, verdict)| Ruling::Identity(Identity { left, right, verdict }));
    let attribute = prop::sample::select(vec!["given_name", "city", "company_name"]);
    let value = prop::sample::select(vec![
        SettledValue::OfRecord,
        SettledValue::None,
        SettledValue::Text("Otterlo".into()),
    ]);
    let settled = (key(), attribute, value).prop_map(|(record, attribute, value)| {
        Ruling::Value(Settled { record, attribute: attribute.into(), slot: 0, value })
    });
    let moved =
        (key(), keys(), keys()).prop_map(|(record, from, to)| Ruling::Move { record, from, to });
    prop_oneof![4 => identity, 2 => settled, 1 => moved, 1 => keys().prop_map(Ruling::Lock)]
}

fn confirmation() -> impl Strategy<Value = Happening> {
    use ConfirmationKind::{Bounced, Customer};
    let attribute = prop::sample::select(vec!["email", "email", "city"]);
    let kind = prop::sample::select(vec![Customer, Bounced]);
    let of_population = (prop::sample::select(vec!["crm", "shop"]), 0..4u32)
        .prop_map(|(source, id)| format!("{source}/p{id}").parse().unwrap());
    let key = prop_oneof![key(), of_population];
    (key, attribute, kind, prop::bool::ANY).prop_map(|(key, attribute, kind, is_other)| {
        Happening::Confirmation(key, attribute, kind, is_other)
    })
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => prop::collection::vec(step(), 1..3).prop_map(Happening::Records),
        4 => ruling().prop_map(Happening::Decision),
        3 => (1..8u64).prop_map(Happening::Undoing),
        4 => confirmation(),
        1 => (1..6u64).prop_map(Happening::Withdrawal),
        1 => Just(Happening::Learning),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn changes_one_by_one_come_to_the_same_as_deriving_everything(
        happenings in prop::collection::vec(happening(), 1..16)
    ) {
        happen_one_by_one(World::new(), &happenings, 0);
    }

    #[test]
    fn what_was_foreseen_makes_no_difference(
        happenings in prop::collection::vec(happening(), 4..16), early in 1..4usize
    ) {
        happen_one_by_one(World::new(), &happenings, early);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn changes_in_postgres_come_to_the_same_as_deriving_everything(
        happenings in prop::collection::vec(happening(), 4..12)
    ) {
        happen_one_by_one(World::of_postgres(), &happenings, 1);
    }
}

/// Records are looked up so many happenings before they come.
fn happen_one_by_one(mut world: World, happenings: &[Happening], early: usize) {
    for (at, happening) in happenings.iter().enumerate() {
        if let Some(Happening::Records(steps)) = happenings.get(at + early).filter(|_| early > 0) {
            world.foresee(steps);
        }
        world.happen(happening);
        world.check();
    }
}

#[test]
fn what_was_foreseen_counts_as_long_as_it_is_so() {
    let mut world = World::new();
    let put = |id: &str, row: &str| Step { source: "crm", id: id.into(), row: Some(row.into()) };
    let anna = "Anna|Bakker|1-1-1940|anna0@post.example|Zwolle|||";
    let counts = |world: &mut World, row: &str| {
        let key: RecordKey = "crm/new".parse().unwrap();
        let (foreseen, basis) = (&world.foreseen[&key], &world.basis);
        let mut counts = None;
        let stopped = world.store.change(Moment(2), &mut |transaction| {
            let delivery = transaction.delivery(&SourceName::new("crm"), &columns())?;
            let (row, _) = transaction.append(&delivery, &[arrival("new", Some(row))])?[0];
            let reader = transaction.reader();
            let mut records = Records::new(&basis.hub_model, reader).unwrap();
            records.read(reader, [row]).unwrap();
            let known = Foresight::of(reader, basis, &mut records, &[row], &[(row, foreseen)]);
            let known = known.unwrap();
            let edges: Vec<_> = known.edges().collect();
            counts = Some((known.has(row), known.since.len(), edges.len()));
            Err(karat_store::Error::Stopped)
        });
        assert!(stopped.is_err());
        counts.unwrap()
    };
    world.foresee(&[put("new", anna)]);
    let (has, since, edges) = counts(&mut world, anna);
    assert_eq!((has, since), (true, 1), "only itself came since");
    assert!(edges >= 2, "it is Anna of both sources");
    assert!(!counts(&mut world, "Anna|Bakker|||Zwolle|||").0, "it has other values");

    world.change(&[put("p0", "Anna|Bakker|1-1-1940||Breda|||")]);
    assert_eq!(counts(&mut world, anna), (true, 2, edges - 1), "one of them came since");

    world.happen(&Happening::Learning);
    assert!(!counts(&mut world, anna).0, "it was under another model");
}

#[test]
fn what_was_merged_is_given_back_as_it_was() {
    let mut world = World::new();
    let all = |world: &World| -> Vec<(EntityId, Option<karat_store::StoredEntity>)> {
        let ids = world.customers().into_keys();
        ids.map(|id| (id, world.store.reader().entity(id).unwrap())).collect()
    };
    let same = |left: &str, right: &str| {
        let of_person = |id: &str| ["crm", "shop"].map(|source| format!("{source}/{id}"));
        let keys = |id: &str| of_person(id).map(|key| key.parse().unwrap()).to_vec();
        let [left, right] = [left, right].map(keys);
        Happening::Decision(Ruling::Identity(Identity { left, right, verdict: Verdict::Same }))
    };
    let (before, entities) = (world.customers(), all(&world));
    // Three customers of two records each, joined one after the other, and undone in another order.
    world.happen(&same("p1", "p2"));
    world.happen(&same("p2", "p5"));
    assert_eq!(world.customers().len(), before.len() - 2);
    world.check();
    world.happen(&Happening::Undoing(1));
    world.check();
    assert_eq!(world.customers().len(), before.len() - 1);
    world.happen(&Happening::Undoing(2));
    world.check();
    assert_eq!(world.customers(), before);
    assert_eq!(all(&world), entities);
}

#[test]
fn a_record_finds_its_customer_and_leaves_it_again() {
    let mut world = World::new();
    let put = |id: &str, row: &str| Step { source: "crm", id: id.into(), row: Some(row.into()) };
    let reader_entity =
        |world: &World, key: &str| world.store.reader().entity_of(&key.parse().unwrap()).unwrap();
    let before = reader_entity(&world, "crm/p0").unwrap();
    let same = "Anna|Bakker|1-1-1940|anna0@post.example|Zwolle|||";
    let applied = world.change(&[put("new", same)]);
    assert_eq!(applied.changes, Changes { updated: 1, ..Changes::default() });
    assert_eq!(reader_entity(&world, "crm/new"), Some(before));
    world.check();
    let other = "Wim|Terpstra|3-3-1953|wim@elders.example|Gouda|||";
    let applied = world.change(&[put("new", other)]);
    assert_eq!((applied.changes.updated, applied.changes.split), (1, 1));
    assert_ne!(reader_entity(&world, "crm/new"), Some(before));
    world.check();
    let gone = Step { source: "crm", id: "new".into(), row: None };
    assert_eq!(world.change(&[gone]).changes, Changes { deleted: 1, ..Changes::default() });
    world.check();
}

#[test]
fn circles_of_parents_are_found_as_they_come_and_go() {
    let mut world = World::new();
    let put = |id: &str, number: &str, above: &str| {
        let row = format!("Otto{id}|Prins{id}|||Breda||||{number}|{above}");
        Step { source: "crm", id: format!("c{id}"), row: Some(row) }
    };
    // Records on circles; customers are on circles as their records are.
    let on_circles = |world: &mut World| -> BTreeSet<String> {
        world.check();
        let reader = world.store.reader();
        let rule = reader.rules().unwrap();
        let rule = rule.iter().find(|it| it.rule.name.as_str() == "no_circle").unwrap().no;
        let mut rows = BTreeSet::new();
        let visited = reader.open_findings(&mut |finding| {
            if let (true, SubjectNo::Record(row)) = (finding.rule == rule, finding.subject) {
                rows.insert(row);
            }
            Ok(())
        });
        visited.unwrap();
        let rows: Vec<RowNo> = rows.into_iter().collect();
        let records = reader.records_by_row(&rows).unwrap();
        records.into_iter().map(|stored| stored.record.key.id.to_string()).collect()
    };
    let named = |ids: &[&str]| ids.iter().map(|id| format!("c{id}")).collect::<BTreeSet<String>>();
    world.change(&[put("a", "n1", "n2"), put("b", "n2", "n3")]);
    assert_eq!(on_circles(&mut world), named(&[]));
    // The last one closes it, and whoever is below is on none.
    world.change(&[put("c", "n3", "n1"), put("d", "n4", "n1")]);
    assert_eq!(on_circles(&mut world), named(&["a", "b", "c"]));
    // One in between leaves for a circle of his own.
    world.change(&[put("b", "n2", "n2")]);
    assert_eq!(on_circles(&mut world), named(&["b"]));
    world.change(&[put("b", "n2", "n3")]);
    assert_eq!(on_circles(&mut world), named(&["a", "b", "c"]));
    // Another bears the same number, and the lower key of a parent counts.
    world.change(&[put("e", "n3", "n4")]);
    world.check();
    let gone = ["ca", "ce"].map(|id| Step { source: "crm", id: id.into(), row: None });
    world.change(&gone);
    assert_eq!(on_circles(&mut world), named(&[]));
}

#[test]
fn a_record_may_turn_out_to_be_a_company() {
    let mut world = World::new();
    let put = |row: &str| Step { source: "crm", id: "x".into(), row: Some(row.into()) };
    world.change(&[put("Otto|Quist|||Breda|||")]);
    let key = "crm/x".parse().unwrap();
    let id = world.store.reader().entity_of(&key).unwrap().unwrap();
    world.check();
    world.change(&[put("||||Breda|Quist Transport BV||")]);
    let entity = world.store.reader().entity(id).unwrap().unwrap();
    assert_eq!(entity.entity_type, EntityType::Organisation);
    world.check();
}
