//! `move`: moves what stands in a column to another one, if that is empty.
//!
//! ```yaml
//! - { id: r7, column: opmerking, move: telefoon, when: '^\+?[0-9 -]{10,}$' }
//! ```

use karat_model::record::Payload;

use super::values;

/// What becomes of a record; nothing where the other column is filled.
pub fn apply(payload: &Payload, column: u16, to: u16) -> Option<Payload> {
    if column == to || values::is_empty(payload, column) || !values::is_empty(payload, to) {
        return None;
    }
    let moved: Vec<&str> = values::of(payload, column).collect();
    Some(values::with(payload, &[(column, &[]), (to, &moved)]))
}
