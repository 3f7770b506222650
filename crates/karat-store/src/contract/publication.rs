//! What is promised of derived state and of the change feed.

use karat_model::evidence::Weight;
use karat_model::id::{EntityId, ModelId};

use super::{AT, crosswalk, deliver, deliver_people, entity, id, key, load, publish, records};
use crate::{
    Counts, EntityChange, Error, EventNo, HoldRow, PotentialMatchRow, Reader, Resolution, Result,
    RowNo, Store, StoredPotentialMatch,
};

pub fn entities_are_created_updated_and_left_alone(store: &mut dyn Store) {
    use EntityChange::{Created, Unchanged, Updated};
    deliver_people(store, 4);
    let mut first = entity('a', "Ede", &[1, 2]);
    first.weakest_link = Some(Weight::from_bits(-1.5));
    let second = entity('b', "Epe", &[3]);
    let put = |store: &mut dyn Store, entity| publish(store, &[entity]).unwrap()[0];
    assert_eq!(publish(store, &[first.clone(), second.clone()]).unwrap(), [Created, Created]);
    let stored = store.reader().entity(id('a')).unwrap().unwrap();
    assert_eq!((stored.title.as_str(), stored.records), ("a", 2));
    assert_eq!(stored.weakest_link, first.weakest_link);
    assert_eq!(stored.golden["city"], ["Ede"]);
    assert_eq!(store.reader().entity(id('c')).unwrap(), None);

    first.members.reverse();
    assert_eq!(put(store, first.clone()), Unchanged);
    assert_eq!(put(store, entity('c', "Ede", &[4])), Created);
    let changes: [fn(&mut crate::Entity); 5] = [
        |entity| entity.title = "other".into(),
        |entity| entity.search_text = "other".into(),
        |entity| entity.weakest_link = None,
        |entity| entity.golden = self::entity('a', "Ee", &[]).golden,
        |entity| entity.members = vec![RowNo(2)],
    ];
    for change in changes {
        change(&mut first);
        assert_eq!(put(store, first.clone()), Updated);
        assert_eq!(put(store, first.clone()), Unchanged);
    }
    let mut ids = Vec::new();
    let mut visit = |entity: crate::StoredEntity| {
        ids.push(entity.id);
        Ok(())
    };
    store.reader().entities(&mut visit).unwrap();
    let mut expected = [id('a'), id('b'), id('c')];
    expected.sort();
    assert_eq!(ids, expected);
}

pub fn records_move_between_entities(store: &mut dyn Store) {
    deliver_people(store, 3);
    deliver(store, "abc", "id name\n 9 Smit");
    publish(store, &[entity('a', "Ede", &[1, 4, 3]), entity('b', "Epe", &[2])]).unwrap();
    assert_eq!(crosswalk(store.reader()), "1a 2b 3a 4a");
    let mut by_key = 0;
    let visited = store.reader().keyed_crosswalk(&mut |key, entity| {
        by_key += 1;
        assert_eq!(store.reader().entity_of(&key)?, Some(entity));
        Ok(())
    });
    visited.unwrap();
    assert_eq!(by_key, 4);
    assert_eq!(store.reader().entity_of(&key("crm/3")).unwrap(), Some(id('a')));
    assert_eq!(store.reader().entity_of(&key("crm/4")).unwrap(), None);
    let keys = |reader: &dyn Reader, entity: EntityId| -> Vec<String> {
        let records = reader.records_of(entity).unwrap();
        records.iter().map(|stored| stored.record.key.to_string()).collect()
    };
    assert_eq!(keys(store.reader(), id('a')), ["abc/9", "crm/1", "crm/3"]);
    let sources = |reader: &dyn Reader, entity: EntityId| -> Vec<String> {
        let sources = reader.sources_of(entity).unwrap();
        sources.iter().map(|source| source.to_string()).collect()
    };
    assert_eq!(sources(store.reader(), id('a')), ["abc", "crm"]);
    assert_eq!(sources(store.reader(), id('c')), [""; 0]);

    publish(store, &[entity('c', "Ede", &[3]), entity('a', "Ede", &[4, 1])]).unwrap();
    assert_eq!(crosswalk(store.reader()), "1a 2b 3c 4a");
    publish(store, &[entity('a', "Ede", &[1]), entity('b', "Epe", &[2, 4])]).unwrap();
    assert_eq!(crosswalk(store.reader()), "1a 2b 3c 4b");

    deliver(store, "crm", "id name\n 1\n 2");
    assert_eq!(keys(store.reader(), id('b')), ["abc/9"]);
    assert_eq!(sources(store.reader(), id('b')), ["abc"]);
    let load = load(store);
    let retire = store.publish(load, AT, &mut |publication| {
        publication.put_entity(&entity('b', "Epe", &[4]), None)?;
        publication.retire_entity(id('a'), None)
    });
    retire.unwrap();
    assert_eq!(crosswalk(store.reader()), "3c 4b");
    assert_eq!(store.reader().entity_of(&key("crm/1")).unwrap(), None);
}

