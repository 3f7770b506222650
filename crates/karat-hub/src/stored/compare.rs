//! Why two records are, or are not, the same customer.

use karat_engine::matching::Matcher;
use karat_model::evidence::PairExplanation;
use karat_model::id::RecordKey;
use karat_model::table::RecordNo;
use karat_store::Reader;

use super::StoredHub;
use super::customer::turned;
use super::people::number_of;
use crate::error::Error;
use crate::view::{ComparedRecord, Comparison, ComparisonLookup, RecordDetail, Standing};

impl StoredHub {
    pub(super) fn read_comparison(
        &self,
        reader: &dyn Reader,
        left: &RecordKey,
        right: &RecordKey,
    ) -> Result<ComparisonLookup, Error> {
        let found = (self.compared(reader, left)?, self.compared(reader, right)?);
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
        let Some(model) = self.model_of(reader, entity_type)? else {
            return Ok(ComparisonLookup::Unknown(vec![left.clone(), right.clone()]));
        };
        let is_together = left_record.customer.id == right_record.customer.id;
        let records: Vec<RecordDetail> = if is_together {
            self.details(reader, reader.records_of(left_record.customer.id)?)?
        } else {
            vec![left_record.detail.clone(), right_record.detail.clone()]
        };
        let table = self.table(entity_type, &records);
        let matcher = self.matcher(&table, model);
        let (from, to) = (number_of(&table, left), number_of(&table, right));
        let explained = matcher.explain(from, to);
        let explanation = if explained.left == *left { explained } else { turned(explained) };
        let standing = if is_together {
            let members: Vec<RecordNo> = table.records().collect();
            Standing::Together(chain(&matcher, &members, from, to))
        } else {
            Standing::Apart
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
        key: &RecordKey,
    ) -> Result<Option<ComparedRecord>, Error> {
        let Some(stored) = reader.record(key)? else { return Ok(None) };
        let Some(id) = reader.entity_of(key)? else { return Ok(None) };
        let Some(customer) = self.summary_of(reader, id)? else { return Ok(None) };
        let detail = self.details(reader, vec![stored])?.pop();
        Ok(detail.map(|detail| ComparedRecord { detail, customer }))
    }
}

/// The chain of strongest pairs that leads from one record of a cluster to another.
fn chain(
    matcher: &Matcher,
    members: &[RecordNo],
    from: RecordNo,
    to: RecordNo,
) -> Vec<PairExplanation> {
    let links = matcher.strongest_links(members);
    // The links are a tree: walking away from `from` reaches every record once.
    let mut paths: Vec<Vec<RecordNo>> = vec![vec![from]];
    let mut at = 0;
    while at < paths.len() {
        let path = paths[at].clone();
        let here = path[path.len() - 1];
        if here == to {
            let steps = path.windows(2).map(|step| {
                let explained = matcher.explain(step[0], step[1]);
                if step[0] <= step[1] { explained } else { turned(explained) }
            });
            return steps.collect();
        }
        for link in &links {
            let next = match (link.left == here, link.right == here) {
                (true, _) => link.right,
                (_, true) => link.left,
                _ => continue,
            };
            if !path.contains(&next) {
                paths.push(path.iter().copied().chain([next]).collect());
            }
        }
        at += 1;
    }
    Vec::new()
}
