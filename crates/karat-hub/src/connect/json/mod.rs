//! Reads JSON: documents and JSON lines.
//!
//! Arrives: a stream of text whose sample is in its window.
//! Leaves: rows; nested objects are flattened to dotted paths.
//! Promises: numbers keep the digits they were written with, and one broken object costs one row.
//! Start reading in `document.rs` or `lines.rs`; `outline.rs` finds the records, and `flatten.rs`
//! makes rows of them.

mod document;
mod flatten;
mod lines;
mod outline;

pub(super) use document::read as read_document;
pub use flatten::values_of;
pub(super) use lines::read as read_lines;
