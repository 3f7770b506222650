//! What whoever operates a hub does with it as a whole: verify, replay, publish, roll back.
//!
//! Arrives: a hub, and the wish to know or to mend something of all of it.
//! Leaves: what was found, by kind and with ids only; or everything that is derived, published anew.
//! Promises: the journal and the decisions are never touched; what is published is published whole.
//! Start reading in `verify.rs`; `meet.rs` is what all comparisons are made of.

pub mod meet;
pub mod verify;
mod feed;
mod judged;
pub mod replay;
pub mod rollback;
#[cfg(test)]
pub(crate) mod tests;
