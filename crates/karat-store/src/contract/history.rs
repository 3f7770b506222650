//! What is promised of the change feed and of what was.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::decision::{DecisionNo, Ruling};
use karat_model::id::{EntityId, RecordKey, SourceName};

use super::{AT, Dice, arrivals_of, deliver, deliver_people, entity, id, key, load, moment};
use crate::{
    ArrivalNo, EntityVersion, EventKind, EventNo, Publication, Reader, Resolution, Result, RowNo,
    Store, StoredRecord,
};

/// What a consumer of the feed knows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    entities: BTreeMap<EntityId, EntityVersion>,
    redirects: BTreeMap<EntityId, Option<EntityId>>,
}

impl Known {
    /// Takes in events one by one.
    fn take(&mut self, reader: &dyn Reader, after: EventNo) {
        for event in reader.events(after, 9999).unwrap() {
            assert_eq!(self.entities.get(&event.entity), event.before.as_ref(), "{event:?}");
            match event.kind {
                EventKind::Created | EventKind::Split | EventKind::Updated => {
                    assert_eq!(event.before.is_some(), event.kind == EventKind::Updated);
                    self.redirects.remove(&event.entity);
                    self.entities.insert(event.entity, event.after.unwrap());
                }
                EventKind::Merged | EventKind::Deleted => {
                    assert_eq!(event.after, None);
                    assert_eq!(event.other.is_some(), event.kind == EventKind::Merged);
                    self.entities.remove(&event.entity);
                    self.redirects.insert(event.entity, event.other);
                }
            }
        }
    }

    fn resolve(&self, id: EntityId) -> Resolution {
        let mut passed = BTreeSet::from([id]);
        let mut at = id;
        loop {
            if self.entities.contains_key(&at) {
                return if at == id { Resolution::Live } else { Resolution::Redirected(at) };
            }
            match self.redirects.get(&at) {
                None if at == id => return Resolution::Unknown,
                Some(Some(next)) if passed.insert(*next) => at = *next,
                _ => return Resolution::Retired,
            }
        }
    }

    fn members(&self) -> BTreeMap<RecordKey, EntityId> {
        let of = |(id, version): (&EntityId, &EntityVersion)| {
            version.members.iter().map(|key| (key.clone(), *id)).collect::<Vec<_>>()
        };
        self.entities.iter().flat_map(of).collect()
    }
}

/// What there is, as the store itself tells.
fn there_is(reader: &dyn Reader) -> Known {
    let mut known = Known::default();
    let mut visit = |entity: crate::StoredEntity| {
        let version = reader.entity_at(entity.id, reader.last_event()?)?.unwrap();
        assert_eq!(version.entity, entity);
        known.entities.insert(entity.id, version);
        Ok(())
    };
    reader.entities(&mut visit).unwrap();
    known
}

const LETTERS: [char; 8] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const RECORDS: u64 = 12;

/// A partition of the records among entities called by letters: some of them are in none.
type Partition = BTreeMap<char, BTreeSet<u64>>;

fn some_partition(dice: &mut Dice, before: &Partition) -> Partition {
    let mut partition = before.clone();
    for _ in 0..1 + dice.below(4) {
        let record = 1 + dice.below(RECORDS);
        partition.values_mut().for_each(|members| {
            members.remove(&record);
        });
        if dice.below(5) > 0 {
            let letter = LETTERS[dice.below(8) as usize];
            partition.entry(letter).or_default().insert(record);
        }
    }
    partition.retain(|_, members| !members.is_empty());
    partition
}

/// Publishes what leads from one partition to the next, in some order.
fn publish(
    publication: &mut dyn Publication,
    dice: &mut Dice,
    before: &Partition,
    after: &Partition,
) -> Result<()> {
    let mut letters = LETTERS.to_vec();
    for at in 0..8 {
        letters.swap(at, dice.below(8) as usize);
    }
    for letter in letters {
        match (before.get(&letter), after.get(&letter)) {
            (_, Some(members)) => {
                let members: Vec<u64> = members.iter().copied().collect();
                let city = ["Ede", "Epe"][dice.below(2) as usize];
                let is_split = !before.contains_key(&letter) && dice.below(2) == 0;
                let origin = is_split.then(|| id(LETTERS[dice.below(8) as usize]));
                publication.put_entity(&entity(letter, city, &members), origin)?;
            }
            (Some(_), None) => {
                let successor = id(LETTERS[dice.below(8) as usize]);
                let successor = (dice.below(3) > 0 && successor != id(letter)).then_some(successor);
                publication.retire_entity(id(letter), successor)?;
            }
            (None, None) => {}
        }
    }
    Ok(())
}

