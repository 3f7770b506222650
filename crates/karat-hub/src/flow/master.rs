//! Masters the records of one entity type: matches them, and says what holds each cluster together.

use karat_engine::matching::model::MatchModel;
use karat_engine::matching::progress::{Stopped, Watch};
use karat_engine::matching::{Candidates, Matched, Matcher};
use karat_model::decision::Decision;
use karat_model::evidence::Weight;
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
pub fn master(
    model: &HubModel,
    table: RecordTable,
    frozen: Option<MatchModel>,
    decisions: &[Decision],
    candidates: Candidates,
    watch: &dyn Watch,
    also: &mut dyn FnMut(&Matcher, &RecordTable, &Matched),
) -> Result<Mastered, Stopped> {
    let attributes = &model.attributes;
    let mut matcher = match frozen {
        Some(frozen) => Matcher::frozen(&table, attributes, frozen, candidates, watch),
        None => Matcher::train(&table, attributes, &model.match_settings(), candidates, watch)?,
    };
    let matched = matcher.partition(decisions)?;
    let weakest_links = matcher.weakest_links(&matched.partition);
    also(&matcher, &table, &matched);
    let model = matcher.model.clone();
    drop(matcher);
    Ok(Mastered { table, model, matched, weakest_links })
}
