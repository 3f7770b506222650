//! How a PostgreSQL database gets from one version of the schema to the next.
//!
//! The tables are in the first schema of the connection's search path; a URL may name another one
//! (`?options=-csearch_path%3DNAME`), so that several hubs can share a database.

use super::connection::Connection;
use super::{PostgresReader, PostgresUrl};
use crate::error::{Error, Result};
use crate::sql::Value::Integer;
use crate::sql::schema::{Migrations, missing};
use crate::sql::{Row, Write};

/// The scripts of this database.
pub const MIGRATIONS: &Migrations = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// Whether a database needs no script; refuses one of a later version.
pub fn is_current(connection: &mut Connection, url: &PostgresUrl) -> Result<bool> {
    Ok(missing(MIGRATIONS, version(connection, url)?)?.is_empty())
}

/// Brings a database to the version of these scripts; makes the tables when it is empty.
pub fn migrate(
    reader: &PostgresReader,
    url: &PostgresUrl,
    migrations: &'static Migrations,
) -> Result<()> {
    let found = version(&mut reader.connection.borrow_mut(), url)?;
    let scripts = missing(migrations, found)?;
    if scripts.is_empty() {
        return Ok(());
    }
    reader.within_transaction("", |reader| {
        for script in scripts {
            reader.connection.borrow_mut().run(script)?;
        }
        let version = Integer(migrations.len() as i64);
        reader.execute("UPDATE hub_schema SET version = $1", &[version])?;
        Ok(())
    })
}

/// Checks that a reader knows this database.
pub fn check(connection: &mut Connection, url: &PostgresUrl) -> Result<()> {
    match version(connection, url)? {
        0 => Err(Error::Missing { database: url.to_string() }),
        found => missing(MIGRATIONS, found).map(|_| ()),
    }
}

/// The version of a database; 0 when nothing was made in it yet.
fn version(connection: &mut Connection, url: &PostgresUrl) -> Result<u32> {
    let database = || url.to_string();
    let about = connection.ask(
        "SELECT current_schema()::text, current_setting('server_encoding'),
             to_regclass(current_schema()::text || '.hub_schema') IS NOT NULL,
             EXISTS (SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p')
                     AND relnamespace = current_schema()::regnamespace)",
    )?;
    let Some(about) = about.first() else { return Ok(0) };
    if about.text_or_null(0)?.is_none() {
        let reason = "none of the schemas of its search path is there".into();
        return Err(Error::Unreachable { database: database(), reason });
    }
    let encoding = about.text(1)?;
    if encoding != "UTF8" {
        return Err(Error::OtherEncoding { database: database(), encoding: encoding.into() });
    }
    match (about.try_get(2)?, about.try_get(3)?) {
        (true, _) => {
            let found = connection.ask("SELECT version FROM hub_schema")?;
            let found = found.first().map_or(Ok(0), |row| row.integer(0))?;
            Ok(found as u32)
        }
        (false, true) => Err(Error::NotAHub { database: database() }),
        (false, false) => Ok(0),
    }
}