/// Publishes a random sequence, by loads and by changes; `after_each` looks at the outcome.
fn play(store: &mut dyn Store, seed: u64, after_each: &mut dyn FnMut(&dyn Reader, &Partition)) {
    deliver_people(store, RECORDS);
    let mut dice = Dice(seed);
    let mut partition = Partition::new();
    for step in 0..40 {
        let next = some_partition(&mut dice, &partition);
        let at = moment(step / 3);
        if dice.below(3) == 0 {
            let load = load(store);
            let published =
                store.publish(load, at, &mut |to| publish(to, &mut dice, &partition, &next));
            published.unwrap();
            partition = next;
        } else {
            let last = some_partition(&mut dice, &next);
            let changed = store.change(at, &mut |change| {
                publish(change.publication()?, &mut dice, &partition, &next)?;
                if dice.below(2) == 0 {
                    change.reader().last_event()?;
                }
                publish(change.publication()?, &mut dice, &next, &last)
            });
            changed.unwrap();
            partition = last;
        }
        after_each(store.reader(), &partition);
    }
}

/// The crosswalk by record keys.
fn crosswalk(reader: &dyn Reader) -> BTreeMap<RecordKey, EntityId> {
    let mut crosswalk = BTreeMap::new();
    let visited = reader.keyed_crosswalk(&mut |key, entity| {
        crosswalk.insert(key, entity);
        Ok(())
    });
    visited.unwrap();
    crosswalk
}

pub fn a_consumer_from_zero_comes_to_what_there_is(store: &mut dyn Store) {
    let mut tail = Known::default();
    let mut place = EventNo::START;
    play(store, 1, &mut |reader, partition| {
        tail.take(reader, place);
        place = reader.last_event().unwrap();
        let mut from_zero = Known::default();
        from_zero.take(reader, EventNo::START);
        assert_eq!(from_zero, tail);
        assert_eq!(from_zero.entities, there_is(reader).entities);
        assert_eq!(from_zero.members(), crosswalk(reader));
        for letter in LETTERS {
            assert_eq!(from_zero.resolve(id(letter)), reader.resolve(id(letter)).unwrap());
            assert_eq!(
                from_zero.entities.contains_key(&id(letter)),
                partition.contains_key(&letter)
            );
        }
        let numbers = reader.events(EventNo::START, 9999).unwrap();
        assert!(numbers.iter().map(|event| event.number.0).eq(1..=place.0));
        assert_eq!(reader.counts().unwrap().entities, partition.len() as u64);
    });
}

