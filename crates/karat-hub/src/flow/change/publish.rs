//! Divides a neighbourhood into customers, and publishes what became of them.

use std::collections::{BTreeMap, BTreeSet};

use karat_engine::matching::Matcher;
use karat_engine::matching::cluster::Edge;
use karat_engine::quality::check::CheckMemo;
use karat_model::attribute::EntityType;
use karat_model::id::{EntityId, RecordKey};
use karat_model::partition::PotentialMatch;
use karat_model::table::RecordNo;
use karat_store::{EntityChange, HoldRow, PotentialMatchRow, Publication, RowNo, Transaction};
use rustc_hash::{FxHashMap, FxHashSet};

use super::basis::{Basis, Standard};
use super::edges::FoundEdges;
use super::neighbourhood::Neighbourhood;
use super::quality::{Near, Touched, likeliest, likeliest_of};
use super::records::Records;
use crate::error::Error;
use crate::flow::identify::{Clusters, FormerEntities, Identified, identify};
use crate::flow::master::{FormerCustomers, Mastered};
use crate::flow::models::write_models;
use crate::flow::publish::{Changes, EntityMaker, potential_match_row, put, retire};
use crate::flow::quality::Alone;
use crate::flow::settlements::Settlements;
use crate::hub_model::fingerprint;

/// What a change came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What happened to customers.
    pub changes: Changes,
    /// Whether there is no match model for a type that records came of: nothing was written.
    pub lacks_model: bool,
}

/// The customers of one entity type in a neighbourhood.
struct Divided {
    mastered: Mastered,
    pairs: Vec<PotentialMatchRow>,
}

/// Publishes the customers of a neighbourhood.
pub fn publish(
    transaction: &mut dyn Transaction,
    basis: &Basis,
    records: &mut Records,
    found: &FoundEdges,
    near: &Neighbourhood,
) -> Result<Applied, Error> {
    let holds = transaction.reader().holds()?;
    let looks_beside = basis.standard.as_ref().is_some_and(Standard::looks_beside);
    let before: Vec<EntityId> = near.entities.keys().copied().collect();
    let likeliest_before = match looks_beside {
        true => likeliest(transaction.reader(), &before)?,
        false => BTreeMap::new(),
    };
    let mut divided: Vec<Divided> = EntityType::ALL
        .into_iter()
        .filter_map(|entity_type| divide(basis, records, near, &holds, entity_type))
        .collect();
    let (identified, gone) = give_ids(transaction, &divided, near)?;

    let publication = transaction.publication()?;
    if found.is_model_new {
        publication.put_model(&write_models(&basis.models), &fingerprint(&basis.hub_model))?;
    }
    let ids = identified.iter().flat_map(|of_type| {
        let retired = of_type.retired.iter().map(|(id, _)| id);
        of_type.ids.iter().chain(retired)
    });
    let ids: Vec<EntityId> = ids.chain(&gone).copied().collect();
    publication.expect(&ids)?;
    let mut applied = Applied::default();
    let pairs: Vec<PotentialMatchRow> =
        divided.iter_mut().flat_map(|of_type| std::mem::take(&mut of_type.pairs)).collect();
    let judge = basis.standard.as_ref().map(|standard| &standard.judge);
    let mut again = Near { makers: Vec::new(), clusters: FxHashMap::default() };
    let mut touched = basis
        .standard
        .as_ref()
        .map(|standard| Touched::records(standard, records, found.changed.iter().copied()));
    let mut entity_of: FxHashMap<RowNo, EntityId> = FxHashMap::default();
    for (Divided { mastered, .. }, identified) in divided.iter().zip(&identified) {
        let maker = EntityMaker::new(&basis.hub_model, judge, mastered, identified);
        let split_from: FxHashMap<EntityId, EntityId> = identified.split.iter().copied().collect();
        for cluster in in_order(mastered, identified, near) {
            let entity = maker.entity(cluster);
            entity_of.extend(entity.members.iter().map(|row| (*row, entity.id)));
            let change = put(publication, &entity, &split_from, &mut applied.changes)?;
            if let Some(touched) = &mut touched {
                let is_of_changed = entity.members.iter().any(|row| found.changed.contains(row));
                if is_of_changed || change != EntityChange::Unchanged {
                    let judged = maker.judged(cluster, &Alone, &mut CheckMemo::none());
                    touched.add(entity.id, judged);
                }
                again.clusters.insert(entity.id, (again.makers.len(), cluster));
            }
        }
        again.makers.push(maker);
        retire(publication, identified, &mut applied.changes)?;
    }
    for &id in &gone {
        publication.retire_entity(id, None)?;
        applied.changes.deleted += 1;
    }
    publish_pairs(publication, found, near, &pairs)?;
    if let Some(mut touched) = touched {
        let retired = identified.iter().flat_map(|of_type| &of_type.retired).map(|(id, _)| id);
        retired.chain(&gone).for_each(|id| touched.add(*id, None));
        let mut beside = BTreeSet::new();
        if looks_beside {
            let entity_of =
                |row: RowNo| entity_of.get(&row).or_else(|| near.entity_of.get(&row)).copied();
            let now =
                pairs.iter().map(|pair| (pair.weight, [pair.left, pair.right].map(entity_of)));
            let likeliest_now = likeliest_of(now);
            let of_both = likeliest_before.keys().chain(likeliest_now.keys());
            let is_other = |id: &&EntityId| likeliest_before.get(id) != likeliest_now.get(id);
            beside = of_both.filter(is_other).copied().collect();
        }
        touched.settle(transaction, basis, records, &again, &beside)?;
    }
    Ok(applied)
}

