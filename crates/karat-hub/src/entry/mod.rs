//! The entry gate: looks at customers that are typed in, before they are saved.
//!
//! Arrives: values as they were typed, the kind of customer, and the hub as it is.
//! Leaves: what was understood, what is wrong with it, who may be meant, and what is to be done.
//! Promises: what is found is what would be filed of the record if it came; nothing is saved; who
//! may not know others is told nothing of them.
//! Start reading in `gate.rs`; `decide.rs` is the policy.

mod wording;
mod decide;
mod gate;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod duplicates;

pub use decide::{decide, is_reason};
pub use gate::{Asked, EntryGate, kind_of, kinds_of};
pub use wording::message;
