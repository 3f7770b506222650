//! Writing derived state.
//!
//! What a publication says is collected and written some thousands of rows at a time, as a message
//! to the server and back takes longer than writing a row.

use karat_model::evidence::Weight;
use karat_model::id::{EntityId, ModelId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::connection::{Connection, Writing};
use super::copy::CopyRows;
use super::search_index::PostgresIndex;
use super::text;
use crate::entity::{Entity, EntityChange};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::number::{LoadNo, RowNo};
use crate::payload::Digest;
use crate::potential_match::{Difference, HoldRow, PotentialMatchRow, difference};
use crate::search::{SearchWriter, is_time_to_sweep, sweep};
use crate::sql::Row;
use crate::sql::reading::id_to_sql;
use crate::store::Publication;

/// How many entities, or events, are collected before they are written.
const PENDING_MAX: usize = 16_384;
/// How many bytes of entities are collected at most, unless a single one has more.
const PENDING_SIZE_MAX: usize = 16 << 20;
/// How many known entities are read ahead, at least and at most: mostly they come in the order of ids.
const AHEAD_MIN: i64 = 4;
const AHEAD_MAX: i64 = 16_384;

const COPY_ENTITIES: &str = "
    COPY entity (entity_no, entity_id, entity_type, records, weakest_link, title, golden, digest)
    FROM STDIN BINARY";
const COPY_EVENTS: &str = "
    COPY event (event_no, load_no, kind, entity_id, other_id) FROM STDIN BINARY";
const COPY_POTENTIAL_MATCHES: &str = "
    COPY potential_match (left_record_no, right_record_no, weight, held) FROM STDIN BINARY";
const COPY_HOLDS: &str = "COPY hold (hold_no, reason, records) FROM STDIN BINARY";
const PUT_MEMBERSHIPS: &str = "
    INSERT INTO crosswalk (record_no, entity_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])
    ON CONFLICT (record_no) DO UPDATE SET entity_id = excluded.entity_id";
const PUT_RETIRED: &str = "
    INSERT INTO retired (entity_id, successor, load_no)
    SELECT entity_id, successor, $3
    FROM unnest($1::bigint[], $2::bigint[]) AS gone (entity_id, successor)
    ON CONFLICT (entity_id)
    DO UPDATE SET successor = excluded.successor, load_no = excluded.load_no";

/// What the server is told of tables that were filled at once, so that it finds good plans.
const ANALYZE: &str = "
    ANALYZE record, arrival, entity, crosswalk, potential_match, search_word, search_code, event";

pub fn publish(
    connection: &mut Connection,
    load: LoadNo,
    write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
) -> Result<()> {
    let mut writing = connection.write()?;
    let mut publication = PostgresPublication::begin(&mut writing, load)?;
    write(&mut publication)?;
    publication.finish()?;
    writing.commit()
}

struct PostgresPublication<'a, 'b> {
    writing: &'a mut Writing<'b>,
    load: LoadNo,
    /// Whether there was no entity when it began.
    is_first: bool,
    /// Whether any id was retired, and so might be put again.
    any_retired: bool,
    known: KnownEntities,
    pending: Pending,
    search: SearchWriter,
    events: CopyRows,
    next_event: i64,
    model_id: Option<String>,
    last_entity_no: u64,
    stale_entities: u64,
}

/// The digests of entities as they are in the database, for a range of ids.
#[derive(Default)]
struct KnownEntities {
    /// The range, both ends included.
    range: Option<(i64, i64)>,
    digests: FxHashMap<i64, Digest>,
    /// How many of the range were asked for.
    asked: i64,
}

/// What was said and is not written yet.
#[derive(Default)]
struct Pending {
    /// All entities it is about.
    ids: FxHashSet<i64>,
    /// Entities whose row, and place in the crosswalk, is to be removed or replaced.
    gone: Vec<i64>,
    /// Entities that were not there.
    created: Vec<i64>,
    entities: CopyRows,
    memberships: Vec<(RowNo, i64)>,
    retired: Vec<i64>,
    successors: Vec<Option<i64>>,
}

impl<'a, 'b> PostgresPublication<'a, 'b> {
    fn begin(writing: &'a mut Writing<'b>, load: LoadNo) -> Result<PostgresPublication<'a, 'b>> {
        let is_first = writing.query("SELECT entity_no FROM entity LIMIT 1", &[])?.is_empty();
        let any_retired = !writing.query("SELECT entity_id FROM retired LIMIT 1", &[])?.is_empty();
        let next_event = writing.number("SELECT coalesce(max(event_no), 0) + 1 FROM event")?;
        let last = writing.query(
            "SELECT model_id, entity_no, stale_entities FROM publication
             ORDER BY publication_no DESC LIMIT 1",
            &[],
        )?;
        let (model_id, last_entity_no, stale_entities) = match last.first() {
            Some(row) => (
                row.text_or_null(0)?.map(|id| id.into_owned()),
                row.integer(1)? as u64,
                row.integer(2)? as u64,
            ),
            None => (None, 0, 0),
        };
        Ok(PostgresPublication {
            writing,
            load,
            is_first,
            any_retired,
            known: KnownEntities::default(),
            pending: Pending::default(),
            search: SearchWriter::default(),
            events: CopyRows::default(),
            next_event,
            model_id,
            last_entity_no,
            stale_entities,
        })
    }

