//! Masters the records of one entity type: matches them, and says what holds each cluster together.

use karat_engine::matching::labels::Labelled;
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::progress::{Stopped, Watch};
use karat_engine::matching::{Matched, Matcher};
use karat_model::decision::Decision;
use karat_model::evidence::{Verdict, Weight};
use karat_model::hub_model::HubModel;
use karat_model::table::RecordTable;

/// The records of one entity type, divided into customers.
pub struct Mastered {
    /// The records.
    pub table: RecordTable,
    /// The model that divided them.
    pub model: MatchModel,
    /// Which are one customer.
    pub matched: Matched,
    /// Per cluster the weight of its weakest link; `None` for a single record.
    pub weakest_links: Vec<Option<Weight>>,
}

/// Divides the records of a table into customers, under a frozen model or one learnt from them;
/// `also` is told what was concluded.
///
/// A model that is learnt learns from labels, and from decisions, which are labels as well.
pub fn master(
    model: &HubModel,
    table: RecordTable,
    frozen: Option<MatchModel>,
    labels: &[Labelled],
    decisions: &[Decision],
    watch: &dyn Watch,
    also: &mut dyn FnMut(&Matcher, &RecordTable, &Matched),
) -> Result<Mastered, Stopped> {
    let mut matcher = match frozen {
        Some(frozen) => Matcher::frozen(&table, &model.attributes, frozen, watch),
        None => {
            let labels: Vec<Labelled> =
                labels.iter().copied().chain(labels_of(&table, decisions)).collect();
            let (attributes, settings) = (&model.attributes, &model.matching);
            Matcher::train_with_labels(&table, attributes, settings, &labels, watch)?
        }
    };
    let matched = matcher.partition(decisions)?;
    let weakest_links = matcher.weakest_links(&matched.partition);
    also(&matcher, &table, &matched);
    let model = matcher.model.clone();
    drop(matcher);
    Ok(Mastered { table, model, matched, weakest_links })
}

/// What decisions say of pairs of a table.
fn labels_of(table: &RecordTable, decisions: &[Decision]) -> impl Iterator<Item = Labelled> {
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
