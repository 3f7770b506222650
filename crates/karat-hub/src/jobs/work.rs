//! What each job does, and how it tells that it failed.

use std::error::Error as _;

use karat_model::record::Moment;

use crate::error::Error;
use crate::flow::progress::Progress;
use crate::hub::Hub;
use crate::hub_model::fingerprint;
use crate::view::{Job, JobFailure, JobOutcome, Previewed};

/// Does a job, under what the folder of the hub says now.
pub(super) fn done(
    hub: &Hub,
    job: &Job,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<JobOutcome, JobFailure> {
    let outcome = match job {
        Job::Preview { retrain } => preview(hub, *retrain, progress),
        Job::Publish { retrain, seen } => publish(hub, *retrain, seen.as_deref(), clock, progress),
        Job::RollBack { to, discard } => {
            let rolled = hub.roll_back(Some(*to), *discard, clock, progress);
            rolled.map(JobOutcome::RolledBack)
        }
        Job::Load(options) => {
            let loaded = hub.as_said_now().and_then(|hub| hub.load(*options, clock, progress));
            loaded.map(JobOutcome::Loaded)
        }
    };
    outcome.map_err(|error| failure(&error))
}

fn preview(hub: &Hub, retrain: bool, progress: &dyn Progress) -> Result<JobOutcome, Error> {
    let hub = hub.as_said_now()?;
    let release = hub.releases()?.last().map_or(0, |(release, _)| release.no);
    let effect = hub.what_if(hub.model(), retrain, progress)?;
    let hub_model = fingerprint(hub.model());
    Ok(JobOutcome::Previewed(Previewed { effect, hub_model, release }))
}

fn publish(
    hub: &Hub,
    retrain: bool,
    seen: Option<&str>,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<JobOutcome, Error> {
    let hub = hub.as_said_now()?;
    if seen.is_some_and(|seen| seen != fingerprint(hub.model())) {
        return Err(Error::ChangedSinceSeen { dir: hub.dir().into() });
    }
    Ok(JobOutcome::Published(hub.publish(retrain, clock, progress)?))
}

fn failure(error: &Error) -> JobFailure {
    let is_stopped = matches!(error, Error::Stopped | Error::Store(karat_store::Error::Stopped));
    let chain = std::iter::successors(error.source(), |&error| error.source());
    let causes = std::iter::once(error.to_string()).chain(chain.map(|error| error.to_string()));
    JobFailure { is_stopped, causes: causes.collect(), hint: error.hint() }
}

/// Of a job whose thread broke off.
pub(super) fn broken() -> JobFailure {
    let causes = vec!["the work broke off; nothing of it was published".to_string()];
    JobFailure { is_stopped: false, causes, hint: None }
}