    /// The digest of an entity, if there is one with this id.
    fn digest(&mut self, id: i64) -> Result<Option<Digest>> {
        if self.pending.ids.contains(&id) {
            self.flush()?;
        }
        let is_read = self.known.range.is_some_and(|(first, last)| (first..=last).contains(&id));
        if !is_read {
            self.read_ahead(id)?;
        }
        self.known.asked += 1;
        Ok(self.known.digests.get(&id).copied())
    }

    /// Reads the digests of this entity and those that follow.
    fn read_ahead(&mut self, id: i64) -> Result<()> {
        let select = "
            SELECT entity_id, digest FROM entity WHERE entity_id >= $1
            ORDER BY entity_id LIMIT $2";
        // Many, if those that were read ahead last were asked for.
        let ahead = (4 * self.known.asked).clamp(AHEAD_MIN, AHEAD_MAX);
        self.known.asked = 0;
        let rows = self.writing.query(select, &[&id, &ahead])?;
        self.known.digests.clear();
        let mut last = id;
        for row in &rows {
            last = row.integer(0)?;
            let damaged = |_| Error::Damaged { what: "entity", number: last as u64 };
            let digest = Digest::try_from(row.bytes(1)?).map_err(damaged)?;
            self.known.digests.insert(last, digest);
        }
        let is_end = (rows.len() as i64) < ahead;
        self.known.range = Some((id, if is_end { i64::MAX } else { last }));
        Ok(())
    }

    /// Writes what was said of entities.
    fn flush(&mut self) -> Result<()> {
        let Pending { ids, gone, created, mut entities, memberships, retired, successors } =
            std::mem::take(&mut self.pending);
        if ids.is_empty() {
            return Ok(());
        }
        if !gone.is_empty() {
            let delete = "DELETE FROM entity WHERE entity_id = ANY($1)";
            self.writing.execute(delete, &[&gone])?;
            let delete = "DELETE FROM crosswalk WHERE entity_id = ANY($1)";
            self.writing.execute(delete, &[&gone])?;
        }
        if self.any_retired && !created.is_empty() {
            let delete = "DELETE FROM retired WHERE entity_id = ANY($1)";
            self.writing.execute(delete, &[&created])?;
        }
        self.writing.copy(COPY_ENTITIES, &mut entities)?;
        self.put_memberships(memberships)?;
        if !retired.is_empty() {
            let load = self.load.0 as i64;
            self.writing.execute(PUT_RETIRED, &[&retired, &successors, &load])?;
            self.any_retired = true;
        }
        // The database has other digests now.
        self.known.range = None;
        Ok(())
    }

    fn put_memberships(&mut self, mut memberships: Vec<(RowNo, i64)>) -> Result<()> {
        // Stable: of several memberships of a record, the one put last counts.
        memberships.reverse();
        memberships.sort_by_key(|&(row, _)| row);
        memberships.dedup_by_key(|(row, _)| *row);
        if memberships.is_empty() {
            return Ok(());
        }
        let rows: Vec<i64> = memberships.iter().map(|(row, _)| row.0 as i64).collect();
        let entities: Vec<i64> = memberships.iter().map(|(_, entity)| *entity).collect();
        self.writing.execute(PUT_MEMBERSHIPS, &[&rows, &entities])?;
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.writing.copy(COPY_EVENTS, &mut self.events)?;
        let mut index = PostgresIndex(self.writing);
        self.search.flush(&mut index)?;
        let live = index.0.number("SELECT count(*) FROM entity")?;
        if is_time_to_sweep(self.stale_entities, live as u64) {
            sweep(&mut index)?;
            self.stale_entities = 0;
        }
        let insert = "
            INSERT INTO publication
                (publication_no, load_no, arrival_no, model_id, entity_no, stale_entities)
            SELECT (SELECT coalesce(max(publication_no), 0) + 1 FROM publication), $1,
                (SELECT coalesce(max(arrival_no), 0) FROM arrival), $2, $3, $4";
        let PostgresPublication { writing, load, model_id, .. } = self;
        let (load, entity_no) = (load.0 as i64, self.last_entity_no as i64);
        let stale_entities = self.stale_entities as i64;
        writing.execute(insert, &[&load, &model_id, &entity_no, &stale_entities])?;
        if self.is_first { writing.run(ANALYZE) } else { Ok(()) }
    }
}

impl Publication for PostgresPublication<'_, '_> {
    fn put_model(&mut self, content: &[u8], hub_model: &str) -> Result<ModelId> {
        let id = ModelId::of(content);
        let insert = "
            INSERT INTO model (model_id, load_no, content, hub_model) VALUES ($1, $2, $3, $4)
            ON CONFLICT (model_id) DO UPDATE SET hub_model = excluded.hub_model";
        let load = self.load.0 as i64;
        let hub_model = text::to_sql(hub_model);
        self.writing.execute(insert, &[&id.as_str(), &load, &content, &hub_model])?;
        self.model_id = Some(id.as_str().into());
        Ok(id)
    }

