//! Keeps score: how good clusters are, by a known truth or by labelled pairs.
//!
//! Arrives: files of labels, as Karat or any other program writes them.
//! Leaves: figures over pairs, records and whole clusters, or estimates with their limits.
//! Promises: nothing is guessed silently: records and labels that are missing on one side are told.
//! Start reading in `clusters.rs`; `rows.rs` reads the files.

mod rows;
pub mod clusters;
pub mod labels;
pub mod pairs;

pub use rows::Column;
