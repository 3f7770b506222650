//! Rematch: a few records, matched again under the model that matched them all.

use karat_engine::matching::cluster::gate::Former;
use karat_engine::matching::cluster::{ClusterGraph, Edge};
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::progress::Unwatched;
use karat_engine::matching::{Candidates, Matcher};
use karat_model::attribute::EntityType;
use karat_model::decision::Standing;
use karat_model::evidence::{PairExplanation, Weight};
use karat_model::id::RecordKey;
use karat_model::table::{RecordNo, RecordTable, TableBuilder};
use karat_store::{Reader, StoredSource};

use super::StoredHub;
use crate::error::Error;
use crate::view::{ClusterPair, CutView, PairRole, RecordDetail};

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
        ask: impl FnOnce(&mut Rematch) -> T,
    ) -> Result<Option<T>, Error> {
        let Some(model) = self.model_of(reader, entity_type)? else { return Ok(None) };
        let sources = records.iter().map(|detail| detail.record.key.source.clone());
        let mut builder = TableBuilder::new(entity_type, &self.model.attributes, sources);
        for (number, detail) in (0..).zip(records) {
            let record = &detail.record;
            builder.push(&record.key, record.observed_at, number, &detail.cleaned.claims);
        }
        let table = builder.finish();
        let matcher = Matcher::frozen(
            &table,
            &self.model.attributes,
            MatchModel::clone(&model),
            Candidates::Hopeful,
            &Unwatched,
        );
        Ok(Some(ask(&mut Rematch { table: &table, matcher })))
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
        in_order(left, self.matcher.explain(self.number_of(left), self.number_of(right)))
    }

    /// What speaks for and against a pair when all the records are one customer.
    pub(super) fn explain_together(&self, left: &RecordKey, right: &RecordKey) -> PairExplanation {
        let (one, other) = (self.number_of(left), self.number_of(right));
        in_order(left, self.matcher.explain_together(self.table.len(), one, other))
    }

    /// The pairs that hold all the records together, strongest first.
    pub(super) fn links(&self) -> Vec<PairExplanation> {
        let members: Vec<RecordNo> = self.table.records().collect();
        let mut links = self.matcher.strongest_links(&members);
        links.sort_by_key(|link| (-link.weight, link.left, link.right));
        let explain =
            |link: &Edge| self.matcher.explain_together(members.len(), link.left, link.right);
        links.iter().map(explain).collect()
    }

    /// The strongest chain of pairs that leads from one of the records to another.
    pub(super) fn chain(&self, from: &RecordKey, to: &RecordKey) -> Vec<PairExplanation> {
        let (from, to) = (self.number_of(from), self.number_of(to));
        let mut at = from;
        let steps = self.graph().strongest_path(from, to).into_iter().map(|step| {
            let next = if step.left == at { step.right } else { step.left };
            let from = self.table.key(std::mem::replace(&mut at, next));
            in_order(&from, self.matcher.explain(step.left, step.right))
        });
        steps.collect()
    }

    /// Where the records, as one customer, would break first; two of them have only one cut, which
    /// says nothing.
    pub(super) fn weakest_cut(&self) -> Option<CutView> {
        self.cut().filter(|_| self.table.len() > 2)
    }

    /// Where the records, as one customer, would break first.
    pub(super) fn cut(&self) -> Option<CutView> {
        let cut = self.graph().weakest_cut()?;
        let keys = |side: Vec<RecordNo>| side.into_iter().map(|at| self.table.key(at)).collect();
        Some(CutView {
            left: keys(cut.left),
            right: keys(cut.right),
            links: cut.links.len() as u64,
            excess: cut.excess,
        })
    }

    /// The pairs of the records with what each does for their customer, lightest first; none is
    /// explained. Records are named by their places.
    pub(super) fn pairs(&self) -> Vec<ClusterPair> {
        let graph = self.graph();
        let bridges = graph.bridges();
        let role = |left: RecordNo, right: RecordNo, weight: Weight| match weight {
            _ if bridges.iter().any(|link| (link.left, link.right) == (left, right)) => {
                PairRole::Bridge
            }
            weight if weight >= self.link_threshold() => PairRole::Link,
            weight if weight.0 >= self.matcher.model.review_threshold => PairRole::Weak,
            _ => PairRole::Apart,
        };
        let mut pairs = Vec::new();
        for (at, &right) in graph.members().iter().enumerate() {
            for &left in &graph.members()[..at] {
                let weight = graph.weight_of(left, right);
                let role = role(left, right, weight);
                let [one, other] = [self.place_of(left), self.place_of(right)];
                let (left, right) = (one.min(other), one.max(other));
                pairs.push(ClusterPair { left, right, weight, role, explanation: None });
            }
        }
        pairs.sort_by_key(|pair| (pair.weight, pair.left, pair.right));
        pairs
    }

    /// What the pairs weigh that hold all the records together.
    pub(super) fn link_weights(&self) -> Vec<Weight> {
        self.graph().heaviest_tree().into_iter().map(|link| link.weight).collect()
    }

    /// How many records there are.
    pub(super) fn records(&self) -> usize {
        self.table.len()
    }

    /// From which weight on pairs are linked.
    pub(super) fn link_threshold(&self) -> Weight {
        Weight(self.matcher.model.link_threshold)
    }

    /// The groups that the records, which were one customer, fall into when pairs are linked from
    /// this weight on: their places, in order.
    pub(super) fn divided(&mut self, threshold: Weight, decided: &Standing) -> Vec<Vec<usize>> {
        let members: Vec<RecordNo> = self.table.records().collect();
        let edges = self.matcher.edges_with(&members);
        let model = &mut self.matcher.model;
        let before = (model.link_threshold, model.leftover_bonus);
        if threshold.0 != model.link_threshold {
            // What it adds that there is no other match was learnt for the threshold in force.
            (model.link_threshold, model.leftover_bonus) = (threshold.0, 0);
        }
        let former = Former { customer_of: &|_| Some(0), holds: &[] };
        let divided = self.matcher.divide(edges, decided, &former);
        let model = &mut self.matcher.model;
        (model.link_threshold, model.leftover_bonus) = before;
        let places = |group: &[RecordNo]| {
            let mut places: Vec<usize> = group.iter().map(|&at| self.place_of(at)).collect();
            places.sort_unstable();
            places
        };
        let mut groups: Vec<Vec<usize>> = divided.partition.clusters().map(places).collect();
        groups.sort_unstable();
        groups
    }

    /// What the pairs between two customers vote together.
    pub(super) fn votes_between(&self, left: &[RecordDetail], right: &[RecordDetail]) -> Weight {
        let numbers = |side: &[RecordDetail]| -> Vec<RecordNo> {
            side.iter().map(|detail| self.number_of(&detail.record.key)).collect()
        };
        self.matcher.votes_between(&numbers(left), &numbers(right))
    }

    /// The pair of records of two customers that weighs most.
    pub(super) fn strongest_between(
        &self,
        left: &[RecordDetail],
        right: &[RecordDetail],
    ) -> Option<PairExplanation> {
        let numbers = |side: &[RecordDetail]| -> Vec<RecordNo> {
            side.iter().map(|detail| self.number_of(&detail.record.key)).collect()
        };
        let (left, right) = (numbers(left), numbers(right));
        let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (*one, *other)));
        let strongest = pairs.max_by_key(|(one, other)| self.matcher.weigh(*one, *other));
        let (one, other) = strongest?;
        Some(in_order(&self.table.key(one), self.matcher.explain(one, other)))
    }

    fn graph(&self) -> ClusterGraph {
        let members: Vec<RecordNo> = self.table.records().collect();
        self.matcher.graph(&members)
    }

    /// The place of a record among those that are matched again.
    fn place_of(&self, record: RecordNo) -> usize {
        self.table.row(record) as usize
    }

    fn number_of(&self, key: &RecordKey) -> RecordNo {
        self.table.find(key).expect("the table was made of this record")
    }
}

/// An explanation with this record on the left.
pub(super) fn in_order(left: &RecordKey, explained: PairExplanation) -> PairExplanation {
    if explained.left == *left { explained } else { turned(explained) }
}

/// The same explanation with left and right exchanged.
fn turned(mut pair: PairExplanation) -> PairExplanation {
    std::mem::swap(&mut pair.left, &mut pair.right);
    for evidence in &mut pair.evidence {
        std::mem::swap(&mut evidence.left, &mut evidence.right);
    }
    pair
}
