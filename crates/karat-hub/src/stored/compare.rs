//! Why two records are, or are not, the same customer.

use karat_model::evidence::Verdict;
use karat_model::id::{EntityId, RecordKey};
use karat_model::partition::HoldReason;
use karat_store::{Reader, StoredSource};

use super::StoredHub;
use crate::error::Error;
use crate::flow::derive;
use crate::view::{ComparedRecord, Comparison, ComparisonLookup, RecordDetail, Standing};

impl StoredHub {
    pub(super) fn read_comparison(
        &self,
        reader: &dyn Reader,
        left: &RecordKey,
        right: &RecordKey,
    ) -> Result<ComparisonLookup, Error> {
        let sources = reader.sources()?;
        let found =
            (self.compared(reader, &sources, left)?, self.compared(reader, &sources, right)?);
        let (left_record, right_record) = match found {
            (Some(left), Some(right)) => (left, right),
            (one, other) => {
                let missing = [(left, one.is_none()), (right, other.is_none())];
                let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
                return Ok(ComparisonLookup::Unknown(
                    missing.map(|(key, _)| key.clone()).collect(),
                ));
            }
        };
        let entity_type = left_record.detail.cleaned.entity_type;
        if entity_type != right_record.detail.cleaned.entity_type {
            return Ok(ComparisonLookup::DifferentEntityTypes);
        }
        let customers = [left_record.customer.id, right_record.customer.id];
        let is_together = customers[0] == customers[1];
        let asked = if is_together {
            let records = self.details(&sources, reader.records_of(customers[0])?);
            self.rematch(reader, entity_type, &records, |rematch| {
                let chain = rematch.chain(left, right);
                let standing = Standing::Together { chain, weakest_cut: rematch.weakest_cut() };
                (rematch.explain_together(left, right), standing)
            })?
        } else {
            let held = self.held(reader, customers)?;
            let of_left = self.details(&sources, reader.records_of(customers[0])?);
            let of_right = self.details(&sources, reader.records_of(customers[1])?);
            let records: Vec<RecordDetail> = of_left.iter().chain(&of_right).cloned().collect();
            self.rematch(reader, entity_type, &records, |rematch| {
                let explanation = rematch.explain(left, right);
                let is_linked = explanation.verdict() == Verdict::Same;
                let votes = is_linked.then(|| rematch.votes_between(&of_left, &of_right));
                (explanation, Standing::Apart { held, votes })
            })?
        };
        let Some((explanation, standing)) = asked else {
            return Ok(ComparisonLookup::Unknown(vec![left.clone(), right.clone()]));
        };
        Ok(ComparisonLookup::Found(Box::new(Comparison {
            left: left_record,
            right: right_record,
            explanation,
            standing,
            decision: derive::standing(reader)?.verdict(left, right),
        })))
    }

    /// Why the join of two customers is held, if it is.
    pub(super) fn held(
        &self,
        reader: &dyn Reader,
        [one, other]: [EntityId; 2],
    ) -> Result<Option<HoldReason>, Error> {
        let nearby = reader.potential_matches_of(&[one])?;
        let between = nearby.iter().find(|found| {
            let ends = [found.left_entity, found.right_entity];
            ends.contains(&Some(one)) && ends.contains(&Some(other))
        });
        Ok(self.hold_reason(between.and_then(|found| found.pair.held.as_deref())))
    }

    fn compared(
        &self,
        reader: &dyn Reader,
        sources: &[StoredSource],
        key: &RecordKey,
    ) -> Result<Option<ComparedRecord>, Error> {
        let Some(stored) = reader.record(key)? else { return Ok(None) };
        let Some(id) = reader.entity_of(key)? else { return Ok(None) };
        let Some(customer) = self.summary_of(reader, id)? else { return Ok(None) };
        let detail = self.details(sources, vec![stored]).pop();
        Ok(detail.map(|detail| ComparedRecord { detail, customer }))
    }
}
