//! What is promised of changes: one record or decision at a time, all or nothing.

use karat_model::attribute::EntityType;
use karat_model::decision::{DecisionNo, Identity, Ruling};
use karat_model::evidence::{Verdict, Weight};
use karat_model::id::SourceName;
use karat_model::record::{Moment, Payload};

use super::{AT, crosswalk, deliver_people, entity, id, key, load, moment, publish, records};
use crate::{
    Account, ApiKey, Arrival, Change, EntityChange, Error, EventNo, HoldRow, MatchKey, Outcome,
    PotentialMatchRow, Reader, Result, RowNo, Session, Store, Transaction, Undone,
};

/// Lets a record of `crm` arrive; gives its number and what it meant.
fn arrive(change: &mut dyn Transaction, id: &str, name: &str) -> Result<(RowNo, Outcome)> {
    let delivery = change.delivery(&SourceName::new("crm"), &["name".into()])?;
    let mut payload = Payload::new();
    payload.push(0, name);
    let arrival = Arrival { id: id.into(), observed_at: None, change: Change::Upsert(payload) };
    Ok(change.append(&delivery, &[arrival])?[0])
}

fn same(left: &str, right: &str) -> Ruling {
    let (left, right) = (vec![key(left)], vec![key(right)]);
    Ruling::Identity(Identity { left, right, verdict: Verdict::Same })
}

/// Lets a record of its own arrive, and be a customer.
pub fn arrive_alone(store: &mut dyn Store, number: u64) {
    let changed = store.change(AT, &mut |change| {
        let (row, _) = arrive(change, &number.to_string(), "Jansen")?;
        let mut alone = entity('a', "Ede", &[row.0]);
        alone.id = karat_model::id::EntityId::from_u64(number + 1);
        change.publication()?.put_entity(&alone, None)?;
        Ok(())
    });
    changed.unwrap();
}

pub fn a_change_happens_whole_or_not_at_all(store: &mut dyn Store) {
    deliver_people(store, 1);
    publish(store, &[entity('a', "Ede", &[1])]).unwrap();
    for fails in [true, false] {
        let changed = store.change(AT, &mut |change| {
            assert_eq!(arrive(change, "1", "Jansen1")?, (RowNo(1), Outcome::Unchanged));
            assert_eq!(arrive(change, "2", "Smit")?, (RowNo(2), Outcome::New));
            change.decide(&same("crm/1", "crm/2"), "eva", "")?;
            change.remember("request", b"answer", 9)?;
            let publication = change.publication()?;
            publication.put_entity(&entity('a', "Epe", &[1, 2]), None)?;
            publication.add_match_keys(&[(MatchKey(7), RowNo(2))])?;
            if fails { Err(Error::Stopped) } else { Ok(()) }
        });
        assert_eq!(changed.is_err(), fails);
        let reader = store.reader();
        let (name, members, count) = if fails { ("Ede", "1a", 0) } else { ("Epe", "1a 2a", 1) };
        assert_eq!(reader.entity(id('a')).unwrap().unwrap().golden["city"], [name]);
        assert_eq!(crosswalk(reader), members);
        assert_eq!(reader.counts().unwrap().records, 1 + count);
        assert_eq!(reader.decisions().unwrap().len() as u64, count);
        assert_eq!(reader.remembered("request").unwrap().is_some(), !fails);
        assert_eq!(reader.events(EventNo::START, 9).unwrap().len() as u64, 1 + count);
        assert_eq!(reader.match_candidates(&[MatchKey(7)]).unwrap().len() as u64, count);
        assert!(!reader.is_behind().unwrap());
    }
}

