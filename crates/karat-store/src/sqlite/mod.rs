//! SQLite, the embedded database.
//!
//! Calls of [`Store`](crate::Store) and [`Reader`](crate::Reader) arrive, rows leave.
//! The database file appears in the hub's folder, beside it a lock file and the write-ahead log.
//! Writers take turns, and there is any number of readers; readers see the last commit and are
//! never blocked; deleted values are overwritten, and leave the log when the writer closes.
//! Start reading at `schema_1.sql`, then at [`SqliteStore::open_writer`].

pub(crate) mod lock;
mod checkpoint;
mod schema;
mod convert;
mod journal;
mod publication;
mod search_index;
mod query;
mod filling;

use std::cell::RefCell;
use std::path::Path;

use karat_model::id::{EntityId, SourceName};
use karat_model::record::{Moment, Quarantined};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::arrival::{Arrival, Outcome};
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::number::{LoadNo, RowNo};
use crate::search::Filing;
use crate::sql::Known;
use crate::sql::change::{Change, Changing};
use crate::sql::reading::{absent, id_to_sql};
use crate::sql::search::CachedVocabulary;
use crate::sql::sources;
use crate::store::{Publication, Reader, Store, Transaction};
use checkpoint::Checkpoints;
use lock::HubLock;
use publication::SqlitePublication;
#[cfg(test)]
pub use schema::MIGRATIONS;

/// Settings of every connection; `secure_delete` overwrites what is deleted.
///
/// Foreign keys are there to be read: a record and its arrival point at each other, and checking
/// each of millions of rows costs much. The tests check them all.
const SETTINGS: &str = "
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = OFF;
";

/// Settings of the writer.
const WRITER_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA mmap_size = 2147418112;
";

/// Settings of the writer within a load.
///
/// NORMAL does not wait for the disk at every commit: a power failure may then take the last
/// commits, in order, and leaves the database whole. They are part of a load that was not
/// acknowledged, and the sources can deliver it again; [`Store::finish_load`] does wait. The log is
/// moved into the database every 64 MB, as that waits too.
const LOAD_SETTINGS: &str = "
    PRAGMA cache_size = -131072;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 16384;
";

/// Settings of the writer for changes: each commit waits for the disk, but not for the log to be
/// moved into the database, which [`Checkpoints`] sees to.
///
/// Few pages are cached: a commit may walk through all that could be, and the system has them too.
const CHANGE_SETTINGS: &str = "
    PRAGMA cache_size = -8192;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
";

/// Settings of readers.
const READER_SETTINGS: &str = "
    PRAGMA query_only = ON;
    PRAGMA cache_size = -16384;
    PRAGMA mmap_size = 2147418112;
";

/// The statements that are kept ready; more than there are.
const STATEMENTS_MAX: usize = 256;

/// A handle that reads a hub, also while another writes it.
pub struct SqliteReader {
    connection: Connection,
    vocabulary: RefCell<CachedVocabulary>,
    known: RefCell<Known>,
}

/// A handle that writes a hub.
pub struct SqliteStore {
    reader: SqliteReader,
    lock: HubLock,
    settings: &'static str,
    checkpoints: Checkpoints,
    filing: Filing,
}

impl SqliteReader {
    /// Opens the database of a hub for reading.
    pub fn open_reader(path: &Path) -> Result<SqliteReader> {
        if !path.exists() {
            return Err(Error::Missing { database: shown(path) });
        }
        // Not read-only: a reader that comes after a crash must replay the write-ahead log.
        let reader = SqliteReader::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::check(&reader.connection, path)?;
        reader.connection.execute_batch(READER_SETTINGS)?;
        Ok(reader)
    }

    /// Copies what a database holds at one moment to an empty file, which others may not notice.
    pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
        let source = SqliteReader::open(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let name = ToSqlOutput::Borrowed(ValueRef::Text(to.as_os_str().as_encoded_bytes()));
        source.connection.execute("VACUUM INTO ?1", [name])?;
        Ok(())
    }

