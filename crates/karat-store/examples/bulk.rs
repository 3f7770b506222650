//! How fast the store takes in and gives back a million invented customers.
//!
//! `cargo run --release -p karat-store --example bulk [RECORDS]`
//!
//! Only calls of the store are timed, not the inventing of customers between them. Every record
//! becomes an entity of its own: the most that a publication can have to write. Times are those of
//! the clock and, where Linux tells, of the processor: on a busy machine the clock runs on.

use std::ops::{AddAssign, Sub};
use std::path::Path;
use std::time::{Duration, Instant};

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::evidence::Weight;
use karat_model::finding::{Dimension, Rule, RuleName, RuleVersion, Severity, ValueDigest};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Moment, Payload};
use karat_store::{
    Arrival, AttributeNo, Change, EdgeRow, Entity, FindingRow, GoldenRow, LoadNo, MatchIndex,
    MatchKey, Place, Publication, Reader, Result, RowNo, RuleNo, SourceNo, SqliteReader,
    SqliteStore, Store, SubjectNo, TallyRow, Transaction, ValueKey, VerdictCounts, VerdictSet,
};

const COLUMNS: [(&str, AttributeId); 9] = [
    ("given_name", AttributeId::GIVEN_NAME),
    ("family_name", AttributeId::FAMILY_NAME),
    ("birth_date", AttributeId::BIRTH_DATE),
    ("street", AttributeId::STREET),
    ("house_number", AttributeId::HOUSE_NUMBER),
    ("postcode", AttributeId::POSTCODE),
    ("city", AttributeId::CITY),
    ("email", AttributeId::EMAIL),
    ("phone", AttributeId::PHONE),
];
const BATCH: u64 = 10_000;

