//! `swap`: lets two columns have each other's values.
//!
//! ```yaml
//! - { id: r8, column: voornaam, swap: achternaam, when: '^(de|van) ' }
//! ```
//!
//! Two swaps undo each other, so that a swap needs a condition which does not hold afterwards.

use karat_model::record::Payload;

use super::values;

/// What becomes of a record; nothing where both columns say the same.
pub fn apply(payload: &Payload, column: u16, with: u16) -> Option<Payload> {
    let here: Vec<&str> = values::of(payload, column).collect();
    let there: Vec<&str> = values::of(payload, with).collect();
    (here != there).then(|| values::with(payload, &[(column, &there), (with, &here)]))
}
