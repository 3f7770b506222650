//! Standardises the values of source records by their semantic type.
//!
//! Arrives: a source record, with what its columns mean.
//! Leaves: its claims (values as people should read them) and findings (what is wrong with them).
//! Promises: any text in, never a panic; cleaning a standardised value gives the same value.
//! Start reading in `plan.rs`; each semantic type has a file of its own, all of one shape.

mod folded;
mod output;
pub mod address;
pub mod email;
pub mod phone;
pub mod date;
pub mod iban;
pub mod kvk_number;
pub mod vat_number;
pub mod website;
pub mod number;
pub mod flag;
pub mod identifier;

pub use output::{Context, Output};
