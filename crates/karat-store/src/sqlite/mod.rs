//! SQLite, the embedded database.
//!
//! Calls of [`Store`](crate::Store) and [`Reader`](crate::Reader) arrive, rows leave.
//! The database file appears in the hub's folder, beside it a lock file and the write-ahead log.
//! There is one writer and any number of readers; readers see the last commit and are never
//! blocked; deleted values are overwritten, and leave the log when the writer closes.
//! Start reading at `schema_1.sql`, then at [`SqliteStore::open_writer`].

mod schema;
mod convert;
mod journal;
mod publication;
mod search;
mod reading;

use std::cell::RefCell;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use karat_model::id::SourceName;
use karat_model::record::{Moment, Quarantined};
use rusqlite::{Connection, OpenFlags};

use crate::arrival::{Arrival, Outcome};
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::number::{LoadNo, RowNo};
use crate::store::{Publication, Reader, Store};
use search::CachedVocabulary;

/// Settings of every connection; `secure_delete` overwrites what is deleted.
///
/// Foreign keys are there to be read: a record and its arrival point at each other, and checking
/// each of millions of rows costs much. The tests check them all.
const SETTINGS: &str = "
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = OFF;
";

/// Settings of the writer.
///
/// NORMAL does not wait for the disk at every commit: a power failure may then take the last
/// commits, in order, and leaves the database whole. They are part of a load that was not
/// acknowledged, and the sources can deliver it again; [`Store::finish_load`] does wait.
const WRITER_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -131072;
";

/// Settings of readers.
const READER_SETTINGS: &str = "
    PRAGMA query_only = ON;
    PRAGMA cache_size = -16384;
    PRAGMA mmap_size = 1073741824;
";

/// The statements that are kept ready; more than there are.
const STATEMENTS_MAX: usize = 64;

/// A handle that reads a hub, also while another writes it.
pub struct SqliteReader {
    connection: Connection,
    vocabulary: RefCell<CachedVocabulary>,
}

/// The one handle that writes a hub.
pub struct SqliteStore {
    reader: SqliteReader,
    /// Locked for as long as it is open, also when the process dies.
    _lock: File,
}

impl SqliteReader {
    /// Opens the database of a hub for reading.
    pub fn open_reader(path: &Path) -> Result<SqliteReader> {
        if !path.exists() {
            return Err(Error::Missing { path: path.into() });
        }
        // Not read-only: a reader that comes after a crash must replay the write-ahead log.
        let reader = SqliteReader::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::check(&reader.connection, path)?;
        reader.connection.execute_batch(READER_SETTINGS)?;
        Ok(reader)
    }

    fn open(path: &Path, flags: OpenFlags) -> Result<SqliteReader> {
        let connection =
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        connection.execute_batch(SETTINGS)?;
        Ok(SqliteReader { connection, vocabulary: RefCell::default() })
    }
}

impl SqliteStore {
    /// Opens the database of a hub for writing, or makes it; its folder must be there.
    pub fn open_writer(path: &Path) -> Result<SqliteStore> {
        let lock = lock(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut reader = SqliteReader::open(path, flags)?;
        schema::migrate(&mut reader.connection, path)?;
        reader.connection.execute_batch(WRITER_SETTINGS)?;
        Ok(SqliteStore { reader, _lock: lock })
    }

    /// Ends writing; the write-ahead log is emptied, so that nothing deleted stays in it.
    pub fn close(self) -> Result<()> {
        self.checkpoint()
    }

    /// Moves what the write-ahead log holds into the database, waits for the disk, and empties it.
    ///
    /// A reader in the middle of a long visit keeps the log; then the next checkpoint does it.
    fn checkpoint(&self) -> Result<()> {
        self.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn connection(&self) -> &Connection {
        &self.reader.connection
    }
}

/// Locks the hub for one writer.
fn lock(path: &Path) -> Result<File> {
    let mut lock_path = PathBuf::from(path).into_os_string();
    lock_path.push(".lock");
    let lock_path = PathBuf::from(lock_path);
    let failed = |source| Error::Lock { path: lock_path.clone(), source };
    let file = File::options().create(true).append(true).open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::Locked { hub: path.parent().unwrap_or(path).into() })
        }
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

impl Store for SqliteStore {
    fn reader(&self) -> &dyn Reader {
        &self.reader
    }

    fn begin_load(&mut self, started_at: Moment) -> Result<LoadNo> {
        journal::begin_load(self.connection(), started_at)
    }

    fn delivery(
        &mut self,
        load: LoadNo,
        source: &SourceName,
        columns: &[String],
    ) -> Result<Delivery> {
        journal::delivery(&mut self.reader.connection, load, source, columns)
    }

    fn append(
        &mut self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>> {
        journal::append(&mut self.reader.connection, delivery, arrivals)
    }

    fn delete_absent(
        &mut self,
        delivery: &Delivery,
        observed_at: Option<Moment>,
        seen: &dyn Fn(RowNo) -> bool,
    ) -> Result<u64> {
        journal::delete_absent(&mut self.reader.connection, delivery, observed_at, seen)
    }

    fn quarantine(&mut self, delivery: &Delivery, rows: &[Quarantined]) -> Result<()> {
        journal::quarantine(&mut self.reader.connection, delivery, rows)
    }

    fn publish(
        &mut self,
        load: LoadNo,
        write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
    ) -> Result<()> {
        publication::publish(&mut self.reader.connection, load, write)
    }

    fn finish_load(&mut self, load: LoadNo, finished_at: Moment, report: &str) -> Result<()> {
        journal::finish_load(self.connection(), load, finished_at, report)?;
        self.checkpoint()
    }
}