    fn put_entity(&mut self, entity: &Entity) -> Result<EntityChange> {
        let id = id_to_sql(entity.id);
        let digest = entity.digest();
        let change = match self.digest(id)? {
            None => EntityChange::Created,
            Some(known) if known == digest => return Ok(EntityChange::Unchanged),
            Some(_) => EntityChange::Updated,
        };
        self.last_entity_no += 1;
        let pending = &mut self.pending;
        pending.ids.insert(id);
        if change == EntityChange::Created {
            pending.created.push(id);
        } else {
            pending.gone.push(id);
            self.stale_entities += 1;
        }
        pending
            .entities
            .row(8)
            .integer(self.last_entity_no as i64)
            .integer(id)
            .text(entity.entity_type.name())
            .integer(entity.members.len() as i64)
            .integer_or_null(entity.weakest_link.map(|weight| i64::from(weight.0)))
            .text(&entity.title)
            .text(entity.golden.as_json())
            .bytes(&digest);
        pending.memberships.extend(entity.members.iter().map(|&row| (row, id)));
        if self.search.add(self.last_entity_no, &entity.search_text) {
            self.search.flush(&mut PostgresIndex(self.writing))?;
        }
        let pending = &self.pending;
        if pending.ids.len() >= PENDING_MAX || pending.entities.size() >= PENDING_SIZE_MAX {
            self.flush()?;
        }
        Ok(change)
    }

    fn retire_entity(&mut self, id: EntityId, successor: Option<EntityId>) -> Result<()> {
        let entity = id_to_sql(id);
        if self.digest(entity)?.is_none() {
            return Err(Error::UnknownEntity(id));
        }
        self.pending.ids.insert(entity);
        self.pending.gone.push(entity);
        self.pending.retired.push(entity);
        self.pending.successors.push(successor.map(id_to_sql));
        self.stale_entities += 1;
        if self.pending.ids.len() >= PENDING_MAX { self.flush() } else { Ok(()) }
    }

    fn replace_potential_matches(&mut self, pairs: &[PotentialMatchRow]) -> Result<()> {
        let Difference { gone, put } = difference(self.known_potential_matches()?, pairs);
        let side = |side: fn(&PotentialMatchRow) -> RowNo| -> Vec<i64> {
            gone.iter().map(|pair| side(pair).0 as i64).collect()
        };
        let delete = "
            DELETE FROM potential_match
            USING unnest($1::bigint[], $2::bigint[]) AS gone (left_record_no, right_record_no)
            WHERE potential_match.left_record_no = gone.left_record_no
              AND potential_match.right_record_no = gone.right_record_no";
        self.writing.execute(delete, &[&side(|pair| pair.left), &side(|pair| pair.right)])?;
        let mut rows = CopyRows::default();
        for PotentialMatchRow { left, right, weight, held } in &put {
            rows.row(4)
                .integer(left.0 as i64)
                .integer(right.0 as i64)
                .integer(i64::from(weight.0))
                .text_or_null(held.as_deref());
        }
        self.writing.copy(COPY_POTENTIAL_MATCHES, &mut rows)
    }

    fn replace_holds(&mut self, holds: &[HoldRow]) -> Result<()> {
        self.writing.run("DELETE FROM hold")?;
        let mut rows = CopyRows::default();
        for (number, hold) in (1..).zip(holds) {
            rows.row(3).integer(number).text(&hold.reason).text(&hold.records_json());
        }
        self.writing.copy(COPY_HOLDS, &mut rows)
    }

    fn put_event(
        &mut self,
        kind: EventKind,
        entity: EntityId,
        other: Option<EntityId>,
    ) -> Result<()> {
        self.events
            .row(5)
            .integer(self.next_event)
            .integer(self.load.0 as i64)
            .text(kind.name())
            .integer(id_to_sql(entity))
            .integer_or_null(other.map(id_to_sql));
        self.next_event += 1;
        let is_full = self.events.len() >= PENDING_MAX;
        if is_full { self.writing.copy(COPY_EVENTS, &mut self.events) } else { Ok(()) }
    }

    fn put_statistic(&mut self, name: &str, json: &str) -> Result<()> {
        let put = "
            INSERT INTO statistic (name, json) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET json = excluded.json";
        self.writing.execute(put, &[&text::to_sql(name), &text::to_sql(json)])?;
        Ok(())
    }
}

impl PostgresPublication<'_, '_> {
    /// The potential matches there are.
    fn known_potential_matches(&mut self) -> Result<Vec<PotentialMatchRow>> {
        let select = "
            SELECT left_record_no, right_record_no, weight, held FROM potential_match";
        let pair = |row: &postgres::Row| {
            Ok(PotentialMatchRow {
                left: RowNo(row.integer(0)? as u64),
                right: RowNo(row.integer(1)? as u64),
                weight: Weight(row.integer(2)? as i32),
                held: row.text_or_null(3)?.map(|held| held.into_owned()),
            })
        };
        self.writing.query(select, &[])?.iter().map(pair).collect()
    }
}
