//! Measures what stands in columns and records.
//!
//! Arrives: the values of columns as they came, and records as they were cleaned.
//! Leaves: a profile of each column, and counts of what is filled, valid and found wrong.
//! Promises: any order of rows and any division of the work give the same figures, and memory does
//! not grow with the rows.
//! Start reading in `profile/mod.rs` for columns, in `suggest/mod.rs` for checks that they suggest, in `measure.rs` for records.

pub mod profile;
pub mod suggest;
pub mod measure;
pub mod accuracy;
pub mod estimate;
pub mod expected;
pub mod score;
pub mod delivery;
pub mod check;
