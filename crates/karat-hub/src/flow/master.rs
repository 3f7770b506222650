//! Masters the records of one entity type: matches them, and says what each cluster hangs by.

use karat_engine::matching::cluster::gate::Former;
use karat_engine::matching::drift::Sample;
use karat_engine::matching::labels::Labelled;
use karat_engine::matching::model::{GateModel, MatchModel};
use karat_engine::matching::progress::{Stopped, Watch};
use karat_engine::matching::{Candidates, Matched, Matcher};
use karat_model::decision::Standing;
use karat_model::evidence::Weight;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey};
use karat_model::partition::{Hold, HoldReason};
use karat_model::table::{RecordNo, RecordTable};
use karat_store::{HoldRow, RowNo};
use rustc_hash::FxHashMap;

use super::identify::Clusters;
use super::settlements::{SettledRecords, Settlements};

/// The records of one entity type, divided into customers.
pub struct Mastered {
    /// The records.
    pub table: RecordTable,
    /// The model that divided them.
    pub model: MatchModel,
    /// Which are one customer.
    pub matched: Matched,
    /// Per cluster what its weakest link weighs; `None` for a single record.
    pub weakest_links: Vec<Option<Weight>>,
    /// What stewards settled about the values of the records.
    pub settled: SettledRecords,
}

impl Mastered {
    /// The clusters, to be given ids.
    pub fn clusters(&self) -> Clusters<'_> {
        Clusters { table: &self.table, partition: &self.matched.partition }
    }
}

/// Under which model records are matched.
pub enum Learning {
    /// One that was learnt before.
    Frozen(MatchModel),
    /// One that was learnt before, with thresholds as they are asked for now.
    Thresholds(MatchModel),
    /// One that is learnt from the records.
    Anew,
}

/// What is known before matching.
pub struct Known<'a> {
    /// Pairs that are labelled: they teach.
    pub labels: &'a [Labelled],
    /// What stewards decided: it holds, and teaches as well.
    pub decided: &'a Standing,
    /// What was published before.
    pub former: FormerCustomers<'a>,
}

/// What was published before.
pub struct FormerCustomers<'a> {
    /// The customer that a stored row was in.
    pub entity_of: &'a (dyn Fn(u64) -> Option<EntityId> + Sync),
    /// The joins that are held.
    pub holds: &'a [HoldRow],
}

impl FormerCustomers<'_> {
    /// Nothing was published before.
    pub fn nobody() -> FormerCustomers<'static> {
        FormerCustomers { entity_of: &|_| None, holds: &[] }
    }

    /// Asks something with what was published before, in the words of matching.
    pub fn in_force<T>(
        &self,
        table: &RecordTable,
        holds: &[Hold],
        ask: impl FnOnce(&Former) -> T,
    ) -> T {
        let customer_of = |record| (self.entity_of)(table.row(record)).map(EntityId::as_u64);
        ask(&Former { customer_of: &customer_of, holds })
    }

    /// The holds of which both sides have records in a table.
    pub fn holds_of(&self, model: &HubModel, table: &RecordTable) -> Vec<Hold> {
        if self.holds.is_empty() {
            return Vec::new();
        }
        let records: FxHashMap<u64, RecordNo> =
            table.records().map(|record| (table.row(record), record)).collect();
        let side = |rows: &[RowNo]| -> Vec<RecordNo> {
            let known = rows.iter().filter_map(|row| records.get(&row.0).copied());
            let mut known: Vec<RecordNo> = known.collect();
            known.sort_unstable();
            known
        };
        let hold = |row: &HoldRow| {
            let reason = HoldReason::from_name(&row.reason, &model.attributes)?;
            let (left, right) = (side(&row.left), side(&row.right));
            let are_there = !left.is_empty() && !right.is_empty();
            are_there.then_some(Hold { left, right, reason })
        };
        self.holds.iter().filter_map(hold).collect()
    }
}

/// Divides the records of a table into customers, under a frozen model or one learnt from them;
/// joins of those of before may be held, and `also` is told what was concluded.
///
/// A model that is learnt learns from labels, and from decisions, which are labels as well.
pub fn master(
    model: &HubModel,
    table: RecordTable,
    learning: Learning,
    known: &Known,
    candidates: Candidates,
    watch: &dyn Watch,
    also: &mut dyn FnMut(&Matcher, &RecordTable, &Matched),
) -> Result<Mastered, Stopped> {
    let attributes = &model.attributes;
    let settings = &model.match_settings();
    let is_learning = matches!(learning, Learning::Anew);
    let mut matcher = match learning {
        Learning::Frozen(frozen) => Matcher::frozen(&table, attributes, frozen, candidates, watch),
        Learning::Thresholds(mut frozen) => {
            frozen.gate = GateModel::of(&settings.gate, attributes);
            let mut matcher = Matcher::frozen(&table, attributes, frozen, candidates, watch);
            matcher.choose_thresholds(settings)?;
            matcher
        }
        Learning::Anew => {
            let labels = known.labels.iter().copied().chain(labels_of(&table, known.decided));
            let labels: Vec<Labelled> = labels.collect();
            Matcher::train_with_labels(&table, attributes, settings, &labels, candidates, watch)?
        }
    };
    let holds = known.former.holds_of(model, &table);
    let former = &known.former;
    let matched =
        former.in_force(&table, &holds, |former| matcher.partition_after(known.decided, former))?;
    if is_learning {
        let sample = Sample::draw(&table, &matched.partition, &matched.edges);
        matcher.model.population = matcher.population(attributes, &sample);
    }
    let weakest_links = matcher.weakest_links(&matched);
    let settled = Settlements::new(model, known.decided).in_table(&table);
    also(&matcher, &table, &matched);
    let model = matcher.model.clone();
    drop(matcher);
    Ok(Mastered { table, model, matched, weakest_links, settled })
}

