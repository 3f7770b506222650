//! Potential matches: pairs of records that a steward should look at.
//!
//! Columns: `left_source`, `left_id`, `right_source`, `right_id`, `weight` (in bits),
//! `probability`, `left_entity`, `right_entity`, `held`.

use karat_model::evidence::Weight;
use karat_model::id::EntityId;

use super::{Destination, Field, FieldKind, Result, TableWriter};

/// A pair of records that may be about the same customer.
#[derive(Clone, Copy, Debug)]
pub struct PotentialMatchRow<'a> {
    /// The one record.
    pub left: PotentialMatchSide<'a>,
    /// The other record.
    pub right: PotentialMatchSide<'a>,
    /// The total weight, prior included.
    pub weight: Weight,
    /// Why the join that it stands for is held, by its name; `None` if nothing would join the two.
    pub held: Option<&'a str>,
}

/// One record of a pair.
#[derive(Clone, Copy, Debug)]
pub struct PotentialMatchSide<'a> {
    /// The source system.
    pub source: &'a str,
    /// The id of the record in its source.
    pub id: &'a str,
    /// The entity it belongs to.
    pub entity_id: EntityId,
}

/// Writes potential matches.
pub struct PotentialMatchesFile(TableWriter);

impl PotentialMatchesFile {
    /// Opens the file.
    pub fn create(destination: &Destination) -> Result<PotentialMatchesFile> {
        let columns = [
            ("left_source", FieldKind::Text),
            ("left_id", FieldKind::Text),
            ("right_source", FieldKind::Text),
            ("right_id", FieldKind::Text),
            ("weight", FieldKind::Decimal),
            ("probability", FieldKind::Decimal),
            ("left_entity", FieldKind::Text),
            ("right_entity", FieldKind::Text),
            ("held", FieldKind::Text),
        ];
        TableWriter::create(destination, &columns).map(PotentialMatchesFile)
    }

    /// Adds a pair.
    pub fn write(&mut self, row: &PotentialMatchRow<'_>) -> Result<()> {
        let [left, right] = [row.left, row.right];
        self.0.write_row(&[
            Field::Text(left.source),
            Field::Text(left.id),
            Field::Text(right.source),
            Field::Text(right.id),
            Field::Decimal(row.weight.bits()),
            Field::Decimal(row.weight.probability()),
            Field::Text(&left.entity_id.to_string()),
            Field::Text(&right.entity_id.to_string()),
            row.held.map_or(Field::Missing, Field::Text),
        ])
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
    fn pairs_have_weights_in_bits_and_probabilities() {
        let side = |id, number| PotentialMatchSide {
            source: "crm",
            id,
            entity_id: EntityId::from_u64(number),
        };
        let row = PotentialMatchRow {
            left: side("1", 1),
            right: side("2", 2),
            weight: Weight::from_bits(1.5),
            held: Some("large"),
        };
        let folder = tempfile::tempdir().unwrap();
        for name in ["matches.csv", "matches.parquet"] {
            let path = folder.path().join(name);
            let destination = Destination::new(&path, None).unwrap();
            let mut file = PotentialMatchesFile::create(&destination).unwrap();
            file.write(&row).unwrap();
            file.write(&PotentialMatchRow { weight: Weight::from_bits(0.25), held: None, ..row })
                .unwrap();
            assert_eq!(file.finish().unwrap(), 2);
            let rows = read(&path);
            assert_eq!(
                rows[0],
                "left_source,left_id,right_source,right_id,weight,probability,left_entity,right_entity,held"
            );
            let start = "crm,1,crm,2,1.5,0.738796125036258";
            assert!(rows[1].starts_with(start), "{}", rows[1]);
            assert!(rows[1].ends_with(",000000000001,000000000002,large"), "{}", rows[1]);
            assert!(rows[2].starts_with("crm,1,crm,2,0.25,0.54"), "{}", rows[2]);
        }
    }
}
