//! Records that applications bring.

use std::sync::Arc;

use karat_engine::clean::CleaningPlan;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Columns, Moment, Payload};
use karat_store::{Arrival, Outcome, Reader, RowNo, Transaction};
use rustc_hash::FxHashMap;

use super::writer::Written;
use crate::error::Error;
use crate::view::{Condition, RecordTag, Refused};

/// How records of sources are taken in, kept from one to the next.
#[derive(Default)]
pub struct Sources {
    plans: FxHashMap<(SourceName, Columns), CleaningPlan>,
}

/// So many ways to list the columns of sources are kept.
const PLANS_MAX: usize = 256;

impl Sources {
    /// Writes the values of a record.
    pub(super) fn upsert(
        &mut self,
        transaction: &mut dyn Transaction,
        hub_model: &HubModel,
        key: &RecordKey,
        observed_at: Option<Moment>,
        values: &[(String, String)],
        condition: Condition,
    ) -> Result<Result<Written, Refused>, Error> {
        let Some(source) = hub_model.source(&key.source) else {
            return Ok(Err(Refused::UnknownSource(key.source.clone())));
        };
        if !holds(transaction.reader(), key, condition)? {
            return Ok(Err(Refused::ConditionFailed));
        }
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
        let former = transaction.reader().entity_of(key)?;
        let delivery = transaction.delivery(&key.source, &names)?;
        let columns: Columns = names.into();
        if self.plans.len() >= PLANS_MAX {
            self.plans.clear();
        }
        let plan = self.plans.entry((key.source.clone(), columns));
        let plan =
            plan.or_insert_with_key(|(_, columns)| CleaningPlan::new(hub_model, source, columns));
        let payload = plan.withhold(payload);
        let observed_at = observed_at.or_else(|| plan.updated_at(&payload));
        let change = karat_store::Change::Upsert(payload);
        let arrival = Arrival { id: Arc::clone(&key.id), observed_at, change };
        let appended = transaction.append(&delivery, &[arrival])?;
        Ok(Ok(written(key, &appended, former)))
    }

    /// Writes that a record is gone.
    pub(super) fn delete(
        &mut self,
        transaction: &mut dyn Transaction,
        hub_model: &HubModel,
        key: &RecordKey,
        condition: Condition,
    ) -> Result<Result<Written, Refused>, Error> {
        if hub_model.source(&key.source).is_none() {
            return Ok(Err(Refused::UnknownSource(key.source.clone())));
        }
        if transaction.reader().record(key)?.is_none() {
            return Ok(Err(Refused::UnknownRecord(key.clone())));
        }
        if !holds(transaction.reader(), key, condition)? {
            return Ok(Err(Refused::ConditionFailed));
        }
        let former = transaction.reader().entity_of(key)?;
        let delivery = transaction.delivery(&key.source, &[])?;
        let change = karat_store::Change::Delete;
        let arrival = Arrival { id: Arc::clone(&key.id), observed_at: None, change };
        let appended = transaction.append(&delivery, &[arrival])?;
        Ok(Ok(written(key, &appended, former)))
    }
}

fn written(key: &RecordKey, appended: &[(RowNo, Outcome)], former: Option<EntityId>) -> Written {
    let &[(row, outcome)] = appended else { unreachable!("one arrival was appended") };
    Written::Record { key: key.clone(), row, outcome, former }
}

/// Whether a record is as a request expects it.
fn holds(reader: &dyn Reader, key: &RecordKey, condition: Condition) -> Result<bool, Error> {
    if condition == Condition::None {
        return Ok(true);
    }
    let version = version(reader, key)?;
    Ok(condition.holds(version))
}

/// The version that a record has; `None` when it is gone.
pub(super) fn version(reader: &dyn Reader, key: &RecordKey) -> Result<Option<RecordTag>, Error> {
    let Some(stored) = reader.record(key)? else { return Ok(None) };
    let sources = reader.source_columns()?;
    let source = sources.iter().find(|(number, ..)| *number == stored.source);
    Ok(source.map(|(_, _, columns)| RecordTag::of(&stored.record, columns)))
}
