//! Invented populations that stay as they were, and populations that change.

use karat_model::attribute::EntityType;
use karat_model::decision::Standing;
use karat_model::match_settings::MatchSettings;
use karat_model::table::RecordTable;

use super::super::fixture::{self, FAMILY, GIVEN};
use super::super::model::MatchModel;
use super::super::progress::Unwatched;
use super::super::{Candidates, Matched};
use super::*;

const COLUMNS: [AttributeId; 7] = [
    AttributeId::GIVEN_NAME,
    AttributeId::FAMILY_NAME,
    AttributeId::BIRTH_DATE,
    AttributeId::EMAIL,
    AttributeId::PHONE,
    AttributeId::CITY,
    AttributeId::JOB_TITLE,
];

/// How the persons of a population leave records, in shares.
#[derive(Clone, Copy)]
struct Habits {
    /// Who gives an e-mail address, and a telephone number.
    email: f64,
    phone: f64,
    /// Who is given the address of the front desk instead.
    front_desk: f64,
    /// How many names are mistyped.
    slips: f64,
    /// Who lives in the first town, of those who would not.
    movers: f64,
    /// Who tells what work they do.
    job: f64,
}

const USUAL: Habits =
    Habits { email: 0.7, phone: 0.5, front_desk: 0.0, slips: 0.1, movers: 0.0, job: 0.2 };

/// Numbers that seem random: SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn falls(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 <= share && share > 0.0
    }

    /// One of so many, the first ones more often.
    fn common_first(&mut self, limit: usize) -> usize {
        self.below(limit).min(self.below(limit))
    }
}

/// The records of so many persons, one or two each.
fn records(seed: u64, persons: usize, habits: Habits) -> Vec<String> {
    const TOWNS: [&str; 6] = ["Zwolle", "Breda", "Almelo", "Gouda", "Ede", "Tiel"];
    const JOBS: [&str; 4] = ["baker", "clerk", "nurse", "pilot"];
    let mut dice = Dice(seed.wrapping_mul(0x1_0001));
    let mut rows = Vec::new();
    for _ in 0..persons {
        let given = GIVEN[dice.common_first(GIVEN.len())];
        let family = FAMILY[dice.common_first(FAMILY.len())];
        let birth = format!(
            "{}-{:02}-{:02}",
            1940 + dice.below(60),
            1 + dice.below(12),
            1 + dice.below(28)
        );
        let number = dice.below(100_000_000);
        let own_town = dice.common_first(TOWNS.len());
        let town = TOWNS[if dice.falls(habits.movers) { 0 } else { own_town }];
        for _ in 0..1 + dice.below(2) {
            let slip = if dice.falls(habits.slips) { "x" } else { "" };
            let email = match (dice.falls(habits.front_desk), dice.falls(habits.email)) {
                (true, _) => "desk@hotel.example".to_string(),
                (false, true) => format!("{}{number}@post.example", given.to_lowercase()),
                (false, false) => String::new(),
            };
            let phone =
                if dice.falls(habits.phone) { format!("+316{number:08}") } else { String::new() };
            let job = if dice.falls(habits.job) { JOBS[dice.below(4)] } else { "" };
            rows.push(format!("{given}|{family}{slip}|{birth}|{email}|{phone}|{town}|{job}"));
        }
    }
    rows
}

fn sample<'m>(table: &RecordTable, matched: &'m Matched) -> Sample<'m> {
    Sample::draw(table, &matched.partition, &matched.edges)
}

