//! Matching of a small invented register of organisations, from values to customers.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::{Claim, Validity};
use karat_model::decision::Standing;
use karat_model::evidence::Agreement;
use karat_model::id::{RecordKey, SourceName};
use karat_model::match_settings::MatchSettings;
use karat_model::partition::HoldReason;
use karat_model::table::{RecordNo, RecordTable, TableBuilder};

use super::progress::Unwatched;
use super::*;

/// What a row tells, in this order.
pub(super) const COLUMNS: [AttributeId; 11] = [
    AttributeId::COMPANY_NAME,
    AttributeId::LEGAL_FORM,
    AttributeId::KVK_NUMBER,
    AttributeId::VAT_NUMBER,
    AttributeId::STREET,
    AttributeId::HOUSE_NUMBER,
    AttributeId::POSTCODE,
    AttributeId::CITY,
    AttributeId::PHONE,
    AttributeId::EMAIL,
    AttributeId::WEBSITE,
];

const STEMS: [&str; 20] = [
    "Arendhof",
    "Brakwater",
    "Coldenborg",
    "Dravik",
    "Ekelmans",
    "Fokkelaar",
    "Gorsveld",
    "Hazewinkel",
    "Ittersum",
    "Jorritsma",
    "Krabbendam",
    "Lankhorst",
    "Mosterdijk",
    "Nieuwpoort",
    "Oldeman",
    "Pelgrim",
    "Quartel",
    "Rozendal",
    "Slotemaker",
    "Tichelaar",
];
const TRADES: [&str; 8] =
    ["Bouw", "Transport", "Advies", "Techniek", "Zorg", "Interieur", "Media", "Logistiek"];
const TOWNS: [&str; 6] = ["Zwolle", "Breda", "Almelo", "Gouda", "Hoorn", "Venlo"];

/// A register: companies that stand by themselves, and every third with a holding behind the same
/// door, every fourth with a branch elsewhere. Each has two records, of which one lacks a number and
/// the other a telephone.
fn register() -> Vec<String> {
    let mut rows = Vec::new();
    for number in 0..160usize {
        let (stem, trade) = (STEMS[number % 20], TRADES[number / 20]);
        let town = TOWNS[number * 7 % 6];
        let name = format!("{stem} {trade}");
        let door = format!(
            "{}straat|{}|{}{}A|{town}",
            STEMS[number * 3 % 20],
            1 + number * 11 % 97,
            1000 + number * 37,
            char::from(b'A' + (number % 20) as u8),
        );
        let phone = format!("+3120{:07}", 2_000_000 + number * 7919);
        let site = format!("{}{}.example", stem.to_lowercase(), trade.to_lowercase());
        let company = |rows: &mut Vec<String>, name: &str, number: usize| {
            let kvk = 40_000_000 + number * 3571;
            let vat = format!("NL{:09}B01", 800_000_000 + number * 977);
            rows.push(format!("{name}|BV|{kvk}|{vat}|{door}||info@{site}|{site}"));
            rows.push(format!("{name}||{kvk}||{door}|{phone}|facturen@{site}|"));
        };
        company(&mut rows, &name, number);
        if number % 4 == 1 {
            let branch = TOWNS[(number * 7 + 1) % 6];
            let kvk = if number % 8 == 1 {
                (40_000_000 + number * 3571).to_string()
            } else {
                String::new()
            };
            rows.push(format!(
                "{name}||{kvk}||Markt|{number}|{}XK|{branch}|+3138{:07}|{}@{site}|{site}",
                9000 + number,
                3_000_000 + number * 5413,
                branch.to_lowercase()
            ));
        }
        if number % 3 == 0 {
            company(&mut rows, &format!("{stem} Holding"), 500 + number);
        }
    }
    rows
}

/// A table of organisations; the values of a row are divided by bars, those that are missing are
/// blank.
fn organisations<'a>(rows: impl IntoIterator<Item = &'a str>) -> RecordTable {
    let source = SourceName::new("erp");
    let attributes = AttributeSet::builtin();
    let mut builder = TableBuilder::new(EntityType::Organisation, &attributes, [source.clone()]);
    for (number, row) in rows.into_iter().enumerate() {
        let values = row.split('|').map(str::trim).zip(COLUMNS);
        let claim = |(value, attribute): (&str, AttributeId)| Claim {
            attribute,
            slot: 0,
            value: value.into(),
            validity: Validity::Valid,
            column: 0,
        };
        let claims: Vec<Claim> = values.filter(|(value, _)| !value.is_empty()).map(claim).collect();
        let key = RecordKey::new(source.clone(), &format!("{number:04}"));
        builder.push(&key, None, number as u64, &claims);
    }
    builder.finish()
}

/// The model of the register.
pub(super) fn taught() -> MatchModel {
    let register = register();
    let table = organisations(register.iter().map(String::as_str));
    let (attributes, settings) = (AttributeSet::builtin(), MatchSettings::standard());
    Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap().model
}

