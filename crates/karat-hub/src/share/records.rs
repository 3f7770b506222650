//! Source records after cleaning: a row per record and a column per attribute and slot.
//!
//! Columns: `source`, `id`, `entity_type`, `observed_at`, then the attributes. Slots after the first
//! count from two: `email`, `email_2`; the parts of a second address are `street_2`, `city_2` and so
//! on. Where a record claims several values in one slot, `|` stands between them.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::record::Moment;

use super::{Destination, Field, FieldKind, Result, TableWriter, moment};

/// What stands between the values of one field.
const SEPARATOR: &str = "|";

/// A source record after cleaning.
#[derive(Clone, Copy, Debug)]
pub struct RecordRow<'a> {
    /// The source system.
    pub source: &'a str,
    /// The id of the record in its source.
    pub id: &'a str,
    /// What it is about.
    pub entity_type: EntityType,
    /// When it was observed.
    pub observed_at: Option<Moment>,
    /// Its standardised values, with attribute and slot.
    pub values: &'a [(AttributeId, u8, &'a str)],
}

/// Writes source records after cleaning.
pub struct RecordsFile {
    table: TableWriter,
    columns: Vec<(AttributeId, u8)>,
}

impl RecordsFile {
    /// Opens the file, with columns for these attributes and slots; other values are left out.
    pub fn create(
        destination: &Destination,
        attributes: &AttributeSet,
        wanted: &[(AttributeId, u8)],
    ) -> Result<RecordsFile> {
        let fixed = ["source", "id", "entity_type", "observed_at"].map(str::to_owned);
        let named = wanted.iter().map(|&(attribute, slot)| {
            let name = &attributes.get(attribute).name;
            if slot == 0 { name.clone() } else { format!("{name}_{}", u16::from(slot) + 1) }
        });
        let columns: Vec<_> =
            fixed.into_iter().chain(named).map(|name| (name, FieldKind::Text)).collect();
        let table = TableWriter::create(destination, &columns)?;
        Ok(RecordsFile { table, columns: wanted.to_vec() })
    }

    /// Adds a record.
    pub fn write(&mut self, row: &RecordRow<'_>) -> Result<()> {
        let value = |wanted: &(AttributeId, u8)| -> Option<String> {
            let own = row.values.iter().filter(|value| (value.0, value.1) == *wanted);
            let own: Vec<_> = own.map(|value| value.2).collect();
            (!own.is_empty()).then(|| own.join(SEPARATOR))
        };
        let values: Vec<_> = self.columns.iter().map(value).collect();
        let observed_at = row.observed_at.and_then(moment::written);
        let mut fields = vec![
            Field::Text(row.source),
            Field::Text(row.id),
            Field::Text(row.entity_type.name()),
            Field::text(observed_at.as_deref()),
        ];
        fields.extend(values.iter().map(|value| Field::text(value.as_deref())));
        self.table.write_row(&fields)
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.table.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::read;
    use super::*;

    #[test]
    fn each_slot_has_its_column() {
        let folder = tempfile::tempdir().unwrap();
        for (name, missing) in [("records.csv", ""), ("records.parquet", "∅")] {
            let path = folder.path().join(name);
            let destination = Destination::new(&path, None).unwrap();
            let wanted =
                [(AttributeId::GIVEN_NAME, 0), (AttributeId::EMAIL, 0), (AttributeId::EMAIL, 1)];
            let mut file =
                RecordsFile::create(&destination, &AttributeSet::builtin(), &wanted).unwrap();
            let values = [
                (AttributeId::EMAIL, 1, "smit@example.org"),
                (AttributeId::GIVEN_NAME, 0, "Eva"),
                (AttributeId::GIVEN_NAME, 0, "Eefje"),
                (AttributeId::CITY, 0, "Ede"),
            ];
            let row = RecordRow {
                source: "crm",
                id: "1",
                entity_type: EntityType::Person,
                observed_at: Some(Moment(0)),
                values: &values,
            };
            file.write(&row).unwrap();
            file.write(&RecordRow { id: "2", observed_at: None, values: &[], ..row }).unwrap();
            assert_eq!(file.finish().unwrap(), 2);
            assert_eq!(
                read(&path),
                [
                    "source,id,entity_type,observed_at,given_name,email,email_2".to_owned(),
                    format!(
                        "crm,1,person,1970-01-01T00:00:00Z,Eva|Eefje,{missing},smit@example.org"
                    ),
                    format!("crm,2,person,{missing},{missing},{missing},{missing}"),
                ]
            );
        }
    }
}