/// How many pairs of one decision teach at most: a group of thousands says the same over and over.
const LABELS_PER_DECISION_MAX: usize = 100;

/// What decisions say of pairs of a table: each teaches with its first records. A lock teaches that
/// its records are the same, and not that nobody else is.
fn labels_of(table: &RecordTable, decided: &Standing) -> Vec<Labelled> {
    let find = |records: &[RecordKey]| -> Vec<RecordNo> {
        records.iter().filter_map(|record| table.find(record)).collect()
    };
    let mut labels = Vec::new();
    for group in &decided.same {
        let records = find(group);
        // Close pairs first, so that a few records of a large group are known in full.
        let pairs = records.iter().enumerate().flat_map(|(at, &right)| {
            records[..at].iter().map(move |&left| Labelled::new(left, right, true))
        });
        labels.extend(pairs.take(LABELS_PER_DECISION_MAX));
    }
    for [left, right] in decided.apart() {
        let [left, right] = [find(left), find(right)];
        let pairs = left
            .iter()
            .flat_map(|&one| right.iter().map(move |&other| Labelled::new(one, other, false)));
        labels.extend(pairs.take(LABELS_PER_DECISION_MAX));
    }
    labels.sort_unstable();
    labels.dedup();
    labels
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeSet, EntityType};
    use karat_model::decision::{Decision, DecisionNo, Identity, Ruling};
    use karat_model::evidence::Verdict;
    use karat_model::record::Moment;
    use karat_model::table::TableBuilder;

    use super::*;

    /// Records `crm/000` and on, and what stewards said of them by their numbers.
    fn labels(records: usize, said: &[(&[usize], Verdict, &[usize])]) -> Vec<(u32, u32, bool)> {
        let key = |number: usize| -> RecordKey { format!("crm/{number:03}").parse().unwrap() };
        let attributes = AttributeSet::builtin();
        let source = key(0).source;
        let mut builder = TableBuilder::new(EntityType::Person, &attributes, [source]);
        for number in 0..records {
            builder.push(&key(number), None, number as u64, &[]);
        }
        let keys = |numbers: &[usize]| numbers.iter().copied().map(key).collect::<Vec<_>>();
        let decision = |(no, &(left, verdict, right)): (u64, &(&[usize], Verdict, &[usize]))| {
            let (left, right) = (keys(left), keys(right));
            let ruling = Ruling::Identity(Identity { left, right, verdict });
            let (steward, reason) = ("eva".into(), "".into());
            Decision { no: DecisionNo(no), ruling, steward, at: Moment(0), reason }
        };
        let decisions: Vec<Decision> = (1..).zip(said).map(decision).collect();
        let labels = labels_of(&builder.finish(), &Standing::of(&decisions)).into_iter();
        labels.map(|label| (label.left, label.right, label.is_same)).collect()
    }

    #[test]
    fn decisions_teach_and_what_is_open_does_not() {
        let said: [(&[usize], Verdict, &[usize]); 4] = [
            (&[0], Verdict::Same, &[2, 9]),
            (&[3], Verdict::Different, &[1]),
            (&[4], Verdict::Related, &[1]),
            (&[3], Verdict::Unsure, &[5]),
        ];
        let expected = [(0, 2, true), (1, 3, false), (1, 4, false)];
        assert_eq!(labels(6, &said), expected, "record 9 is gone");
    }

    #[test]
    fn a_group_of_hundreds_teaches_no_more_than_a_few_of_it() {
        let all: Vec<usize> = (0..400).collect();
        let same = labels(400, &[(&all, Verdict::Same, &[])]);
        assert_eq!(same.len(), LABELS_PER_DECISION_MAX);
        let apart = labels(400, &[(&all[..200], Verdict::Different, &all[200..])]);
        assert_eq!(apart.len(), LABELS_PER_DECISION_MAX);
        assert!(
            apart.iter().all(|(left, right, is_same)| *left < 200 && *right >= 200 && !is_same)
        );
    }
}