pub fn anything_can_be_asked_as_of_any_event(store: &mut dyn Store) {
    let mut was: Vec<(EventNo, Known, BTreeMap<RecordKey, EntityId>)> = Vec::new();
    let mut retired: BTreeMap<EntityId, Vec<crate::RowNo>> = BTreeMap::new();
    let mut before: BTreeMap<EntityId, Vec<crate::RowNo>> = BTreeMap::new();
    play(store, 2, &mut |reader, _| {
        let mut known = there_is(reader);
        for letter in LETTERS {
            // What it resolves to is kept in the place of the chain.
            match reader.resolve(id(letter)).unwrap() {
                Resolution::Redirected(to) => {
                    known.redirects.insert(id(letter), Some(to));
                }
                Resolution::Retired => {
                    known.redirects.insert(id(letter), None);
                }
                Resolution::Live | Resolution::Unknown => {}
            }
        }
        was.push((reader.last_event().unwrap(), known, crosswalk(reader)));
        for event in reader.events(was.iter().rev().nth(1).map_or(EventNo(0), |w| w.0), 99).unwrap()
        {
            let rows = |version: &Option<EntityVersion>| -> Option<Vec<crate::RowNo>> {
                let members = &version.as_ref()?.members;
                let mut rows: Vec<_> =
                    reader.rows_of(members).unwrap().into_iter().map(|(_, row)| row).collect();
                rows.sort();
                Some(rows)
            };
            match rows(&event.after) {
                Some(rows) => before.insert(event.entity, rows),
                None => retired.insert(event.entity, rows(&event.before).unwrap()),
            };
        }
    });
    let reader = store.reader();
    for (event, known, memberships) in &was {
        for letter in LETTERS.map(id) {
            let version = reader.entity_at(letter, *event).unwrap();
            assert_eq!(version.as_ref(), known.entities.get(&letter));
            assert_eq!(reader.resolve_at(letter, *event).unwrap(), known.resolve(letter));
        }
        for record in 1..=RECORDS {
            let key = key(&format!("crm/{record}"));
            let entity = reader.entity_of_at(&key, *event).unwrap();
            assert_eq!(entity.as_ref(), memberships.get(&key), "{key} after {event:?}");
        }
    }
    for letter in LETTERS.map(id) {
        let expected = retired.get(&letter).cloned().unwrap_or_default();
        assert_eq!(reader.rows_at_retirement(letter).unwrap(), expected);
        let all = reader.events(EventNo::START, 9999).unwrap();
        let of: Vec<_> = all.into_iter().filter(|event| event.entity == letter).collect();
        assert_eq!(reader.events_of(letter).unwrap(), of);
    }
}

pub fn moments_lead_to_events(store: &mut dyn Store) {
    let at = |store: &dyn Store, seconds| store.reader().event_at(moment(seconds)).unwrap().0;
    assert_eq!((store.reader().last_event().unwrap(), at(store, 0)), (EventNo::START, 0));
    deliver_people(store, 3);
    for (seconds, city) in [(1, "Ede"), (1, "Epe"), (5, "Ee"), (4, "Ede"), (9, "Epe")] {
        let put = store.change(moment(seconds), &mut |change| {
            change.publication()?.put_entity(&entity('a', city, &[1]), None).map(|_| ())
        });
        put.unwrap();
    }
    let found: Vec<u64> = (0..=10).map(|seconds| at(store, seconds)).collect();
    assert_eq!(found, [0, 2, 2, 2, 2, 4, 4, 4, 4, 5, 5]);
}

pub fn ids_that_return_keep_their_history(store: &mut dyn Store) {
    deliver_people(store, 2);
    for city in ["Ede", "Epe"] {
        let changed = store.change(AT, &mut |change| {
            let publication = change.publication()?;
            publication.put_entity(&entity('b', "Ee", &[2]), None)?;
            publication.put_entity(&entity('a', city, &[1]), None)?;
            publication.retire_entity(id('a'), Some(id('b')))
        });
        changed.unwrap();
    }
    let reader = store.reader();
    // b created, a created, a merged, a created, a merged.
    let city = |event| {
        let version = reader.entity_at(id('a'), EventNo(event)).unwrap();
        version.map(|version| version.entity.golden["city"][0].clone())
    };
    let cities: Vec<_> = (0..=5).map(city).collect();
    let (ede, epe) = (Some("Ede".to_string()), Some("Epe".to_string()));
    assert_eq!(cities, [None, None, ede, None, epe, None]);
    let resolved: Vec<_> =
        (0..=5).map(|event| reader.resolve_at(id('a'), EventNo(event)).unwrap()).collect();
    let b = Resolution::Redirected(id('b'));
    let (live, unknown) = (Resolution::Live, Resolution::Unknown);
    assert_eq!(resolved, [unknown, unknown, live, b, live, b]);
    assert_eq!(reader.rows_at_retirement(id('a')).unwrap(), [crate::RowNo(1)]);
    assert_eq!(reader.rows_at_retirement(id('b')).unwrap(), []);
    assert_eq!(reader.entity_of_at(&key("crm/1"), EventNo(2)).unwrap(), Some(id('a')));
    assert_eq!(reader.entity_of_at(&key("crm/1"), EventNo(3)).unwrap(), None);
}

