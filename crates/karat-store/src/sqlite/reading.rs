//! Reading what is stored.

use std::sync::Arc;

use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::id::{EntityId, ModelId, RecordKey, SourceName};
use karat_model::record::{Moment, Quarantined, SourceRecord};
use rusqlite::{OptionalExtension, Params, Row};
use rustc_hash::FxHashMap;

use super::{SqliteReader, convert, journal, search};
use crate::arrival::{Load, StoredRecord, StoredSource};
use crate::delivery::Delivery;
use crate::entity::{Resolution, StoredEntity, StoredModel};
use crate::error::{Error, Result};
use crate::event::{Event, EventKind};
use crate::golden_row;
use crate::number::{EventNo, LoadNo, RowNo, SourceNo};
use crate::payload;
use crate::potential_match::{HoldRow, PotentialMatchRow, StoredPotentialMatch};
use crate::search::SearchHit;
use crate::store::{Counts, Reader};

/// How many current records are given at a time.
const RECORDS_PER_VISIT: usize = 8192;

macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "SELECT record.record_no, source_no, source_id, observed_at, payload, arrival.arrival_no
             FROM record JOIN arrival USING (arrival_no) ",
            $rest
        )
    };
}

macro_rules! select_entities {
    ($rest:literal) => {
        concat!(
            "SELECT entity_id, entity_type, golden, title, records, weakest_link FROM entity ",
            $rest
        )
    };
}

macro_rules! select_potential_matches {
    ($rest:literal) => {
        concat!(
            "SELECT weight, left_record_no, right_record_no,
                 l.source_no, l.source_id, r.source_no, r.source_id,
                 lc.entity_id, rc.entity_id, held
             FROM potential_match
             JOIN record l ON l.record_no = left_record_no
             JOIN record r ON r.record_no = right_record_no
             LEFT JOIN crosswalk lc ON lc.record_no = left_record_no
             LEFT JOIN crosswalk rc ON rc.record_no = right_record_no ",
            $rest
        )
    };
}

impl Reader for SqliteReader {
    fn at_one_moment(&self, read: &mut dyn FnMut(&dyn Reader) -> Result<()>) -> Result<()> {
        let already_fixed = !self.connection.is_autocommit();
        if already_fixed {
            return read(self);
        }
        let transaction = self.connection.unchecked_transaction()?;
        read(self)?;
        Ok(transaction.finish()?)
    }

    fn sources(&self) -> Result<Vec<StoredSource>> {
        let select = "
            SELECT source_no, name, columns,
                (SELECT count(*) FROM record WHERE record.source_no = source.source_no) -
                (SELECT count(*) FROM record
                 WHERE record.source_no = source.source_no AND digest IS NULL)
            FROM source ORDER BY name";
        self.all(select, [], |row| {
            let source = row.get(0)?;
            Ok(StoredSource {
                source,
                name: SourceName::new(text(row, 1)?),
                columns: column_names(source, text(row, 2)?)?.into(),
                records: row.get::<_, i64>(3)? as u64,
            })
        })
    }

    fn loads(&self) -> Result<Vec<Load>> {
        let select = "
            SELECT load_no, started_at, finished_at, report FROM load ORDER BY load_no DESC";
        self.all(select, [], |row| {
            Ok(Load {
                load: row.get(0)?,
                started_at: Moment(row.get(1)?),
                finished_at: convert::moment(row, 2)?,
                report: row.get(3)?,
            })
        })
    }

    fn quarantined(
        &self,
        load: LoadNo,
        visit: &mut dyn FnMut(SourceNo, Quarantined) -> Result<()>,
    ) -> Result<()> {
        let select = "
            SELECT source_no, file, line, reason, raw FROM quarantine
            WHERE load_no = ?1 ORDER BY quarantine_no";
        self.each(select, [load], |row| {
            let quarantined = Quarantined {
                file: row.get(1)?,
                line: row.get::<_, i64>(2)? as u64,
                reason: row.get(3)?,
                raw: row.get(4)?,
            };
            visit(row.get(0)?, quarantined)
        })
    }

    fn current_records(
        &self,
        visit: &mut dyn FnMut(Vec<StoredRecord>) -> Result<()>,
    ) -> Result<()> {
        let names = self.source_names()?;
        let mut batch = Vec::with_capacity(RECORDS_PER_VISIT);
        let select = select_records!("WHERE digest IS NOT NULL ORDER BY record.record_no");
        self.each(select, [], |row| {
            batch.push(stored_record(row, &names)?);
            if batch.len() == RECORDS_PER_VISIT {
                visit(std::mem::replace(&mut batch, Vec::with_capacity(RECORDS_PER_VISIT)))?;
            }
            Ok(())
        })?;
        if batch.is_empty() { Ok(()) } else { visit(batch) }
    }