fn main() -> Result<()> {
    let records = std::env::args().nth(1).map_or(1_000_000, |n| n.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder for the hub can be made");
    let path = folder.path().join("karat.db");
    let mut store = SqliteStore::open_writer(&path)?;

    let load = store.begin_load(Moment(0))?;
    report("append new records", append(&mut store, load, records)?);
    report("append unchanged records", append(&mut store, load, records)?);

    let start = Time::now();
    let mut seen = 0;
    store.reader().current_records(&mut |batch| {
        seen += batch.len() as u64;
        Ok(())
    })?;
    assert_eq!(seen, records);
    report("stream current records", Time::now() - start);

    report("publish all entities", publish(&mut store, load, records, 0)?);
    report("publish 1 % changed", publish(&mut store, load, records, records / 100)?);
    report("write the match index", index(&mut store, load, records)?);
    report("write the same index again", index(&mut store, load, records)?);
    judge(&mut store, load, records)?;
    let start = Time::now();
    store.finish_load(load, Moment(1), "{}")?;
    report("finish the load", Time::now() - start);
    println!("memory at most                   {:>8}", memory_max());
    change(&mut store, records, false)?;
    change(&mut store, records + CHANGES, true)?;
    let start = Time::now();
    store.close()?;
    report("close", Time::now() - start);
    let bytes = std::fs::metadata(&path).expect("the file is there").len();
    println!("file                             {:>8} MB", bytes >> 20);

    read(&path, records)
}

fn append(store: &mut SqliteStore, load: LoadNo, records: u64) -> Result<Time> {
    let mut took = Time::default();
    let columns: Vec<String> = COLUMNS.iter().map(|(name, _)| name.to_string()).collect();
    let delivery = store.delivery(load, &SourceName::new("crm"), &columns)?;
    for first in (0..records).step_by(BATCH as usize) {
        let arrivals: Vec<Arrival> = (first..records.min(first + BATCH)).map(arrival).collect();
        let start = Time::now();
        store.append(&delivery, &arrivals)?;
        took += Time::now() - start;
    }
    Ok(took)
}

/// Publishes all entities; the first `changed` of them with another title.
fn publish(store: &mut SqliteStore, load: LoadNo, records: u64, changed: u64) -> Result<Time> {
    let attributes = AttributeSet::builtin();
    let mut order: Vec<(EntityId, u64)> = (0..records).map(|n| (entity_id(n), n)).collect();
    order.sort_unstable();
    let mut inventing = Time::default();
    let start = Time::now();
    store.publish(load, Moment(0), &mut |publication| {
        for part in order.chunks(BATCH as usize) {
            let start = Time::now();
            let mut entities: Vec<Entity> =
                part.iter().map(|&(id, number)| entity(id, number, &attributes)).collect();
            for (entity, _) in entities.iter_mut().zip(part).filter(|(_, of)| of.1 < changed) {
                entity.title.push('!');
            }
            inventing += Time::now() - start;
            for entity in &entities {
                publication.put_entity(entity, None)?;
            }
            let start = Time::now();
            drop(entities);
            inventing += Time::now() - start;
        }
        Ok(())
    })?;
    Ok(Time::now() - start - inventing)
}

/// The keys of a record: some that few have, some that hundreds have.
fn keys(number: u64) -> Vec<MatchKey> {
    let key = |of: u64| {
        let shared = if of < 10 { number } else { number % 5000 };
        MatchKey(scatter(shared * 16 + of) >> 8)
    };
    (0..14).map(key).collect()
}

/// Writes the match index of all records.
fn index(store: &mut SqliteStore, load: LoadNo, records: u64) -> Result<Time> {
    let with_row = |number| keys(number).into_iter().map(move |key| (key, RowNo(number + 1)));
    let near = |number: u64| {
        [1, 7, 1000].map(|step| EdgeRow {
            left: RowNo(number + 1),
            right: RowNo(number + 1 + step),
            weight: Weight((scatter(number) % 5000) as i32),
        })
    };
    let keys: Vec<(MatchKey, RowNo)> = (0..records).flat_map(with_row).collect();
    let edges: Vec<EdgeRow> = (0..records).flat_map(near).collect();
    let mut index = Some(MatchIndex { keys, edges });
    let start = Time::now();
    store.publish(load, Moment(0), &mut |publication| {
        publication.replace_match_index(index.take().expect("it is written once"))
    })?;
    Ok(Time::now() - start)
}

/// How many rules there are.
const RULES: u64 = 60;

/// The two subjects that come of a record: it, and its customer.
fn subjects(number: u64, row: RowNo) -> [SubjectNo; 2] {
    [SubjectNo::Record(row), SubjectNo::Customer(entity_id(number))]
}

/// What fails in every other record, once.
fn finding(number: u64, row: RowNo) -> Option<FindingRow> {
    let random = scatter(number);
    let place = Place {
        attribute: Some(AttributeNo(1 + random % 9)),
        slot: 0,
        column: Some((random % 9) as u16),
    };
    (random >> 60 < 8).then(|| FindingRow {
        subject: SubjectNo::Record(row),
        rule: RuleNo(1 + random / 9 % RULES),
        place,
        value: Some(ValueDigest(random)),
        record: None,
    })
}

/// The verdicts of a subject, as two bits a rule.
fn verdicts(number: u64) -> [u8; RULES as usize / 4] {
    let random = scatter(number).to_le_bytes();
    std::array::from_fn(|at| random[at % 8] & random[(at + 1) % 8] & 0x55)
}

/// A value that few share, and one that hardly any two do.
fn value_keys(number: u64, subject: SubjectNo) -> [(ValueKey, SubjectNo); 2] {
    let key = |of: u64| (ValueKey(scatter(of) >> 8), subject);
    [key(number << 1), key((number / 3) << 1 | 1)]
}

/// What a subject adds to the tallies of all rules.
fn tallies(subject: SubjectNo, number: u64) -> impl Iterator<Item = TallyRow> {
    let verdicts = verdicts(number);
    (0..RULES).map(move |rule| {
        let fails = i64::from(verdicts[rule as usize / 4] >> (rule % 4 * 2) & 1);
        TallyRow {
            entity_type: Some(EntityType::Person),
            source: matches!(subject, SubjectNo::Record(_)).then_some(SourceNo(1)),
            rule: RuleNo(1 + rule),
            attribute: Some(AttributeNo(1 + rule % 9)),
            dimension: Dimension::Validity,
            weight: 1,
            criticality: 2,
            counts: VerdictCounts { pass: 1 - fails, fail: fails, ..VerdictCounts::default() },
        }
    })
}

/// Judges all records and customers.
fn judge(store: &mut SqliteStore, load: LoadNo, records: u64) -> Result<()> {
    let rule = |number: u64| Rule {
        name: RuleName::new(&format!("rule_{number}")),
        version: RuleVersion(number),
        scope: "records".into(),
        severity: Severity::Warning,
        dimension: Dimension::Validity,
        definition: "it is as it should be".into(),
    };
    let rules: Vec<Rule> = (0..RULES).map(rule).collect();
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let all = || (0..records).map(|number| (number, RowNo(number + 1)));
    let findings: Vec<FindingRow> = all().filter_map(|(of, row)| finding(of, row)).collect();
    let mut set = VerdictSet::default();
    let mut keys = Vec::new();
    for (number, row) in all() {
        for subject in subjects(number, row) {
            set.push(subject, &verdicts(number));
        }
        keys.extend(value_keys(number, subjects(number, row)[1]));
    }
    println!("{} findings", findings.len());
    for again in ["", "again"] {
        let (mut set, mut keys) = (Some(set.clone()), Some(keys.clone()));
        let mut write = |what: &str, write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>| {
            let start = Time::now();
            store.publish(load, Moment(0), write)?;
            report(&format!("{what} {again}"), Time::now() - start);
            Ok::<(), karat_store::Error>(())
        };
        write("file findings", &mut |publication| {
            publication.put_rules(&rules)?;
            publication.number_attributes(&names)?;
            publication.replace_findings(findings.clone()).map(drop)
        })?;
        write("write verdicts", &mut |publication| {
            publication.replace_verdicts(set.take().expect("they are written once"))
        })?;
        write("write who has which value", &mut |publication| {
            publication.replace_value_keys(keys.take().expect("they are written once"))
        })?;
        write("write tallies, keep a measure", &mut |publication| {
            let tallies: Vec<TallyRow> =
                subjects(0, RowNo(1)).iter().flat_map(|of| tallies(*of, 0)).collect();
            publication.put_tallies(&tallies)?;
            publication.keep_measure(0, None, "load").map(drop)
        })?;
    }
    Ok(())
}

/// Judges a new record and its customer.
fn judge_some(change: &mut dyn Transaction, number: u64, row: RowNo) -> Result<()> {
    let subjects = subjects(number, row);
    let before = change.reader().verdicts_of(&subjects)?;
    assert!(before.is_empty());
    let mut set = VerdictSet::default();
    subjects.iter().for_each(|subject| set.push(*subject, &verdicts(number)));
    let findings: Vec<FindingRow> = finding(number, row).into_iter().collect();
    let keys = value_keys(number, subjects[1]);
    let differences: Vec<TallyRow> = subjects.iter().flat_map(|of| tallies(*of, number)).collect();
    let publication = change.publication()?;
    publication.replace_findings_of(&subjects, &findings)?;
    publication.replace_verdicts_of(&subjects, &set)?;
    let changed = publication.replace_value_keys_of(&subjects, &keys)?;
    publication.add_tallies(&differences)?;
    change.reader().value_holders(&changed)?;
    Ok(())
}

/// How many changes are timed.
const CHANGES: u64 = 2_000;

/// Makes changes, each of a new record that becomes a customer of its own; tells how long its steps
/// and its commit took.
fn change(store: &mut SqliteStore, records: u64, is_judged: bool) -> Result<()> {
    let attributes = AttributeSet::builtin();
    let columns: Vec<String> = COLUMNS.iter().map(|(name, _)| name.to_string()).collect();
    let mut names = vec!["append", "find candidates", "read edges", "put entity", "keys and edges"];
    if is_judged {
        names.push("judge");
    }
    let mut steps = vec![Duration::ZERO; names.len()];
    let mut wholes: Vec<Duration> = Vec::new();
    let mut within = Duration::ZERO;
    let mut processor = 0.0;
    for number in records..records + CHANGES {
        let arrivals = [arrival(number)];
        let mut customer = entity(entity_id(number), number, &attributes);
        let keys = keys(number);
        let before = Time::now();
        let start = Instant::now();
        store.change(Moment(2), &mut |change| {
            let mut last = Instant::now();
            let begun = last;
            let mut step = 0;
            let mut done = || {
                steps[step] += last.elapsed();
                step += 1;
                last = Instant::now();
            };
            let delivery = change.delivery(&SourceName::new("crm"), &columns)?;
            let (row, _) = change.append(&delivery, &arrivals)?[0];
            done();
            let found = change.reader().match_candidates(&keys)?;
            done();
            let mut near: Vec<RowNo> = found.iter().map(|(_, row)| *row).take(20).collect();
            near.push(row);
            change.reader().edges_of(&near)?;
            done();
            customer.members = vec![row];
            change.publication()?.put_entity(&customer, None)?;
            done();
            let with_row: Vec<(MatchKey, RowNo)> = keys.iter().map(|key| (*key, row)).collect();
            let edge =
                EdgeRow { left: near[0].min(row), right: near[0].max(row), weight: Weight(9) };
            change.publication()?.add_match_keys(&with_row)?;
            change.publication()?.replace_edges_of(&[row], &[edge])?;
            change.publication()?.replace_potential_matches_of(&[row], &[])?;
            done();
            if is_judged {
                judge_some(change, number, row)?;
                done();
            }
            within += begun.elapsed();
            Ok(())
        })?;
        wholes.push(start.elapsed());
        processor += (Time::now() - before).processor;
    }
    let each = |total: Duration| total.as_secs_f64() * 1e6 / CHANGES as f64;
    for (name, step) in names.iter().zip(&steps) {
        println!("a change: {name:<22} {:>8.0} µs", each(*step));
    }
    let whole: Duration = wholes.iter().sum();
    println!("a change: index, counters, commit {:>7.0} µs", each(whole - within));
    println!("a change: of the processor     {:>10.0} µs", processor * 1e6 / CHANGES as f64);
    wholes.sort_unstable();
    let share = |share: f64| wholes[(CHANGES as f64 * share) as usize].as_secs_f64() * 1e6;
    println!(
        "a change as a whole: mean {:.0} µs, p50 {:.0} µs, p99 {:.0} µs, p99.9 {:.0} µs",
        each(whole),
        share(0.5),
        share(0.99),
        share(0.999)
    );
    Ok(())
}

fn read(path: &Path, records: u64) -> Result<()> {
    let reader = SqliteReader::open_reader(path)?;
    let start = Time::now();
    let mut seen = 0;
    reader.crosswalk(&mut |_, _| {
        seen += 1;
        Ok(())
    })?;
    assert_eq!(seen, records + 2 * CHANGES);
    report("visit the crosswalk", Time::now() - start);
    let start = Time::now();
    reader.entities(&mut |entity| {
        assert_eq!(entity.records, 1);
        Ok(())
    })?;
    report("visit the entities", Time::now() - start);
    let start = Time::now();
    reader.counts()?;
    report("count", Time::now() - start);

    let customer = customer(records / 2);
    let [given, family, _, street, _, postcode, city, email, phone] = &customer;
    let typo = format!("{}{}", &family[1..2], &family[..1]) + &family[2..];
    let queries = [
        ("first search, reads words", family.to_string()),
        ("two names", format!("{given} {family}")),
        ("a slip in the name", format!("{given} {typo}")),
        ("slip, street, city", format!("{typo} {street} {city}")),
        ("city and beginning", format!("{city} {}", &given[..2])),
        ("an e-mail address", email.to_string()),
        ("postal code and phone", format!("{postcode} {phone}")),
    ];
    for (what, query) in queries {
        let start = Time::now();
        let hits = reader.search(&query, 20)?;
        assert!(!hits.is_empty());
        report(&format!("search: {what}"), Time::now() - start);
    }
    Ok(())
}

/// Seconds by the clock, and by the processor for this thread.
#[derive(Clone, Copy, Default)]
struct Time {
    clock: f64,
    processor: f64,
}

impl Time {
    fn now() -> Time {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        let clock = START.get_or_init(Instant::now).elapsed().as_secs_f64();
        let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let nanoseconds = schedule.split(' ').next().and_then(|first| first.parse::<f64>().ok());
        Time { clock, processor: nanoseconds.unwrap_or_default() / 1e9 }
    }
}

impl Sub for Time {
    type Output = Time;
    fn sub(self, start: Time) -> Time {
        Time { clock: self.clock - start.clock, processor: self.processor - start.processor }
    }
}

impl AddAssign for Time {
    fn add_assign(&mut self, more: Time) {
        self.clock += more.clock;
        self.processor += more.processor;
    }
}

fn report(what: &str, took: Time) {
    println!("{what:<32} {:>8.3} s  {:>8.3} s of the processor", took.clock, took.processor);
}

/// The most memory this process had, where the system tells.
fn memory_max() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".into(), |line| line.trim().into())
}

