//! Values of a known world change at known rates: a hub that is told of it learns these.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::confirmation::ConfirmationKind;
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::SourceName;
use karat_model::record::{Moment, Payload};
use karat_model::semantic::SemanticType;
use karat_store::{Arrival, Change, ConfirmationRow, Database, RowNo, Store};

use super::learn;
use super::rates::{Rates, Watched};
use crate::flow::quality::DigestKey;

const DAY: i64 = 86_400;

const COLUMNS: [(&str, SemanticType); 5] = [
    ("id", SemanticType::SourceId),
    ("naam", SemanticType::FamilyName),
    ("bedrijf", SemanticType::CompanyName),
    ("straat", SemanticType::Street),
    ("mail", SemanticType::Email),
];

fn hub_model() -> HubModel {
    let mut model = HubModel::new("ageing");
    let mapping = |&(column, semantic_type): &(&str, SemanticType)| ColumnMapping {
        column: column.into(),
        semantic_type,
        attribute: None,
        slot: 0,
        length_max: None,
    };
    model.sources.push(Source {
        name: SourceName::new("crm"),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Changes,
        trust: 50,
        party: Party::ByValues,
        country: None,
        date_order: DateOrder::DayFirst,
        columns: COLUMNS.iter().map(mapping).collect(),
        feedback: None,
    });
    model
}

/// A hub into which records arrive.
struct Arriving {
    _folder: tempfile::TempDir,
    store: Box<dyn Store>,
    model: HubModel,
    digests: DigestKey,
}

impl Arriving {
    fn new() -> Arriving {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        let store = database.open_writer().unwrap();
        Arriving { _folder: folder, store, model: hub_model(), digests: DigestKey::random() }
    }

    /// Rows as `id|name|company|street|mail`, each with the day on which its source says so.
    fn arrive(&mut self, rows: &[(i64, String)]) {
        let load = self.store.begin_load(Moment(0)).unwrap();
        let columns = COLUMNS.map(|(name, _)| name.to_string());
        let delivery = self.store.delivery(load, &SourceName::new("crm"), &columns).unwrap();
        let arrivals: Vec<Arrival> = rows
            .iter()
            .map(|(day, row)| {
                let mut payload = Payload::new();
                let values = (0..).zip(row.split('|')).filter(|(_, value)| !value.is_empty());
                values.for_each(|(column, value)| payload.push(column, value));
                let id = row.split('|').next().unwrap().into();
                let observed_at = Some(Moment(day * DAY));
                Arrival { id, observed_at, change: Change::Upsert(payload) }
            })
            .collect();
        self.store.append(&delivery, &arrivals).unwrap();
        self.store.finish_load(load, Moment(1), "{}").unwrap();
    }

    fn learn(&self, before: &Rates) -> Rates {
        learn(self.store.reader(), &self.model, &self.digests, before).unwrap()
    }

    fn rate(&self, rates: &Rates, entity_type: EntityType, id: AttributeId) -> f64 {
        rates.decay(&self.model.attributes, entity_type, id).rate()
    }
}

fn person(id: u32, street: &str, mail: &str) -> String {
    format!("{id}|Bakker||{street}|{mail}")
}

fn watched(changes: u64, days: u64) -> Watched {
    Watched { changes, days }
}

#[test]
fn the_same_later_is_watched_and_another_is_a_change() {
    use EntityType::Person;
    let mut hub = Arriving::new();
    let mails = |name: &str| format!("{name}@post.example");
    hub.arrive(&[
        (100, person(1, "Kerkstraat", &mails("a"))),
        // Sent again as it was, which is no arrival, and then with another name for the same street.
        (110, person(1, "Kerkstraat", &mails("a"))),
        (150, person(1, "Kerkstr.", &mails("b"))),
        // What goes without another in its place tells nothing; what comes neither.
        (160, person(1, "Dorpsstraat", "")),
        (190, person(1, "Dorpsstraat", &mails("c"))),
        // A slip that is mended on the day.
        (190, person(1, "Stationsstraat", &mails("d"))),
        // Told late.
        (180, person(1, "Nieuwstraat", &mails("e"))),
    ]);
    let rates = hub.learn(&Rates::default());
    assert_eq!(rates.watched(Person, "street"), watched(1, 50 + 10 / 2 + 30));
    assert_eq!(rates.watched(Person, "email"), watched(1, 50 / 2));
    assert_eq!(rates.watched(EntityType::Organisation, "street"), Watched::default());

    // What came since is added; all at once comes to the same.
    hub.arrive(&[(300, person(1, "Molenstraat", &mails("e")))]);
    let more = hub.learn(&rates);
    assert_eq!(more.watched(Person, "street"), watched(2, 85 + 120 / 2));
    assert_eq!(more, hub.learn(&Rates::default()));
    assert_eq!(more, hub.learn(&more));
}

