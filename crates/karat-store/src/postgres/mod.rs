//! PostgreSQL, the database that several servers share.
//!
//! Calls of [`Store`](crate::Store) and [`Reader`](crate::Reader) arrive, rows leave.
//! The tables are those of SQLite, in the first schema of the connection's search path.
//! Writers take turns, by a lock that a killed writer cannot keep, and there is any number of
//! readers; readers see the last commit and are never blocked.
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
use crate::search::Filing;
use crate::sql::change::{Change, Changing};
use crate::sql::reading::{absent, id_to_sql};
use crate::sql::search::CachedVocabulary;
use crate::sql::sources;
use crate::sql::{Known, Query};
use crate::store::{Publication, Reader, Store, Transaction};
use connection::{Connection, Writing};
use publication::PostgresPublication;
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

/// Takes the lock of the schema for a load; "Krat" tells it from locks of other programs.
///
/// Changes take milliseconds, another load takes minutes. The session of a writer that was killed
/// just now may need a moment to end.
const TAKE_TURN: &str = "
    SET lock_timeout = '2s';
    SELECT pg_advisory_lock(1265787252, current_schema()::regnamespace::oid::int);
    SET lock_timeout = 0;
";

/// Gives the turn to another.
const END_TURN: &str = "SELECT pg_advisory_unlock_all()";

/// Waits for the same lock within a transaction, and keeps it until its end.
const WAIT_FOR_TURN: &str = "
    SELECT pg_advisory_xact_lock(1265787252, current_schema()::regnamespace::oid::int);
";

/// Whether another has the same lock; those who ask are not in each other's way.
const IS_TURN_TAKEN: &str = "
    SELECT (NOT pg_try_advisory_xact_lock_shared(
        1265787252, current_schema()::regnamespace::oid::int))::int::bigint";

/// Settings of a change: its commit waits for the disk. The few rows at hand are looked up one by
/// one, however many there are.
const CHANGE_SETTINGS: &str = "
    SET LOCAL synchronous_commit = on;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
";

/// A handle that reads a hub, also while another writes it.
pub struct PostgresReader {
    connection: RefCell<Connection>,
    vocabulary: RefCell<CachedVocabulary>,
    known: RefCell<Known>,
}

/// A handle that writes a hub.
pub struct PostgresStore {
    reader: PostgresReader,
    url: PostgresUrl,
    /// Whether it has the turn for a load.
    has_turn: bool,
    filing: Filing,
}

impl PostgresReader {
    /// Opens the database of a hub for reading.
    pub fn open_reader(url: &PostgresUrl) -> Result<PostgresReader> {
        let mut connection = Connection::open(url)?;
        connection.run(READER_SETTINGS)?;
        schema::check(&mut connection, url)?;
        Ok(PostgresReader::of(connection))
    }

    /// Runs statements without parameters.
    #[cfg(any(test, feature = "faults"))]
    pub(crate) fn run(&self, statements: &str) -> Result<()> {
        self.connection.borrow_mut().run(statements)
    }

    fn of(connection: Connection) -> PostgresReader {
        PostgresReader {
            connection: RefCell::new(connection),
            vocabulary: RefCell::default(),
            known: RefCell::default(),
        }
    }
}

impl PostgresStore {
    /// Opens the database of a hub for writing; makes its tables if it is empty.
    pub fn open_writer(url: &PostgresUrl) -> Result<PostgresStore> {
        let mut connection = Connection::open(url)?;
        connection.run(WRITER_SETTINGS)?;
        let is_current = schema::is_current(&mut connection, url)?;
        let reader = PostgresReader::of(connection);
        let filing = Filing::default();
        let mut store = PostgresStore { reader, url: url.clone(), has_turn: false, filing };
        if !is_current {
            store.take_turn()?;
            schema::migrate(&store.reader, url, schema::MIGRATIONS)?;
            store.end_turn()?;
        }
        Ok(store)
    }

    /// Takes the turn for a load, unless it is taken already.
    pub(crate) fn take_turn(&mut self) -> Result<()> {
        if !self.has_turn {
            let locked = || Error::Locked { hub: self.url.to_string() };
            let mut connection = self.reader.connection.borrow_mut();
            connection.run_or(TAKE_TURN, &SqlState::LOCK_NOT_AVAILABLE, locked)?;
            self.has_turn = true;
        }
        Ok(())
    }

    fn end_turn(&mut self) -> Result<()> {
        self.has_turn = false;
        self.reader.connection.borrow_mut().run(END_TURN)
    }

    /// Lets `write` write within a transaction of a load.
    fn within_load<T>(&mut self, write: impl FnOnce(&PostgresReader) -> Result<T>) -> Result<T> {
        self.take_turn()?;
        self.reader.within_transaction("", write)
    }
}

