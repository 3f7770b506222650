//! PostgreSQL, the database that several servers share.
//!
//! Calls of [`Store`](crate::Store) and [`Reader`](crate::Reader) arrive, rows leave.
//! The tables are those of SQLite, in the first schema of the connection's search path.
//! There is one writer, who holds a lock of its session that a killed writer cannot keep, and any
//! number of readers; readers see the last commit and are never blocked.
//! Start reading at `schema_1.sql`, then at [`PostgresStore::open_writer`].

mod url;
mod text;
mod copy;
mod connection;
mod schema;
mod query;
mod journal;
mod publication;
mod search_index;
mod filling;

use std::cell::RefCell;

use karat_model::id::{EntityId, SourceName};
use karat_model::record::{Moment, Quarantined};
use postgres::error::SqlState;

use crate::arrival::{Arrival, Outcome};
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::number::{LoadNo, RowNo};
use crate::sql::reading::{absent, id_to_sql};
use crate::sql::search::CachedVocabulary;
use crate::store::{Publication, Reader, Store};
use connection::Connection;
#[cfg(test)]
pub use schema::MIGRATIONS;
pub use url::{PostgresUrl, SignIn, UrlError, password_in};

/// Settings of the writer.
///
/// As with SQLite, commits do not wait for the disk until a load is finished: a crash of the server
/// may take the last ones, in order. No limits of time end a long load.
const WRITER_SETTINGS: &str = "
    SET synchronous_commit = off;
    SET statement_timeout = 0;
    SET idle_in_transaction_session_timeout = 0;
";

/// Settings of readers.
const READER_SETTINGS: &str = "SET default_transaction_read_only = on";

/// Takes the lock of the schema; "Krat" tells it from locks of other programs.
///
/// The session of a writer that was killed just now may need a moment to end.
const LOCK: &str = "
    SET lock_timeout = '500ms';
    SELECT pg_advisory_lock(1265787252, current_schema()::regnamespace::oid::int);
    SET lock_timeout = 0;
";

/// A handle that reads a hub, also while another writes it.
pub struct PostgresReader {
    connection: RefCell<Connection>,
    vocabulary: RefCell<CachedVocabulary>,
}

/// The one handle that writes a hub.
pub struct PostgresStore {
    reader: PostgresReader,
}

impl PostgresReader {
    /// Opens the database of a hub for reading.
    pub fn open_reader(url: &PostgresUrl) -> Result<PostgresReader> {
        let mut connection = Connection::open(url)?;
        connection.run(READER_SETTINGS)?;
        schema::check(&mut connection, url)?;
        Ok(PostgresReader::of(connection))
    }

    fn of(connection: Connection) -> PostgresReader {
        PostgresReader { connection: RefCell::new(connection), vocabulary: RefCell::default() }
    }
}

impl PostgresStore {
    /// Opens the database of a hub for writing; makes its tables if it is empty.
    pub fn open_writer(url: &PostgresUrl) -> Result<PostgresStore> {
        let mut connection = Connection::open(url)?;
        connection.run(WRITER_SETTINGS)?;
        lock(&mut connection, url)?;
        schema::migrate(&mut connection, url, schema::MIGRATIONS)?;
        Ok(PostgresStore { reader: PostgresReader::of(connection) })
    }

    fn connection(&mut self) -> &mut Connection {
        self.reader.connection.get_mut()
    }
}

/// Locks the hub for one writer, as long as the session lasts.
fn lock(connection: &mut Connection, url: &PostgresUrl) -> Result<()> {
    connection
        .run_or(LOCK, &SqlState::LOCK_NOT_AVAILABLE, || Error::Locked { hub: url.to_string() })
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // The next writer need not wait until the server sees that this one is gone.
        let _ = self.connection().run("SELECT pg_advisory_unlock_all()");
    }
}

