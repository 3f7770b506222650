//! Checkpoints beside the writer: what changes wrote to the log is moved into the database on a
//! thread of its own, so that no change waits for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

use crate::error::Result;

/// After how many changes there is a checkpoint.
const CHANGES_PER_CHECKPOINT: u64 = 128;
/// From how many pages in the log on the writer does the rest of a checkpoint itself, so that the
/// log can begin anew: under a steady load the thread alone never catches up. The writer waits for
/// the disk then, so that it is seldom: with each quarter of a gigabyte.
const LOG_PAGES_MAX: u64 = 65_536;

/// How often the thread goes on with what was written to the log meanwhile: each time it is less,
/// and what is left in the end is the writer's to do.
const PASSES_MAX: usize = 4;
/// So few pages are left to the writer at once.
const PAGES_LEFT: u64 = 256;

/// A thread that makes checkpoints.
pub struct Checkpoints {
    path: PathBuf,
    changes: u64,
    /// How many pages the log had at the last checkpoint.
    log_pages: Arc<AtomicU64>,
    running: Option<Running>,
}

struct Running {
    wake: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// For the database of this file; the thread is started with the first checkpoint.
    pub fn new(path: &Path) -> Checkpoints {
        Checkpoints { path: path.into(), changes: 0, log_pages: Arc::default(), running: None }
    }

    /// A change was committed on this connection. It has happened, whatever comes of a checkpoint:
    /// one that fails is made another time.
    pub fn changed(&mut self, connection: &Connection) {
        self.changes += 1;
        if self.log_pages.load(Ordering::Relaxed) >= LOG_PAGES_MAX {
            // Nearly all pages are in the database already.
            self.log_pages.store(0, Ordering::Relaxed);
            let _ = passive(connection);
        } else if self.changes.is_multiple_of(CHANGES_PER_CHECKPOINT) {
            if self.running.is_none() {
                self.running = start(&self.path, &self.log_pages).ok();
            }
            if let Some(running) = &self.running {
                // When it is at work it will be woken another time.
                let _ = running.wake.try_send(());
            }
        }
    }

    /// Ends the thread.
    pub fn stop(&mut self) {
        if let Some(Running { wake, thread }) = self.running.take() {
            drop(wake);
            // It says nothing.
            let _ = thread.join();
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(path: &Path, log_pages: &Arc<AtomicU64>) -> Result<Running> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let log_pages = Arc::clone(log_pages);
    let (wake, woken) = sync_channel(1);
    let thread = std::thread::spawn(move || {
        for () in woken {
            for _ in 0..PASSES_MAX {
                let Ok(Log { pages, left }) = passive(&connection) else { break };
                log_pages.store(pages, Ordering::Relaxed);
                if left < PAGES_LEFT {
                    break;
                }
            }
        }
    });
    Ok(Running { wake, thread })
}

/// The log after a checkpoint: how many pages it has, and how many of them were not moved.
struct Log {
    pages: u64,
    left: u64,
}

/// Moves what can be moved without waiting for anybody.
fn passive(connection: &Connection) -> Result<Log> {
    let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
    Ok(connection.query_row(checkpoint, [], |row| {
        let [pages, moved] = [row.get::<_, i64>(1)?, row.get(2)?].map(|pages| pages.max(0) as u64);
        Ok(Log { pages, left: pages.saturating_sub(moved) })
    })?)
}
