//! Takes deliveries in: gives each row its key and writes what is new or changed to the journal.

use std::path::{Path, PathBuf};

use karat_engine::clean::CleaningPlan;
use karat_engine::clean::placeholder::is_missing;
use karat_engine::quality::profile::{TableProfiler, TableState};
use karat_model::hub_model::{self, HubModel, Source};
use karat_model::record::{Columns, Moment, Payload, Quarantined};
use karat_store::{Arrival, Change, Delivery, LoadNo, Outcome, RowNo, Store};

use super::keys::{BroughtIds, Keyed, Keys};
use super::progress::{Progress, Stage};
use super::quality::{Asked, Delivered, DeliveryWatch};
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

/// What one source delivered.
pub struct Arrived {
    /// What it came to.
    pub report: ArrivalReport,
    /// What it is, if it is anything.
    pub delivered: Option<Delivered>,
    /// What stands in its columns, in the first rows.
    pub profiled: TableState,
}

/// So many rows of a delivery are profiled, so that a load does not take longer for it.
pub const PROFILED_MAX: u64 = 100_000;

/// The share of a source's records that may vanish from a full delivery without being asked for.
const VANISHING_MAX: f64 = 0.2;

/// Takes in what one source delivers at a moment.
pub fn arrive(
    store: &mut dyn Store,
    (load, at): (LoadNo, Moment),
    hub: &Path,
    model: &HubModel,
    source: &Source,
    allow_deletes: bool,
    progress: &dyn Progress,
) -> Result<Arrived, Error> {
    let files = connect::expand(hub, &source.files)?;
    let mut taking = Taking {
        store,
        load,
        model,
        source,
        delivery: None,
        columns: Columns::from([]),
        plan: None,
        keys: Keys::new(brought_ids(&files, model, source, progress)?),
        seen: Vec::new(),
        watch: DeliveryWatch::new(at, Asked::of(model, &source.name)),
        profiler: TableProfiler::of_columns(is_missing),
        profiled: 0,
        report: ArrivalReport { source: source.name.to_string(), ..ArrivalReport::default() },
    };
    let mut is_started = false;
    let summary = connect::read_ahead(&files, &source.format, &mut |batch| {
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
        taking.quarantine(batch.quarantined)
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
    if source.delivery == hub_model::Delivery::Full && is_whole {
        taking.delete_absent(allow_deletes)?;
    }
    let (report, delivered) = (taking.report, taking.watch.finish());
    Ok(Arrived { report, delivered, profiled: taking.profiler.into_state() })
}

/// The ids that rows bring. Files are read for these alone, because which of the rows with one id
/// keeps it is known after the last, and rows wait in the journal, not in memory.
fn brought_ids(
    files: &[PathBuf],
    model: &HubModel,
    source: &Source,
    progress: &dyn Progress,
) -> Result<BroughtIds, Error> {
    let mut brought = BroughtIds::default();
    let mut columns = Columns::from([]);
    let mut plan = CleaningPlan::new(model, source, &columns);
    connect::read_ahead(files, &source.format, &mut |batch| {
        if progress.is_stopped() {
            return Err(Error::Stopped);
        }
        if columns != batch.columns {
            plan = CleaningPlan::new(model, source, &batch.columns);
            columns = batch.columns;
        }
        batch.rows.iter().for_each(|row| brought.see(&plan, &row.payload));
        Ok(())
    })?;
    Ok(brought)
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
    /// By row number of the store whether the delivery had it.
    seen: Vec<bool>,
    /// Counts what stands in the columns.
    watch: DeliveryWatch,
    /// Tells what stands in the columns.
    profiler: TableProfiler,
    /// How many rows it saw.
    profiled: u64,
    report: ArrivalReport,
}

impl Taking<'_> {
    /// Tells the store under which columns rows come.
    fn announce(&mut self, columns: &Columns) -> Result<(), Error> {
        if self.delivery.is_none() || self.columns != *columns {
            self.delivery = Some(self.store.delivery(self.load, &self.source.name, columns)?);
            let plan = CleaningPlan::new(self.model, self.source, columns);
            self.watch.announce(columns, &plan);
            self.plan = Some(plan);
            self.columns = columns.clone();
        }
        Ok(())
    }

    fn take(&mut self, rows: Vec<Row>) -> Result<(), Error> {
        let plan = self.plan.as_ref().expect("columns were announced");
        let payloads = rows.into_iter().map(|row| plan.withhold(row.payload));
        let payloads: Vec<Payload> = payloads.collect();
        self.watch.see(&payloads);
        let wanted = PROFILED_MAX.saturating_sub(self.profiled) as usize;
        let seen: Vec<&Payload> = payloads.iter().take(wanted).collect();
        if !seen.is_empty() {
            self.profiled += seen.len() as u64;
            self.profiler.observe(&self.columns, &seen);
        }
        let keyed = payloads
            .into_iter()
            .filter_map(|payload| self.keys.give(plan, &self.columns, payload))
            .map(arrival);
        let arrivals: Vec<Arrival> = keyed.collect();
        self.report.without_key = self.keys.without_key;
        self.append(&arrivals)
    }

    fn quarantine(&mut self, mut rows: Vec<Quarantined>) -> Result<(), Error> {
        let (Some(delivery), Some(plan)) = (&self.delivery, &self.plan) else { return Ok(()) };
        rows.iter_mut().for_each(|row| plan.withhold_raw(&mut row.raw));
        Ok(self.store.quarantine(delivery, &rows)?)
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
            self.see(row);
            match outcome {
                Outcome::New => self.report.new += 1,
                Outcome::Changed => self.report.changed += 1,
                Outcome::Unchanged => self.report.unchanged += 1,
                Outcome::Deleted => self.report.deleted += 1,
            }
        }
        Ok(())
    }

    fn see(&mut self, RowNo(row): RowNo) {
        let at = row as usize;
        if self.seen.len() <= at {
            self.seen.resize(at + 1, false);
        }
        self.seen[at] = true;
    }

    fn delete_absent(&mut self, allow_deletes: bool) -> Result<(), Error> {
        let Some(delivery) = &self.delivery else { return Ok(()) };
        let seen = |RowNo(row): RowNo| self.seen.get(row as usize).is_some_and(|seen| *seen);
        let absent = self.store.reader().count_absent(delivery, &seen)?;
        if absent == 0 {
            return Ok(());
        }
        let known = absent + self.seen.iter().filter(|seen| **seen).count() as u64;
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
