//! How far the journals are derived, and what a publication writes that needs no haste.

use std::borrow::Cow;

use karat_model::id::ModelId;
use karat_model::record::Moment;

use super::Value::{self, Bytes, Integer, Text};
use super::{Query, Write};
use crate::error::Result;
use crate::number::LoadNo;
use crate::potential_match::HoldRow;

/// The state of derived state: the last row of `publication`, and the end of the feed.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    publication_no: i64,
    /// The last publication of a load.
    base_no: i64,
    /// The last arrival, decision and confirmation that were taken in.
    taken_in: [i64; 3],
    /// The last event before the publication at hand.
    since_event: i64,
    /// The model that it is made with.
    pub model_id: Option<String>,
    /// The last number that was given to an entity.
    pub entity_no: i64,
    /// Numbers in the search index that no entity has.
    pub stale_entities: i64,
    /// How many entities there are.
    pub entities: i64,
    /// The last event.
    pub event_no: i64,
    /// When the publication at hand is: never earlier than the last one, and the last event.
    pub at: i64,
}

impl Derived {
    /// Reads it, for a publication at this moment.
    pub fn read(query: &impl Query, at: Moment) -> Result<Derived> {
        let select = "
            SELECT publication_no, model_id, entity_no, stale_entities, entities, base_no,
                arrival_no, decision_no, at, confirmation_no
            FROM publication ORDER BY publication_no DESC LIMIT 1";
        let mut derived = query.first(select, &[], |row| {
            Ok(Derived {
                publication_no: row.integer(0)?,
                model_id: row.text_or_null(1)?.map(Cow::into_owned),
                entity_no: row.integer(2)?,
                stale_entities: row.integer(3)?,
                entities: row.integer(4)?,
                base_no: row.integer(5)?,
                taken_in: [row.integer(6)?, row.integer(7)?, row.integer(9)?],
                at: row.integer_or_null(8)?.unwrap_or(i64::MIN),
                ..Derived::default()
            })
        })?;
        let start = || Derived { at: i64::MIN, ..Derived::default() };
        let derived = derived.get_or_insert_with(start);
        let select = "SELECT event_no, at FROM event ORDER BY event_no DESC LIMIT 1";
        let last = query.first(select, &[], |row| Ok((row.integer(0)?, row.integer(1)?)))?;
        let (event_no, last_at) = last.unwrap_or((0, i64::MIN));
        derived.event_no = event_no;
        derived.since_event = event_no;
        derived.at = at.0.max(last_at).max(derived.at);
        Ok(derived.clone())
    }

    /// Adds the publication of a load: all that was journaled so far is derived.
    pub fn add_load(mut self, write: &impl Write, load: LoadNo) -> Result<()> {
        self.base_no = self.publication_no + 1;
        self.add(write, load, true)
    }

    /// Adds a publication; tells whether all that was journaled so far is derived, or no more than
    /// before.
    pub fn add(&self, write: &impl Write, load: LoadNo, is_derived: bool) -> Result<()> {
        let insert = if is_derived {
            "INSERT INTO publication (publication_no, load_no, model_id, entity_no,
                 stale_entities, entities, base_no, since_event, event_no, at,
                 arrival_no, decision_no, confirmation_no)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                 (SELECT coalesce(max(arrival_no), 0) FROM arrival),
                 (SELECT coalesce(max(decision_no), 0) FROM decision),
                 (SELECT coalesce(max(confirmation_no), 0) FROM confirmation))"
        } else {
            "INSERT INTO publication (publication_no, load_no, model_id, entity_no,
                 stale_entities, entities, base_no, since_event, event_no, at,
                 arrival_no, decision_no, confirmation_no)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        };
        let mut values = vec![
            Integer(self.publication_no + 1),
            Integer(load.0 as i64),
            self.model_id.as_deref().map_or(Value::Null, Text),
            Integer(self.entity_no),
            Integer(self.stale_entities),
            Integer(self.entities),
            Integer(self.base_no),
            Integer(self.since_event),
            Integer(self.event_no),
            Integer(self.at),
        ];
        if !is_derived {
            values.extend(self.taken_in.map(Integer));
        }
        write.execute(insert, &values)?;
        Ok(())
    }
}

/// Keeps a match model.
pub fn put_model(
    write: &impl Write,
    load: LoadNo,
    content: &[u8],
    hub_model: &str,
) -> Result<ModelId> {
    let id = ModelId::of(content);
    let put = "
        INSERT INTO model (model_id, load_no, content, hub_model) VALUES ($1, $2, $3, $4)
        ON CONFLICT (model_id) DO UPDATE SET hub_model = excluded.hub_model";
    let load = Integer(load.0 as i64);
    write.execute(put, &[Text(id.as_str()), load, Bytes(content), Text(hub_model)])?;
    Ok(id)
}

/// Says which joins of customers are held now.
pub fn replace_holds(write: &impl Write, holds: &[HoldRow]) -> Result<()> {
    write.execute("DELETE FROM hold", &[])?;
    for (at, hold) in holds.iter().enumerate() {
        let insert = "INSERT INTO hold (hold_no, reason, records) VALUES ($1, $2, $3)";
        let no = Integer(at as i64 + 1);
        write.execute(insert, &[no, Text(&hold.reason), Text(&hold.records_json())])?;
    }
    Ok(())
}

/// Keeps figures under a name.
pub fn put_statistic(write: &impl Write, name: &str, json: &str) -> Result<()> {
    let put = "
        INSERT INTO statistic (name, json) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET json = excluded.json";
    write.execute(put, &[Text(name), Text(json)])?;
    Ok(())
}