/// Writes the edges, keys and potential matches.
fn publish_pairs(
    publication: &mut dyn Publication,
    found: &FoundEdges,
    near: &Neighbourhood,
    pairs: &[PotentialMatchRow],
) -> Result<(), Error> {
    let changed: Vec<RowNo> = found.changed.iter().copied().collect();
    publication.replace_edges_of(&changed, &found.edges)?;
    publication.add_match_keys(&found.keys)?;
    let rows: Vec<RowNo> = near.rows.iter().copied().collect();
    Ok(publication.replace_potential_matches_of(&rows, pairs)?)
}

/// Divides the records of one entity type; `None` when there are none.
fn divide(
    basis: &Basis,
    records: &Records,
    near: &Neighbourhood,
    holds: &[HoldRow],
    entity_type: EntityType,
) -> Option<Divided> {
    let model = basis.model_of(entity_type)?;
    let any = near.rows.iter().any(|row| records.is_of(*row, entity_type));
    if !any {
        return None;
    }
    let hub_model = &*basis.hub_model;
    let table = records.table(entity_type, near.rows.iter().chain(&near.fringe).copied());
    let record_of: FxHashMap<u64, RecordNo> =
        table.records().map(|record| (table.row(record), record)).collect();
    let edge = |row: &karat_store::EdgeRow| {
        let (left, right) = (*record_of.get(&row.left.0)?, *record_of.get(&row.right.0)?);
        Some(Edge { left: left.min(right), right: left.max(right), weight: row.weight })
    };
    let mut edges: Vec<Edge> = near.edges.iter().filter_map(edge).collect();
    edges.sort_unstable();

    let keys: Vec<RecordKey> = table.records().map(|record| table.key(record)).collect();
    let decided = basis.standing.of_records(&keys);
    // Records that come one by one may be customers apart only because the one that joins them came
    // last: so nothing is held for that, and their order does not matter.
    let former = FormerCustomers { entity_of: &|_| None, holds };
    let known_holds = former.holds_of(hub_model, &table);
    let attributes = &hub_model.attributes;
    // All edges are known.
    let matcher = Matcher::around(&table, attributes, model.clone(), &[]);
    let matched =
        former.in_force(&table, &known_holds, |former| matcher.divide(edges, &decided, former));
    let weakest_links = matcher.weakest_links(&matched);
    let settled = Settlements::new(hub_model, &decided).in_table(&table);
    let model = matcher.model.clone();
    drop(matcher);

    let mastered = Mastered { table, model, matched, weakest_links, settled };
    let customer = |record: RecordNo| customer(&mastered, near, record);
    let mut seen = FxHashSet::default();
    let is_first = |pair: &&PotentialMatch| {
        let (one, other) = (customer(pair.left), customer(pair.right));
        one != other && seen.insert((one.min(other), one.max(other)))
    };
    let pairs = mastered.matched.potential.iter().filter(is_first);
    let pairs = pairs.map(|pair| potential_match_row(hub_model, &mastered.table, pair)).collect();
    Some(Divided { mastered, pairs })
}

/// A customer of the neighbourhood by its cluster, or one beside it by its id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Customer {
    Near(u32),
    Beside(Option<EntityId>),
}

fn customer(mastered: &Mastered, near: &Neighbourhood, record: RecordNo) -> Customer {
    let row = RowNo(mastered.table.row(record));
    match near.rows.contains(&row) {
        true => Customer::Near(mastered.matched.partition.cluster_of(record)),
        false => Customer::Beside(near.entity_of.get(&row).copied()),
    }
}

/// The clusters of the neighbourhood in the order of their ids; the fringe is left out.
fn in_order(mastered: &Mastered, identified: &Identified, near: &Neighbourhood) -> Vec<u32> {
    let partition = &mastered.matched.partition;
    let is_near = |cluster: &u32| {
        let first = partition.members(*cluster)[0];
        near.rows.contains(&RowNo(mastered.table.row(first)))
    };
    let mut clusters: Vec<u32> = (0..partition.len() as u32).filter(is_near).collect();
    clusters.sort_unstable_by_key(|cluster| identified.ids[*cluster as usize]);
    clusters
}

/// Gives the clusters their ids; also the entities that are gone with all their records.
fn give_ids(
    transaction: &dyn Transaction,
    divided: &[Divided],
    near: &Neighbourhood,
) -> Result<(Vec<Identified>, Vec<EntityId>), Error> {
    let reader = transaction.reader();
    let mut known: Vec<(EntityType, EntityId)> = Vec::new();
    let mut gone: Vec<EntityId> = Vec::new();
    for (&id, &kind) in &near.entities {
        let has_type = divided.iter().any(|of_type| of_type.mastered.table.entity_type == kind);
        if has_type { known.push((kind, id)) } else { gone.push(id) }
    }
    let entity_of = |row: u64| {
        let row = RowNo(row);
        near.rows.contains(&row).then(|| near.entity_of.get(&row).copied()).flatten()
    };
    let clusters: Vec<Clusters> =
        divided.iter().map(|of_type| of_type.mastered.clusters()).collect();
    let former = FormerEntities { entity_of: &entity_of, known: &known };
    let identified = identify(&clusters, &former, &reader)?;
    gone.retain(|id| !identified.iter().any(|of_type| of_type.ids.contains(id)));
    Ok((identified, gone))
}
