//! What the machine gives: clock and chance, as arguments.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use karat_model::record::Moment;

/// What the machine gives.
#[derive(Clone)]
pub struct Host {
    /// The time of day.
    pub now: Arc<dyn Fn() -> Moment + Send + Sync>,
    /// How long it is since some moment in the past; never goes back.
    pub elapsed: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Fills bytes with chance that nobody can foretell.
    pub chance: Arc<dyn Fn(&mut [u8]) + Send + Sync>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Host")
    }
}
