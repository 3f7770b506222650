//! Decisions that stewards make and undo.

use karat_model::decision::{DecisionNo, Ruling};
use karat_model::hub_model::HubModel;
use karat_model::id::RecordKey;
use karat_store::{RowNo, Transaction};

use super::writer::Written;
use crate::error::Error;
use crate::view::Refused;

/// Writes decisions, all or none.
pub(super) fn decide(
    transaction: &mut dyn Transaction,
    hub_model: &HubModel,
    rulings: &[Ruling],
    steward: &str,
    reason: &str,
) -> Result<Result<Written, Refused>, Error> {
    let mut records: Vec<RecordKey> = Vec::new();
    for ruling in rulings {
        records.extend(ruling.records().cloned());
        if let Ruling::Value(settled) = ruling
            && hub_model.attributes.find(&settled.attribute).is_none()
        {
            return Ok(Err(Refused::UnknownAttribute(settled.attribute.clone())));
        }
    }
    // A decision may be about a record that is gone now: it counts again when that returns.
    let known = transaction.reader().rows_of(&records)?;
    let unknown = records.iter().find(|key| known.iter().all(|(known, _)| known != *key));
    if let Some(key) = unknown {
        return Ok(Err(Refused::UnknownRecord(key.clone())));
    }
    let mut decisions = Vec::with_capacity(rulings.len());
    for ruling in rulings {
        decisions.push(transaction.decide(ruling, steward, reason)?);
    }
    decided(transaction, decisions, &records)
}

/// Undoes decisions, all or none.
pub(super) fn undo(
    transaction: &mut dyn Transaction,
    decisions: &[DecisionNo],
    steward: &str,
    reason: &str,
) -> Result<Result<Written, Refused>, Error> {
    let journal = transaction.reader().decisions()?;
    let mut records: Vec<RecordKey> = Vec::new();
    for no in decisions {
        let Some(entry) = journal.iter().find(|entry| entry.decision.no == *no) else {
            return Ok(Err(Refused::UnknownDecision(*no)));
        };
        if entry.undone.is_some() {
            return Ok(Err(Refused::UndoneAlready(*no)));
        }
        records.extend(entry.decision.ruling.records().cloned());
    }
    for no in decisions {
        transaction.undo(*no, steward, reason)?;
    }
    decided(transaction, Vec::new(), &records)
}

/// Decisions about some records were written.
fn decided(
    transaction: &dyn Transaction,
    decisions: Vec<DecisionNo>,
    records: &[RecordKey],
) -> Result<Result<Written, Refused>, Error> {
    let rows = transaction.reader().rows_of(records)?;
    let rows: Vec<RowNo> = rows.into_iter().map(|(_, row)| row).collect();
    let entities = transaction.reader().entities_of_rows(&rows)?;
    let former = entities.into_iter().map(|(_, entity)| entity).collect();
    Ok(Ok(Written::Decided { decisions, rows, former }))
}