    fn record(&self, key: &RecordKey) -> Result<Option<StoredRecord>> {
        let names = self.source_names()?;
        let select = select_records!(
            "WHERE source_no = (SELECT source_no FROM source WHERE name = ?1)
             AND source_id = ?2 AND digest IS NOT NULL"
        );
        let key = (key.source.as_str(), &*key.id);
        self.first(select, key, |row| stored_record(row, &names))
    }

    fn count_absent(&self, delivery: &Delivery, seen: &dyn Fn(RowNo) -> bool) -> Result<u64> {
        Ok(journal::absent(&self.connection, delivery.source(), seen)?.len() as u64)
    }

    fn is_behind(&self) -> Result<bool> {
        let select = "
            SELECT coalesce((SELECT max(arrival_no) FROM arrival), 0) > coalesce(
                (SELECT arrival_no FROM publication ORDER BY publication_no DESC LIMIT 1), 0)";
        Ok(self.connection.prepare_cached(select)?.query_row([], |row| row.get(0))?)
    }

    fn crosswalk(&self, visit: &mut dyn FnMut(RowNo, EntityId) -> Result<()>) -> Result<()> {
        let select = "SELECT record_no, entity_id FROM crosswalk ORDER BY record_no";
        self.each(select, [], |row| visit(row.get(0)?, convert::id(row, 1)?))
    }

    fn keyed_crosswalk(
        &self,
        visit: &mut dyn FnMut(RecordKey, EntityId) -> Result<()>,
    ) -> Result<()> {
        let names = self.source_names()?;
        let select = "
            SELECT entity_id, source_no, source_id FROM crosswalk JOIN record USING (record_no)
            ORDER BY record_no";
        self.each(select, [], |row| visit(key(row, 1, &names)?.1, convert::id(row, 0)?))
    }

    fn entity_of(&self, key: &RecordKey) -> Result<Option<EntityId>> {
        let select = "
            SELECT entity_id FROM source JOIN record USING (source_no) JOIN crosswalk USING (record_no)
            WHERE name = ?1 AND source_id = ?2";
        self.first(select, (key.source.as_str(), &*key.id), |row| Ok(convert::id(row, 0)?))
    }

    fn records_of(&self, entity: EntityId) -> Result<Vec<StoredRecord>> {
        let names = self.source_names()?;
        let select = select_records!(
            "WHERE digest IS NOT NULL AND record.record_no IN
                 (SELECT record_no FROM crosswalk WHERE entity_id = ?1)"
        );
        let entity = [convert::id_to_sql(entity)];
        let mut records = self.all(select, entity, |row| stored_record(row, &names))?;
        records.sort_by(|a, b| a.record.key.cmp(&b.record.key));
        Ok(records)
    }

    fn sources_of(&self, entity: EntityId) -> Result<Vec<SourceName>> {
        let select = "
            SELECT DISTINCT name
            FROM crosswalk JOIN record USING (record_no) JOIN source USING (source_no)
            WHERE entity_id = ?1 AND digest IS NOT NULL ORDER BY name";
        let entity = [convert::id_to_sql(entity)];
        self.all(select, entity, |row| Ok(SourceName::new(text(row, 0)?)))
    }

    fn former_ids(&self, entity: EntityId) -> Result<Vec<(EntityId, Moment)>> {
        let select = "
            WITH RECURSIVE former (entity_id, load_no) AS (
                SELECT entity_id, load_no FROM retired WHERE successor = ?1
                UNION
                SELECT retired.entity_id, retired.load_no
                FROM former JOIN retired ON successor = former.entity_id
            )
            SELECT entity_id, started_at FROM former JOIN load USING (load_no)
            ORDER BY load_no DESC, entity_id";
        let entity = [convert::id_to_sql(entity)];
        self.all(select, entity, |row| Ok((convert::id(row, 0)?, Moment(row.get(1)?))))
    }

    fn entity(&self, id: EntityId) -> Result<Option<StoredEntity>> {
        let select = select_entities!("WHERE entity_id = ?1");
        self.first(select, [convert::id_to_sql(id)], stored_entity)
    }

