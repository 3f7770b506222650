//! What is told of a change to whoever asked for it.

use std::collections::BTreeSet;

use karat_model::id::{EntityId, RecordKey};
use karat_store::{Event, Reader};

use super::arriving::version;
use super::writer::Written;
use crate::error::Error;
use crate::flow::change::Basis;
use crate::flow::clean::SourceCleaner;
use crate::stored::called;
use crate::view::{ChangeOutcome, EntityView, FoundWrong, NearMatch};

/// Tells what became of a request; `events` are those of its transaction.
pub(super) fn tell(
    reader: &dyn Reader,
    basis: &Basis,
    events: &[Event],
    written: Written,
) -> Result<ChangeOutcome, Error> {
    let mut told = ChangeOutcome::default();
    let (records, former) = match written {
        Written::Before(_) => (Vec::new(), Vec::new()),
        Written::Record { key, outcome, former, .. } => {
            told.outcome = Some(outcome);
            told.version = version(reader, &key)?;
            told.findings = findings(reader, basis, &key)?;
            (vec![key], former.into_iter().collect())
        }
        Written::Decided { decisions, records, former } => {
            let overruled = basis.standing.overruled.iter();
            let concerns = |no| decisions.contains(no);
            let conflicts = overruled.filter(|found| concerns(&found.no) || concerns(&found.by));
            told.conflicts = conflicts.copied().collect();
            told.decisions = decisions;
            (records, former)
        }
    };
    let mut entities: BTreeSet<EntityId> = former.into_iter().collect();
    for key in &records {
        let Some(id) = reader.entity_of(key)? else { continue };
        entities.insert(id);
        if told.entity.is_none() {
            told.entity = current(reader, id)?;
            told.potential_matches = near_matches(reader, basis, id)?;
        }
    }
    told.events = events_about(events, &entities);
    Ok(told)
}

/// The events of some entities, and of those that went into them or came of them.
fn events_about(events: &[Event], entities: &BTreeSet<EntityId>) -> Vec<Event> {
    let is_about = |event: &&Event| {
        let ids = [Some(event.entity), event.other].into_iter().flatten();
        ids.into_iter().any(|id| entities.contains(&id))
    };
    events.iter().filter(is_about).cloned().collect()
}

/// An entity as it is.
fn current(reader: &dyn Reader, id: EntityId) -> Result<Option<EntityView>, Error> {
    let Some(stored) = reader.entity(id)? else { return Ok(None) };
    let records = reader.records_of(id)?.into_iter().map(|stored| stored.record.key);
    Ok(Some(EntityView {
        id,
        entity_type: stored.entity_type,
        title: called(stored.title),
        values: stored.golden,
        records: records.collect(),
    }))
}

/// What is wrong with the values of a record.
fn findings(reader: &dyn Reader, basis: &Basis, key: &RecordKey) -> Result<Vec<FoundWrong>, Error> {
    let Some(stored) = reader.record(key)? else { return Ok(Vec::new()) };
    let sources = reader.source_columns()?;
    let source = sources.iter().find(|(number, ..)| *number == stored.source);
    let (_, name, columns) = source.expect("each record has a source");
    let cleaned = SourceCleaner::new(&basis.hub_model, name, columns).clean(&stored.record);
    let findings = cleaned.map(|cleaned| cleaned.findings).unwrap_or_default();
    let column = |at: u16| columns[usize::from(at)].clone();
    let found = findings
        .into_iter()
        .map(|finding| FoundWrong { code: finding.code, column: finding.column.map(column) });
    Ok(found.collect())
}

/// Which other entities may be the same, heaviest first.
fn near_matches(reader: &dyn Reader, basis: &Basis, id: EntityId) -> Result<Vec<NearMatch>, Error> {
    let Some(entity) = reader.entity(id)? else { return Ok(Vec::new()) };
    let model = basis.model_of(entity.entity_type);
    let found = reader.potential_matches_of(id)?.into_iter().filter_map(|found| {
        let is_left = found.left_entity == Some(id);
        let (record, other_record, other) = match is_left {
            true => (found.left, found.right, found.right_entity?),
            false => (found.right, found.left, found.left_entity?),
        };
        let weight = found.pair.weight;
        let probability = model.map_or_else(|| weight.probability(), |m| m.probability(weight));
        Some(NearMatch { record, other_record, other, weight, probability })
    });
    Ok(found.collect())
}
