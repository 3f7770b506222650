//! Puts a number on quality: scores of tiles, limits of samples, how current values are, and what
//! to mend first.
//!
//! Arrives: tallies of checks: how many subjects passed, failed, and could not be judged.
//! Leaves: scores between 0 and 1, each with the counts it comes from.
//! Promises: nothing measured is no score, never a full one; the same tallies give the same
//! figures in any order; one SQL query over the stored tallies gives them too.
//! Start reading in `arithmetic.rs`.

pub mod arithmetic;
pub mod subject;
pub mod interval;
pub mod currency;
pub mod priority;
