//! The versions of the schema, and how a database gets from one to the next.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error::{Error, Result};

/// The scripts that make version 1, 2, … out of the version before; never changed once released.
const MIGRATIONS: [&str; 1] = [include_str!("schema_1.sql")];

/// "Krat": tells the file apart from other SQLite databases, in its header.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Krat");

/// Brings a database to the version of this program; makes it when the file is new.
pub fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found = version(connection, path)?;
    if found == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    for migration in &MIGRATIONS[found..] {
        transaction.execute_batch(migration)?;
    }
    if found == 0 {
        transaction.execute_batch(super::publication::CREATE_CROSSWALK_INDEX)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    Ok(transaction.commit()?)
}

/// Checks that a reader knows this database.
pub fn check(connection: &Connection, path: &Path) -> Result<()> {
    match version(connection, path)? {
        0 => Err(Error::Missing { path: path.into() }),
        _ => Ok(()),
    }
}

/// The version of a database; 0 when nothing was made in it yet.
fn version(connection: &Connection, path: &Path) -> Result<usize> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let no_database =
        |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::NotADatabase);
    let select = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    let is_new: bool = match connection.query_row(select, [], |row| row.get(0)) {
        Ok(is_new) => is_new,
        Err(error) if no_database(&error) => return Err(Error::NotAHub { path: path.into() }),
        Err(error) => return Err(error.into()),
    };
    if !is_new && number("application_id")? != APPLICATION_ID {
        return Err(Error::NotAHub { path: path.into() });
    }
    let found = number("user_version")? as u32;
    match found as usize <= MIGRATIONS.len() {
        true => Ok(found as usize),
        false => Err(Error::Newer { found, known: MIGRATIONS.len() as u32 }),
    }
}