impl PostgresReader {
    /// Lets `write` write, all or nothing.
    fn within_transaction<T>(
        &self,
        settings: &str,
        write: impl FnOnce(&PostgresReader) -> Result<T>,
    ) -> Result<T> {
        self.known.take();
        let writing = Writing::begin(&self.connection, settings)?;
        let written = write(self)?;
        writing.commit()?;
        Ok(written)
    }
}

impl Changing for PostgresReader {
    fn append_within(
        &self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>> {
        journal::append(self, delivery, arrivals)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // The next writer need not wait until the server sees that this one is gone.
        if self.has_turn {
            let _ = self.end_turn();
        }
    }
}

impl Store for PostgresStore {
    fn reader(&self) -> &dyn Reader {
        &self.reader
    }

    fn begin_load(&mut self, started_at: Moment) -> Result<LoadNo> {
        self.within_load(|reader| journal::begin_load(reader, started_at))
    }

    fn delivery(
        &mut self,
        load: LoadNo,
        source: &SourceName,
        columns: &[String],
    ) -> Result<Delivery> {
        self.within_load(|reader| sources::announce(reader, load, source, columns))
    }

    fn append(
        &mut self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>> {
        self.within_load(|reader| {
            reader.connection.borrow_mut().run(journal::LOOK_UP)?;
            journal::append(reader, delivery, arrivals)
        })
    }

    fn delete_absent(
        &mut self,
        delivery: &Delivery,
        observed_at: Option<Moment>,
        seen: &dyn Fn(RowNo) -> bool,
    ) -> Result<u64> {
        self.within_load(|reader| {
            let absent = absent(reader, delivery.source(), seen)?;
            journal::delete(reader, delivery, observed_at, &absent)?;
            Ok(absent.len() as u64)
        })
    }

    fn quarantine(&mut self, delivery: &Delivery, rows: &[Quarantined]) -> Result<()> {
        self.within_load(|reader| journal::quarantine(reader, delivery, rows))
    }

    fn publish(
        &mut self,
        load: LoadNo,
        at: Moment,
        write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
    ) -> Result<()> {
        self.within_load(|reader| {
            let mut publication = PostgresPublication::of_load(reader, load, at)?;
            write(&mut publication)?;
            publication.finish_load()
        })
    }

    fn must_wait(&mut self) -> Result<bool> {
        let taken = self.reader.first(IS_TURN_TAKEN, &[], |row| row.integer(0))?;
        Ok(taken == Some(1))
    }

    fn change(
        &mut self,
        at: Moment,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<()>,
    ) -> Result<()> {
        let settings = [CHANGE_SETTINGS, WAIT_FOR_TURN].concat();
        self.reader.within_transaction(&settings, |reader| {
            let publication = PostgresPublication::of_change(reader, &mut self.filing, at)?;
            let mut change = Change::new(reader, at, publication);
            let worked = work(&mut change);
            change.finish(worked)
        })?;
        self.filing.committed();
        Ok(())
    }

    fn forget_digests(&mut self, entities: &[EntityId]) -> Result<()> {
        const ENTITIES_AT_A_TIME: usize = 4096;
        self.within_load(|reader| {
            for some in entities.chunks(ENTITIES_AT_A_TIME) {
                let ids: Vec<String> = some.iter().map(|id| id_to_sql(*id).to_string()).collect();
                // Numbers need no quotes.
                let update = format!(
                    "UPDATE entity SET digest = decode(repeat('00', length(digest)), 'hex'),
                     members = coalesce((
                         SELECT string_agg(record_no::text, ',' ORDER BY record_no) FROM crosswalk
                         WHERE crosswalk.entity_id = entity.entity_id), '')
                     WHERE entity_id IN ({})",
                    ids.join(", ")
                );
                reader.connection.borrow_mut().run(&update)?;
            }
            Ok(())
        })
    }

    fn finish_load(&mut self, load: LoadNo, finished_at: Moment, report: &str) -> Result<()> {
        self.within_load(|reader| journal::finish_load(reader, load, finished_at, report))?;
        self.end_turn()
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        if self.has_turn { self.end_turn() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Database;
    use crate::contract::publication::{
        a_kill_left_the_last_publication_and_the_journal, publish_and_be_killed,
    };
    use crate::contract::{self, deliver_people, entity, keeps_the_contract, key, publish};
    use crate::sql::schema::Migrations;

    keeps_the_contract!(with_store);

    /// What refers to what.
    const REFERENCES: [(&str, &str, &str); 35] = [
        ("arrival", "load_no", "load"),
        ("arrival", "record_no", "record"),
        ("arrival", "previous_no", "arrival"),
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
        ("assignment", "left_record_no", "record"),
        ("assignment", "right_record_no", "record"),
        ("retired", "event_no", "event"),
        ("event", "load_no", "load"),
        ("entity", "event_no", "event"),
        ("entity_version", "event_no", "event"),
        ("crosswalk", "event_no", "event"),
        ("crosswalk_version", "record_no", "record"),
        ("session", "account", "account"),
        ("rule_version", "rule_no", "rule"),
        ("finding", "rule_no", "rule"),
        ("finding", "record_no", "record"),
        ("finding_step", "finding_no", "finding"),
        ("measure", "load_no", "load"),
        ("tally", "measure_no", "measure"),
        ("tally", "rule_no", "rule"),
        ("confirmation", "undoes", "confirmation"),
        ("confirmation", "record_no", "record"),
        ("entry", "record_no", "record"),
        ("profile", "source_no", "source"),
    ];

    /// Calls a test with an empty store; afterwards, all that refers to something finds it.
    fn with_store(test: &mut dyn FnMut(&mut dyn Store)) {
        let text = karat_test_postgres::empty_schema();
        let mut store = PostgresStore::open_writer(&text.parse().unwrap()).unwrap();
        test(&mut store);
        for (table, column, other) in REFERENCES {
            let key = if other == "account" { "name" } else { column };
            let key = key.trim_start_matches("left_").trim_start_matches("right_");
            let key = match key {
                "previous_no" => "arrival_no",
                "undoes" => "confirmation_no",
                key => key,
            };
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
    fn writers_take_turns() {
        let (text, url) = hub();
        let mut first = PostgresStore::open_writer(&url).unwrap();
        let mut second = PostgresStore::open_writer(&url).unwrap();
        contract::change::writers_take_turns(
            &mut first,
            &mut second,
            &format!("the hub in {text}"),
        );
        // Another hub in the same database.
        first.begin_load(Moment(0)).unwrap();
        PostgresStore::open_writer(&hub().1).unwrap().begin_load(Moment(0)).unwrap();
    }

    #[test]
    fn whatever_write_fails_nothing_is_half_written() {
        let (_, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        contract::faults::nothing_is_half_written(&mut store, &Database::Postgres(url));
    }

    #[test]
    fn a_kill_takes_changes_whole_or_not_at_all() {
        let (text, url) = hub();
        let kill = "
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND objid = current_schema()::regnamespace::oid";
        for survive in 0..3 {
            let mut store = PostgresStore::open_writer(&url).unwrap();
            let mut left = survive;
            let changed = contract::change::change_and_be_killed(&mut store, &mut || {
                if left == 0 {
                    assert_eq!(karat_test_postgres::run(&text, kill), "t");
                }
                left -= 1;
            });
            assert!(matches!(changed, Err(Error::Database(_))));
            let mut again = PostgresStore::open_writer(&url).unwrap();
            contract::change::a_kill_left_so_many_changes(&mut again, survive as usize);
            karat_test_postgres::run(
                &text,
                "TRUNCATE arrival, record, source, load, publication,
                entity, event, crosswalk, decision, match_key, match_edge, search_waiting, answer",
            );
        }
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
        let refused = journal::begin_load(&reader, Moment(0));
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
        karat_test_postgres::run(&text, "UPDATE hub_schema SET version = 7");
        let Err(error) = PostgresReader::open_reader(&url) else { panic!("read") };
        assert_eq!(
            error.to_string(),
            "the hub database has version 7, this karat knows versions up to 6"
        );
        assert!(matches!(PostgresStore::open_writer(&url), Err(Error::Newer { found: 7, .. })));
    }

    #[test]
    fn a_new_version_is_reached_whole_or_not_at_all() {
        let (text, url) = hub();
        let mut store = PostgresStore::open_writer(&url).unwrap();
        deliver_people(&mut store, 2);
        let version = || karat_test_postgres::run(&text, "SELECT version FROM hub_schema");
        const BROKEN: &Migrations =
            &["", "", "", "", "", "", "ALTER TABLE load ADD COLUMN by TEXT; nonsense"];
        assert!(schema::migrate(&store.reader, &url, BROKEN).is_err());
        assert_eq!(version(), "6");
        const NEXT: &Migrations = &[
            "",
            "",
            "",
            "",
            "",
            "",
            "ALTER TABLE load ADD COLUMN by TEXT",
            "UPDATE load SET by = 'all'",
        ];
        schema::migrate(&store.reader, &url, NEXT).unwrap();
        schema::migrate(&store.reader, &url, NEXT).unwrap();
        assert_eq!(version(), "8");
        assert_eq!(karat_test_postgres::run(&text, "SELECT by FROM load"), "all");
        assert!(matches!(PostgresReader::open_reader(&url), Err(Error::Newer { found: 8, .. })));
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
