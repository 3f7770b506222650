//! Writing the journal.
//!
//! The arrivals of a call are told from what is known in memory, and written in three statements.

use karat_model::record::{Moment, Quarantined};
use rustc_hash::FxHashMap;

use super::copy::CopyRows;
use super::{PostgresReader, text};
use crate::arrival::{Arrival, Change, Outcome};
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::number::{LoadNo, RowNo};
use crate::payload::Digest;
use crate::sql::Value::{Integer, Text};
use crate::sql::{Query, Row, Write};

const COPY_RECORDS: &str = "
    COPY record (record_no, source_no, source_id, arrival_no, digest) FROM STDIN BINARY";
const COPY_ARRIVALS: &str = "
    COPY arrival (arrival_no, load_no, record_no, observed_at, payload, previous_no)
    FROM STDIN BINARY";
const COPY_QUARANTINE: &str = "
    COPY quarantine (quarantine_no, load_no, source_no, file, line, reason, raw)
    FROM STDIN BINARY";
const POINT_RECORDS: &str = "
    UPDATE record SET arrival_no = latest.arrival_no, digest = latest.digest
    FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS latest (record_no, arrival_no, digest)
    WHERE record.record_no = latest.record_no";

/// However many records there are, the few at hand are looked up one by one: at first the server
/// does not know how many there are, and would read all of them.
pub const LOOK_UP: &str = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

pub fn begin_load(reader: &PostgresReader, started_at: Moment) -> Result<LoadNo> {
    let load = reader.number("SELECT coalesce(max(load_no), 0) + 1 FROM load", &[])?;
    let insert = "INSERT INTO load (load_no, started_at) VALUES ($1, $2)";
    reader.execute(insert, &[Integer(load), Integer(started_at.0)])?;
    Ok(LoadNo(load as u64))
}

pub fn finish_load(
    reader: &PostgresReader,
    load: LoadNo,
    finished_at: Moment,
    report: &str,
) -> Result<()> {
    // This commit waits for the disk, and with it all that came before.
    reader.connection.borrow_mut().run("SET LOCAL synchronous_commit TO DEFAULT")?;
    let finish = "UPDATE load SET finished_at = $2, report = $3 WHERE load_no = $1";
    reader.execute(finish, &[Integer(load.0 as i64), Integer(finished_at.0), Text(report)])?;
    Ok(())
}

pub fn append(
    reader: &PostgresReader,
    delivery: &Delivery,
    arrivals: &[Arrival],
) -> Result<Vec<(RowNo, Outcome)>> {
    let mut journal = Journal::open(reader, delivery)?;
    let mut known = journal.known(arrivals)?;
    let mut outcomes = Vec::with_capacity(arrivals.len());
    let mut stored = Vec::new();
    for Arrival { id, observed_at, change } in arrivals {
        stored.clear();
        let digest = match change {
            Change::Upsert(payload) => Some(delivery.encode(payload, &mut stored)?),
            Change::Delete => None,
        };
        let record = known.get(&**id);
        let outcome = Outcome::of(record.map(|record| record.digest.as_ref()), digest.as_ref());
        let row = record.map_or(RowNo(journal.next_record), |record| record.row);
        if outcome != Outcome::Unchanged {
            let is_new = record.is_none_or(|record| record.is_new);
            journal.next_record += u64::from(record.is_none());
            let previous = record.and_then(|record| record.arrival.or(record.previous));
            let payload = digest.map(|_| &stored[..]);
            let arrival = journal.write(row, *observed_at, payload, previous);
            let record = Known { row, digest, previous, arrival: Some(arrival), is_new };
            known.insert(id, record);
        }
        outcomes.push((row, outcome));
    }
    // In the order of their numbers, so that the same arrivals are written in the same way.
    let mut touched: Vec<(&str, Known)> =
        known.into_iter().filter(|(_, record)| record.arrival.is_some()).collect();
    touched.sort_unstable_by_key(|(_, record)| record.row);
    journal.finish(&touched)?;
    Ok(outcomes)
}

pub fn delete(
    reader: &PostgresReader,
    delivery: &Delivery,
    observed_at: Option<Moment>,
    absent: &[RowNo],
) -> Result<()> {
    let mut journal = Journal::open(reader, delivery)?;
    let currents = journal.currents(absent)?;
    let mut touched = Vec::with_capacity(absent.len());
    for &row in absent {
        let previous = currents.get(&row).copied();
        let arrival = Some(journal.write(row, observed_at, None, previous));
        touched.push(("", Known { row, digest: None, previous, arrival, is_new: false }));
    }
    journal.finish(&touched)
}

pub fn quarantine(
    reader: &PostgresReader,
    delivery: &Delivery,
    rows: &[Quarantined],
) -> Result<()> {
    let next = "SELECT coalesce(max(quarantine_no), 0) + 1 FROM quarantine";
    let first = reader.number(next, &[])?;
    let mut kept = CopyRows::default();
    for (number, Quarantined { file, line, reason, raw }) in (first..).zip(rows) {
        kept.row(7)
            .integer(number)
            .integer(delivery.load().0 as i64)
            .integer(delivery.source().0 as i64)
            .text(file)
            .integer(*line as i64)
            .text(reason)
            .bytes(raw);
    }
    reader.connection.borrow_mut().copy(COPY_QUARANTINE, &mut kept)
}

