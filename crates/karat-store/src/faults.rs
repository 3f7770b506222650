//! Faults: a database whose writes fail when a test says so.
//!
//! A test names a write by its number, or the commit, and calls the store; that write fails inside
//! the database, as on a full disk, wherever in the store it comes from.
//! Triggers count the rows that are written. In SQLite a failed transaction takes the count back, so
//! that the write fails until the fault is mended; in PostgreSQL it fails once.
//! Start reading at [`Faults::arm`].

use std::cell::Cell as Flag;
use std::fmt::Write as _;

use rusqlite::Connection as Sqlite;

use crate::database::Database;
use crate::error::Result;
use crate::postgres::PostgresReader;
use crate::sql::Query;
use crate::sql::tables::{Cell, TABLES};
use crate::sqlite::SqliteReader;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Writing a row: the next one that is written is number 0.
    Write(u64),
    /// The same, and the database undoes the whole transaction at once, as SQLite does when its disk
    /// is full.
    WriteThatRollsBack(u64),
    /// The commit of a transaction that wrote something.
    Commit,
}

/// What makes a database fail; beside the store that is tested.
pub struct Faults(Beside);

enum Beside {
    Sqlite(Sqlite),
    Postgres(Box<PostgresReader>),
}

thread_local! {
    /// Whether SQLite refuses what this thread commits.
    static COMMITS_FAIL: Flag<bool> = const { Flag::new(false) };
}

/// So many writes are not reached.
const NEVER: i64 = 1 << 40;

impl Faults {
    /// Prepares the database of a hub, whose tables are there; nothing fails yet.
    pub fn prepare(database: &Database) -> Result<Faults> {
        match database {
            Database::Sqlite(path) => {
                let beside = Sqlite::open(path)?;
                beside.execute_batch(&of_sqlite())?;
                Ok(Faults(Beside::Sqlite(beside)))
            }
            Database::Postgres(url) => {
                let beside = PostgresReader::open_reader(url)?;
                beside.run("SET default_transaction_read_only = off")?;
                beside.run(&of_postgres())?;
                Ok(Faults(Beside::Postgres(Box::new(beside))))
            }
        }
    }

    /// Lets something fail.
    pub fn arm(&self, fault: Fault) -> Result<()> {
        let (write, rolls_back) = match fault {
            Fault::Write(number) => (number as i64, false),
            Fault::WriteThatRollsBack(number) => (number as i64, true),
            Fault::Commit => (NEVER, false),
        };
        self.set(write, rolls_back, fault == Fault::Commit)
    }

    /// Lets nothing fail any more.
    pub fn mend(&self) -> Result<()> {
        self.set(NEVER, false, false)
    }

    fn set(&self, write: i64, rolls_back: bool, commit: bool) -> Result<()> {
        match &self.0 {
            Beside::Sqlite(beside) => {
                COMMITS_FAIL.set(false);
                let set = "UPDATE fault SET writes_left = ?1, rolls_back = ?2";
                beside.execute(set, (write, rolls_back))?;
                COMMITS_FAIL.set(commit);
                Ok(())
            }
            Beside::Postgres(beside) => beside.run(&format!(
                "SELECT setval('fault_writes', 1, false);
                 UPDATE fault SET write_no = {} + 1, commits_fail = {commit}",
                write
            )),
        }
    }

    /// All that the tables of the hub hold, a row a line.
    pub fn dump(&self) -> Result<String> {
        match &self.0 {
            Beside::Sqlite(beside) => {
                let path = beside.path().unwrap_or_default();
                dump(&SqliteReader::open_reader(path.as_ref())?)
            }
            Beside::Postgres(beside) => dump(beside.as_ref()),
        }
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        // Another test may follow on this thread.
        COMMITS_FAIL.set(false);
    }
}

/// Lets a connection refuse commits when this thread is told to.
pub(crate) fn watch_commits(connection: &mut Sqlite) -> Result<()> {
    Ok(connection.commit_hook(Some(|| COMMITS_FAIL.get()))?)
}

fn dump(query: &dyn Query) -> Result<String> {
    let mut told = String::new();
    query.fixed(&mut || {
        for table in &TABLES {
            table.visit(query, &mut |row| {
                let row = row.iter().map(shown).collect::<Vec<_>>().join(" | ");
                writeln!(told, "{}: {row}", table.name).expect("text can be written to memory");
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(told)
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => "-".into(),
        Cell::Integer(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Bytes(bytes) => blake3::hash(bytes).to_hex()[..16].to_string(),
    }
}

const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

fn of_sqlite() -> String {
    let mut made = format!(
        "CREATE TABLE fault (writes_left INTEGER NOT NULL, rolls_back INTEGER NOT NULL);
         INSERT INTO fault VALUES ({NEVER}, 0);"
    );
    for table in TABLES {
        for write in WRITES {
            let name = table.name;
            write!(
                made,
                "CREATE TRIGGER fault_{write}_{name} BEFORE {write} ON {name} BEGIN
                    UPDATE fault SET writes_left = writes_left - 1;
                    SELECT CASE rolls_back
                        WHEN 0 THEN RAISE (ABORT, 'a write failed')
                        ELSE RAISE (ROLLBACK, 'a write failed') END
                    FROM fault WHERE writes_left < 0;
                 END;"
            )
            .expect("text can be written to memory");
        }
    }
    made
}

fn of_postgres() -> String {
    let mut made = "
        CREATE TABLE fault (write_no bigint NOT NULL, commits_fail boolean NOT NULL);
        CREATE SEQUENCE fault_writes;
        CREATE FUNCTION fault_write() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('fault_writes') = (SELECT write_no FROM fault) THEN
                RAISE EXCEPTION 'a write failed';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$;
        CREATE FUNCTION fault_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT commits_fail FROM fault) THEN RAISE EXCEPTION 'a commit failed'; END IF;
            RETURN NULL;
        END $$;"
        .to_string();
    write!(made, "INSERT INTO fault VALUES ({NEVER}, false);").expect("memory takes it");
    for table in TABLES {
        let name = table.name;
        write!(
            made,
            "CREATE TRIGGER fault_write BEFORE INSERT OR UPDATE OR DELETE ON {name}
                FOR EACH ROW EXECUTE FUNCTION fault_write();
             CREATE CONSTRAINT TRIGGER fault_commit AFTER INSERT OR UPDATE OR DELETE ON {name}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault_commit();"
        )
        .expect("text can be written to memory");
    }
    made
}
