//! What was: events with their images, entities and memberships as they were after an event.
//!
//! ```text
//! events of an entity   created e3 ──── updated e7 ──── merged e9
//! its versions               [e3, e7)        [e7, e9)
//! ```
//!
//! The last version of a live entity is in `entity`, all others are in `entity_version`; in the
//! same way a membership is in `crosswalk` or in `crosswalk_version`.

use std::sync::Arc;

use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::id::{EntityId, RecordKey};
use karat_model::record::Moment;
use rustc_hash::FxHashMap;

use super::Value::{Integer, Text};
use super::look_up::by_rows;
use super::reading::{id_from_sql, id_to_sql, source_names};
use super::{Query, Row, Value};
use crate::entity::{Resolution, StoredEntity};
use crate::error::{Error, Result};
use crate::event::{Event, EventKind};
use crate::number::{EventNo, LoadNo, RowNo};
use crate::store::EntityVersion;
use crate::{golden_row, members};

macro_rules! select_events {
    ($rest:literal) => {
        concat!(
            "SELECT event.event_no, load_no, kind, event.entity_id, other_id, at,
                 b.event_no,
                 b.entity_type, b.golden, b.title, b.records, b.weakest_link, b.members,
                 event.event_no,
                 coalesce(e.entity_type, a.entity_type), coalesce(e.golden, a.golden),
                 coalesce(e.title, a.title), coalesce(e.records, a.records),
                 coalesce(e.weakest_link, a.weakest_link), coalesce(e.members, a.members)
             FROM event
             LEFT JOIN entity_version b
                 ON b.entity_id = event.entity_id AND b.until_event = event.event_no
             LEFT JOIN entity_version a
                 ON a.entity_id = event.entity_id AND a.event_no = event.event_no
             LEFT JOIN entity e
                 ON e.entity_id = event.entity_id AND e.event_no = event.event_no ",
            $rest
        )
    };
}

/// The columns of a version, as [`Version::read`] takes them.
macro_rules! version_columns {
    () => {
        "event_no, entity_type, golden, title, records, weakest_link, members"
    };
}

/// The last event.
pub fn last_event(query: &impl Query) -> Result<EventNo> {
    let last = query.number("SELECT coalesce(max(event_no), 0) FROM event", &[])?;
    Ok(EventNo(last as u64))
}

/// The last event that was published at this moment or before.
pub fn event_at(query: &impl Query, at: Moment) -> Result<EventNo> {
    // Events have no gaps, and their moments never decrease.
    let (mut first_after, mut end) = (1, last_event(query)?.0 + 1);
    while first_after < end {
        let middle = first_after.midpoint(end);
        let select = "SELECT at FROM event WHERE event_no = $1";
        if query.number(select, &[Integer(middle as i64)])? <= at.0 {
            first_after = middle + 1;
        } else {
            end = middle;
        }
    }
    Ok(EventNo(first_after - 1))
}

/// The events that follow a place, in order.
pub fn events(query: &impl Query, after: EventNo, limit: usize) -> Result<Vec<Event>> {
    let select = select_events!("WHERE event.event_no > $1 ORDER BY event.event_no LIMIT $2");
    read_events(query, select, &[Integer(after.0 as i64), Integer(limit as i64)])
}

/// The events of an entity, in order.
pub fn events_of(query: &impl Query, entity: EntityId) -> Result<Vec<Event>> {
    let select = select_events!("WHERE event.entity_id = $1 ORDER BY event.event_no");
    read_events(query, select, &[Integer(id_to_sql(entity))])
}

fn read_events(query: &impl Query, select: &str, values: &[Value]) -> Result<Vec<Event>> {
    let mut found: Vec<(Event, [Option<Version>; 2])> = query.all(select, values, |row| {
        let number = EventNo(row.integer(0)? as u64);
        let damaged = Error::Damaged { what: "event", number: number.0 };
        let entity = id_from_sql(row.integer(3)?);
        let event = Event {
            number,
            load: LoadNo(row.integer(1)? as u64),
            at: Moment(row.integer(5)?),
            kind: EventKind::from_name(&row.text(2)?).ok_or(damaged)?,
            entity,
            other: row.integer_or_null(4)?.map(id_from_sql),
            before: None,
            after: None,
        };
        let image = |first: usize| match row.text_or_null(first + 1)? {
            Some(_) => Version::read(row, entity, first).map(Some),
            None => Ok(None),
        };
        Ok((event, [image(6)?, image(13)?]))
    })?;
    let versions = found.iter().flat_map(|(_, images)| images.iter().flatten());
    let keys = keys_of(query, versions)?;
    for (event, images) in &mut found {
        let [before, after] = std::mem::take(images);
        event.before = before.map(|version| version.with_keys(&keys)).transpose()?;
        event.after = after.map(|version| version.with_keys(&keys)).transpose()?;
    }
    Ok(found.into_iter().map(|(event, _)| event).collect())
}

/// An entity as it was after an event.
pub fn entity_at(
    query: &impl Query,
    id: EntityId,
    event: EventNo,
) -> Result<Option<EntityVersion>> {
    let selects = [
        concat!(
            "SELECT ",
            version_columns!(),
            " FROM entity WHERE entity_id = $1 AND event_no <= $2"
        ),
        concat!(
            "SELECT ",
            version_columns!(),
            " FROM entity_version WHERE entity_id = $1 AND event_no <= $2 AND until_event > $2
             ORDER BY until_event LIMIT 1"
        ),
    ];
    for select in selects {
        let place = [Integer(id_to_sql(id)), Integer(event.0 as i64)];
        let version = query.first(select, &place, |row| Version::read(row, id, 0))?;
        if let Some(version) = version {
            let keys = keys_of(query, std::iter::once(&version))?;
            return version.with_keys(&keys).map(Some);
        }
    }
    Ok(None)
}