pub fn every_id_resolves_for_ever(store: &mut dyn Store) {
    use Resolution::{Live, Redirected, Retired, Unknown};
    deliver_people(store, 5);
    let entities: Vec<_> = ('a'..='e').zip(1..).map(|(c, row)| entity(c, "Ede", &[row])).collect();
    publish(store, &entities).unwrap();
    let retire = |store: &mut dyn Store, from, to: Option<char>| {
        let load = load(store);
        store.publish(load, AT, &mut |publication| publication.retire_entity(id(from), to.map(id)))
    };
    let check = |store: &dyn Store, expected: [Resolution; 6]| {
        let found = ['a', 'b', 'c', 'd', 'e', 'f'].map(|c| store.reader().resolve(id(c)).unwrap());
        assert_eq!(found, expected);
    };
    check(store, [Live, Live, Live, Live, Live, Unknown]);
    retire(store, 'a', Some('b')).unwrap();
    check(store, [Redirected(id('b')), Live, Live, Live, Live, Unknown]);
    retire(store, 'b', Some('c')).unwrap();
    retire(store, 'd', None).unwrap();
    let c = Redirected(id('c'));
    check(store, [c, c, Live, Retired, Live, Unknown]);
    let former = |store: &dyn Store, of| -> Vec<EntityId> {
        let former = store.reader().former_ids(id(of)).unwrap();
        former.into_iter().map(|(former, _)| former).collect()
    };
    assert_eq!(former(store, 'c'), [id('b'), id('a')]);
    assert_eq!((former(store, 'b'), former(store, 'e')), (vec![id('a')], vec![]));
    retire(store, 'c', None).unwrap();
    check(store, [Retired, Retired, Retired, Retired, Live, Unknown]);

    // An id that comes back to life ends the chains that lead to it.
    publish(store, &[entity('b', "Ede", &[1])]).unwrap();
    check(store, [Redirected(id('b')), Live, Retired, Retired, Live, Unknown]);
    retire(store, 'b', Some('e')).unwrap();
    retire(store, 'e', Some('b')).unwrap();
    check(store, [Retired, Retired, Retired, Retired, Retired, Unknown]);
    assert_eq!(former(store, 'c'), []);
}

pub fn only_entities_can_be_retired(store: &mut dyn Store) {
    deliver_people(store, 1);
    let retire = |store: &mut dyn Store| {
        let load = load(store);
        store.publish(load, AT, &mut |publication| publication.retire_entity(id('b'), None))
    };
    assert!(matches!(retire(store), Err(Error::UnknownEntity(unknown)) if unknown == id('b')));
    publish(store, &[entity('a', "Ede", &[1])]).unwrap();
    assert!(matches!(retire(store), Err(Error::UnknownEntity(unknown)) if unknown == id('b')));
    publish(store, &[entity('b', "Ede", &[1])]).unwrap();
    retire(store).unwrap();
    assert!(matches!(retire(store), Err(Error::UnknownEntity(_))));
}

