//! Writing derived state.
//!
//! What a publication says is collected and written some thousands of rows at a time, as a message
//! to the server and back takes longer than writing a row.

use karat_model::finding::Rule;
use karat_model::id::{EntityId, ModelId};
use karat_model::record::Moment;
use rustc_hash::{FxHashMap, FxHashSet};

use super::PostgresReader;
use super::copy::CopyRows;
use super::search_index::PostgresIndex;
use crate::entity::{Entity, EntityChange};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::finding_row::{FindingChanges, FindingRow};
use crate::members;
use crate::number::{AttributeNo, LoadNo, MeasureNo, RowNo, RuleNo, SourceNo};
use crate::payload::Digest;
use crate::potential_match::{Difference, HoldRow, PotentialMatchRow, difference};
use crate::search::{Filing, SearchWriter, is_time_to_sweep, sweep};
use crate::sql::Value::Integer;
use crate::sql::change::ChangePublication;
use crate::sql::memberships::Memberships;
use crate::sql::publications::{self, Derived};
use crate::sql::reading::id_to_sql;
use crate::sql::search::forget_added_words;
use crate::sql::{
    Query, Row, findings, match_index, profiles, rules, tallies, value_keys, verdicts, waiting,
};
use crate::store::{EdgeRow, MatchIndex, MatchKey, Publication, ValueKey};
use crate::subject::SubjectNo;
use crate::tally::TallyRow;
use crate::verdict_set::VerdictSet;

/// How many entities, or events, are collected before they are written.
const PENDING_MAX: usize = 16_384;
/// How many bytes of entities are collected at most, unless a single one has more.
const PENDING_SIZE_MAX: usize = 16 << 20;
/// How many known entities are read ahead, at least and at most: mostly they come in the order of ids.
const AHEAD_MIN: i64 = 4;
const AHEAD_MAX: i64 = 16_384;

const COPY_ENTITIES: &str = "
    COPY entity (entity_no, entity_id, entity_type, records, weakest_link, title, golden, digest,
        event_no, members)
    FROM STDIN BINARY";
const COPY_EVENTS: &str = "
    COPY event (event_no, load_no, kind, entity_id, other_id, at) FROM STDIN BINARY";
const COPY_POTENTIAL_MATCHES: &str = "
    COPY potential_match (left_record_no, right_record_no, weight, held) FROM STDIN BINARY";
const FILE_ENTITIES: &str = "
    INSERT INTO entity_version (entity_id, until_event, event_no, entity_type, records,
        weakest_link, title, golden, members)
    SELECT entity_id, until_event, event_no, entity_type, records,
        weakest_link, title, golden, members
    FROM unnest($1::bigint[], $2::bigint[]) AS gone (entity_id, until_event)
    JOIN entity USING (entity_id)";
const PUT_RETIRED: &str = "
    INSERT INTO retired (entity_id, successor, load_no, event_no)
    SELECT entity_id, successor, $4, event_no
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS gone (entity_id, successor, event_no)
    ON CONFLICT (entity_id) DO UPDATE SET successor = excluded.successor,
        load_no = excluded.load_no, event_no = excluded.event_no";

/// What the server is told of tables that were filled at once, so that it finds good plans.
const ANALYZE: &str = "
    ANALYZE record, arrival, entity, crosswalk, potential_match, search_word, search_code,
        match_key, match_edge, event, finding, verdict, value_key";

/// A publication in the making.
pub struct PostgresPublication<'a> {
    reader: &'a PostgresReader,
    load: LoadNo,
    /// Whether there was no entity when the publication of a load began.
    is_first: bool,
    /// Whether any id was retired, and so might be put again.
    any_retired: bool,
    known: KnownEntities,
    pending: Pending,
    search: SearchWriter<'a>,
    memberships: Memberships,
    events: CopyRows,
    derived: Derived,
}

/// What is known of an entity: its digest and its records.
type KnownEntity = (Digest, Vec<RowNo>);

/// Entities as they are in the database, for a range of ids.
#[derive(Default)]
struct KnownEntities {
    /// The range, both ends included.
    range: Option<(i64, i64)>,
    /// Others that were read, whether they are there or not.
    expected: FxHashSet<i64>,
    entities: FxHashMap<i64, KnownEntity>,
    /// How many of the range were asked for.
    asked: i64,
}

/// What was said of entities and is not written yet.
#[derive(Default)]
struct Pending {
    /// All entities it is about.
    ids: FxHashSet<i64>,
    /// Entities whose row is to be filed, and removed or replaced, with the event that says so.
    gone: Vec<i64>,
    gone_with: Vec<i64>,
    /// Entities that were not there.
    created: Vec<i64>,
    entities: CopyRows,
    retired: Vec<i64>,
    successors: Vec<Option<i64>>,
    retired_with: Vec<i64>,
}