/// What had become of an entity id by an event.
pub fn resolve_at(query: &impl Query, id: EntityId, event: EventNo) -> Result<Resolution> {
    let select = "
        SELECT kind, other_id FROM event WHERE entity_id = $1 AND event_no <= $2
        ORDER BY event_no DESC LIMIT 1";
    let mut passed = vec![id];
    let mut at = id;
    loop {
        let place = [Integer(id_to_sql(at)), Integer(event.0 as i64)];
        let last = query.first(select, &place, |row| {
            let kind = EventKind::from_name(&row.text(0)?);
            let kind = kind.ok_or(Error::Damaged { what: "event", number: event.0 })?;
            Ok((kind, row.integer_or_null(1)?.map(id_from_sql)))
        })?;
        match last {
            None if at == id => return Ok(Resolution::Unknown),
            Some((EventKind::Created | EventKind::Updated | EventKind::Split, _)) => {
                let is_live = at == id;
                return Ok(if is_live { Resolution::Live } else { Resolution::Redirected(at) });
            }
            // Two ids that were retired into each other lead nowhere.
            Some((EventKind::Merged, Some(next))) if !passed.contains(&next) => {
                passed.push(next);
                at = next;
            }
            _ => return Ok(Resolution::Retired),
        }
    }
}

/// The entity that a record was in after an event.
pub fn entity_of_at(
    query: &impl Query,
    key: &RecordKey,
    event: EventNo,
) -> Result<Option<EntityId>> {
    let select = "
        SELECT entity_id, 0 FROM source
        JOIN record USING (source_no) JOIN crosswalk USING (record_no)
        WHERE name = $1 AND source_id = $2 AND event_no <= $3
        UNION ALL
        SELECT entity_id, until_event FROM source
        JOIN record USING (source_no) JOIN crosswalk_version USING (record_no)
        WHERE name = $1 AND source_id = $2 AND event_no <= $3 AND until_event > $3";
    let place = [Text(key.source.as_str()), Text(&key.id), Integer(event.0 as i64)];
    query.first(select, &place, |row| Ok(id_from_sql(row.integer(0)?)))
}

/// The numbers of the records that an entity had when it was retired last, in order.
pub fn rows_at_retirement(query: &impl Query, entity: EntityId) -> Result<Vec<RowNo>> {
    let select = "
        SELECT members FROM entity_version JOIN event ON event.event_no = until_event
        WHERE entity_version.entity_id = $1 AND kind IN ('merged', 'deleted')
        ORDER BY until_event DESC LIMIT 1";
    let damaged = || Error::Damaged { what: "entity", number: entity.as_u64() };
    let rows = query.first(select, &[Integer(id_to_sql(entity))], |row| {
        members::from_text(&row.text(0)?).ok_or_else(damaged)
    })?;
    Ok(rows.unwrap_or_default())
}

/// An entity as it is or was, with its records by number.
struct Version {
    entity: StoredEntity,
    members: Vec<RowNo>,
    since: EventNo,
}

impl Version {
    /// Reads the [`version_columns`] from this one on.
    fn read(row: &dyn Row, id: EntityId, first: usize) -> Result<Version> {
        let damaged = || Error::Damaged { what: "entity", number: id.as_u64() };
        let entity = StoredEntity {
            id,
            entity_type: EntityType::from_name(&row.text(first + 1)?).ok_or_else(damaged)?,
            golden: golden_row::read(&row.text(first + 2)?).ok_or_else(damaged)?,
            title: row.text(first + 3)?.into_owned(),
            records: row.integer(first + 4)?.try_into().map_err(|_| damaged())?,
            weakest_link: row.integer_or_null(first + 5)?.map(|weight| Weight(weight as i32)),
        };
        let members = members::from_text(&row.text(first + 6)?).ok_or_else(damaged)?;
        Ok(Version { entity, members, since: EventNo(row.integer(first)? as u64) })
    }

    fn with_keys(self, keys: &FxHashMap<RowNo, RecordKey>) -> Result<EntityVersion> {
        let Version { entity, members, since } = self;
        let key = |row: &RowNo| {
            let damaged = Error::Damaged { what: "record", number: row.0 };
            keys.get(row).cloned().ok_or(damaged)
        };
        let mut members: Vec<RecordKey> = members.iter().map(key).collect::<Result<_>>()?;
        members.sort_unstable();
        Ok(EntityVersion { entity, members, since })
    }
}

/// The keys of the records of some versions.
fn keys_of<'v>(
    query: &impl Query,
    versions: impl Iterator<Item = &'v Version>,
) -> Result<FxHashMap<RowNo, RecordKey>> {
    let mut rows: Vec<RowNo> =
        versions.flat_map(|version| version.members.iter().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    let names = source_names(query)?;
    let select = "SELECT record_no, source_no, source_id FROM record WHERE record_no = ANY($1)";
    let mut keys = FxHashMap::default();
    by_rows(query, select, &rows, &mut |row| {
        let source = row.integer(1)? as u64;
        let damaged = Error::Damaged { what: "source", number: source };
        let source = names.get(&crate::number::SourceNo(source)).cloned().ok_or(damaged)?;
        let id: Arc<str> = row.text(2)?.into();
        keys.insert(RowNo(row.integer(0)? as u64), RecordKey { source, id });
        Ok(())
    })?;
    Ok(keys)
}
