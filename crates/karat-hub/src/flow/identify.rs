//! Gives clusters their entity ids: the partition comes first, ids second.
//!
//! A cluster keeps the id of the entity that most of its records were in. An id that is left over
//! leads to the entity that has most of its records now. A new entity is named after its first
//! record, so that the same records get the same ids wherever they are first loaded.
//!
//! Where an entity falls apart, its parts get back the ids that their records had before they were
//! merged, so that undoing a merge gives back what was:
//!
//! ```text
//! A [1 2]   B [3]   ──merge──►  A [1 2 3], B leads to A   ──undo──►  A [1 2]   B [3]
//! ```

use karat_model::attribute::EntityType;
use karat_model::id::EntityId;
use karat_model::partition::Partition;
use karat_model::table::RecordTable;
use karat_store::{Reader, Resolution, RowNo};
use rustc_hash::{FxHashMap, FxHashSet};

/// The ids of the clusters of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// Per cluster its entity id.
    pub ids: Vec<EntityId>,
    /// Per cluster whether no entity had its id before.
    pub is_new: Vec<bool>,
    /// Entities that are no more, each with the one that has most of its records now.
    pub retired: Vec<(EntityId, Option<EntityId>)>,
    /// New entities whose records were in another one, with that one.
    pub split: Vec<(EntityId, EntityId)>,
}

/// The records of one entity type, divided into clusters.
#[derive(Clone, Copy)]
pub struct Clusters<'a> {
    /// The records.
    pub table: &'a RecordTable,
    /// Which are together.
    pub partition: &'a Partition,
}

/// The entities there were.
pub struct FormerEntities<'a> {
    /// In which entity a stored row was.
    pub entity_of: &'a dyn Fn(u64) -> Option<EntityId>,
    /// All of them, by type.
    pub known: &'a [(EntityType, EntityId)],
}

impl FormerEntities<'_> {
    /// There were none.
    pub fn none() -> FormerEntities<'static> {
        FormerEntities { entity_of: &|_| None, known: &[] }
    }
}

/// What became of ids that were issued.
pub trait IssuedIds {
    /// Whether an id was ever issued.
    fn is_taken(&self, id: EntityId) -> Result<bool, karat_store::Error>;
    /// The ids that lead to an entity, each with the rows it had in the end.
    fn merged_into(&self, id: EntityId) -> Result<Vec<(EntityId, Vec<RowNo>)>, karat_store::Error>;
}

impl IssuedIds for &dyn Reader {
    fn is_taken(&self, id: EntityId) -> Result<bool, karat_store::Error> {
        Ok(self.resolve(id)? != Resolution::Unknown)
    }

    fn merged_into(&self, id: EntityId) -> Result<Vec<(EntityId, Vec<RowNo>)>, karat_store::Error> {
        let former = self.former_ids(id)?.into_iter();
        former.map(|(former, _)| Ok((former, self.rows_at_retirement(former)?))).collect()
    }
}

/// No id was ever issued.
pub struct NothingIssued;

impl IssuedIds for NothingIssued {
    fn is_taken(&self, _: EntityId) -> Result<bool, karat_store::Error> {
        Ok(false)
    }

    fn merged_into(&self, _: EntityId) -> Result<Vec<(EntityId, Vec<RowNo>)>, karat_store::Error> {
        Ok(Vec::new())
    }
}

/// A cluster of one of several entity types: the place of the type, and the number.
type ClusterNo = (usize, u32);

/// How many records of a cluster were in an entity.
#[derive(Clone, Copy)]
struct Overlap {
    records: u32,
    entity: EntityId,
    cluster: ClusterNo,
}

