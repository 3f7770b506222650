//! Reads the change feed from its beginning, as a new consumer does.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use karat_model::id::EntityId;
use karat_store::{Event, EventKind, EventNo, Reader, Resolution, StoredEntity};
use rustc_hash::FxBuildHasher;

use super::verify::{CheckKind, Finder};
use crate::error::Error;

/// How many events are read at a time.
const EVENTS_AT_A_TIME: usize = 4096;

/// What the feed says of an id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is there, and shows this; `None` when nobody kept it.
    Live(Option<Shown>),
    /// It went into this one.
    Merged(EntityId),
    Deleted,
}

/// Whether the feed is without gaps, tells of each entity in an order that can be, and leads to the
/// entities that are there.
pub fn check_feed(
    reader: &dyn Reader,
    live: &[(EntityId, Shown)],
    found: &mut Finder,
) -> Result<(), Error> {
    use CheckKind::{FeedEntities, FeedNumbers, FeedOrder, Redirects};
    found.begin(&[FeedNumbers, FeedOrder, FeedEntities, Redirects]);
    let mut fates: BTreeMap<EntityId, Fate> = BTreeMap::new();
    let mut last = EventNo::START;
    loop {
        let events = reader.events(last, EVENTS_AT_A_TIME)?;
        for event in &events {
            found.examine(CheckKind::FeedNumbers);
            if event.number.0 != last.0 + 1 {
                let told = format!("after event {} comes {}", last.0, event.number.0);
                found.differ(CheckKind::FeedNumbers, told);
            }
            last = event.number;
            found.examine(CheckKind::FeedOrder);
            if let Err(why) = follow(event, &mut fates) {
                found.differ(CheckKind::FeedOrder, format!("event {}: {why}", event.number.0));
            }
        }
        if events.len() < EVENTS_AT_A_TIME {
            break;
        }
    }
    for (id, shows) in live {
        found.examine(CheckKind::FeedEntities);
        let told = match fates.get(id) {
            Some(Fate::Live(Some(last))) if last != shows => {
                format!("{id} shows something else than the feed leads to")
            }
            Some(Fate::Live(_)) => continue,
            _ => format!("{id} is there, and the feed does not lead to it"),
        };
        found.differ(CheckKind::FeedEntities, told);
    }
    for (&id, &fate) in &fates {
        if let Fate::Live(_) = fate {
            let is_live = live.binary_search_by_key(&id, |(live, _)| *live).is_ok();
            if !is_live {
                let told = format!("the feed leads to {id}, which is not there");
                found.differ(CheckKind::FeedEntities, told);
            }
            continue;
        }
        found.examine(CheckKind::Redirects);
        let expected = end_of(id, &fates);
        let resolution = reader.resolve(id)?;
        if expected != Some(resolution) {
            found.differ(CheckKind::Redirects, format!("{id} does not lead where the feed says"));
        }
    }
    Ok(())
}

/// A hash of what an entity shows: its golden record, what lists call it, and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(u64);

impl Shown {
    /// What an entity shows.
    pub fn by(entity: &StoredEntity) -> Shown {
        let shown = (&entity.golden, &entity.title, entity.records);
        Shown(FxBuildHasher.hash_one(shown))
    }
}

fn shown(event: &Event) -> Option<Shown> {
    event.after.as_ref().map(|after| Shown::by(&after.entity))
}

/// Takes an event in; says why it cannot follow those before it.
fn follow(event: &Event, fates: &mut BTreeMap<EntityId, Fate>) -> Result<(), String> {
    let id = event.entity;
    let is_live = matches!(fates.get(&id), Some(Fate::Live(_)));
    let (expects_live, fate) = match event.kind {
        EventKind::Created | EventKind::Split => (false, Fate::Live(shown(event))),
        EventKind::Updated => (true, Fate::Live(shown(event))),
        EventKind::Merged => match event.other {
            Some(other) => (true, Fate::Merged(other)),
            None => return Err(format!("{id} went into nothing")),
        },
        EventKind::Deleted => (true, Fate::Deleted),
    };
    fates.insert(id, fate);
    match (is_live, expects_live) {
        (true, false) => Err(format!("{id} is new a second time")),
        (false, true) => Err(format!("{id} is {} and was not there", event.kind.name())),
        _ => Ok(()),
    }
}

/// Where an id leads in the end; `None` when it leads in a circle, or to what was never there.
fn end_of(id: EntityId, fates: &BTreeMap<EntityId, Fate>) -> Option<Resolution> {
    let mut at = id;
    for _ in 0..=fates.len() {
        match *fates.get(&at)? {
            Fate::Live(_) if at == id => return Some(Resolution::Live),
            Fate::Live(_) => return Some(Resolution::Redirected(at)),
            Fate::Deleted => return Some(Resolution::Retired),
            Fate::Merged(other) => at = other,
        }
    }
    None
}
