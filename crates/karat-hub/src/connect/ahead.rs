//! Reads ahead: the next batches are read on a thread of their own while one is taken.

use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use karat_model::hub_model::Format;

use super::batch::{Batch, Sink};
use super::{Summary, read_first};
use crate::error::Error;

/// How many batches wait to be taken: few, for they are in memory.
const BATCHES_AHEAD: usize = 2;

/// Reads as [`read`](super::read) does; the sink gets the same batches in the same order.
pub fn read_ahead(
    files: &[PathBuf],
    format: &Format,
    sink: &mut Sink<'_>,
) -> Result<Summary, Error> {
    read_first_ahead(files, format, u64::MAX, sink)
}

/// Reads as [`read_first`] does; the sink gets the same batches in the same order.
pub fn read_first_ahead(
    files: &[PathBuf],
    format: &Format,
    rows_max: u64,
    sink: &mut Sink<'_>,
) -> Result<Summary, Error> {
    std::thread::scope(|scope| {
        let (reading, batches) = sync_channel::<Batch>(BATCHES_AHEAD);
        let reader = scope.spawn(move || {
            // Nobody takes a batch any more when the sink refused one.
            let send = &mut |batch| reading.send(batch).map_err(|_| Error::Stopped);
            read_first(files, format, rows_max, send)
        });
        let taken = batches.iter().try_for_each(sink);
        drop(batches);
        let summary = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and(summary)
    })
}
