//! Records that applications bring.

use std::sync::Arc;

use karat_engine::clean::CleaningPlan;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Columns, Payload};
use karat_store::{Arrival, Reader, RowNo, Transaction};
use rustc_hash::FxHashMap;

use super::writer::Written;
use crate::error::Error;
use crate::view::{Change, Condition, RecordTag, Refused};

/// How records of sources are taken in, kept from one to the next.
#[derive(Default)]
pub struct Sources {
    plans: FxHashMap<(SourceName, Columns), CleaningPlan>,
}

/// So many ways to list the columns of sources are kept.
const PLANS_MAX: usize = 256;

/// Records of one source, under the columns of all of them.
struct Together {
    source: SourceName,
    columns: Vec<String>,
    /// Which of the changes they are.
    places: Vec<usize>,
    arrivals: Vec<Arrival>,
}

impl Together {
    fn of(source: SourceName) -> Together {
        Together { source, columns: Vec::new(), places: Vec::new(), arrivals: Vec::new() }
    }

    /// Adds a record that came under these columns.
    fn add(&mut self, place: usize, columns: &[String], mut arrival: Arrival) {
        if let karat_store::Change::Upsert(payload) = &mut arrival.change {
            let number_of = |column: &String, known: &mut Vec<String>| {
                let at = known.iter().position(|known| known == column);
                at.unwrap_or_else(|| {
                    known.push(column.clone());
                    known.len() - 1
                }) as u16
            };
            let columns = columns.iter().map(|column| number_of(column, &mut self.columns));
            let numbers: Vec<u16> = columns.collect();
            let mut values: Vec<(u16, &str)> = payload
                .iter()
                .map(|(column, value)| (numbers[usize::from(column)], value))
                .collect();
            // Values of one column stay in their order.
            values.sort_by_key(|(column, _)| *column);
            let mut renumbered = Payload::new();
            values.into_iter().for_each(|(column, value)| renumbered.push(column, value));
            *payload = renumbered;
        }
        self.places.push(place);
        self.arrivals.push(arrival);
    }
}

impl Sources {
    /// Writes what becomes of some records, each another one.
    pub(super) fn take(
        &mut self,
        transaction: &mut dyn Transaction,
        hub_model: &HubModel,
        changes: &[&Change],
    ) -> Result<Vec<Result<Written, Refused>>, Error> {
        let reader = transaction.reader();
        let keys: Vec<RecordKey> =
            changes.iter().filter_map(|change| change.record()).cloned().collect();
        let known: FxHashMap<RecordKey, RowNo> = reader.rows_of(&keys)?.into_iter().collect();
        let rows: Vec<RowNo> = known.values().copied().collect();
        let entity_of: FxHashMap<RowNo, EntityId> =
            reader.entities_of_rows(&rows)?.into_iter().collect();

        let mut written: Vec<Option<Result<Written, Refused>>> = Vec::new();
        let mut together: Vec<Together> = Vec::new();
        for (place, change) in changes.iter().enumerate() {
            let (source, columns, arrival) = match self.arrival(reader, hub_model, change)? {
                Ok(arrival) => arrival,
                Err(refused) => {
                    written.push(Some(Err(refused)));
                    continue;
                }
            };
            written.push(None);
            let at = together.iter().position(|known| known.source == source);
            let at = at.unwrap_or_else(|| {
                together.push(Together::of(source));
                together.len() - 1
            });
            together[at].add(place, &columns, arrival);
        }
        for Together { source, columns, places, arrivals } in together {
            let delivery = transaction.delivery(&source, &columns)?;
            let appended = transaction.append(&delivery, &arrivals)?;
            for (place, (row, outcome)) in places.into_iter().zip(appended) {
                let former = entity_of.get(&row).copied();
                written[place] = Some(Ok(Written::Record { row, outcome, former, entry: None }));
            }
        }
        Ok(written.into_iter().map(|written| written.expect("each was taken")).collect())
    }

    /// What arrives with a change of a record.
    fn arrival(
        &mut self,
        reader: &dyn Reader,
        hub_model: &HubModel,
        change: &Change,
    ) -> Result<Result<(SourceName, Columns, Arrival), Refused>, Error> {
        let (key, condition) = match change {
            Change::Upsert { key, condition, .. } | Change::Delete { key, condition } => {
                (key, *condition)
            }
            Change::Decide { .. }
            | Change::Undo { .. }
            | Change::Step { .. }
            | Change::UndoStep { .. }
            | Change::Assign { .. }
            | Change::Snooze { .. }
            | Change::SaveView { .. }
            | Change::ForgetView { .. }
            | Change::Confirm { .. }
            | Change::Withdraw { .. } => {
                unreachable!("only records bring records")
            }
        };
        let Some(source) = hub_model.source(&key.source) else {
            return Ok(Err(Refused::UnknownSource(key.source.clone())));
        };
        let is_deleted = matches!(change, Change::Delete { .. });
        if is_deleted && reader.record(key)?.is_none() {
            return Ok(Err(Refused::UnknownRecord(key.clone())));
        }
        if !holds(reader, key, condition)? {
            return Ok(Err(Refused::ConditionFailed));
        }
        let (columns, observed_at, change) = match change {
            Change::Upsert { observed_at, values, .. } => {
                let columns = columns_of(values);
                let payload = as_payload(&columns, values);
                if self.plans.len() >= PLANS_MAX {
                    self.plans.clear();
                }
                let plan = self.plans.entry((key.source.clone(), columns.clone()));
                let plan = plan.or_insert_with(|| CleaningPlan::new(hub_model, source, &columns));
                let payload = plan.withhold(payload);
                let observed_at = observed_at.or_else(|| plan.updated_at(&payload));
                (columns, observed_at, karat_store::Change::Upsert(payload))
            }
            _ => (Columns::default(), None, karat_store::Change::Delete),
        };
        let arrival = Arrival { id: Arc::clone(&key.id), observed_at, change };
        Ok(Ok((key.source.clone(), columns, arrival)))
    }
}

/// The columns of named values, in the order in which they are named first.
fn columns_of(values: &[(String, String)]) -> Columns {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in values {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.into()
}

/// Named values as a payload under columns that include theirs.
pub(crate) fn as_payload(columns: &Columns, values: &[(String, String)]) -> Payload {
    let place = |name: &String| columns.iter().position(|known| known == name);
    let placed = values.iter().filter_map(|(name, value)| Some((place(name)? as u16, &**value)));
    let mut placed: Vec<(u16, &str)> = placed.collect();
    placed.sort_by_key(|(column, _)| *column);
    let mut payload = Payload::new();
    for (column, value) in placed.into_iter().filter(|(_, value)| !value.is_empty()) {
        payload.push(column, value);
    }
    payload
}

/// Whether a record is as a request expects it.
fn holds(reader: &dyn Reader, key: &RecordKey, condition: Condition) -> Result<bool, Error> {
    if condition == Condition::None {
        return Ok(true);
    }
    let Some(stored) = reader.record(key)? else { return Ok(condition.holds(None)) };
    let sources = reader.source_columns()?;
    let source = sources.iter().find(|(number, ..)| *number == stored.source);
    let version = source.map(|(_, _, columns)| RecordTag::of(&stored.record, columns));
    Ok(condition.holds(version))
}
