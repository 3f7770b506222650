//! Entities and records without explanation, now or as they were.

use karat_engine::matching::fold;
use karat_model::id::{EntityId, RecordKey};
use karat_model::semantic::SemanticType;
use karat_store::{EntityVersion, Event, EventNo, Reader, Resolution};

use super::StoredHub;
use crate::error::Error;
use crate::search_text::folded_query;
use crate::view::{
    AsOf, CustomerSummary, EntityLookup, EntityView, EventView, Part, PartLookup, RecordDetail,
    RecordView, SnapshotPart,
};

/// How many hits of a search are looked at for one that has an identifier exactly.
const IDENTIFIED_MAX: usize = 50;

impl StoredHub {
    pub(super) fn read_record(
        &self,
        reader: &dyn Reader,
        key: &RecordKey,
    ) -> Result<Option<RecordView>, Error> {
        let Some(stored) = reader.record(key)? else { return Ok(None) };
        let detail = self.details(&reader.sources()?, vec![stored]).pop();
        let entity = reader.entity_of(key)?;
        Ok(detail.map(|detail| RecordView { detail, entity }))
    }

    pub(super) fn read_entity(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        as_of: AsOf,
    ) -> Result<EntityLookup, Error> {
        if as_of == AsOf::Now {
            return read_current(reader, id);
        }
        let event = event_as_of(reader, as_of)?;
        Ok(match reader.resolve_at(id, event)? {
            Resolution::Live => match reader.entity_at(id, event)? {
                Some(version) => EntityLookup::Found(Box::new(view_of(version))),
                None => EntityLookup::Unknown,
            },
            Resolution::Redirected(to) => EntityLookup::MovedTo(to),
            Resolution::Retired => EntityLookup::Deleted,
            Resolution::Unknown => EntityLookup::Unknown,
        })
    }

    pub(super) fn read_identified(
        &self,
        reader: &dyn Reader,
        identifier: &str,
    ) -> Result<Vec<CustomerSummary>, Error> {
        let wanted = fold::code(identifier);
        let mut found = Vec::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        let is_wanted = |value: &str| fold::code(value) == wanted;
        for hit in reader.search(&folded_query(identifier), IDENTIFIED_MAX)? {
            let Some(entity) = reader.entity(hit.entity)? else { continue };
            let by_value = entity.golden.iter().any(|(name, values)| {
                let attribute = self.model.attributes.find(name);
                let semantic_type = attribute.map(|id| self.model.attributes.get(id).semantic_type);
                semantic_type.is_some_and(is_identifier) && values.iter().any(|v| is_wanted(v))
            });
            let is_found = by_value || {
                let records = reader.records_of(entity.id)?;
                records.iter().any(|stored| is_wanted(&stored.record.key.id))
            };
            if is_found {
                found.push(self.summary(reader, &entity)?);
            }
        }
        Ok(found)
    }

    pub(super) fn read_events(
        &self,
        reader: &dyn Reader,
        after: EventNo,
        limit: usize,
        with_versions: bool,
    ) -> Result<Vec<EventView>, Error> {
        let events = reader.events(after, limit)?.into_iter();
        events.map(|event| event_view(reader, event, with_versions)).collect()
    }

    pub(super) fn read_history(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        after: EventNo,
        limit: usize,
    ) -> Result<Option<Vec<EventView>>, Error> {
        let events = reader.events_of(id)?;
        if events.is_empty() {
            return Ok(None);
        }
        let page = events.into_iter().filter(|event| event.number > after).take(limit);
        page.map(|event| event_view(reader, event, true)).collect::<Result<_, _>>().map(Some)
    }

    pub(super) fn read_records_of(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<RecordDetail>, Error> {
        Ok(match reader.resolve(id)? {
            Resolution::Live => {
                let records = reader.records_of(id)?;
                let total = records.len() as u64;
                let page = records.into_iter().skip(skipped).take(limit).collect();
                let items = self.details(&reader.sources()?, page);
                PartLookup::Found(Part { items, total })
            }
            Resolution::Redirected(to) => PartLookup::MovedTo(to),
            Resolution::Retired => PartLookup::Deleted,
            Resolution::Unknown => PartLookup::Unknown,
        })
    }

    pub(super) fn read_snapshot(
        &self,
        reader: &dyn Reader,
        visit: &mut dyn FnMut(SnapshotPart) -> bool,
    ) -> Result<(), Error> {
        let visited = reader.at_one_moment(&mut |reader| {
            let mut tell =
                |part| if visit(part) { Ok(()) } else { Err(karat_store::Error::Stopped) };
            tell(SnapshotPart::After(reader.last_event()?))?;
            let mut members: Vec<(EntityId, RecordKey)> = Vec::new();
            reader.keyed_crosswalk(&mut |key, entity| {
                members.push((entity, key));
                Ok(())
            })?;
            members.sort_unstable();
            let mut members = members.into_iter().peekable();
            reader.entities(&mut |entity| {
                while members.next_if(|(of, _)| *of < entity.id).is_some() {}
                let of_entity = std::iter::from_fn(|| members.next_if(|(of, _)| *of == entity.id));
                let records = of_entity.map(|(_, key)| key).collect();
                tell(SnapshotPart::Entity(Box::new(EntityView::of(entity, records))))
            })
        });
        match visited {
            Ok(()) | Err(karat_store::Error::Stopped) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The last event by then.
pub(super) fn event_as_of(reader: &dyn Reader, as_of: AsOf) -> Result<EventNo, Error> {
    let last = reader.last_event()?;
    Ok(match as_of {
        AsOf::Now => last,
        AsOf::Event(event) => event.min(last),
        AsOf::Moment(moment) => reader.event_at(moment)?,
    })
}

fn read_current(reader: &dyn Reader, id: EntityId) -> Result<EntityLookup, Error> {
    let mut lookup = EntityLookup::Unknown;
    reader.at_one_moment(&mut |reader| {
        lookup = match (reader.resolve(id)?, reader.entity(id)?) {
            (Resolution::Live, Some(entity)) => {
                let mut keys: Vec<RecordKey> =
                    reader.records_of(id)?.into_iter().map(|stored| stored.record.key).collect();
                keys.sort_unstable();
                EntityLookup::Found(Box::new(EntityView::of(entity, keys)))
            }
            (Resolution::Redirected(to), _) => EntityLookup::MovedTo(to),
            (Resolution::Retired, _) => EntityLookup::Deleted,
            (Resolution::Live | Resolution::Unknown, _) => EntityLookup::Unknown,
        };
        Ok(())
    })?;
    Ok(lookup)
}

/// An event with the entity before and after it.
fn event_view(reader: &dyn Reader, event: Event, with_versions: bool) -> Result<EventView, Error> {
    let version = |number: EventNo| -> Result<Option<EntityView>, Error> {
        Ok(reader.entity_at(event.entity, number)?.map(view_of))
    };
    let (before, after) = if with_versions {
        (version(EventNo(event.number.0 - 1))?, version(event.number)?)
    } else {
        (None, None)
    };
    let Event { number, at, kind, entity, other, .. } = event;
    Ok(EventView { number, at, kind, entity, other, before, after })
}

pub(super) fn view_of(version: EntityVersion) -> EntityView {
    EntityView::of(version.entity, version.members)
}

/// Whether values of this type identify somebody.
fn is_identifier(semantic_type: SemanticType) -> bool {
    semantic_type.is_identifying_number()
        || matches!(semantic_type, SemanticType::Email | SemanticType::Phone)
}