/// What is known of a record while a call is under way.
#[derive(Clone, Copy)]
struct Known {
    row: RowNo,
    digest: Option<Digest>,
    /// The arrival that was its current version before.
    previous: Option<i64>,
    /// The arrival of this call that is its current version.
    arrival: Option<i64>,
    /// Whether it came with this call.
    is_new: bool,
}

/// The journal, open at its end.
struct Journal<'a> {
    reader: &'a PostgresReader,
    delivery: &'a Delivery,
    next_record: u64,
    next_arrival: i64,
    arrivals: CopyRows,
}

impl<'a> Journal<'a> {
    fn open(reader: &'a PostgresReader, delivery: &'a Delivery) -> Result<Journal<'a>> {
        let next = "
            SELECT (SELECT coalesce(max(record_no), 0) + 1 FROM record),
                (SELECT coalesce(max(arrival_no), 0) + 1 FROM arrival)";
        let next = reader.first(next, &[], |row| Ok((row.integer(0)?, row.integer(1)?)))?;
        let (next_record, next_arrival) = next.unwrap_or((1, 1));
        let next_record = next_record as u64;
        let arrivals = CopyRows::default();
        Ok(Journal { reader, delivery, next_record, next_arrival, arrivals })
    }

    /// Those of the records that were there before.
    fn known<'c>(&mut self, arrivals: &'c [Arrival]) -> Result<FxHashMap<&'c str, Known>> {
        let mut known = FxHashMap::default();
        known.reserve(arrivals.len());
        if self.next_record == 1 {
            return Ok(known);
        }
        let ids: Vec<_> = arrivals.iter().map(|arrival| text::to_sql(&arrival.id)).collect();
        let select = "
            SELECT wanted.at, record_no, digest, arrival_no
            FROM unnest($2::text[]) WITH ORDINALITY AS wanted (source_id, at)
            JOIN record ON record.source_no = $1 AND record.source_id = wanted.source_id";
        let source = self.delivery.source().0 as i64;
        for row in self.reader.connection.borrow_mut().query(select, &[&source, &ids])? {
            let at = row.integer(0)? as usize - 1;
            let number = row.integer(1)? as u64;
            let damaged = |_| Error::Damaged { what: "record", number };
            let digest =
                row.bytes_or_null(2)?.map(Digest::try_from).transpose().map_err(damaged)?;
            let (row, previous) = (RowNo(number), Some(row.integer(3)?));
            let record = Known { row, digest, previous, arrival: None, is_new: false };
            known.insert(&*arrivals[at].id, record);
        }
        Ok(known)
    }

    /// The arrivals that are the current versions of records.
    fn currents(&self, records: &[RowNo]) -> Result<FxHashMap<RowNo, i64>> {
        let numbers: Vec<i64> = records.iter().map(|row| row.0 as i64).collect();
        let select = "SELECT record_no, arrival_no FROM record WHERE record_no = ANY($1::bigint[])";
        let rows = self.reader.connection.borrow_mut().query(select, &[&numbers])?;
        rows.iter().map(|row| Ok((RowNo(row.integer(0)? as u64), row.integer(1)?))).collect()
    }

    /// Writes an arrival behind all others; gives its number.
    fn write(
        &mut self,
        row: RowNo,
        observed_at: Option<Moment>,
        payload: Option<&[u8]>,
        previous: Option<i64>,
    ) -> i64 {
        let number = self.next_arrival;
        self.next_arrival += 1;
        self.arrivals
            .row(6)
            .integer(number)
            .integer(self.delivery.load().0 as i64)
            .integer(row.0 as i64)
            .integer_or_null(observed_at.map(|moment| moment.0))
            .bytes_or_null(payload)
            .integer_or_null(previous);
        number
    }

    /// Makes the arrivals that were written the current versions of their records.
    fn finish(mut self, touched: &[(&str, Known)]) -> Result<()> {
        self.reader.connection.borrow_mut().copy(COPY_ARRIVALS, &mut self.arrivals)?;
        let mut records = CopyRows::default();
        let (mut rows, mut arrivals, mut digests) = (Vec::new(), Vec::new(), Vec::new());
        for (id, Known { row, digest, arrival, is_new, .. }) in touched {
            let digest = digest.as_ref().map(|digest| &digest[..]);
            let arrival = arrival.unwrap_or_default();
            if *is_new {
                records
                    .row(5)
                    .integer(row.0 as i64)
                    .integer(self.delivery.source().0 as i64)
                    .text(id)
                    .integer(arrival)
                    .bytes_or_null(digest);
            } else {
                rows.push(row.0 as i64);
                arrivals.push(arrival);
                digests.push(digest);
            }
        }
        self.reader.connection.borrow_mut().copy(COPY_RECORDS, &mut records)?;
        if !rows.is_empty() {
            self.reader
                .connection
                .borrow_mut()
                .execute(POINT_RECORDS, &[&rows, &arrivals, &digests])?;
        }
        Ok(())
    }
}
