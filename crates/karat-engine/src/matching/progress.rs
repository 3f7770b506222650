//! Progress: tells how far matching is, and lets whoever watches stop it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Watches matching from outside; any thread may tell it something.
pub trait Watch: Sync {
    /// This share of the work is done, from 0 to 1.
    fn reached(&self, share: f64);
    /// Whether to stop.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn reached(&self, _: f64) {}
}

/// Whoever watched wanted to stop: there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// How far the whole of matching is.
#[derive(Clone, Copy)]
pub struct Progress<'w> {
    watch: &'w dyn Watch,
    reached: f64,
}

impl<'w> Progress<'w> {
    /// Nothing is done yet.
    pub fn start(watch: &'w dyn Watch) -> Progress<'w> {
        Progress { watch, reached: 0.0 }
    }

    /// This share of the whole is done.
    pub fn reach(&mut self, share: f64) {
        self.reached = share;
        self.watch.reached(share);
    }

    /// The part of the work until this share of the whole, divided into so many units.
    pub fn part(&mut self, until: f64, units: u64) -> Part<'w> {
        let from = std::mem::replace(&mut self.reached, until);
        Part { watch: self.watch, from, until, units: units.max(1), done: AtomicU64::new(0) }
    }
}

/// A part of the work, at which several threads are busy.
pub struct Part<'w> {
    watch: &'w dyn Watch,
    from: f64,
    until: f64,
    units: u64,
    done: AtomicU64,
}

impl Part<'_> {
    /// So many more units are done.
    pub fn advance(&self, units: u64) -> Result<(), Stopped> {
        let done = self.done.fetch_add(units, Ordering::Relaxed) + units;
        let share = (done as f64 / self.units as f64).min(1.0);
        self.watch.reached(self.from + share * (self.until - self.from));
        if self.watch.is_stopped() { Err(Stopped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Stops at a share, and remembers what it was told.
    struct StopsAt(f64, Mutex<Vec<f64>>);

    impl Watch for StopsAt {
        fn reached(&self, share: f64) {
            self.1.lock().unwrap().push(share);
        }
        fn is_stopped(&self) -> bool {
            self.1.lock().unwrap().last().is_some_and(|reached| *reached >= self.0)
        }
    }

    #[test]
    fn parts_follow_each_other() {
        let watch = StopsAt(0.9, Mutex::default());
        let mut progress = Progress::start(&watch);
        progress.reach(0.5);
        let part = progress.part(1.0, 10);
        assert_eq!(part.advance(5), Ok(()));
        assert_eq!(part.advance(5), Err(Stopped));
        assert_eq!(*watch.1.lock().unwrap(), [0.5, 0.75, 1.0]);
    }
}