pub fn a_change_sees_what_it_wrote(store: &mut dyn Store) {
    deliver_people(store, 3);
    publish(store, &[entity('a', "Ede", &[1, 2]), entity('b', "Epe", &[3])]).unwrap();
    let changed = store.change(AT, &mut |change| {
        arrive(change, "4", "Smit")?;
        assert!(change.reader().record(&key("crm/4"))?.is_some());
        assert!(change.reader().is_behind()?);
        let publication = change.publication()?;
        let moved = entity('b', "Epe", &[2, 3, 4]);
        assert_eq!(publication.put_entity(&moved, None)?, EntityChange::Updated);
        publication.put_entity(&entity('a', "Ede", &[1]), None)?;
        assert_eq!(crosswalk(change.reader()), "1a 2b 3b 4b");
        assert_eq!(change.reader().last_event()?, EventNo(4));
        // Again in the same change, and again.
        assert_eq!(change.publication()?.put_entity(&moved, None)?, EntityChange::Unchanged);
        change.publication()?.retire_entity(id('a'), Some(id('b')))?;
        change.publication()?.put_entity(&entity('b', "Epe", &[1, 2, 3, 4]), None)?;
        assert_eq!(crosswalk(change.reader()), "1b 2b 3b 4b");
        assert_eq!(change.reader().former_ids(id('b'))?, [(id('a'), AT)]);
        change.reader().at_one_moment(&mut |fixed| {
            assert_eq!(fixed.members_of(&[id('b')])?.len(), 4);
            Ok(())
        })
    });
    changed.unwrap();
    assert_eq!(crosswalk(store.reader()), "1b 2b 3b 4b");
    assert_eq!(store.reader().last_event().unwrap(), EventNo(6));
    assert_eq!(store.reader().counts().unwrap().entities, 1);
}

pub fn changes_between_loads_share_a_stretch(store: &mut dyn Store) {
    deliver_people(store, 1);
    assert_eq!(store.reader().loads().unwrap().len(), 1);
    for (number, expected) in [(1, 2), (2, 2)] {
        arrive_alone(store, number);
        let events = store.reader().events(EventNo::START, 9).unwrap();
        assert_eq!(events.last().unwrap().load.0, expected);
    }
    assert_eq!(load(store).0, 3);
    arrive_alone(store, 3);
    assert_eq!(store.reader().events(EventNo(2), 9).unwrap()[0].load.0, 4);
    let loads = store.reader().loads().unwrap();
    assert_eq!(loads.iter().map(|load| load.load.0).collect::<Vec<_>>(), [3, 1]);
    // Changes that journal nothing need none.
    let last = load(store);
    store.change(AT, &mut |change| change.remember("request", b"answer", 9)).unwrap();
    assert_eq!(load(store).0, last.0 + 1);
}

pub fn what_was_journaled_is_behind_until_it_is_published(store: &mut dyn Store) {
    let settled_at = |store: &dyn Store| store.reader().settled_at().unwrap();
    let unpublished = |store: &dyn Store, limit| {
        let rows = store.reader().unpublished(limit).unwrap();
        rows.map(|rows| rows.iter().map(|row| row.0).collect::<Vec<_>>())
    };
    deliver_people(store, 2);
    assert_eq!(unpublished(store, 2), Some(vec![1, 2]));
    assert_eq!(unpublished(store, 1), None);
    publish(store, &[]).unwrap();
    assert_eq!(unpublished(store, 0), Some(vec![]));
    let behind = |store: &dyn Store| store.reader().is_behind().unwrap();
    assert!(!behind(store));
    let settled = settled_at(store).expect("all is published");
    let since = |store: &dyn Store, limit| {
        let rows = store.reader().arrived_after(settled, limit).unwrap();
        rows.map(|rows| rows.iter().map(|row| row.0).collect::<Vec<_>>())
    };
    assert_eq!(since(store, 0), Some(vec![]));
    store.change(AT, &mut |change| arrive(change, "2", "Smit").map(|_| ())).unwrap();
    assert!(behind(store));
    assert_eq!((settled_at(store), since(store, 0)), (None, None));
    assert_eq!(unpublished(store, 9), Some(vec![2]));
    let nothing = &mut |change: &mut dyn Transaction| change.publication()?.put_statistic("a", "1");
    store.change(AT, nothing).unwrap();
    assert!(!behind(store));
    assert!(settled_at(store) > Some(settled), "later than before");
    assert_eq!(since(store, 1), Some(vec![2]), "published or not");
    let decide = &mut |change: &mut dyn Transaction| {
        change.publication()?.put_statistic("a", "1")?;
        change.decide(&same("crm/1", "crm/2"), "eva", "").map(|_| ())
    };
    store.change(AT, decide).unwrap();
    assert!(behind(store), "it was decided after what was published");
    assert_eq!(unpublished(store, 9), Some(vec![]));
    store.change(AT, nothing).unwrap();
    assert!(!behind(store));
    store.change(AT, &mut |change| change.undo(DecisionNo(1), "eva", "").map(|_| ())).unwrap();
    assert!(behind(store));
    publish(store, &[]).unwrap();
    assert!(!behind(store));
}

