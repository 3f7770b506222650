//! The journal of what people did about findings: an entry is a step, or the undoing of one.

use karat_model::finding::{FindingNo, FindingState, StepNo};
use karat_model::record::Moment;

use super::Value::{Integer, Text};
use super::look_up::by_numbers;
use super::{Query, Row, Value, Write};
use crate::error::{Error, Result};
use crate::finding_row::{Step, Withdrawn};

const INSERT: &str = "
    INSERT INTO finding_step (step_no, undoes, finding_no, state, until, steward, at, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// What a step says.
pub struct Taken {
    /// The finding.
    pub finding: FindingNo,
    /// How far it is.
    pub state: FindingState,
    /// Until when it stays so.
    pub until: Option<Moment>,
}

/// Adds a step.
pub fn add(
    write: &impl Write,
    at: Moment,
    taken: &Taken,
    steward: &str,
    reason: &str,
) -> Result<StepNo> {
    let no = next(write)?;
    let values = [
        Integer(no),
        Value::Null,
        Integer(taken.finding.0 as i64),
        Text(taken.state.name()),
        Value::of(taken.until.map(|until| until.0)),
        Text(steward),
        Integer(at.0),
        Text(reason),
    ];
    write.execute(INSERT, &values)?;
    Ok(StepNo(no as u64))
}

/// Undoes a step; `false` when it is undone already, or was never taken.
pub fn undo(
    write: &impl Write,
    at: Moment,
    step: StepNo,
    steward: &str,
    reason: &str,
) -> Result<bool> {
    let undone = Integer(step.0 as i64);
    let select = "
        SELECT finding_no FROM finding_step WHERE step_no = $1 AND state IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM finding_step AS undoing WHERE undoing.undoes = $1)";
    let Some(finding) = write.first(select, &[undone], |row| row.integer(0))? else {
        return Ok(false);
    };
    let [no, finding, at] = [next(write)?, finding, at.0].map(Integer);
    let values = [no, undone, finding, Value::Null, Value::Null, Text(steward), at, Text(reason)];
    write.execute(INSERT, &values)?;
    Ok(true)
}

fn next(query: &impl Query) -> Result<i64> {
    query.number("SELECT coalesce(max(step_no), 0) + 1 FROM finding_step", &[])
}

/// The steps of a finding, in order, each with how it was undone.
pub fn of(query: &impl Query, finding: FindingNo) -> Result<Vec<Step>> {
    Ok(of_several(query, &[finding])?.into_iter().map(|(_, step)| step).collect())
}

/// The steps of some findings, in order of findings and steps, each with how it was undone.
pub fn of_several(query: &impl Query, findings: &[FindingNo]) -> Result<Vec<(FindingNo, Step)>> {
    let select = "
        SELECT step_no, undoes, state, until, steward, at, reason, finding_no FROM finding_step
        WHERE finding_no = ANY($1) ORDER BY step_no";
    let mut steps: Vec<(FindingNo, Step)> = Vec::new();
    let numbers = findings.iter().map(|finding| finding.0);
    by_numbers(query, select, numbers, &mut |row| take(row, &mut steps))?;
    steps.sort_unstable_by_key(|(finding, step)| (*finding, step.no));
    Ok(steps)
}

/// Takes an entry of the journal in: a step, or the undoing of an earlier one.
fn take(row: &dyn Row, steps: &mut Vec<(FindingNo, Step)>) -> Result<()> {
    let no = row.integer(0)? as u64;
    let damaged = || Error::Damaged { what: "finding_step", number: no };
    let (steward, at) = (row.text(4)?.into_owned(), Moment(row.integer(5)?));
    let reason = row.text(6)?.into_owned();
    if let Some(undone) = row.integer_or_null(1)? {
        let undone = StepNo(undone as u64);
        let place = steps.binary_search_by_key(&undone, |(_, step)| step.no);
        let place = place.map_err(|_| damaged())?;
        steps[place].1.undone = Some(Withdrawn { steward, at, reason });
        return Ok(());
    }
    let state = row.text_or_null(2)?;
    let state = state.and_then(|state| FindingState::from_name(&state)).ok_or_else(damaged)?;
    let until = row.integer_or_null(3)?.map(Moment);
    let finding = FindingNo(row.integer(7)? as u64);
    steps.push((finding, Step { no: StepNo(no), state, until, steward, at, reason, undone: None }));
    Ok(())
}
