//! The tables and their columns, for whoever copies all of them.

use std::borrow::Cow;

use ColumnKind::{Bytes, Integer, Text};

use super::{Query, Row};
use crate::error::Result;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Integer,
    /// Texts.
    Text,
    /// Bytes.
    Bytes,
}

/// A table, its key first.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many of the columns are its key.
    pub keys: usize,
    /// Its columns.
    pub columns: &'static [(&'static str, ColumnKind)],
}

/// All tables of the schema's last version.
pub const TABLES: [Table; 42] = [
    Table {
        name: "load",
        keys: 1,
        columns: &[
            ("load_no", Integer),
            ("started_at", Integer),
            ("finished_at", Integer),
            ("report", Text),
            ("is_stretch", Integer),
        ],
    },
    Table {
        name: "source",
        keys: 1,
        columns: &[("source_no", Integer), ("name", Text), ("columns", Text)],
    },
    Table {
        name: "arrival",
        keys: 1,
        columns: &[
            ("arrival_no", Integer),
            ("load_no", Integer),
            ("record_no", Integer),
            ("observed_at", Integer),
            ("payload", Bytes),
            ("previous_no", Integer),
        ],
    },
    Table {
        name: "quarantine",
        keys: 1,
        columns: &[
            ("quarantine_no", Integer),
            ("load_no", Integer),
            ("source_no", Integer),
            ("file", Text),
            ("line", Integer),
            ("reason", Text),
            ("raw", Bytes),
        ],
    },
    Table {
        name: "record",
        keys: 1,
        columns: &[
            ("record_no", Integer),
            ("source_no", Integer),
            ("source_id", Text),
            ("arrival_no", Integer),
            ("digest", Bytes),
        ],
    },
    Table {
        name: "model",
        keys: 1,
        columns: &[
            ("model_id", Text),
            ("load_no", Integer),
            ("content", Bytes),
            ("hub_model", Text),
        ],
    },
    Table {
        name: "publication",
        keys: 1,
        columns: &[
            ("publication_no", Integer),
            ("load_no", Integer),
            ("arrival_no", Integer),
            ("model_id", Text),
            ("entity_no", Integer),
            ("stale_entities", Integer),
            ("entities", Integer),
            ("decision_no", Integer),
            ("base_no", Integer),
            ("since_event", Integer),
            ("event_no", Integer),
            ("at", Integer),
            ("confirmation_no", Integer),
        ],
    },
    Table {
        name: "entity",
        keys: 1,
        columns: &[
            ("entity_no", Integer),
            ("entity_id", Integer),
            ("entity_type", Text),
            ("records", Integer),
            ("weakest_link", Integer),
            ("title", Text),
            ("golden", Text),
            ("digest", Bytes),
            ("event_no", Integer),
            ("members", Text),
        ],
    },
    Table {
        name: "crosswalk",
        keys: 1,
        columns: &[("record_no", Integer), ("entity_id", Integer), ("event_no", Integer)],
    },
    Table {
        name: "retired",
        keys: 1,
        columns: &[
            ("entity_id", Integer),
            ("successor", Integer),
            ("load_no", Integer),
            ("event_no", Integer),
        ],
    },
    Table {
        name: "potential_match",
        keys: 2,
        columns: &[
            ("left_record_no", Integer),
            ("right_record_no", Integer),
            ("weight", Integer),
            ("held", Text),
        ],
    },
    Table {
        name: "hold",
        keys: 1,
        columns: &[("hold_no", Integer), ("reason", Text), ("records", Text)],
    },
    Table {
        name: "search_word",
        keys: 2,
        columns: &[
            ("word", Text),
            ("first_entity_no", Integer),
            ("entities", Integer),
            ("entity_nos", Bytes),
        ],
    },
    Table { name: "search_code", keys: 1, columns: &[("bucket", Integer), ("entries", Bytes)] },
    Table { name: "statistic", keys: 1, columns: &[("name", Text), ("json", Text)] },
    Table {
        name: "event",
        keys: 1,
        columns: &[
            ("event_no", Integer),
            ("load_no", Integer),
            ("kind", Text),
            ("entity_id", Integer),
            ("other_id", Integer),
            ("at", Integer),
        ],
    },
    Table {
        name: "entity_version",
        keys: 2,
        columns: &[
            ("entity_id", Integer),
            ("until_event", Integer),
            ("event_no", Integer),
            ("entity_type", Text),
            ("records", Integer),
            ("weakest_link", Integer),
            ("title", Text),
            ("golden", Text),
            ("members", Text),
        ],
    },
    Table {
        name: "crosswalk_version",
        keys: 2,
        columns: &[
            ("record_no", Integer),
            ("until_event", Integer),
            ("event_no", Integer),
            ("entity_id", Integer),
        ],
    },
    Table { name: "search_added", keys: 1, columns: &[("added_no", Integer), ("word", Text)] },
    Table { name: "search_waiting", keys: 1, columns: &[("entity_no", Integer), ("text", Text)] },
    Table { name: "match_key", keys: 1, columns: &[("bucket", Integer), ("entries", Bytes)] },
    Table { name: "match_edge", keys: 1, columns: &[("bucket", Integer), ("entries", Bytes)] },
    Table {
        name: "decision",
        keys: 1,
        columns: &[
            ("decision_no", Integer),
            ("undoes", Integer),
            ("ruling", Text),
            ("steward", Text),
            ("at", Integer),
            ("reason", Text),
        ],
    },
    Table {
        name: "answer",
        keys: 1,
        columns: &[("request", Bytes), ("at", Integer), ("answer", Bytes)],
    },
    Table {
        name: "api_key",
        keys: 1,
        columns: &[
            ("id", Text),
            ("name", Text),
            ("role", Text),
            ("hash", Bytes),
            ("created_at", Integer),
            ("expires_at", Integer),
            ("revoked_at", Integer),
        ],
    },
    Table {
        name: "account",
        keys: 1,
        columns: &[
            ("name", Text),
            ("role", Text),
            ("password_hash", Text),
            ("created_at", Integer),
            ("failed_sign_ins", Integer),
            ("locked_until", Integer),
            ("disabled", Integer),
        ],
    },
    Table {
        name: "session",
        keys: 1,
        columns: &[
            ("hash", Bytes),
            ("account", Text),
            ("csrf", Text),
            ("created_at", Integer),
            ("expires_at", Integer),
        ],
    },
    Table {
        name: "rule",
        keys: 1,
        columns: &[("rule_no", Integer), ("name", Text), ("version", Integer)],
    },
    Table {
        name: "rule_version",
        keys: 2,
        columns: &[
            ("rule_no", Integer),
            ("version", Integer),
            ("scope", Text),
            ("severity", Text),
            ("dimension", Text),
            ("definition", Text),
        ],
    },
    Table { name: "attribute", keys: 1, columns: &[("attribute_no", Integer), ("name", Text)] },
    Table {
        name: "finding",
        keys: 1,
        columns: &[
            ("finding_no", Integer),
            ("subject", Integer),
            ("rule_no", Integer),
            ("version", Integer),
            ("place", Integer),
            ("record_no", Integer),
            ("value_digest", Integer),
            ("opened_at", Integer),
            ("closed_at", Integer),
            ("closed_because", Text),
        ],
    },
    Table {
        name: "finding_step",
        keys: 1,
        columns: &[
            ("step_no", Integer),
            ("undoes", Integer),
            ("finding_no", Integer),
            ("state", Text),
            ("until", Integer),
            ("steward", Text),
            ("at", Integer),
            ("reason", Text),
        ],
    },
    Table { name: "verdict", keys: 1, columns: &[("bucket", Integer), ("entries", Bytes)] },
    Table { name: "value_key", keys: 1, columns: &[("bucket", Integer), ("entries", Bytes)] },
    Table { name: "tally_now", keys: 1, columns: &[("bucket", Integer), ("entries", Bytes)] },
    Table {
        name: "measure",
        keys: 1,
        columns: &[
            ("measure_no", Integer),
            ("load_no", Integer),
            ("at", Integer),
            ("as_of_day", Integer),
            ("release_no", Integer),
            ("reason", Text),
        ],
    },
    Table {
        name: "tally",
        keys: 5,
        columns: &[
            ("measure_no", Integer),
            ("source_no", Integer),
            ("entity_type", Text),
            ("rule_no", Integer),
            ("attribute_no", Integer),
            ("dimension", Text),
            ("weight", Integer),
            ("criticality", Integer),
            ("passes", Integer),
            ("fails", Integer),
            ("not_applicable", Integer),
            ("unverified", Integer),
            ("errors", Integer),
        ],
    },
    Table {
        name: "confirmation",
        keys: 1,
        columns: &[
            ("confirmation_no", Integer),
            ("undoes", Integer),
            ("record_no", Integer),
            ("attribute", Text),
            ("value_digest", Integer),
            ("kind", Text),
            ("steward", Text),
            ("at", Integer),
            ("reason", Text),
        ],
    },
    Table {
        name: "entry",
        keys: 1,
        columns: &[
            ("entry_no", Integer),
            ("record_no", Integer),
            ("kind", Text),
            ("policy", Text),
            ("overridden", Text),
            ("reason_code", Text),
            ("reason", Text),
            ("entered_by", Text),
            ("at", Integer),
        ],
    },
    Table {
        name: "profile",
        keys: 2,
        columns: &[("source_no", Integer), ("column_no", Integer), ("state", Bytes)],
    },
    Table {
        name: "assignment",
        keys: 2,
        columns: &[
            ("left_record_no", Integer),
            ("right_record_no", Integer),
            ("owner", Text),
            ("snoozed_until", Integer),
            ("assigned_by", Text),
            ("at", Integer),
        ],
    },
    Table {
        name: "saved_view",
        keys: 2,
        columns: &[("account", Text), ("name", Text), ("filter", Text)],
    },
];

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Table {
    /// The names of the columns, with commas.
    pub fn column_names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// Visits all rows in the order of their keys.
    pub fn visit(
        &self,
        query: &dyn Query,
        visit: &mut dyn FnMut(Vec<Cell>) -> Result<()>,
    ) -> Result<()> {
        let keys: Vec<&str> = self.columns[..self.keys].iter().map(|(name, _)| *name).collect();
        let (columns, name, keys) = (self.column_names(), self.name, keys.join(", "));
        let select = format!("SELECT {columns} FROM {name} ORDER BY {keys}");
        query.many(&select, &[], &mut |row| {
            let cells = self.columns.iter().enumerate().map(|(at, (_, kind))| cell(row, at, *kind));
            visit(cells.collect::<Result<_>>()?)
        })
    }

    /// How many rows there are.
    pub fn count(&self, query: &dyn Query) -> Result<u64> {
        let mut count = 0;
        query.many(&format!("SELECT count(*) FROM {}", self.name), &[], &mut |row| {
            count = row.integer(0)? as u64;
            Ok(())
        })?;
        Ok(count)
    }
}

fn cell(row: &dyn Row, at: usize, kind: ColumnKind) -> Result<Cell> {
    Ok(match kind {
        Integer => row.integer_or_null(at)?.map_or(Cell::Null, Cell::Integer),
        Text => row.text_or_null(at)?.map_or(Cell::Null, |text| Cell::Text(Cow::into_owned(text))),
        Bytes => row.bytes_or_null(at)?.map_or(Cell::Null, |bytes| Cell::Bytes(bytes.into())),
    })
}

/// A database that is being filled; it stays as it was unless that is finished.
pub trait Filling {
    /// Takes all rows out of a table.
    fn clear(&mut self, table: &Table) -> Result<()>;

    /// Adds rows to a table.
    fn add(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<()>;

    /// Makes all of it last.
    fn finish(self: Box<Self>) -> Result<()>;
}
