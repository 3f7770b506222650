//! Clock and chance of this machine, for the server.

use std::sync::Arc;
use std::time::Instant;

use karat_server::serving::Host;

use crate::commands::now;

/// Clock and chance of this machine.
pub fn host() -> Host {
    let began = Instant::now();
    Host {
        now: Arc::new(now),
        elapsed: Arc::new(move || began.elapsed()),
        chance: Arc::new(|bytes| {
            // Without chance there are no secrets, and nothing should go on.
            getrandom::fill(bytes).expect("the operating system gives chance");
        }),
    }
}
