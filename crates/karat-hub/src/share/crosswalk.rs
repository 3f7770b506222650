//! The crosswalk: which source record belongs to which entity.
//!
//! Columns: `source`, `id`, `entity_id`; a row per source record.

use karat_model::id::EntityId;

use super::{Destination, Field, FieldKind, Result, TableWriter};

/// A source record and the entity it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct CrosswalkRow<'a> {
    /// The source system.
    pub source: &'a str,
    /// The id of the record in its source.
    pub id: &'a str,
    /// The entity.
    pub entity_id: EntityId,
}

/// Writes a crosswalk.
pub struct CrosswalkFile(TableWriter);

impl CrosswalkFile {
    /// Opens the file.
    pub fn create(destination: &Destination) -> Result<CrosswalkFile> {
        let columns = ["source", "id", "entity_id"].map(|name| (name, FieldKind::Text));
        TableWriter::create(destination, &columns).map(CrosswalkFile)
    }

    /// Adds a source record.
    pub fn write(&mut self, row: &CrosswalkRow<'_>) -> Result<()> {
        let entity_id = row.entity_id.to_string();
        self.0.write_row(&[Field::Text(row.source), Field::Text(row.id), Field::Text(&entity_id)])
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::read;
    use super::*;

    #[test]
    fn each_record_has_its_entity_in_every_format() {
        let folder = tempfile::tempdir().unwrap();
        for (name, expected) in [
            ("crosswalk.csv", vec!["source,id,entity_id", "crm,\"1,a\",000000000007"]),
            ("crosswalk.jsonl", vec![r#"{"source":"crm","id":"1,a","entity_id":"000000000007"}"#]),
            ("crosswalk.parquet", vec!["source,id,entity_id", "crm,1,a,000000000007"]),
        ] {
            let path = folder.path().join(name);
            let mut file = CrosswalkFile::create(&Destination::new(&path, None).unwrap()).unwrap();
            let entity_id = EntityId::from_u64(7);
            file.write(&CrosswalkRow { source: "crm", id: "1,a", entity_id }).unwrap();
            assert_eq!(file.finish().unwrap(), 1);
            assert_eq!(read(&path), expected);
        }
    }
}
