//! Publishes what was derived: golden records, crosswalk, potential matches and events, at once.

use karat_engine::matching::Matched;
use karat_engine::merging::{self, Member, display};
use karat_model::attribute::AttributeId;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, SourceName};
use karat_model::partition::{Hold, PotentialMatch};
use karat_model::table::RecordNo;
use karat_store::{
    Entity, EntityChange, EventKind, GoldenRow, HoldRow, PotentialMatchRow, Publication, RowNo,
};
use rayon::prelude::*;

use super::identify::{Identified, identify};
use super::master::Mastered;
use super::progress::Progress;
use crate::search_text::search_text;

/// How many of each kind of event there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entities that are new.
    pub created: u64,
    /// Entities with another golden record or other source records.
    pub updated: u64,
    /// Entities that went into another one.
    pub merged: u64,
    /// New entities whose records were in another one.
    pub split: u64,
    /// Entities without records.
    pub deleted: u64,
}

/// How many entities are made at a time: enough for all cores, few enough for memory.
const ENTITIES_AT_A_TIME: usize = 16_384;

/// Publishes the customers of one entity type; `before` are the entities of that type so far.
pub fn publish(
    publication: &mut dyn Publication,
    model: &HubModel,
    mastered: &Mastered,
    identified: &Identified,
    progress: &dyn Progress,
    done: &mut u64,
) -> Result<Changes, karat_store::Error> {
    let mut changes = Changes::default();
    let maker = EntityMaker::new(model, mastered, identified);
    let mut order: Vec<u32> = (0..identified.ids.len() as u32).collect();
    order.sort_unstable_by_key(|&cluster| identified.ids[cluster as usize]);
    std::thread::scope(|scope| {
        // The next entities are made while these are written.
        let (made, ready) = std::sync::mpsc::sync_channel::<Vec<Entity>>(1);
        let maker = &maker;
        let order = &order;
        scope.spawn(move || {
            for clusters in order.chunks(ENTITIES_AT_A_TIME) {
                let entities = clusters.par_iter().with_min_len(256);
                let entities = entities.map(|&cluster| maker.entity(cluster)).collect();
                if made.send(entities).is_err() {
                    break;
                }
            }
        });
        for entities in ready {
            for entity in &entities {
                put(publication, entity, &mut changes)?;
            }
            *done += entities.len() as u64;
            progress.reached(*done);
            if progress.is_stopped() {
                return Err(karat_store::Error::Stopped);
            }
        }
        Ok(())
    })?;
    for &(id, origin) in &identified.split {
        changes.split += 1;
        publication.put_event(EventKind::Split, origin, Some(id))?;
    }
    for &(id, successor) in &identified.retired {
        publication.retire_entity(id, successor)?;
        let kind = if successor.is_some() { EventKind::Merged } else { EventKind::Deleted };
        match kind {
            EventKind::Merged => changes.merged += 1,
            _ => changes.deleted += 1,
        }
        publication.put_event(kind, id, successor)?;
    }
    Ok(changes)
}

/// Writes an entity, and tells of it in the change feed.
fn put(
    publication: &mut dyn Publication,
    entity: &Entity,
    changes: &mut Changes,
) -> Result<(), karat_store::Error> {
    match publication.put_entity(entity)? {
        EntityChange::Created => {
            changes.created += 1;
            publication.put_event(EventKind::Created, entity.id, None)
        }
        EntityChange::Updated => {
            changes.updated += 1;
            publication.put_event(EventKind::Updated, entity.id, None)
        }
        EntityChange::Unchanged => Ok(()),
    }
}

/// The potential matches of an entity type, by the numbers that the store knows records by.
pub fn potential_matches(model: &HubModel, mastered: &Mastered) -> Vec<PotentialMatchRow> {
    let row = |record: RecordNo| RowNo(mastered.table.row(record));
    let pairs = one_for_two_customers(&mastered.matched).into_iter();
    pairs
        .map(|pair| PotentialMatchRow {
            weight: pair.weight,
            left: row(pair.left),
            right: row(pair.right),
            held: pair.held.map(|reason| reason.name(&model.attributes)),
        })
        .collect()
}