pub fn entities_may_come_in_any_order(store: &mut dyn Store) {
    use EntityChange::{Created, Unchanged, Updated};
    let count = 500;
    deliver_people(store, count);
    // Some order that is neither that of the rows nor that of the ids.
    let row = |place: u64| place * 163 % count + 1;
    let person = |row: u64, city: &str| crate::Entity {
        id: EntityId::from_u64(row * 0x9e37_79b9 % (1 << 40)),
        ..entity('a', city, &[row])
    };
    let people = |city: &dyn Fn(u64) -> &'static str| -> Vec<crate::Entity> {
        (0..count).map(|place| person(row(place), city(row(place)))).collect()
    };
    let put = |store: &mut dyn Store, entities: &[crate::Entity], change| {
        publish(store, entities).unwrap().into_iter().filter(|made| *made == change).count()
    };
    assert_eq!(put(store, &people(&|_| "Ede"), Created), 500);
    assert_eq!(put(store, &people(&|_| "Ede"), Unchanged), 500);
    let some = people(&|row| if row % 10 == 0 { "Epe" } else { "Ede" });
    assert_eq!(put(store, &some, Updated), 50);
    assert_eq!(put(store, &some, Unchanged), 500);

    // An entity that makes room for others, and comes back in the same publication.
    let load = load(store);
    let published = store.publish(load, AT, &mut |publication| {
        for row in 1..=200 {
            publication.retire_entity(person(row, "Ede").id, None)?;
        }
        assert!(publication.retire_entity(person(7, "Ede").id, None).is_err());
        assert_eq!(publication.put_entity(&person(7, "Ede"), None)?, Created);
        publication.retire_entity(person(7, "Ede").id, Some(person(300, "Ede").id))
    });
    published.unwrap();
    assert_eq!(store.reader().counts().unwrap().entities, 300);
    let resolved = store.reader().resolve(person(7, "Ede").id).unwrap();
    assert_eq!(resolved, Resolution::Redirected(person(300, "Ede").id));
    assert_eq!(store.reader().resolve(person(8, "Ede").id).unwrap(), Resolution::Retired);
}

pub fn a_failed_publication_changes_nothing(store: &mut dyn Store) {
    deliver_people(store, 2);
    for is_first in [true, false] {
        let load = load(store);
        let failed = store.publish(load, AT, &mut |publication| {
            publication.put_model(b"model", "")?;
            publication.put_entity(&entity('a', "Ede", &[1, 2]), None)?;
            publication.put_statistic("quality", "1")?;
            Err(Error::Stopped)
        });
        assert!(matches!(failed, Err(Error::Stopped)));
        let reader = store.reader();
        assert!(reader.is_behind().unwrap() == is_first);
        assert_eq!(reader.entity(id('a')).unwrap(), None);
        assert_eq!(reader.search("ede", 9).unwrap(), []);
        let events = reader.events(EventNo::START, 9).unwrap();
        assert_eq!(events.len(), usize::from(!is_first));
        assert_eq!(reader.model().unwrap(), None);
        assert_eq!(reader.statistic("quality").unwrap(), None);
        assert_eq!(crosswalk(reader), if is_first { "" } else { "1b" });
        publish(store, &[entity('b', "Utrecht", &[1])]).unwrap();
    }
}

pub fn events_follow_each_other_without_gaps(store: &mut dyn Store) {
    deliver_people(store, 3);
    let mut loads = Vec::new();
    for (at, city, stops) in [(9, "Ede", false), (9, "Epe", true), (7, "Ee", false)] {
        let load = load(store);
        loads.push(load);
        let published = store.publish(load, crate::contract::moment(at), &mut |publication| {
            publication.put_entity(&entity('a', city, &[1, 2]), None)?;
            if at == 7 {
                publication.put_entity(&entity('b', "Ede", &[3]), Some(id('c')))?;
                publication.put_entity(&entity('b', "Ede", &[3]), Some(id('a')))?;
                publication.retire_entity(id('a'), Some(id('b')))?;
                publication.retire_entity(id('b'), None)?;
            }
            if stops { Err(Error::Stopped) } else { Ok(()) }
        });
        assert_eq!(published.is_err(), stops);
    }
    let feed = store.reader().events(EventNo::START, 9).unwrap();
    let shown: Vec<_> = feed.iter().map(|event| (event.number.0, event.kind.name())).collect();
    let expected = [(1, "created"), (2, "updated"), (3, "split"), (4, "merged"), (5, "deleted")];
    assert_eq!(shown, expected);
    assert_eq!((feed[0].load, feed[4].load), (loads[0], loads[2]));
    // The clock went back; the feed does not.
    assert!(feed.iter().all(|event| event.at == crate::contract::moment(9)));
    assert_eq!((feed[2].entity, feed[2].other), (id('b'), Some(id('c'))));
    assert_eq!((feed[3].entity, feed[3].other), (id('a'), Some(id('b'))));
    let image = |version: &Option<crate::EntityVersion>| {
        let version = version.as_ref();
        version.map_or(String::new(), |version| {
            let keys: Vec<String> = version.members.iter().map(|key| key.to_string()).collect();
            format!("{} {}", version.entity.golden["city"][0], keys.join(" "))
        })
    };
    let images: Vec<_> =
        feed.iter().map(|event| [image(&event.before), image(&event.after)]).collect();
    let (ede, ee, other) = ("Ede crm/1 crm/2", "Ee crm/1 crm/2", "Ede crm/3");
    assert_eq!(images, [["", ede], [ede, ee], ["", other], [ee, ""], [other, ""]]);
    assert_eq!(store.reader().events(EventNo(1), 2).unwrap(), feed[1..3]);
    assert_eq!(store.reader().events(EventNo(5), 2).unwrap(), []);
}

