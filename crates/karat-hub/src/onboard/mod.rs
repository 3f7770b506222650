//! Onboarding: a file of a system that the hub does not know becomes a source.
//!
//! Arrives: a file that somebody uploads, and what they say its columns mean.
//! Leaves: what the columns seem to mean, a dry run under what was said, and in the end a source in
//! the folder of the hub.
//! Promises: nothing is loaded or published by it, and nothing that stands in the folder is written
//! over; an upload is whole or gone, and what a system delivers never comes into Git.
//! Start reading at [`Uploads`], then at [`Proposal`], [`Mapping`], [`DryRun`] and [`accept`].

mod upload;
mod uploads;
mod proposal;
mod mapping;
mod dry_run;
mod accept;
#[cfg(test)]
mod tests;

pub use accept::accept;
pub use dry_run::{DryFinding, DryRun, FailedCheck, NotTried};
pub use mapping::{Mapping, MappingMistake};
pub use proposal::{Because, Proposal, ProposedColumn};
pub use upload::{Upload, UploadId};
pub use uploads::{NotReceived, Receiving, UPLOAD_BYTES_MAX, Uploads};

/// How many rows of an upload are looked at, so that a long file takes no longer than a page may.
pub const ROWS_MAX: u64 = 20_000;
