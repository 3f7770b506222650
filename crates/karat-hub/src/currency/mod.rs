//! How sure it is that values are still so: how fast they change, and which to verify again.
//!
//! Arrives: the journal of arrivals, what people found out of values, and published rates.
//! Leaves: per attribute the [`Rates`] at which values change, by which the judge goes; how many
//! values are of which age; and the queue of values that are no longer sure enough.
//! Promises: a rate is a function of the journals and the hub model, and holds from one publication
//! to the next, so that a load, a change and verifying come to the same.
//! Start reading in `learning.rs`.
//!
//! ```text
//! versions of records ─► same value later: watched │ another value: changed ─┐
//! confirmations       ─► still so: watched         │ not so: changed ────────┴─► rates ─► judge
//! customers           ─► ages of their values ─────────────────────────────────────┴─► report
//! ```

mod rates;
mod learning;
mod ages;
mod report;
mod queue;
mod sureness;
#[cfg(test)]
mod tests;

pub use ages::Ages;
pub use learning::learn;
pub use queue::queue;
pub use rates::{Rates, Watched, aged_attributes};
pub use report::report;
pub use sureness::Sureness;
