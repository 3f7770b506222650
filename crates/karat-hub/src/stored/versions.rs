//! The versions of one entity, and where its records came from and went to.
//!
//! ```text
//! publication   e7 A updated: crm/1 left │ e8 B updated: crm/1 came │
//!             ▲ crm/1 was with A here                               ▲ and is with B here
//! ```
//!
//! Within a publication a record may be nowhere for a while, so its ends are looked at.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::id::{EntityId, RecordKey};
use karat_store::{EntityVersion, Event, EventKind, EventNo, Reader};

use super::entities::view_of;
use crate::error::Error;
use crate::view::{Circumstances, EventView, Passage, VersionPage, VersionView};

/// How many records of a page are followed; of what comes after them no passage is told.
const FOLLOWED_MAX: usize = 500;

/// The last versions of an entity, those before an event if one is named, at most so many; `None`
/// when there never was an entity with this id.
pub(super) fn read_versions(
    reader: &dyn Reader,
    id: EntityId,
    before: Option<EventNo>,
    limit: usize,
) -> Result<Option<VersionPage>, Error> {
    let mut events = reader.events_of(id)?;
    let total = events.len() as u64;
    if events.is_empty() {
        return Ok(None);
    }
    events.retain(|event| before.is_none_or(|before| event.number < before));
    let earlier = events.len().saturating_sub(limit);
    let mut followed = 0;
    let versions = events.drain(earlier..).rev();
    let versions = versions.map(|event| version_of(reader, event, &mut followed));
    let versions = versions.collect::<Result<_, Error>>()?;
    Ok(Some(VersionPage { versions, earlier: earlier as u64, total }))
}

/// What was so when the publication of an event was done.
pub(super) fn read_circumstances(
    reader: &dyn Reader,
    event: EventNo,
    records: &[RecordKey],
) -> Result<Circumstances, Error> {
    let taken_in = reader.taken_in_with(event)?;
    let end = taken_in.map_or(event, |taken_in| taken_in.event);
    let entities = records.iter().map(|key| Ok(reader.entity_of_at(key, end)?));
    let entities = entities.collect::<Result<_, Error>>()?;
    Ok(Circumstances { decision: taken_in.map(|taken_in| taken_in.decision), entities })
}

fn version_of(
    reader: &dyn Reader,
    event: Event,
    followed: &mut usize,
) -> Result<VersionView, Error> {
    let [before, after] = [&event.before, &event.after].map(members);
    let came: Vec<&RecordKey> = after.difference(&before).copied().collect();
    let went: Vec<&RecordKey> = before.difference(&after).copied().collect();
    *followed += came.len() + went.len();
    let is_followed = *followed <= FOLLOWED_MAX;
    // Who is new without having been split off has records that nobody had.
    let is_new = event.kind == EventKind::Created && before.is_empty();
    let (mut came_from, mut went_to) = (Vec::new(), Vec::new());
    if is_followed && !is_new && !came.is_empty() {
        let start = EventNo(event.number.0 - 1);
        let start = reader.taken_in_by(start)?.map_or(start, |before| before.event);
        came_from = passages(reader, &came, start, event.entity)?;
    }
    if is_followed && !went.is_empty() {
        let end = reader.taken_in_with(event.number)?.map_or(event.number, |with| with.event);
        went_to = passages(reader, &went, end, event.entity)?;
    }
    let Event { number, at, kind, entity, other, before, after, .. } = event;
    let [before, after] = [before, after].map(|version| version.map(view_of));
    let event = EventView { number, at, kind, entity, other, before, after };
    Ok(VersionView { event, came_from, went_to })
}

fn members(version: &Option<EntityVersion>) -> BTreeSet<&RecordKey> {
    version.iter().flat_map(|version| &version.members).collect()
}

