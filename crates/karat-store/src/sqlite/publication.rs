//! Writing derived state.
//!
//! The first publication of a hub writes everything in order and makes the index of the crosswalk
//! afterwards; later ones write only what changed.

use karat_model::evidence::Weight;
use karat_model::id::{EntityId, ModelId};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::search_index::SqliteIndex;
use crate::entity::{Entity, EntityChange};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::number::{LoadNo, RowNo};
use crate::payload::Digest;
use crate::potential_match::{Difference, HoldRow, PotentialMatchRow, difference};
use crate::search::{SearchWriter, is_time_to_sweep, sweep};
use crate::sql::reading::id_to_sql;
use crate::store::Publication;

/// Rows come in the order of the other indexes; in this one each would go to another place.
pub const CREATE_CROSSWALK_INDEX: &str =
    "CREATE INDEX crosswalk_by_entity ON crosswalk (entity_id)";
const DROP_CROSSWALK_INDEX: &str = "DROP INDEX crosswalk_by_entity";

/// How many places in the crosswalk are collected, to be written in order.
const MEMBERSHIPS_PENDING_MAX: usize = 4 << 20;

pub fn publish(
    connection: &mut Connection,
    load: LoadNo,
    write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut publication = SqlitePublication::begin(&transaction, load)?;
    write(&mut publication)?;
    publication.finish()?;
    Ok(transaction.commit()?)
}

struct SqlitePublication<'a> {
    transaction: &'a Transaction<'a>,
    load: LoadNo,
    /// Whether there is no entity yet.
    is_first: bool,
    /// Whether any id was retired, and so might be put again.
    any_retired: bool,
    find_entity: CachedStatement<'a>,
    insert_entity: CachedStatement<'a>,
    insert_event: CachedStatement<'a>,
    search: SearchWriter,
    memberships: Vec<(RowNo, i64)>,
    model_id: Option<String>,
    last_entity_no: u64,
    stale_entities: u64,
}

impl<'a> SqlitePublication<'a> {
    fn begin(transaction: &'a Transaction<'a>, load: LoadNo) -> Result<SqlitePublication<'a>> {
        let select = "SELECT NOT EXISTS (SELECT 1 FROM entity)";
        let is_first = transaction.query_row(select, [], |row| row.get(0))?;
        if is_first {
            transaction.execute_batch(DROP_CROSSWALK_INDEX)?;
        }
        let select = "SELECT EXISTS (SELECT 1 FROM retired)";
        let any_retired = transaction.query_row(select, [], |row| row.get(0))?;
        let select = "
            SELECT model_id, entity_no, stale_entities FROM publication
            ORDER BY publication_no DESC LIMIT 1";
        let last: Option<(Option<String>, i64, i64)> = transaction
            .query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let (model_id, last_entity_no, stale_entities) = last.unwrap_or_default();
        Ok(SqlitePublication {
            transaction,
            load,
            is_first,
            any_retired,
            find_entity: transaction
                .prepare_cached("SELECT digest FROM entity WHERE entity_id = ?1")?,
            // A changed entity replaces its row, and so gets its new number.
            insert_entity: transaction.prepare_cached(
                "INSERT OR REPLACE INTO entity
                 (entity_no, entity_id, entity_type, records, weakest_link, title, golden, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?,
            insert_event: transaction.prepare_cached(
                "INSERT INTO event (load_no, kind, entity_id, other_id) VALUES (?1, ?2, ?3, ?4)",
            )?,
            search: SearchWriter::default(),
            memberships: Vec::new(),
            model_id,
            last_entity_no: last_entity_no as u64,
            stale_entities: stale_entities as u64,
        })
    }

    /// What putting this entity means.
    fn change(&mut self, id: i64, digest: Digest) -> Result<EntityChange> {
        let known: Option<Digest> = match self.is_first {
            true => None,
            false => self.find_entity.query_row([id], |row| row.get(0)).optional()?,
        };
        Ok(match known {
            None => EntityChange::Created,
            Some(known) if known == digest => EntityChange::Unchanged,
            Some(_) => EntityChange::Updated,
        })
    }

    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize> {
        Ok(self.transaction.prepare_cached(sql)?.execute(parameters)?)
    }

    fn flush_memberships(&mut self) -> Result<()> {
        // Stable: of several memberships of a record, the one put last counts.
        self.memberships.sort_by_key(|&(row, _)| row);
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO crosswalk (record_no, entity_id) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET entity_id = excluded.entity_id",
        )?;
        for membership in self.memberships.drain(..) {
            insert.execute(membership)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.flush_memberships()?;
        let mut index = SqliteIndex(self.transaction);
        self.search.flush(&mut index)?;
        if self.is_first {
            self.transaction.execute_batch(CREATE_CROSSWALK_INDEX)?;
        }
        let select = "SELECT count(*) FROM entity";
        let live: i64 = self.transaction.query_row(select, [], |row| row.get(0))?;
        if is_time_to_sweep(self.stale_entities, live as u64) {
            sweep(&mut index)?;
            self.stale_entities = 0;
        }
        let insert = "
            INSERT INTO publication (load_no, arrival_no, model_id, entity_no, stale_entities)
            VALUES (?1, (SELECT coalesce(max(arrival_no), 0) FROM arrival), ?2, ?3, ?4)";
        let SqlitePublication { load, model_id, last_entity_no, stale_entities, .. } = &self;
        let numbers = (load, model_id, *last_entity_no as i64, *stale_entities as i64);
        self.execute(insert, numbers)?;
        Ok(())
    }
}

impl Publication for SqlitePublication<'_> {
    fn put_model(&mut self, content: &[u8], hub_model: &str) -> Result<ModelId> {
        let id = ModelId::of(content);
        let insert = "
            INSERT INTO model (model_id, load_no, content, hub_model) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET hub_model = excluded.hub_model";
        self.execute(insert, (id.as_str(), self.load, content, hub_model))?;
        self.model_id = Some(id.as_str().into());
        Ok(id)
    }