/// Gives each cluster an id; per entity type.
pub fn identify(
    clusters: &[Clusters],
    former: &FormerEntities,
    issued: &dyn IssuedIds,
) -> Result<Vec<Identified>, karat_store::Error> {
    let overlaps = overlaps(clusters, former.entity_of);
    let homes = homes(&overlaps, clusters, former, issued)?;
    let at_home = match homes.is_empty() {
        true => overlaps.clone(),
        false => self::overlaps(clusters, &|row| {
            homes.get(&row).copied().or_else(|| (former.entity_of)(row))
        }),
    };
    let mut ids: Vec<Vec<Option<EntityId>>> =
        clusters.iter().map(|of_type| vec![None; of_type.partition.len()]).collect();
    let mut kept: FxHashSet<EntityId> = FxHashSet::default();
    for Overlap { entity, cluster: (kind, number), .. } in at_home {
        let id = &mut ids[kind][number as usize];
        if id.is_none() && kept.insert(entity) {
            *id = Some(entity);
        }
    }
    let known: FxHashSet<EntityId> = former.known.iter().map(|(_, entity)| *entity).collect();
    let is_new = |id: &Option<EntityId>| id.is_none_or(|id| !known.contains(&id));
    let is_new: Vec<Vec<bool>> = ids.iter().map(|ids| ids.iter().map(is_new).collect()).collect();
    let ids = name_the_others(clusters, ids, kept.clone(), issued)?;

    let mut heir: FxHashMap<EntityId, EntityId> = FxHashMap::default();
    let mut origin: FxHashMap<ClusterNo, EntityId> = FxHashMap::default();
    for Overlap { entity, cluster: (kind, number), .. } in overlaps {
        heir.entry(entity).or_insert(ids[kind][number as usize]);
        origin.entry((kind, number)).or_insert(entity);
    }
    let by_type = clusters.iter().zip(ids).zip(is_new).enumerate();
    let identified = by_type.map(|(kind, ((of_type, ids), is_new))| {
        let entity_type = of_type.table.entity_type;
        let of_type = former.known.iter().filter(|(of, _)| *of == entity_type);
        let gone = of_type.map(|(_, entity)| *entity).filter(|entity| !kept.contains(entity));
        let retired = gone.map(|entity| (entity, heir.get(&entity).copied())).collect();
        let new = (0..).zip(&is_new).filter(|(_, is_new)| **is_new);
        let from = new.filter_map(|(at, _)| Some((ids[at as usize], *origin.get(&(kind, at))?)));
        let split = from.collect();
        Identified { ids, is_new, retired, split }
    });
    Ok(identified.collect())
}

/// How clusters and entities overlap, the largest overlap first; then by id and by cluster.
fn overlaps(clusters: &[Clusters], entity_of: &dyn Fn(u64) -> Option<EntityId>) -> Vec<Overlap> {
    let mut counts: FxHashMap<(ClusterNo, EntityId), u32> = FxHashMap::default();
    for (kind, Clusters { table, partition }) in clusters.iter().enumerate() {
        for record in table.records() {
            if let Some(entity) = entity_of(table.row(record)) {
                *counts.entry(((kind, partition.cluster_of(record)), entity)).or_default() += 1;
            }
        }
    }
    let overlap = |((cluster, entity), records)| Overlap { records, entity, cluster };
    let mut overlaps: Vec<Overlap> = counts.into_iter().map(overlap).collect();
    overlaps.sort_unstable_by_key(|overlap| {
        (std::cmp::Reverse(overlap.records), overlap.entity, overlap.cluster)
    });
    overlaps
}

/// Of entities that fall apart, per row the id that it had before it was merged, if another.
///
/// An entity of which no record was always there is left out: one of its parts keeps its id.
fn homes(
    overlaps: &[Overlap],
    clusters: &[Clusters],
    former: &FormerEntities,
    issued: &dyn IssuedIds,
) -> Result<FxHashMap<u64, EntityId>, karat_store::Error> {
    let mut parts: FxHashMap<EntityId, u32> = FxHashMap::default();
    overlaps.iter().for_each(|overlap| *parts.entry(overlap.entity).or_default() += 1);
    let mut homes = FxHashMap::default();
    for (&entity, _) in parts.iter().filter(|(_, parts)| **parts > 1) {
        let mut merged = issued.merged_into(entity)?;
        if merged.is_empty() {
            continue;
        }
        // Of several that had a row, the smallest had it first.
        merged.sort_unstable_by_key(|(id, rows)| (std::cmp::Reverse(rows.len()), *id));
        let mut home: FxHashMap<u64, EntityId> = FxHashMap::default();
        for (id, rows) in merged {
            home.extend(rows.into_iter().map(|row| (row.0, id)));
        }
        let mut rows = clusters
            .iter()
            .flat_map(|Clusters { table, .. }| table.records().map(|record| table.row(record)));
        let has_own =
            rows.any(|row| (former.entity_of)(row) == Some(entity) && !home.contains_key(&row));
        if has_own {
            home.retain(|row, _| (former.entity_of)(*row) == Some(entity));
            homes.extend(home);
        }
    }
    Ok(homes)
}

