//! Golden records, wide: a row per entity and a column per attribute.
//!
//! Columns: `entity_id`, `entity_type`, `records` (how many source records stand behind it), then
//! the attributes. An attribute that collects values has two columns: `email` holds the best value,
//! so that it can be looked up, sorted and mailed to; `email_others` holds the others, best first,
//! with `|` between them. So no value is lost, and the columns do not hang on how many there are.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::id::EntityId;

use super::{Destination, Field, FieldKind, Result, TableWriter};

/// What stands between the values of one field.
const SEPARATOR: &str = "|";

/// A golden record.
#[derive(Clone, Copy, Debug)]
pub struct GoldenRow<'a> {
    /// The entity.
    pub entity_id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// How many source records stand behind it.
    pub records: u64,
    /// Its values with attribute and rank; those of one attribute in order of rank.
    pub values: &'a [(AttributeId, u8, &'a str)],
}

/// Writes golden records.
pub struct GoldenFile {
    table: TableWriter,
    columns: Vec<Column>,
}

enum Column {
    Best(AttributeId),
    Others(AttributeId),
}

impl GoldenFile {
    /// Opens the file, with columns for these attributes.
    pub fn create(
        destination: &Destination,
        attributes: &AttributeSet,
        wanted: &[AttributeId],
    ) -> Result<GoldenFile> {
        let mut columns = Vec::new();
        let mut names = vec![
            ("entity_id".to_owned(), FieldKind::Text),
            ("entity_type".to_owned(), FieldKind::Text),
            ("records".to_owned(), FieldKind::Number),
        ];
        for &id in wanted {
            let attribute = attributes.get(id);
            columns.push(Column::Best(id));
            names.push((attribute.name.clone(), FieldKind::Text));
            if attribute.collected {
                columns.push(Column::Others(id));
                names.push((format!("{}_others", attribute.name), FieldKind::Text));
            }
        }
        Ok(GoldenFile { table: TableWriter::create(destination, &names)?, columns })
    }

    /// Adds a golden record.
    pub fn write(&mut self, row: &GoldenRow<'_>) -> Result<()> {
        let entity_id = row.entity_id.to_string();
        let value = |column: &Column| -> Option<String> {
            let of = |wanted: AttributeId| {
                row.values.iter().filter(move |value| value.0 == wanted).map(|value| value.2)
            };
            match *column {
                Column::Best(attribute) => of(attribute).next().map(str::to_owned),
                Column::Others(attribute) => {
                    let others: Vec<_> = of(attribute).skip(1).collect();
                    (!others.is_empty()).then(|| others.join(SEPARATOR))
                }
            }
        };
        let values: Vec<_> = self.columns.iter().map(value).collect();
        let mut fields = vec![
            Field::Text(&entity_id),
            Field::Text(row.entity_type.name()),
            Field::Number(row.records as i64),
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

    fn written(name: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let wanted = [AttributeId::FAMILY_NAME, AttributeId::EMAIL, AttributeId::CITY];
        let destination = Destination::new(&path, None).unwrap();
        let attributes = AttributeSet::builtin();
        let mut file = GoldenFile::create(&destination, &attributes, &wanted).unwrap();
        let eva = [
            (AttributeId::FAMILY_NAME, 0, "Smit"),
            (AttributeId::KVK_NUMBER, 0, "12345678"),
            (AttributeId::EMAIL, 0, "eva@example.org"),
            (AttributeId::EMAIL, 1, "smit@example.org"),
            (AttributeId::EMAIL, 2, "info@example.org"),
        ];
        let jan = [(AttributeId::EMAIL, 0, "jan@example.org"), (AttributeId::CITY, 0, "Ede")];
        for (number, values) in [(1, &eva[..]), (2, &jan[..])] {
            let entity_id = EntityId::from_u64(number);
            let entity_type = EntityType::Person;
            file.write(&GoldenRow { entity_id, entity_type, records: number, values }).unwrap();
        }
        assert_eq!(file.finish().unwrap(), 2);
        read(&path)
    }

    #[test]
    fn the_best_value_stands_alone_and_the_others_together() {
        let header = "entity_id,entity_type,records,family_name,email,email_others,city";
        let others = "smit@example.org|info@example.org";
        assert_eq!(
            written("golden.csv"),
            [
                header.to_owned(),
                format!("000000000001,person,1,Smit,eva@example.org,{others},"),
                "000000000002,person,2,,jan@example.org,,Ede".to_owned(),
            ]
        );
        assert_eq!(
            written("golden.parquet"),
            [
                header.to_owned(),
                format!("000000000001,person,1,Smit,eva@example.org,{others},∅"),
                "000000000002,person,2,∅,jan@example.org,∅,Ede".to_owned(),
            ]
        );
        assert_eq!(
            written("golden.jsonl")[1],
            r#"{"entity_id":"000000000002","entity_type":"person","records":2,"email":"jan@example.org","city":"Ede"}"#
        );
    }
}
