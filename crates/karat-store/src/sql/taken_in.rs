//! What publications took in, and records as they were then.
//!
//! ```text
//! arrivals of a record   a3 ◄──── a7 ◄──── a9    each knows the one before
//! publications           p1: events 1 to 4, arrivals to a5 · p2: event 5, arrivals to a7 · …
//! ```
//!
//! Publications count up without gaps, and their events and moments never decrease, so that one is
//! found by halving, without an index that each change would have to write to.

use std::collections::BTreeSet;

use karat_model::decision::DecisionNo;
use karat_model::record::Moment;
use rustc_hash::FxHashMap;

use super::Value::{Integer, Integers};
use super::look_up::{by_numbers, by_rows, stored_records};
use super::{Query, Row};
use crate::arrival::StoredRecord;
use crate::error::Result;
use crate::number::{ArrivalNo, EventNo, LoadNo, RowNo};
use crate::store::TakenIn;

/// By what a publication is found.
#[derive(Clone, Copy)]
enum Place {
    Event(EventNo),
    Moment(Moment),
}

/// A publication: its number, its last event, its moment; what is not known is before all else.
type Found = (i64, i64, i64);

/// The last publication whose events had all happened by an event.
pub fn by(query: &impl Query, event: EventNo) -> Result<Option<TakenIn>> {
    read(query, last_by(query, Place::Event(event))?)
}

/// The last publication at a moment or before.
pub fn at(query: &impl Query, at: Moment) -> Result<Option<TakenIn>> {
    read(query, last_by(query, Place::Moment(at))?)
}

/// The publication that an event belongs to.
pub fn with(query: &impl Query, event: EventNo) -> Result<Option<TakenIn>> {
    let before = last_by(query, Place::Event(EventNo(event.0.saturating_sub(1))))?;
    let select = "
        SELECT publication_no FROM publication
        WHERE publication_no = $1 AND since_event < $2 AND event_no >= $2";
    let place = [Integer(before + 1), Integer(event.0 as i64)];
    match query.first(select, &place, |row| row.integer(0))? {
        Some(number) => read(query, number),
        None => Ok(None),
    }
}

/// The number of the last publication by then; 0 when there was none.
fn last_by(query: &impl Query, place: Place) -> Result<i64> {
    let is_by_then = |(_, event, at): &Found| match place {
        Place::Event(wanted) => *event <= wanted.0 as i64,
        Place::Moment(wanted) => *at <= wanted.0,
    };
    let read = |row: &dyn Row| -> Result<Found> {
        let known = |number: Option<i64>| number.unwrap_or(i64::MIN);
        let (event, at) = (row.integer_or_null(1)?, row.integer_or_null(2)?);
        Ok((row.integer(0)?, known(event), known(at)))
    };
    let select = "
        SELECT publication_no, event_no, at FROM publication
        ORDER BY publication_no DESC LIMIT 1";
    let Some(last) = query.first(select, &[], read)? else { return Ok(0) };
    if is_by_then(&last) {
        return Ok(last.0);
    }
    let (mut first_after, mut end) = (1, last.0);
    let select = "SELECT publication_no, event_no, at FROM publication WHERE publication_no = $1";
    while first_after < end {
        let middle = (first_after + end) / 2;
        let is_before = query.first(select, &[Integer(middle)], read)?;
        if is_before.as_ref().is_some_and(is_by_then) {
            first_after = middle + 1;
        } else {
            end = middle;
        }
    }
    Ok(first_after - 1)
}

/// What a publication took in, if that was kept.
fn read(query: &impl Query, publication: i64) -> Result<Option<TakenIn>> {
    let select = "
        SELECT load_no, event_no, arrival_no, decision_no, at FROM publication
        WHERE publication_no = $1 AND event_no IS NOT NULL AND at IS NOT NULL";
    query.first(select, &[Integer(publication)], |row| {
        Ok(TakenIn {
            load: LoadNo(row.integer(0)? as u64),
            event: EventNo(row.integer(1)? as u64),
            arrival: ArrivalNo(row.integer(2)? as u64),
            decision: DecisionNo(row.integer(3)? as u64),
            at: Moment(row.integer(4)?),
        })
    })
}

/// With the versions of the records `$1`, from the current one back to that after the arrival `$2`.
macro_rules! with_versions {
    ($select:literal) => {
        concat!(
            "WITH RECURSIVE version (record_no, arrival_no) AS (
                 SELECT record_no, arrival_no FROM record WHERE record_no = ANY($1)
                 UNION ALL
                 SELECT version.record_no, arrival.previous_no
                 FROM version JOIN arrival ON arrival.arrival_no = version.arrival_no
                 WHERE version.arrival_no > $2 AND arrival.previous_no IS NOT NULL) ",
            $select
        )
    };
}

