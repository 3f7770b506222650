//! Jobs: long work on a whole hub, as somebody asks for it and hears of it.

use std::sync::Arc;

use karat_model::record::Moment;

use crate::flow::load::{LoadOptions, LoadReport, Published};
use crate::flow::progress::Stage;
use crate::operate::rollback::RolledBack;
use crate::what_if::WhatIf;

/// Does long work on a hub, one job at a time.
pub trait HubOperator: Send + Sync {
    /// Begins a job, and does not wait for it.
    fn begin(&self, job: Job, asked_by: &str) -> Result<JobNo, JobRefused>;

    /// The job that runs, or else the one that ended last; they are forgotten with the process.
    fn job(&self) -> Option<JobView>;

    /// Asks the job with this number to stop, if it runs; what it has not published is given up.
    fn stop(&self, no: JobNo);
}

/// The number of a job; they count up from 1 while a hub is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobNo(pub u64);

/// Long work that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Tell what publishing the folder of the hub would change.
    Preview {
        /// With a new match model.
        retrain: bool,
    },
    /// Publish what the folder of the hub says.
    Publish {
        /// Learn a new match model.
        retrain: bool,
        /// The fingerprint of the hub model whose effect was seen: of another, nothing is published.
        seen: Option<String>,
    },
    /// Publish an earlier release again.
    RollBack {
        /// Its number.
        to: u32,
        /// Give up what the folder says that was not published.
        discard: bool,
    },
    /// Read all sources, and publish what changed, under what the folder of the hub says.
    Load(LoadOptions),
}

/// A job, with how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    /// Its number.
    pub no: JobNo,
    /// What it does.
    pub job: Job,
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub asked_at: Moment,
    /// How far it is.
    pub state: JobState,
}

impl JobView {
    /// Whether it has not ended yet.
    pub fn is_running(&self) -> bool {
        matches!(self.state, JobState::Running { .. })
    }
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub enum JobState {
    /// It runs.
    Running {
        /// The stage it is in; `None` before the first and between two.
        stage: Option<StageReached>,
        /// Whether somebody asked it to stop.
        is_stopping: bool,
    },
    /// It is over.
    Ended {
        /// Since when.
        at: Moment,
        /// What came of it.
        result: Arc<Result<JobOutcome, JobFailure>>,
    },
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageReached {
    /// The stage.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// What it counts up to; 0 if that is not known.
    pub total: u64,
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobOutcome {
    /// What publishing would change.
    Previewed(Previewed),
    /// What was published; `None` when nothing had changed.
    Published(Option<Published>),
    /// What going back came to.
    RolledBack(RolledBack),
    /// What loading came to.
    Loaded(LoadReport),
}

/// What publishing would change, and publishing what.
#[derive(Clone, Debug, PartialEq)]
pub struct Previewed {
    /// What would change.
    pub effect: WhatIf,
    /// The fingerprint of the hub model that would be published.
    pub hub_model: String,
    /// The number of the release that was in force.
    pub release: u32,
}

/// Why a job came to nothing: ids and places, never personal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// Whether somebody stopped it.
    pub is_stopped: bool,
    /// What went wrong, and why that did.
    pub causes: Vec<String>,
    /// What to do next, if that is known.
    pub hint: Option<String>,
}

/// Why a job was not begun.
#[derive(Debug, thiserror::Error)]
pub enum JobRefused {
    /// One at a time.
    #[error("another job runs")]
    AnotherRuns(Box<JobView>),
    /// The hub is served no longer.
    #[error("the hub is being stopped")]
    Stopped,
    /// The machine gives no thread for it.
    #[error("the job could not be started")]
    NotStarted(#[source] Box<crate::error::Error>),
}
