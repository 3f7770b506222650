//! Tells what is in customer files, without any configuration.
//!
//! Arrives: files that Karat has never seen.
//! Leaves: an [`Assessment`](assessment::Assessment): columns, quality, duplicates, what to fix.
//! Promises: nothing is kept, nothing is sent anywhere.
//! Start reading in `assessment.rs`.

pub mod assessment;
