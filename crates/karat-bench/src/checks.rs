//! Judges invented golden records by sixty checks, five of them expressions, and prints what that
//! took.

use std::fs;
use std::time::Instant;

use karat_engine::quality::check::{
    CheckMemo, CheckPlan, Fact, Facts, MemberFact, Population, RefTables, Verdicts,
};
use karat_hub::hub_model::with_standard_checks;
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{
    Bounds, Charset, Check, CheckName, Day, Quantifier, Requirement, Scope, Verdict,
};
use karat_model::claim::Validity;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;

/// How many checks are made on each record.
const CHECKS: usize = 60;

/// The expressions, as people write them.
const EXPRESSIONS: [&str; 5] = [
    "phone.exists(p, p.startsWith('+316'))",
    "city in ['Amsterdam', 'Utrecht', 'Ede'] || size(city) > 3",
    "age(birth_date) >= 18 && age(birth_date) < 110",
    "valid(iban) || !has(iban)",
    "country == 'NL' && postcode.matches('^[1-9][0-9]{3} [A-Z]{2}$')",
];

/// The checks that ship with Karat that are made on persons, and others up to sixty.
fn model() -> HubModel {
    let standard = with_standard_checks(HubModel::new("Bench"));
    let is_made = |check: &&Check| {
        let of_persons =
            check.entity_types.is_empty() || check.entity_types.contains(&EntityType::Person);
        check.on.includes(Scope::Customers) && of_persons
    };
    let is_expression = |check: &&Check| {
        check.only_if.is_some() || matches!(check.requirement, Requirement::Expression(_))
    };
    let made = standard.checks.iter().filter(is_made).filter(|check| !is_expression(check));
    let mut checks: Vec<Check> = made.cloned().collect();
    let mut add = |requirement: Requirement, attribute: Option<AttributeId>| {
        let name = CheckName::new(&format!("bench_{}", checks.len())).expect("a name");
        let attributes = attribute.into_iter().collect();
        checks.push(Check { attributes, ..Check::new(name, requirement) });
        checks.len()
    };
    for expression in EXPRESSIONS {
        add(Requirement::Expression(expression.into()), None);
    }
    let attributes = [
        AttributeId::GIVEN_NAME,
        AttributeId::FAMILY_NAME,
        AttributeId::STREET,
        AttributeId::CITY,
        AttributeId::EMAIL,
    ];
    let more = [
        Requirement::Length(Bounds { min: Some(2), max: Some(80) }),
        Requirement::Charset(Charset::Latin),
        Requirement::Regex("[^0-9]*".into()),
        Requirement::Present,
        Requirement::GroupComplete(Quantifier::Any),
    ];
    'all: for requirement in &more {
        for attribute in attributes {
            if add(requirement.clone(), Some(attribute)) == CHECKS {
                break 'all;
            }
        }
    }
    HubModel { checks: checks.into(), ..standard }
}

/// The values of an invented golden record: as many different ones as customers have.
fn values(number: u64) -> Vec<(AttributeId, u8, String)> {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let pick = |shift: u32, from: &[&str]| from[(mixed >> shift) as usize % from.len()].to_owned();
    let family = format!("{}{}", pick(8, &["Jansen", "Bakker", "Visser", "Smit"]), mixed % 20_000);
    let mut values = vec![
        (AttributeId::GIVEN_NAME, 0, pick(3, &["Jan", "Petra", "Sanne", "Kees", "Zoë"])),
        (AttributeId::FAMILY_NAME, 0, family.clone()),
        (AttributeId::GENDER, 0, pick(5, &["male", "female"])),
        (
            AttributeId::BIRTH_DATE,
            0,
            format!("19{:02}-{:02}-{:02}", mixed % 100, mixed % 12 + 1, mixed % 28 + 1),
        ),
        (AttributeId::STREET, 0, format!("Dorpsstraat{}", mixed >> 40 & 0xffff)),
        (AttributeId::HOUSE_NUMBER, 0, format!("{}", mixed % 300 + 1)),
        (
            AttributeId::POSTCODE,
            0,
            format!("{} {}", 1_000 + (mixed >> 20) % 9_000, pick(33, &["KP", "AB", "ZX"])),
        ),
        (AttributeId::CITY, 0, pick(12, &["Amsterdam", "Utrecht", "Ede", "Assen", "Goor"])),
        (AttributeId::COUNTRY, 0, "NL".to_owned()),
        (AttributeId::EMAIL, 0, format!("{family}.{number}@voorbeeld.example")),
        (AttributeId::PHONE, 0, format!("+316{:08}", mixed % 100_000_000)),
    ];
    if number.is_multiple_of(2) {
        values.push((AttributeId::PHONE, 1, format!("+3120{:07}", mixed % 10_000_000)));
        values.push((AttributeId::IBAN, 0, "NL91ABNA0417164300".to_owned()));
    }
    values
}

