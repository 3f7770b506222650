//! Feedback: findings go to whoever answers for the source, and come back mended.
//!
//! Arrives: findings that records of a source have, as they are filed.
//! Leaves: work lists and webhooks for the owner of the source, the state of each finding, and how
//! much of what was sent came back right.
//! Promises: what was sent is journaled, so that it is sent once; a finding is verified by a later
//! arrival of its record alone, never by a person.
//! Start reading in `states.rs`.

pub mod states;
pub mod follow_up;
pub mod figures;
pub mod work_item;
pub mod work_list;
pub mod webhook;
pub mod dispatch;
#[cfg(test)]
mod tests;

pub use dispatch::{Dispatched, Receiver, dispatch};
pub use figures::SourceFeedback;
pub use states::FeedbackState;
pub use work_item::WorkItem;
