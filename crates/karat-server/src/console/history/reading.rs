//! What the page reads of a hub, in one go.

use std::collections::BTreeMap;

use karat_hub::view::{
    AsOf, EntityLookup, EntityView, EventKind, EventNo, EventView, ExplainedDiff, HubReader,
    LineageLookup, Unavailable, VersionPage, VersionView,
};
use karat_model::id::{EntityId, RecordKey};

use super::way_back::{Between, WayBack, passed};

/// How many versions a page shows.
const VERSIONS_MAX: usize = 100;
/// How many other customers get a lane, and how many of their versions are looked at.
const OTHERS_MAX: usize = 6;
const VERSIONS_OF_OTHERS_MAX: usize = 30;
/// How many decisions are looked at for the way back, and how many records are looked up for it.
const DECISIONS_MAX: usize = 2000;
const RECORDS_MAX: usize = 300;

/// What is asked for.
pub(super) struct Question {
    pub id: EntityId,
    /// The event that all versions of the page are earlier than.
    pub before: Option<EventNo>,
    pub from: Option<EventNo>,
    pub to: Option<EventNo>,
    /// Whether the way back is asked for.
    pub way_back: bool,
}

/// The history of a customer.
pub(super) struct Story {
    pub id: EntityId,
    pub page: VersionPage,
    /// The event that all versions of the page are earlier than.
    pub before: Option<EventNo>,
    /// Those that records came from or went to, in the order in which they come up.
    pub others: Vec<Other>,
    /// How many more there are.
    pub others_left_out: usize,
    pub now: EntityLookup,
    /// The two versions that are compared, the earlier one first.
    pub chosen: [EventView; 2],
    pub diff: ExplainedDiff,
    /// How to get the first of the two back; `None` where that is not asked for, or nothing was there.
    pub way_back: Option<WayBack>,
}

/// Another customer of the story.
pub(super) struct Other {
    pub id: EntityId,
    /// What it is, or was, called.
    pub title: String,
    /// Its versions, the latest first.
    pub versions: Vec<VersionView>,
}

impl Story {
    /// Reads it; `None` when there never was a customer with this id.
    pub fn read(hub: &dyn HubReader, asked: &Question) -> Result<Option<Story>, Unavailable> {
        let id = asked.id;
        let mut before = asked.before;
        let Some(mut page) = hub.versions(id, before, VERSIONS_MAX)? else { return Ok(None) };
        if page.versions.is_empty() {
            before = None;
            page = hub.versions(id, None, VERSIONS_MAX)?.unwrap_or_default();
        }
        let now = hub.entity(id, AsOf::Now)?;
        let Some(chosen) = chosen(hub, asked, &page)? else { return Ok(None) };
        let [from, to] = [&chosen[0], &chosen[1]].map(|event| AsOf::Event(event.number));
        let Some(diff) = hub.entity_diff(id, from, to)? else { return Ok(None) };
        let (others, others_left_out) = others(hub, &page)?;
        let way_back = match &diff.diff.before {
            Some(then) if asked.way_back => way_back(hub, then, &chosen[0], &now, &diff)?,
            _ => None,
        };
        Ok(Some(Story { id, page, before, others, others_left_out, now, chosen, diff, way_back }))
    }

    /// Another customer, if it has a lane.
    pub fn other(&self, id: EntityId) -> Option<(usize, &Other)> {
        self.others.iter().enumerate().find(|(_, other)| other.id == id)
    }

    /// Whether another customer went into this one, or was split off from it, with a version.
    pub fn is_whole(&self, version: &VersionView, other: &Other) -> bool {
        let theirs = other.versions.iter().find(|theirs| is_together(version, theirs));
        theirs
            .is_some_and(|theirs| matches!(theirs.event.kind, EventKind::Merged | EventKind::Split))
    }
}

/// The two versions to compare, the earlier one first: those that are asked for, or the last two of
/// the page.
fn chosen(
    hub: &dyn HubReader,
    asked: &Question,
    page: &VersionPage,
) -> Result<Option<[EventView; 2]>, Unavailable> {
    let known = |no: Option<EventNo>, usual: usize| -> Result<Option<EventView>, Unavailable> {
        let usual = || page.versions.get(usual).or(page.versions.last());
        let on_page = |no| page.versions.iter().find(|version| version.event.number == no);
        let Some(no) = no else { return Ok(usual().map(|version| version.event.clone())) };
        if let Some(version) = on_page(no) {
            return Ok(Some(version.event.clone()));
        }
        let after = EventNo(no.0.saturating_sub(1));
        let found = hub.history(asked.id, after, 1)?.and_then(|mut events| events.pop());
        Ok(found.or_else(|| usual().map(|version| version.event.clone())))
    };
    let (from, to) = (known(asked.from, 1)?, known(asked.to, 0)?);
    let mut both = from.into_iter().chain(to).collect::<Vec<_>>();
    both.sort_by_key(|event| event.number);
    Ok(both.try_into().ok())
}

