//! Progress: tells a person how far long work is, and lets them stop it.

use karat_engine::matching::progress::Watch;

/// A stage of long work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Files are read.
    Read,
    /// Arrivals are compared with the journal and written to it; counted in bytes of files.
    Arrive,
    /// Records are standardised.
    Clean,
    /// A match model is learnt and records are matched.
    Match,
    /// Golden records are made and published.
    Publish,
    /// Rows are written to a file.
    Export,
    /// Rows are copied to another database.
    Migrate,
    /// The database looks itself through.
    Examine,
    /// What would be is compared with what is published.
    Compare,
    /// Entities are searched for.
    Search,
}

/// Watches long work from outside.
pub trait Progress: Sync {
    /// A stage begins; `total` is what it counts up to, 0 if that is not known.
    fn begin(&self, stage: Stage, total: u64);
    /// So much is done in the current stage, from its start.
    fn reached(&self, done: u64);
    /// The current stage is done.
    fn end(&self);
    /// Whether the person wants to stop.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn begin(&self, _: Stage, _: u64) {}
    fn reached(&self, _: u64) {}
    fn end(&self) {}
}

/// Tells how many of the records of a stage are matched, while one table of them is.
pub struct MatchingOf<'p> {
    /// Is told.
    pub progress: &'p dyn Progress,
    /// Records of tables before this one.
    pub before: u64,
    /// Records of this table.
    pub records: u64,
}

impl Watch for MatchingOf<'_> {
    fn reached(&self, share: f64) {
        self.progress.reached(self.before + (share * self.records as f64) as u64);
    }
    fn is_stopped(&self) -> bool {
        self.progress.is_stopped()
    }
}
