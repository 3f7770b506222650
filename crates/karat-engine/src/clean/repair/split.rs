//! `split`: leaves what stands before a text, and moves what stands behind it to an empty column.
//!
//! ```yaml
//! - { id: r9, column: naam, split: { at: ",", to: voornaam } }
//! ```
//!
//! The text itself goes, and white space around it. Where the column has several values, or either
//! side would be empty, nothing is done.

use karat_model::record::Payload;

use super::values;

/// What becomes of a record; nothing where the text does not stand between two others.
pub fn apply(payload: &Payload, column: u16, at: &str, to: u16) -> Option<Payload> {
    if at.is_empty() || column == to || !values::is_empty(payload, to) {
        return None;
    }
    let mut given = values::of(payload, column);
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    let (before, behind) = value.split_once(at)?;
    let (before, behind) = (before.trim(), behind.trim());
    let says_both = !before.is_empty() && !behind.is_empty();
    says_both.then(|| values::with(payload, &[(column, &[before]), (to, &[behind])]))
}