pub fn potential_matches_are_replaced_and_listed_by_weight(store: &mut dyn Store) {
    deliver_people(store, 5);
    publish(store, &[entity('a', "Ede", &[1, 2]), entity('b', "Epe", &[3])]).unwrap();
    let pair = |weight, left, right| PotentialMatchRow {
        weight: Weight(weight),
        left: RowNo(left),
        right: RowNo(right),
        held: (left == 1 && right == 3).then(|| "large".to_string()),
    };
    let replace = |store: &mut dyn Store, pairs: &[PotentialMatchRow]| {
        let load = load(store);
        store.publish(load, AT, &mut |publication| publication.replace_potential_matches(pairs))
    };
    let pairs = |found: Vec<StoredPotentialMatch>| -> Vec<PotentialMatchRow> {
        found.into_iter().map(|found| found.pair).collect()
    };
    let all = |store: &dyn Store| pairs(store.reader().potential_matches(None, 99).unwrap());
    let by_weight = [pair(9, 1, 3), pair(9, 2, 3), pair(9, 2, 4), pair(-3, 1, 4)];
    let [first, second, third, fourth] = by_weight.clone();
    replace(store, &[fourth, second, third, first]).unwrap();
    assert_eq!(all(store), by_weight);
    let after = |place, limit| pairs(store.reader().potential_matches(Some(place), limit).unwrap());
    assert_eq!(after(by_weight[0].clone(), 2), by_weight[1..3]);
    assert_eq!(after(by_weight[2].clone(), 2), by_weight[3..]);
    assert_eq!(after(by_weight[3].clone(), 2), []);

    let of = |letter| pairs(store.reader().potential_matches_of(&[id(letter)]).unwrap());
    assert_eq!(of('a'), by_weight);
    assert_eq!(of('b'), by_weight[..2]);
    assert_eq!(of('c'), []);
    let first = &store.reader().potential_matches(None, 3).unwrap()[2];
    assert_eq!((&first.left, &first.right), (&key("crm/2"), &key("crm/4")));
    assert_eq!((first.left_entity, first.right_entity), (Some(id('a')), None));

    replace(store, &[pair(9, 2, 3), pair(8, 1, 3), pair(1, 4, 5)]).unwrap();
    assert_eq!(all(store), [pair(9, 2, 3), pair(8, 1, 3), pair(1, 4, 5)]);
    replace(store, &[]).unwrap();
    assert_eq!(all(store), []);
}

pub fn holds_stay_until_they_are_replaced(store: &mut dyn Store) {
    deliver_people(store, 5);
    let hold = |left: &[u64], right: &[u64], reason: &str| HoldRow {
        left: left.iter().map(|&row| RowNo(row)).collect(),
        right: right.iter().map(|&row| RowNo(row)).collect(),
        reason: reason.into(),
    };
    assert_eq!(store.reader().holds().unwrap(), []);
    let holds = [hold(&[1, 2], &[4], "large"), hold(&[3], &[5], "conflict:birth_date")];
    let first = load(store);
    store.publish(first, AT, &mut |publication| publication.replace_holds(&holds)).unwrap();
    publish(store, &[]).unwrap();
    assert_eq!(store.reader().holds().unwrap(), holds);
    let second = load(store);
    store.publish(second, AT, &mut |publication| publication.replace_holds(&holds[1..])).unwrap();
    assert_eq!(store.reader().holds().unwrap(), holds[1..]);
}

