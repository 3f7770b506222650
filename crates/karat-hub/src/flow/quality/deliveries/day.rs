//! What a source brought record by record in a day.

use std::collections::BTreeMap;

use karat_engine::clean::CleaningPlan;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::{Moment, Payload};
use karat_store::{Reader, StoredSource};

use super::watch::{Asked, Delivered, DeliveryWatch};
use crate::error::Error;

/// How many records are read at a time.
const AT_A_TIME: usize = 4_096;
/// More records than this in a day are no longer looked at one by one.
const RECORDS_MAX: usize = 10_000_000;

/// What sources brought by changes since a moment, each record once and as it is now; those of
/// which `is_meant` says no are left out.
pub fn came_by_day(
    reader: &dyn Reader,
    model: &HubModel,
    since: Moment,
    until: Moment,
    is_meant: &dyn Fn(&SourceName) -> bool,
) -> Result<Vec<(SourceName, Delivered)>, Error> {
    let sources: Vec<StoredSource> =
        reader.sources()?.into_iter().filter(|source| is_meant(&source.name)).collect();
    let Some(taken_in) = reader.taken_in_at(since)?.filter(|_| !sources.is_empty()) else {
        return Ok(Vec::new());
    };
    let rows = reader.arrived_after(taken_in.arrival, RECORDS_MAX)?.unwrap_or_default();
    let mut watches: BTreeMap<SourceName, (DeliveryWatch, Moment)> = BTreeMap::new();
    for rows in rows.chunks(AT_A_TIME) {
        let mut payloads: BTreeMap<SourceName, Vec<Payload>> = BTreeMap::new();
        for stored in reader.records_by_row(rows)? {
            let name = stored.record.key.source;
            let Some(source) = sources.iter().find(|source| source.name == name) else { continue };
            let Some(of_model) = model.source(&name) else { continue };
            let (_, last) = watches.entry(name.clone()).or_insert_with(|| {
                let mut watch = DeliveryWatch::new(until, Asked::of(model, &name));
                let plan = CleaningPlan::new(model, of_model, &source.columns);
                watch.announce(&source.columns, &plan);
                (watch, since)
            });
            // A source may say that something will be so.
            let observed = stored.record.observed_at.map_or(since, |at| at.min(until));
            *last = (*last).max(observed);
            payloads.entry(name).or_default().push(stored.record.payload);
        }
        for (name, payloads) in payloads {
            if let Some((watch, _)) = watches.get_mut(&name) {
                watch.see(&payloads);
            }
        }
    }
    let finished = watches.into_iter().filter_map(|(name, (watch, last))| {
        let delivered = watch.finish()?;
        Some((name, Delivered { at: last, ..delivered }))
    });
    Ok(finished.collect())
}