pub fn potential_matches_of_records_are_replaced(store: &mut dyn Store) {
    deliver_people(store, 5);
    let pair = |weight, left, right| PotentialMatchRow {
        weight: Weight(weight),
        left: RowNo(left),
        right: RowNo(right),
        held: (weight == 7).then(|| "large".to_string()),
    };
    let first = load(store);
    let pairs = [pair(9, 1, 2), pair(8, 2, 3), pair(5, 3, 4)];
    store.publish(first, AT, &mut |p| p.replace_potential_matches(&pairs)).unwrap();
    let replace = |store: &mut dyn Store, records: &[u64], pairs: &[PotentialMatchRow]| {
        let records: Vec<RowNo> = records.iter().copied().map(RowNo).collect();
        let replaced = store.change(AT, &mut |change| {
            change.publication()?.replace_potential_matches_of(&records, pairs)
        });
        replaced.unwrap();
        let found = store.reader().potential_matches(None, 99).unwrap();
        found.into_iter().map(|found| found.pair).collect::<Vec<_>>()
    };
    let left = replace(store, &[2], &[pair(7, 2, 3), pair(6, 2, 5)]);
    assert_eq!(left, [pair(7, 2, 3), pair(6, 2, 5), pair(5, 3, 4)]);
    assert_eq!(replace(store, &[5, 1], &[]), [pair(7, 2, 3), pair(5, 3, 4)]);
    assert_eq!(replace(store, &[], &[]), [pair(7, 2, 3), pair(5, 3, 4)]);
    assert_eq!(replace(store, &[2, 3], &[]), []);
}

pub fn holds_are_replaced(store: &mut dyn Store) {
    let hold = |left: u64, right: u64| HoldRow {
        left: vec![RowNo(left)],
        right: vec![RowNo(right)],
        reason: "large".into(),
    };
    let first = load(store);
    store.publish(first, AT, &mut |p| p.replace_holds(&[hold(1, 2)])).unwrap();
    store.change(AT, &mut |c| c.publication()?.replace_holds(&[hold(3, 4), hold(5, 6)])).unwrap();
    assert_eq!(store.reader().holds().unwrap(), [hold(3, 4), hold(5, 6)]);
}

pub fn records_are_looked_up_by_number(store: &mut dyn Store) {
    deliver_people(store, 100);
    super::deliver(store, "crm", "id name\n 7");
    publish(store, &[entity('a', "Ede", &[9, 8]), entity('b', "Ede", &[70])]).unwrap();
    let reader = store.reader();
    let rows = |numbers: &[u64]| numbers.iter().copied().map(RowNo).collect::<Vec<_>>();
    let found = |numbers: &[u64]| {
        let records = reader.records_by_row(&rows(numbers)).unwrap();
        records.iter().map(|stored| stored.row.0).collect::<Vec<_>>()
    };
    assert_eq!(found(&[9, 7, 3, 101, 9]), [3, 9]);
    assert!(found(&[]).is_empty());
    let all: Vec<u64> = (1..=100).rev().collect();
    assert_eq!(found(&all).len(), 99);
    let keys = ["crm/8", "crm/7", "crm/101", "erp/8"].map(key);
    let expected = [(key("crm/8"), RowNo(8)), (key("crm/7"), RowNo(7))];
    assert_eq!(reader.rows_of(&keys).unwrap(), expected);
    let entities = reader.entities_of_rows(&rows(&[70, 10, 9, 9])).unwrap();
    assert_eq!(entities, [(RowNo(9), id('a')), (RowNo(70), id('b'))]);
    let of = |row| (id('a'), EntityType::Person, RowNo(row));
    assert_eq!(reader.members_of(&[id('c'), id('a'), id('a')]).unwrap(), [of(8), of(9)]);
    assert_eq!(reader.members_of(&[id('a'), id('b')]).unwrap().len(), 3);
    assert_eq!(reader.members_of(&[]).unwrap(), []);
}