pub fn the_model_stays_until_another_is_put(store: &mut dyn Store) {
    assert_eq!(store.reader().model().unwrap(), None);
    let first = load(store);
    let put = |content: &'static [u8], hub_model: &'static str| {
        move |publication: &mut dyn crate::Publication| {
            assert_eq!(publication.put_model(content, hub_model)?, ModelId::of(content));
            Ok(())
        }
    };
    store.publish(first, AT, &mut put(b"one", "name: A")).unwrap();
    publish(store, &[]).unwrap();
    let model = store.reader().model().unwrap().unwrap();
    assert_eq!((model.id, model.load), (ModelId::of(b"one"), first));
    assert_eq!((&model.content[..], model.hub_model.as_str()), (&b"one"[..], "name: A"));
    let second = load(store);
    store.publish(second, AT, &mut put(b"two", "name: A")).unwrap();
    assert_eq!(store.reader().model().unwrap().unwrap().load, second);
    let third = load(store);
    store.publish(third, AT, &mut put(b"one", "name: B")).unwrap();
    let model = store.reader().model().unwrap().unwrap();
    assert_eq!((model.id, model.load), (ModelId::of(b"one"), first));
    assert_eq!(model.hub_model, "name: B");
}

pub fn statistics_are_kept_by_name(store: &mut dyn Store) {
    for json in ["[1]", "[2]"] {
        let load = load(store);
        store.publish(load, AT, &mut |p| p.put_statistic("quality", json)).unwrap();
        assert_eq!(store.reader().statistic("quality").unwrap().as_deref(), Some(json));
    }
    assert_eq!(store.reader().statistic("Quality").unwrap(), None);
}

pub fn counts_leave_out_what_is_gone(store: &mut dyn Store) {
    assert_eq!(store.reader().counts().unwrap(), Counts::default());
    deliver_people(store, 3);
    deliver(store, "crm", "id name\n 2");
    let load = load(store);
    let published = store.publish(load, AT, &mut |publication| {
        publication.put_entity(&entity('a', "Ede", &[1]), None)?;
        publication.put_entity(&entity('b', "Ede", &[3]), None).map(|_| ())
    });
    published.unwrap();
    let counts = store.reader().counts().unwrap();
    assert_eq!((counts.records, counts.entities), (2, 2));
    let of_sources = store.reader().record_counts().unwrap();
    assert_eq!(of_sources.iter().map(|(_, records)| *records).collect::<Vec<_>>(), [2]);
    store.publish(load, AT, &mut |p| p.retire_entity(id('b'), Some(id('a')))).unwrap();
    assert_eq!(store.reader().counts().unwrap().entities, 1);
}

/// What a reader of its own sees while the store is written; not every store is given one.
pub fn readers_see_what_was_committed(store: &mut dyn Store, reader: &dyn Reader) {
    deliver_people(store, 1);
    let load = load(store);
    let seen = || reader.search("ede", 9).unwrap().len();
    store
        .publish(load, AT, &mut |publication| {
            publication.put_entity(&entity('a', "Ede", &[1]), None)?;
            assert_eq!(seen(), 0);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen(), 1);

    let moment = reader.at_one_moment(&mut |fixed| {
        assert!(fixed.entity(id('a'))?.is_some());
        publish(store, &[entity('a', "Epe", &[1])])?;
        assert_eq!(fixed.entity(id('a'))?.unwrap().golden["city"], ["Ede"]);
        fixed.at_one_moment(&mut |nested| {
            assert_eq!(nested.entity(id('a'))?.unwrap().golden["city"], ["Ede"]);
            Ok(())
        })
    });
    moment.unwrap();
    assert_eq!(reader.entity(id('a')).unwrap().unwrap().golden["city"], ["Epe"]);
}

/// Publishes, and then something else; `kill` kills the writer before that is committed.
pub fn publish_and_be_killed(store: &mut dyn Store, kill: &mut dyn FnMut()) -> Result<()> {
    deliver_people(store, 2);
    publish(store, &[entity('a', "Ede", &[1, 2])]).unwrap();
    deliver(store, "crm", "id name\n 3 Smit");
    let load = load(store);
    store.publish(load, AT, &mut |publication| {
        publication.put_entity(&entity('a', "Epe", &[1]), None)?;
        publication.put_entity(&entity('b', "Ee", &[2, 3]), None)?;
        kill();
        Ok(())
    })
}

/// What [`publish_and_be_killed`] leaves: the last publication, and all of the journal.
pub fn a_kill_left_the_last_publication_and_the_journal(store: &mut dyn Store) {
    assert!(store.reader().is_behind().unwrap());
    assert_eq!(crosswalk(store.reader()), "1a 2a");
    assert_eq!(store.reader().entity(id('a')).unwrap().unwrap().golden["city"], ["Ede"]);
    assert_eq!(records(store.reader()).lines().last(), Some("crm/3 name=Smit"));
    publish(store, &[entity('b', "Ee", &[3])]).unwrap();
    assert!(!store.reader().is_behind().unwrap());
}
