//! Writing derived state.
//!
//! The first publication of a hub writes everything in order and makes the index of the crosswalk
//! afterwards; later ones write only what changed.

use karat_model::finding::Rule;
use karat_model::id::{EntityId, ModelId};
use karat_model::record::Moment;
use rusqlite::OptionalExtension;

use super::SqliteReader;
use super::search_index::SqliteIndex;
use crate::entity::{Entity, EntityChange};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::finding_row::{FindingChanges, FindingRow};
use crate::members;
use crate::number::{AttributeNo, LoadNo, MeasureNo, RowNo, RuleNo, SourceNo};
use crate::payload::Digest;
use crate::potential_match::{Difference, HoldRow, PotentialMatchRow, difference};
use crate::search::{Filing, SearchWriter, is_time_to_sweep, sweep};
use crate::sql::change::ChangePublication;
use crate::sql::memberships::Memberships;
use crate::sql::publications::{self, Derived};
use crate::sql::reading::id_to_sql;
use crate::sql::search::forget_added_words;
use crate::sql::{
    Query, findings, match_index, profiles, rules, tallies, value_keys, verdicts, waiting,
};
use crate::store::{EdgeRow, MatchIndex, MatchKey, Publication, ValueKey};
use crate::subject::SubjectNo;
use crate::tally::TallyRow;
use crate::verdict_set::VerdictSet;

/// Rows come in the order of the other indexes; in this one each would go to another place.
pub const CREATE_CROSSWALK_INDEX: &str =
    "CREATE INDEX crosswalk_by_entity ON crosswalk (entity_id)";
const DROP_CROSSWALK_INDEX: &str = "DROP INDEX crosswalk_by_entity";

/// A publication in the making.
pub struct SqlitePublication<'a> {
    reader: &'a SqliteReader,
    load: LoadNo,
    /// Whether there is no entity yet.
    is_first: bool,
    /// Whether any id was retired, and so might be put again.
    any_retired: bool,
    derived: Derived,
    search: SearchWriter<'a>,
    memberships: Memberships,
}

impl<'a> SqlitePublication<'a> {
    /// Begins the publication of a load.
    pub fn of_load(
        reader: &'a SqliteReader,
        load: LoadNo,
        at: Moment,
    ) -> Result<SqlitePublication<'a>> {
        let select = "SELECT NOT EXISTS (SELECT 1 FROM entity)";
        let is_first = reader.connection.query_row(select, [], |row| row.get(0))?;
        if is_first {
            reader.connection.execute_batch(DROP_CROSSWALK_INDEX)?;
        }
        let mut publication = SqlitePublication::new(reader, at, SearchWriter::default())?;
        publication.load = load;
        if is_first {
            publication.is_first = true;
            publication.memberships = Memberships::first();
            let select = "SELECT EXISTS (SELECT 1 FROM retired)";
            publication.any_retired = reader.connection.query_row(select, [], |row| row.get(0))?;
        }
        Ok(publication)
    }

    /// Begins the publication of a change.
    pub fn of_change(
        reader: &'a SqliteReader,
        filing: &'a mut Filing,
        at: Moment,
    ) -> Result<SqlitePublication<'a>> {
        SqlitePublication::new(reader, at, SearchWriter::of_change(filing))
    }

    fn new(
        reader: &'a SqliteReader,
        at: Moment,
        search: SearchWriter<'a>,
    ) -> Result<SqlitePublication<'a>> {
        Ok(SqlitePublication {
            reader,
            load: LoadNo(0),
            is_first: false,
            any_retired: true,
            derived: Derived::read(reader, at)?,
            search,
            memberships: Memberships::default(),
        })
    }

    /// Writes what is left of the publication of a load.
    pub fn finish_load(mut self) -> Result<()> {
        self.memberships.flush(self.reader)?;
        let mut index = SqliteIndex(self.reader);
        self.search.flush(&mut index)?;
        forget_added_words(self.reader)?;
        if self.is_first {
            self.reader.connection.execute_batch(CREATE_CROSSWALK_INDEX)?;
        }
        let Derived { stale_entities, entities, .. } = self.derived;
        if is_time_to_sweep(stale_entities as u64, entities as u64) {
            sweep(&mut index)?;
            self.derived.stale_entities = 0;
        }
        self.derived.add_load(self.reader, self.load)
    }

    /// The digest and the records of an entity, if there is one with this id.
    fn known(&self, id: i64) -> Result<Option<(Digest, Vec<RowNo>)>> {
        if self.is_first {
            return Ok(None);
        }
        let select = "SELECT digest, members FROM entity WHERE entity_id = ?1";
        let known: Option<(Digest, String)> = self
            .reader
            .connection
            .prepare_cached(select)?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let damaged = || Error::Damaged { what: "entity", number: id as u64 };
        let read = |(digest, members): (Digest, String)| {
            Ok((digest, members::from_text(&members).ok_or_else(damaged)?))
        };
        known.map(read).transpose()
    }

    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize> {
        Ok(self.reader.connection.prepare_cached(sql)?.execute(parameters)?)
    }

    /// Adds an event; gives its number.
    fn tell(&mut self, kind: EventKind, entity: i64, other: Option<EntityId>) -> Result<i64> {
        self.derived.event_no += 1;
        let insert = "
            INSERT INTO event (event_no, load_no, kind, entity_id, other_id, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let Derived { event_no, at, .. } = self.derived;
        let other = other.map(id_to_sql);
        self.execute(insert, (event_no, self.load, kind.name(), entity, other, at))?;
        Ok(event_no)
    }

    /// Files an entity as it is until an event.
    fn file(&self, entity: i64, until: i64) -> Result<()> {
        let file = "
            INSERT INTO entity_version (entity_id, until_event, event_no, entity_type, records,
                weakest_link, title, golden, members)
            SELECT entity_id, ?2, event_no, entity_type, records,
                weakest_link, title, golden, members
            FROM entity WHERE entity_id = ?1";
        self.execute(file, (entity, until))?;
        Ok(())
    }
}