pub fn decisions_are_kept_and_undone(store: &mut dyn Store) {
    assert_eq!(store.reader().last_decision().unwrap(), DecisionNo(0));
    let rulings = [same("crm/1", "crm/2"), Ruling::Lock(vec![key("crm/1")])];
    let decide = |change: &mut dyn Transaction| {
        assert_eq!(change.decide(&rulings[0], "eva", "same house")?, DecisionNo(1));
        assert_eq!(change.decide(&rulings[1], "jan", "")?, DecisionNo(2));
        assert!(change.undo(DecisionNo(1), "jan", "other house")?);
        assert!(!change.undo(DecisionNo(1), "jan", "again")?);
        // Undoing is no decision that could be undone.
        assert!(!change.undo(DecisionNo(3), "jan", "")?);
        assert!(!change.undo(DecisionNo(9), "jan", "")?);
        Ok(())
    };
    store.change(moment(5), &mut { decide }).unwrap();
    assert_eq!(store.reader().last_decision().unwrap(), DecisionNo(3));
    let kept = store.reader().decisions().unwrap();
    let shown: Vec<_> =
        kept.iter().map(|kept| (kept.decision.no.0, &kept.decision.ruling)).collect();
    assert_eq!(shown, [(1, &rulings[0]), (2, &rulings[1])]);
    let first = &kept[0].decision;
    assert_eq!((first.steward.as_str(), first.reason.as_str()), ("eva", "same house"));
    assert_eq!(first.at, moment(5));
    let undone = Undone {
        no: DecisionNo(3),
        steward: "jan".into(),
        at: moment(5),
        reason: "other house".into(),
    };
    assert_eq!((&kept[0].undone, &kept[1].undone), (&Some(undone), &None));
    store.change(AT, &mut |change| change.decide(&rulings[0], "eva", "").map(|_| ())).unwrap();
    assert_eq!(store.reader().last_decision().unwrap(), DecisionNo(4));

    let page = |before: Option<u64>, count| -> Vec<(u64, bool)> {
        let page = store.reader().decisions_page(before.map(DecisionNo), count).unwrap();
        page.iter().map(|kept| (kept.decision.no.0, kept.undone.is_some())).collect()
    };
    let all = [(1, true), (2, false), (4, false)];
    assert_eq!((page(None, 1), page(None, 2)), (all[2..].to_vec(), all[1..].to_vec()));
    assert_eq!((page(None, 3), page(None, 9)), (all.to_vec(), all.to_vec()));
    // Those that came later are there as well: by them it is judged.
    assert_eq!((page(Some(3), 1), page(Some(2), 1)), (all[1..].to_vec(), all.to_vec()));
    assert_eq!(page(Some(1), 1), all, "none is before, and all are later");
}

pub fn answers_are_remembered_for_a_while(store: &mut dyn Store) {
    let remember = |store: &mut dyn Store, at, request: &str, answer: &[u8]| {
        store.change(moment(at), &mut |change| change.remember(request, answer, 10)).unwrap();
    };
    let recall = |store: &dyn Store, request| store.reader().remembered(request).unwrap();
    assert_eq!(recall(store, "a"), None);
    remember(store, 0, "a", b"\0one");
    remember(store, 5, "b", b"");
    assert_eq!((recall(store, "a"), recall(store, "b")), (Some(b"\0one".to_vec()), Some(vec![])));
    assert_eq!(recall(store, "A"), None);
    remember(store, 10, "c", b"three");
    assert_eq!(recall(store, "a"), Some(b"\0one".to_vec()));
    remember(store, 11, "b", b"two");
    assert_eq!((recall(store, "a"), recall(store, "b")), (None, Some(b"two".to_vec())));
}

