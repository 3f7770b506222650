//! Search before create: who may be meant by some values.
//!
//! The values are cleaned as those of a record are, the match index tells which records share a
//! blocking key with them, and the match model weighs those: what is found is what a record with
//! these values would be compared with if it came.

use karat_engine::matching::cluster::Edge;
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::progress::Unwatched;
use karat_engine::matching::{self, Matcher};
use karat_model::evidence::Weight;
use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_store::{Reader, RowNo};
use rustc_hash::FxHashMap;

use super::StoredHub;
use super::people::summary_under;
use super::rematch::in_order;
use crate::entry::Asked;
use crate::error::Error;
use crate::flow::change::{Company, Newcomer, Records};
use crate::view::{Candidate, Candidates, EntryAnswer, EntryCheck, Probe};

/// Who was met among those that share a blocking key with some values.
#[derive(Debug, Default)]
pub struct Met {
    /// The weight of the likeliest.
    pub likeliest: Option<Weight>,
    /// The likeliest, as many as were asked for.
    pub candidates: Vec<Candidate>,
}

/// Who may be meant by what was asked about; nobody but the likeliest is read if none are wanted.
pub fn meet(
    model: &HubModel,
    reader: &dyn Reader,
    match_model: MatchModel,
    records: &mut Records,
    asked: &Asked,
    limit: usize,
) -> Result<Met, Error> {
    let newcomer = Newcomer { key: &asked.record.key, cleaned: &asked.cleaned, row: None };
    let Company { table, newcomers, .. } = Company::of(reader, records, &match_model, &[newcomer])?;
    let own = newcomers[0];
    let hopeful = matching::Candidates::Hopeful;
    let attributes = &model.attributes;
    let matcher = Matcher::frozen(&table, attributes, match_model, hopeful, &Unwatched);
    let mut edges = matcher.edges_with(&[own]);
    edges.sort_unstable_by_key(|edge| (-edge.weight, edge.left, edge.right));
    let other = |edge: &Edge| if edge.left == own { edge.right } else { edge.left };
    let rows: Vec<RowNo> = edges.iter().map(|edge| RowNo(table.row(other(edge)))).collect();
    let entity_of: FxHashMap<RowNo, EntityId> =
        reader.entities_of_rows(&rows)?.into_iter().collect();
    let mut met = Met::default();
    for edge in &edges {
        let Some(&id) = entity_of.get(&RowNo(table.row(other(edge)))) else { continue };
        met.likeliest = met.likeliest.max(Some(edge.weight));
        if met.candidates.len() >= limit {
            break;
        }
        if met.candidates.iter().any(|known| known.entity.id == id) {
            continue;
        }
        let Some(entity) = reader.entity(id)? else { continue };
        let pair = in_order(&asked.record.key, matcher.explain(own, other(edge)));
        met.candidates.push(Candidate { entity: summary_under(model, reader, &entity)?, pair });
    }
    Ok(met)
}

impl StoredHub {
    pub(super) fn read_candidates(
        &self,
        reader: &dyn Reader,
        probe: &Probe,
        limit: usize,
    ) -> Result<Candidates, Error> {
        let match_model = self.model_of(reader, probe.entity_type)?;
        self.gate.with_records(reader, |records| {
            let asked = self.gate.understand(records, probe);
            let findings = asked.found_wrong(&self.model);
            let met = match match_model {
                Some(of) => meet(&self.model, reader, (*of).clone(), records, &asked, limit)?,
                None => Met::default(),
            };
            Ok(Candidates { candidates: met.candidates, findings })
        })
    }

    pub(super) fn read_entry(
        &self,
        reader: &dyn Reader,
        check: &EntryCheck,
    ) -> Result<EntryAnswer, Error> {
        let match_model = self.model_of(reader, check.probe.entity_type)?;
        self.gate.check(reader, match_model.as_deref(), check)
    }
}