/// The current records, each with its values.
fn current(reader: &dyn Reader) -> Vec<StoredRecord> {
    let mut records = Vec::new();
    let visited = reader.current_records(&mut |batch| {
        records.extend(batch);
        Ok(())
    });
    visited.unwrap();
    records
}

pub fn what_was_taken_in_can_be_read_again(store: &mut dyn Store) {
    let rows: Vec<RowNo> = (1..=6).map(RowNo).collect();
    let mut dice = Dice(3);
    // By events and by moments what there was then; what came last stands.
    let mut by_event: BTreeMap<EventNo, (DecisionNo, Vec<StoredRecord>)> = BTreeMap::new();
    let mut by_moment: BTreeMap<i64, Vec<StoredRecord>> = BTreeMap::new();
    let mut ends: Vec<(EventNo, EventNo, usize)> = Vec::new();
    assert_eq!(store.reader().taken_in_by(EventNo(9)).unwrap(), None);
    assert_eq!(store.reader().taken_in_at(moment(9)).unwrap(), None);
    for step in 0..60 {
        let before = store.reader().last_event().unwrap();
        let seconds = step / 2;
        // Versions of some records, of which one may come twice, or go.
        let version = |dice: &mut Dice| {
            let city = ["", " Ede", " Epe", " Ede"][dice.below(4) as usize];
            format!("{}{city}", 1 + dice.below(6))
        };
        let table = ["id city".to_string(), version(&mut dice), version(&mut dice)].join("\n");
        let city = ["Ede", "Epe"][dice.below(2) as usize];
        if dice.below(3) == 0 {
            deliver(store, "crm", &table);
            let load = load(store);
            let published = store.publish(load, moment(seconds), &mut |to| {
                to.put_entity(&entity('a', city, &[1]), None).map(drop)
            });
            published.unwrap();
        } else {
            let (columns, arrivals) = arrivals_of(&table);
            let changed = store.change(moment(seconds), &mut |change| {
                let delivery = change.delivery(&SourceName::new("crm"), &columns)?;
                change.append(&delivery, &arrivals)?;
                if step % 5 == 0 {
                    change.decide(&Ruling::Lock(vec![key("crm/1")]), "eva", "")?;
                }
                change.publication()?.put_entity(&entity('a', city, &[1]), None).map(drop)
            });
            changed.unwrap();
        }
        let reader = store.reader();
        let last = reader.last_event().unwrap();
        by_event.insert(last, (reader.last_decision().unwrap(), current(reader)));
        by_moment.insert(seconds, current(reader));
        if last > before {
            ends.push((before, last, current(reader).len()));
        }
    }
    let reader = store.reader();
    for (event, (decision, records)) in &by_event {
        let taken_in = reader.taken_in_by(*event).unwrap().unwrap();
        assert_eq!((taken_in.event, taken_in.decision), (*event, *decision));
        assert_eq!(reader.records_as_of(&rows, taken_in.arrival).unwrap(), *records);
    }
    for (seconds, records) in &by_moment {
        let taken_in = reader.taken_in_at(moment(*seconds)).unwrap().unwrap();
        assert_eq!(taken_in.at, moment(*seconds));
        assert_eq!(reader.records_as_of(&rows, taken_in.arrival).unwrap(), *records);
    }
    assert!(ends.len() > 10, "some changed something");
    for (before, last, records) in ends {
        assert_eq!(last.0, before.0 + 1);
        let taken_in = reader.taken_in_with(last).unwrap().unwrap();
        assert_eq!(taken_in.event, last);
        assert_eq!(reader.records_as_of(&rows, taken_in.arrival).unwrap().len(), records);
    }
    let last = reader.last_event().unwrap();
    assert_eq!(reader.taken_in_with(EventNo(last.0 + 1)).unwrap(), None);
    assert_eq!(reader.taken_in_with(EventNo::START).unwrap(), None);
    assert_eq!(reader.taken_in_at(moment(-1)).unwrap(), None);
    assert_eq!(reader.records_as_of(&rows, ArrivalNo(0)).unwrap(), []);
}