pub fn access_is_kept(store: &mut dyn Store) {
    let api_key = |id: &str, hash: u8| ApiKey {
        id: id.into(),
        name: "shop".into(),
        role: "writer".into(),
        hash: [hash; 32],
        created_at: AT,
        expires_at: None,
        revoked_at: Some(moment(3)),
    };
    let account = |name: &str, failed_sign_ins| Account {
        name: name.into(),
        role: "steward".into(),
        password_hash: "$argon2id$".into(),
        created_at: AT,
        failed_sign_ins,
        locked_until: Some(moment(9)),
        disabled: failed_sign_ins > 2,
    };
    let session = |hash: u8, account: &str, end| Session {
        hash: [hash; 32],
        account: account.into(),
        csrf: "token".into(),
        created_at: AT,
        expires_at: moment(end),
    };
    let put = |change: &mut dyn Transaction| {
        change.put_api_key(&api_key("b", 1))?;
        change.put_api_key(&api_key("a", 2))?;
        change.put_api_key(&api_key("b", 3))?;
        change.put_account(&account("eva", 0))?;
        change.put_account(&account("jan", 0))?;
        change.put_account(&account("eva", 3))?;
        for (hash, name, end) in [(1, "eva", 5), (2, "eva", 50), (3, "jan", 50), (4, "jan", 50)] {
            change.put_session(&session(hash, name, end))?;
        }
        Ok(())
    };
    store.change(AT, &mut { put }).unwrap();
    let reader = store.reader();
    assert_eq!(reader.api_keys().unwrap(), [api_key("a", 2), api_key("b", 3)]);
    assert_eq!(reader.api_key(&[3; 32]).unwrap(), Some(api_key("b", 3)));
    assert_eq!(reader.api_key(&[1; 32]).unwrap(), None);
    assert_eq!(reader.accounts().unwrap(), [account("eva", 3), account("jan", 0)]);
    assert_eq!(reader.account("eva").unwrap(), Some(account("eva", 3)));
    assert_eq!(reader.account("Eva").unwrap(), None);
    assert_eq!(reader.session(&[1; 32]).unwrap(), Some(session(1, "eva", 5)));
    let remove = |change: &mut dyn Transaction| {
        assert_eq!(change.remove_ended_sessions()?, 1);
        assert!(change.remove_session(&[3; 32])? && !change.remove_session(&[3; 32])?);
        assert_eq!(change.remove_sessions_of("jan")?, 1);
        assert!(change.remove_account("eva")? && !change.remove_account("eva")?);
        assert!(change.remove_api_key("a")? && !change.remove_api_key("a")?);
        Ok(())
    };
    store.change(moment(5), &mut { remove }).unwrap();
    let reader = store.reader();
    assert_eq!((1..=4).filter(|&hash| reader.session(&[hash; 32]).unwrap().is_some()).count(), 0);
    assert_eq!(reader.accounts().unwrap(), [account("jan", 0)]);
    assert_eq!(reader.api_keys().unwrap(), [api_key("b", 3)]);
}

pub fn changed_entities_are_found(store: &mut dyn Store) {
    let find = |store: &dyn Store, query: &str| store.reader().search(query, 9).unwrap().len();
    deliver_people(store, 2);
    publish(store, &[entity('a', "Ede", &[1])]).unwrap();
    assert_eq!((find(store, "ede"), find(store, "zwolle"), find(store, "zwole")), (1, 0, 0));
    for (letter, city) in [('b', "Zwolle"), ('a', "Zwolle"), ('a', "Zutphen")] {
        let put = store.change(AT, &mut |change| {
            let row = if letter == 'a' { 1 } else { 2 };
            change.publication()?.put_entity(&entity(letter, city, &[row]), None).map(|_| ())
        });
        put.unwrap();
        let others = usize::from((letter, city) == ('a', "Zwolle"));
        assert_eq!(find(store, &city.to_lowercase()), 1 + others);
    }
    assert_eq!((find(store, "ede"), find(store, "zwolle"), find(store, "zwole")), (0, 1, 1));
    assert_eq!((find(store, "zutpen"), find(store, "zut")), (1, 1));
}

