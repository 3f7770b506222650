//! One value of any semantic type, in any country, standardised.
//!
//! The first byte of an input picks the type, the second the country and the order of dates; the
//! rest is the value, with what is no UTF-8 replaced as it is when files are read.
//!
//! Promised: never a panic. What people can read either becomes a claim or is found wrong, never
//! neither. And of types that stand for themselves each standardised value, taken in once more,
//! stays as it is.

#![no_main]

use karat_engine::clean::{CleaningPlan, Memo};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::claim::CleanRecord;
use karat_model::hub_model::{
    ColumnMapping, Country, DateOrder, Delivery, Format, HubModel, Party, Source,
};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Payload, SourceRecord};
use karat_model::semantic::SemanticType;
use libfuzzer_sys::fuzz_target;

const COUNTRIES: [&str; 6] = ["NL", "BE", "DE", "GB", "US", "JP"];
const DATE_ORDERS: [DateOrder; 2] = [DateOrder::DayFirst, DateOrder::MonthFirst];

/// What the value is read as.
#[derive(Clone, Copy, Debug)]
struct Reading {
    semantic_type: SemanticType,
    entity_type: EntityType,
    country: &'static str,
    date_order: DateOrder,
}

fuzz_target!(|input: &[u8]| {
    let [kind, context, value @ ..] = input else { return };
    let semantic_type = SemanticType::ALL[usize::from(*kind) % SemanticType::ALL.len()];
    let context = usize::from(*context);
    let reading = Reading {
        semantic_type,
        entity_type: EntityType::ALL[context / 12 % 2],
        country: COUNTRIES[context % 6],
        date_order: DATE_ORDERS[context / 6 % 2],
    };
    check(reading, &String::from_utf8_lossy(value));
});

fn check(reading: Reading, value: &str) {
    let mut model = HubModel::new("fuzz");
    let own = model.attributes.add_named("own", reading.semantic_type);
    let cleaned = standardise(&model, reading, Some(own), value);
    if reading.semantic_type.is_metadata() {
        return assert!(cleaned.claims.is_empty(), "{reading:?}: {value:?}");
    }
    let is_visible = value.contains(char::is_alphanumeric);
    // A form of address that tells no gender, such as `Mx`, is left out of titles.
    let may_be_left_out = reading.semantic_type == SemanticType::Title;
    let is_about_value = cleaned.findings.iter().any(|finding| finding.column.is_some());
    if is_visible && !may_be_left_out && cleaned.claims.is_empty() {
        assert!(is_about_value, "{reading:?}: nothing became of {value:?}");
    }
    if !settles(reading.semantic_type) {
        return;
    }
    for claim in &cleaned.claims {
        let attribute = model.attributes.get(claim.attribute);
        let again = Reading { semantic_type: attribute.semantic_type, ..reading };
        let settled = standardise(&model, again, Some(claim.attribute), &claim.value);
        let is_there = settled
            .claims
            .iter()
            .any(|it| it.attribute == claim.attribute && it.value == claim.value);
        assert!(
            is_there,
            "{reading:?}: {value:?} gave {} {:?}, and that {:?}",
            attribute.name,
            claim.value,
            settled.claims
        );
    }
}

/// Whether each standardised value of a type, by itself, means what it meant beside the others.
///
/// Parts of names and addresses do not: a name without its prefix, or a street without its number,
/// is read anew.
fn settles(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    !matches!(
        semantic_type,
        FullName
            | PartyName
            | GivenName
            | Initials
            | FamilyNamePrefix
            | FamilyName
            | PartnerName
            | Title
            | NameSuffix
            | CompanyName
            | FullAddress
            | AddressLine
            | Street
            | HouseNumber
            | HouseNumberAddition
            | AddressExtra
            | PostcodeCity
            | City
    )
}

/// What a record becomes whose one column is read so.
fn standardise(
    model: &HubModel,
    reading: Reading,
    attribute: Option<AttributeId>,
    value: &str,
) -> CleanRecord {
    let Reading { semantic_type, entity_type, country, date_order } = reading;
    let source = Source {
        name: SourceName::new("fuzz"),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Changes,
        trust: 0,
        party: Party::Always(entity_type),
        country: Some(Country::from_code(country).expect("a code of two letters")),
        date_order,
        columns: vec![ColumnMapping {
            column: "value".to_owned(),
            semantic_type,
            attribute: attribute.filter(|_| semantic_type.needs_attribute()),
            slot: 0,
            length_max: None,
        }],
        feedback: None,
    };
    let plan = CleaningPlan::new(model, &source, &["value".to_owned()]);
    let mut payload = Payload::new();
    payload.push(0, value);
    let record = SourceRecord { key: RecordKey::new(source.name, "1"), observed_at: None, payload };
    plan.standardise(&record, &mut Memo::none())
}
