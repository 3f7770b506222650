//! Publishes what was derived: golden records, crosswalk, potential matches and events, at once.

use karat_engine::matching::Matched;
use karat_engine::merging::{self, Member, Survivor, display};
use karat_engine::quality::check::{CheckMemo, Known};
use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, CleanRecord};
use karat_model::evidence::Weight;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, SourceName};
use karat_model::partition::{Edge, Hold, PotentialMatch};
use karat_model::record::{Columns, Moment, Payload, SourceRecord};
use karat_model::table::{RecordNo, RecordTable};
use karat_store::{
    EdgeRow, Entity, EntityChange, GoldenRow, HoldRow, LoadNo, PotentialMatchRow, Publication,
    RowNo, SourceNo, Store, SubjectNo,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::derive::Derived;
use super::identify::Identified;
use super::master::Mastered;
use super::models::write_models;
use super::progress::{Progress, Stage};
use super::quality::{
    Alone, Customer, Deliveries, Judge, Judged, Kept, Quality, WrongDeliveries, attributes_meant,
    judge_deliveries,
};
use super::releases::NewRelease;
use crate::drift::DriftReport;
use crate::figures::Figures;
use crate::hub_model::fingerprint;
use crate::scorecard::Entering;
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
    let mut quality = std::mem::take(&mut derived.quality);
    let Derived { mastered, identified, gone, models, figures, pairs, holds, drift, judge, .. } =
        &*derived;
    let judge = judge.as_ref();
    let entering = derived.entering.as_ref();
    let sources = store.reader().source_columns()?;
    let mut delivered =
        judge.map(|judge| judge_deliveries(judge, model, &sources)).unwrap_or_default();
    let wrong = judge.map(|judge| WrongDeliveries::of(judge, model, &sources, &delivered));
    let wrong = wrong.unwrap_or_default().to_json();
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
        let makers = makers(model, judge, mastered, identified);
        for maker in &makers {
            let quality = &mut quality;
            changes.add(publish(publication, maker, quality, progress, &mut done)?);
        }
        for &id in gone {
            publication.retire_entity(id, None)?;
            changes.deleted += 1;
        }
        publication.replace_potential_matches(pairs)?;
        publication.replace_holds(holds)?;
        publication.replace_match_index(std::mem::take(&mut index))?;
        if let Some(judge) = judge {
            let mut quality = std::mem::take(&mut quality);
            settle(&mut quality, judge, &makers);
            if let Some(entering) = entering {
                let json = entering.to_json(model, judge, &quality);
                publication.put_statistic(Entering::NAME, &json)?;
            }
            quality.take_deliveries(std::mem::take(&mut delivered));
            quality.put(publication, judge, model)?;
            publication.put_statistic(Deliveries::NAME, &judge.deliveries.to_json())?;
            publication.put_statistic(WrongDeliveries::NAME, &wrong)?;
            publication.put_statistic(Kept::NAME, &judge.kept().to_json())?;
            let (day, no) = (i64::from(judge.as_of.0), release.map(NewRelease::no));
            publication.keep_measure(day, no, "published")?;
        }
        let drift = DriftReport { measured_at: at, match_model, types: drift.clone() };
        publication.put_statistic(DriftReport::NAME, &drift.to_json())?;
        publication.put_statistic(Figures::NAME, &figures)
    })?;
    progress.end();
    Ok(changes)
}

/// How many entities are made at a time: enough for all cores, few enough for memory.
const ENTITIES_AT_A_TIME: usize = 16_384;

/// The makers of entities, one for each entity type.
pub fn makers<'a>(
    model: &'a HubModel,
    judge: Option<&'a Judge>,
    mastered: &'a [Mastered],
    identified: &'a [Identified],
) -> Vec<EntityMaker<'a>> {
    let of_types = mastered.iter().zip(identified);
    of_types.map(|(of, ids)| EntityMaker::new(model, judge, of, ids)).collect()
}

/// Judges those again whose verdicts hang on others, now that all are known.
pub fn settle(quality: &mut Quality, judge: &Judge, makers: &[EntityMaker]) {
    let mut clusters: FxHashMap<EntityId, (usize, u32)> = FxHashMap::default();
    let mut records: FxHashMap<RowNo, (usize, RecordNo)> = FxHashMap::default();
    quality.settle(judge, &mut |subject, others| match subject {
        SubjectNo::Customer(id) => {
            if clusters.is_empty() {
                for (at, maker) in makers.iter().enumerate() {
                    let ids = maker.identified.ids.iter().copied().zip(0..);
                    clusters.extend(ids.map(|(id, cluster)| (id, (at, cluster))));
                }
            }
            let (at, cluster) = *clusters.get(&id)?;
            makers[at].judged(cluster, others, &mut CheckMemo::none())
        }
        SubjectNo::Record(row) => {
            if records.is_empty() {
                for (at, maker) in makers.iter().enumerate() {
                    let table = &maker.mastered.table;
                    let rows = table.records().map(|record| (RowNo(table.row(record)), record));
                    records.extend(rows.map(|(row, record)| (row, (at, record))));
                }
            }
            let (at, record) = *records.get(&row)?;
            makers[at].judge_record(record, others)
        }
        SubjectNo::Attribute(_) | SubjectNo::Source(_) => None,
    });
}

