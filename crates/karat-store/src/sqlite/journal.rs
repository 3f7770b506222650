//! Writing the journal.

use karat_model::record::{Moment, Payload, Quarantined};
use rusqlite::{CachedStatement, Connection, OptionalExtension};

use crate::arrival::{Arrival, Change, Outcome};
use crate::delivery::Delivery;
use crate::error::Result;
use crate::number::{LoadNo, RowNo};
use crate::payload::Digest;

pub fn begin_load(connection: &Connection, started_at: Moment) -> Result<LoadNo> {
    connection.execute("INSERT INTO load (started_at) VALUES (?1)", [started_at.0])?;
    Ok(LoadNo(connection.last_insert_rowid() as u64))
}

pub fn finish_load(
    connection: &Connection,
    load: LoadNo,
    finished_at: Moment,
    report: &str,
) -> Result<()> {
    let finish = "UPDATE load SET finished_at = ?2, report = ?3 WHERE load_no = ?1";
    connection.execute(finish, (load, finished_at.0, report))?;
    Ok(())
}

pub fn append(
    connection: &Connection,
    delivery: &Delivery,
    arrivals: &[Arrival],
) -> Result<Vec<(RowNo, Outcome)>> {
    let mut journal = Journal::open(connection, delivery)?;
    arrivals.iter().map(|arrival| journal.append(arrival)).collect()
}

pub fn delete(
    connection: &Connection,
    delivery: &Delivery,
    observed_at: Option<Moment>,
    absent: &[RowNo],
) -> Result<()> {
    let mut journal = Journal::open(connection, delivery)?;
    for &row in absent {
        let current = journal.current.query_row([row], |row| row.get(0))?;
        journal.point(row, None)?;
        journal.write(row, observed_at, None, Some(current))?;
    }
    Ok(())
}

pub fn quarantine(
    connection: &Connection,
    delivery: &Delivery,
    rows: &[Quarantined],
) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO quarantine (load_no, source_no, file, line, reason, raw)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for Quarantined { file, line, reason, raw } in rows {
        let (load, source) = (delivery.load(), delivery.source());
        insert.execute((load, source, file, *line as i64, reason, raw))?;
    }
    Ok(())
}

/// The journal, open at its end.
struct Journal<'a> {
    delivery: &'a Delivery,
    find: CachedStatement<'a>,
    current: CachedStatement<'a>,
    insert_record: CachedStatement<'a>,
    point_record: CachedStatement<'a>,
    insert_arrival: CachedStatement<'a>,
    next_record: u64,
    next_arrival: i64,
    /// Whether the arrival before was of a record that was not there: then this one's likely is not
    /// either, and need not be looked for first.
    is_new_likely: bool,
    /// The stored form of the payload at hand.
    stored: Vec<u8>,
}

impl<'a> Journal<'a> {
    fn open(connection: &'a Connection, delivery: &'a Delivery) -> Result<Journal<'a>> {
        let next =
            |select| connection.prepare_cached(select)?.query_row([], |row| row.get::<_, i64>(0));
        Ok(Journal {
            delivery,
            find: connection.prepare_cached(
                "SELECT record_no, digest, arrival_no FROM record
                 WHERE source_no = ?1 AND source_id = ?2",
            )?,
            current: connection
                .prepare_cached("SELECT arrival_no FROM record WHERE record_no = ?1")?,
            insert_record: connection.prepare_cached(
                "INSERT INTO record (record_no, source_no, source_id, arrival_no, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?,
            point_record: connection.prepare_cached(
                "UPDATE record SET arrival_no = ?2, digest = ?3 WHERE record_no = ?1",
            )?,
            insert_arrival: connection.prepare_cached(
                "INSERT INTO arrival (arrival_no, load_no, record_no, observed_at, payload,
                     previous_no)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            next_record: next("SELECT coalesce(max(record_no), 0) + 1 FROM record")? as u64,
            next_arrival: next("SELECT coalesce(max(arrival_no), 0) + 1 FROM arrival")?,
            is_new_likely: false,
            stored: Vec::new(),
        })
    }

    fn append(&mut self, arrival: &Arrival) -> Result<(RowNo, Outcome)> {
        let digest = match &arrival.change {
            Change::Upsert(payload) => Some(self.encode(payload)?),
            Change::Delete => None,
        };
        let next = RowNo(self.next_record);
        if self.is_new_likely && digest.is_some() && self.insert(&arrival.id, digest)? {
            self.write(next, arrival.observed_at, digest, None)?;
            return Ok((next, Outcome::New));
        }
        let known: Option<(RowNo, Option<Digest>, i64)> = self
            .find
            .query_row((self.delivery.source(), &*arrival.id), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        self.is_new_likely = known.is_none();
        let known_digest = known.as_ref().map(|(_, digest, _)| digest.as_ref());
        let outcome = Outcome::of(known_digest, digest.as_ref());
        let row = known.map_or(next, |(row, ..)| row);
        if outcome != Outcome::Unchanged {
            match known {
                Some(_) => self.point(row, digest)?,
                None => {
                    self.insert(&arrival.id, digest)?;
                }
            }
            let previous = known.map(|(.., arrival)| arrival);
            self.write(row, arrival.observed_at, digest, previous)?;
        }
        Ok((row, outcome))
    }

    fn encode(&mut self, payload: &Payload) -> Result<Digest> {
        self.stored.clear();
        self.delivery.encode(payload, &mut self.stored)
    }

    /// Writes an arrival behind all others; with a digest, of the payload that was encoded last.
    /// The record's previous arrival is what was its current version.
    fn write(
        &mut self,
        row: RowNo,
        observed_at: Option<Moment>,
        digest: Option<Digest>,
        previous: Option<i64>,
    ) -> Result<()> {
        let observed_at = observed_at.map(|moment| moment.0);
        let load = self.delivery.load();
        let payload = digest.map(|_| &self.stored[..]);
        let values = (self.next_arrival, load, row, observed_at, payload, previous);
        self.insert_arrival.execute(values)?;
        self.next_arrival += 1;
        Ok(())
    }

    /// Makes the arrival that is written next the current version of a known record.
    fn point(&mut self, row: RowNo, digest: Option<Digest>) -> Result<()> {
        self.point_record.execute((row, self.next_arrival, digest))?;
        Ok(())
    }

    /// Makes the arrival that is written next the first version of a record, unless there is one
    /// with this id; tells whether it did.
    fn insert(&mut self, id: &str, digest: Option<Digest>) -> Result<bool> {
        let (row, source) = (RowNo(self.next_record), self.delivery.source());
        let inserted = self.insert_record.execute((row, source, id, self.next_arrival, digest))?;
        self.next_record += inserted as u64;
        Ok(inserted > 0)
    }
}
