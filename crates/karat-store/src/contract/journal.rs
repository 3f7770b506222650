//! What is promised of arrivals and current records.

use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Moment, Payload, Quarantined};

use super::{AT, deliver, deliver_people, delivery, entity, key, load, publish, records};
use crate::{
    Arrival, ArrivalNo, Change, EntryRow, Error, Newcomer, Outcome, RowNo, Store, StoredSource,
};

pub fn only_changes_are_written(store: &mut dyn Store) {
    let table = "
        id  name     city
        1   Jansen   Ede
        2   de       Vries
    ";
    assert!(!store.reader().is_behind().unwrap());
    assert_eq!(deliver(store, "crm", table), "1:New 2:New ");
    assert!(store.reader().is_behind().unwrap());
    publish(store, &[]).unwrap();
    assert_eq!(deliver(store, "crm", table), "1:Unchanged 2:Unchanged ");
    assert!(!store.reader().is_behind().unwrap());
    assert_eq!(deliver(store, "crm", &table.replace("Ede", "Epe")), "1:Changed 2:Unchanged ");
    assert!(store.reader().is_behind().unwrap());
    assert_eq!(records(store.reader()), "crm/1 name=Jansen city=Epe\ncrm/2 name=de city=Vries\n");
}

pub fn a_deleted_record_can_return(store: &mut dyn Store) {
    assert_eq!(deliver(store, "crm", "id name\n 1 Jansen\n 2 Smit"), "1:New 2:New ");
    assert_eq!(deliver(store, "crm", "id name\n 1\n 3"), "1:Deleted 3:Deleted ");
    assert_eq!(records(store.reader()), "crm/2 name=Smit\n");
    assert_eq!(store.reader().record(&key("crm/1")).unwrap(), None);
    assert_eq!(deliver(store, "crm", "id name\n 1\n 3"), "1:Unchanged 3:Unchanged ");
    assert_eq!(deliver(store, "crm", "id name\n 1 Jansen"), "1:New ");
    let returned = store.reader().record(&key("crm/1")).unwrap().unwrap();
    assert_eq!(returned.row, RowNo(1));
    assert_eq!(returned.record.observed_at, Some(Moment(1_600_000_000)));
    assert_eq!(returned.record.payload.get(0), Some("Jansen"));
}

pub fn a_key_can_come_twice_in_one_call(store: &mut dyn Store) {
    let outcomes = deliver(store, "crm", "id name\n 1 Jansen\n 1 Jansen\n 1 Janssen\n 1\n 1 Smit");
    assert_eq!(outcomes, "1:New 1:Unchanged 1:Changed 1:Deleted 1:New ");
    assert_eq!(records(store.reader()), "crm/1 name=Smit\n");
}

pub fn sources_do_not_share_ids(store: &mut dyn Store) {
    assert_eq!(deliver(store, "crm", "id name\n 1 Jansen"), "1:New ");
    assert_eq!(deliver(store, "erp", "id name\n 1 Jansen"), "1:New ");
    assert_eq!(records(store.reader()), "crm/1 name=Jansen\nerp/1 name=Jansen\n");
    let sources = store.reader().sources().unwrap();
    let counts = store.reader().record_counts().unwrap();
    let records = |of: &StoredSource| counts.iter().find(|(source, _)| *source == of.source);
    let shown = sources.iter().map(|s| format!("{} {}", s.name, records(s).unwrap().1));
    let shown: Vec<_> = shown.collect();
    assert_eq!(shown, ["crm 1", "erp 1"]);
    assert_eq!(store.reader().record(&key("shop/1")).unwrap(), None);
}

pub fn columns_may_come_in_any_order_and_grow(store: &mut dyn Store) {
    assert_eq!(deliver(store, "crm", "id name city\n 1 Jansen Ede"), "1:New ");
    assert_eq!(deliver(store, "crm", "id city name\n 1 Ede Jansen"), "1:Unchanged ");
    assert_eq!(deliver(store, "crm", "id city name\n 1 Jansen Ede"), "1:Changed ");
    let grown = "
        id  phone  city  name
        1   -      Jansen  Ede
        2   112    Epe   Smit
    ";
    assert_eq!(deliver(store, "crm", grown), "1:Unchanged 2:New ");
    assert_eq!(
        records(store.reader()),
        "crm/1 name=Ede city=Jansen\ncrm/2 name=Smit city=Epe phone=112\n"
    );
}

