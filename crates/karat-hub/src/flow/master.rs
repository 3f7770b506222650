//! Masters the records of one entity type: matches them, and says what each cluster hangs by.

use karat_engine::matching::cluster::gate::Former;
use karat_engine::matching::labels::Labelled;
use karat_engine::matching::model::{GateModel, MatchModel};
use karat_engine::matching::progress::{Stopped, Watch};
use karat_engine::matching::{Candidates, Matched, Matcher};
use karat_model::decision::PairDecision;
use karat_model::evidence::{Verdict, Weight};
use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_model::partition::{Hold, HoldReason};
use karat_model::table::{RecordNo, RecordTable};
use karat_store::{HoldRow, RowNo};
use rustc_hash::FxHashMap;

use super::identify::Clusters;

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
    pub decisions: &'a [PairDecision],
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
    let mut matcher = match learning {
        Learning::Frozen(frozen) => Matcher::frozen(&table, attributes, frozen, candidates, watch),
        Learning::Thresholds(mut frozen) => {
            frozen.gate = GateModel::of(&settings.gate, attributes);
            let mut matcher = Matcher::frozen(&table, attributes, frozen, candidates, watch);
            matcher.choose_thresholds(settings)?;
            matcher
        }
        Learning::Anew => {
            let labels = known.labels.iter().copied().chain(labels_of(&table, known.decisions));
            let labels: Vec<Labelled> = labels.collect();
            Matcher::train_with_labels(&table, attributes, settings, &labels, candidates, watch)?
        }
    };
    let holds = known.former.holds_of(model, &table);
    let former = &known.former;
    let matched = former
        .in_force(&table, &holds, |former| matcher.partition_after(known.decisions, former))?;
    let weakest_links = matcher.weakest_links(&matched);
    also(&matcher, &table, &matched);
    let model = matcher.model.clone();
    drop(matcher);
    Ok(Mastered { table, model, matched, weakest_links })
}

/// What decisions say of pairs of a table.
fn labels_of(table: &RecordTable, decisions: &[PairDecision]) -> impl Iterator<Item = Labelled> {
    decisions.iter().filter_map(|decision| {
        let is_same = match decision.verdict {
            Verdict::Same => true,
            Verdict::Different => false,
            Verdict::Unsure => return None,
        };
        let (left, right) = table.find(&decision.left).zip(table.find(&decision.right))?;
        Some(Labelled::new(left, right, is_same))
    })
}
