//! The journal of confirmations: an entry is a confirmation, or the undoing of one.

use karat_model::confirmation::{Confirmation, ConfirmationKind, ConfirmationNo};
use karat_model::finding::ValueDigest;
use karat_model::record::Moment;
use rustc_hash::FxHashMap;

use super::Value::{Integer, Text};
use super::look_up::by_rows;
use super::{Query, Row, Value, Write};
use crate::confirmation_row::{ConfirmationRow, JournaledConfirmation};
use crate::error::{Error, Result};
use crate::finding_row::Withdrawn;
use crate::number::RowNo;

const INSERT: &str = "
    INSERT INTO confirmation
        (confirmation_no, undoes, record_no, attribute, value_digest, kind, steward, at, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Adds a confirmation.
pub fn confirm(
    write: &impl Write,
    at: Moment,
    confirmation: &ConfirmationRow,
    steward: &str,
    reason: &str,
) -> Result<ConfirmationNo> {
    let no = next(write)?;
    let ConfirmationRow { record, attribute, value, kind } = confirmation;
    let values = [
        Integer(no),
        Value::Null,
        Integer(record.0 as i64),
        Text(attribute),
        Integer(value.0 as i64),
        Text(kind.name()),
        Text(steward),
        Integer(at.0),
        Text(reason),
    ];
    write.execute(INSERT, &values)?;
    Ok(ConfirmationNo(no as u64))
}

/// Undoes a confirmation; `false` when it is undone already, or was never made.
pub fn withdraw(
    write: &impl Write,
    at: Moment,
    confirmation: ConfirmationNo,
    steward: &str,
    reason: &str,
) -> Result<bool> {
    let undone = Integer(confirmation.0 as i64);
    let select = "
        SELECT record_no, attribute FROM confirmation
        WHERE confirmation_no = $1 AND kind IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM confirmation AS undoing WHERE undoing.undoes = $1)";
    let counts =
        write.first(select, &[undone], |row| Ok((row.integer(0)?, row.text(1)?.into_owned())))?;
    let Some((record, attribute)) = counts else { return Ok(false) };
    let values = [
        Integer(next(write)?),
        undone,
        Integer(record),
        Text(&attribute),
        Value::Null,
        Value::Null,
        Text(steward),
        Integer(at.0),
        Text(reason),
    ];
    write.execute(INSERT, &values)?;
    Ok(true)
}

fn next(query: &impl Query) -> Result<i64> {
    query.number("SELECT coalesce(max(confirmation_no), 0) + 1 FROM confirmation", &[])
}

macro_rules! select_confirmations {
    ($rest:literal) => {
        concat!(
            "SELECT confirmation_no, undoes, record_no, attribute, value_digest, kind, steward, at,
                 reason
             FROM confirmation ",
            $rest
        )
    };
}

/// The confirmations of some records, in the order in which they were made.
pub fn of_records(query: &impl Query, records: &[RowNo]) -> Result<Vec<JournaledConfirmation>> {
    let select = select_confirmations!("WHERE record_no = ANY($1)");
    let mut entries = Vec::new();
    by_rows(query, select, records, &mut |row| {
        entries.push(read(row)?);
        Ok(())
    })?;
    entries.sort_unstable_by_key(|entry| entry.no);
    together(entries)
}

/// All confirmations, in the order in which they were made.
pub fn all(query: &impl Query) -> Result<Vec<JournaledConfirmation>> {
    let mut entries = Vec::new();
    query.many(select_confirmations!("ORDER BY confirmation_no"), &[], &mut |row| {
        entries.push(read(row)?);
        Ok(())
    })?;
    together(entries)
}

/// An entry of the journal.
struct Entry {
    no: u64,
    undoes: Option<u64>,
    record: RowNo,
    attribute: String,
    value: Option<i64>,
    kind: Option<String>,
    by: Withdrawn,
}

fn read(row: &dyn Row) -> Result<Entry> {
    Ok(Entry {
        no: row.integer(0)? as u64,
        undoes: row.integer_or_null(1)?.map(|no| no as u64),
        record: RowNo(row.integer(2)? as u64),
        attribute: row.text(3)?.into_owned(),
        value: row.integer_or_null(4)?,
        kind: row.text_or_null(5)?.map(|kind| kind.into_owned()),
        by: Withdrawn {
            steward: row.text(6)?.into_owned(),
            at: Moment(row.integer(7)?),
            reason: row.text(8)?.into_owned(),
        },
    })
}

/// The confirmations of entries, which are in order, each with how it was undone.
fn together(entries: Vec<Entry>) -> Result<Vec<JournaledConfirmation>> {
    let mut confirmations: Vec<JournaledConfirmation> = Vec::new();
    let mut places: FxHashMap<u64, usize> = FxHashMap::default();
    for Entry { no, undoes, record, attribute, value, kind, by } in entries {
        let damaged = || Error::Damaged { what: "confirmation", number: no };
        if let Some(undone) = undoes {
            let place = *places.get(&undone).ok_or_else(damaged)?;
            confirmations[place].undone = Some(by);
            continue;
        }
        let kind = kind.and_then(|kind| ConfirmationKind::from_name(&kind));
        let confirmation = Confirmation {
            no: ConfirmationNo(no),
            attribute,
            value: ValueDigest(value.ok_or_else(damaged)? as u64),
            kind: kind.ok_or_else(damaged)?,
            steward: by.steward,
            at: by.at,
            reason: by.reason,
        };
        places.insert(no, confirmations.len());
        confirmations.push(JournaledConfirmation { record, confirmation, undone: None });
    }
    Ok(confirmations)
}