fn with_facts<T>(number: u64, source: &SourceName, then: impl FnOnce(&Facts) -> T) -> T {
    let values = values(number);
    let fact =
        |(attribute, slot, value): &(AttributeId, u8, String)| (*attribute, *slot, value.clone());
    let owned: Vec<(AttributeId, u8, String)> = values.iter().map(fact).collect();
    let facts: Vec<Fact> = owned
        .iter()
        .map(|(attribute, slot, value)| Fact {
            attribute: *attribute,
            slot: *slot,
            value,
            validity: Validity::Valid,
            record: 0,
        })
        .collect();
    let seen = Some(Moment(1_700_000_000 + (number % 60_000_000) as i64));
    let members = [MemberFact { source, observed_at: seen, values: &facts }];
    then(&Facts {
        entity_type: EntityType::Person,
        scope: Scope::Customers,
        source: None,
        kind: None,
        observed_at: seen,
        values: &facts,
        findings: &[],
        columns: &[],
        members: &members,
        potential_match: None,
    })
}

/// Judges so many invented golden records on so many threads.
pub fn run(records: u64, threads: u64) {
    let model = model();
    let started = Instant::now();
    let plan = CheckPlan::new(&model, RefTables::default()).expect("the checks are right");
    println!("plan of {} checks: {:.1?}", plan.checks().count(), started.elapsed());
    let source = SourceName::new("crm");
    let share = records.div_ceil(threads);
    let parts = || (0..threads).map(|thread| thread * share..records.min((thread + 1) * share));

    let started = Instant::now();
    let population = std::thread::scope(|scope| {
        let work = |part: std::ops::Range<u64>| {
            let (plan, source) = (&plan, &source);
            scope.spawn(move || {
                let mut population = Population::default();
                for number in part {
                    with_facts(number, source, |facts| population.add(&plan.keys(facts)));
                }
                population
            })
        };
        let workers: Vec<_> = parts().map(work).collect();
        let mut all = Population::default();
        for worker in workers {
            all.merge(worker.join().expect("no thread fails"));
        }
        all
    });
    println!("keys of {records} records: {:.1?}", started.elapsed());

    let started = Instant::now();
    let counts = std::thread::scope(|scope| {
        let work = |part: std::ops::Range<u64>| {
            let (plan, source, population) = (&plan, &source, &population);
            scope.spawn(move || {
                let (mut memo, mut verdicts) = (CheckMemo::new(), Verdicts::new());
                let (mut counts, mut bytes) = ([0u64; 3], 0u64);
                for number in part {
                    with_facts(number, source, |facts| {
                        plan.judge(facts, population, Day(20_779), &mut memo, &mut verdicts);
                    });
                    for (_, verdict) in verdicts.iter() {
                        counts[match verdict {
                            Verdict::Pass => 0,
                            Verdict::Fail => 1,
                            _ => 2,
                        }] += 1;
                    }
                    bytes += verdicts.to_bytes().len() as u64;
                }
                (counts, bytes)
            })
        };
        let workers: Vec<_> = parts().map(work).collect();
        let mut all = ([0u64; 3], 0u64);
        for worker in workers {
            let (counts, bytes) = worker.join().expect("no thread fails");
            all.0.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            all.1 += bytes;
        }
        all
    });
    let took = started.elapsed();
    let ([pass, fail, other], bytes) = counts;
    println!(
        "judged on {threads} threads: {took:.1?}, {:.0} records a second",
        records as f64 / took.as_secs_f64()
    );
    println!(
        "{pass} pass, {fail} fail, {other} others; verdicts {} bytes a record",
        bytes / records.max(1)
    );
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("memory at its peak: {}", peak.trim_start_matches("VmHWM:").trim());
    }
}
