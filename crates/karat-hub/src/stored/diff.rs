//! What became of entities between two events, taken together.
//!
//! ```text
//! feed         e4 │ e5 A updated · e6 B created · e7 A updated · e8 B merged into A │ e9
//! diff (4, 8]       A updated: as it was after e4, as it is after e8; B came and went
//! ```
//!
//! An entity is told at the first event in between that touched it, which the event itself tells:
//! what was before it was so since before the span. So a page needs nothing but its place, and holds
//! one entity at a time.

use std::collections::BTreeMap;

use karat_model::id::EntityId;
use karat_store::{Event, EventKind, EventNo, Reader, Resolution};

use super::entities::{event_as_of, view_of};
use crate::error::Error;
use crate::view::{AsOf, DiffPage, EntityDiff, EntityView};

/// How many events are read at a time, and how many a page looks at: one of entities that were
/// changed over and over, or back, has fewer than were asked for.
const EVENTS_AT_A_TIME: usize = 256;
const EVENTS_MAX: usize = 8192;

/// Two places of the feed.
#[derive(Clone, Copy)]
struct Span {
    from: EventNo,
    to: EventNo,
}

/// What became of the entities that were first touched after an event; see [`DiffPage`].
pub(super) fn read_diff(
    reader: &dyn Reader,
    from: AsOf,
    to: AsOf,
    after: Option<EventNo>,
    limit: usize,
) -> Result<DiffPage, Error> {
    let span = Span { from: event_as_of(reader, from)?, to: event_as_of(reader, to)? };
    let mut page = DiffPage { from: span.from, to: span.to, entities: Vec::new(), next: None };
    let mut reached = after.unwrap_or(span.from).max(span.from);
    let mut looked_at = 0;
    while reached < span.to {
        if page.entities.len() == limit || looked_at >= EVENTS_MAX {
            page.next = Some(reached);
            break;
        }
        let left = usize::try_from(span.to.0 - reached.0).unwrap_or(usize::MAX);
        let events = reader.events(reached, EVENTS_AT_A_TIME.min(left))?;
        if events.is_empty() {
            break;
        }
        for event in events {
            if page.entities.len() == limit {
                break;
            }
            reached = event.number;
            looked_at += 1;
            if is_first_of(reader, &event, span)? {
                let before = event.before.map(view_of);
                let diff = diff_of(reader, event.entity, before, span)?;
                page.entities.extend(Some(diff).filter(|diff| diff.kind.is_some()));
            }
        }
    }
    Ok(page)
}

/// One entity at two moments; `None` when its id was not issued by the later one.
pub(super) fn read_entity_diff(
    reader: &dyn Reader,
    id: EntityId,
    from: AsOf,
    to: AsOf,
) -> Result<Option<EntityDiff>, Error> {
    let span = Span { from: event_as_of(reader, from)?, to: event_as_of(reader, to)? };
    if reader.resolve_at(id, span.to)? == Resolution::Unknown {
        return Ok(None);
    }
    let before = reader.entity_at(id, span.from)?.map(view_of);
    diff_of(reader, id, before, span).map(Some)
}

/// Whether an event is the first of its entity in a span.
fn is_first_of(reader: &dyn Reader, event: &Event, span: Span) -> Result<bool, Error> {
    if let Some(before) = &event.before {
        return Ok(before.since <= span.from);
    }
    // It was new, or had gone before: in the span, or earlier.
    let events = reader.events_of(event.entity)?;
    let earlier = events.iter().rev().find(|known| known.number < event.number);
    Ok(earlier.is_none_or(|earlier| earlier.number <= span.from))
}

