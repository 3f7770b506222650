//! Rematch: a few records, matched again under the model that matched them all.

use karat_engine::matching::progress::Unwatched;
use karat_engine::matching::{Candidates, Matcher};
use karat_model::attribute::EntityType;
use karat_model::evidence::PairExplanation;
use karat_model::id::RecordKey;
use karat_model::table::{RecordNo, RecordTable, TableBuilder};
use karat_store::{Reader, StoredSource};

use super::StoredHub;
use crate::error::Error;
use crate::view::RecordDetail;

/// A few records of one entity type with the matcher that explains them.
pub(super) struct Rematch<'a> {
    table: &'a RecordTable,
    matcher: Matcher<'a>,
}

impl StoredHub {
    /// Asks something of a few records; `None` when there is no match model of their type.
    pub(super) fn rematch<T>(
        &self,
        reader: &dyn Reader,
        entity_type: EntityType,
        records: &[RecordDetail],
        ask: impl FnOnce(&Rematch) -> T,
    ) -> Result<Option<T>, Error> {
        let Some(model) = self.model_of(reader, entity_type)? else { return Ok(None) };
        let sources = records.iter().map(|detail| detail.record.key.source.clone());
        let mut builder = TableBuilder::new(entity_type, &self.model.attributes, sources);
        for (number, detail) in (0..).zip(records) {
            let record = &detail.record;
            builder.push(&record.key, record.observed_at, number, &detail.cleaned.claims);
        }
        let table = builder.finish();
        let matcher =
            Matcher::frozen(&table, &self.model.attributes, model, Candidates::Hopeful, &Unwatched);
        Ok(Some(ask(&Rematch { table: &table, matcher })))
    }

    /// Why two records are, or are not, the same customer; `None` when one of them is gone.
    pub(super) fn explained(
        &self,
        reader: &dyn Reader,
        sources: &[StoredSource],
        entity_type: EntityType,
        left: &RecordKey,
        right: &RecordKey,
    ) -> Result<Option<PairExplanation>, Error> {
        let records = [reader.record(left)?, reader.record(right)?];
        let records = self.details(sources, records.into_iter().flatten().collect());
        if records.len() < 2 {
            return Ok(None);
        }
        self.rematch(reader, entity_type, &records, |rematch| rematch.explain(left, right))
    }
}

impl Rematch<'_> {
    /// What speaks for and against a pair, with the left record on the left.
    pub(super) fn explain(&self, left: &RecordKey, right: &RecordKey) -> PairExplanation {
        self.explain_numbers(self.number_of(left), self.number_of(right))
    }

    /// The pairs that hold all the records together, strongest first.
    pub(super) fn links(&self) -> Vec<PairExplanation> {
        let members: Vec<RecordNo> = self.table.records().collect();
        let mut links = self.matcher.strongest_links(&members);
        links.sort_by_key(|link| (-link.weight, link.left, link.right));
        links.iter().map(|link| self.matcher.explain(link.left, link.right)).collect()
    }

    /// The chain of strongest pairs that leads from one of the records to another.
    pub(super) fn chain(&self, from: &RecordKey, to: &RecordKey) -> Vec<PairExplanation> {
        let (from, to) = (self.number_of(from), self.number_of(to));
        let members: Vec<RecordNo> = self.table.records().collect();
        let links = self.matcher.strongest_links(&members);
        // The links are a tree: walking away from `from` reaches every record once.
        let mut paths: Vec<Vec<RecordNo>> = vec![vec![from]];
        let mut at = 0;
        while at < paths.len() {
            let path = paths[at].clone();
            let here = path[path.len() - 1];
            if here == to {
                let steps = path.windows(2);
                return steps.map(|step| self.explain_numbers(step[0], step[1])).collect();
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

    fn explain_numbers(&self, left: RecordNo, right: RecordNo) -> PairExplanation {
        let explained = self.matcher.explain(left, right);
        let is_turned = explained.left != self.table.key(left);
        if is_turned { turned(explained) } else { explained }
    }

    fn number_of(&self, key: &RecordKey) -> RecordNo {
        self.table.find(key).expect("the table was made of this record")
    }
}

/// The same explanation with left and right exchanged.
fn turned(mut pair: PairExplanation) -> PairExplanation {
    std::mem::swap(&mut pair.left, &mut pair.right);
    for evidence in &mut pair.evidence {
        std::mem::swap(&mut evidence.left, &mut evidence.right);
    }
    pair
}
