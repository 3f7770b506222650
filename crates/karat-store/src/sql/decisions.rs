//! The journal of decisions: an entry is a decision, or the undoing of one.

use karat_model::decision::{Decision, DecisionNo, Ruling};
use karat_model::record::Moment;
use rustc_hash::FxHashMap;

use super::Value::{Integer, Text};
use super::{Query, Value, Write, decision_row};
use crate::error::{Error, Result};
use crate::store::{JournaledDecision, Undone};

/// Adds a decision.
pub fn decide(
    write: &impl Write,
    at: Moment,
    ruling: &Ruling,
    steward: &str,
    reason: &str,
) -> Result<DecisionNo> {
    let json = decision_row::to_json(ruling);
    add(write, at, [Value::Null, Text(&json)], steward, reason)
}

/// Undoes a decision; `false` when it is undone already, or was never made.
pub fn undo(
    write: &impl Write,
    at: Moment,
    decision: DecisionNo,
    steward: &str,
    reason: &str,
) -> Result<bool> {
    let no = Integer(decision.0 as i64);
    let select = "
        SELECT decision_no FROM decision WHERE decision_no = $1 AND ruling IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM decision AS undoing WHERE undoing.undoes = $1)";
    let counts = write.first(select, &[no], |row| row.integer(0))?.is_some();
    if counts {
        add(write, at, [no, Value::Null], steward, reason)?;
    }
    Ok(counts)
}

/// Adds an entry, of which `what` says what it undoes and how it rules.
fn add(
    write: &impl Write,
    at: Moment,
    what: [Value; 2],
    steward: &str,
    reason: &str,
) -> Result<DecisionNo> {
    let no = DecisionNo(last(write)?.0 + 1);
    let insert = "
        INSERT INTO decision (decision_no, undoes, ruling, steward, at, reason)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let [undoes, ruling] = what;
    let (steward, at) = (Text(steward), Integer(at.0));
    write.execute(insert, &[Integer(no.0 as i64), undoes, ruling, steward, at, Text(reason)])?;
    Ok(no)
}

/// The number of the last entry; 0 when there is none.
pub fn last(query: &impl Query) -> Result<DecisionNo> {
    let select = "SELECT coalesce(max(decision_no), 0) FROM decision";
    Ok(DecisionNo(query.number(select, &[])? as u64))
}

/// All decisions, each with how it was undone.
pub fn all(query: &impl Query) -> Result<Vec<JournaledDecision>> {
    since(query, DecisionNo(0))
}

/// The last so many decisions before an entry, or of all, and every later one.
pub fn page(
    query: &impl Query,
    before: Option<DecisionNo>,
    count: usize,
) -> Result<Vec<JournaledDecision>> {
    let before = before.map_or(i64::MAX, |no| no.0 as i64);
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let select = "
        SELECT coalesce(min(decision_no), $1) FROM (
            SELECT decision_no FROM decision WHERE ruling IS NOT NULL AND decision_no < $1
            ORDER BY decision_no DESC LIMIT $2
        ) AS page";
    let first = query.number(select, &[Integer(before), Integer(count)])?;
    since(query, DecisionNo(first as u64))
}

/// The decisions from one on, each with how it was undone.
fn since(query: &impl Query, first: DecisionNo) -> Result<Vec<JournaledDecision>> {
    let select = "
        SELECT decision_no, undoes, ruling, steward, at, reason FROM decision
        WHERE decision_no >= $1 ORDER BY decision_no";
    let mut decisions: Vec<JournaledDecision> = Vec::new();
    let mut places: FxHashMap<u64, usize> = FxHashMap::default();
    query.many(select, &[first.0 as i64], &mut |row| {
        let no = DecisionNo(row.integer(0)? as u64);
        let damaged = || Error::Damaged { what: "decision", number: no.0 };
        let (steward, at) = (row.text(3)?.into_owned(), Moment(row.integer(4)?));
        let reason = row.text(5)?.into_owned();
        match row.integer_or_null(1)? {
            Some(undone) if (undone as u64) < first.0 => {}
            Some(undone) => {
                let place = *places.get(&(undone as u64)).ok_or_else(damaged)?;
                decisions[place].undone = Some(Undone { no, steward, at, reason });
            }
            None => {
                let ruling = row.text_or_null(2)?.ok_or_else(damaged)?;
                let ruling = decision_row::from_json(&ruling).ok_or_else(damaged)?;
                places.insert(no.0, decisions.len());
                let decision = Decision { no, ruling, steward, at, reason };
                decisions.push(JournaledDecision { decision, undone: None });
            }
        }
        Ok(())
    })?;
    Ok(decisions)
}
