//! Measures drift from time to time while a hub is served.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::alone::spawn_alone;
use crate::error::Error;
use crate::hub::Hub;
use crate::live::Clock;

/// Measures drift from time to time, on a thread of its own, until it is dropped.
pub struct DriftWatch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// When drift is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How long it waits before the first time.
    pub first: Duration,
    /// How long it waits from one time to the next.
    pub every: Duration,
}

impl Schedule {
    /// Every hour; first not while whoever started the hub waits for it.
    pub const HOURLY: Schedule =
        Schedule { first: Duration::from_secs(300), every: Duration::from_secs(3600) };
}

impl DriftWatch {
    /// Starts to measure a hub.
    pub fn start(hub: &Hub, schedule: Schedule, clock: Clock) -> Result<DriftWatch, Error> {
        let (stop, stopped) = channel::<()>();
        let hub = hub.clone();
        let work = move || {
            let mut wait = schedule.first;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                // What cannot be measured now is measured the next time.
                let _ = hub.measure_drift(&clock);
                wait = schedule.every;
            }
        };
        // One core at most, so that whoever asks or writes is not held up.
        let thread = spawn_alone("drift", work)?;
        Ok(DriftWatch { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for DriftWatch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