pub fn any_text_is_kept_as_it_is(store: &mut dyn Store) {
    let delivery = delivery(store, "crm", "name");
    let ids = ["", "\u{0}", "\u{0}\u{0}", "\u{1}", "\u{1}\u{2}", "'; --", "Zoë\u{10ffff}", "zoe"];
    let arrivals = ids.map(|id| {
        let mut payload = Payload::new();
        payload.push(0, id);
        Arrival {
            id: id.into(),
            observed_at: Some(Moment(i64::MIN)),
            change: Change::Upsert(payload),
        }
    });
    let outcomes = store.append(&delivery, &arrivals).unwrap();
    assert!(outcomes.iter().all(|(_, outcome)| *outcome == Outcome::New));
    for (id, row) in ids.iter().zip(1..) {
        let key = RecordKey::new(SourceName::new("crm"), id);
        let stored = store.reader().record(&key).unwrap().unwrap();
        assert_eq!((stored.row, &stored.record.key), (RowNo(row), &key));
        assert_eq!(stored.record.payload.get(0), Some(*id));
        assert_eq!(stored.record.observed_at, Some(Moment(i64::MIN)));
    }
    let again = store.append(&delivery, &arrivals).unwrap();
    assert!(again.iter().all(|(_, outcome)| *outcome == Outcome::Unchanged));
    let mut odd = entity('a', "Ede", &[1]);
    odd.title = "a\u{0}\u{1}".into();
    publish(store, &[odd.clone()]).unwrap();
    assert_eq!(store.reader().entity(odd.id).unwrap().unwrap().title, odd.title);
}

pub fn an_append_happens_whole_or_not_at_all(store: &mut dyn Store) {
    let delivery = delivery(store, "crm", "name");
    let arrival = |id: &str, column| {
        let mut payload = Payload::new();
        payload.push(column, "Jansen");
        Arrival { id: id.into(), observed_at: None, change: Change::Upsert(payload) }
    };
    let refused = store.append(&delivery, &[arrival("1", 0), arrival("2", 1)]);
    assert!(matches!(refused, Err(Error::UnknownColumn { column: 1, .. })));
    assert_eq!(records(store.reader()), "");
    assert!(!store.reader().is_behind().unwrap());
    store.append(&delivery, &[arrival("1", 0), arrival("2", 0)]).unwrap();
    assert_eq!(store.reader().counts().unwrap().records, 2);
}

pub fn a_full_delivery_deletes_what_it_lacks(store: &mut dyn Store) {
    deliver_people(store, 3);
    deliver(store, "erp", "id name\n 1 Jansen");
    let delivery = delivery(store, "crm", "name");
    let seen = |row: RowNo| row == RowNo(2);
    assert_eq!(store.reader().count_absent(&delivery, &seen).unwrap(), 2);
    assert_eq!(store.reader().counts().unwrap().records, 4);
    assert_eq!(store.delete_absent(&delivery, Some(Moment(7)), &seen).unwrap(), 2);
    assert_eq!(records(store.reader()), "crm/2 name=Jansen2\nerp/1 name=Jansen\n");
    assert_eq!(store.reader().count_absent(&delivery, &seen).unwrap(), 0);
    assert_eq!(store.delete_absent(&delivery, Some(Moment(7)), &seen).unwrap(), 0);
    assert_eq!(deliver(store, "crm", "id name\n 1\n 3 Jansen3"), "1:Unchanged 3:New ");
}

pub fn unreadable_rows_are_kept_by_load(store: &mut dyn Store) {
    let row = |line, raw: &[u8]| Quarantined {
        file: "crm.csv".into(),
        line,
        reason: "no text".into(),
        raw: raw.into(),
    };
    let first = delivery(store, "crm", "name");
    let second = delivery(store, "crm", "name");
    store.quarantine(&first, &[row(7, b"\xff\x00"), row(3, b"")]).unwrap();
    store.quarantine(&second, &[row(9, b"x")]).unwrap();
    let mut kept = Vec::new();
    let mut keep = |source, quarantined| {
        assert_eq!(source, first.source());
        kept.push(quarantined);
        Ok(())
    };
    store.reader().quarantined(first.load(), &mut keep).unwrap();
    assert_eq!(kept, [row(7, b"\xff\x00"), row(3, b"")]);
    assert_eq!(store.reader().counts().unwrap().quarantined, 3);
}

