//! Cleans the rows of files without a hub, and lets go of them.

use karat_engine::clean::CleaningPlan;
use karat_engine::quality::measure::QualityCounts;
use karat_model::hub_model::HubModel;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Columns, SourceRecord};
use karat_model::table::RecordTable;

use super::clean::{Cleaned, Cleaning};
use super::discover::Discovered;
use super::keys::{BroughtIds, Keyed, Keys};
use super::progress::{Progress, Stage};
use crate::error::Error;

/// How many batches are cleaned at a time: enough for all cores, few enough for memory.
const BATCHES_AT_A_TIME: usize = 2;

/// The records of files, cleaned.
pub struct CleanedFiles {
    /// One table per entity type that has records; the row number of a record is the line of its
    /// row, but 0 where the row had to wait for others with the same id.
    pub tables: Vec<RecordTable>,
    /// What is filled, valid and wrong, per source.
    pub counts: Vec<(SourceName, QualityCounts)>,
    /// Where the ids of records come from, per file.
    pub ids: Vec<FileIds>,
}

/// Where the ids of the records of a file come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileIds {
    /// The column of ids; without one, ids are made of the values.
    pub column: Option<String>,
    /// How many rows had no id, though there is a column for it.
    pub without_key: u64,
    /// How many rows had the id of another row, and other values.
    pub same_key: u64,
}

/// Gives rows their keys and cleans them; afterwards the files have no rows.
pub fn clean_files(
    model: &HubModel,
    discovered: &mut [Discovered],
    progress: &dyn Progress,
) -> Result<CleanedFiles, Error> {
    let sources: Vec<(SourceName, Columns)> =
        discovered.iter().map(|file| (file.source.name.clone(), file.columns.clone())).collect();
    let records = discovered.iter().map(|file| file.summary.rows).sum();
    let mut cleaning = Cleaning::new(model, &sources, records);
    let mut ids = Vec::with_capacity(discovered.len());
    let mut done = 0;
    progress.begin(Stage::Clean, records);
    for file in discovered {
        ids.push(clean_file(model, file, &mut cleaning, &mut done, progress)?);
    }
    progress.end();
    let Cleaned { tables, counts, .. } = cleaning.finish();
    Ok(CleanedFiles { tables, counts, ids })
}

fn clean_file(
    model: &HubModel,
    file: &mut Discovered,
    cleaning: &mut Cleaning,
    done: &mut u64,
    progress: &dyn Progress,
) -> Result<FileIds, Error> {
    let name = &file.source.name;
    let Some(source) = model.source(name) else { return Ok(FileIds::default()) };
    let plan = CleaningPlan::new(model, source, &file.columns);
    let record = |Keyed { id, observed_at, payload }: Keyed| SourceRecord {
        key: RecordKey::new(name.clone(), &id),
        observed_at,
        payload,
    };
    let mut brought = BroughtIds::default();
    file.batches.iter().flatten().for_each(|row| brought.see(&plan, &row.payload));
    let mut keys = Keys::new(brought);
    let mut batches = std::mem::take(&mut file.batches).into_iter();
    while batches.len() > 0 {
        if progress.is_stopped() {
            return Err(Error::Stopped);
        }
        let some = batches.by_ref().take(BATCHES_AT_A_TIME).flatten();
        let given = some.filter_map(|row| {
            let keyed = keys.give(&plan, &file.columns, row.payload)?;
            Some((row.line, record(keyed)))
        });
        let given: Vec<(u64, SourceRecord)> = given.collect();
        *done += given.len() as u64;
        cleaning.take(given);
        progress.reached(*done);
    }
    let waited = keys.give_held_back(&plan, &file.columns);
    let waited: Vec<(u64, SourceRecord)> =
        waited.into_iter().map(|keyed| (0, record(keyed))).collect();
    *done += waited.len() as u64;
    cleaning.take(waited);
    progress.reached(*done);
    let column = plan.source_id_column().map(|column| file.columns[column as usize].clone());
    Ok(FileIds { column, without_key: keys.without_key, same_key: keys.same_key })
}