/// The model that a population teaches, with the attributes that it knows.
fn taught(rows: &[String]) -> MatchModel {
    let table = fixture::table(EntityType::Person, &COLUMNS, rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    let mut matcher =
        Matcher::train(&table, &attributes, &settings, Candidates::Hopeful, &Unwatched).unwrap();
    let matched = matcher.partition(&Standing::default()).unwrap();
    matcher.model.population = matcher.population(&attributes, &sample(&table, &matched));
    MatchModel::from_bytes(&matcher.model.to_bytes()).unwrap()
}

/// How far a population has moved away from the one that taught a model.
fn drift(model: &MatchModel, rows: &[String]) -> Drift {
    let table = fixture::table(EntityType::Person, &COLUMNS, rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let mut matcher =
        Matcher::frozen(&table, &attributes, model.clone(), Candidates::Hopeful, &Unwatched);
    let matched = matcher.partition(&Standing::default()).unwrap();
    matcher.drift(&attributes, &sample(&table, &matched))
}

const PERSONS: usize = 1000;

/// The shifts as kind, label, what shifted most, and severity.
fn told(drift: &Drift) -> Vec<String> {
    let shift = |shift: &Shift| {
        let of = shift.of.as_ref().map_or("", |of| &of[0]);
        format!("{} {} {of} {}", shift.kind.name(), shift.label[0], shift.severity.name())
    };
    drift.shifts.iter().map(shift).collect()
}

fn is_told(drift: &Drift, kind: ShiftKind, label: &str) -> bool {
    drift.shifts.iter().any(|shift| shift.kind == kind && shift.label[0] == label)
}

#[test]
fn another_sample_of_the_same_population_is_no_drift() {
    let model = taught(&records(1, PERSONS, USUAL));
    for seed in 2..22 {
        let found = drift(&model, &records(seed, PERSONS, USUAL));
        assert_eq!(told(&found), Vec::<String>::new(), "seed {seed}");
        assert!(found.is_comparable && found.customers > 900);
    }
}

#[test]
fn growth_of_the_same_population_is_no_drift() {
    let model = taught(&records(1, PERSONS, USUAL));
    let found = drift(&model, &records(1, 3 * PERSONS, USUAL));
    assert_eq!(told(&found), Vec::<String>::new());
    assert!(found.records > 2 * found.learnt_from);
}

#[test]
fn an_attribute_that_more_records_fill_is_drift_and_a_little_more_is_not() {
    let model = taught(&records(1, PERSONS, Habits { phone: 0.12, ..USUAL }));
    let found = drift(&model, &records(2, PERSONS, Habits { phone: 0.71, ..USUAL }));
    let shift = &found.shifts[0];
    assert_eq!((shift.kind, &*shift.label[0]), (ShiftKind::Filled, "Phone"), "{:?}", told(&found));
    assert_eq!(shift.severity, Severity::Strong);
    assert!((shift.shares[0] - 0.12).abs() < 0.03 && (shift.shares[1] - 0.71).abs() < 0.03);
    let found = drift(&model, &records(2, PERSONS, Habits { phone: 0.15, ..USUAL }));
    assert_eq!(told(&found), Vec::<String>::new());
}

#[test]
fn an_attribute_that_the_model_has_never_seen_is_drift_if_it_is_compared() {
    let model = taught(&records(1, PERSONS, Habits { phone: 0.0, ..USUAL }));
    let found = drift(&model, &records(2, PERSONS, Habits { phone: 0.3, ..USUAL }));
    assert_eq!(told(&found), ["never_seen Phone  strong"]);
    let found = drift(&model, &records(2, PERSONS, Habits { phone: 0.005, ..USUAL }));
    assert_eq!(told(&found), Vec::<String>::new(), "one in two hundred");
}

#[test]
fn a_value_that_becomes_common_is_drift() {
    let model = taught(&records(1, PERSONS, USUAL));
    let found = drift(&model, &records(2, PERSONS, Habits { front_desk: 0.05, ..USUAL }));
    let desk = found.shifts.iter().find(|shift| shift.kind == ShiftKind::SharedValue);
    let desk = desk.unwrap_or_else(|| panic!("{:?}", told(&found)));
    assert_eq!(desk.of.as_ref().unwrap()[0], "desk@hotel.example");
    assert!(desk.severity == Severity::Strong && desk.index > 5.0, "{desk:?}");
    let shared = found.shifts.iter().filter(|shift| shift.kind == ShiftKind::SharedValue);
    assert_eq!(shared.count(), 1, "what stands before the @ is not told again");
    // The model that was learnt with it knows what it weighs.
    let model = taught(&records(1, PERSONS, Habits { front_desk: 0.05, ..USUAL }));
    let found = drift(&model, &records(2, PERSONS, Habits { front_desk: 0.05, ..USUAL }));
    assert_eq!(told(&found), Vec::<String>::new());
}

#[test]
fn values_that_others_have_are_drift() {
    let model = taught(&records(1, PERSONS, USUAL));
    let found = drift(&model, &records(2, PERSONS, Habits { movers: 0.5, ..USUAL }));
    assert_eq!(told(&found), ["values City Zwolle strong"]);
    let found = drift(&model, &records(2, PERSONS, Habits { movers: 0.02, ..USUAL }));
    assert_eq!(told(&found), Vec::<String>::new());
}

#[test]
fn names_that_are_typed_worse_are_drift() {
    let model = taught(&records(1, PERSONS, USUAL));
    let found = drift(&model, &records(2, PERSONS, Habits { slips: 0.5, ..USUAL }));
    assert!(is_told(&found, ShiftKind::Levels, "Family name"), "{:?}", told(&found));
    let found = drift(&model, &records(2, PERSONS, Habits { slips: 0.13, ..USUAL }));
    assert_eq!(told(&found), Vec::<String>::new());
}

#[test]
fn of_few_records_nothing_is_said() {
    let model = taught(&records(1, PERSONS, USUAL));
    let few = drift(&model, &records(2, 100, Habits { phone: 0.0, front_desk: 0.5, ..USUAL }));
    assert_eq!(told(&few), Vec::<String>::new());
    let model = taught(&records(1, 3, USUAL));
    let few = drift(&model, &records(1, 100, USUAL));
    assert_eq!(told(&few), Vec::<String>::new());
    let many = drift(&model, &records(1, PERSONS, USUAL));
    assert_eq!(many.shifts[0].kind, ShiftKind::TooFew, "{:?}", told(&many));
}

#[test]
fn a_model_of_an_earlier_karat_says_so() {
    let mut model = taught(&records(1, PERSONS, USUAL));
    model.population = Population::default();
    let found = drift(&model, &records(2, PERSONS, Habits { phone: 0.0, ..USUAL }));
    assert!(!found.is_comparable && found.shifts.is_empty(), "{:?}", told(&found));
    let found = drift(&model, &records(2, PERSONS, Habits { front_desk: 0.05, ..USUAL }));
    assert!(is_told(&found, ShiftKind::SharedValue, "E-mail"), "its value counts are known");
}

#[test]
fn a_population_holds_no_value() {
    let model = taught(&records(1, PERSONS, Habits { front_desk: 0.05, ..USUAL }));
    let text = serde_json::to_string(&model.population).unwrap();
    for value in GIVEN.iter().chain(&FAMILY).chain(&["desk", "Zwolle"]) {
        assert!(!text.contains(value), "{value}");
    }
    assert!(model.population.attribute("city").is_some_and(|city| city.common.len() == 6));
}

#[test]
fn what_is_looked_at_is_what_is_compared() {
    let attributes = AttributeSet::builtin();
    for entity_type in EntityType::ALL {
        for (id, attribute) in attributes.iter() {
            let table = fixture::table(entity_type, &[id], ["x"]);
            let phonetics = karat_model::match_settings::Phonetics::Dutch;
            let all = compare::comparisons(&table, &attributes, &[id], phonetics, &|_| None);
            let is_compared = compare::is_compared(entity_type, id, attribute);
            assert_eq!(is_compared, !all.is_empty(), "{} of {entity_type:?}", attribute.name);
        }
    }
}
