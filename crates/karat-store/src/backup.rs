//! Backups: a hub as one file, taken while others write, and put back whole or not at all.
//!
//! ```text
//! karat.db, or PostgreSQL ──► FILE.part ──► FILE            what the hub held at one moment
//! FILE ──► karat.db.part ──► karat.db                        the old one stays until the last step
//! ```
//!
//! A backup is the SQLite file of a hub, whatever database the hub is kept in.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::migration::{Opened, copy_rows};
use crate::postgres::PostgresReader;
use crate::sql::Query;
use crate::sql::tables::TABLES;
use crate::sqlite::lock::HubLock;
use crate::sqlite::{SqliteReader, SqliteStore};
use crate::store::{Damage, Reader};

/// Is told how many rows are copied, of how many; 0 of 0 when that is not known.
type Watch<'a> = &'a mut dyn FnMut(u64, u64) -> Result<()>;

/// Writes all that a hub holds at one moment to a file that only its owner can read; gives its size
/// in bytes. Others may write meanwhile.
///
/// A file of this name is replaced, once the new one is whole.
pub fn backup(from: &Database, to: &Path, progress: Watch) -> Result<u64> {
    let part = Part::begin(to)?;
    match from {
        Database::Sqlite(path) => {
            progress(0, 0)?;
            drop(SqliteReader::open_reader(path)?);
            SqliteReader::copy(path, &part.path)?;
        }
        Database::Postgres(url) => {
            let reader = PostgresReader::open_reader(url)?;
            let mut file = SqliteStore::open_writer(&part.path)?;
            let mut filling = file.fill()?;
            reader.fixed(&mut || copy_rows(&reader, filling.as_mut(), progress).map(drop))?;
            filling.finish()?;
            file.close()?;
        }
    }
    part.finish()
}

/// Puts what a backup holds into a database; gives the number of its source records.
///
/// The backup is looked through first. A database that is not empty is only replaced when
/// `replace` says so; it stays as it was when anything fails.
pub fn restore(from: &Path, to: &Database, replace: bool, progress: Watch) -> Result<u64> {
    let records = examine(from)?;
    progress(0, 0)?;
    match to {
        Database::Sqlite(path) => {
            let part = Part::begin(path)?;
            SqliteReader::copy(from, &part.path)?;
            // One of an earlier version is brought to this one before anything is replaced.
            SqliteStore::open_writer(&part.path)?.close()?;
            let mut lock = HubLock::open(path)?;
            lock.take()?;
            if path.exists() {
                refuse_unless(replace, to, is_empty_file(path)?)?;
                SqliteReader::leave_alone(path)?;
            }
            // What is left is of a database that is lost or damaged; it would be taken for this one's.
            remove_logs(path)?;
            part.finish()?;
        }
        Database::Postgres(_) => {
            let copy = Part::begin(&std::path::absolute(from).map_err(failed(from))?)?;
            SqliteReader::copy(from, &copy.path)?;
            let file = SqliteStore::open_writer(&copy.path)?;
            let mut target = Opened::open(to)?;
            refuse_unless(replace, to, target.is_empty()?)?;
            let mut filling = target.fill()?;
            for table in TABLES.iter().rev() {
                filling.clear(table)?;
            }
            copy_rows(file.query(), filling.as_mut(), progress)?;
            filling.finish()?;
            target.close()?;
        }
    }
    Ok(records)
}

/// Looks a backup through: it must be the database of a hub, of a version that is known, and whole.
fn examine(file: &Path) -> Result<u64> {
    let damaged = |what| Error::DamagedBackup { database: file.display().to_string(), what };
    let looked_through = SqliteReader::open_reader(file)
        .and_then(|reader| Ok((reader.damages()?, reader.counts()?.records)));
    let (damages, records) = looked_through.map_err(|error| match error {
        Error::Database(error) => damaged(error.to_string()),
        error => error,
    })?;
    match damages.into_iter().next() {
        None => Ok(records),
        Some(Damage::Page(what)) => Err(damaged(what)),
        Some(Damage::Reference { column, .. }) => {
            Err(damaged(format!("{column} refers to what is not there")))
        }
    }
}

fn refuse_unless(replace: bool, to: &Database, is_empty: bool) -> Result<()> {
    let is_free = replace || is_empty;
    if is_free { Ok(()) } else { Err(Error::NotEmpty { database: to.to_string() }) }
}