/// Changes take turns, a load has the turn until it is finished.
pub fn writers_take_turns(first: &mut dyn Store, second: &mut dyn Store, hub: &str) {
    arrive_alone(first, 1);
    arrive_alone(second, 2);
    arrive_alone(first, 3);
    assert_eq!(first.reader().last_event().unwrap(), EventNo(3));
    assert!(!first.must_wait().unwrap() && !second.must_wait().unwrap());
    let begun = first.begin_load(AT).unwrap();
    assert!(second.must_wait().unwrap());
    assert!(!first.must_wait().unwrap(), "it has the turn itself");
    let refused = second.begin_load(AT).unwrap_err();
    assert_eq!(refused.to_string(), format!("another karat is writing to {hub}"));
    // A change of one's own does not wait for one's own load.
    arrive_alone(first, 4);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| arrive_alone(second, 5));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!waiting.is_finished(), "the change came within the load");
        deliver_people(first, 9);
        first.finish_load(begun, AT, "{}").unwrap();
        waiting.join().unwrap();
    });
    assert_eq!(first.reader().last_event().unwrap(), EventNo(5));
    let begun = second.begin_load(AT).unwrap();
    second.finish_load(begun, AT, "{}").unwrap();
    arrive_alone(first, 6);
    let events = second.reader().events(EventNo::START, 99).unwrap();
    assert!(events.iter().map(|event| event.number.0).eq(1..=6));

    // What the other adds is known in the next change: a source, and keys of records.
    let mut found = Vec::new();
    let row = added_by(second, "shop");
    let read = &mut |change: &mut dyn Transaction| {
        let reader = change.reader();
        let candidates = reader.match_candidates(&[MatchKey(1 << 40)])?;
        found = candidates.into_iter().map(|(_, row)| row).collect();
        assert_eq!(reader.records_by_row(&found)?.len(), found.len());
        Ok(())
    };
    first.change(AT, read).unwrap();
    let other = added_by(second, "erp");
    first.change(AT, read).unwrap();
    assert_eq!(found, [row, other]);
}

/// A record of a new source, with a key.
fn added_by(store: &mut dyn Store, source: &str) -> RowNo {
    let mut added = None;
    let add = &mut |change: &mut dyn Transaction| {
        let delivery = change.delivery(&SourceName::new(source), &["name".into()])?;
        let mut payload = Payload::new();
        payload.push(0, source);
        let arrival =
            Arrival { id: "1".into(), observed_at: None, change: Change::Upsert(payload) };
        let (row, _) = change.append(&delivery, &[arrival])?[0];
        change.publication()?.add_match_keys(&[(MatchKey(1 << 40), row)])?;
        added = Some(row);
        Ok(())
    };
    store.change(AT, add).unwrap();
    added.unwrap()
}

/// Makes three changes; `kill` kills the writer within each.
pub fn change_and_be_killed(store: &mut dyn Store, kill: &mut dyn FnMut()) -> Result<()> {
    for (city, letter) in [("Ede", 'a'), ("Epe", 'b'), ("Ee", 'c')] {
        store.change(AT, &mut |change| {
            let (row, _) = arrive(change, city, "Jansen")?;
            change.decide(&same("crm/1", "crm/2"), "eva", "")?;
            let publication = change.publication()?;
            publication.put_entity(&entity(letter, city, &[row.0]), None)?;
            publication.add_match_keys(&[(MatchKey(7), row)])?;
            change.remember(city, b"answer", 9)?;
            kill();
            Ok(())
        })?;
    }
    Ok(())
}

/// What [`change_and_be_killed`] leaves when so many changes had returned.
pub fn a_kill_left_so_many_changes(store: &mut dyn Store, changes: usize) {
    let reader: &dyn Reader = store.reader();
    assert_eq!(records(reader).lines().count(), changes);
    assert_eq!(crosswalk(reader), ["", "1a", "1a 2b"][changes]);
    assert_eq!(reader.last_event().unwrap(), EventNo(changes as u64));
    assert_eq!(reader.decisions().unwrap().len(), changes);
    assert_eq!(reader.match_candidates(&[MatchKey(7)]).unwrap().len(), changes);
    let answered =
        ["Ede", "Epe", "Ee"].iter().filter(|city| reader.remembered(city).unwrap().is_some());
    assert_eq!(answered.count(), changes);
    assert!(!reader.is_behind().unwrap());
    let changed = store.change(Moment(0), &mut |change| arrive(change, "new", "Smit").map(|_| ()));
    changed.unwrap();
}