/// A number that looks random, the same for the same number (the finaliser of SplitMix64).
fn scatter(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

/// An invented name; small numbers come more often, as common names do.
fn name(random: u64, kinds: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "de", "fri", "go", "han", "jan", "ka", "lo", "mer", "no", "pe", "ra", "sen", "ter",
        "vo", "wil",
    ];
    let share = (random >> 11) as f64 / (1u64 << 53) as f64;
    let mut rank = ((kinds as f64).powf(share) as u64).wrapping_mul(0x9e5) + 16;
    let mut name = String::new();
    while rank > 0 {
        name.push_str(SYLLABLES[rank as usize % 16]);
        rank /= 16;
    }
    name
}

fn customer(number: u64) -> [String; 9] {
    let random = |field: u64| scatter(number * 16 + field);
    let given = name(random(0), 5_000);
    let family = name(random(1), 200_000);
    let digits = random(2);
    let letters = |n: u64| char::from(b'a' + (n % 20) as u8);
    [
        given.clone(),
        family.clone(),
        format!("{}-{:02}-{:02}", 1930 + digits % 75, 1 + digits % 12, 1 + digits / 12 % 28),
        format!("{}straat", name(random(3), 20_000)),
        (1 + digits % 200).to_string(),
        format!("{}{}{}", 1000 + random(4) % 9000, letters(random(5)), letters(random(6))),
        format!("{}dam", name(random(7), 2_000)),
        format!("{given}.{family}{}@example.org", number % 997),
        format!("+316{:08}", random(8) % 100_000_000),
    ]
}