#[test]
fn what_people_find_out_is_watched_as_well() {
    let mut hub = Arriving::new();
    hub.arrive(&[(100, person(1, "Kerkstraat", "a@post.example"))]);
    let mut confirm = |kind, attribute: &str, value: &str, day: i64| {
        let value = hub.digests.of(value);
        let row = ConfirmationRow { record: RowNo(1), attribute: attribute.into(), value, kind };
        let confirm = hub
            .store
            .change(Moment(day * DAY), &mut |change| change.confirm(&row, "eva", "").map(drop));
        confirm.unwrap();
        hub.learn(&Rates::default())
    };
    let of = |rates: &Rates, attribute: &str| rates.watched(EntityType::Person, attribute);
    let rates = confirm(ConfirmationKind::Customer, "street", "Kerkstraat", 130);
    assert_eq!(of(&rates, "street"), watched(0, 30));
    let rates = confirm(ConfirmationKind::Bounced, "email", "a@post.example", 140);
    assert_eq!(of(&rates, "email"), watched(1, 40 / 2));
    // Of a value that the record has not, it says nothing.
    let rates = confirm(ConfirmationKind::MailReturned, "street", "Dorpsstraat", 150);
    assert_eq!(of(&rates, "street"), watched(0, 30));
    let rates = confirm(ConfirmationKind::Customer, "email", "a@post.example", 160);
    assert_eq!(of(&rates, "email"), watched(0, 60));
    hub.store
        .change(Moment(0), &mut |it| {
            it.withdraw(karat_model::confirmation::ConfirmationNo(4), "eva", "").map(drop)
        })
        .unwrap();
    assert_eq!(of(&hub.learn(&rates), "email"), watched(1, 40 / 2));
    // Another value came: the change is counted once, and where it was.
    hub.arrive(&[(200, person(1, "Kerkstraat", "b@post.example"))]);
    let rates = hub.learn(&rates);
    assert_eq!(of(&rates, "email"), watched(1, 100 / 2));
    assert_eq!(of(&rates, "street"), watched(0, 100));
}

/// Persons and companies whose streets and addresses change at these rates a year are seen at
/// random times, for more than five thousand years of one value.
#[test]
fn a_hub_learns_how_fast_the_world_changes() {
    const MOVING: [f64; 2] = [0.102, 0.15];
    const YEARS: f64 = 14.0;
    let mut random = Random(11);
    let mut hub = Arriving::new();
    let mut rows: Vec<(i64, u32, String)> = Vec::new();
    for id in 0..800u32 {
        let rate = MOVING[(id % 2) as usize];
        let mut next_move = random.gap(rate);
        let (mut street, mut day) = (0, random.next() * 200.0);
        while day < YEARS * 365.25 {
            while next_move < day {
                next_move += random.gap(rate);
                street += 1;
            }
            let (name, company) = if id % 2 == 0 { ("Bakker", "") } else { ("", "Bakker Bouw BV") };
            let mail = format!("bezoek{}@post.example", day as u32);
            let street = format!("{}straat", letters(street));
            rows.push((day as i64, id, format!("{id}|{name}|{company}|{street}|{mail}")));
            day += 20.0 + random.next() * 160.0;
        }
    }
    rows.sort();
    let rows: Vec<(i64, String)> = rows.into_iter().map(|(day, _, row)| (day, row)).collect();
    // In parts, as loads bring them.
    let mut rates = Rates::default();
    for part in rows.chunks(rows.len() / 3 + 1) {
        hub.arrive(part);
        rates = hub.learn(&rates);
    }
    for (entity_type, truth) in EntityType::ALL.into_iter().zip(MOVING) {
        let seen = rates.watched(entity_type, "street");
        let years = seen.days as f64 / 365.25;
        assert!(years > 5000.0, "{years}");
        let alone = seen.changes as f64 / years;
        let learnt = hub.rate(&rates, entity_type, AttributeId::STREET);
        for found in [alone, learnt] {
            assert!(
                (found - truth).abs() <= 0.1 * truth,
                "{entity_type:?}: {found} is not {truth}"
            );
        }
        // Of what is foretold for values that nobody looked at since, so much comes true.
        let mut bins = [(0.0, 0.0); 10];
        for _ in 0..50_000 {
            let age = random.next() * 20.0 * 365.25;
            let foretold = (-learnt * age / 365.25).exp();
            let bin = &mut bins[((foretold * 10.0) as usize).min(9)];
            bin.0 += foretold;
            bin.1 += f64::from(u8::from(random.gap(truth) > age));
        }
        let off: f64 = bins.iter().map(|(foretold, so)| (foretold - so).abs()).sum();
        assert!(off / 50_000.0 <= 0.03, "{off}");
    }
}

/// A number in letters, so that it is part of a name.
fn letters(number: u32) -> String {
    let digits = number.to_string().into_bytes();
    format!(
        "Aker{}",
        digits.iter().map(|digit| char::from(digit - b'0' + b'k')).collect::<String>()
    )
}

/// Numbers between 0 and 1 that are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON
    }

    /// The days until something happens that happens at this rate a year.
    fn gap(&mut self, rate: f64) -> f64 {
        -self.next().ln() / rate * 365.25
    }
}
