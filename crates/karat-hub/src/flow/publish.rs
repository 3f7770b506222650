//! Publishes what was derived: golden records, crosswalk, potential matches and events, at once.

use karat_engine::matching::Matched;
use karat_engine::merging::{self, Member, display};
use karat_model::attribute::AttributeId;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, SourceName};
use karat_model::partition::{Edge, Hold, PotentialMatch};
use karat_model::record::Moment;
use karat_model::table::{RecordNo, RecordTable};
use karat_store::{
    EdgeRow, Entity, EntityChange, GoldenRow, HoldRow, LoadNo, PotentialMatchRow, Publication,
    RowNo, Store,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::derive::Derived;
use super::identify::Identified;
use super::master::Mastered;
use super::models::write_models;
use super::progress::{Progress, Stage};
use super::releases::NewRelease;
use crate::drift::DriftReport;
use crate::figures::Figures;
use crate::hub_model::fingerprint;
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

impl Changes {
    /// Counts those of another entity type in.
    fn add(&mut self, other: Changes) {
        self.created += other.created;
        self.updated += other.updated;
        self.merged += other.merged;
        self.split += other.split;
        self.deleted += other.deleted;
    }
}

/// Publishes all that was derived, in one transaction.
pub fn publish_all(
    store: &mut dyn Store,
    load: LoadNo,
    at: Moment,
    model: &HubModel,
    derived: &mut Derived,
    release: Option<&NewRelease>,
    progress: &dyn Progress,
) -> Result<Changes, karat_store::Error> {
    let mut index = std::mem::take(&mut derived.index);
    let Derived { mastered, identified, gone, models, figures, pairs, holds, drift, .. } =
        &*derived;
    let models = write_models(models);
    let figures = figures.to_json();
    progress.begin(Stage::Publish, identified.iter().map(|i| i.ids.len() as u64).sum());
    let mut changes = Changes::default();
    store.publish(load, at, &mut |publication| {
        changes = Changes::default();
        let mut done = 0;
        let match_model = publication.put_model(&models, &fingerprint(model))?;
        if let Some(release) = release {
            release.put(publication, &match_model)?;
        }
        for (mastered, identified) in mastered.iter().zip(identified) {
            changes.add(publish(publication, model, mastered, identified, progress, &mut done)?);
        }
        for &id in gone {
            publication.retire_entity(id, None)?;
            changes.deleted += 1;
        }
        publication.replace_potential_matches(pairs)?;
        publication.replace_holds(holds)?;
        publication.replace_match_index(std::mem::take(&mut index))?;
        let drift = DriftReport { measured_at: at, match_model, types: drift.clone() };
        publication.put_statistic(DriftReport::NAME, &drift.to_json())?;
        publication.put_statistic(Figures::NAME, &figures)
    })?;
    progress.end();
    Ok(changes)
}

/// How many entities are made at a time: enough for all cores, few enough for memory.
const ENTITIES_AT_A_TIME: usize = 16_384;

/// Publishes the customers of one entity type; `done` counts the entities so far.
fn publish(
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
    let split_from: FxHashMap<EntityId, EntityId> = identified.split.iter().copied().collect();
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
                put(publication, entity, &split_from, &mut changes)?;
            }
            *done += entities.len() as u64;
            progress.reached(*done);
            if progress.is_stopped() {
                return Err(karat_store::Error::Stopped);
            }
        }
        Ok(())
    })?;
    retire(publication, identified, &mut changes)?;
    Ok(changes)
}

/// Writes which entities are no more.
pub fn retire(
    publication: &mut dyn Publication,
    identified: &Identified,
    changes: &mut Changes,
) -> Result<(), karat_store::Error> {
    for &(id, successor) in &identified.retired {
        publication.retire_entity(id, successor)?;
        match successor {
            Some(_) => changes.merged += 1,
            None => changes.deleted += 1,
        }
    }
    Ok(())
}

/// Writes an entity; one that is new may have been split from another.
pub fn put(
    publication: &mut dyn Publication,
    entity: &Entity,
    split_from: &FxHashMap<EntityId, EntityId>,
    changes: &mut Changes,
) -> Result<(), karat_store::Error> {
    let origin = split_from.get(&entity.id).copied();
    match (publication.put_entity(entity, origin)?, origin) {
        (EntityChange::Created, Some(_)) => changes.split += 1,
        (EntityChange::Created, None) => changes.created += 1,
        (EntityChange::Updated, _) => changes.updated += 1,
        (EntityChange::Unchanged, _) => {}
    }
    Ok(())
}

/// The potential matches of an entity type, by the numbers that the store knows records by.
pub fn potential_matches(model: &HubModel, mastered: &Mastered) -> Vec<PotentialMatchRow> {
    let pairs = one_for_two_customers(&mastered.matched);
    pairs.iter().map(|pair| potential_match_row(model, &mastered.table, pair)).collect()
}

/// A potential match by the numbers of the store.
pub fn potential_match_row(
    model: &HubModel,
    table: &RecordTable,
    pair: &PotentialMatch,
) -> PotentialMatchRow {
    PotentialMatchRow {
        weight: pair.weight,
        left: RowNo(table.row(pair.left)),
        right: RowNo(table.row(pair.right)),
        held: pair.held.map(|reason| reason.name(&model.attributes)),
    }
}

/// The joins of customers of an entity type that are held, by the numbers of the store.
pub fn holds(model: &HubModel, mastered: &Mastered) -> Vec<HoldRow> {
    let holds = mastered.matched.holds.iter();
    holds.map(|hold| row_of_hold(model, &mastered.table, hold)).collect()
}

/// A pair that is worth a look, by the numbers of the store.
pub fn edge_row(table: &RecordTable, edge: &Edge) -> EdgeRow {
    let [left, right] = [edge.left, edge.right].map(|record| RowNo(table.row(record)));
    EdgeRow { left: left.min(right), right: left.max(right), weight: edge.weight }
}

/// A held join by the numbers of the store.
fn row_of_hold(model: &HubModel, table: &RecordTable, hold: &Hold) -> HoldRow {
    let rows = |side: &[RecordNo]| {
        let mut rows: Vec<RowNo> = side.iter().map(|&record| RowNo(table.row(record))).collect();
        rows.sort_unstable();
        rows
    };
    HoldRow {
        left: rows(&hold.left),
        right: rows(&hold.right),
        reason: hold.reason.name(&model.attributes),
    }
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
pub struct EntityMaker<'a> {
    model: &'a HubModel,
    mastered: &'a Mastered,
    identified: &'a Identified,
    filled: Vec<AttributeId>,
    /// Per source of the table how far it is trusted.
    trust: Vec<u8>,
}

impl<'a> EntityMaker<'a> {
    /// Makes those of one entity type.
    pub fn new(
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

    /// The entity of a cluster.
    pub fn entity(&self, cluster: u32) -> Entity {
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
        let survivors = merging::survivors(&members, attributes, survivorship);
        let values: Vec<(AttributeId, &str)> =
            survivors.iter().map(|it| (it.claim.attribute, it.claim.value)).collect();
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
