//! What happens to a hub that lives: failures, growth from nothing, what people find out, new days.
//!
//! Start reading in `failing.rs`: whatever fails, what is done is whole.

mod confirming;
mod failing;
mod growing;
