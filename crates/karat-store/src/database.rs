//! Where a hub is kept: in a file, or in a PostgreSQL database.

use std::fmt;
use std::path::PathBuf;

use crate::error::Result;
use crate::postgres::{PostgresReader, PostgresStore, PostgresUrl};
use crate::sqlite::{SqliteReader, SqliteStore};
use crate::store::{Reader, Store};

/// Where a hub is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// In an SQLite file; its folder must be there.
    Sqlite(PathBuf),
    /// In a PostgreSQL database.
    Postgres(PostgresUrl),
}

impl Database {
    /// Opens it for writing; makes the tables when it is new.
    pub fn open_writer(&self) -> Result<Box<dyn Store>> {
        Ok(match self {
            Database::Sqlite(path) => Box::new(SqliteStore::open_writer(path)?),
            Database::Postgres(url) => Box::new(PostgresStore::open_writer(url)?),
        })
    }

    /// Opens it for reading.
    pub fn open_reader(&self) -> Result<Box<dyn Reader>> {
        Ok(match self {
            Database::Sqlite(path) => Box::new(SqliteReader::open_reader(path)?),
            Database::Postgres(url) => Box::new(PostgresReader::open_reader(url)?),
        })
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Database::Sqlite(path) => write!(f, "{}", path.display()),
            Database::Postgres(url) => write!(f, "{url}"),
        }
    }
}
