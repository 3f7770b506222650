//! The repairs of a hub at work: what its steps do, what others would do, and which are worth it.
//!
//! Arrives: a hub with records, and a hub model with repair steps.
//! Leaves: how many records each step changes; what would be otherwise under other steps; steps that
//! accept what findings propose; the file of a source with steps added or taken out.
//! Promises: nothing is written but that file; what is told beforehand is what publishing does.
//! Start reading in `preview.rs`.

mod records;
mod list;
mod preview;
mod suggest;
mod file;
#[cfg(test)]
mod tests;

pub use file::{EditedFile, add, take_out};
pub use list::{ListedStep, list, list_under};
pub use preview::{ChangedValue, ColumnEffect, FindingEffect, Preview, preview};
pub use suggest::{SuggestedStep, suggest};
