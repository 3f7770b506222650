//! The versions of a schema, and which scripts lead to the next.

use crate::error::{Error, Result};

/// The scripts that make version 1, 2, … out of the version before; never changed once released.
pub type Migrations = [&'static str];

/// The scripts that a database of this version still needs; refuses one of a later version.
pub fn missing(migrations: &'static Migrations, found: u32) -> Result<&'static Migrations> {
    let known = migrations.len() as u32;
    migrations.get(found as usize..).ok_or(Error::Newer { found, known })
}

#[cfg(test)]
mod tests {
    use karat_model::finding::{ClosedBecause, FindingNo};
    use karat_model::id::EntityId;

    use super::*;
    use crate::contract::findings::{finding, record, rule};
    use crate::contract::{deliver, entity, key, publish, records};
    use crate::finding_row::{FindingFilter, FindingRow};
    use crate::number::{ArrivalNo, EntryNo, EventNo, MeasureNo, RowNo, SourceNo};
    use crate::store::{Counts, ValueKey};
    use crate::subject::SubjectNo;
    use crate::{Database, EntityChange, Event, EventKind, Reader, Resolution};

    /// What hubs of version 1, 2, … held.
    ///
    /// A new version of the schema adds the rows of a hub as it writes them.
    const ROWS: [&str; 6] = [
        include_str!("fixtures/version_1.sql"),
        include_str!("fixtures/version_2.sql"),
        include_str!("fixtures/version_3.sql"),
        include_str!("fixtures/version_4.sql"),
        include_str!("fixtures/version_5.sql"),
        include_str!("fixtures/version_6.sql"),
    ];

    /// A hub of a version, in a file and in a schema.
    fn hubs(version: usize, folder: &tempfile::TempDir) -> [Database; 2] {
        let path = folder.path().join(format!("version_{version}.db"));
        let connection = rusqlite::Connection::open(&path).unwrap();
        for script in &crate::sqlite::MIGRATIONS[..version] {
            connection.execute_batch(script).unwrap();
        }
        connection
            .execute_batch(&format!(
                "PRAGMA foreign_keys = OFF;
                 CREATE INDEX crosswalk_by_entity ON crosswalk (entity_id);
                 {}
                 PRAGMA application_id = 1265787252;
                 PRAGMA user_version = {version};",
                ROWS[version - 1]
            ))
            .unwrap();

        let url = karat_test_postgres::empty_schema();
        for script in &crate::postgres::MIGRATIONS[..version] {
            karat_test_postgres::run(&url, script);
        }
        // Bytes are written another way there.
        let rows = ROWS[version - 1].replace("(x'", "( x'").replace(" x'", " '\\x");
        let set_version = format!("UPDATE hub_schema SET version = {version}");
        karat_test_postgres::run(&url, &format!("{rows};{set_version}"));
        [Database::Sqlite(path), Database::Postgres(url.parse().unwrap())]
    }

    /// What the rows say of a hub.
    fn is_as_it_was(reader: &dyn Reader) {
        let expected = "crm/1 name=Jansen1\ncrm/2 name=Jansen2\ncrm/3 name=Jansen3\n\
                        crm/4 name=Jansen4\ncrm/5 name=Jansen5\nerp/1 name=Jan\n";
        assert_eq!(records(reader), expected);
        let counts = Counts { records: 6, entities: 1, potential_matches: 2, quarantined: 1 };
        assert_eq!(reader.counts().unwrap(), counts);
        let [live, merged, deleted] =
            [297_747_877_126_359_905, 582_529_228_966_092_515, 1_140_932_135_017_022_032]
                .map(EntityId::from_u64);
        assert_eq!(reader.resolve(merged).unwrap(), Resolution::Redirected(live));
        assert_eq!(reader.resolve(deleted).unwrap(), Resolution::Retired);
        assert_eq!(reader.entity(live).unwrap().unwrap().golden["city"], ["Ede 6711ab"]);
        assert_eq!(reader.entity_of(&key("crm/2")).unwrap(), Some(live));
        assert_eq!(reader.search("6711ab", 9).unwrap()[0].entity, live);
        assert_eq!(reader.search("ede", 9).unwrap()[0].entity, live);
        let events = reader.events(EventNo::START, 9).unwrap();
        let last = reader.last_event().unwrap();
        assert_eq!(events.len() as u64, last.0);
        assert!(events.iter().all(|event| event.at == crate::contract::AT));
        let merged_with = |event: &&Event| event.kind == EventKind::Merged;
        let merge = events.iter().rfind(merged_with).unwrap();
        assert_eq!((merge.entity, merge.other), (merged, Some(live)));
        assert_eq!(reader.resolve_at(merged, last).unwrap(), Resolution::Redirected(live));
        let version = reader.entity_at(live, last).unwrap().unwrap();
        assert_eq!(version.members, ["crm/1", "crm/2"].map(key));
        let since = events.iter().rfind(|event| event.entity == live).unwrap();
        assert_eq!((since.number, since.after.as_ref()), (version.since, Some(&version)));
        assert_eq!(reader.entity_of_at(&key("crm/2"), last).unwrap(), Some(live));
        assert_eq!(reader.former_ids(live).unwrap(), [(merged, crate::contract::AT)]);
        assert_eq!(reader.model().unwrap().unwrap().content, b"model\0");
        let taken_in = reader.taken_in_by(last).unwrap().unwrap();
        assert_eq!((taken_in.event, taken_in.arrival), (last, ArrivalNo(8)));
        let gone = |arrival| reader.records_as_of(&[RowNo(7)], ArrivalNo(arrival)).unwrap();
        assert_eq!([6, 7, 8].map(|arrival| gone(arrival).len()), [0, 1, 0]);
        assert_eq!(gone(7)[0].record.payload.get(0), Some("Bo"));
        assert_eq!((reader.holds().unwrap().len(), reader.loads().unwrap().len()), (1, 6));
    }

    /// What the rows of a hub since version 4 say of how good its data is.
    fn is_judged_as_it_was(reader: &dyn Reader) {
        let mut open = Vec::new();
        let visited = reader.open_findings(&mut |finding| {
            open.push((finding.subject, finding.rule.0, finding.record));
            Ok(())
        });
        visited.unwrap();
        let customer = SubjectNo::Customer(EntityId::from_u64(297_747_877_126_359_905));
        assert_eq!(open, [(record(2), 2, None), (customer, 2, Some(RowNo(1)))]);
        let found = reader.findings(&FindingFilter::default(), FindingNo(0), 9).unwrap();
        let shown: Vec<_> = found.iter().map(|of| (of.rule.as_str(), of.version.0)).collect();
        let last = ("invalid_iban", u64::MAX);
        assert_eq!(shown, [("gone", u64::MAX), last, last]);
        assert_eq!(found[0].closed.unwrap().because, ClosedBecause::RuleGone);
        assert_eq!((found[0].column.as_deref(), found[2].slot), (Some("name"), 1));
        assert_eq!(found[2].attribute.as_deref(), Some("email"));
        assert_eq!(reader.rules().unwrap().len(), 3);
        let verdicts = reader.verdicts_of(&[customer, record(1)]).unwrap();
        assert!(verdicts.iter().eq([(customer, &b"\0\x01"[..])]));
        let holders = reader.value_holders(&[ValueKey(7)]).unwrap();
        assert_eq!(holders, [(ValueKey(7), record(1)), (ValueKey(7), customer)]);
        assert_eq!(reader.value_keys_of(&[customer, record(1)]).unwrap(), holders);
        let measured = |no| reader.tallies(Some(MeasureNo(no))).unwrap();
        assert_eq!(measured(1), reader.tallies(None).unwrap());
        assert_eq!((measured(2)[0].counts.fail, measured(2)[0].weight), (1, 2));
        assert_eq!(reader.measures().unwrap()[1].as_of_day, 20_001);
        let confirmed = reader.confirmations().unwrap();
        let undone: Vec<bool> = confirmed.iter().map(|of| of.undone.is_some()).collect();
        assert_eq!(undone, [true, false]);
        assert!(!reader.is_behind().unwrap());
        assert!(reader.steps_of(FindingNo(2)).unwrap()[0].undone.is_some());
        assert_eq!(reader.entries(EntryNo(0), 9).unwrap()[0].entry.record, RowNo(5));
        assert_eq!(reader.profiles_of(SourceNo(1)).unwrap(), [(0, b"state".to_vec())]);
    }

    #[test]
    fn hubs_of_every_version_are_read_and_written_on() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(crate::sqlite::MIGRATIONS.len(), ROWS.len(), "each version needs its rows");
        assert_eq!(crate::postgres::MIGRATIONS.len(), ROWS.len());
        for version in 1..=ROWS.len() {
            for database in hubs(version, &folder) {
                let mut store = database.open_writer().unwrap();
                is_as_it_was(store.reader());
                if version >= 4 {
                    is_judged_as_it_was(store.reader());
                } else {
                    assert_eq!(store.reader().rules().unwrap(), []);
                    assert_eq!(store.reader().measures().unwrap(), []);
                }
                let waiting = ["waitnig", "wait42"].map(|text| store.reader().search(text, 9));
                for found in waiting {
                    assert_eq!(found.unwrap().len(), usize::from(version >= 5));
                }
                let assigned = store.reader().assignments().unwrap();
                let owners: Vec<&str> = assigned.iter().map(|it| it.owner.as_str()).collect();
                assert_eq!(owners, if version >= 6 { &["eva", ""][..] } else { &[] });
                let views = store.reader().saved_views("eva").unwrap();
                assert_eq!(views.len(), usize::from(version >= 6));
                let last = store.reader().last_event().unwrap();
                // What a publication of an earlier version took in is known at its end alone.
                let is_known = version >= 3;
                assert_eq!(store.reader().taken_in_with(last).unwrap().is_some(), is_known);
                let first = store.reader().taken_in_by(EventNo(3)).unwrap();
                assert_eq!(first.is_some(), is_known);
                let table = "id name\n 1 Jansen1\n 2 Smit\n 6 Vos";
                let delivered = deliver(store.as_mut(), "crm", table);
                assert_eq!(delivered, "1:Unchanged 2:Changed 6:New ");
                let published = publish(store.as_mut(), &[entity('z', "Epe", &[8])]).unwrap();
                assert_eq!(published, [EntityChange::Created]);
                let taken_in = store.reader().taken_in_with(EventNo(last.0 + 1)).unwrap().unwrap();
                assert_eq!((taken_in.event.0, taken_in.arrival), (last.0 + 1, ArrivalNo(10)));
                let was = |arrival| {
                    let records = store.reader().records_as_of(&[RowNo(2)], ArrivalNo(arrival));
                    records.unwrap()[0].record.payload.get(0).map(String::from)
                };
                assert_eq!([8, 10].map(was), ["Jansen2", "Smit"].map(|name| Some(name.into())));
                let rows = [finding(record(1), 1, 0, 9), finding(record(3), 1, 0, 9)];
                let judged = store.change(crate::contract::AT, &mut |change| {
                    let publication = change.publication()?;
                    let rules = publication.put_rules(&[rule("invalid_iban", 8)])?;
                    let rows = rows.map(|row| FindingRow { rule: rules[0], ..row });
                    publication.replace_findings_of(&[record(1), record(2)], &rows).map(drop)
                });
                judged.unwrap();
                let of_third = store.reader().findings_of(&[record(3)]).unwrap();
                assert_eq!(of_third[0].no.0, if version >= 4 { 5 } else { 2 });
                store.close().unwrap();
                assert_eq!(database.open_reader().unwrap().counts().unwrap().entities, 2);
            }
        }
    }

    #[test]
    fn a_database_gets_the_scripts_it_lacks() {
        let all: &'static Migrations = &["one", "two", "three"];
        assert_eq!(missing(all, 0).unwrap(), all);
        assert_eq!(missing(all, 2).unwrap(), ["three"]);
        assert_eq!(missing(all, 3).unwrap(), [""; 0]);
        assert!(matches!(missing(all, 4), Err(Error::Newer { found: 4, known: 3 })));
    }
}