/// The joins of customers of an entity type that are held, by the numbers of the store.
pub fn holds(model: &HubModel, mastered: &Mastered) -> Vec<HoldRow> {
    let rows = |side: &[RecordNo]| {
        let mut rows: Vec<RowNo> =
            side.iter().map(|&record| RowNo(mastered.table.row(record))).collect();
        rows.sort_unstable();
        rows
    };
    let hold = |hold: &Hold| HoldRow {
        left: rows(&hold.left),
        right: rows(&hold.right),
        reason: hold.reason.name(&model.attributes),
    };
    mastered.matched.holds.iter().map(hold).collect()
}

/// Two customers that may be the same need one look: only the heaviest pair of their records stays.
pub fn one_for_two_customers(matched: &Matched) -> Vec<PotentialMatch> {
    let mut known = rustc_hash::FxHashSet::default();
    let is_first = |pair: &&PotentialMatch| {
        let (a, b) =
            (matched.partition.cluster_of(pair.left), matched.partition.cluster_of(pair.right));
        known.insert((a.min(b), a.max(b)))
    };
    matched.potential.iter().filter(is_first).copied().collect()
}

/// How many joins are held, and wait among the potential matches.
pub fn held(matched: &Matched) -> u64 {
    matched.potential.iter().filter(|pair| pair.held.is_some()).count() as u64
}

/// Makes entities of clusters.
struct EntityMaker<'a> {
    model: &'a HubModel,
    mastered: &'a Mastered,
    identified: &'a Identified,
    filled: Vec<AttributeId>,
    /// Per source of the table how far it is trusted.
    trust: Vec<u8>,
}

impl<'a> EntityMaker<'a> {
    fn new(
        model: &'a HubModel,
        mastered: &'a Mastered,
        identified: &'a Identified,
    ) -> EntityMaker<'a> {
        EntityMaker {
            model,
            mastered,
            identified,
            filled: mastered.table.filled_attributes().collect(),
            trust: mastered.table.sources().iter().map(|name| trust(model, name)).collect(),
        }
    }

    fn entity(&self, cluster: u32) -> Entity {
        let table = &self.mastered.table;
        let records = self.mastered.matched.partition.members(cluster);
        let members: Vec<Member> = records
            .iter()
            .map(|&record| {
                let trust = self.trust[table.source(record) as usize];
                Member::of_table(table, &self.filled, record, trust)
                    .settled(self.mastered.settled.of(record))
            })
            .collect();
        let HubModel { attributes, survivorship, .. } = self.model;
        let values = merging::golden_values(&members, attributes, survivorship);
        let best =
            |attribute| values.iter().find(|(of, _)| *of == attribute).map(|(_, value)| *value);
        let texts = values.iter().map(|(_, value)| *value);
        let id: EntityId = self.identified.ids[cluster as usize];
        Entity {
            id,
            entity_type: table.entity_type,
            golden: GoldenRow::new(&values, attributes),
            title: display::title_of(table.entity_type, &best),
            members: records.iter().map(|&record| RowNo(table.row(record))).collect(),
            weakest_link: self.mastered.weakest_links[cluster as usize],
            search_text: search_text(texts, records.iter().map(|&record| table.id(record))),
        }
    }
}

/// How far a source is trusted.
pub fn trust(model: &HubModel, source: &SourceName) -> u8 {
    model.source(source).map_or(0, |source| source.trust)
}

/// Identifies the clusters of all entity types; `known` are the entities there are.
pub fn identify_all(
    mastered: &[Mastered],
    entity_of: &dyn Fn(u64) -> Option<EntityId>,
    known: &[(karat_model::attribute::EntityType, EntityId)],
    is_taken: &mut dyn FnMut(EntityId) -> Result<bool, karat_store::Error>,
) -> Result<Vec<Identified>, karat_store::Error> {
    let of_type = |kind| known.iter().filter(move |(of, _)| *of == kind).map(|(_, id)| *id);
    let identified = mastered.iter().map(|mastered| {
        let known: Vec<EntityId> = of_type(mastered.table.entity_type).collect();
        identify(&mastered.table, &mastered.matched.partition, entity_of, &known, is_taken)
    });
    identified.collect()
}
