//! How an SQLite database gets from one version of the schema to the next.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error::{Error, Result};
use crate::sql::schema::{Migrations, missing};

/// The scripts of this database.
pub const MIGRATIONS: &Migrations = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// "Krat": tells the file apart from other SQLite databases, in its header.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Krat");

/// Whether a database needs no script; refuses one of a later version.
pub fn is_current(connection: &Connection, path: &Path) -> Result<bool> {
    Ok(missing(MIGRATIONS, version(connection, path)?)?.is_empty())
}

/// Brings a database to the version of these scripts; makes it when the file is new.
pub fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &'static Migrations,
) -> Result<()> {
    let found = version(connection, path)?;
    let scripts = missing(migrations, found)?;
    if scripts.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    for script in scripts {
        transaction.execute_batch(script)?;
    }
    if found == 0 {
        transaction.execute_batch(super::publication::CREATE_CROSSWALK_INDEX)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", migrations.len() as u32)?;
    Ok(transaction.commit()?)
}

/// Checks that a reader knows this database.
pub fn check(connection: &Connection, path: &Path) -> Result<()> {
    match version(connection, path)? {
        0 => Err(Error::Missing { database: super::shown(path) }),
        found => missing(MIGRATIONS, found).map(|_| ()),
    }
}

/// The version of a database; 0 when nothing was made in it yet.
fn version(connection: &Connection, path: &Path) -> Result<u32> {
    let not_a_hub = || Error::NotAHub { database: super::shown(path) };
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let no_database =
        |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::NotADatabase);
    let select = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    let is_new: bool = match connection.query_row(select, [], |row| row.get(0)) {
        Ok(is_new) => is_new,
        Err(error) if no_database(&error) => return Err(not_a_hub()),
        Err(error) => return Err(error.into()),
    };
    if !is_new && number("application_id")? != APPLICATION_ID {
        return Err(not_a_hub());
    }
    Ok(number("user_version")? as u32)
}
