//! Looking up some rows by their numbers.

use karat_model::attribute::EntityType;
use karat_model::id::{EntityId, RecordKey};
use rustc_hash::FxHashMap;

use super::Value::{Integer, Integers, Texts};
use super::reading::{
    id_from_sql, id_to_sql, select_records, source_names, stored_record, together,
};
use super::{Query, Row, Value};
use crate::arrival::StoredRecord;
use crate::error::{Error, Result};
use crate::number::{ArrivalNo, RowNo};

/// Visits what a query gives for these numbers, which it looks for by `= ANY($1)`; in any order.
pub fn by_numbers(
    query: &(impl Query + ?Sized),
    select: &str,
    numbers: impl IntoIterator<Item = u64>,
    visit: super::Visit,
) -> Result<()> {
    let numbers: Vec<i64> = numbers.into_iter().map(|number| number as i64).collect();
    if numbers.is_empty() { Ok(()) } else { query.few(select, &[Integers(&numbers)], visit) }
}

/// Visits what a query gives for these rows, as [`by_numbers`].
pub fn by_rows(
    query: &(impl Query + ?Sized),
    select: &str,
    rows: &[RowNo],
    visit: super::Visit,
) -> Result<()> {
    by_numbers(query, select, rows.iter().map(|row| row.0), visit)
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
    let select = select_records!("WHERE digest IS NOT NULL AND record.record_no = ANY($1)");
    stored_records(query, select, rows, &[])
}

/// Reads records by a query that looks for these rows by `= ANY($1)`, and after them for further
/// values; in the order of their numbers.
pub fn stored_records(
    query: &impl Query,
    select: &str,
    rows: &[RowNo],
    further: &[Value],
) -> Result<Vec<StoredRecord>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut records = together(query, || {
        let names = source_names(query)?;
        let mut records = Vec::with_capacity(rows.len());
        let numbers: Vec<i64> = rows.iter().map(|row| row.0 as i64).collect();
        query.few(select, &[&[Integers(&numbers)], further].concat(), &mut |row| {
            records.push(stored_record(row, &names)?);
            Ok(())
        })?;
        Ok(records)
    })?;
    records.sort_unstable_by_key(|stored| stored.row);
    Ok(records)
}

/// The numbers of records, as far as they were ever there, in the order of the keys.
pub fn rows_of(query: &impl Query, keys: &[RecordKey]) -> Result<Vec<(RecordKey, RowNo)>> {
    let select = "
        SELECT source_id, record_no FROM record WHERE source_id = ANY($1) AND source_no = $2";
    let found = together(query, || {
        let mut found: FxHashMap<RecordKey, RowNo> = FxHashMap::default();
        for (source, name) in source_names(query)?.iter() {
            let ids = keys.iter().filter(|key| key.source == *name).map(|key| &*key.id);
            let ids: Vec<&str> = ids.collect();
            if ids.is_empty() {
                continue;
            }
            query.few(select, &[Texts(&ids), Integer(source.0 as i64)], &mut |row| {
                let key = RecordKey::new(name.clone(), &row.text(0)?);
                found.insert(key, RowNo(row.integer(1)? as u64));
                Ok(())
            })?;
        }
        Ok(found)
    })?;
    let known = keys.iter().filter_map(|key| Some((key.clone(), *found.get(key)?)));
    Ok(known.collect())
}

/// The entities that records are in, in the order of the numbers of the records.
pub fn entities_of_rows(query: &impl Query, rows: &[RowNo]) -> Result<Vec<(RowNo, EntityId)>> {
    let select = "SELECT record_no, entity_id FROM crosswalk WHERE record_no = ANY($1)";
    let mut found = Vec::with_capacity(rows.len());
    by_rows(query, select, rows, &mut |row| {
        found.push((row_no(row)?, id_from_sql(row.integer(1)?)));
        Ok(())
    })?;
    found.sort_unstable();
    Ok(found)
}

/// The records of entities, in order.
pub fn members_of(
    query: &impl Query,
    entities: &[EntityId],
) -> Result<Vec<(EntityId, EntityType, RowNo)>> {
    let select = "
        SELECT crosswalk.entity_id, entity_type, record_no
        FROM crosswalk JOIN entity ON entity.entity_id = crosswalk.entity_id
        WHERE crosswalk.entity_id = ANY($1)";
    let mut found = Vec::new();
    by_numbers(query, select, entities.iter().map(|id| id.as_u64()), &mut |row| {
        let id = id_from_sql(row.integer(0)?);
        let damaged = Error::Damaged { what: "entity", number: id_to_sql(id) as u64 };
        let entity_type = EntityType::from_name(&row.text(1)?).ok_or(damaged)?;
        found.push((id, entity_type, RowNo(row.integer(2)? as u64)));
        Ok(())
    })?;
    found.sort_unstable();
    Ok(found)
}

fn row_no(row: &dyn Row) -> Result<RowNo> {
    Ok(RowNo(row.integer(0)? as u64))
}
