//! Merges since a moment, and which of them are unusual: those by which a customer has two values of
//! what it has one of, and those of two customers that both had several records.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::id::EntityId;
use karat_model::match_settings::GateSettings;
use karat_store::{Event, EventKind, EventNo, Reader, Resolution, StoredSource};

use super::StoredHub;
use crate::error::Error;
use crate::view::{MergesSince, UnusualMerge};

/// More events than this are not looked at: the last ones are.
const EVENTS_MAX: u64 = 1_000;
/// How many customers are looked into, those first that most records went into.
const LOOKED_INTO_MAX: usize = 40;
/// From how many records on a customer has several.
const SEVERAL: usize = 3;

impl StoredHub {
    pub(super) fn read_merges(
        &self,
        reader: &dyn Reader,
        after: EventNo,
        limit: usize,
    ) -> Result<MergesSince, Error> {
        let until = reader.last_event()?;
        let after = EventNo(after.0.max(until.0.saturating_sub(EVENTS_MAX)));
        let events = reader.events(after, EVENTS_MAX as usize)?;
        let since = events.first().map(|event| event.at);
        let mut merges: Vec<(&Event, EntityId)> =
            events.iter().filter_map(|event| Some((event, merged_into(event)?))).collect();
        let count = merges.len() as u64;
        merges.sort_by_key(|(event, _)| (Reverse(records_of(event)), event.number));
        merges.truncate(LOOKED_INTO_MAX);
        // To read the sources counts their records.
        let sources = if merges.is_empty() { Vec::new() } else { reader.sources()? };
        let mut unusual = Vec::new();
        for (event, into) in merges {
            unusual.extend(self.unusual(reader, &sources, event, into)?);
        }
        unusual.sort_by_key(|it: &UnusualMerge| {
            (Reverse((it.conflicts.len(), it.is_of_several, it.records)), it.from)
        });
        unusual.truncate(limit);
        Ok(MergesSince { after, since, until, merges: count, unusual })
    }

    /// A merge, if it is unusual and stands.
    fn unusual(
        &self,
        reader: &dyn Reader,
        sources: &[StoredSource],
        event: &Event,
        into: EntityId,
    ) -> Result<Option<UnusualMerge>, Error> {
        let is_undone = reader.resolve(event.entity)? == Resolution::Live;
        let Some(entity) = reader.entity(into)?.filter(|_| !is_undone) else { return Ok(None) };
        let records = reader.records_of(into)?;
        let moved = records_of(event);
        let is_of_several = moved >= SEVERAL && records.len().saturating_sub(moved) >= SEVERAL;
        let details = self.details(sources, records);
        let mut values: BTreeMap<AttributeId, BTreeSet<&str>> = BTreeMap::new();
        for claim in details.iter().flat_map(|detail| &detail.cleaned.claims) {
            if claim.validity == Validity::Valid {
                values.entry(claim.attribute).or_default().insert(&claim.value);
            }
        }
        // A gate that holds nothing up does not say that a customer has several dates of birth.
        let standard = GateSettings::standard();
        let gate = Some(&self.model.matching.gate).filter(|gate| gate.is_on()).unwrap_or(&standard);
        let single = gate.single_valued.iter().copied();
        let is_several = |id: &AttributeId| values.get(id).is_some_and(|known| known.len() > 1);
        let conflicts: Vec<AttributeId> = single.filter(is_several).collect();
        if conflicts.is_empty() && !is_of_several {
            return Ok(None);
        }
        Ok(Some(UnusualMerge {
            from: event.entity,
            into: self.summary(reader, &entity)?,
            records: moved as u64,
            at: event.at,
            conflicts,
            is_of_several,
        }))
    }
}

/// The customer that another one went into.
fn merged_into(event: &Event) -> Option<EntityId> {
    event.other.filter(|_| event.kind == EventKind::Merged)
}

/// How many records the customer of an event had before it.
fn records_of(event: &Event) -> usize {
    event.before.as_ref().map_or(0, |version| version.members.len())
}

#[cfg(test)]
mod tests {
    use karat_model::decision::{Identity, Ruling};
    use karat_model::evidence::Verdict;
    use karat_model::record::Moment;

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::World;
    use crate::view::{AsOf, Change, ChangeRequest, CustomerLookup, EntityLookup, HubReader};

    #[test]
    fn a_merge_that_contradicts_itself_is_told_until_it_is_seen_or_undone() {
        let world = World::new();
        let hub = world.hub().reader().unwrap();
        let before = hub.last_event().unwrap();
        assert_eq!(hub.merges(before, 5).unwrap().merges, 0);
        // Two customers with different dates of birth, whom a steward takes for one.
        let mut born: Vec<(EntityId, String)> = Vec::new();
        hub.snapshot(&mut |part| {
            if let crate::view::SnapshotPart::Entity(entity) = part
                && let Some(date) = entity.values.get("birth_date").and_then(|all| all.first())
                && born.iter().all(|(_, known)| known != date)
            {
                born.push((entity.id, date.clone()));
            }
            born.len() < 2
        })
        .unwrap();
        let records = |id: EntityId| match hub.customer(id).unwrap() {
            CustomerLookup::Found(customer) => {
                customer.records.into_iter().map(|detail| detail.record.key).collect::<Vec<_>>()
            }
            _ => panic!("{id} is there"),
        };
        let (left, right) = (records(born[0].0), records(born[1].0));
        let identity = Identity { left, right, verdict: Verdict::Same };
        let rulings = vec![Ruling::Identity(identity)];
        let (steward, reason) = ("eva".to_string(), String::new());
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        let change = Change::Decide { rulings, steward: steward.clone(), reason: reason.clone() };
        let done = writer.change(&[ChangeRequest::of(change)]).pop().unwrap().unwrap();
        let crate::view::Changed::Now(done) = done else { panic!() };

        let told = hub.merges(before, 5).unwrap();
        assert_eq!((told.merges, told.unusual.len(), told.after), (1, 1, before));
        let unusual = &told.unusual[0];
        assert_eq!(unusual.conflicts, [AttributeId::BIRTH_DATE]);
        assert!([born[0].0, born[1].0].contains(&unusual.from));
        let of_from = hub.entity(unusual.from, AsOf::Now).unwrap();
        assert_eq!(of_from, EntityLookup::MovedTo(unusual.into.id));
        // It was seen.
        assert_eq!(hub.merges(told.until, 5).unwrap().merges, 0);
        // It was undone: there is nothing left to look at.
        let change = Change::Undo { decisions: done.decisions, steward, reason };
        writer.change(&[ChangeRequest::of(change)]).pop().unwrap().unwrap();
        let told = hub.merges(before, 5).unwrap();
        assert_eq!((told.merges, told.unusual), (1, vec![]));
    }
}