    fn put_entity(&mut self, entity: &Entity) -> Result<EntityChange> {
        let id = id_to_sql(entity.id);
        let digest = entity.digest();
        let change = self.change(id, digest)?;
        match change {
            EntityChange::Unchanged => return Ok(change),
            EntityChange::Created => {
                if self.any_retired {
                    self.execute("DELETE FROM retired WHERE entity_id = ?1", [id])?;
                }
            }
            EntityChange::Updated => {
                self.execute("DELETE FROM crosswalk WHERE entity_id = ?1", [id])?;
                self.stale_entities += 1;
            }
        }
        self.last_entity_no += 1;
        self.insert_entity.execute((
            self.last_entity_no as i64,
            id,
            entity.entity_type.name(),
            entity.members.len() as i64,
            entity.weakest_link.map(|weight| weight.0),
            &entity.title,
            entity.golden.as_json(),
            digest,
        ))?;
        if self.search.add(self.last_entity_no, &entity.search_text) {
            self.search.flush(&mut SqliteIndex(self.transaction))?;
        }
        self.memberships.extend(entity.members.iter().map(|&row| (row, id)));
        if self.memberships.len() >= MEMBERSHIPS_PENDING_MAX {
            self.flush_memberships()?;
        }
        Ok(change)
    }

    fn retire_entity(&mut self, id: EntityId, successor: Option<EntityId>) -> Result<()> {
        let entity = [id_to_sql(id)];
        let gone = match self.is_first {
            true => 0,
            false => self.execute("DELETE FROM entity WHERE entity_id = ?1", entity)?,
        };
        if gone == 0 {
            return Err(Error::UnknownEntity(id));
        }
        self.execute("DELETE FROM crosswalk WHERE entity_id = ?1", entity)?;
        let insert =
            "INSERT OR REPLACE INTO retired (entity_id, successor, load_no) VALUES (?1, ?2, ?3)";
        self.execute(insert, (id_to_sql(id), successor.map(id_to_sql), self.load))?;
        self.any_retired = true;
        self.stale_entities += 1;
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

    fn replace_holds(&mut self, holds: &[HoldRow]) -> Result<()> {
        self.execute("DELETE FROM hold", ())?;
        for hold in holds {
            let put = "INSERT INTO hold (reason, records) VALUES (?1, ?2)";
            self.execute(put, (&hold.reason, hold.records_json()))?;
        }
        Ok(())
    }

    fn put_event(
        &mut self,
        kind: EventKind,
        entity: EntityId,
        other: Option<EntityId>,
    ) -> Result<()> {
        let other = other.map(id_to_sql);
        self.insert_event.execute((self.load, kind.name(), id_to_sql(entity), other))?;
        Ok(())
    }

    fn put_statistic(&mut self, name: &str, json: &str) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO statistic (name, json) VALUES (?1, ?2)",
            (name, json),
        )?;
        Ok(())
    }
}

impl SqlitePublication<'_> {
    /// The potential matches there are.
    fn known_potential_matches(&self) -> Result<Vec<PotentialMatchRow>> {
        let mut select = self.transaction.prepare_cached(
            "SELECT left_record_no, right_record_no, weight, held FROM potential_match",
        )?;
        let pairs = select.query_map([], |row| {
            Ok(PotentialMatchRow {
                left: row.get(0)?,
                right: row.get(1)?,
                weight: Weight(row.get(2)?),
                held: row.get(3)?,
            })
        })?;
        Ok(pairs.collect::<rusqlite::Result<_>>()?)
    }
}
