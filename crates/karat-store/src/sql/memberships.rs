//! The crosswalk and its history, while derived state is written.
//!
//! What happens to the membership of each record is collected, and written in the order of records.

use super::Value::Integers;
use super::Write;
use super::look_up::by_rows;
use crate::error::Result;
use crate::number::RowNo;

/// How many steps are collected, for at most some 64 MB.
const STEPS_MAX: usize = 2 << 20;

/// What happened to the membership of a record.
#[derive(Clone, Copy, Debug)]
struct Step {
    row: RowNo,
    entity: i64,
    event: i64,
    /// Whether the record came into the entity, or left it.
    comes: bool,
}

/// In which entity a record is, and since when.
type Place = (i64, i64);

/// Memberships to be written.
#[derive(Default)]
pub struct Memberships {
    steps: Vec<Step>,
    /// Whether the crosswalk is known to be empty.
    is_first: bool,
}

impl Memberships {
    /// Begins with an empty crosswalk.
    pub fn first() -> Memberships {
        Memberships { steps: Vec::new(), is_first: true }
    }

    /// An entity had these records before an event, and has others after it; both in order.
    pub fn change(&mut self, entity: i64, event: i64, before: &[RowNo], after: &[RowNo]) {
        let leaves = before.iter().filter(|row| after.binary_search(row).is_err());
        let comes = after.iter().filter(|row| before.binary_search(row).is_err());
        self.steps.extend(leaves.map(|&row| Step { row, entity, event, comes: false }));
        self.steps.extend(comes.map(|&row| Step { row, entity, event, comes: true }));
    }

    /// Whether it is time to write.
    pub fn is_full(&self) -> bool {
        self.steps.len() >= STEPS_MAX
    }

    /// Writes what was collected.
    pub fn flush(&mut self, write: &impl Write) -> Result<()> {
        if self.steps.is_empty() {
            return Ok(());
        }
        let mut steps = std::mem::take(&mut self.steps);
        // Stable: what happens to a record happens in the order of events.
        steps.sort_by_key(|step| step.row);
        let known = if self.is_first { Vec::new() } else { places_of(write, &steps)? };
        self.is_first = false;
        let (mut put, mut gone, mut past) = (Vec::new(), Vec::new(), Vec::new());
        for steps in steps.chunk_by(|a, b| a.row == b.row) {
            let row = steps[0].row;
            let at = known.binary_search_by_key(&row, |(row, _)| *row);
            let before = at.ok().map(|at| known[at].1);
            let mut place = before;
            for step in steps {
                place = next_place(row, place, step, &mut past);
            }
            match place {
                Some((entity, event)) if place != before => {
                    put.push([row.0 as i64, entity, event]);
                }
                None if before.is_some() => gone.push(row.0 as i64),
                _ => {}
            }
        }
        let crosswalk = "crosswalk (record_no, entity_id, event_no)";
        let replace = "ON CONFLICT (record_no) DO UPDATE SET
            entity_id = excluded.entity_id, event_no = excluded.event_no";
        write.put_numbers(crosswalk, replace, &put)?;
        if !gone.is_empty() {
            let delete = "DELETE FROM crosswalk WHERE record_no = ANY($1)";
            write.execute(delete, &[Integers(&gone)])?;
        }
        let versions = "crosswalk_version (record_no, until_event, event_no, entity_id)";
        write.put_numbers(versions, "", &past)
    }
}

/// Where a record is after a step; where it was before it goes to `past`.
fn next_place(
    row: RowNo,
    place: Option<Place>,
    step: &Step,
    past: &mut Vec<[i64; 4]>,
) -> Option<Place> {
    let is_there = place.is_some_and(|(entity, _)| entity == step.entity);
    if is_there == step.comes {
        return place;
    }
    if let Some((entity, since)) = place {
        past.push([row.0 as i64, step.event, since, entity]);
    }
    step.comes.then_some((step.entity, step.event))
}

/// Where the records of these steps are, in order.
fn places_of(write: &impl Write, steps: &[Step]) -> Result<Vec<(RowNo, Place)>> {
    let select = "SELECT record_no, entity_id, event_no FROM crosswalk WHERE record_no = ANY($1)";
    let mut rows: Vec<RowNo> = steps.iter().map(|step| step.row).collect();
    rows.dedup();
    let mut known = Vec::with_capacity(rows.len());
    by_rows(write, select, &rows, &mut |row| {
        known.push((RowNo(row.integer(0)? as u64), (row.integer(1)?, row.integer(2)?)));
        Ok(())
    })?;
    known.sort_unstable();
    Ok(known)
}