impl ChangePublication for SqlitePublication<'_> {
    fn belong_to(&mut self, load: LoadNo) {
        self.load = load;
    }

    fn flush(&mut self) -> Result<()> {
        self.memberships.flush(self.reader)
    }

    fn finish(mut self, is_derived: bool) -> Result<()> {
        self.memberships.flush(self.reader)?;
        self.search.flush(&mut SqliteIndex(self.reader))?;
        self.derived.add(self.reader, self.load, is_derived)
    }
}

impl Publication for SqlitePublication<'_> {
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
        if change == EntityChange::Updated {
            self.file(id, event)?;
            self.derived.stale_entities += 1;
        } else {
            self.derived.entities += 1;
            if self.any_retired {
                self.execute("DELETE FROM retired WHERE entity_id = ?1", [id])?;
            }
        }
        self.derived.entity_no += 1;
        // A changed entity replaces its row, and so gets its new number.
        let put = "
            INSERT OR REPLACE INTO entity (entity_no, entity_id, entity_type, records,
                weakest_link, title, golden, digest, event_no, members)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let mut after = entity.members.clone();
        after.sort_unstable();
        after.dedup();
        let values = (
            self.derived.entity_no,
            id,
            entity.entity_type.name(),
            entity.members.len() as i64,
            entity.weakest_link.map(|weight| weight.0),
            &entity.title,
            entity.golden.as_json(),
            digest,
            event,
            members::to_text(&after),
        );
        self.execute(put, values)?;
        if self.search.add(self.derived.entity_no as u64, &entity.search_text) {
            self.search.flush(&mut SqliteIndex(self.reader))?;
        }
        self.memberships.change(id, event, &before, &after);
        if self.memberships.is_full() {
            self.memberships.flush(self.reader)?;
        }
        Ok(change)
    }

    fn retire_entity(&mut self, id: EntityId, successor: Option<EntityId>) -> Result<()> {
        let entity = id_to_sql(id);
        let Some((_, before)) = self.known(entity)? else { return Err(Error::UnknownEntity(id)) };
        let kind = if successor.is_some() { EventKind::Merged } else { EventKind::Deleted };
        let event = self.tell(kind, entity, successor)?;
        self.file(entity, event)?;
        self.execute("DELETE FROM entity WHERE entity_id = ?1", [entity])?;
        let insert = "
            INSERT OR REPLACE INTO retired (entity_id, successor, load_no, event_no)
            VALUES (?1, ?2, ?3, ?4)";
        self.execute(insert, (entity, successor.map(id_to_sql), self.load, event))?;
        self.memberships.change(entity, event, &before, &[]);
        self.derived.entities -= 1;
        self.derived.stale_entities += 1;
        Ok(())
    }

    fn replace_potential_matches(&mut self, pairs: &[PotentialMatchRow]) -> Result<()> {
        let Difference { gone, put } = difference(self.known_potential_matches()?, pairs);
        for PotentialMatchRow { left, right, .. } in gone {
            let delete = "
                DELETE FROM potential_match WHERE left_record_no = ?1 AND right_record_no = ?2";
            self.execute(delete, (left, right))?;
        }
        for PotentialMatchRow { left, right, weight, held } in put {
            let insert = "
                INSERT INTO potential_match (left_record_no, right_record_no, weight, held)
                VALUES (?1, ?2, ?3, ?4)";
            self.execute(insert, (left, right, weight.0, held))?;
        }
        Ok(())
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
        findings::replace(self.reader, self.derived.at, findings)
    }

    fn replace_findings_of(
        &mut self,
        subjects: &[SubjectNo],
        findings: &[FindingRow],
    ) -> Result<FindingChanges> {
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

impl SqlitePublication<'_> {
    /// The potential matches there are.
    fn known_potential_matches(&self) -> Result<Vec<PotentialMatchRow>> {
        let select = "SELECT left_record_no, right_record_no, weight, held FROM potential_match";
        self.reader.all(select, &[], waiting::potential_match)
    }
}