pub fn loads_are_remembered(store: &mut dyn Store) {
    let killed = load(store);
    let finished = load(store);
    store.finish_load(finished, Moment(1_700_000_060), r#"{"files":1}"#).unwrap();
    let loads = store.reader().loads().unwrap();
    assert_eq!(loads.iter().map(|load| load.load).collect::<Vec<_>>(), [finished, killed]);
    assert_eq!(loads[0].started_at, Moment(1_700_000_000));
    assert_eq!(loads[0].finished_at, Some(Moment(1_700_000_060)));
    assert_eq!(loads[0].report.as_deref(), Some(r#"{"files":1}"#));
    assert_eq!((loads[1].finished_at, &loads[1].report), (None, &None));
}

pub fn records_are_visited_in_order(store: &mut dyn Store) {
    deliver_people(store, 20_000);
    let mut rows = Vec::new();
    let mut visits = 0;
    let mut visit = |batch: Vec<crate::StoredRecord>| {
        visits += 1;
        rows.extend(batch.iter().map(|stored| stored.row.0));
        Ok(())
    };
    store.reader().current_records(&mut visit).unwrap();
    assert!(visits > 1);
    assert!(rows.into_iter().eq(1..=20_000));
    let mut visits = 0;
    let stopped = store.reader().current_records(&mut |_| {
        visits += 1;
        Err(Error::Stopped)
    });
    assert!(matches!(stopped, Err(Error::Stopped)));
    assert_eq!(visits, 1);
}

pub fn versions_that_came_later_are_visited(store: &mut dyn Store) {
    let said = |id: &str, city: Option<&str>, at: Option<i64>| {
        let change = city.map_or(Change::Delete, |city| {
            let mut payload = Payload::new();
            payload.push(0, city);
            Change::Upsert(payload)
        });
        Arrival { id: id.into(), observed_at: at.map(Moment), change }
    };
    let of = delivery(store, "crm", "city");
    let arrivals = [
        said("1", Some("Ede"), Some(10)),
        said("2", Some("Epe"), Some(10)),
        said("1", Some("Elst"), Some(20)),
        // Not later than the one before, or nobody says when.
        said("2", Some("Elburg"), Some(10)),
        said("2", Some("Emmen"), None),
        said("2", Some("Ermelo"), Some(30)),
        said("1", Some("Eibergen"), Some(50)),
        // Deleted between.
        said("1", None, Some(60)),
        said("1", Some("Edam"), Some(70)),
    ];
    store.append(&of, &arrivals).unwrap();
    let visited = |after: u64| {
        let mut told = Vec::new();
        let visit = store.reader().revisions(ArrivalNo(after), &mut |some| {
            for it in some {
                assert_eq!(it.before.key, it.after.key);
                let at = [&it.before, &it.after].map(|of| of.observed_at.unwrap().0);
                let city = [&it.before, &it.after].map(|of| of.payload.get(0).unwrap());
                told.push(format!("{} {} {city:?} {at:?}", it.arrival.0, it.after.key));
            }
            Ok(())
        });
        visit.unwrap();
        told
    };
    let first = r#"3 crm/1 ["Ede", "Elst"] [10, 20]"#;
    let second = r#"7 crm/1 ["Elst", "Eibergen"] [20, 50]"#;
    assert_eq!(visited(0), [first, second]);
    assert_eq!(visited(3), [second]);
    assert_eq!(visited(7), Vec::<String>::new());
}

pub fn newcomers_are_visited(store: &mut dyn Store) {
    deliver(store, "crm", "id city\n1 Ede\n2 Epe");
    deliver(store, "shop", "id city\n1 Ede");
    deliver(store, "crm", "id city\n1 Elst\n3 Ede\n2\n4 Epe\n4");
    let typed_in = EntryRow {
        record: RowNo(4),
        kind: "lead".into(),
        policy: "soft".into(),
        overridden: Vec::new(),
        reason_code: String::new(),
        reason: String::new(),
        entered_by: "shop".into(),
    };
    store.change(AT, &mut |change| change.note_entry(&typed_in).map(drop)).unwrap();
    // A record that returns is not new.
    deliver(store, "crm", "id city\n2 Epe");
    let visited = |after: u64| {
        let mut told = Vec::new();
        let visit = store.reader().newcomers(ArrivalNo(after), &mut |some| {
            let shown = |it: &Newcomer| {
                let numbers = [it.arrival.0, it.load.0, it.row.0, it.source.0];
                (numbers, [it.is_as_it_came, it.is_there, it.is_typed_in])
            };
            told.extend(some.iter().map(shown));
            Ok(())
        });
        visit.unwrap();
        told
    };
    let all = [
        ([1, 1, 1, 1], [false, true, false]),
        ([2, 1, 2, 1], [false, true, false]),
        ([3, 2, 3, 2], [true, true, false]),
        ([5, 3, 4, 1], [true, true, true]),
        ([7, 3, 5, 1], [false, false, false]),
    ];
    assert_eq!(visited(0), all);
    assert_eq!(visited(3), all[3..]);
    assert_eq!(visited(7), []);
}
