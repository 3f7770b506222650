//! Cleans the rows of all files, and lets go of them.

use karat_engine::clean::CleaningPlan;
use karat_model::hub_model::HubModel;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Columns, SourceRecord};

use crate::error::Error;
use crate::flow::clean::{Cleaned, Cleaning};
use crate::flow::discover::Discovered;
use crate::flow::keys::{BroughtIds, Keyed, Keys};
use crate::flow::progress::{Progress, Stage};

/// How many rows are cleaned at a time: enough for all cores, few enough for memory.
const ROWS_AT_A_TIME: usize = 16_384;

/// Gives rows their keys and cleans them; afterwards the files have no rows.
pub(super) fn clean(
    model: &HubModel,
    discovered: &mut [Discovered],
    progress: &dyn Progress,
) -> Result<Cleaned, Error> {
    let sources: Vec<(SourceName, Columns)> =
        discovered.iter().map(|file| (file.source.name.clone(), file.columns.clone())).collect();
    let mut cleaning = Cleaning::new(model, &sources);
    let mut done = 0;
    progress.begin(Stage::Clean, discovered.iter().map(|file| file.rows.len() as u64).sum());
    for file in discovered {
        let name = &file.source.name;
        let Some(source) = model.source(name) else { continue };
        let plan = CleaningPlan::new(model, source, &file.columns);
        let record = |Keyed { id, observed_at, payload }: Keyed| SourceRecord {
            key: RecordKey::new(name.clone(), &id),
            observed_at,
            payload,
        };
        let mut brought = BroughtIds::default();
        file.rows.iter().for_each(|row| brought.see(&plan, &row.payload));
        let mut keys = Keys::new(brought);
        let mut rows = std::mem::take(&mut file.rows).into_iter();
        while rows.len() > 0 {
            if progress.is_stopped() {
                return Err(Error::Stopped);
            }
            let given = rows
                .by_ref()
                .take(ROWS_AT_A_TIME)
                .filter_map(|row| keys.give(&plan, &file.columns, row.payload));
            let numbered: Vec<(u64, SourceRecord)> = (done..).zip(given.map(record)).collect();
            done += numbered.len() as u64;
            cleaning.take(numbered);
            progress.reached(done);
        }
        let given = keys.give_held_back(&plan, &file.columns).into_iter().map(record);
        let numbered: Vec<(u64, SourceRecord)> = (done..).zip(given).collect();
        done += numbered.len() as u64;
        cleaning.take(numbered);
        progress.reached(done);
    }
    progress.end();
    Ok(cleaning.finish())
}