    /// Takes the write-ahead log into a database that is about to be replaced, and removes it;
    /// refuses one that others have open.
    pub(crate) fn leave_alone(path: &Path) -> Result<()> {
        let in_use = || Error::InUse { database: shown(path) };
        let old = SqliteReader::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let set = "PRAGMA journal_mode = DELETE";
        match old.connection.query_row(set, [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "delete" => Ok(()),
            Ok(_) => Err(in_use()),
            Err(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Err(in_use()),
                // It is no database, or none that can be read: nobody reads it.
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Ok(()),
                _ => Err(error.into()),
            },
        }
    }

    fn open(path: &Path, flags: OpenFlags) -> Result<SqliteReader> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        #[cfg_attr(not(any(test, feature = "faults")), expect(unused_mut))]
        let mut connection = Connection::open_with_flags(path, flags)?;
        #[cfg(any(test, feature = "faults"))]
        crate::faults::watch_commits(&mut connection)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        rusqlite::vtab::array::load_module(&connection)?;
        connection.execute_batch(SETTINGS)?;
        // A statement is planned once, not again for other values.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(SqliteReader { connection, vocabulary: RefCell::default(), known: RefCell::default() })
    }
}

impl SqliteStore {
    /// Opens the database of a hub for writing, or makes it; its folder must be there.
    pub fn open_writer(path: &Path) -> Result<SqliteStore> {
        let mut lock = HubLock::open(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut reader = SqliteReader::open(path, flags)?;
        if !schema::is_current(&reader.connection, path)? {
            lock.take()?;
            schema::migrate(&mut reader.connection, path, schema::MIGRATIONS)?;
        }
        reader.connection.execute_batch(WRITER_SETTINGS)?;
        lock.release()?;
        let (checkpoints, filing) = (Checkpoints::new(path), Filing::default());
        Ok(SqliteStore { reader, lock, settings: "", checkpoints, filing })
    }

    /// Ends writing; the write-ahead log is emptied, so that nothing deleted stays in it.
    pub fn close(mut self) -> Result<()> {
        self.checkpoints.stop();
        self.checkpoint()
    }

    /// Moves what the write-ahead log holds into the database, waits for the disk, and empties it.
    ///
    /// A reader in the middle of a long visit keeps the log; then the next checkpoint does it.
    fn checkpoint(&self) -> Result<()> {
        self.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn connection(&self) -> &Connection {
        &self.reader.connection
    }

    /// Takes the turn for a load, unless it is taken already.
    pub(crate) fn take_turn(&mut self) -> Result<()> {
        self.lock.take()?;
        self.set(LOAD_SETTINGS)
    }

    fn set(&mut self, settings: &'static str) -> Result<()> {
        if self.settings != settings {
            self.connection().execute_batch(settings)?;
            self.settings = settings;
        }
        Ok(())
    }

    /// Lets `write` write within a transaction of a load.
    fn within_load<T>(&mut self, write: impl FnOnce(&SqliteReader) -> Result<T>) -> Result<T> {
        self.take_turn()?;
        self.reader.within_transaction(write)
    }

    /// Lets `work` make changes, in its turn.
    fn change_in_turn(
        &mut self,
        at: Moment,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<()>,
    ) -> Result<()> {
        self.set(CHANGE_SETTINGS)?;
        self.reader.within_transaction(|reader| {
            let publication = SqlitePublication::of_change(reader, &mut self.filing, at)?;
            let mut change = Change::new(reader, at, publication);
            let worked = work(&mut change);
            change.finish(worked)
        })?;
        self.filing.committed();
        self.checkpoints.changed(&self.reader.connection);
        Ok(())
    }
}

impl SqliteReader {
    /// Lets `write` write, all or nothing.
    fn within_transaction<T>(&self, write: impl FnOnce(&SqliteReader) -> Result<T>) -> Result<T> {
        self.known.take();
        let behavior = TransactionBehavior::Immediate;
        let transaction = rusqlite::Transaction::new_unchecked(&self.connection, behavior)?;
        let written = write(self)?;
        transaction.commit()?;
        Ok(written)
    }
}

impl Changing for SqliteReader {
    fn append_within(
        &self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>> {
        journal::append(&self.connection, delivery, arrivals)
    }
}

/// A path as messages show it.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl Store for SqliteStore {
    fn reader(&self) -> &dyn Reader {
        &self.reader
    }

    fn begin_load(&mut self, started_at: Moment) -> Result<LoadNo> {
        self.within_load(|reader| journal::begin_load(&reader.connection, started_at))
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
        self.within_load(|reader| journal::append(&reader.connection, delivery, arrivals))
    }

    fn delete_absent(
        &mut self,
        delivery: &Delivery,
        observed_at: Option<Moment>,
        seen: &dyn Fn(RowNo) -> bool,
    ) -> Result<u64> {
        self.within_load(|reader| {
            let absent = absent(reader, delivery.source(), seen)?;
            journal::delete(&reader.connection, delivery, observed_at, &absent)?;
            Ok(absent.len() as u64)
        })
    }

    fn quarantine(&mut self, delivery: &Delivery, rows: &[Quarantined]) -> Result<()> {
        self.within_load(|reader| journal::quarantine(&reader.connection, delivery, rows))
    }

    fn publish(
        &mut self,
        load: LoadNo,
        at: Moment,
        write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
    ) -> Result<()> {
        self.within_load(|reader| {
            let mut publication = SqlitePublication::of_load(reader, load, at)?;
            write(&mut publication)?;
            publication.finish_load()
        })
    }

    fn must_wait(&mut self) -> Result<bool> {
        self.lock.is_taken()
    }

    fn change(
        &mut self,
        at: Moment,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<()>,
    ) -> Result<()> {
        let is_taken = self.lock.wait()?;
        let changed = self.change_in_turn(at, work);
        if is_taken {
            self.lock.release()?;
        }
        changed
    }

    fn forget_digests(&mut self, entities: &[EntityId]) -> Result<()> {
        self.within_load(|reader| {
            let update = "
                UPDATE entity SET digest = zeroblob(length(digest)), members = coalesce((
                    SELECT group_concat(record_no, ',' ORDER BY record_no) FROM crosswalk
                    WHERE crosswalk.entity_id = entity.entity_id), '')
                WHERE entity_id = ?1";
            let mut forget = reader.connection.prepare_cached(update)?;
            for &entity in entities {
                forget.execute([id_to_sql(entity)])?;
            }
            Ok(())
        })
    }

    fn finish_load(&mut self, load: LoadNo, finished_at: Moment, report: &str) -> Result<()> {
        self.within_load(|reader| {
            journal::finish_load(&reader.connection, load, finished_at, report)
        })?;
        self.checkpoint()?;
        self.lock.release()
    }

    fn close(self: Box<Self>) -> Result<()> {
        SqliteStore::close(*self)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::Database;
    use crate::contract::publication::{
        a_kill_left_the_last_publication_and_the_journal, publish_and_be_killed,
    };
    use crate::contract::{
        self, crosswalk, deliver_people, entity, keeps_the_contract, key, publish,
    };
    use crate::search::decode_bucket;
    use crate::sql::Query;
    use crate::sql::buckets::Buckets;
    use crate::sql::schema::Migrations;

    keeps_the_contract!(with_store);

    /// Calls a test with an empty store; afterwards, all that refers to something finds it.
    fn with_store(test: &mut dyn FnMut(&mut dyn Store)) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open_writer(&folder.path().join("karat.db")).unwrap();
        test(&mut store);
        let mut check = store.connection().prepare("PRAGMA foreign_key_check").unwrap();
        assert!(!check.exists([]).unwrap(), "something refers to what is not there");
    }

    /// A folder for a hub, and the path of its database.
    fn hub() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("karat.db");
        (folder, path)
    }

    #[test]
    fn writers_take_turns() {
        let (folder, path) = hub();
        let mut first = SqliteStore::open_writer(&path).unwrap();
        let mut second = SqliteStore::open_writer(&path).unwrap();
        let hub = format!("the hub in {}", folder.path().display());
        contract::change::writers_take_turns(&mut first, &mut second, &hub);
        SqliteStore::open_writer(&path.with_file_name("other.db")).unwrap();
    }

    #[test]
    fn whatever_write_fails_nothing_is_half_written() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        contract::faults::nothing_is_half_written(&mut store, &Database::Sqlite(path));
    }

