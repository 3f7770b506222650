//! Bringing the texts that wait into the index, a part with each change.
//!
//! Texts go into the index some thousands at a time, as they share its pages. That takes a third of a
//! second, for which no change should wait. So each change files a part, term by term, and the texts
//! wait until the last part is written; searches take those that they find twice once.
//!
//! What was filed of texts is kept in memory only. A server that ends meanwhile, or another one,
//! files them from the start: the index takes what it has already once.

use std::vec::IntoIter;

use super::writer::{IndexTables, add_to_buckets, add_to_words};
use super::{Bucket, PendingPostings};
use crate::error::{Error, Result};

/// From how many entities on texts no longer wait.
const WAITING_MAX: u64 = 8192;
/// How many texts are read with a change.
const TEXTS_PER_CHANGE: usize = 256;
/// How many rows of the index are written with a change.
const ROWS_PER_CHANGE: usize = 512;

/// The texts that are on their way into the index.
#[derive(Default)]
pub struct Filing {
    batch: Option<Batch>,
    /// Whether a part was filed that may not be committed.
    is_open: bool,
}

/// Texts that go into the index together.
struct Batch {
    /// The number of the entity whose text waits longest.
    first: u64,
    /// The last of which the text was read.
    last: u64,
    is_read: bool,
    pending: PendingPostings,
    codes: IntoIter<(u64, Bucket)>,
    words: IntoIter<(String, Vec<u64>)>,
}

impl Filing {
    /// Files a part of the texts that wait, if there are enough; the last of them is that of this
    /// entity.
    pub fn go_on(&mut self, last: u64, tables: &mut dyn IndexTables) -> Result<()> {
        let first = tables.first_waiting()?.unwrap_or(last);
        // What was not committed is filed again; what another server filed waits no longer.
        let is_known = |batch: &Batch| batch.first == first && !self.is_open;
        let batch = self.batch.take().filter(is_known);
        let batch = batch.or_else(|| (last - first >= WAITING_MAX).then(|| Batch::new(first)));
        self.is_open = batch.is_some();
        if let Some(mut batch) = batch {
            let is_filed = batch.file(tables)?;
            self.batch = (!is_filed).then_some(batch);
        }
        Ok(())
    }

    /// What was filed is committed.
    pub fn committed(&mut self) {
        self.is_open = false;
    }
}

impl Batch {
    fn new(first: u64) -> Batch {
        Batch {
            first,
            last: 0,
            is_read: false,
            pending: PendingPostings::default(),
            codes: Vec::new().into_iter(),
            words: Vec::new().into_iter(),
        }
    }

    /// Goes on by a part; whether that was the last.
    fn file(&mut self, tables: &mut dyn IndexTables) -> Result<bool> {
        if !self.is_read {
            self.read(tables)?;
            return Ok(false);
        }
        let mut codes: Vec<_> = self.codes.by_ref().take(ROWS_PER_CHANGE).collect();
        if !codes.is_empty() {
            add_to_buckets(&mut codes, tables, false)?;
            return Ok(false);
        }
        let mut words: Vec<_> = self.words.by_ref().take(ROWS_PER_CHANGE).collect();
        if !words.is_empty() {
            add_to_words(&mut words, tables, false, true)?;
            return Ok(false);
        }
        tables.forget_waiting(self.last)?;
        Ok(true)
    }

    /// Reads some texts; all that are there by then belong to the batch.
    fn read(&mut self, tables: &mut dyn IndexTables) -> Result<()> {
        let texts = tables.waiting(self.last, TEXTS_PER_CHANGE)?;
        for (entity_no, text) in &texts {
            self.pending.add(*entity_no, text);
            self.last = *entity_no;
        }
        self.is_read = texts.len() < TEXTS_PER_CHANGE;
        if self.is_read {
            let (mut codes, mut words) = (Vec::new(), Vec::new());
            self.pending.drain_codes(|bucket, entries| {
                codes.push((bucket, entries.to_vec()));
                Ok::<(), Error>(())
            })?;
            self.pending.drain_words(|word, entity_nos| {
                words.push((word.into(), entity_nos.to_vec()));
                Ok::<(), Error>(())
            })?;
            (self.codes, self.words) = (codes.into_iter(), words.into_iter());
        }
        Ok(())
    }
}