/// The customers that records came from or went to, the latest first, and how many were left out.
fn others(hub: &dyn HubReader, page: &VersionPage) -> Result<(Vec<Other>, usize), Unavailable> {
    let mut ids: Vec<EntityId> = Vec::new();
    for VersionView { event, came_from, went_to } in &page.versions {
        let passages = came_from.iter().chain(went_to).map(|passage| passage.other);
        for id in event.other.into_iter().chain(passages) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let left_out = ids.len().saturating_sub(OTHERS_MAX);
    ids.truncate(OTHERS_MAX);
    let mut others = Vec::new();
    for id in ids {
        let versions = hub.versions(id, None, VERSIONS_OF_OTHERS_MAX)?.unwrap_or_default().versions;
        let title = last_title(&versions).unwrap_or_default().to_string();
        others.push(Other { id, title, versions });
    }
    Ok((others, left_out))
}

/// What a customer was called last, by its versions, the latest first.
pub(super) fn last_title(versions: &[VersionView]) -> Option<&str> {
    let mut known =
        versions.iter().flat_map(|version| [&version.event.after, &version.event.before]);
    known.find_map(|entity| entity.as_ref().map(|entity| entity.title.as_str()))
}

/// How to get a version back.
fn way_back(
    hub: &dyn HubReader,
    then: &EntityView,
    version: &EventView,
    now: &EntityLookup,
    diff: &ExplainedDiff,
) -> Result<Option<WayBack>, Unavailable> {
    let successor = match now {
        EntityLookup::MovedTo(to) => hub.entity(*to, AsOf::Now)?,
        _ => EntityLookup::Unknown,
    };
    let now = match (now, &successor) {
        (EntityLookup::Found(now), _) | (_, EntityLookup::Found(now)) => Some(&**now),
        _ => None,
    };
    let [came, went] = passed(then, now);
    let is_same = now.is_some_and(|now| now.values == then.values && now.id == then.id);
    if is_same && came.is_empty() && went.is_empty() {
        return Ok(Some(WayBack::default()));
    }
    let circumstances = hub.circumstances(version.number, first(&came))?;
    let places: Vec<_> =
        first(&went).iter().map(|key| hub.entity_of(key)).collect::<Result<_, _>>()?;
    let lineage_now = match now {
        Some(now) => hub.lineage(now.id, AsOf::Now)?,
        None => LineageLookup::Unknown,
    };
    let then_known = diff.lineage[0].as_ref().and_then(|lineage| lineage.as_ref().ok());
    let now_known = match &lineage_now {
        LineageLookup::Found(lineage) => Some(&**lineage),
        _ => None,
    };
    let journal = hub.decisions(None, DECISIONS_MAX)?;
    Ok(Some(WayBack::of(&Between {
        then,
        now,
        lineage: [then_known, now_known],
        circumstances: &circumstances,
        places: &places,
        journal: &journal.decisions,
        is_journal_cut: journal.next.is_some(),
    })))
}

fn first(keys: &[RecordKey]) -> &[RecordKey] {
    &keys[..keys.len().min(RECORDS_MAX)]
}

/// The places of the versions of a page, from the first one on, in columns of a chart; an event in
/// between has a place in between.
pub(super) struct Columns {
    numbers: Vec<EventNo>,
    at: BTreeMap<EventNo, f64>,
}

impl Columns {
    /// The columns of a page, and places for what happened to others in between.
    pub fn of(story: &Story) -> Columns {
        let versions = story.page.versions.iter().rev();
        let numbers: Vec<EventNo> = versions.clone().map(|version| version.event.number).collect();
        let own: Vec<&VersionView> = versions.collect();
        let mut at: BTreeMap<EventNo, f64> = BTreeMap::new();
        let mut between: BTreeMap<usize, Vec<EventNo>> = BTreeMap::new();
        for version in story.others.iter().flat_map(|other| &other.versions) {
            let event = &version.event;
            match nearest(&own, version) {
                Some(column) => drop(at.insert(event.number, column as f64)),
                None => {
                    let gap = numbers.partition_point(|number| *number < event.number);
                    between.entry(gap).or_default().push(event.number);
                }
            }
        }
        for (gap, mut inside) in between {
            inside.sort_unstable();
            let parts = (inside.len() + 1) as f64;
            for (place, number) in inside.into_iter().enumerate() {
                at.insert(number, gap as f64 - 1.0 + (place + 1) as f64 / parts);
            }
        }
        at.extend(numbers.iter().enumerate().map(|(column, number)| (*number, column as f64)));
        Columns { numbers, at }
    }

    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Where an event is; `None` when it has no place on the page.
    pub fn place(&self, event: EventNo) -> Option<f64> {
        self.at.get(&event).copied()
    }
}

/// The place of the version with which records passed to or from another; the same may pass twice.
fn nearest(own: &[&VersionView], theirs: &VersionView) -> Option<usize> {
    let distance = |place: &usize| own[*place].event.number.0.abs_diff(theirs.event.number.0);
    (0..own.len()).filter(|place| is_together(own[*place], theirs)).min_by_key(distance)
}

/// Whether records passed between two customers with these versions, so that they are one moment.
fn is_together(one: &VersionView, other: &VersionView) -> bool {
    let passed = |from: &VersionView, to: &VersionView| {
        from.went_to.iter().any(|gone| {
            let came = to.came_from.iter().find(|came| came.other == from.event.entity);
            gone.other == to.event.entity && came.is_some_and(|came| came.records == gone.records)
        })
    };
    passed(one, other) || passed(other, one)
}
