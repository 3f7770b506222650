//! Moving a hub from one database to another: every row of every table, as it is.

use crate::database::Database;
use crate::error::{Error, Result};
use crate::postgres::PostgresStore;
use crate::sql::Query;
use crate::sql::tables::{Cell, Filling, TABLES};
use crate::sqlite::SqliteStore;

/// How many rows are written at a time.
const ROWS_AT_A_TIME: usize = 8192;

/// Copies all that a hub's database holds to an empty one; gives the number of rows.
///
/// Nobody else can write either of the two meanwhile. `progress` is told how many rows are copied,
/// of how many; when it fails, or anything else does, the other database is as empty as before.
/// The first one is left as it is.
pub fn migrate(
    from: &Database,
    to: &Database,
    progress: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<u64> {
    // A writer would make what is not there.
    drop(from.open_reader()?);
    let from = Opened::open(from)?;
    let mut target = Opened::open(to)?;
    if !target.is_empty()? {
        return Err(Error::NotEmpty { database: to.to_string() });
    }
    let mut filling = target.fill()?;
    let done = copy_rows(from.query(), filling.as_mut(), progress)?;
    filling.finish()?;
    target.close()?;
    Ok(done)
}

/// Copies all rows of all tables; gives their number.
pub(crate) fn copy_rows(
    from: &dyn Query,
    filling: &mut dyn Filling,
    progress: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<u64> {
    let counts: Result<Vec<u64>> = TABLES.iter().map(|table| table.count(from)).collect();
    let total = counts?.iter().sum();
    let mut done = 0;
    for table in &TABLES {
        let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(ROWS_AT_A_TIME);
        table.visit(from, &mut |row| {
            rows.push(row);
            if rows.len() == ROWS_AT_A_TIME {
                filling.add(table, &rows)?;
                done += rows.len() as u64;
                rows.clear();
                progress(done, total)?;
            }
            Ok(())
        })?;
        filling.add(table, &rows)?;
        done += rows.len() as u64;
        progress(done, total)?;
    }
    Ok(done)
}

/// A database that is open for writing.
pub(crate) enum Opened {
    Sqlite(Box<SqliteStore>),
    Postgres(Box<PostgresStore>),
}

impl Opened {
    pub(crate) fn open(database: &Database) -> Result<Opened> {
        Ok(match database {
            Database::Sqlite(path) => {
                let mut store = SqliteStore::open_writer(path)?;
                store.take_turn()?;
                Opened::Sqlite(Box::new(store))
            }
            Database::Postgres(url) => {
                let mut store = PostgresStore::open_writer(url)?;
                store.take_turn()?;
                Opened::Postgres(Box::new(store))
            }
        })
    }

    pub(crate) fn query(&self) -> &dyn Query {
        match self {
            Opened::Sqlite(store) => store.query(),
            Opened::Postgres(store) => store.query(),
        }
    }

    /// Whether no table has rows.
    pub(crate) fn is_empty(&self) -> Result<bool> {
        for table in &TABLES {
            if table.count(self.query())? > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(crate) fn fill(&mut self) -> Result<Box<dyn Filling + '_>> {
        match self {
            Opened::Sqlite(store) => store.fill(),
            Opened::Postgres(store) => store.fill(),
        }
    }

    pub(crate) fn close(self) -> Result<()> {
        match self {
            Opened::Sqlite(store) => store.close(),
            Opened::Postgres(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use karat_model::attribute::EntityType;
    use karat_model::confirmation::ConfirmationKind;
    use karat_model::decision::Ruling;
    use karat_model::evidence::Weight;
    use karat_model::finding::{Dimension, FindingNo, FindingState, RuleName, ValueDigest};
    use karat_model::record::{Moment, Quarantined};

    use super::*;
    use crate::access::{Account, ApiKey, Session};
    use crate::assignment::{AssignmentRow, SavedView};
    use crate::confirmation_row::{ConfirmationRow, EntryRow};
    use crate::contract::findings::{finding, record, rule};
    use crate::contract::{AT, deliver, deliver_people, delivery, entity, id, load};
    use crate::finding_row::{FindingRow, Place};
    use crate::number::{RowNo, RuleNo, SourceNo};
    use crate::potential_match::{HoldRow, PotentialMatchRow};
    use crate::store::{EdgeRow, MatchKey, Store, Transaction, ValueKey};
    use crate::subject::SubjectNo;
    use crate::tally::{TallyRow, VerdictCounts};
    use crate::verdict_set::VerdictSet;

    /// An empty file and an empty schema.
    fn databases(folder: &tempfile::TempDir) -> [Database; 2] {
        let url = karat_test_postgres::empty_schema().parse().unwrap();
        [Database::Sqlite(folder.path().join("karat.db")), Database::Postgres(url)]
    }

    /// Fills a store so that each table has rows, and each column that may be null a null.
    fn fill(store: &mut dyn Store) {
        deliver_people(store, 5);
        deliver(store, "erp", "id name\n 1 Jan\n 2 Bo\n 2");
        let delivery = delivery(store, "crm", "name");
        let unread = Quarantined {
            file: "crm.csv".into(),
            line: 7,
            reason: "no text".into(),
            raw: b"\xff\x00".as_slice().into(),
        };
        store.quarantine(&delivery, &[unread]).unwrap();
        for round in [0, 1] {
            let load = load(store);
            let published = store.publish(load, AT, &mut |publication| {
                publication.put_model(b"model\x00", "name: A")?;
                let mut odd = entity('a', "Ede 6711ab", &[1, 2]);
                odd.title = format!("a\u{0}{round}");
                odd.weakest_link = Some(Weight(-7));
                publication.put_entity(&odd, None)?;
                if round == 0 {
                    publication.put_entity(&entity('b', "Epe", &[3]), None)?;
                    publication.put_entity(&entity('c', "Epe", &[4]), None)?;
                } else {
                    publication.retire_entity(id('b'), Some(id('a')))?;
                    publication.retire_entity(id('c'), None)?;
                }
                let pair = |left, right, held: Option<&str>| PotentialMatchRow {
                    weight: Weight(9),
                    left: RowNo(left),
                    right: RowNo(right),
                    held: held.map(str::to_string),
                };
                publication
                    .replace_potential_matches(&[pair(1, 3, None), pair(2, 3, Some("x"))])?;
                let hold =
                    HoldRow { left: vec![RowNo(2)], right: vec![RowNo(3)], reason: "x".into() };
                publication.replace_holds(&[hold])?;
                publication.put_statistic("quality", "{}")
            });
            published.unwrap();
            store.finish_load(load, Moment(9), "{}").unwrap();
        }
        let empty = load(store);
        store.publish(empty, AT, &mut |_| Ok(())).unwrap();
        let changed = store.change(AT, &mut |change| {
            change.put_account(&account(None))?;
            change.put_api_key(&api_key(1, None))?;
            change.put_api_key(&api_key(2, Some(AT)))?;
            change.put_session(&session())?;
            let decision = change.decide(&Ruling::Lock(vec![]), "eva", "")?;
            change.undo(decision, "eva", "")?;
            change.remember("request", b"answer", 9)?;
            let publication = change.publication()?;
            publication.put_entity(&entity('d', "Zwolle", &[5]), None)?;
            publication.add_match_keys(&[(MatchKey(7), RowNo(1))])?;
            let edge = EdgeRow { left: RowNo(1), right: RowNo(2), weight: Weight(7) };
            publication.replace_edges_of(&[RowNo(1)], &[edge])?;
            judge(change)
        });
        changed.unwrap();
    }

    /// What is known of how good the data is.
    fn judge(change: &mut dyn Transaction) -> Result<()> {
        let publication = change.publication()?;
        publication.put_rules(&["gone", "invalid_iban"].map(|name| rule(name, u64::MAX)))?;
        let attribute = publication.number_attributes(&["email"])?[0];
        let customer = SubjectNo::Customer(id('a'));
        let findings = [
            finding(record(1), 1, 0, 9),
            finding(record(2), 2, 0, u64::MAX),
            FindingRow {
                place: Place { attribute: Some(attribute), slot: 1, column: None },
                value: None,
                record: Some(RowNo(1)),
                ..finding(customer, 2, 0, 0)
            },
        ];
        publication.replace_findings(findings.to_vec())?;
        publication.put_rules(&[rule("invalid_iban", 7)])?;
        publication.replace_findings(findings[1..].to_vec())?;
        let mut verdicts = VerdictSet::default();
        verdicts.push(customer, b"\0\x01");
        publication.replace_verdicts(verdicts)?;
        publication.replace_value_keys(vec![(ValueKey(7), record(1)), (ValueKey(7), customer)])?;
        publication.put_tallies(&[TallyRow {
            entity_type: Some(EntityType::Person),
            source: None,
            rule: RuleNo(2),
            attribute: Some(attribute),
            dimension: Dimension::Validity,
            weight: 2,
            criticality: 4,
            counts: VerdictCounts { pass: 1, fail: 1, ..VerdictCounts::default() },
        }])?;
        publication.keep_measure(20_000, Some(1), "load")?;
        publication.keep_measure(20_001, None, "day")?;
        publication.replace_profiles_of(SourceNo(1), &[(0, b"state".to_vec())])?;
        let confirmation = ConfirmationRow {
            record: RowNo(1),
            attribute: "email".into(),
            value: ValueDigest(9),
            kind: ConfirmationKind::Bounced,
        };
        let confirmed = change.confirm(&confirmation, "eva", "full")?;
        change.withdraw(confirmed, "eva", "")?;
        change.confirm(&confirmation, "eva", "full")?;
        let until = Some(Moment(9));
        let step = change.step(FindingNo(2), FindingState::AcceptedAsIs, until, "eva", "")?;
        change.undo_step(step, "eva", "")?;
        let assigned = AssignmentRow {
            left: RowNo(1),
            right: RowNo(3),
            owner: "eva".into(),
            snoozed_until: None,
            assigned_by: "jan".into(),
            at: AT,
        };
        change.put_assignment(&assigned)?;
        let snoozed = AssignmentRow { left: RowNo(2), snoozed_until: until, ..assigned };
        change.put_assignment(&snoozed)?;
        let [account, name, filter] = ["eva", "mine", "owner=mine"].map(String::from);
        change.put_saved_view(&SavedView { account, name, filter })?;
        change.note_entry(&EntryRow {
            record: RowNo(5),
            kind: "lead".into(),
            policy: "soft".into(),
            overridden: vec![RuleName::new("invalid_iban")],
            reason_code: "urgent".into(),
            reason: "he waits".into(),
            entered_by: "shop".into(),
        })?;
        change.publication()?.put_statistic("as of", "20000")
    }

    fn account(locked_until: Option<Moment>) -> Account {
        Account {
            name: "eva".into(),
            role: "steward".into(),
            password_hash: "$argon2id$".into(),
            created_at: AT,
            failed_sign_ins: 0,
            locked_until,
            disabled: false,
        }
    }

    fn api_key(number: u8, revoked_at: Option<Moment>) -> ApiKey {
        ApiKey {
            id: number.to_string(),
            name: "shop".into(),
            role: "writer".into(),
            hash: [number; 32],
            created_at: AT,
            expires_at: revoked_at,
            revoked_at,
        }
    }

    fn session() -> Session {
        Session {
            hash: [7; 32],
            account: "eva".into(),
            csrf: "token".into(),
            created_at: AT,
            expires_at: AT,
        }
    }

    /// All rows of all tables.
    fn rows(database: &Database) -> Vec<(&'static str, Vec<Cell>)> {
        let opened = Opened::open(database).unwrap();
        let mut rows = Vec::new();
        for table in &TABLES {
            let visited = table.visit(opened.query(), &mut |row| {
                rows.push((table.name, row));
                Ok(())
            });
            visited.unwrap();
        }
        rows
    }

    #[test]
    fn everything_moves_there_and_back() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [first, second] = databases(&folders[0]);
        let [third, _] = databases(&folders[1]);
        let mut store = first.open_writer().unwrap();
        fill(store.as_mut());
        store.close().unwrap();
        // New words are told of when thousands of texts have waited.
        let Database::Sqlite(path) = &first else { panic!("it is a file") };
        let tell = "INSERT INTO search_added (added_no, word) VALUES (1, 'zwolle')";
        rusqlite::Connection::open(path).unwrap().execute(tell, ()).unwrap();
        let expected = rows(&first);
        let filled: BTreeSet<&str> = expected.iter().map(|(table, _)| *table).collect();
        assert_eq!(filled.len(), TABLES.len(), "{filled:?}");
        for (from, to) in [(&first, &second), (&second, &third)] {
            let mut told = (0, 0);
            let moved = migrate(from, to, &mut |done, total| {
                told = (done, total);
                Ok(())
            });
            let count = expected.len() as u64;
            assert_eq!((moved.unwrap(), told), (count, (count, count)));
            assert_eq!(rows(to), expected);
            assert_eq!(rows(from), expected, "the first one is left as it is");
        }
        let hits =
            |database: &Database| database.open_reader().unwrap().search("6711ab", 9).unwrap();
        assert_eq!(hits(&second), hits(&first));
        let mut store = second.open_writer().unwrap();
        assert_eq!(deliver(store.as_mut(), "erp", "id name\n 1 Jan"), "1:Unchanged ");
        fill(store.as_mut());
    }

    #[test]
    fn a_database_with_a_hub_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = databases(&folder);
        for database in [&first, &second] {
            let mut store = database.open_writer().unwrap();
            load(store.as_mut());
            store.close().unwrap();
        }
        let before = rows(&second);
        let refused = migrate(&first, &second, &mut |_, _| Ok(()));
        assert!(
            matches!(refused, Err(Error::NotEmpty { database }) if database == second.to_string())
        );
        assert_eq!(rows(&second), before);
    }

    #[test]
    fn what_is_stopped_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = databases(&folder);
        assert!(matches!(migrate(&first, &second, &mut |_, _| Ok(())), Err(Error::Missing { .. })));
        let mut store = first.open_writer().unwrap();
        fill(store.as_mut());
        assert!(matches!(migrate(&first, &second, &mut |_, _| Ok(())), Err(Error::Locked { .. })));
        store.close().unwrap();
        let stopped = migrate(&first, &second, &mut |done, _| match done {
            0..9 => Ok(()),
            _ => Err(Error::Stopped),
        });
        assert!(matches!(stopped, Err(Error::Stopped)));
        assert_eq!(rows(&second), []);
        assert!(migrate(&first, &second, &mut |_, _| Ok(())).is_ok());
    }

    /// What a later version adds must move, too.
    #[test]
    fn the_list_of_tables_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let [sqlite, _] = databases(&folder);
        sqlite.open_writer().unwrap();
        let Database::Sqlite(path) = &sqlite else { panic!("a file") };
        let connection = rusqlite::Connection::open(path).unwrap();
        let all = |select: &str| -> BTreeSet<String> {
            let mut select = connection.prepare(select).unwrap();
            let names = select.query_map([], |row| row.get(0)).unwrap();
            names.map(|name| name.unwrap()).collect()
        };
        let tables = all("SELECT name FROM sqlite_schema WHERE type = 'table'");
        assert_eq!(tables, TABLES.iter().map(|table| table.name.to_string()).collect());
        let url = karat_test_postgres::empty_schema();
        PostgresStore::open_writer(&url.parse().unwrap()).unwrap();
        for table in &TABLES {
            let known: BTreeSet<String> =
                table.columns.iter().map(|(name, _)| name.to_string()).collect();
            let select = format!("SELECT name FROM pragma_table_info('{}')", table.name);
            assert_eq!(all(&select), known, "{}", table.name);
            let select = format!(
                "SELECT column_name FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = '{}'",
                table.name
            );
            let found = karat_test_postgres::run(&url, &select);
            assert_eq!(found.lines().map(str::to_string).collect::<BTreeSet<_>>(), known);
        }
    }
}
