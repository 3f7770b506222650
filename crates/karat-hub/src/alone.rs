//! Threads that work alone.

use std::thread::JoinHandle;

use crate::error::Error;

/// Starts a thread whose work stays on it, also where the engine would share it out.
pub fn spawn_alone<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Error> {
    let thread = std::thread::Builder::new().name(name.into());
    let thread = thread.spawn(|| {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
        match alone.build() {
            Ok(alone) => alone.install(work),
            Err(_) => work(),
        }
    });
    thread.map_err(Error::Thread)
}