/// Names those clusters that kept no id after their first records.
fn name_the_others(
    clusters: &[Clusters],
    ids: Vec<Vec<Option<EntityId>>>,
    mut used: FxHashSet<EntityId>,
    issued: &dyn IssuedIds,
) -> Result<Vec<Vec<EntityId>>, karat_store::Error> {
    let mut named = Vec::with_capacity(ids.len());
    for (Clusters { table, partition }, ids) in clusters.iter().zip(ids) {
        let mut of_type = Vec::with_capacity(ids.len());
        for (cluster, id) in (0..).zip(ids) {
            of_type.push(match id {
                Some(id) => id,
                None => {
                    let first = partition.members(cluster)[0];
                    let mut id = EntityId::founded_by(&table.key(first));
                    while used.contains(&id) || issued.is_taken(id)? {
                        id = id.next();
                    }
                    used.insert(id);
                    id
                }
            });
        }
        named.push(of_type);
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use karat_model::attribute::AttributeSet;
    use karat_model::id::{RecordKey, SourceName};
    use karat_model::table::TableBuilder;

    use super::*;

    /// Ids by letters, each with the rows it had when it went into another.
    struct Merged(BTreeMap<char, Vec<(char, Vec<u64>)>>);

    impl IssuedIds for Merged {
        fn is_taken(&self, id: EntityId) -> Result<bool, karat_store::Error> {
            Ok(('a'..='z').any(|letter| entity(letter) == id))
        }

        fn merged_into(
            &self,
            id: EntityId,
        ) -> Result<Vec<(EntityId, Vec<RowNo>)>, karat_store::Error> {
            let of = self.0.iter().find(|(letter, _)| entity(**letter) == id);
            let rows = |rows: &Vec<u64>| rows.iter().copied().map(RowNo).collect();
            let merged = of.into_iter().flat_map(|(_, merged)| merged);
            Ok(merged.map(|(letter, numbers)| (entity(*letter), rows(numbers))).collect())
        }
    }

    fn entity(letter: char) -> EntityId {
        EntityId::from_u64(letter.into())
    }

    /// Divides rows 1, 2, … and checks the letters of the clusters in order; `?` for a new id. The
    /// rows were in the entities of these letters.
    fn check(
        before: &str,
        clusters: &[u32],
        merged: &[(char, char, &[u64])],
        expected: &str,
        retired: &[(char, Option<char>)],
    ) {
        let source = SourceName::new("crm");
        let mut builder =
            TableBuilder::new(EntityType::Person, &AttributeSet::builtin(), [source.clone()]);
        for (row, _) in (1..).zip(clusters) {
            builder.push(&RecordKey::new(source.clone(), &format!("{row}")), None, row, &[]);
        }
        let table = builder.finish();
        let partition = Partition::from_labels(clusters);
        let letters: Vec<char> = before.chars().collect();
        let entity_of = |row: u64| {
            letters.get(row as usize - 1).filter(|letter| **letter != ' ').map(|l| entity(*l))
        };
        let mut known: Vec<(EntityType, EntityId)> = letters
            .iter()
            .filter(|letter| **letter != ' ')
            .map(|letter| (EntityType::Person, entity(*letter)))
            .collect();
        known.dedup();
        let mut issued = Merged(BTreeMap::new());
        for &(into, letter, rows) in merged {
            issued.0.entry(into).or_default().push((letter, rows.to_vec()));
        }
        let former = FormerEntities { entity_of: &entity_of, known: &known };
        let clusters = [Clusters { table: &table, partition: &partition }];
        let found = identify(&clusters, &former, &issued).unwrap().pop().unwrap();
        let letter = |id: &EntityId| ('a'..='z').find(|letter| entity(*letter) == *id);
        let shown: String = found.ids.iter().map(|id| letter(id).unwrap_or('?')).collect();
        assert_eq!(shown, expected, "{before}");
        let gone: Vec<(char, Option<char>)> = found
            .retired
            .iter()
            .map(|(id, to)| (letter(id).unwrap(), to.as_ref().and_then(letter)))
            .collect();
        assert_eq!(gone, retired, "{before}");
    }

    #[test]
    fn most_records_keep_the_id() {
        check("aab", &[0, 0, 0], &[], "a", &[('b', Some('a'))]);
        check("aaa", &[0, 1, 1], &[], "?a", &[]);
        check("ab ", &[0, 1, 2], &[], "ab?", &[]);
    }

    #[test]
    fn what_was_merged_gets_its_ids_back() {
        check("aaa", &[0, 0, 2], &[('a', 'b', &[3])], "ab", &[]);
        // The part with more records is not the one whose id the whole had.
        check("aaa", &[0, 1, 1], &[('a', 'b', &[2, 3])], "ab", &[]);
        // The id of the second record was the smaller one.
        check("aa", &[0, 1], &[('a', 'b', &[1])], "ba", &[]);
        // Merged step by step, undone at once.
        check("aaa", &[0, 1, 2], &[('a', 'b', &[2, 3]), ('a', 'c', &[3])], "abc", &[]);
        // Along another line than it was merged by: whoever has a record of before.
        check("aaa", &[0, 1, 1], &[('a', 'b', &[3])], "ab", &[]);
        // Near miss: the record that had another id did not leave.
        check("aaa", &[0, 1, 0], &[('a', 'b', &[3])], "a?", &[]);
    }

    #[test]
    fn an_id_in_use_is_not_given_up() {
        // None of the records that it had by itself is left.
        check("aa", &[0, 1], &[('a', 'b', &[1]), ('a', 'c', &[2])], "a?", &[]);
    }
}
