//! Why two records are, or are not, the same customer.

use karat_model::id::RecordKey;
use karat_store::{Reader, StoredSource};

use super::StoredHub;
use crate::error::Error;
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
        let is_together = left_record.customer.id == right_record.customer.id;
        let records: Vec<RecordDetail> = if is_together {
            self.details(&sources, reader.records_of(left_record.customer.id)?)
        } else {
            vec![left_record.detail.clone(), right_record.detail.clone()]
        };
        let asked = self.rematch(reader, entity_type, &records, |rematch| {
            let standing = match is_together {
                true => Standing::Together(rematch.chain(left, right)),
                false => Standing::Apart,
            };
            (rematch.explain(left, right), standing)
        })?;
        let Some((explanation, standing)) = asked else {
            return Ok(ComparisonLookup::Unknown(vec![left.clone(), right.clone()]));
        };
        Ok(ComparisonLookup::Found(Box::new(Comparison {
            left: left_record,
            right: right_record,
            explanation,
            standing,
            decision: None,
        })))
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
