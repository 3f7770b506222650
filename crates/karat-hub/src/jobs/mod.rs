//! Jobs: long work on a hub that is served, on a thread of its own beside the changes.
//!
//! Arrives: what somebody asks for: a preview, a publication, a rollback, a load.
//! Leaves: how far it is while it runs, and what came of it, until the next one.
//! Promises: one runs at a time; it takes turns with the changes as a command of another process
//! does; whoever stops it finds the hub as it was, and stopping the hub stops it.
//! Start reading at [`Jobs`].

mod meter;
mod work;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use karat_model::record::Moment;

use crate::alone::spawn_alone;
use crate::hub::Hub;
use crate::view::{HubOperator, Job, JobFailure, JobNo, JobOutcome, JobRefused, JobState, JobView};
use meter::Meter;

/// Tells the time, to several threads.
pub type SharedClock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The jobs of a hub that is served.
pub struct Jobs {
    hub: Hub,
    clock: SharedClock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The job that runs, or that ended last.
    last: Option<Begun>,
    /// Whether no more are begun.
    is_closed: bool,
}

/// A job that was begun.
struct Begun {
    no: JobNo,
    job: Job,
    asked_by: String,
    asked_at: Moment,
    meter: Arc<Meter>,
    ended: Arc<OnceLock<Ended>>,
    thread: Option<JoinHandle<()>>,
}

/// When a job ended, and what came of it.
type Ended = (Moment, Arc<Result<JobOutcome, JobFailure>>);

impl Jobs {
    /// Takes jobs for a hub.
    pub fn new(hub: &Hub, clock: SharedClock) -> Jobs {
        Jobs { hub: hub.clone(), clock, state: Mutex::default() }
    }

    /// Takes no more jobs, stops the one that runs, and returns when it has ended.
    pub fn close(&self) {
        let thread = {
            let mut state = self.state();
            state.is_closed = true;
            state.last.as_mut().and_then(|begun| {
                begun.meter.stop();
                begun.thread.take()
            })
        };
        if let Some(thread) = thread {
            // One that panicked has told why; what it did was not committed.
            let _ = thread.join();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, no: JobNo, job: Job, asked_by: &str) -> Result<Begun, JobRefused> {
        let (meter, ended) = (Arc::new(Meter::default()), Arc::new(OnceLock::new()));
        let (hub, clock) = (self.hub.clone().on_behalf_of(asked_by), self.clock.clone());
        let asked_at = clock();
        let (asked, watched, told) = (job.clone(), meter.clone(), ended.clone());
        let work = move || {
            let result = work::done(&hub, &asked, &*clock, watched.as_ref());
            // It is set here alone.
            let _ = told.set((clock(), Arc::new(result)));
        };
        // One core at most, so that whoever asks or writes is not held up.
        let thread = spawn_alone("job", work);
        let thread = thread.map_err(|error| JobRefused::NotStarted(Box::new(error)))?;
        let (asked_by, thread) = (asked_by.to_string(), Some(thread));
        Ok(Begun { no, job, asked_by, asked_at, meter, ended, thread })
    }
}

impl HubOperator for Jobs {
    fn begin(&self, job: Job, asked_by: &str) -> Result<JobNo, JobRefused> {
        let mut state = self.state();
        if state.is_closed {
            return Err(JobRefused::Stopped);
        }
        let running = state.last.as_ref().map(Begun::view).filter(JobView::is_running);
        if let Some(running) = running {
            return Err(JobRefused::AnotherRuns(Box::new(running)));
        }
        let no = JobNo(state.last.as_ref().map_or(1, |last| last.no.0 + 1));
        state.last = Some(self.start(no, job, asked_by)?);
        Ok(no)
    }

    fn job(&self) -> Option<JobView> {
        self.state().last.as_ref().map(Begun::view)
    }

    fn stop(&self, no: JobNo) {
        if let Some(begun) = self.state().last.as_ref().filter(|begun| begun.no == no) {
            begun.meter.stop();
        }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.close();
    }
}

impl Begun {
    fn view(&self) -> JobView {
        let (no, job, asked_by) = (self.no, self.job.clone(), self.asked_by.clone());
        JobView { no, job, asked_by, asked_at: self.asked_at, state: self.state() }
    }

    fn state(&self) -> JobState {
        let has_thread_ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        match self.ended.get() {
            Some((at, result)) => JobState::Ended { at: *at, result: result.clone() },
            None if has_thread_ended => {
                let result = Arc::new(Err(work::broken()));
                JobState::Ended { at: self.asked_at, result }
            }
            None => {
                let is_stopping = self.meter.is_told_to_stop();
                JobState::Running { stage: self.meter.stage(), is_stopping }
            }
        }
    }
}
