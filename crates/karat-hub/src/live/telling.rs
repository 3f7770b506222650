//! What is told of changes to whoever asked for them.

use std::collections::BTreeSet;

use karat_model::attribute::AttributeSet;
use karat_model::id::EntityId;
use karat_store::{Event, EventNo, Reader, RowNo, StoredPotentialMatch};
use rustc_hash::FxHashMap;

use super::writer::Written;
use crate::error::Error;
use crate::flow::change::{Basis, KnownRecord, Records};
use crate::view::{ChangeOutcome, EntityView, FoundWrong, NearMatch, RecordTag};

/// What there is to tell after a group of changes, read for all of them together.
pub(super) struct Told<'r> {
    records: &'r Records,
    entity_of: FxHashMap<RowNo, EntityId>,
    events: Vec<Event>,
    potential_matches: Vec<StoredPotentialMatch>,
}

impl Told<'_> {
    /// Reads what became of some records; the events are those after one.
    pub fn read<'r>(
        reader: &dyn Reader,
        records: &'r mut Records,
        rows: &[RowNo],
        before: EventNo,
    ) -> Result<Told<'r>, Error> {
        records.read(reader, rows.iter().copied())?;
        let entity_of: FxHashMap<RowNo, EntityId> =
            reader.entities_of_rows(rows)?.into_iter().collect();
        let entities: BTreeSet<EntityId> = entity_of.values().copied().collect();
        let entities: Vec<EntityId> = entities.into_iter().collect();
        Ok(Told {
            records,
            entity_of,
            events: reader.events(before, usize::MAX >> 1)?,
            potential_matches: reader.potential_matches_of(&entities)?,
        })
    }

    /// Tells what became of a request.
    pub fn tell(
        &self,
        reader: &dyn Reader,
        basis: &Basis,
        written: Written,
    ) -> Result<ChangeOutcome, Error> {
        let mut told = ChangeOutcome::default();
        let (rows, former) = match written {
            Written::Before(_) | Written::Arranged => (Vec::new(), Vec::new()),
            Written::Stepped(steps) => {
                told.steps = steps;
                (Vec::new(), Vec::new())
            }
            Written::Record { row, outcome, former, entry } => {
                told.entry = entry.map(|entry| *entry);
                told.outcome = Some(outcome);
                if let Some(known) = self.records.get(row) {
                    told.version = Some(RecordTag::of(&known.record, &known.columns));
                    told.findings = findings(known, self.records.attributes());
                }
                (vec![row], former.into_iter().collect())
            }
            Written::Confirmed { confirmations, row, former } => {
                told.confirmations = Some(confirmations);
                (vec![row], former.into_iter().collect())
            }
            Written::Decided { decisions, rows, former } => {
                let overruled = basis.standing.overruled.iter();
                let concerns = |no| decisions.contains(no);
                let conflicts =
                    overruled.filter(|found| concerns(&found.no) || concerns(&found.by));
                told.conflicts = conflicts.copied().collect();
                told.decisions = decisions;
                (rows, former)
            }
        };
        let current: Vec<EntityId> =
            rows.iter().filter_map(|row| self.entity_of.get(row)).copied().collect();
        if let Some(&id) = current.first() {
            told.entity = self.entity(reader, id)?;
            if let Some(entity) = &told.entity {
                told.potential_matches = self.near_matches(basis, entity);
            }
        }
        let entities: BTreeSet<EntityId> = former.into_iter().chain(current).collect();
        told.events = self.events_about(&entities);
        Ok(told)
    }

    /// The events of some entities, and of those that went into them or came of them.
    fn events_about(&self, entities: &BTreeSet<EntityId>) -> Vec<Event> {
        let is_about = |event: &&Event| {
            let ids = [Some(event.entity), event.other].into_iter().flatten();
            ids.into_iter().any(|id| entities.contains(&id))
        };
        self.events.iter().filter(is_about).cloned().collect()
    }

    /// An entity as it is: as its last event left it, or as it was before all of them.
    fn entity(&self, reader: &dyn Reader, id: EntityId) -> Result<Option<EntityView>, Error> {
        let last = self.events.iter().rev().find(|event| event.entity == id);
        let (entity, records) = match last.and_then(|event| event.after.clone()) {
            Some(version) => (version.entity, version.members),
            None => {
                let Some(entity) = reader.entity(id)? else { return Ok(None) };
                let records = reader.records_of(id)?.into_iter();
                (entity, records.map(|stored| stored.record.key).collect())
            }
        };
        Ok(Some(EntityView::of(entity, records)))
    }

    /// Which other entities may be the same, heaviest first.
    fn near_matches(&self, basis: &Basis, entity: &EntityView) -> Vec<NearMatch> {
        let model = basis.model_of(entity.entity_type);
        let id = Some(entity.id);
        let found = self.potential_matches.iter().filter_map(|found| {
            let (record, other_record, other) = match (found.left_entity, found.right_entity) {
                (left, other) if left == id => (&found.left, &found.right, other?),
                (other, right) if right == id => (&found.right, &found.left, other?),
                _ => return None,
            };
            let weight = found.pair.weight;
            let probability = model.map_or_else(|| weight.probability(), |m| m.probability(weight));
            let (record, other_record) = (record.clone(), other_record.clone());
            Some(NearMatch { record, other_record, other, weight, probability })
        });
        found.collect()
    }
}

/// What is wrong with the values of a record.
fn findings(known: &KnownRecord, attributes: &AttributeSet) -> Vec<FoundWrong> {
    let findings = known.cleaned.findings.iter();
    findings.map(|finding| FoundWrong::of(finding, &known.columns, attributes)).collect()
}