    fn resolve(&self, id: EntityId) -> Result<Resolution> {
        let mut passed = Vec::new();
        let mut at = id;
        loop {
            if self.is_live(at)? {
                let is_itself = passed.is_empty();
                return Ok(if is_itself { Resolution::Live } else { Resolution::Redirected(at) });
            }
            passed.push(at);
            match self.successor(at)? {
                None if at == id => return Ok(Resolution::Unknown),
                // Two ids that were retired into each other lead nowhere.
                Some(Some(next)) if !passed.contains(&next) => at = next,
                _ => return Ok(Resolution::Retired),
            }
        }
    }

    fn entities(&self, visit: &mut dyn FnMut(StoredEntity) -> Result<()>) -> Result<()> {
        let select = select_entities!("ORDER BY entity_id");
        self.each(select, [], |row| visit(stored_entity(row)?))
    }

    fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>> {
        search::search(&self.connection, &mut self.vocabulary.borrow_mut(), query, limit)
    }

    fn potential_matches(
        &self,
        after: Option<PotentialMatchRow>,
        limit: usize,
    ) -> Result<Vec<StoredPotentialMatch>> {
        let names = self.source_names()?;
        let select = select_potential_matches!(
            "WHERE weight <= ?1 AND (weight < ?1 OR (left_record_no, right_record_no) > (?2, ?3))
             ORDER BY weight DESC, left_record_no, right_record_no LIMIT ?4"
        );
        let start = (Weight(i32::MAX), RowNo(0), RowNo(0));
        let (weight, left, right) = after.map_or(start, |row| (row.weight, row.left, row.right));
        let place = (weight.0, left, right, limit as i64);
        self.all(select, place, |row| stored_potential_match(row, &names))
    }

    fn potential_matches_of(&self, entity: EntityId) -> Result<Vec<StoredPotentialMatch>> {
        let names = self.source_names()?;
        let select = select_potential_matches!(
            "WHERE left_record_no IN (SELECT record_no FROM crosswalk WHERE entity_id = ?1)
                OR right_record_no IN (SELECT record_no FROM crosswalk WHERE entity_id = ?1)
             ORDER BY weight DESC, left_record_no, right_record_no"
        );
        let entity = [convert::id_to_sql(entity)];
        self.all(select, entity, |row| stored_potential_match(row, &names))
    }

    fn holds(&self) -> Result<Vec<HoldRow>> {
        self.all("SELECT hold_no, reason, records FROM hold ORDER BY hold_no", [], |row| {
            let number: i64 = row.get(0)?;
            let damaged = Error::Damaged { what: "hold", number: number as u64 };
            let sides: [Vec<u64>; 2] = serde_json::from_str(text(row, 2)?).map_err(|_| damaged)?;
            let [left, right] = sides.map(|side| side.into_iter().map(RowNo).collect());
            Ok(HoldRow { left, right, reason: row.get(1)? })
        })
    }

    fn events(&self, after: EventNo, limit: usize) -> Result<Vec<Event>> {
        let select = "
            SELECT event_no, load_no, kind, entity_id, other_id FROM event
            WHERE event_no > ?1 ORDER BY event_no LIMIT ?2";
        self.all(select, (after, limit as i64), |row| {
            let number: EventNo = row.get(0)?;
            let damaged = Error::Damaged { what: "event", number: number.0 };
            Ok(Event {
                number,
                load: row.get(1)?,
                kind: EventKind::from_name(text(row, 2)?).ok_or(damaged)?,
                entity: convert::id(row, 3)?,
                other: row.get::<_, Option<i64>>(4)?.map(convert::id_from_sql),
            })
        })
    }

    fn statistic(&self, name: &str) -> Result<Option<String>> {
        self.first("SELECT json FROM statistic WHERE name = ?1", [name], |row| Ok(row.get(0)?))
    }

    fn model(&self) -> Result<Option<StoredModel>> {
        let select = "
            SELECT model.load_no, content, hub_model
            FROM publication JOIN model USING (model_id) ORDER BY publication_no DESC LIMIT 1";
        self.first(select, [], |row| {
            let content: Vec<u8> = row.get(1)?;
            let id = ModelId::of(&content);
            Ok(StoredModel { id, load: row.get(0)?, content, hub_model: row.get(2)? })
        })
    }

    fn counts(&self) -> Result<Counts> {
        let count = |select| -> Result<u64> {
            Ok(self.connection.query_row(select, [], |row| row.get::<_, i64>(0))? as u64)
        };
        let deleted = count("SELECT count(*) FROM record WHERE digest IS NULL")?;
        Ok(Counts {
            records: count("SELECT count(*) FROM record")? - deleted,
            entities: count("SELECT count(*) FROM entity")?,
            potential_matches: count("SELECT count(*) FROM potential_match")?,
            quarantined: count("SELECT count(*) FROM quarantine")?,
        })
    }
}

