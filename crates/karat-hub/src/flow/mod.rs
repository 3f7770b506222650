//! The way of a record through the stages; only this folder knows their order.
//!
//! Arrives: files of the sources, as the hub model names them.
//! Leaves: a published hub: entities, crosswalk, potential matches, events.
//! Promises: the journal of arrivals comes first, and all that is derived of it is published in
//! one transaction; the same records give the same customers in any order of files and rows.
//! Start reading in `load.rs`.
//!
//! ```text
//! discover ─► (hub model)
//!                 │
//! arrive ─► journal ─► clean ─► master ─► publish
//! ```
//!
//! Where a stage waits for a file or the database, the next piece is read or made meanwhile on a
//! thread of its own; pieces are taken in one order, so that nothing hangs on the timing.

pub mod progress;
pub mod discover;
pub mod naming;
pub mod files;
pub mod clean_files;
pub mod keys;
pub mod arrive;
pub mod clean;
pub mod settlements;
pub mod master;
pub mod identify;
pub mod models;
pub mod releases;
pub mod renewal;
pub mod quality;
pub mod derive;
pub mod publish;
pub mod source_profiles;
pub mod load;
pub mod change;
pub mod catch_up;

#[cfg(test)]
mod tests;
