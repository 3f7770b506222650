//! A few customers side by side, for a steward who decides whether they are one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use karat_model::id::{EntityId, RecordKey};
use karat_store::Reader;

use super::StoredHub;
use super::decisions::judged;
use super::people::golden_under;
use super::work::assignment_between;
use crate::error::Error;
use crate::flow::derive::standing;
use crate::view::{CustomerSummary, DecisionView, Deliberation, PairBetween, RecordDetail, Side};

/// How many decisions of before are told.
const DECISIONS_MAX: usize = 20;

impl StoredHub {
    pub(super) fn read_deliberation(
        &self,
        reader: &dyn Reader,
        customers: &[EntityId],
    ) -> Result<Deliberation, Error> {
        let (sources, standing) = (reader.sources()?, standing(reader)?);
        let mut found: Vec<(CustomerSummary, Vec<RecordDetail>)> = Vec::new();
        for id in customers {
            if let Some(summary) = self.summary_of(reader, *id)? {
                found.push((summary, self.details(&sources, reader.records_of(*id)?)));
            }
        }
        let pairs = self.pairs_between(reader, &found)?;
        let side = |(summary, records): (CustomerSummary, Vec<RecordDetail>)| Side {
            golden: golden_under(&self.model, &standing, summary.entity_type, &records),
            summary,
            records: records.into_iter().map(|detail| detail.record.key).collect(),
        };
        let customers: Vec<Side> = found.into_iter().map(side).collect();
        let decisions = decisions_about(reader, &customers)?;
        let assignment = match &customers[..] {
            [one, other, ..] => assignment_between(reader, [one.summary.id, other.summary.id])?,
            _ => None,
        };
        Ok(Deliberation { customers, pairs, decisions, assignment })
    }

    /// For each two customers the pair of records that weighs most.
    fn pairs_between(
        &self,
        reader: &dyn Reader,
        customers: &[(CustomerSummary, Vec<RecordDetail>)],
    ) -> Result<Vec<PairBetween>, Error> {
        let mut pairs = Vec::new();
        for (at, (one, of_one)) in customers.iter().enumerate() {
            for (other, of_other) in &customers[at + 1..] {
                if one.entity_type != other.entity_type {
                    continue;
                }
                let records: Vec<RecordDetail> = of_one.iter().chain(of_other).cloned().collect();
                let strongest = self.rematch(reader, one.entity_type, &records, |rematch| {
                    rematch.strongest_between(of_one, of_other)
                })?;
                if let Some(pair) = strongest.flatten() {
                    let held = self.held(reader, [one.id, other.id])?;
                    pairs.push(PairBetween { left: one.id, right: other.id, pair, held });
                }
            }
        }
        pairs.sort_by_key(|between| Reverse(between.pair.total));
        Ok(pairs)
    }
}

/// What was decided about any record of some customers, the latest first.
fn decisions_about(reader: &dyn Reader, customers: &[Side]) -> Result<Vec<DecisionView>, Error> {
    let records: BTreeSet<&RecordKey> = customers.iter().flat_map(|side| &side.records).collect();
    let mut decisions = judged(reader)?;
    decisions.retain(|view| view.decision.ruling.records().any(|key| records.contains(key)));
    decisions.reverse();
    decisions.truncate(DECISIONS_MAX);
    Ok(decisions)
}
