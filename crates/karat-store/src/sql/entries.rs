//! The journal of what was typed in.

use karat_model::finding::RuleName;
use karat_model::record::Moment;

use super::Value::{Integer, Text};
use super::{Query, Write};
use crate::confirmation_row::{EntryRow, JournaledEntry};
use crate::error::{Error, Result};
use crate::number::{EntryNo, RowNo};

/// Adds an entry.
pub fn note(write: &impl Write, at: Moment, entry: &EntryRow) -> Result<EntryNo> {
    let no = write.number("SELECT coalesce(max(entry_no), 0) + 1 FROM entry", &[])?;
    let overridden: Vec<&str> = entry.overridden.iter().map(RuleName::as_str).collect();
    let overridden = serde_json::to_string(&overridden).expect("texts always become JSON");
    let insert = "
        INSERT INTO entry (entry_no, record_no, kind, policy, overridden, reason_code, reason,
            entered_by, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        Integer(no),
        Integer(entry.record.0 as i64),
        Text(&entry.kind),
        Text(&entry.policy),
        Text(&overridden),
        Text(&entry.reason_code),
        Text(&entry.reason),
        Text(&entry.entered_by),
        Integer(at.0),
    ];
    write.execute(insert, &values)?;
    Ok(EntryNo(no as u64))
}

/// The entries that follow a place, in order.
pub fn after(query: &impl Query, after: EntryNo, limit: usize) -> Result<Vec<JournaledEntry>> {
    let select = "
        SELECT entry_no, record_no, kind, policy, overridden, reason_code, reason, entered_by, at
        FROM entry WHERE entry_no > $1 ORDER BY entry_no LIMIT $2";
    query.all(select, &[Integer(after.0 as i64), Integer(limit as i64)], |row| {
        let no = EntryNo(row.integer(0)? as u64);
        let overridden: Vec<String> = serde_json::from_str(&row.text(4)?)
            .map_err(|_| Error::Damaged { what: "entry", number: no.0 })?;
        let entry = EntryRow {
            record: RowNo(row.integer(1)? as u64),
            kind: row.text(2)?.into_owned(),
            policy: row.text(3)?.into_owned(),
            overridden: overridden.iter().map(|name| RuleName::new(name)).collect(),
            reason_code: row.text(5)?.into_owned(),
            reason: row.text(6)?.into_owned(),
            entered_by: row.text(7)?.into_owned(),
        };
        Ok(JournaledEntry { no, at: Moment(row.integer(8)?), entry })
    })
}
