//! A connection to the server, with the statements that are kept ready on it.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, NoTls, Statement, Transaction};
use rustc_hash::FxHashMap;

use super::copy::CopyRows;
use super::{PostgresUrl, text};
use crate::error::{Error, Result};
use crate::sql::{Row, Value};

/// Settings of every connection: the same answers whatever the server's own settings are.
///
/// Visits are read to their end, so that their first rows need not come fast. Compiling
/// statements takes longer than running these.
const SETTINGS: &str = "
    SET cursor_tuple_fraction = 1;
    SET jit = off;
    SET work_mem = '64MB';
";

/// How much is sent to the server at a time.
const BYTES_PER_MESSAGE: usize = 256 << 10;

/// A bound value, as the driver takes it.
pub type Parameter<'a> = &'a (dyn ToSql + Sync);

/// A connection.
pub struct Connection {
    /// There until it is dropped.
    client: Option<Client>,
    statements: FxHashMap<&'static str, Statement>,
    /// Whether what is read now is of one moment.
    pub is_fixed: bool,
    /// How many visits are under way.
    pub visits: usize,
}

impl Connection {
    /// Connects to a server. This is the place where TLS would come in.
    pub fn open(url: &PostgresUrl) -> Result<Connection> {
        let client = url.config().connect(NoTls).map_err(|error| refused(url, &error))?;
        let mut connection = Connection {
            client: Some(client),
            statements: FxHashMap::default(),
            is_fixed: false,
            visits: 0,
        };
        connection.run(SETTINGS)?;
        Ok(connection)
    }

    fn client(&mut self) -> &mut Client {
        self.client.as_mut().expect("it is there until the connection is dropped")
    }

    /// Runs statements without parameters.
    pub fn run(&mut self, statements: &str) -> Result<()> {
        Ok(self.client().batch_execute(statements)?)
    }

    /// Runs statements; where the server answers with this code, the error is another.
    pub fn run_or(
        &mut self,
        statements: &str,
        code: &SqlState,
        error: impl FnOnce() -> Error,
    ) -> Result<()> {
        match self.client().batch_execute(statements) {
            Err(failed) if failed.code() == Some(code) => Err(error()),
            done => Ok(done?),
        }
    }

    /// Asks without keeping the statement ready.
    pub fn ask(&mut self, select: &str) -> Result<Vec<postgres::Row>> {
        Ok(self.client().query(select, &[])?)
    }

    /// Asks with a statement that is kept ready.
    pub fn query(&mut self, select: &'static str, values: &[Value]) -> Result<Vec<postgres::Row>> {
        let statement = match self.statements.get(select) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.client().prepare(select)?;
                self.statements.insert(select, statement.clone());
                statement
            }
        };
        let texts: Vec<Cow<str>> = values.iter().map(stored_text).collect();
        let parameters: Vec<Parameter> = values
            .iter()
            .zip(&texts)
            .map(|(value, text)| match value {
                Value::Integer(number) => number as Parameter,
                Value::Text(_) => text as Parameter,
            })
            .collect();
        Ok(self.client().query(&statement, &parameters)?)
    }

    /// Whether the server answers within this time.
    pub fn answers_within(&mut self, time: Duration) -> bool {
        self.client().is_valid(time).is_ok()
    }

    /// Begins to write.
    pub fn write(&mut self) -> Result<Writing<'_>> {
        let client = self.client.as_mut().expect("it is there until the connection is dropped");
        let transaction = client.transaction()?;
        Ok(Writing { transaction, statements: &mut self.statements })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The driver waits for its farewell to be sent, which a thread of a web server must not.
        let client = self.client.take();
        let farewell = std::thread::Builder::new().spawn(move || drop(client));
        if let Ok(thread) = farewell {
            // A panic within the driver would say no more than that the server is gone.
            let _ = thread.join();
        }
    }
}

fn stored_text<'a>(value: &Value<'a>) -> Cow<'a, str> {
    match *value {
        Value::Integer(_) => Cow::Borrowed(""),
        Value::Text(text) => text::to_sql(text),
    }
}

/// A transaction that writes; it is undone unless it is committed.
pub struct Writing<'a> {
    transaction: Transaction<'a>,
    statements: &'a mut FxHashMap<&'static str, Statement>,
}

impl Writing<'_> {
    /// Asks.
    pub fn query(
        &mut self,
        select: &'static str,
        parameters: &[Parameter],
    ) -> Result<Vec<postgres::Row>> {
        let statement = self.statement(select)?;
        Ok(self.transaction.query(&statement, parameters)?)
    }

    /// Asks for one number.
    pub fn number(&mut self, select: &'static str) -> Result<i64> {
        let rows = self.query(select, &[])?;
        rows.first().map_or(Ok(0), |row| row.integer(0))
    }

    /// Writes; says how many rows that were.
    pub fn execute(&mut self, sql: &'static str, parameters: &[Parameter]) -> Result<u64> {
        let statement = self.statement(sql)?;
        Ok(self.transaction.execute(&statement, parameters)?)
    }

    /// Runs statements without parameters.
    pub fn run(&mut self, statements: &str) -> Result<()> {
        Ok(self.transaction.batch_execute(statements)?)
    }

    /// Sends rows; `table` is a `COPY … FROM STDIN BINARY`.
    pub fn copy(&mut self, table: &str, rows: &mut CopyRows) -> Result<()> {
        if rows.len() == 0 {
            return Ok(());
        }
        let failed = |error: std::io::Error| Error::Database(Box::new(error));
        let mut writer = self.transaction.copy_in(table)?;
        for part in rows.take().chunks(BYTES_PER_MESSAGE) {
            writer.write_all(part).map_err(failed)?;
        }
        writer.finish()?;
        Ok(())
    }

    /// Makes all of it last.
    pub fn commit(self) -> Result<()> {
        Ok(self.transaction.commit()?)
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.transaction.prepare(sql)?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Row for postgres::Row {
    fn integer(&self, column: usize) -> Result<i64> {
        Ok(self.try_get(column)?)
    }

    fn integer_or_null(&self, column: usize) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }

    fn text(&self, column: usize) -> Result<Cow<'_, str>> {
        Ok(text::from_sql(self.try_get(column)?))
    }

    fn text_or_null(&self, column: usize) -> Result<Option<Cow<'_, str>>> {
        Ok(self.try_get::<_, Option<&str>>(column)?.map(text::from_sql))
    }

    fn bytes(&self, column: usize) -> Result<&[u8]> {
        Ok(self.try_get(column)?)
    }

    fn bytes_or_null(&self, column: usize) -> Result<Option<&[u8]>> {
        Ok(self.try_get(column)?)
    }
}

/// Why a connection could not be made.
fn refused(url: &PostgresUrl, error: &postgres::Error) -> Error {
    let database = url.to_string();
    let reason = message(error);
    let wants_password = error.code() == Some(&SqlState::INVALID_PASSWORD)
        || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
        || reason.contains("password");
    if wants_password {
        Error::SignIn { database, reason }
    } else {
        Error::Unreachable { database, reason }
    }
}

/// What the server says, without the details: those quote values of the row at hand.
pub fn message(error: &postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} ({})", error.message(), error.code().code());
    }
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Error {
        Error::Database(message(&error).into())
    }
}