/// Whether a file is the database of a hub without anything in it; something else is not.
fn is_empty_file(path: &Path) -> Result<bool> {
    let reader = match SqliteReader::open_reader(path) {
        Ok(reader) => reader,
        Err(Error::Missing { .. }) => return Ok(true),
        // Whatever it is, it must be asked for to be replaced.
        Err(Error::NotAHub { .. } | Error::Newer { .. } | Error::Database(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    for table in &TABLES {
        if table.count(&reader)? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A file in the making, beside the one that it becomes; gone when it does not.
struct Part {
    path: PathBuf,
    becomes: PathBuf,
}

impl Part {
    fn begin(becomes: &Path) -> Result<Part> {
        let part = Part { path: beside(becomes, ".part"), becomes: becomes.into() };
        part.remove();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&part.path).map_err(failed(&part.path))?;
        Ok(part)
    }

    /// Gives it its name, once it is on the disk; tells its size.
    fn finish(self) -> Result<u64> {
        let file = File::open(&self.path).map_err(failed(&self.path))?;
        file.sync_all().map_err(failed(&self.path))?;
        let size = file.metadata().map_err(failed(&self.path))?.len();
        std::fs::rename(&self.path, &self.becomes).map_err(failed(&self.becomes))?;
        let folder = self.becomes.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        #[cfg(unix)]
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
        Ok(size)
    }

    fn remove(&self) {
        for ending in ["", ".lock"] {
            // What is not there need not be removed.
            let _ = std::fs::remove_file(beside(&self.path, ending));
        }
        let _ = remove_logs(&self.path);
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Removes what a database keeps beside its file while it is written.
fn remove_logs(database: &Path) -> Result<()> {
    for ending in ["-wal", "-shm", "-journal"] {
        let log = beside(database, ending);
        match std::fs::remove_file(&log) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&log)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// A path with something behind its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File { path, source }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::contract::{deliver_people, entity, publish};
    use crate::store::Store;

    fn watch() -> impl FnMut(u64, u64) -> Result<()> {
        |_, _| Ok(())
    }

    /// A hub with some people in it.
    fn fill(database: &Database, people: u64) -> Box<dyn Store> {
        let mut store = database.open_writer().unwrap();
        deliver_people(store.as_mut(), people);
        publish(store.as_mut(), &[entity('a', "Ede", &[1])]).unwrap();
        store
    }

    fn records(database: &Database) -> u64 {
        database.open_reader().unwrap().counts().unwrap().records
    }

    /// The names of the files in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_backed_up_comes_back_in_either_database() {
        let url = || Database::Postgres(karat_test_postgres::empty_schema().parse().unwrap());
        for is_postgres in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            let first = if is_postgres { url() } else { Database::Sqlite(path("first.db")) };
            let store = fill(&first, 3);
            let size = backup(&first, &path("backup"), &mut watch()).unwrap();
            drop(store);
            assert_eq!(fs::metadata(path("backup")).unwrap().len(), size);
            #[cfg(unix)]
            {
                let mode = fs::metadata(path("backup")).unwrap().permissions();
                assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
            }
            // The backup is a hub like any other.
            assert_eq!(records(&Database::Sqlite(path("backup"))), 3);

            for other in [Database::Sqlite(path("other.db")), url()] {
                fill(&other, 5).close().unwrap();
                let refused = restore(&path("backup"), &other, false, &mut watch());
                assert!(matches!(refused, Err(Error::NotEmpty { .. })));
                assert_eq!(records(&other), 5);
                assert_eq!(restore(&path("backup"), &other, true, &mut watch()).unwrap(), 3);
                assert_eq!(records(&other), 3);
                let hits = other.open_reader().unwrap().search("ede", 9).unwrap();
                assert_eq!(hits.len(), 1);
                // What was restored can be written on.
                fill(&other, 9).close().unwrap();
                assert_eq!(records(&other), 9);
            }
            for empty in [Database::Sqlite(path("empty.db")), url()] {
                restore(&path("backup"), &empty, false, &mut watch()).unwrap();
                assert_eq!(records(&empty), 3);
            }
            assert!(!names(folder.path()).iter().any(|name| name.contains(".part")));
        }
    }

    #[test]
    fn a_backup_shows_one_moment_while_another_writes() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        let mut store = fill(&database, 100);
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut people = 100;
                while !is_done.load(Ordering::Relaxed) {
                    people += 50;
                    deliver_people(store.as_mut(), people);
                    publish(store.as_mut(), &[entity('a', &format!("Ede {people}"), &[1])])
                        .unwrap();
                }
            });
            let mut before = 100;
            for round in 0..8 {
                let file = folder.path().join(format!("backup {round}"));
                backup(&database, &file, &mut watch()).unwrap();
                let count = examine(&file).unwrap();
                assert!(count >= before && count.is_multiple_of(50), "{count} after {before}");
                before = count;
            }
            is_done.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn what_is_no_whole_hub_is_not_restored() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let database = Database::Sqlite(path("karat.db"));
        fill(&database, 400).close().unwrap();
        backup(&database, &path("backup"), &mut watch()).unwrap();
        let bytes = fs::read(path("backup")).unwrap();
        fs::write(path("cut"), &bytes[..bytes.len() / 2]).unwrap();
        let mut torn = bytes.clone();
        let middle = bytes.len() / 2;
        torn[middle..middle + 4096].fill(0xff);
        fs::write(path("torn"), torn).unwrap();
        fs::write(path("notes"), "some notes ".repeat(999)).unwrap();
        fs::write(path("later"), &bytes).unwrap();
        let later = rusqlite::Connection::open(path("later")).unwrap();
        later.pragma_update(None, "user_version", 1000).unwrap();
        drop(later);
        fs::write(path("lost"), &bytes).unwrap();
        let lost = rusqlite::Connection::open(path("lost")).unwrap();
        lost.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM record WHERE record_no = 1")
            .unwrap();
        drop(lost);
        let before = names(folder.path());
        for (name, expected) in [
            ("cut", "damaged"),
            ("torn", "damaged"),
            ("notes", "is not the database of a hub"),
            ("later", "version 1000"),
            ("lost", "refers to what is not there"),
            ("nowhere", "there is no hub database"),
        ] {
            let error = restore(&path(name), &database, true, &mut watch()).unwrap_err();
            assert!(error.to_string().contains(expected), "{name}: {error}");
            assert_eq!(records(&database), 400, "the old one stays");
        }
        assert_eq!(names(folder.path()), before);
    }

    #[test]
    fn a_hub_that_is_in_use_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        let file = folder.path().join("backup");
        let store = fill(&database, 3);
        backup(&database, &file, &mut watch()).unwrap();
        let written = restore(&file, &database, true, &mut watch());
        assert!(matches!(written, Err(Error::Locked { .. })));
        store.close().unwrap();
        let reader = database.open_reader().unwrap();
        let read = restore(&file, &database, true, &mut watch());
        assert!(matches!(read, Err(Error::InUse { .. })));
        assert_eq!(reader.counts().unwrap().records, 3);
        drop(reader);
        assert!(restore(&file, &database, true, &mut watch()).is_ok());
        // It can be used as before.
        fill(&database, 4).close().unwrap();
    }

    #[test]
    fn what_a_killed_writer_left_in_its_log_is_not_mixed_with_what_is_restored() {
        // The log of a database that was lost or damaged was taken for that of the restored one.
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let file = path("backup");
        let three = Database::Sqlite(path("three.db"));
        fill(&three, 3).close().unwrap();
        backup(&three, &file, &mut watch()).unwrap();

        let store = fill(&Database::Sqlite(path("killed.db")), 400);
        for (name, rest) in [("lost.db", None), ("damaged.db", Some("some notes ".repeat(999)))] {
            fs::copy(path("killed.db-wal"), beside(&path(name), "-wal")).unwrap();
            if let Some(rest) = rest {
                fs::write(path(name), rest).unwrap();
            }
            let database = Database::Sqlite(path(name));
            assert_eq!(restore(&file, &database, true, &mut watch()).unwrap(), 3);
            assert_eq!(records(&database), 3, "{name}");
            assert_eq!(database.open_reader().unwrap().damages().unwrap(), []);
        }
        store.close().unwrap();
    }

    #[test]
    fn a_backup_that_is_stopped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        fill(&database, 3).close().unwrap();
        let before = names(folder.path());
        let file = folder.path().join("backup");
        let stopped = backup(&database, &file, &mut |_, _| Err(Error::Stopped));
        assert!(matches!(stopped, Err(Error::Stopped)));
        assert_eq!(names(folder.path()), before);
    }
}
