//! The neighbourhood of changed records: all records whose customers may have become others.
//!
//! It is closed: no edge that can join, no decision *same* and no customer of before leads out of
//! it. So dividing it alone gives the customers that dividing all records would.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::id::{EntityId, RecordKey};
use karat_store::{EdgeRow, Reader, RowNo};
use rustc_hash::{FxHashMap, FxHashSet};

use super::basis::Basis;
use super::edges::FoundEdges;
use super::records::Records;
use crate::error::Error;

/// The records whose customers may have changed, and what is known of them.
pub struct Neighbourhood {
    /// Their rows; those that are gone are among them.
    pub rows: BTreeSet<RowNo>,
    /// Records that edges lead to which join nobody; their customers stay.
    pub fringe: BTreeSet<RowNo>,
    /// All edges of the rows, in order.
    pub edges: Vec<EdgeRow>,
    /// The customers of before, of rows and fringe.
    pub entity_of: FxHashMap<RowNo, EntityId>,
    /// The customers of before that may change, in order, and what they were.
    pub entities: BTreeMap<EntityId, EntityType>,
}

impl Neighbourhood {
    /// Follows edges, decisions and customers from the changed records until nothing is new.
    pub fn of(
        reader: &dyn Reader,
        basis: &Basis,
        records: &mut Records,
        found: &FoundEdges,
    ) -> Result<Neighbourhood, Error> {
        let changed: Vec<RowNo> = found.changed.iter().copied().collect();
        let mut near = Neighbourhood {
            rows: BTreeSet::new(),
            fringe: BTreeSet::new(),
            edges: found.edges.clone(),
            entity_of: FxHashMap::default(),
            entities: BTreeMap::new(),
        };
        // Whom the changed records were joined to may be another customer without them.
        let former = reader.edges_of(&changed)?;
        let mut frontier: BTreeSet<RowNo> = found.changed.clone();
        frontier.extend(former.iter().flat_map(|edge| [edge.left, edge.right]));
        let mut new_of: FxHashMap<RowNo, Vec<RowNo>> = FxHashMap::default();
        let nearest = nearest(basis);
        for edge in found.edges.iter().filter(|edge| edge.weight >= nearest) {
            new_of.entry(edge.left).or_default().push(edge.right);
            new_of.entry(edge.right).or_default().push(edge.left);
        }
        while !frontier.is_empty() {
            let rows: Vec<RowNo> = frontier.iter().copied().collect();
            near.rows.append(&mut frontier);
            let mut next: FxHashSet<RowNo> = FxHashSet::default();
            next.extend(rows.iter().filter_map(|row| new_of.get(row)).flatten());
            for edge in reader.edges_of(&rows)? {
                let is_old =
                    found.changed.contains(&edge.left) || found.changed.contains(&edge.right);
                if !is_old {
                    near.edges.push(edge);
                    if edge.weight >= nearest {
                        next.extend([edge.left, edge.right]);
                    }
                }
            }
            let entity_of = reader.entities_of_rows(&rows)?;
            let found: BTreeSet<EntityId> = entity_of.iter().map(|(_, entity)| *entity).collect();
            let found: Vec<EntityId> =
                found.into_iter().filter(|id| !near.entities.contains_key(id)).collect();
            near.entity_of.extend(entity_of);
            for (entity, entity_type, row) in reader.members_of(&found)? {
                near.entities.insert(entity, entity_type);
                next.insert(row);
            }
            records.read(reader, rows.iter().copied())?;
            let keys = rows.iter().filter_map(|row| Some(&records.get(*row)?.record.key));
            let keys: BTreeSet<&RecordKey> = keys.collect();
            let mut tied: Vec<RecordKey> = basis.standing.near(keys.iter().copied());
            tied.retain(|key| !keys.contains(key));
            next.extend(reader.rows_of(&tied)?.into_iter().map(|(_, row)| row));
            frontier = next.into_iter().filter(|row| !near.rows.contains(row)).collect();
        }
        near.finish(reader, records)
    }

    fn finish(
        mut self,
        reader: &dyn Reader,
        records: &mut Records,
    ) -> Result<Neighbourhood, Error> {
        self.edges.sort_unstable();
        self.edges.dedup();
        let ends = self.edges.iter().flat_map(|edge| [edge.left, edge.right]);
        self.fringe = ends.filter(|row| !self.rows.contains(row)).collect();
        records.read(reader, self.fringe.iter().copied())?;
        let fringe: Vec<RowNo> = self.fringe.iter().copied().collect();
        self.entity_of.extend(reader.entities_of_rows(&fringe)?);
        Ok(self)
    }
}

/// The least weight with which a pair may join two records, under any of the models.
fn nearest(basis: &Basis) -> Weight {
    let near = basis.models.iter().map(|model| model.near());
    near.min().unwrap_or(Weight(i32::MAX))
}