impl<'a> PostgresPublication<'a> {
    /// Begins the publication of a load.
    pub fn of_load(
        reader: &'a PostgresReader,
        load: LoadNo,
        at: Moment,
    ) -> Result<PostgresPublication<'a>> {
        let mut publication = PostgresPublication::new(reader, at, SearchWriter::default())?;
        publication.load = load;
        let is_empty =
            |select| Ok::<bool, Error>(reader.first(select, &[], |row| row.integer(0))?.is_none());
        if is_empty("SELECT entity_no FROM entity LIMIT 1")? {
            publication.is_first = true;
            publication.memberships = Memberships::first();
        }
        publication.any_retired = !is_empty("SELECT entity_id FROM retired LIMIT 1")?;
        Ok(publication)
    }

    /// Begins the publication of a change.
    pub fn of_change(
        reader: &'a PostgresReader,
        filing: &'a mut Filing,
        at: Moment,
    ) -> Result<PostgresPublication<'a>> {
        PostgresPublication::new(reader, at, SearchWriter::of_change(filing))
    }

    fn new(
        reader: &'a PostgresReader,
        at: Moment,
        search: SearchWriter<'a>,
    ) -> Result<PostgresPublication<'a>> {
        Ok(PostgresPublication {
            reader,
            load: LoadNo(0),
            is_first: false,
            any_retired: true,
            known: KnownEntities::default(),
            pending: Pending::default(),
            search,
            memberships: Memberships::default(),
            events: CopyRows::default(),
            derived: Derived::read(reader, at)?,
        })
    }

    /// Writes what is left of the publication of a load.
    pub fn finish_load(mut self) -> Result<()> {
        self.flush()?;
        let mut index = PostgresIndex(self.reader);
        self.search.flush(&mut index)?;
        forget_added_words(self.reader)?;
        let Derived { stale_entities, entities, .. } = self.derived;
        if is_time_to_sweep(stale_entities as u64, entities as u64) {
            sweep(&mut index)?;
            self.derived.stale_entities = 0;
        }
        self.derived.add_load(self.reader, self.load)?;
        if self.is_first { self.reader.connection.borrow_mut().run(ANALYZE) } else { Ok(()) }
    }

    /// What is known of the entity with this id, if there is one.
    fn known(&mut self, id: i64) -> Result<Option<KnownEntity>> {
        if self.pending.ids.contains(&id) {
            self.flush_entities()?;
        }
        let is_read = self.known.range.is_some_and(|(first, last)| (first..=last).contains(&id));
        if !is_read && !self.known.expected.contains(&id) {
            self.read_ahead(id)?;
        }
        self.known.asked += 1;
        Ok(self.known.entities.get(&id).cloned())
    }

    /// Reads this entity and those that follow.
    fn read_ahead(&mut self, id: i64) -> Result<()> {
        let select = "
            SELECT entity_id, digest, members FROM entity WHERE entity_id >= $1
            ORDER BY entity_id LIMIT $2";
        // Many, if those that were read ahead last were asked for.
        let ahead = (4 * self.known.asked).clamp(AHEAD_MIN, AHEAD_MAX);
        self.known.asked = 0;
        let rows = self.reader.all(select, &[Integer(id), Integer(ahead)], known_entity)?;
        let is_end = (rows.len() as i64) < ahead;
        let last = rows.last().map_or(id, |(id, _)| *id);
        self.known.range = Some((id, if is_end { i64::MAX } else { last }));
        self.known.expected.clear();
        self.known.entities = rows.into_iter().collect();
        Ok(())
    }

    /// Writes what was said of entities.
    fn flush_entities(&mut self) -> Result<()> {
        let mut pending = std::mem::take(&mut self.pending);
        if pending.ids.is_empty() {
            return Ok(());
        }
        let mut connection = self.reader.connection.borrow_mut();
        let Pending { gone, gone_with, created, retired, successors, retired_with, .. } = &pending;
        if !gone.is_empty() {
            connection.execute(FILE_ENTITIES, &[gone, gone_with])?;
            connection.execute("DELETE FROM entity WHERE entity_id = ANY($1)", &[gone])?;
        }
        if self.any_retired && !created.is_empty() {
            connection.execute("DELETE FROM retired WHERE entity_id = ANY($1)", &[created])?;
        }
        if !retired.is_empty() {
            let load = self.load.0 as i64;
            connection.execute(PUT_RETIRED, &[retired, successors, retired_with, &load])?;
            self.any_retired = true;
        }
        connection.copy(COPY_ENTITIES, &mut pending.entities)?;
        // The database has other entities now.
        self.known.range = None;
        self.known.expected.clear();
        Ok(())
    }

    /// Adds an event; gives its number.
    fn tell(&mut self, kind: EventKind, entity: i64, other: Option<EntityId>) -> Result<i64> {
        self.derived.event_no += 1;
        self.events
            .row(6)
            .integer(self.derived.event_no)
            .integer(self.load.0 as i64)
            .text(kind.name())
            .integer(entity)
            .integer_or_null(other.map(id_to_sql))
            .integer(self.derived.at);
        if self.events.len() >= PENDING_MAX {
            self.reader.connection.borrow_mut().copy(COPY_EVENTS, &mut self.events)?;
        }
        Ok(self.derived.event_no)
    }
}

