//! Takes deliveries in: gives each row its key and writes what is new or changed to the journal.

use std::path::Path;

use karat_engine::clean::CleaningPlan;
use karat_model::finding::FindingCode;
use karat_model::hub_model::{Delivery as Delivered, HubModel, Source};
use karat_model::record::{Columns, Moment, Payload};
use karat_store::{Arrival, Change, Delivery, LoadNo, Outcome, RowNo, Store};
use rustc_hash::{FxHashMap, FxHashSet};

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
    let repeated = repeated_ids(&files, model, source)?;
    let mut taking = Taking {
        store,
        load,
        model,
        source,
        delivery: None,
        columns: Columns::from([]),
        plan: None,
        repeated,
        held_back: FxHashMap::default(),
        keys_made: FxHashMap::default(),
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

/// The hashes of ids that more than one row has: these rows wait until all are read, so that their
/// keys do not hang on the order of rows.
fn repeated_ids(
    files: &[std::path::PathBuf],
    model: &HubModel,
    source: &Source,
) -> Result<FxHashSet<u64>, Error> {
    let mut seen = FxHashSet::default();
    let mut repeated = FxHashSet::default();
    connect::read(files, &source.format, &mut |batch| {
        let plan = CleaningPlan::new(model, source, &batch.columns);
        let Some(column) = plan.source_id_column() else { return Ok(()) };
        for row in &batch.rows {
            if let Some(id) = row.payload.get(column).map(str::trim) {
                let hash = hash(id);
                if !seen.insert(hash) {
                    repeated.insert(hash);
                }
            }
        }
        Ok(())
    })?;
    Ok(repeated)
}

fn hash(text: &str) -> u64 {
    let bytes = blake3::hash(text.as_bytes());
    u64::from_le_bytes(bytes.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
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
    repeated: FxHashSet<u64>,
    /// Rows whose id others have as well, by id.
    held_back: FxHashMap<String, Vec<Payload>>,
    /// How many rows without an id had these values.
    keys_made: FxHashMap<u64, u32>,
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
        let id_column = plan.source_id_column();
        let mut arrivals = Vec::with_capacity(rows.len());
        for Row { payload, .. } in rows {
            let id = id_column.and_then(|column| payload.get(column)).map(str::trim);
            let id = match id {
                Some(id) if !id.is_empty() && self.repeated.contains(&hash(id)) => {
                    self.held_back.entry(id.to_string()).or_default().push(payload);
                    continue;
                }
                Some(id) if !id.is_empty() => id.to_string(),
                _ => {
                    self.report.without_key += u64::from(id_column.is_some());
                    made_key(&payload, &self.columns, &mut self.keys_made)
                }
            };
            let observed_at = plan.updated_at(&payload);
            arrivals.push(Arrival { id: id.into(), observed_at, change: Change::Upsert(payload) });
        }
        self.append(&arrivals)
    }

    /// Gives rows of one id their keys: the latest keeps the id, others get a number behind it.
    fn take_held_back(&mut self) -> Result<(), Error> {
        let mut held_back: Vec<(String, Vec<Payload>)> =
            std::mem::take(&mut self.held_back).into_iter().collect();
        held_back.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let Some(plan) = &self.plan else { return Ok(()) };
        let mut arrivals = Vec::new();
        for (id, payloads) in held_back {
            let mut versions: Vec<(Option<Moment>, u64, Payload)> = payloads
                .into_iter()
                .map(|payload| {
                    (plan.updated_at(&payload), digest(&payload, &self.columns), payload)
                })
                .collect();
            versions.sort_unstable_by_key(|(at, digest, _)| (std::cmp::Reverse(*at), *digest));
            versions.dedup_by_key(|(_, digest, _)| *digest);
            self.report.same_key += versions.len() as u64 - 1;
            for (number, (observed_at, _, payload)) in (1..).zip(versions) {
                let id = if number == 1 { id.clone() } else { format!("{id}{SEPARATOR}{number}") };
                arrivals.push(Arrival {
                    id: id.into(),
                    observed_at,
                    change: Change::Upsert(payload),
                });
            }
        }
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

/// What stands between an id and the number or hash that Karat adds.
const SEPARATOR: char = '~';

/// A key for a row that has none: made of its values, so that the same row keeps it.
fn made_key(payload: &Payload, columns: &Columns, made: &mut FxHashMap<u64, u32>) -> String {
    let digest = digest(payload, columns);
    let count = made.entry(digest).or_default();
    *count += 1;
    match *count {
        1 => format!("{SEPARATOR}{digest:016x}"),
        number => format!("{SEPARATOR}{digest:016x}{SEPARATOR}{number}"),
    }
}

/// A hash of the values of a row by the names of their columns.
fn digest(payload: &Payload, columns: &Columns) -> u64 {
    let mut values: Vec<(&str, &str)> =
        payload.iter().map(|(column, value)| (columns[column as usize].as_str(), value)).collect();
    values.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for (name, value) in values {
        hasher.update(name.as_bytes()).update(&[0]).update(value.as_bytes()).update(&[1]);
    }
    let bytes = hasher.finalize();
    u64::from_le_bytes(bytes.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// What the key of a record tells of its delivery.
pub fn key_finding(id: &str) -> Option<FindingCode> {
    match id.rsplit_once(SEPARATOR) {
        Some(("", _)) => Some(FindingCode::MissingKey),
        Some((before, _)) if before.starts_with(SEPARATOR) => Some(FindingCode::MissingKey),
        Some((_, number)) if number.parse::<u32>().is_ok_and(|number| number > 1) => {
            Some(FindingCode::DuplicateKey)
        }
        _ => None,
    }
}