/// Checks the customers that rows beside the register become, by their places, and why joins of
/// them are held.
fn check(rows: &[&str], customers: &[&[RecordNo]], held: &[HoldReason]) {
    let register = register();
    let first = register.len() as RecordNo;
    let table = organisations(register.iter().map(String::as_str).chain(rows.iter().copied()));
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    let mut matcher =
        Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap();
    let matched = matcher.partition(&Standing::default()).unwrap();
    let found: Vec<Vec<RecordNo>> = matched
        .partition
        .clusters()
        .filter(|members| members.iter().any(|record| *record >= first))
        .map(|members| members.iter().map(|record| record.wrapping_sub(first)).collect())
        .collect();
    assert_eq!(found, customers, "{rows:#?}");
    let reasons: Vec<HoldReason> = matched
        .potential
        .iter()
        .filter(|pair| pair.right >= first)
        .filter_map(|p| p.held)
        .collect();
    assert_eq!(reasons, held);
}

#[test]
fn a_company_and_its_holding_are_two_customers() {
    check(
        &[
            "Vreugdenberg Bouw   |BV|61000001|NL855000001B01|Kade|8|4811AB|Breda|+31765200001|info@vreugdenberg.example|",
            "Vreugdenberg Bouw   |  |61000001|              |Kade|8|4811AB|Breda|+31765200001|facturen@vreugdenberg.example|",
            "Vreugdenberg Holding|BV|61000002|NL855000001B01|Kade|8|4811AB|Breda|+31765200001|info@vreugdenberg.example|",
            "Vreugdenberg Holding|  |        |              |Kade|8|4811AB|Breda|+31765200001|info@vreugdenberg.example|",
        ],
        &[&[0, 1], &[2, 3]],
        &[],
    );
}

#[test]
fn branches_are_of_one_company_and_franchises_are_not() {
    check(
        &[
            "Vreugdenberg Optiek      |BV|61000001||Kade     |8 |4811AB|Breda |+31765200001|info@vreugdenberg.example  |vreugdenberg.example",
            "Vreugdenberg Optiek      |  |61000001||Markt    |14|8011XK|Zwolle|+31385200007|zwolle@vreugdenberg.example|",
            "Vreugdenberg Optiek Gouda|  |        ||Dorpsweg |3 |2801CD|Gouda |+31182520011|gouda@vreugdenberg.example |vreugdenberg.example",
        ],
        &[&[0, 1, 2]],
        &[],
    );
    check(
        &[
            "Vreugdenberg Optiek|BV |61000001|NL855000001B01|Kade |8 |4811AB|Breda |+31765200001||",
            "Vreugdenberg Optiek|VOF|63400017|NL866000017B01|Markt|14|8011XK|Zwolle|+31385200007||",
        ],
        &[&[0], &[1]],
        &[],
    );
}

#[test]
fn who_share_a_head_office_are_told_apart_by_their_names() {
    check(
        &[
            "Vreugdenberg Bouw|BV|||Kade|8|4811AB|Breda|+31765200001||",
            "VREUGDENBERG BOUW|  |||Kade|8|4811AB|Breda|+31765200001||",
            "Zeldenthuis Media|BV|||Kade|8|4811AB|Breda|+31765200001||",
            "Zeldenthuis Media|  |||Kade|8|4811AB|Breda|            ||",
        ],
        &[&[0, 1], &[2, 3]],
        &[],
    );
}

#[test]
fn two_confirmed_kvk_numbers_are_held() {
    let same = "Vreugdenberg Bouw|BV|61000001|NL855000001B01|Kade|8|4811AB|Breda|+31765200001|info@vreugdenberg.example|";
    let other = "Vreugdenberg Bouw|BV|67345678|NL855000001B01|Kade|8|4811AB|Breda|+31765200001|info@vreugdenberg.example|";
    check(
        &[same, same, other, other],
        &[&[0, 1], &[2, 3]],
        &[HoldReason::Conflict(AttributeId::KVK_NUMBER)],
    );
    // Near miss: a digit off is a slip of one number.
    let slip = same.replace("61000001", "61800001");
    check(&[same, same, &slip, &slip], &[&[0, 1, 2, 3]], &[]);
}

#[test]
fn an_agreement_never_weighs_less_than_a_disagreement() {
    let register = register();
    let table = organisations(register.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    let matcher =
        Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap();
    for (at, comparison) in matcher.comparisons().enumerate() {
        let weights = |differ: bool| {
            let levels = comparison.levels().iter().enumerate().skip(1);
            let ordered = levels.filter(move |(_, level)| {
                level.ordered && (level.agreement == Agreement::Different) == differ
            });
            let of = |number: usize| &matcher.model.comparisons[at].levels[number];
            // As a customer against strangers, and against a household.
            let both = ordered.map(move |(number, _)| {
                let level = of(number);
                [level.weight, level.weight - level.household_weight]
            });
            both.collect::<Vec<[i32; 2]>>()
        };
        for agreement in weights(false) {
            for difference in weights(true) {
                // A weight is rounded to 1/256 bit, and a difference of two twice.
                let is_in_order = (0..2).all(|side| agreement[side] + 2 >= difference[side]);
                assert!(is_in_order, "{}: {agreement:?} {difference:?}", comparison.name());
            }
        }
    }
}

#[test]
fn a_frozen_model_finds_the_same_organisations() {
    let register = register();
    let table = organisations(register.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    let mut matcher =
        Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap();
    let found = matcher.partition(&Standing::default()).unwrap();
    let model = MatchModel::from_bytes(&matcher.model.to_bytes()).unwrap();
    let mut frozen = Matcher::frozen(&table, &attributes, model, Candidates::All, &Unwatched);
    let again = frozen.partition(&Standing::default()).unwrap();
    assert_eq!((again.partition, again.edges), (found.partition, found.edges));
}