/// What judging everything comes to, the customers as well, where sources have these columns; `None`
/// without a judge.
pub fn judge_all(
    model: &HubModel,
    sources: &[(SourceNo, SourceName, Columns)],
    derived: &mut Derived,
) -> Option<Quality> {
    let mut quality = std::mem::take(&mut derived.quality);
    let Derived { mastered, identified, judge, .. } = &*derived;
    let judge = judge.as_ref()?;
    let makers = makers(model, Some(judge), mastered, identified);
    for maker in &makers {
        let ids = &maker.identified.ids;
        let clusters: Vec<u32> = (0..ids.len() as u32).collect();
        for some in clusters.chunks(ENTITIES_AT_A_TIME) {
            let make = |memo: &mut CheckMemo, &cluster: &u32| maker.judged(cluster, &Alone, memo);
            let judged = some.par_iter().with_min_len(256).map_init(CheckMemo::new, make);
            let judged: Vec<Option<Judged>> = judged.collect();
            for (&cluster, judged) in some.iter().zip(judged) {
                let subject = SubjectNo::Customer(ids[cluster as usize]);
                judged.into_iter().for_each(|it| quality.take(judge, subject, None, it));
            }
        }
    }
    settle(&mut quality, judge, &makers);
    quality.tallies.count_definitions(judge, &attributes_meant(model));
    quality.take_deliveries(judge_deliveries(judge, model, sources));
    Some(quality)
}