impl SqliteReader {
    /// Visits the rows of a query.
    fn each(
        &self,
        select: &str,
        parameters: impl Params,
        mut visit: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            visit(row)?;
        }
        Ok(())
    }

    /// Reads all rows of a query.
    fn all<T>(
        &self,
        select: &str,
        parameters: impl Params,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(select, parameters, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Reads the first row of a query, if there is one.
    fn first<T>(
        &self,
        select: &str,
        parameters: impl Params,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query(parameters)?;
        rows.next()?.map(read).transpose()
    }

    fn source_names(&self) -> Result<FxHashMap<SourceNo, SourceName>> {
        let names = self.all("SELECT source_no, name FROM source", [], |row| {
            Ok((row.get(0)?, SourceName::new(text(row, 1)?)))
        })?;
        Ok(names.into_iter().collect())
    }

    fn is_live(&self, id: EntityId) -> Result<bool> {
        let select = "SELECT EXISTS (SELECT 1 FROM entity WHERE entity_id = ?1)";
        let mut statement = self.connection.prepare_cached(select)?;
        Ok(statement.query_row([convert::id_to_sql(id)], |row| row.get(0))?)
    }

    /// The successor of a retired entity: `None` when the id is not retired.
    fn successor(&self, id: EntityId) -> Result<Option<Option<EntityId>>> {
        let select = "SELECT successor FROM retired WHERE entity_id = ?1";
        let mut statement = self.connection.prepare_cached(select)?;
        let found = statement
            .query_row([convert::id_to_sql(id)], |row| row.get::<_, Option<i64>>(0))
            .optional()?;
        Ok(found.map(|successor| successor.map(convert::id_from_sql)))
    }
}

fn text<'a>(row: &'a Row, column: usize) -> Result<&'a str> {
    let value = row.get_ref(column)?;
    Ok(value.as_str().map_err(rusqlite::Error::from)?)
}

/// Reads the columns of a source.
pub fn column_names(source: SourceNo, json: &str) -> Result<Vec<String>> {
    let damaged = |_| Error::Damaged { what: "source", number: source.0 };
    serde_json::from_str(json).map_err(damaged)
}

fn key(
    row: &Row,
    first_column: usize,
    names: &FxHashMap<SourceNo, SourceName>,
) -> Result<(SourceNo, RecordKey)> {
    let source: SourceNo = row.get(first_column)?;
    let damaged = Error::Damaged { what: "source", number: source.0 };
    let name = names.get(&source).ok_or(damaged)?;
    let id: Arc<str> = text(row, first_column + 1)?.into();
    Ok((source, RecordKey { source: name.clone(), id }))
}

fn stored_record(row: &Row, names: &FxHashMap<SourceNo, SourceName>) -> Result<StoredRecord> {
    let (source, key) = key(row, 1, names)?;
    let observed_at = convert::moment(row, 3)?;
    let stored = row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?;
    let payload = match payload::decode(stored) {
        Some(payload) => payload,
        None => {
            let number = row.get::<_, i64>(5)? as u64;
            return Err(Error::Damaged { what: "arrival", number });
        }
    };
    let record = SourceRecord { key, observed_at, payload };
    Ok(StoredRecord { row: row.get(0)?, source, record })
}

fn stored_entity(row: &Row) -> Result<StoredEntity> {
    let id = convert::id(row, 0)?;
    let damaged = || Error::Damaged { what: "entity", number: id.as_u64() };
    Ok(StoredEntity {
        id,
        entity_type: EntityType::from_name(text(row, 1)?).ok_or_else(damaged)?,
        golden: golden_row::read(text(row, 2)?).ok_or_else(damaged)?,
        title: row.get(3)?,
        records: row.get(4)?,
        weakest_link: row.get::<_, Option<i32>>(5)?.map(Weight),
    })
}

fn stored_potential_match(
    row: &Row,
    names: &FxHashMap<SourceNo, SourceName>,
) -> Result<StoredPotentialMatch> {
    let entity = |column| -> Result<Option<EntityId>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(convert::id_from_sql))
    };
    Ok(StoredPotentialMatch {
        pair: PotentialMatchRow {
            weight: Weight(row.get(0)?),
            left: row.get(1)?,
            right: row.get(2)?,
            held: row.get(9)?,
        },
        left: key(row, 3, names)?.1,
        right: key(row, 5, names)?.1,
        left_entity: entity(7)?,
        right_entity: entity(8)?,
    })
}
