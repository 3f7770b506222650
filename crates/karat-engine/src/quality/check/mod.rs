//! Judges records, customers, deliveries and definitions by the checks of a hub.
//!
//! Arrives: the [`Facts`] of a subject, and what is [`Known`] beyond it.
//! Leaves: the [`Verdicts`] of all checks, with the places where they fail.
//! Promises: pure and total; one function judges in loads, in changes and at entry, and the
//! same facts get the same verdicts, with a memo or without.
//! Start reading in `plan.rs`; each word has a file of its own in `requirement/`, all of one shape.

mod facts;
mod known;
mod verdicts;
mod usual;
mod stability;
mod delivery;
mod day;
mod value_key;
mod expression;
mod memo;
mod subject;
mod requirement;
mod plan;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod tests;

pub use delivery::{
    ColumnFacts, DeliveryFacts, DeliveryFault, DeliveryVerdict, Figure, ValueFacts, Wanted,
};
pub use facts::{Fact, Facts, MemberFact};
pub use known::{BEARERS_MAX, KeyRole, Known, Population, ValueKey};
pub use memo::CheckMemo;
pub use plan::{CheckNo, CheckPlan, ExpressionMistake, PlanId, RefTables, mistakes_of};
pub use stability::{Groups, VALUES_MIN, chance, stability, take_in, total};
pub use usual::{Feed, REMEMBERED, Sample};
pub use verdicts::{Failed, Verdicts};
