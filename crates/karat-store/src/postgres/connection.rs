//! A connection to the server, with the statements that are kept ready on it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};
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
    statements: FxHashMap<String, Statement>,
    /// Whether there is a transaction: what is read now is of one moment, or being written.
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
    pub fn query(&mut self, select: &str, parameters: &[Parameter]) -> Result<Vec<postgres::Row>> {
        let statement = self.statement(select)?;
        Ok(self.client().query(&statement, parameters)?)
    }

    /// Writes with a statement that is kept ready; says how many rows that were.
    pub fn execute(&mut self, sql: &str, parameters: &[Parameter]) -> Result<u64> {
        let statement = self.statement(sql)?;
        Ok(self.client().execute(&statement, parameters)?)
    }

    /// Sends rows; `table` is a `COPY … FROM STDIN BINARY`.
    pub fn copy(&mut self, table: &str, rows: &mut CopyRows) -> Result<()> {
        if rows.len() == 0 {
            return Ok(());
        }
        let failed = |error: std::io::Error| Error::Database(Box::new(error));
        let statement = self.statement(table)?;
        let mut writer = self.client().copy_in(&statement)?;
        for part in rows.take().chunks(BYTES_PER_MESSAGE) {
            writer.write_all(part).map_err(failed)?;
        }
        writer.finish()?;
        Ok(())
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client().prepare(sql)?;
        self.statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// Whether the server answers within this time.
    pub fn answers_within(&mut self, time: Duration) -> bool {
        self.client().is_valid(time).is_ok()
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

/// Values as the driver takes them.
pub fn with_parameters<T>(
    values: &[Value],
    use_them: impl FnOnce(&[Parameter]) -> Result<T>,
) -> Result<T> {
    let texts: Vec<Vec<Cow<str>>> = values.iter().map(stored_texts).collect();
    let parameters: Vec<Parameter> = values
        .iter()
        .zip(&texts)
        .map(|(value, texts)| match value {
            Value::Null => &Null as Parameter,
            Value::Integer(number) => number as Parameter,
            Value::Integers(numbers) => numbers as Parameter,
            Value::Text(_) => &texts[0] as Parameter,
            Value::Texts(_) => texts as Parameter,
            Value::Bytes(bytes) => bytes as Parameter,
        })
        .collect();
    use_them(&parameters)
}

fn stored_texts<'a>(value: &Value<'a>) -> Vec<Cow<'a, str>> {
    match *value {
        Value::Text(text) => vec![text::to_sql(text)],
        Value::Texts(texts) => texts.iter().map(|text| text::to_sql(text)).collect(),
        Value::Null | Value::Integer(_) | Value::Integers(_) | Value::Bytes(_) => Vec::new(),
    }
}

/// Nothing, of any type.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut bytes::BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A transaction that writes; it is undone unless it is committed.
pub struct Writing<'a> {
    connection: &'a RefCell<Connection>,
    is_committed: bool,
}

impl<'a> Writing<'a> {
    /// Begins to write; `settings` are statements that hold until the end.
    pub fn begin(connection: &'a RefCell<Connection>, settings: &str) -> Result<Writing<'a>> {
        let writing = Writing { connection, is_committed: false };
        let mut connection = connection.borrow_mut();
        connection.is_fixed = true;
        connection.run(&format!("BEGIN; {settings}"))?;
        drop(connection);
        Ok(writing)
    }

    /// Makes all of it last.
    pub fn commit(mut self) -> Result<()> {
        let mut connection = self.connection.borrow_mut();
        connection.run("COMMIT")?;
        connection.is_fixed = false;
        drop(connection);
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            let mut connection = self.connection.borrow_mut();
            connection.is_fixed = false;
            // If the connection is gone, so is what was written.
            let _ = connection.run("ROLLBACK");
        }
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
