//! Takes deliveries in: gives each row its key and writes what is new or changed to the journal.

use std::path::Path;

use karat_engine::clean::CleaningPlan;
use karat_model::hub_model::{Delivery as Delivered, HubModel, Source};
use karat_model::record::Columns;
use karat_store::{Arrival, Change, Delivery, LoadNo, Outcome, RowNo, Store};
use rustc_hash::FxHashSet;

use super::keys::{Keyed, Keys, RepeatedIds};
use super::progress::{Progress, Stage};
use crate::connect::{self, Row};
use crate::error::Error;

/// What a delivery of one source came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArrivalReport {
    /// The name of the source.
    pub source: String,
    /// Rows that were read.
    pub rows: u64,
    /// Records that were not there.
    pub new: u64,
    /// Records that have other values than before.
    pub changed: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records that are gone.
    pub deleted: u64,
    /// Rows that could not be read; they are kept apart.
    pub quarantined: u64,
    /// Rows without an id in the source.
    pub without_key: u64,
    /// Rows that have the id of another row, and other values.
    pub same_key: u64,
    /// Files that could not be read, or not to their end: what is wrong, and what to do.
    pub problems: Vec<(String, Option<String>)>,
}

/// The share of a source's records that may vanish from a full delivery without being asked for.
const VANISHING_MAX: f64 = 0.2;

/// Takes in what one source delivers.
pub fn arrive(
    store: &mut dyn Store,
    load: LoadNo,
    hub: &Path,
    model: &HubModel,
    source: &Source,
    allow_deletes: bool,
    progress: &dyn Progress,
) -> Result<ArrivalReport, Error> {
    let files = connect::expand(hub, &source.files)?;
    let mut taking = Taking {
        store,
        load,
        model,
        source,
        delivery: None,
        columns: Columns::from([]),
        plan: None,
        keys: Keys::new(repeated_ids(&files, model, source, progress)?),
        seen: FxHashSet::default(),
        report: ArrivalReport { source: source.name.to_string(), ..ArrivalReport::default() },
    };
    let mut is_started = false;
    let summary = connect::read(&files, &source.format, &mut |batch| {
        if !is_started {
            progress.begin(Stage::Arrive, batch.bytes_total);
            is_started = true;
        }
        progress.reached(batch.bytes_read);
        if progress.is_stopped() {
            return Err(Error::Stopped);
        }
        taking.announce(&batch.columns)?;
        taking.take(batch.rows)?;
        if let Some(delivery) = &taking.delivery {
            taking.store.quarantine(delivery, &batch.quarantined)?;
        }
        Ok(())
    })?;
    if is_started {
        progress.end();
    }
    taking.report.rows = summary.rows();
    taking.report.quarantined = summary.quarantined();
    let problems = summary.files.into_iter().filter_map(|file| Some((file.problem?, file.hint)));
    taking.report.problems = problems.collect();
    taking.take_held_back()?;
    let is_whole = taking.report.problems.is_empty();
    if source.delivery == Delivered::Full && is_whole {
        taking.delete_absent(allow_deletes)?;
    }
    Ok(taking.report)
}

/// The ids that more than one row has.
fn repeated_ids(
    files: &[std::path::PathBuf],
    model: &HubModel,
    source: &Source,
    progress: &dyn Progress,
) -> Result<RepeatedIds, Error> {
    let mut repeated = RepeatedIds::default();
    connect::read(files, &source.format, &mut |batch| {
        if progress.is_stopped() {
            return Err(Error::Stopped);
        }
        let plan = CleaningPlan::new(model, source, &batch.columns);
        batch.rows.iter().for_each(|row| repeated.see(&plan, &row.payload));
        Ok(())
    })?;
    Ok(repeated)
}

/// A delivery that is being taken in.
struct Taking<'a> {
    store: &'a mut dyn Store,
    load: LoadNo,
    model: &'a HubModel,
    source: &'a Source,
    delivery: Option<Delivery>,
    columns: Columns,
    plan: Option<CleaningPlan>,
    keys: Keys,
    seen: FxHashSet<RowNo>,
    report: ArrivalReport,
}

impl Taking<'_> {
    /// Tells the store under which columns rows come.
    fn announce(&mut self, columns: &Columns) -> Result<(), Error> {
        if self.delivery.is_none() || self.columns != *columns {
            self.delivery = Some(self.store.delivery(self.load, &self.source.name, columns)?);
            self.plan = Some(CleaningPlan::new(self.model, self.source, columns));
            self.columns = columns.clone();
        }
        Ok(())
    }

    fn take(&mut self, rows: Vec<Row>) -> Result<(), Error> {
        let plan = self.plan.as_ref().expect("columns were announced");
        let keyed = rows
            .into_iter()
            .filter_map(|row| self.keys.give(plan, &self.columns, row.payload))
            .map(arrival);
        let arrivals: Vec<Arrival> = keyed.collect();
        self.report.without_key = self.keys.without_key;
        self.append(&arrivals)
    }

    fn take_held_back(&mut self) -> Result<(), Error> {
        let Some(plan) = &self.plan else { return Ok(()) };
        let keyed = self.keys.give_held_back(plan, &self.columns);
        let arrivals: Vec<Arrival> = keyed.into_iter().map(arrival).collect();
        self.report.same_key = self.keys.same_key;
        self.append(&arrivals)
    }

    fn append(&mut self, arrivals: &[Arrival]) -> Result<(), Error> {
        let Some(delivery) = &self.delivery else { return Ok(()) };
        for (row, outcome) in self.store.append(delivery, arrivals)? {
            self.seen.insert(row);
            match outcome {
                Outcome::New => self.report.new += 1,
                Outcome::Changed => self.report.changed += 1,
                Outcome::Unchanged => self.report.unchanged += 1,
                Outcome::Deleted => self.report.deleted += 1,
            }
        }
        Ok(())
    }

    fn delete_absent(&mut self, allow_deletes: bool) -> Result<(), Error> {
        let Some(delivery) = &self.delivery else { return Ok(()) };
        let seen = |row: RowNo| self.seen.contains(&row);
        let absent = self.store.reader().count_absent(delivery, &seen)?;
        let known = absent + self.seen.len() as u64;
        let too_many = absent as f64 > VANISHING_MAX * known as f64;
        if too_many && !allow_deletes {
            return Err(Error::TooManyDeletes {
                source_name: self.source.name.clone(),
                absent,
                known,
            });
        }
        self.report.deleted += self.store.delete_absent(delivery, None, &seen)?;
        Ok(())
    }
}

fn arrival(Keyed { id, observed_at, payload }: Keyed) -> Arrival {
    Arrival { id: id.into(), observed_at, change: Change::Upsert(payload) }
}
