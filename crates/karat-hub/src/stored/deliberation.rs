//! A few customers side by side, for a steward who decides whether they are one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use karat_model::decision::Ruling;
use karat_model::id::{EntityId, RecordKey};
use karat_store::{JournaledDecision, Reader};

use super::StoredHub;
use super::decisions::judged;
use super::people::golden_under;
use super::work::assignment_between;
use crate::error::Error;
use crate::flow::derive::standing_of;
use crate::view::{CustomerSummary, DecisionView, Deliberation, PairBetween, RecordDetail, Side};

/// How many decisions of before are told.
const DECISIONS_MAX: usize = 20;

impl StoredHub {
    pub(super) fn read_deliberation(
        &self,
        reader: &dyn Reader,
        customers: &[EntityId],
    ) -> Result<Deliberation, Error> {
        let (sources, journal) = (reader.sources()?, reader.decisions()?);
        let standing = standing_of(&journal);
        let mut found: Vec<(CustomerSummary, Vec<RecordDetail>)> = Vec::new();
        let mut households = Vec::new();
        for id in customers {
            if let Some(entity) = reader.entity(*id)? {
                let records = self.details(&sources, reader.records_of(*id)?);
                found.push((self.summary(reader, &entity)?, records));
                households.push(self.household_of(reader, &entity)?);
            }
        }
        let pairs = self.pairs_between(reader, &found)?;
        let side = |((summary, records), household): ((CustomerSummary, Vec<_>), Vec<_>)| {
            Ok(Side {
                golden: golden_under(&self.model, &standing, summary.entity_type, &records),
                related: self.related_to(reader, &standing, summary.id, &records)?,
                household,
                summary,
                records: records
                    .into_iter()
                    .map(|detail: RecordDetail| detail.record.key)
                    .collect(),
            })
        };
        let customers =
            found.into_iter().zip(households).map(side).collect::<Result<Vec<Side>, Error>>()?;
        let decisions = decisions_about(journal, &customers);
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
fn decisions_about(mut journal: Vec<JournaledDecision>, customers: &[Side]) -> Vec<DecisionView> {
    let records: BTreeSet<&RecordKey> = customers.iter().flat_map(|side| &side.records).collect();
    let is_about = |ruling: &Ruling| ruling.records().any(|key| records.contains(key));
    let places = (0..journal.len()).rev().filter(|at| is_about(&journal[*at].decision.ruling));
    let Some(first) = places.take(DECISIONS_MAX).last() else { return Vec::new() };
    let mut decisions = judged(journal.split_off(first));
    decisions.retain(|view| is_about(&view.decision.ruling));
    decisions.reverse();
    decisions
}