fn key(number: u64) -> RecordKey {
    RecordKey::new(SourceName::new("crm"), &format!("C{number:07}"))
}

fn arrival(number: u64) -> Arrival {
    let mut payload = Payload::new();
    for (column, value) in customer(number).iter().enumerate() {
        payload.push(column as u16, value);
    }
    let observed_at = Some(Moment(1_700_000_000 + number as i64));
    Arrival { id: key(number).id, observed_at, change: Change::Upsert(payload) }
}

fn entity_id(number: u64) -> EntityId {
    EntityId::founded_by(&key(number))
}

fn entity(id: EntityId, number: u64, attributes: &AttributeSet) -> Entity {
    let customer = customer(number);
    let attributes_of = COLUMNS.iter().map(|(_, attribute)| *attribute);
    let values: Vec<_> = attributes_of.zip(customer.iter().map(String::as_str)).collect();
    let [given, family, _, street, _, postcode, city, email, phone] = &customer;
    Entity {
        id,
        entity_type: EntityType::Person,
        golden: GoldenRow::new(&values, attributes),
        title: format!("{given} {family}"),
        members: vec![RowNo(number + 1)],
        weakest_link: None,
        search_text: format!(
            "{given} {family} {street} {postcode} {city} {email} {} {}",
            &phone[1..],
            key(number).id.to_lowercase(),
        ),
    }
}