impl Store for PostgresStore {
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
        journal::delivery(self.connection(), load, source, columns)
    }

    fn append(
        &mut self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>> {
        journal::append(self.connection(), delivery, arrivals)
    }

    fn delete_absent(
        &mut self,
        delivery: &Delivery,
        observed_at: Option<Moment>,
        seen: &dyn Fn(RowNo) -> bool,
    ) -> Result<u64> {
        let absent = absent(&self.reader, delivery.source(), seen)?;
        journal::delete(self.connection(), delivery, observed_at, &absent)?;
        Ok(absent.len() as u64)
    }

    fn quarantine(&mut self, delivery: &Delivery, rows: &[Quarantined]) -> Result<()> {
        journal::quarantine(self.connection(), delivery, rows)
    }

    fn publish(
        &mut self,
        load: LoadNo,
        write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
    ) -> Result<()> {
        publication::publish(self.connection(), load, write)
    }

    fn forget_digests(&mut self, entities: &[EntityId]) -> Result<()> {
        const ENTITIES_AT_A_TIME: usize = 4096;
        for some in entities.chunks(ENTITIES_AT_A_TIME) {
            let ids: Vec<String> = some.iter().map(|id| id_to_sql(*id).to_string()).collect();
            // Numbers need no quotes.
            let update = format!(
                "UPDATE entity SET digest = decode(repeat('00', length(digest)), 'hex')
                 WHERE entity_id IN ({})",
                ids.join(", ")
            );
            self.connection().run(&update)?;
        }
        Ok(())
    }

    fn finish_load(&mut self, load: LoadNo, finished_at: Moment, report: &str) -> Result<()> {
        journal::finish_load(self.connection(), load, finished_at, report)
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::publication::{
        a_kill_left_the_last_publication_and_the_journal, publish_and_be_killed,
    };
    use crate::contract::{self, deliver_people, entity, keeps_the_contract, key, publish};
    use crate::sql::schema::Migrations;

    keeps_the_contract!(with_store);

    /// What refers to what.
    const REFERENCES: [(&str, &str, &str); 15] = [
        ("arrival", "load_no", "load"),
        ("arrival", "record_no", "record"),
        ("quarantine", "load_no", "load"),
        ("quarantine", "source_no", "source"),
        ("record", "source_no", "source"),
        ("record", "arrival_no", "arrival"),
        ("model", "load_no", "load"),
        ("publication", "load_no", "load"),
        ("publication", "model_id", "model"),
        ("crosswalk", "record_no", "record"),
        ("crosswalk", "entity_id", "entity"),
        ("retired", "load_no", "load"),
        ("potential_match", "left_record_no", "record"),
        ("potential_match", "right_record_no", "record"),
        ("event", "load_no", "load"),
    ];

    /// Calls a test with an empty store; afterwards, all that refers to something finds it.
    fn with_store(test: &mut dyn FnMut(&mut dyn Store)) {
        let text = karat_test_postgres::empty_schema();
        let mut store = PostgresStore::open_writer(&text.parse().unwrap()).unwrap();
        test(&mut store);
        for (table, column, other) in REFERENCES {
            let key = column.trim_start_matches("left_").trim_start_matches("right_");
            let select = format!(
                "SELECT count(*) FROM {table} WHERE {column} IS NOT NULL
                 AND {column} NOT IN (SELECT {key} FROM {other})"
            );
            let lost = karat_test_postgres::run(&text, &select);
            assert_eq!(lost, "0", "{table}.{column} refers to what is not there");
        }
    }

    /// An empty schema: its URL as text, and read.
    fn hub() -> (String, PostgresUrl) {
        let text = karat_test_postgres::empty_schema();
        let url = text.parse().unwrap();
        (text, url)
    }

    #[test]
    fn a_hub_has_one_writer() {
        let (text, url) = hub();
        let store = PostgresStore::open_writer(&url).unwrap();
        let Err(second) = PostgresStore::open_writer(&url) else { panic!("two writers") };
        assert_eq!(second.to_string(), format!("another karat is writing to the hub in {text}"));
        PostgresReader::open_reader(&url).unwrap();
        // Another hub in the same database.
        PostgresStore::open_writer(&hub().1).unwrap();
        drop(store);
        PostgresStore::open_writer(&url).unwrap();
    }

    #[test]
    fn a_killed_writer_frees_the_hub_and_leaves_the_last_publication_and_the_journal() {
        let (text, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        let kill = "
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND objid = current_schema()::regnamespace::oid";
        let published = publish_and_be_killed(&mut store, &mut || {
            assert_eq!(karat_test_postgres::run(&text, kill), "t");
        });
        assert!(matches!(published, Err(Error::Database(_))));
        assert!(!store.reader().is_connected());

        let mut again = PostgresStore::open_writer(&url).unwrap();
        a_kill_left_the_last_publication_and_the_journal(&mut again);
    }

    #[test]
    fn readers_see_what_was_committed() {
        let (_, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        let reader = PostgresReader::open_reader(&url).unwrap();
        contract::publication::readers_see_what_was_committed(&mut store, &reader);
        assert!(reader.is_connected());
    }

    #[test]
    fn readers_cannot_write() {
        let (_, url) = hub();
        PostgresStore::open_writer(&url).unwrap();
        let reader = PostgresReader::open_reader(&url).unwrap();
        let refused = journal::begin_load(&mut reader.connection.borrow_mut(), Moment(0));
        let message = "cannot execute INSERT in a read-only transaction (25006)";
        assert!(refused.unwrap_err().to_string().contains(message));
    }

    #[test]
    fn other_databases_are_no_hubs() {
        let (text, url) = hub();
        let missing = PostgresReader::open_reader(&url);
        assert!(matches!(missing, Err(Error::Missing { database }) if database == text));
        karat_test_postgres::run(&text, "CREATE TABLE customer (name TEXT)");
        assert!(matches!(PostgresReader::open_reader(&url), Err(Error::NotAHub { .. })));
        assert!(matches!(PostgresStore::open_writer(&url), Err(Error::NotAHub { .. })));
        let other = text.replace("search_path%3D", "search_path%3Dnot_");
        let refused = PostgresStore::open_writer(&other.parse().unwrap());
        assert!(matches!(refused, Err(Error::Unreachable { .. })));
        let other = text.replace("/hubs", "/hubs_of_nobody");
        let refused = PostgresStore::open_writer(&other.parse().unwrap());
        assert!(matches!(refused, Err(Error::Unreachable { .. })));
        let nobody = text.replace("karat@", "nobody@");
        let refused = PostgresReader::open_reader(&nobody.parse().unwrap());
        assert!(matches!(refused, Err(Error::SignIn { .. })));
    }

    #[test]
    fn a_later_version_is_refused() {
        let (text, url) = hub();
        PostgresStore::open_writer(&url).unwrap();
        karat_test_postgres::run(&text, "UPDATE hub_schema SET version = 2");
        let Err(error) = PostgresReader::open_reader(&url) else { panic!("read") };
        assert_eq!(
            error.to_string(),
            "the hub database has version 2, this karat knows versions up to 1"
        );
        assert!(matches!(PostgresStore::open_writer(&url), Err(Error::Newer { found: 2, .. })));
    }

    #[test]
    fn a_new_version_is_reached_whole_or_not_at_all() {
        let (text, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        deliver_people(&mut store, 2);
        let version = || karat_test_postgres::run(&text, "SELECT version FROM hub_schema");
        const BROKEN: &Migrations = &["", "ALTER TABLE load ADD COLUMN by TEXT; nonsense"];
        assert!(schema::migrate(store.connection(), &url, BROKEN).is_err());
        assert_eq!(version(), "1");
        const NEXT: &Migrations =
            &["", "ALTER TABLE load ADD COLUMN by TEXT", "UPDATE load SET by = 'all'"];
        schema::migrate(store.connection(), &url, NEXT).unwrap();
        schema::migrate(store.connection(), &url, NEXT).unwrap();
        assert_eq!(version(), "3");
        assert_eq!(karat_test_postgres::run(&text, "SELECT by FROM load"), "all");
        assert!(matches!(PostgresReader::open_reader(&url), Err(Error::Newer { found: 3, .. })));
    }

    #[test]
    fn damage_is_named() {
        let (text, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        deliver_people(&mut store, 2);
        karat_test_postgres::run(
            &text,
            "UPDATE arrival SET payload = '\\x80' WHERE arrival_no = 2",
        );
        assert!(store.reader().record(&key("crm/1")).unwrap().is_some());
        let error = store.reader().record(&key("crm/2")).unwrap_err();
        assert_eq!(error.to_string(), "arrival 2 in the hub database is damaged");
    }

    /// PostgreSQL tells the values of a row that breaks a rule.
    #[test]
    fn errors_tell_no_values() {
        let (text, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        deliver_people(&mut store, 1);
        karat_test_postgres::run(&text, "ALTER TABLE entity ADD CHECK (title <> 'Jansen')");
        let mut jansen = entity('a', "Ede", &[1]);
        jansen.title = "Jansen".into();
        let error = publish(&mut store, &[jansen]).unwrap_err().to_string();
        assert!(error.contains("23514") && !error.contains("Jansen"), "{error}");
    }
}
