//! Potential matches: pairs of records that a steward should look at.
//!
//! Columns: `left_source`, `left_id`, `right_source`, `right_id`, `weight` (in bits),
//! `probability`, `left_entity`, `right_entity`, `held`.

use karat_model::evidence::Weight;
use karat_model::id::EntityId;

use super::pair::{PAIR_COLUMNS, pair_fields};
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
    /// What that stands for under its match model.
    pub probability: f64,
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
        let more = ["left_entity", "right_entity", "held"].map(|name| (name, FieldKind::Text));
        let columns: Vec<_> = PAIR_COLUMNS.into_iter().chain(more).collect();
        TableWriter::create(destination, &columns).map(PotentialMatchesFile)
    }

    /// Adds a pair.
    pub fn write(&mut self, row: &PotentialMatchRow<'_>) -> Result<()> {
        let [left, right] = [row.left, row.right];
        let entities = [left, right].map(|side| side.entity_id.to_string());
        let mut fields = Vec::from(pair_fields(
            [left, right].map(|side| (side.source, side.id)),
            row.weight,
            row.probability,
        ));
        fields.extend(entities.iter().map(|entity| Field::Text(entity)));
        fields.push(row.held.map_or(Field::Missing, Field::Text));
        self.0.write_row(&fields)
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
            probability: 0.738_796_125,
            held: Some("large"),
        };
        let folder = tempfile::tempdir().unwrap();
        for name in ["matches.csv", "matches.parquet"] {
            let path = folder.path().join(name);
            let destination = Destination::new(&path, None).unwrap();
            let mut file = PotentialMatchesFile::create(&destination).unwrap();
            file.write(&row).unwrap();
            let weight = Weight::from_bits(0.25);
            let lighter = PotentialMatchRow { weight, probability: 0.5432, held: None, ..row };
            file.write(&lighter).unwrap();
            assert_eq!(file.finish().unwrap(), 2);
            let rows = read(&path);
            assert_eq!(
                rows[0],
                "left_source,left_id,right_source,right_id,weight,probability,left_entity,right_entity,held"
            );
            let start = "crm,1,crm,2,1.5,0.738796,";
            assert!(rows[1].starts_with(start), "{}", rows[1]);
            assert!(rows[1].ends_with(",000000000001,000000000002,large"), "{}", rows[1]);
            assert!(rows[2].starts_with("crm,1,crm,2,0.25,0.5432,"), "{}", rows[2]);
        }
    }
}
