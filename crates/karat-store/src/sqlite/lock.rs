//! The turn to write: a lock on a file beside the database, which a killed process cannot keep.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::shown;
use crate::error::{Error, Result};

/// How often a load looks whether it is its turn: changes take milliseconds, another load takes
/// minutes.
const LOOKS_MAX: u32 = 2000;
/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(1);

/// The lock of a hub.
pub struct HubLock {
    file: File,
    path: PathBuf,
    hub: String,
    is_held: bool,
}

impl HubLock {
    /// Opens the lock of the hub with this database, and takes nothing.
    pub fn open(database: &Path) -> Result<HubLock> {
        let mut path = PathBuf::from(database).into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        let failed = |source| Error::Lock { path: path.clone(), source };
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        let hub = shown(database.parent().unwrap_or(database));
        Ok(HubLock { file, path, hub, is_held: false })
    }

    /// Takes the turn, unless it is taken already; fails when another keeps it.
    pub fn take(&mut self) -> Result<()> {
        let mut looks = 0;
        while !self.is_held {
            match self.file.try_lock() {
                Ok(()) => self.is_held = true,
                Err(TryLockError::WouldBlock) if looks < LOOKS_MAX => {
                    looks += 1;
                    std::thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::Locked { hub: self.hub.clone() });
                }
                Err(TryLockError::Error(source)) => return Err(self.failed(source)),
            }
        }
        Ok(())
    }

    /// Waits for the turn, however long that takes; tells whether it was not taken already.
    pub fn wait(&mut self) -> Result<bool> {
        if self.is_held {
            return Ok(false);
        }
        self.file.lock().map_err(|source| self.failed(source))?;
        self.is_held = true;
        Ok(true)
    }

    /// Whether another has the turn now.
    pub fn is_taken(&mut self) -> Result<bool> {
        if self.is_held {
            return Ok(false);
        }
        match self.file.try_lock() {
            Ok(()) => self.release().map(|()| false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => Err(self.failed(source)),
        }
    }

    /// Gives the turn to another.
    pub fn release(&mut self) -> Result<()> {
        self.is_held = false;
        self.file.unlock().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> Error {
        Error::Lock { path: self.path.clone(), source }
    }
}