    #[test]
    fn texts_that_wait_go_into_the_index_once_though_a_server_ends_meanwhile() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        deliver_people(&mut store, 8500);
        let mut rows = 1..;
        let mut change = |store: &mut SqliteStore, people: usize| {
            let put = store.change(contract::AT, &mut |change| {
                let publication = change.publication()?;
                let people = rows.by_ref().take(people);
                let mut people = people.map(|row| contract::search::person(row, "zwolle"));
                people.try_for_each(|it| publication.put_entity(&it, None).map(drop))
            });
            put.unwrap();
        };
        change(&mut store, 8300);
        // By now some codes are in the index, and all texts wait.
        (0..40).for_each(|_| change(&mut store, 1));
        let number = |store: &SqliteStore, select: &str| store.reader.number(select, &[]).unwrap();
        assert!(number(&store, "SELECT count(*) FROM search_code") > 1000);
        assert_eq!(number(&store, "SELECT count(*) FROM search_waiting"), 8340);
        store.close().unwrap();

        let mut store = SqliteStore::open_writer(&path).unwrap();
        (0..80).for_each(|_| change(&mut store, 1));
        let filed = 8420 - number(&store, "SELECT count(*) FROM search_waiting");
        assert!(filed > 8340);
        let of_word = "SELECT sum(entities) FROM search_word WHERE word = 'zwolle'";
        assert_eq!(number(&store, of_word), filed);
        let buckets = Buckets::SearchCode.read_from(&store.reader, 0, 9999).unwrap();
        let codes = buckets.iter().map(|(bucket, stored)| decode_bucket(*bucket, stored).unwrap());
        // `code1` to `code9` are short, and words.
        assert_eq!(codes.map(|codes| codes.len() as i64).sum::<i64>(), filed - 9);
    }

    #[test]
    fn other_files_are_no_hubs() {
        let (_folder, path) = hub();
        let missing = SqliteReader::open_reader(&path);
        assert!(matches!(missing, Err(Error::Missing { database }) if database == shown(&path)));

        let text = path.with_file_name("notes.txt");
        fs::write(&text, "some notes ".repeat(1000)).unwrap();
        assert!(matches!(SqliteReader::open_reader(&text), Err(Error::NotAHub { .. })));
        assert!(matches!(SqliteStore::open_writer(&text), Err(Error::NotAHub { .. })));
        assert!(fs::read_to_string(&text).unwrap().starts_with("some notes some notes"));

        let other = path.with_file_name("other.db");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(SqliteStore::open_writer(&other), Err(Error::NotAHub { .. })));
    }

    #[test]
    fn a_later_version_is_refused() {
        let (_folder, path) = hub();
        SqliteStore::open_writer(&path).unwrap().close().unwrap();
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
        let Err(error) = SqliteReader::open_reader(&path) else { panic!("read") };
        assert_eq!(
            error.to_string(),
            "the hub database has version 7, this karat knows versions up to 6"
        );
        assert!(matches!(SqliteStore::open_writer(&path), Err(Error::Newer { found: 7, .. })));
    }

    #[test]
    fn a_new_version_is_reached_whole_or_not_at_all() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        deliver_people(&mut store, 2);
        store.close().unwrap();
        let mut connection = Connection::open(&path).unwrap();
        let version = |connection: &Connection| {
            connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap()
        };
        const BROKEN: &Migrations =
            &["", "", "", "", "", "", "ALTER TABLE load ADD COLUMN by TEXT; nonsense"];
        assert!(schema::migrate(&mut connection, &path, BROKEN).is_err());
        assert_eq!(version(&connection), 6);
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
        schema::migrate(&mut connection, &path, NEXT).unwrap();
        schema::migrate(&mut connection, &path, NEXT).unwrap();
        assert_eq!(version(&connection), 8);
        let select = "SELECT by FROM load";
        let by: String = connection.query_row(select, [], |row| row.get(0)).unwrap();
        assert_eq!(by, "all");
        assert!(matches!(SqliteReader::open_reader(&path), Err(Error::Newer { found: 8, .. })));
    }

    #[test]
    fn closing_leaves_one_file() {
        let (folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        let reader = SqliteReader::open_reader(&path).unwrap();
        deliver_people(&mut store, 100);
        let log = folder.path().join("karat.db-wal");
        assert!(fs::metadata(&log).unwrap().len() > 0);
        store.close().unwrap();
        assert_eq!(fs::metadata(&log).unwrap().len(), 0);
        assert_eq!(reader.counts().unwrap().records, 100);
    }

    /// Copies the files as a power switch would leave them.
    fn kill(path: &Path, name: &str) -> PathBuf {
        let copy = path.with_file_name(name);
        fs::copy(path, &copy).unwrap();
        let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
        fs::copy(log(path), log(&copy)).unwrap();
        copy
    }

    #[test]
    fn a_kill_leaves_the_last_publication_and_the_journal() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        let mut killed = None;
        publish_and_be_killed(&mut store, &mut || killed = Some(kill(&path, "killed.db"))).unwrap();
        assert_eq!(crosswalk(store.reader()), "1a 2b 3b");

        let mut again = SqliteStore::open_writer(&killed.unwrap()).unwrap();
        a_kill_left_the_last_publication_and_the_journal(&mut again);
    }

    #[test]
    fn a_kill_takes_changes_whole_or_not_at_all() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        let mut killed = Vec::new();
        contract::change::change_and_be_killed(&mut store, &mut || {
            killed.push(kill(&path, &format!("killed_{}.db", killed.len())));
        })
        .unwrap();
        for (changes, path) in killed.iter().enumerate() {
            let mut again = SqliteStore::open_writer(path).unwrap();
            contract::change::a_kill_left_so_many_changes(&mut again, changes);
        }
    }

    /// The thread that makes checkpoints and the writer may both be at work.
    #[test]
    fn checkpoints_beside_changes_lose_nothing() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        for number in 0..600 {
            contract::change::arrive_alone(&mut store, number);
        }
        store.close().unwrap();
        assert_eq!(SqliteReader::open_reader(&path).unwrap().counts().unwrap().records, 600);
    }

    #[test]
    fn readers_see_what_was_committed() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        let reader = SqliteReader::open_reader(&path).unwrap();
        contract::publication::readers_see_what_was_committed(&mut store, &reader);
    }

    #[test]
    fn readers_cannot_write() {
        let (_folder, path) = hub();
        SqliteStore::open_writer(&path).unwrap();
        let reader = SqliteReader::open_reader(&path).unwrap();
        assert!(journal::begin_load(&reader.connection, Moment(0)).is_err());
    }

    #[test]
    fn damage_is_named() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        deliver_people(&mut store, 2);
        let damage = "UPDATE arrival SET payload = x'80' WHERE arrival_no = 2";
        store.connection().execute_batch(damage).unwrap();
        assert!(store.reader().record(&key("crm/1")).unwrap().is_some());
        let error = store.reader().record(&key("crm/2")).unwrap_err();
        assert_eq!(error.to_string(), "arrival 2 in the hub database is damaged");
    }

    /// The row that tells of a publication is the only one that is written.
    #[test]
    fn what_is_judged_as_before_costs_no_write() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        deliver_people(&mut store, 3);
        let begun = contract::load(&mut store);
        let written = |store: &mut SqliteStore, fail: u64| {
            let before = store.connection().total_changes();
            store
                .publish(begun, contract::AT, &mut |p| contract::verdicts::judge(p, fail))
                .unwrap();
            let loaded = store.connection().total_changes() - before;
            let change = &mut |change: &mut dyn Transaction| {
                contract::verdicts::judge_some(change.publication()?, fail)
            };
            store.change(contract::AT, change).unwrap();
            (loaded, store.connection().total_changes() - before - loaded)
        };
        assert!(written(&mut store, 1).0 > 10);
        // The first change begins a time between loads.
        assert_eq!(written(&mut store, 1).0, 1);
        assert_eq!(written(&mut store, 1), (1, 1));
        assert!(written(&mut store, 2).0 > 5);
        assert_eq!(written(&mut store, 2), (1, 1));
    }

    #[test]
    fn swept_words_are_gone_from_the_file() {
        let (_folder, path) = hub();
        let mut store = SqliteStore::open_writer(&path).unwrap();
        deliver_people(&mut store, 1);
        publish(&mut store, &[entity('a', "Quakenbrueck", &[1])]).unwrap();
        publish(&mut store, &[entity('a', "Ede", &[1])]).unwrap();
        crate::search::sweep(&mut search_index::SqliteIndex(&store.reader)).unwrap();
        store.close().unwrap();
        let file = fs::read(&path).unwrap();
        let holds = |word: &[u8]| file.windows(word.len()).any(|window| window == word);
        assert!(holds(b"ede"));
        assert!(!holds(b"quakenbrueck"));
        assert!(holds(b"Quakenbrueck"), "history keeps what the golden record said");
    }
}