fn diff_of(
    reader: &dyn Reader,
    id: EntityId,
    before: Option<EntityView>,
    span: Span,
) -> Result<EntityDiff, Error> {
    let after = reader.entity_at(id, span.to)?.map(view_of);
    let (kind, other) = match (&before, &after) {
        (None, None) => (None, None),
        (Some(before), Some(after)) => ((before != after).then_some(EventKind::Updated), None),
        (None, Some(after)) => match origin(reader, after, span)? {
            Some(origin) => (Some(EventKind::Split), Some(origin)),
            None => (Some(EventKind::Created), None),
        },
        (Some(_), None) => match reader.resolve_at(id, span.to)? {
            Resolution::Redirected(into) => (Some(EventKind::Merged), Some(into)),
            _ => (Some(EventKind::Deleted), None),
        },
    };
    Ok(EntityDiff { id, kind, other, before, after })
}

/// The entity that most records of a new one were in before.
fn origin(reader: &dyn Reader, entity: &EntityView, span: Span) -> Result<Option<EntityId>, Error> {
    let mut origins: BTreeMap<EntityId, u64> = BTreeMap::new();
    for key in &entity.records {
        if let Some(id) = reader.entity_of_at(key, span.from)? {
            *origins.entry(id).or_default() += 1;
        }
    }
    let most = origins.into_iter().max_by_key(|(id, records)| (*records, std::cmp::Reverse(*id)));
    Ok(most.map(|(id, _)| id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use karat_model::record::Moment;

    use super::*;
    use crate::flow::progress::Unwatched;
    use crate::live::Writer;
    use crate::operate::tests::World;
    use crate::view::{Change, ChangeRequest, Condition};

    type Entities = BTreeMap<EntityId, EntityView>;

    /// A hub that was loaded, taken apart, changed by hand and put together again; and the places
    /// of its feed between these.
    fn eventful() -> (World, Vec<u64>) {
        let world = World::new();
        let mut places = vec![0, world.events() as u64];
        let mut publish = |at: i64| {
            world.hub().publish(false, &|| Moment(at), &Unwatched).unwrap();
            places.push(world.events() as u64);
        };
        world.say("link_threshold: 0", "link_threshold: 90");
        publish(8);
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        let upsert = |id: &str, name: &str| Change::Upsert {
            key: format!("crm/{id}").parse().unwrap(),
            observed_at: None,
            values: vec![("naam".into(), name.into()), ("plaats".into(), "Ede".into())],
            condition: Condition::None,
        };
        let delete =
            |id: &str| Change::Delete { key: id.parse().unwrap(), condition: Condition::None };
        for change in [
            upsert("new", "Tom Blok"),
            delete("crm/c3"),
            upsert("brief", "Tim Bok"),
            delete("crm/brief"),
            upsert("0", "Jan Janssen"),
        ] {
            let request = ChangeRequest::of(change);
            assert!(writer.change(&[request]).iter().all(Result::is_ok));
        }
        writer.close().unwrap();
        places.push(world.events() as u64);
        let mut publish = |at: i64| {
            world.hub().publish(false, &|| Moment(at), &Unwatched).unwrap();
            places.push(world.events() as u64);
        };
        world.say("link_threshold: 90", "link_threshold: 0");
        publish(10);
        (world, places)
    }

    /// All entities as they were after an event.
    fn entities(reader: &dyn Reader, at: u64) -> Entities {
        let ids: BTreeSet<EntityId> = reader
            .events(EventNo::START, 9999)
            .unwrap()
            .into_iter()
            .map(|event| event.entity)
            .collect();
        let version = |id| Some((id, view_of(reader.entity_at(id, EventNo(at)).unwrap()?)));
        ids.into_iter().filter_map(version).collect()
    }

    /// A diff, by pages of this size.
    fn paged(reader: &dyn Reader, from: u64, to: u64, limit: usize) -> Vec<EntityDiff> {
        let [from, to] = [from, to].map(|event| AsOf::Event(EventNo(event)));
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = read_diff(reader, from, to, after, limit).unwrap();
            assert!(page.entities.len() <= limit);
            all.extend(page.entities);
            match page.next {
                Some(next) => after = Some(next),
                None => return all,
            }
        }
    }

    #[test]
    fn a_diff_leads_from_the_entities_then_to_those_afterwards() {
        let (world, places) = eventful();
        let database = world.hub().database().clone();
        let reader = database.open_reader().unwrap();
        let reader = reader.as_ref();
        let mut kinds = BTreeSet::new();
        for (at, &from) in places.iter().enumerate() {
            for &to in &places[at..] {
                let (before, after) = (entities(reader, from), entities(reader, to));
                let diff = paged(reader, from, to, 1000);
                assert_eq!(paged(reader, from, to, 1), diff);
                assert_eq!(paged(reader, from, to, 7), diff);
                let mut led = before.clone();
                for entity in diff {
                    assert_eq!(entity.before, before.get(&entity.id).cloned());
                    assert_ne!(entity.before, entity.after, "what is as it was is not listed");
                    let [is_there, will_be] = [entity.before.is_some(), entity.after.is_some()];
                    let kind = entity.kind.unwrap();
                    let expected = match kind {
                        EventKind::Created | EventKind::Split => [false, true],
                        EventKind::Updated => [true, true],
                        EventKind::Merged | EventKind::Deleted => [true, false],
                    };
                    assert_eq!([is_there, will_be], expected, "{kind:?}");
                    match (kind, entity.other) {
                        (EventKind::Merged, Some(into)) => assert!(after.contains_key(&into)),
                        (EventKind::Split, Some(of)) => assert!(before.contains_key(&of)),
                        (_, other) => assert_eq!(other, None),
                    }
                    let alone = read_entity_diff(
                        reader,
                        entity.id,
                        AsOf::Event(EventNo(from)),
                        AsOf::Event(EventNo(to)),
                    );
                    assert_eq!(alone.unwrap().unwrap(), entity);
                    kinds.insert(kind.name());
                    match entity.after {
                        Some(entity) => drop(led.insert(entity.id, entity)),
                        None => drop(led.remove(&entity.id)),
                    }
                }
                assert_eq!(led, after, "from {from} to {to}");
            }
        }
        let all: BTreeSet<&str> = EventKind::ALL.into_iter().map(EventKind::name).collect();
        assert_eq!(kinds, all, "the hub is eventful enough");
    }

    #[test]
    fn moments_name_the_same_places() {
        let (world, places) = eventful();
        let reader = world.hub().database().open_reader().unwrap();
        let page = |from, to| read_diff(reader.as_ref(), from, to, None, 1000).unwrap();
        let moment = |at| AsOf::Moment(Moment(at));
        let by_moment = page(moment(7), moment(8));
        assert_eq!([by_moment.from.0, by_moment.to.0], [places[1], places[2]]);
        let to_now = page(AsOf::Event(EventNo(0)), AsOf::Now);
        assert_eq!(to_now.to.0, *places.last().unwrap());
        assert_eq!(page(AsOf::Now, AsOf::Now).entities, []);
        // Later than the feed is now.
        assert_eq!(page(AsOf::Event(EventNo(u64::MAX)), AsOf::Now).entities, []);
        // Backwards there is nothing.
        assert_eq!(page(moment(8), moment(7)).entities, []);
    }

    #[test]
    fn an_entity_that_is_as_it_was_has_no_kind_of_change() {
        let (world, places) = eventful();
        let reader = world.hub().database().open_reader().unwrap();
        let [from, to] = [1, 2].map(|at| AsOf::Event(EventNo(places[at])));
        let alone = |id, from, to| read_entity_diff(reader.as_ref(), id, from, to).unwrap();
        let id = *entities(reader.as_ref(), places[1]).keys().next().unwrap();
        assert_eq!(alone(id, from, to).unwrap().kind, Some(EventKind::Updated), "it lost records");
        let same = alone(id, to, to).unwrap();
        assert_eq!((same.kind, same.before), (None, same.after));
        let nobody = EntityId::founded_by(&"crm/nobody".parse().unwrap());
        assert_eq!(alone(nobody, from, to), None);
        assert_eq!(alone(id, AsOf::Event(EventNo(0)), AsOf::Event(EventNo(0))), None);
    }
}
