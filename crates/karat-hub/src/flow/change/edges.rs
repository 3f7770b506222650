//! Finds which records the changed ones may be the same customer as, by their keys.

use std::collections::BTreeSet;

use karat_engine::matching::Matcher;
use karat_engine::matching::neighbourhood::blocking_keys;
use karat_model::attribute::EntityType;
use karat_model::table::RecordNo;
use karat_store::{EdgeRow, MatchKey, Reader, RowNo};

use super::basis::Basis;
use super::foreseen::{Foreseen, Foresight};
use super::records::Records;
use crate::error::Error;
use crate::flow::publish::edge_row;

/// The pairs of changed records that are worth a look.
pub struct FoundEdges {
    /// The records that changed, those included whose keys changed because a block outgrew the
    /// model.
    pub changed: BTreeSet<RowNo>,
    /// Their keys.
    pub keys: Vec<(MatchKey, RowNo)>,
    /// Their pairs of at least the review weight.
    pub edges: Vec<EdgeRow>,
    /// Whether a model has outgrown itself.
    pub is_model_new: bool,
    /// Whether there is no model for the type of a changed record.
    pub lacks_model: bool,
}

impl FoundEdges {
    /// None yet, of some records.
    pub fn of(changed: &[RowNo]) -> FoundEdges {
        FoundEdges {
            changed: changed.iter().copied().collect(),
            keys: Vec::new(),
            edges: Vec::new(),
            is_model_new: false,
            lacks_model: false,
        }
    }

    /// Looks up who shares a key with the changed records of an entity type, and weighs the pairs.
    pub fn look_up(
        &mut self,
        reader: &dyn Reader,
        basis: &mut Basis,
        records: &mut Records,
        entity_type: EntityType,
        foreseen: &[(RowNo, &Foreseen)],
    ) -> Result<(), Error> {
        records.read(reader, self.changed.iter().copied())?;
        loop {
            let of_type = |row: &RowNo| records.is_of(*row, entity_type);
            let own: Vec<RowNo> = self.changed.iter().copied().filter(of_type).collect();
            if own.is_empty() {
                return Ok(());
            }
            let Some(model) = basis.model_of(entity_type) else {
                self.lacks_model = true;
                return Ok(());
            };
            let attributes = &basis.hub_model.attributes;
            let foresight = Foresight::of(reader, basis, records, &own, foreseen)?;
            let unseen = own.iter().copied().filter(|row| !foresight.has(*row));
            let table = records.table(entity_type, unseen);
            let mut keys: Vec<(MatchKey, RowNo)> = blocking_keys(&table, attributes, model)
                .into_iter()
                .map(|(key, record)| (MatchKey(key.0), RowNo(table.row(record))))
                .collect();
            let mut wanted: Vec<MatchKey> = keys.iter().map(|(key, _)| *key).collect();
            wanted.sort_unstable();
            wanted.dedup();
            let mut rows = records.read_sharing(reader, &wanted)?;
            rows.extend(own.iter().chain(&foresight.since));
            rows.sort_unstable();
            rows.dedup();

            let table = records.table(entity_type, rows.into_iter());
            let is_own = |record: &RecordNo| own.binary_search(&RowNo(table.row(*record))).is_ok();
            let asked: Vec<RecordNo> = table.records().filter(is_own).collect();
            let matcher = Matcher::around(&table, attributes, model.clone(), &asked);
            if !matcher.outgrown().is_empty() {
                let outgrown = matcher.outgrown().iter();
                self.changed.extend(outgrown.map(|&record| RowNo(table.row(record))));
                let grown = matcher.model.clone();
                drop(matcher);
                basis.replace_model(grown);
                self.is_model_new = true;
                continue;
            }
            let edges = matcher.edges_with(&asked);
            self.edges.extend(edges.iter().map(|edge| edge_row(&table, edge)));
            self.edges.extend(foresight.edges());
            self.edges.sort_unstable();
            self.edges.dedup();
            keys.extend(foresight.keys());
            self.keys.extend(keys);
            return Ok(());
        }
    }
}
