//! How far a job is, as its own thread tells it and others read it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::flow::progress::{Progress, Stage};
use crate::view::StageReached;

/// How far a job is, and whether it is to stop.
#[derive(Default)]
pub(super) struct Meter {
    /// The stage, and what it counts up to.
    stage: Mutex<Option<(Stage, u64)>>,
    done: AtomicU64,
    is_stopped: AtomicBool,
}

impl Meter {
    /// Tells the job to stop.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the job was told to stop.
    pub fn is_told_to_stop(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// The stage it is in, and how far that is.
    pub fn stage(&self) -> Option<StageReached> {
        let (stage, total) = (*self.stage.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(StageReached { stage, done: self.done.load(Ordering::Relaxed), total })
    }

    fn enter(&self, stage: Option<(Stage, u64)>) {
        let mut known = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        self.done.store(0, Ordering::Relaxed);
        *known = stage;
    }
}

impl Progress for Meter {
    fn begin(&self, stage: Stage, total: u64) {
        self.enter(Some((stage, total)));
    }

    fn reached(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    fn end(&self) {
        self.enter(None);
    }

    fn is_stopped(&self) -> bool {
        self.is_told_to_stop()
    }
}
