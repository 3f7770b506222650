//! Invented records as text, for the tests of matching.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::{Claim, Validity};
use karat_model::id::{RecordKey, SourceName};
use karat_model::table::{RecordTable, TableBuilder};

/// A table of records of one source, a row each, by the number of the row.
pub fn table<'a>(
    entity_type: EntityType,
    columns: &[AttributeId],
    rows: impl IntoIterator<Item = &'a str>,
) -> RecordTable {
    let source = SourceName::new("crm");
    let mut builder = TableBuilder::new(entity_type, &AttributeSet::builtin(), [source.clone()]);
    for (number, row) in rows.into_iter().enumerate() {
        let key = RecordKey::new(source.clone(), &format!("{number:04}"));
        builder.push(&key, None, number as u64, &claims(row, columns));
    }
    builder.finish()
}

/// The claims of a record: values divided by bars, in the order of the
/// attributes. Further values
/// of one attribute follow a plus.
pub fn claims(row: &str, columns: &[AttributeId]) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (values, &attribute) in row.split('|').zip(columns) {
        for (slot, value) in (0..).zip(values.split(" + ").map(str::trim)) {
            if !value.is_empty() {
                let (value, validity) = (value.to_string(), Validity::Valid);
                claims.push(Claim { attribute, slot, value: value.into(), validity, column: 0 });
            }
        }
    }
    claims
}

/// Given names.
pub const GIVEN: [&str; 20] = [
    "Anna", "Bram", "Carla", "Daan", "Eva", "Frits", "Greet", "Hugo", "Iris", "Joost", "Karin",
    "Luuk", "Maaike", "Niels", "Olga", "Pieter", "Roos", "Sven", "Tess", "Wout",
];
/// Family names.
pub const FAMILY: [&str; 17] = [
    "Bakker",
    "Cornelissen",
    "Dekker",
    "Evers",
    "Faber",
    "Groen",
    "Hendriks",
    "Jacobs",
    "Kuipers",
    "Laan",
    "Mulder",
    "Noordman",
    "Otten",
    "Postma",
    "Rozema",
    "Sluis",
    "Terpstra",
];
