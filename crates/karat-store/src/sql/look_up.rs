//! Looking up some rows by their numbers.

use karat_model::attribute::EntityType;
use karat_model::id::{EntityId, RecordKey};
use rustc_hash::FxHashMap;

use super::Value::{Integer, Text};
use super::reading::{
    id_from_sql, id_to_sql, select_records, source_names, stored_record, together,
};
use super::{Query, Row, Value};
use crate::arrival::StoredRecord;
use crate::error::{Error, Result};
use crate::number::{ArrivalNo, RowNo};

/// How many words or numbers are looked up at a time; fewer are filled up with the last.
pub const LOOKED_UP: usize = 32;

/// The places of what is looked up.
macro_rules! places {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32"
    };
}
pub(super) use places;

/// Fills up what is looked up at a time.
pub fn looked_up<'a>(wanted: impl Iterator<Item = Value<'a>>) -> [Value<'a>; LOOKED_UP] {
    let mut values = [Integer(0); LOOKED_UP];
    let mut last = 0;
    for (at, value) in wanted.enumerate() {
        values[at] = value;
        last = at;
    }
    let value = values[last];
    values[last..].fill(value);
    values
}

/// Fills up numbers that are looked up at a time.
pub fn looked_up_numbers(wanted: &[u64]) -> [Value<'static>; LOOKED_UP] {
    looked_up(wanted.iter().map(|&number| Integer(number as i64)))
}

/// Visits what a query, with [`places`], gives for each part of these rows.
pub fn by_rows(
    query: &(impl Query + ?Sized),
    select: &str,
    rows: &[RowNo],
    visit: super::Visit,
) -> Result<()> {
    for part in rows.chunks(LOOKED_UP) {
        let numbers = looked_up(part.iter().map(|row| Integer(row.0 as i64)));
        query.few(select, &numbers, visit)?;
    }
    Ok(())
}

/// The records with arrivals that were not published, in order; `None` when there are more than so
/// many.
pub fn unpublished(query: &impl Query, limit: usize) -> Result<Option<Vec<RowNo>>> {
    let select = "
        SELECT coalesce(
            (SELECT arrival_no FROM publication ORDER BY publication_no DESC LIMIT 1), 0)";
    together(query, || {
        let published = query.number(select, &[])?;
        arrived_after(query, ArrivalNo(published as u64), limit)
    })
}

/// The records with arrivals after one; `None` when there are more than so many.
pub fn arrived_after(
    query: &impl Query,
    arrival: ArrivalNo,
    limit: usize,
) -> Result<Option<Vec<RowNo>>> {
    // A record may have several arrivals, and is counted once.
    let select = "
        SELECT DISTINCT record_no FROM arrival WHERE arrival_no > $1
        ORDER BY record_no LIMIT $2";
    let bound = [Integer(arrival.0 as i64), Integer(limit as i64 + 1)];
    let rows = query.all(select, &bound, row_no)?;
    Ok((rows.len() <= limit).then_some(rows))
}

/// The current versions of records, in the order of their numbers.
pub fn records_by_row(query: &impl Query, rows: &[RowNo]) -> Result<Vec<StoredRecord>> {
    let select = concat!(
        select_records!("WHERE digest IS NOT NULL AND record.record_no IN ("),
        places!(),
        ")"
    );
    stored_records(query, select, rows, &[])
}

/// Reads records by a query with [`places`] for some of these rows, and after them further values;
/// in the order of their numbers.
pub fn stored_records(
    query: &impl Query,
    select: &str,
    rows: &[RowNo],
    further: &[Value],
) -> Result<Vec<StoredRecord>> {
    let mut records = together(query, || {
        let names = source_names(query)?;
        let mut records = Vec::with_capacity(rows.len());
        for part in rows.chunks(LOOKED_UP) {
            let numbers = looked_up(part.iter().map(|row| Integer(row.0 as i64)));
            query.few(select, &[&numbers, further].concat(), &mut |row| {
                records.push(stored_record(row, &names)?);
                Ok(())
            })?;
        }
        Ok(records)
    })?;
    records.sort_unstable_by_key(|stored| stored.row);
    records.dedup_by_key(|stored| stored.row);
    Ok(records)
}

/// The numbers of records, as far as they were ever there, in the order of the keys.
pub fn rows_of(query: &impl Query, keys: &[RecordKey]) -> Result<Vec<(RecordKey, RowNo)>> {
    let select = concat!(
        "SELECT source_id, record_no FROM record WHERE source_id IN (",
        places!(),
        ") AND source_no = $33"
    );
    let found = together(query, || {
        let mut found: FxHashMap<RecordKey, RowNo> = FxHashMap::default();
        for (source, name) in source_names(query)?.iter() {
            let ids = keys.iter().filter(|key| key.source == *name).map(|key| &*key.id);
            let ids: Vec<&str> = ids.collect();
            for part in ids.chunks(LOOKED_UP) {
                let mut values = looked_up(part.iter().copied().map(Text)).to_vec();
                values.push(Integer(source.0 as i64));
                query.few(select, &values, &mut |row| {
                    let key = RecordKey::new(name.clone(), &row.text(0)?);
                    found.insert(key, RowNo(row.integer(1)? as u64));
                    Ok(())
                })?;
            }
        }
        Ok(found)
    })?;
    let known = keys.iter().filter_map(|key| Some((key.clone(), *found.get(key)?)));
    Ok(known.collect())
}

/// The entities that records are in, in the order of the numbers of the records.
pub fn entities_of_rows(query: &impl Query, rows: &[RowNo]) -> Result<Vec<(RowNo, EntityId)>> {
    let select =
        concat!("SELECT record_no, entity_id FROM crosswalk WHERE record_no IN (", places!(), ")");
    let mut found = together(query, || {
        let mut found = Vec::with_capacity(rows.len());
        by_rows(query, select, rows, &mut |row| {
            found.push((row_no(row)?, id_from_sql(row.integer(1)?)));
            Ok(())
        })?;
        Ok(found)
    })?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The records of entities, in order.
pub fn members_of(
    query: &impl Query,
    entities: &[EntityId],
) -> Result<Vec<(EntityId, EntityType, RowNo)>> {
    let select = concat!(
        "SELECT crosswalk.entity_id, entity_type, record_no
         FROM crosswalk JOIN entity ON entity.entity_id = crosswalk.entity_id
         WHERE crosswalk.entity_id IN (",
        places!(),
        ")"
    );
    let mut found = Vec::new();
    for part in entities.chunks(LOOKED_UP) {
        let ids = looked_up(part.iter().map(|&id| Integer(id_to_sql(id))));
        query.few(select, &ids, &mut |row| {
            let id = id_from_sql(row.integer(0)?);
            let damaged = Error::Damaged { what: "entity", number: id_to_sql(id) as u64 };
            let entity_type = EntityType::from_name(&row.text(1)?).ok_or(damaged)?;
            found.push((id, entity_type, RowNo(row.integer(2)? as u64)));
            Ok(())
        })?;
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn row_no(row: &dyn Row) -> Result<RowNo> {
    Ok(RowNo(row.integer(0)? as u64))
}