impl ChangePublication for PostgresPublication<'_> {
    fn belong_to(&mut self, load: LoadNo) {
        self.load = load;
    }

    fn flush(&mut self) -> Result<()> {
        self.flush_entities()?;
        self.reader.connection.borrow_mut().copy(COPY_EVENTS, &mut self.events)?;
        self.memberships.flush(self.reader)
    }

    fn finish(mut self, is_derived: bool) -> Result<()> {
        self.flush()?;
        self.search.flush(&mut PostgresIndex(self.reader))?;
        self.derived.add(self.reader, self.load, is_derived)
    }
}

/// What is known of an entity, by its id.
fn known_entity(row: &dyn Row) -> Result<(i64, KnownEntity)> {
    let id = row.integer(0)?;
    let damaged = || Error::Damaged { what: "entity", number: id as u64 };
    let digest = Digest::try_from(row.bytes(1)?).map_err(|_| damaged())?;
    let members = members::from_text(&row.text(2)?).ok_or_else(damaged)?;
    Ok((id, (digest, members)))
}

impl Publication for PostgresPublication<'_> {
    fn expect(&mut self, entities: &[EntityId]) -> Result<()> {
        self.flush_entities()?;
        let ids: Vec<i64> = entities.iter().map(|&id| id_to_sql(id)).collect();
        let select = "SELECT entity_id, digest, members FROM entity WHERE entity_id = ANY($1)";
        let rows = self.reader.connection.borrow_mut().query(select, &[&ids])?;
        let known = rows.iter().map(|row| known_entity(row));
        self.known.range = None;
        self.known.entities = known.collect::<Result<_>>()?;
        self.known.expected = ids.into_iter().collect();
        Ok(())
    }

    fn put_model(&mut self, content: &[u8], hub_model: &str) -> Result<ModelId> {
        let id = publications::put_model(self.reader, self.load, content, hub_model)?;
        self.derived.model_id = Some(id.as_str().into());
        Ok(id)
    }

    fn put_entity(
        &mut self,
        entity: &Entity,
        split_from: Option<EntityId>,
    ) -> Result<EntityChange> {
        let id = id_to_sql(entity.id);
        let digest = entity.digest();
        let (change, before) = match self.known(id)? {
            None => (EntityChange::Created, Vec::new()),
            Some((known, _)) if known == digest => return Ok(EntityChange::Unchanged),
            Some((_, before)) => (EntityChange::Updated, before),
        };
        let event = match (change, split_from) {
            (EntityChange::Updated, _) => self.tell(EventKind::Updated, id, None)?,
            (_, Some(origin)) => self.tell(EventKind::Split, id, Some(origin))?,
            (_, None) => self.tell(EventKind::Created, id, None)?,
        };
        self.derived.entity_no += 1;
        let pending = &mut self.pending;
        pending.ids.insert(id);
        if change == EntityChange::Created {
            pending.created.push(id);
            self.derived.entities += 1;
        } else {
            pending.gone.push(id);
            pending.gone_with.push(event);
            self.derived.stale_entities += 1;
        }
        let mut after = entity.members.clone();
        after.sort_unstable();
        after.dedup();
        pending
            .entities
            .row(10)
            .integer(self.derived.entity_no)
            .integer(id)
            .text(entity.entity_type.name())
            .integer(entity.members.len() as i64)
            .integer_or_null(entity.weakest_link.map(|weight| i64::from(weight.0)))
            .text(&entity.title)
            .text(entity.golden.as_json())
            .bytes(&digest)
            .integer(event)
            .text(&members::to_text(&after));
        self.memberships.change(id, event, &before, &after);
        if self.memberships.is_full() {
            self.memberships.flush(self.reader)?;
        }
        if self.search.add(self.derived.entity_no as u64, &entity.search_text) {
            self.search.flush(&mut PostgresIndex(self.reader))?;
        }
        let pending = &self.pending;
        if pending.ids.len() >= PENDING_MAX || pending.entities.size() >= PENDING_SIZE_MAX {
            self.flush_entities()?;
        }
        Ok(change)
    }

    fn retire_entity(&mut self, id: EntityId, successor: Option<EntityId>) -> Result<()> {
        let entity = id_to_sql(id);
        let Some((_, before)) = self.known(entity)? else { return Err(Error::UnknownEntity(id)) };
        let kind = if successor.is_some() { EventKind::Merged } else { EventKind::Deleted };
        let event = self.tell(kind, entity, successor)?;
        self.memberships.change(entity, event, &before, &[]);
        self.pending.ids.insert(entity);
        self.pending.gone.push(entity);
        self.pending.gone_with.push(event);
        self.pending.retired.push(entity);
        self.pending.successors.push(successor.map(id_to_sql));
        self.pending.retired_with.push(event);
        self.derived.entities -= 1;
        self.derived.stale_entities += 1;
        if self.pending.ids.len() >= PENDING_MAX { self.flush_entities() } else { Ok(()) }
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
        let mut connection = self.reader.connection.borrow_mut();
        connection.execute(delete, &[&side(|pair| pair.left), &side(|pair| pair.right)])?;
        let mut rows = CopyRows::default();
        for PotentialMatchRow { left, right, weight, held } in &put {
            rows.row(4)
                .integer(left.0 as i64)
                .integer(right.0 as i64)
                .integer(i64::from(weight.0))
                .text_or_null(held.as_deref());
        }
        connection.copy(COPY_POTENTIAL_MATCHES, &mut rows)
    }

    fn replace_potential_matches_of(
        &mut self,
        records: &[RowNo],
        pairs: &[PotentialMatchRow],
    ) -> Result<()> {
        waiting::replace_potential_matches_of(self.reader, records, pairs)
    }

    fn replace_match_index(&mut self, index: MatchIndex) -> Result<()> {
        match_index::replace(self.reader, index)
    }

    fn add_match_keys(&mut self, keys: &[(MatchKey, RowNo)]) -> Result<()> {
        match_index::add_keys(self.reader, keys)
    }

    fn replace_edges_of(&mut self, records: &[RowNo], edges: &[EdgeRow]) -> Result<()> {
        match_index::replace_edges_of(self.reader, records, edges)
    }

    fn replace_holds(&mut self, holds: &[HoldRow]) -> Result<()> {
        publications::replace_holds(self.reader, holds)
    }

    fn put_statistic(&mut self, name: &str, json: &str) -> Result<()> {
        publications::put_statistic(self.reader, name, json)
    }

    fn put_rules(&mut self, rules: &[Rule]) -> Result<Vec<RuleNo>> {
        rules::put(self.reader, rules)
    }

    fn number_attributes(&mut self, names: &[&str]) -> Result<Vec<AttributeNo>> {
        rules::number_attributes(self.reader, names)
    }

    fn replace_findings(&mut self, findings: Vec<FindingRow>) -> Result<FindingChanges> {
        self.flush_entities()?;
        findings::replace(self.reader, self.derived.at, findings)
    }

    fn replace_findings_of(
        &mut self,
        subjects: &[SubjectNo],
        findings: &[FindingRow],
    ) -> Result<FindingChanges> {
        self.flush_entities()?;
        findings::replace_of(self.reader, self.derived.at, subjects, findings)
    }

    fn replace_verdicts(&mut self, verdicts: VerdictSet) -> Result<()> {
        verdicts::replace(self.reader, verdicts)
    }

    fn replace_verdicts_of(&mut self, subjects: &[SubjectNo], verdicts: &VerdictSet) -> Result<()> {
        verdicts::replace_of(self.reader, subjects, verdicts)
    }

    fn replace_value_keys(&mut self, keys: Vec<(ValueKey, SubjectNo)>) -> Result<()> {
        value_keys::replace(self.reader, keys)
    }

    fn replace_value_keys_of(
        &mut self,
        subjects: &[SubjectNo],
        keys: &[(ValueKey, SubjectNo)],
    ) -> Result<Vec<ValueKey>> {
        value_keys::replace_of(self.reader, subjects, keys)
    }

    fn put_tallies(&mut self, tallies: &[TallyRow]) -> Result<()> {
        tallies::put(self.reader, tallies)
    }

    fn add_tallies(&mut self, differences: &[TallyRow]) -> Result<()> {
        tallies::add(self.reader, differences)
    }

    fn keep_measure(
        &mut self,
        as_of_day: i64,
        release: Option<u64>,
        reason: &str,
    ) -> Result<MeasureNo> {
        tallies::keep(self.reader, self.load, self.derived.at, as_of_day, release, reason)
    }

    fn replace_profiles_of(&mut self, source: SourceNo, profiles: &[(u16, Vec<u8>)]) -> Result<()> {
        profiles::replace_of(self.reader, source, profiles)
    }
}

impl PostgresPublication<'_> {
    /// The potential matches there are.
    fn known_potential_matches(&self) -> Result<Vec<PotentialMatchRow>> {
        let select = "SELECT left_record_no, right_record_no, weight, held FROM potential_match";
        self.reader.all(select, &[], waiting::potential_match)
    }
}