/// Those of some records that had arrivals which were taken in by what was published at a moment.
pub fn arrived_by(query: &impl Query, rows: &[RowNo], at: Moment) -> Result<Vec<RowNo>> {
    let taken_in_by = |at: i64| -> Result<i64> {
        let publication = last_by(query, Place::Moment(Moment(at)))?;
        let select = "SELECT arrival_no FROM publication WHERE publication_no = $1";
        let arrival = query.first(select, &[Integer(publication)], |row| row.integer(0))?;
        Ok(arrival.unwrap_or(0))
    };
    let (last, before) = (taken_in_by(at.0)?, taken_in_by(at.0.saturating_sub(1))?);
    let select =
        with_versions!("SELECT record_no FROM version WHERE arrival_no <= $2 AND arrival_no > $3");
    let rows: Vec<i64> = rows.iter().map(|row| row.0 as i64).collect();
    let values = [Integers(&rows), Integer(last), Integer(before)];
    let mut arrived = query.all(select, &values, |row| Ok(RowNo(row.integer(0)? as u64)))?;
    arrived.sort_unstable();
    arrived.dedup();
    Ok(arrived)
}

/// When the current versions of some records were taken in, in the order of their numbers.
///
/// All of them are looked for together, by halving, so that many cost as many questions as one.
pub fn since(query: &impl Query, rows: &[RowNo]) -> Result<Vec<(RowNo, Moment)>> {
    struct Sought {
        row: RowNo,
        arrival: i64,
        first: i64,
        end: i64,
    }
    let select = "SELECT coalesce(max(publication_no), 0) FROM publication";
    let end = query.number(select, &[])? + 1;
    let select = "SELECT record_no, arrival_no FROM record WHERE record_no = ANY($1)";
    let mut sought: Vec<Sought> = Vec::with_capacity(rows.len());
    by_rows(query, select, rows, &mut |row| {
        let (row, arrival) = (RowNo(row.integer(0)? as u64), row.integer(1)?);
        sought.push(Sought { row, arrival, first: 1, end });
        Ok(())
    })?;
    let select = "
        SELECT publication_no, arrival_no FROM publication WHERE publication_no = ANY($1)";
    loop {
        let open = sought.iter().filter(|it| it.first < it.end);
        let middles: BTreeSet<u64> = open.map(|it| ((it.first + it.end) / 2) as u64).collect();
        if middles.is_empty() {
            break;
        }
        let mut taken_in: FxHashMap<i64, i64> = FxHashMap::default();
        by_numbers(query, select, middles, &mut |row| {
            taken_in.insert(row.integer(0)?, row.integer(1)?);
            Ok(())
        })?;
        for it in sought.iter_mut().filter(|it| it.first < it.end) {
            let middle = (it.first + it.end) / 2;
            match taken_in.get(&middle) {
                Some(last) if *last >= it.arrival => it.end = middle,
                _ => it.first = middle + 1,
            }
        }
    }
    let select = "
        SELECT publication_no, at FROM publication
        WHERE publication_no = ANY($1) AND at IS NOT NULL";
    let publications: BTreeSet<u64> = sought.iter().map(|it| it.first as u64).collect();
    let mut moments: FxHashMap<i64, Moment> = FxHashMap::default();
    by_numbers(query, select, publications, &mut |row| {
        moments.insert(row.integer(0)?, Moment(row.integer(1)?));
        Ok(())
    })?;
    let known = sought.iter().filter_map(|it| Some((it.row, *moments.get(&it.first)?)));
    let mut since: Vec<(RowNo, Moment)> = known.collect();
    since.sort_unstable();
    Ok(since)
}

/// The versions of records that were current after an arrival, in the order of their numbers.
pub fn records_as_of(
    query: &impl Query,
    rows: &[RowNo],
    arrival: ArrivalNo,
) -> Result<Vec<StoredRecord>> {
    let select = with_versions!(
        "SELECT record.record_no, source_no, source_id, observed_at, payload, version.arrival_no
         FROM version
         JOIN record ON record.record_no = version.record_no
         JOIN arrival ON arrival.arrival_no = version.arrival_no
         WHERE version.arrival_no <= $2 AND payload IS NOT NULL"
    );
    stored_records(query, select, rows, &[Integer(arrival.0 as i64)])
}
