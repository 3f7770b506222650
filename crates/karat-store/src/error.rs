//! What can go wrong in the store.

use std::path::PathBuf;

use karat_model::id::EntityId;

use crate::number::{RuleNo, SourceNo};

/// The result of a call to the store.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process, or another handle of this one, writes to the hub.
    #[error("another karat is writing to the hub in {hub}")]
    Locked {
        /// The folder of the hub, or the URL of its database.
        hub: String,
    },
    /// There is no database to read.
    #[error("there is no hub database at {database}")]
    Missing {
        /// Where it was looked for.
        database: String,
    },
    /// The database is something else's.
    #[error("{database} is not the database of a hub")]
    NotAHub {
        /// The file or the URL.
        database: String,
    },
    /// The server of the database could not be reached, or does not have it.
    #[error("{database} cannot be reached: {reason}")]
    Unreachable {
        /// The URL.
        database: String,
        /// What the server or the operating system says.
        reason: String,
    },
    /// The server of the database does not let this user in, or wants a password.
    #[error("{database} does not let this user in: {reason}")]
    SignIn {
        /// The URL.
        database: String,
        /// What the server says.
        reason: String,
    },
    /// The database cannot hold all letters.
    #[error("{database} keeps text as {encoding}, not as UTF-8")]
    OtherEncoding {
        /// The URL.
        database: String,
        /// How it keeps text.
        encoding: String,
    },
    /// A hub was to be moved to a database that has one.
    #[error("{database} is not empty")]
    NotEmpty {
        /// The file or the URL.
        database: String,
    },
    /// A hub was to be replaced that others have open.
    #[error("{database} is in use")]
    InUse {
        /// The file.
        database: String,
    },
    /// A file that was to be read whole is not whole.
    #[error("{database} is damaged: {what}")]
    DamagedBackup {
        /// The file.
        database: String,
        /// What is wrong with it, without values.
        what: String,
    },
    /// A file could not be written, read or renamed.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The database was made by a later version of Karat.
    #[error("the hub database has version {found}, this karat knows versions up to {known}")]
    Newer {
        /// The version of the database.
        found: u32,
        /// The last version this program knows.
        known: u32,
    },
    /// The lock file could not be opened or locked.
    #[error("{} cannot be locked", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A payload names a column that its delivery did not announce.
    #[error("a record of source {} has column {column}, which its delivery does not have", source_no.0)]
    UnknownColumn {
        /// The source.
        source_no: SourceNo,
        /// The column number.
        column: u16,
    },
    /// A source has had more different columns than can be numbered.
    #[error("source {} has more than 65536 columns", source_no.0)]
    TooManyColumns {
        /// The source.
        source_no: SourceNo,
    },
    /// An entity was to be retired that does not exist.
    #[error("there is no entity {0}")]
    UnknownEntity(EntityId),
    /// A finding was to be opened by a rule that nobody asks.
    #[error("there is no rule {}", .0.0)]
    UnknownRule(RuleNo),
    /// Something stored does not have its form.
    #[error("{what} {number} in the hub database is damaged")]
    Damaged {
        /// What it is.
        what: &'static str,
        /// Its number.
        number: u64,
    },
    /// A row of the search index does not have its form.
    #[error("the search index in the hub database is damaged")]
    DamagedIndex,
    /// The caller of a visit or a publication wants no more; nothing was changed.
    #[error("stopped before it was finished")]
    Stopped,
    /// The database failed: the disk is full, the file is gone, it stays busy.
    #[error("the hub database failed: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        Error::Database(Box::new(error))
    }
}
