//! Measures drift while the hub lives, by some customers with all that is known of them.

use std::sync::Arc;

use karat_engine::matching::cluster::Edge;
use karat_engine::matching::drift::{Drift, Sample};
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::progress::Unwatched;
use karat_engine::matching::{Candidates, Matcher};
use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_model::partition::Partition;
use karat_model::record::Moment;
use karat_model::table::RecordNo;
use karat_store::{Counts, EdgeRow, Reader, RowNo};
use rustc_hash::FxHashMap;

use super::{DriftReport, TypeDrift};
use crate::error::Error;
use crate::flow::change::Records;
use crate::flow::models::read_models;

/// Measures how far the match models in force have drifted, all at one moment.
pub fn measure(
    reader: &dyn Reader,
    hub_model: &Arc<HubModel>,
    now: Moment,
) -> Result<DriftReport, Error> {
    let mut result = Err(Error::NothingPublished);
    reader.at_one_moment(&mut |reader| {
        result = at_this_moment(reader, hub_model, now);
        Ok(())
    })?;
    result
}

fn at_this_moment(
    reader: &dyn Reader,
    hub_model: &Arc<HubModel>,
    now: Moment,
) -> Result<DriftReport, Error> {
    let stored = reader.model()?.ok_or(Error::NothingPublished)?;
    let drawn = Drawn::read(reader, hub_model)?;
    let models = read_models(&stored.content)?;
    let of_type = |model: MatchModel| {
        let entity_type = model.entity_type()?;
        Some(TypeDrift { entity_type, drift: drawn.drift(hub_model, model)? })
    };
    let types = models.into_iter().filter_map(of_type).collect();
    Ok(DriftReport { measured_at: now, match_model: stored.id, types })
}

/// Some customers of all.
struct Drawn {
    /// Their records, and the other ends of edges.
    records: Records,
    /// The rows of the customers, in order, each with its customer.
    rows: Vec<(RowNo, EntityId)>,
    edges: Vec<EdgeRow>,
    /// For how many records each of theirs stands.
    each_stands_for: f64,
}

impl Drawn {
    /// Draws customers by their ids, which are hashes of record keys.
    fn read(reader: &dyn Reader, hub_model: &Arc<HubModel>) -> Result<Drawn, Error> {
        let Counts { entities, records: all, .. } = reader.counts()?;
        let share = Sample::CUSTOMERS_MAX as f64 / entities.max(1) as f64;
        let mut rows: Vec<(RowNo, EntityId)> = Vec::new();
        reader.crosswalk(&mut |row, entity| {
            if share >= 1.0 || is_drawn(entity, share) {
                rows.push((row, entity));
            }
            Ok(())
        })?;
        let own: Vec<RowNo> = rows.iter().map(|(row, _)| *row).collect();
        let edges = reader.edges_of(&own)?;
        let mut records = Records::new(hub_model, reader)?;
        records.read(reader, own.into_iter().chain(edges.iter().flat_map(ends)))?;
        let each_stands_for = all as f64 / rows.len().max(1) as f64;
        Ok(Drawn { records, rows, edges, each_stands_for })
    }

    /// How far a model has drifted; `None` when there are no records of its type.
    fn drift(&self, hub_model: &HubModel, model: MatchModel) -> Option<Drift> {
        let entity_type = model.entity_type()?;
        let mut rows: Vec<RowNo> = self.rows.iter().map(|(row, _)| *row).collect();
        rows.extend(self.edges.iter().flat_map(ends));
        rows.sort_unstable();
        rows.dedup();
        let table = self.records.table(entity_type, rows.into_iter());
        if table.is_empty() {
            return None;
        }
        // The other ends of edges are customers beside those that were drawn.
        let customer_of: FxHashMap<RowNo, EntityId> = self.rows.iter().copied().collect();
        let mut label_of: FxHashMap<EntityId, u32> = FxHashMap::default();
        let own_entity = |record: RecordNo| customer_of.get(&RowNo(table.row(record)));
        let labels: Vec<u32> = table
            .records()
            .map(|record| match own_entity(record) {
                Some(&entity) => *label_of.entry(entity).or_insert(record),
                None => record,
            })
            .collect();
        let partition = Partition::from_labels(&labels);
        let is_drawn = |customer: &u32| own_entity(partition.members(*customer)[0]).is_some();
        let customers: Vec<u32> = (0..partition.len() as u32).filter(is_drawn).collect();
        let own = table.records().filter(|record| own_entity(*record).is_some()).count();
        let record_of: FxHashMap<u64, RecordNo> =
            table.records().map(|record| (table.row(record), record)).collect();
        let edge = |edge: &EdgeRow| {
            let (left, right) = (*record_of.get(&edge.left.0)?, *record_of.get(&edge.right.0)?);
            Some(Edge { left: left.min(right), right: left.max(right), weight: edge.weight })
        };
        let mut edges: Vec<Edge> = self.edges.iter().filter_map(edge).collect();
        edges.sort_unstable();
        let records = (own as f64 * self.each_stands_for).round() as u64;
        let sample = Sample { partition: &partition, customers, edges: &edges, records };
        let attributes = &hub_model.attributes;
        let matcher = Matcher::frozen(&table, attributes, model, Candidates::Hopeful, &Unwatched);
        Some(matcher.drift(attributes, &sample))
    }
}

fn ends(edge: &EdgeRow) -> [RowNo; 2] {
    [edge.left, edge.right]
}

/// Whether a customer is among this share of all.
fn is_drawn(entity: EntityId, share: f64) -> bool {
    // Ids are given on from the first, where one is taken: another mix lies between.
    let mixed = entity.as_u64().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((mixed >> 11) as f64) < share * (1u64 << 53) as f64
}
