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

/// Records of one source that came under the same columns.
struct Together {
    source: SourceName,
    columns: Columns,
    /// Which of the changes they are.
    places: Vec<usize>,
    arrivals: Vec<Arrival>,
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
            let alike = together
                .iter_mut()
                .find(|known| known.source == source && known.columns == columns);
            let alike = match alike {
                Some(alike) => alike,
                None => {
                    let (places, arrivals) = (Vec::new(), Vec::new());
                    together.push(Together { source, columns, places, arrivals });
                    together.last_mut().expect("it was added")
                }
            };
            alike.places.push(place);
            alike.arrivals.push(arrival);
        }
        for Together { source, columns, places, arrivals } in together {
            let delivery = transaction.delivery(&source, &columns)?;
            let appended = transaction.append(&delivery, &arrivals)?;
            for (place, (row, outcome)) in places.into_iter().zip(appended) {
                let former = entity_of.get(&row).copied();
                written[place] = Some(Ok(Written::Record { row, outcome, former }));
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
            Change::Decide { .. } | Change::Undo { .. } => {
                unreachable!("decisions bring no records")
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
                let (columns, payload) = as_payload(values);
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

/// Named values as a payload, and the columns that its numbers stand for.
fn as_payload(values: &[(String, String)]) -> (Columns, Payload) {
    let mut names: Vec<String> = Vec::new();
    let mut placed: Vec<(u16, &str)> = Vec::with_capacity(values.len());
    for (name, value) in values {
        let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.clone());
            names.len() - 1
        });
        placed.push((at as u16, value));
    }
    placed.sort_by_key(|(column, _)| *column);
    let mut payload = Payload::new();
    for (column, value) in placed.into_iter().filter(|(_, value)| !value.is_empty()) {
        payload.push(column, value);
    }
    (names.into(), payload)
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
