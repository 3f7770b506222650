//! What a record becomes, as pure functions: no I/O, no clock, no randomness, no environment.
//!
//! `P = f(R, M, D)`: the partition of records into customers is a function of the set of records,
//! the frozen match model and the set of decisions. The stages, in the order a record travels:

pub mod clean;
pub mod naming;
pub mod quality;
pub mod matching;
pub mod merging;

mod letters;
