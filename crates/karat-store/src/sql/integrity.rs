//! Whether a database is whole, as far as can be told without knowing what its rows mean.

use super::Query;
use crate::error::Result;
use crate::store::Damage;

/// Which column refers to which other: `table`, `column`, the table that has it, its column there.
const REFERENCES: [(&str, &str, &str, &str); 33] = [
    ("arrival", "load_no", "load", "load_no"),
    ("arrival", "record_no", "record", "record_no"),
    ("arrival", "previous_no", "arrival", "arrival_no"),
    ("quarantine", "load_no", "load", "load_no"),
    ("quarantine", "source_no", "source", "source_no"),
    ("record", "source_no", "source", "source_no"),
    ("record", "arrival_no", "arrival", "arrival_no"),
    ("model", "load_no", "load", "load_no"),
    ("publication", "load_no", "load", "load_no"),
    ("publication", "model_id", "model", "model_id"),
    ("crosswalk", "record_no", "record", "record_no"),
    ("crosswalk", "entity_id", "entity", "entity_id"),
    ("retired", "load_no", "load", "load_no"),
    ("potential_match", "left_record_no", "record", "record_no"),
    ("potential_match", "right_record_no", "record", "record_no"),
    ("assignment", "left_record_no", "record", "record_no"),
    ("assignment", "right_record_no", "record", "record_no"),
    ("event", "load_no", "load", "load_no"),
    ("entity_version", "until_event", "event", "event_no"),
    ("decision", "undoes", "decision", "decision_no"),
    ("session", "account", "account", "name"),
    ("rule_version", "rule_no", "rule", "rule_no"),
    ("finding", "rule_no", "rule", "rule_no"),
    ("finding", "record_no", "record", "record_no"),
    ("finding_step", "undoes", "finding_step", "step_no"),
    ("finding_step", "finding_no", "finding", "finding_no"),
    ("measure", "load_no", "load", "load_no"),
    ("tally", "measure_no", "measure", "measure_no"),
    ("tally", "rule_no", "rule", "rule_no"),
    ("confirmation", "undoes", "confirmation", "confirmation_no"),
    ("confirmation", "record_no", "record", "record_no"),
    ("entry", "record_no", "record", "record_no"),
    ("profile", "source_no", "source", "source_no"),
];

/// Rows that refer to what is not there, by table and column.
pub fn broken_references(query: &dyn Query) -> Result<Vec<Damage>> {
    let mut damages = Vec::new();
    for (table, column, other, key) in REFERENCES {
        let select = format!(
            "SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM {other} AS other
              WHERE other.{key} = {table}.{column})"
        );
        let mut lost = 0;
        query.many(&select, &[], &mut |row| {
            lost = row.integer(0)? as u64;
            Ok(())
        })?;
        if lost > 0 {
            damages.push(Damage::Reference { column: format!("{table}.{column}"), rows: lost });
        }
    }
    Ok(damages)
}