/// The records that were with others after an event, by these.
fn passages(
    reader: &dyn Reader,
    records: &[&RecordKey],
    event: EventNo,
    own: EntityId,
) -> Result<Vec<Passage>, Error> {
    let mut of_others: BTreeMap<EntityId, Vec<RecordKey>> = BTreeMap::new();
    for &key in records {
        let other = reader.entity_of_at(key, event)?.filter(|other| *other != own);
        if let Some(other) = other {
            of_others.entry(other).or_default().push(key.clone());
        }
    }
    Ok(of_others.into_iter().map(|(other, records)| Passage { other, records }).collect())
}

#[cfg(test)]
mod tests {
    use karat_model::decision::{DecisionNo, Identity, Ruling};
    use karat_model::evidence::Verdict;
    use karat_model::record::Moment;

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::World;
    use crate::view::{Change, ChangeRequest};

    fn change(world: &World, change: Change) {
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        let request = ChangeRequest::of(change);
        writer.change(&[request]).pop().unwrap().unwrap();
        writer.close().unwrap();
    }

    #[test]
    fn records_are_followed_from_one_customer_to_another_and_back() {
        let world = World::new();
        let database = world.hub().database().clone();
        let of = |key: &str| {
            database.open_reader().unwrap().entity_of(&key.parse().unwrap()).unwrap().unwrap()
        };
        let [one, other] = ["crm/0", "crm/1"].map(of);
        assert_ne!(one, other, "they are two");
        let versions = |id| {
            let reader = database.open_reader().unwrap();
            read_versions(reader.as_ref(), id, None, 9).unwrap().unwrap()
        };
        let [before, others_before] = [one, other].map(|id| versions(id).total);

        // All records of both, so that nothing is left of one of them.
        let [left, right] = [one, other].map(|id| {
            let now = versions(id).versions.remove(0).event.after.unwrap();
            now.records
        });
        let same = Ruling::Identity(Identity { left, right, verdict: Verdict::Same });
        let steward = || "eva".to_string();
        change(
            &world,
            Change::Decide { rulings: vec![same], steward: steward(), reason: "".into() },
        );
        let whole = of("crm/1");
        let gone = if whole == one { other } else { one };
        let merged = versions(whole);
        let [passage] = &merged.versions[0].came_from[..] else { panic!("{merged:?}") };
        assert_eq!((passage.other, merged.total - before.min(others_before)), (gone, 1));
        let last = versions(gone).versions.remove(0);
        assert_eq!((last.event.kind, last.went_to[0].other), (EventKind::Merged, whole));
        assert_eq!(passage.records, last.went_to[0].records);

        let decision = DecisionNo(1);
        change(
            &world,
            Change::Undo { decisions: vec![decision], steward: steward(), reason: "".into() },
        );
        let parted = versions(whole);
        assert_eq!(parted.versions[0].went_to, merged.versions[0].came_from);
        let [back, ..] = &versions(gone).versions[..] else { panic!() };
        assert_eq!(back.event.kind, EventKind::Split);
        assert_eq!(
            (back.came_from[0].other, &back.came_from[0].records),
            (whole, &passage.records)
        );

        // Pages: the one before the last two has the first.
        let reader = database.open_reader().unwrap();
        let until = Some(parted.versions[0].event.number);
        let page = read_versions(reader.as_ref(), whole, until, 1).unwrap().unwrap();
        assert_eq!(page.versions, merged.versions[..1]);
        assert_eq!((page.earlier, page.total), (parted.total - 2, parted.total));
        let nobody = EntityId::founded_by(&"crm/nobody".parse().unwrap());
        assert_eq!(read_versions(reader.as_ref(), nobody, None, 9).unwrap(), None);

        // What was so with the merge: both records were with one customer, by the first decision.
        let keys = ["crm/0", "crm/1", "crm/nobody"].map(|key| key.parse().unwrap());
        let event = merged.versions[0].event.number;
        let told = read_circumstances(reader.as_ref(), event, &keys).unwrap();
        assert_eq!(told.decision, Some(decision));
        assert_eq!(told.entities, [Some(whole), Some(whole), None]);
    }
}
