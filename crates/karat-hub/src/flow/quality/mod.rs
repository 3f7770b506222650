//! Measures quality: every record and every customer is judged, and what fails is filed.
//!
//! Arrives: records as they were cleaned, customers as they were merged, what is known beyond them.
//! Leaves: per subject its verdicts, findings with their place, and tallies of all verdicts.
//! Promises: a load, a change and the entry gate judge by one function, under the day that is
//! stored; so what is stored is what judging everything anew would give.
//! Start reading in `judge.rs`, and for what sources deliver as a whole in `deliveries/mod.rs`.
//!
//! ```text
//! cleaned records ─► judge ─┐                       ┌─► verdicts, value keys
//!                           ├─► others have the ────┼─► findings, opened and closed by the store
//! merged customers ► judge ─┘   same value: again   └─► tallies ─► scorecards
//! ```

mod digest;
mod kept;
mod rules;
mod world;
mod judge;
mod tallies;
mod whole;
mod filing;
mod deliveries;

pub use deliveries::{
    Asked, Delivered, Deliveries, DeliveryWatch, JudgedDelivery, ToldDelivery, WrongDeliveries,
    announce_awaited, judge_deliveries, judge_deliveries_alone, take_deliveries,
};
pub use digest::DigestKey;
pub use filing::{Numbers, asked_key, held_key, is_below, stored_keys, value_of};
pub use judge::{Customer, Fault, Judge, Judged, JudgedAs, read_judged};
pub use kept::{Judging, Kept};
pub use rules::{ALIKE_RULE, DIMENSION_PREFIX, RuleAt, Rules, USE_PREFIX, VALUE_RULE};
pub use tallies::Tallies;
pub use whole::{Quality, attributes_meant};
pub use world::{Alone, World};