/// Publishes the customers of one entity type; `done` counts the entities so far.
fn publish(
    publication: &mut dyn Publication,
    maker: &EntityMaker,
    quality: &mut Quality,
    progress: &dyn Progress,
    done: &mut u64,
) -> Result<Changes, karat_store::Error> {
    let mut changes = Changes::default();
    let identified = maker.identified;
    let mut order: Vec<u32> = (0..identified.ids.len() as u32).collect();
    order.sort_unstable_by_key(|&cluster| identified.ids[cluster as usize]);
    let split_from: FxHashMap<EntityId, EntityId> = identified.split.iter().copied().collect();
    std::thread::scope(|scope| {
        // The next entities are made while these are written.
        let (made, ready) = std::sync::mpsc::sync_channel::<Vec<(Entity, Option<Judged>)>>(1);
        let order = &order;
        scope.spawn(move || {
            for clusters in order.chunks(ENTITIES_AT_A_TIME) {
                let entities = clusters.par_iter().with_min_len(256);
                let make = |memo: &mut CheckMemo, &cluster: &u32| maker.made(cluster, memo);
                let entities = entities.map_init(CheckMemo::new, make).collect();
                if made.send(entities).is_err() {
                    break;
                }
            }
        });
        for entities in ready {
            *done += entities.len() as u64;
            for (entity, judged) in entities {
                put(publication, &entity, &split_from, &mut changes)?;
                if let (Some(judge), Some(judged)) = (maker.judge, judged) {
                    quality.take(judge, SubjectNo::Customer(entity.id), None, judged);
                }
            }
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
) -> Result<EntityChange, karat_store::Error> {
    let origin = split_from.get(&entity.id).copied();
    let change = publication.put_entity(entity, origin)?;
    match (change, origin) {
        (EntityChange::Created, Some(_)) => changes.split += 1,
        (EntityChange::Created, None) => changes.created += 1,
        (EntityChange::Updated, _) => changes.updated += 1,
        (EntityChange::Unchanged, _) => {}
    }
    Ok(change)
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

/// Makes entities of clusters, and judges them if there is a judge.
pub struct EntityMaker<'a> {
    model: &'a HubModel,
    judge: Option<&'a Judge>,
    mastered: &'a Mastered,
    identified: &'a Identified,
    /// Per cluster the weight of its likeliest potential match.
    likeliest: FxHashMap<u32, Weight>,
    filled: Vec<AttributeId>,
    /// Per source of the table how far it is trusted.
    trust: Vec<u8>,
}

impl<'a> EntityMaker<'a> {
    /// Makes those of one entity type.
    pub fn new(
        model: &'a HubModel,
        judge: Option<&'a Judge>,
        mastered: &'a Mastered,
        identified: &'a Identified,
    ) -> EntityMaker<'a> {
        EntityMaker {
            model,
            judge,
            mastered,
            likeliest: if judge.is_some() {
                likeliest(&mastered.matched)
            } else {
                FxHashMap::default()
            },
            identified,
            filled: mastered.table.filled_attributes().collect(),
            trust: mastered.table.sources().iter().map(|name| trust(model, name)).collect(),
        }
    }

    /// The entity of a cluster.
    pub fn entity(&self, cluster: u32) -> Entity {
        let members = self.members(cluster);
        self.entity_of(cluster, &self.survivors(&members))
    }

    /// The entity of a cluster, and what comes of judging it alone.
    fn made(&self, cluster: u32, memo: &mut CheckMemo) -> (Entity, Option<Judged>) {
        let members = self.members(cluster);
        let survivors = self.survivors(&members);
        let judged = self.judge_customer(cluster, &members, &survivors, &Alone, memo);
        (self.entity_of(cluster, &survivors), judged)
    }

    /// What comes of judging the entity of a cluster among others; `None` without a judge.
    pub fn judged(&self, cluster: u32, others: &dyn Known, memo: &mut CheckMemo) -> Option<Judged> {
        let members = self.members(cluster);
        self.judge_customer(cluster, &members, &self.survivors(&members), others, memo)
    }

    fn judge_customer(
        &self,
        cluster: u32,
        members: &[Member],
        survivors: &[Survivor],
        others: &dyn Known,
        memo: &mut CheckMemo,
    ) -> Option<Judged> {
        let table = &self.mastered.table;
        let source = |member: &Member| &table.sources()[table.source(member.record) as usize];
        let customer = Customer {
            entity_type: table.entity_type,
            members,
            rows: &self.rows(cluster),
            sources: &members.iter().map(source).collect::<Vec<&SourceName>>(),
            survivors,
            potential_match: self.likeliest.get(&cluster).copied(),
            kind: None,
            is_deceased: members.iter().any(|member| table.is_deceased(member.record)),
        };
        Some(self.judge?.customer(&customer, others, memo))
    }

    /// What comes of judging a record among others; findings of cleaning are not looked at again.
    fn judge_record(&self, record: RecordNo, others: &dyn Known) -> Option<Judged> {
        let table = &self.mastered.table;
        let member = Member::of_table(table, &self.filled, record, 0);
        let claim = |claim: &merging::ClaimRef| Claim {
            attribute: claim.attribute,
            slot: claim.slot,
            value: claim.value.into(),
            validity: claim.validity,
            column: 0,
        };
        let cleaned = CleanRecord {
            entity_type: table.entity_type,
            claims: member.claims.iter().map(claim).collect(),
            findings: Vec::new(),
        };
        let (key, observed_at) = (table.key(record), table.observed_at(record));
        let said = SourceRecord { key, observed_at, payload: Payload::new() };
        // As what it was judged is known from the first time.
        let at = (SourceNo(0), RowNo(table.row(record)));
        Some(self.judge?.record(at, &said, &cleaned, &[], others, &mut CheckMemo::none()))
    }

    fn rows(&self, cluster: u32) -> Vec<RowNo> {
        let table = &self.mastered.table;
        let records = self.mastered.matched.partition.members(cluster);
        records.iter().map(|&record| RowNo(table.row(record))).collect()
    }

    fn members(&self, cluster: u32) -> Vec<Member<'a>> {
        let mastered = self.mastered;
        let member = |&record: &RecordNo| {
            let trust = self.trust[mastered.table.source(record) as usize];
            Member::of_table(&mastered.table, &self.filled, record, trust)
                .settled(mastered.settled.of(record))
        };
        mastered.matched.partition.members(cluster).iter().map(member).collect()
    }

    fn survivors<'m>(&self, members: &[Member<'m>]) -> Vec<Survivor<'m>> {
        merging::survivors(members, &self.model.attributes, &self.model.survivorship)
    }

    fn entity_of(&self, cluster: u32, survivors: &[Survivor]) -> Entity {
        let table = &self.mastered.table;
        let records = self.mastered.matched.partition.members(cluster);
        let values: Vec<(AttributeId, &str)> =
            survivors.iter().map(|it| (it.claim.attribute, it.claim.value)).collect();
        let best =
            |attribute| values.iter().find(|(of, _)| *of == attribute).map(|(_, value)| *value);
        let texts = values.iter().map(|(_, value)| *value);
        let id: EntityId = self.identified.ids[cluster as usize];
        Entity {
            id,
            entity_type: table.entity_type,
            golden: GoldenRow::new(&values, &self.model.attributes),
            title: display::title_of(table.entity_type, &best),
            members: self.rows(cluster),
            weakest_link: self.mastered.weakest_links[cluster as usize],
            search_text: search_text(texts, records.iter().map(|&record| table.id(record))),
        }
    }
}

/// Per cluster the weight of its likeliest potential match.
fn likeliest(matched: &Matched) -> FxHashMap<u32, Weight> {
    let mut likeliest: FxHashMap<u32, Weight> = FxHashMap::default();
    for pair in &matched.potential {
        let clusters = [pair.left, pair.right].map(|of| matched.partition.cluster_of(of));
        if clusters[0] != clusters[1] {
            for cluster in clusters {
                let known = likeliest.entry(cluster).or_insert(pair.weight);
                *known = pair.weight.max(*known);
            }
        }
    }
    likeliest
}

/// How far a source is trusted.
pub fn trust(model: &HubModel, source: &SourceName) -> u8 {
    model.source(source).map_or(0, |source| source.trust)
}
