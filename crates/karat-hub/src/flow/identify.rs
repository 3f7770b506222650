//! Gives clusters their entity ids: the partition comes first, ids second.
//!
//! A cluster keeps the id of the entity that most of its records were in. An id that is left over
//! leads to the entity that has most of its records now. A new entity is named after its first
//! record, so that the same records get the same ids wherever they are first loaded.

use karat_model::id::EntityId;
use karat_model::partition::Partition;
use karat_model::table::RecordTable;
use rustc_hash::{FxHashMap, FxHashSet};

/// The ids of the clusters of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// Per cluster its entity id.
    pub ids: Vec<EntityId>,
    /// Per cluster whether its id is new.
    pub is_new: Vec<bool>,
    /// Entities that are no more, each with the one that has most of its records now.
    pub retired: Vec<(EntityId, Option<EntityId>)>,
    /// New entities whose records were in another one, with that one.
    pub split: Vec<(EntityId, EntityId)>,
}

/// Gives each cluster an id. `entity_of` tells in which entity a stored row was, `known` lists the
/// entities there were, and `is_taken` whether an id was ever issued.
pub fn identify(
    table: &RecordTable,
    partition: &Partition,
    entity_of: &dyn Fn(u64) -> Option<EntityId>,
    known: &[EntityId],
    is_taken: &mut dyn FnMut(EntityId) -> Result<bool, karat_store::Error>,
) -> Result<Identified, karat_store::Error> {
    let mut overlaps: FxHashMap<(u32, EntityId), u32> = FxHashMap::default();
    for record in table.records() {
        if let Some(entity) = entity_of(table.row(record)) {
            *overlaps.entry((partition.cluster_of(record), entity)).or_default() += 1;
        }
    }
    let mut overlaps: Vec<((u32, EntityId), u32)> = overlaps.into_iter().collect();
    // The largest overlap first; then the smaller id and the earlier cluster.
    overlaps.sort_unstable_by_key(|&((cluster, entity), count)| {
        (std::cmp::Reverse(count), entity, cluster)
    });
    let mut ids: Vec<Option<EntityId>> = vec![None; partition.len()];
    let mut kept: FxHashSet<EntityId> = FxHashSet::default();
    let mut heir: FxHashMap<EntityId, u32> = FxHashMap::default();
    let mut origin: FxHashMap<u32, EntityId> = FxHashMap::default();
    for &((cluster, entity), _) in &overlaps {
        heir.entry(entity).or_insert(cluster);
        origin.entry(cluster).or_insert(entity);
        if ids[cluster as usize].is_none() && kept.insert(entity) {
            ids[cluster as usize] = Some(entity);
        }
    }
    let is_new: Vec<bool> = ids.iter().map(Option::is_none).collect();
    let mut issued = kept.clone();
    let mut identified = Vec::with_capacity(ids.len());
    for (cluster, id) in ids.into_iter().enumerate() {
        identified.push(match id {
            Some(id) => id,
            None => {
                let first = partition.members(cluster as u32)[0];
                let mut id = EntityId::founded_by(&table.key(first));
                while issued.contains(&id) || is_taken(id)? {
                    id = id.next();
                }
                issued.insert(id);
                id
            }
        });
    }
    let successor =
        |entity: &EntityId| heir.get(entity).map(|&cluster| identified[cluster as usize]);
    let retired = known.iter().filter(|entity| !kept.contains(entity));
    let retired = retired.map(|&entity| (entity, successor(&entity))).collect();
    let from =
        |(cluster, _): (usize, &bool)| Some((identified[cluster], *origin.get(&(cluster as u32))?));
    let split = is_new.iter().enumerate().filter(|(_, is_new)| **is_new).filter_map(from).collect();
    Ok(Identified { ids: identified, is_new, retired, split })
}
