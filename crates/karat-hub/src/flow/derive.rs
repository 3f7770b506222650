//! Derives everything from the journal, in memory: customers, their ids, and what is told of them.

use std::sync::mpsc::sync_channel;

use karat_engine::matching::drift::Sample;
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::{Candidates, Matched, Matcher};
use karat_model::attribute::EntityType;
use karat_model::decision::{DecisionNo, Standing};
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, SourceName};
use karat_model::record::Columns;
use karat_model::table::RecordTable;
use karat_store::{
    EventNo, HoldRow, JournaledDecision, MatchIndex, MatchKey, PotentialMatchRow, Reader, RowNo,
    SourceNo, StoredRecord,
};

use super::clean::{Cleaned, Cleaning};
use super::identify::{Clusters, FormerEntities, Identified, IssuedIds, NothingIssued, identify};
use super::master::{FormerCustomers, Known, Learning, Mastered, master};
use super::progress::{MatchingOf, Progress, Stage};
use super::publish::{edge_row, holds, potential_matches};
use super::quality::{Judge, Judging, Quality};
use crate::drift::TypeDrift;
use crate::error::Error;
use crate::figures::Figures;
use crate::scorecard::{Entering, measure};
use rustc_hash::FxHashSet;

/// All that follows from the journal, as it would be published.
pub struct Derived {
    /// Per entity type with records its customers.
    pub mastered: Vec<Mastered>,
    /// Per entity type the ids of its customers.
    pub identified: Vec<Identified>,
    /// Entities of types that have no records left.
    pub gone: Vec<EntityId>,
    /// The match models: those in use, then those without records this time.
    pub models: Vec<MatchModel>,
    /// The figures.
    pub figures: Figures,
    /// The potential matches.
    pub pairs: Vec<PotentialMatchRow>,
    /// The joins of customers that are held.
    pub holds: Vec<HoldRow>,
    /// By which keys records are found, and which pairs are worth a look.
    pub index: MatchIndex,
    /// Per entity type with records how far its match model has drifted.
    pub drift: Vec<TypeDrift>,
    /// By what quality is judged; `None` in a hub that was never judged, if no day is said.
    pub judge: Option<Judge>,
    /// What came of judging the records, each alone.
    pub quality: Quality,
    /// How well customers are entered, if all is judged anew.
    pub entering: Option<Entering>,
}

/// Under what everything is derived.
pub struct Terms<'a> {
    /// The hub model.
    pub model: &'a HubModel,
    /// The match models that were learnt before; where there is none for an entity type, one is
    /// learnt.
    pub frozen: Vec<MatchModel>,
    /// Whether the thresholds of those are chosen anew.
    pub thresholds_anew: bool,
    /// What joins of customers are held against.
    pub held_against: HeldAgainst,
    /// How quality is judged.
    pub judging: Judging,
    /// How many rows of the last delivery of a source could not be read.
    pub quarantined: &'a dyn Fn(&str) -> u64,
}

impl<'a> Terms<'a> {
    /// Everything as it was published: what comes of it is what should be there.
    pub fn as_published(
        model: &'a HubModel,
        frozen: Vec<MatchModel>,
        quarantined: &'a dyn Fn(&str) -> u64,
    ) -> Terms<'a> {
        let held_against = HeldAgainst::Published;
        Terms {
            model,
            frozen,
            thresholds_anew: false,
            held_against,
            judging: Judging::AsBefore,
            quarantined,
        }
    }
}

/// What joins of customers are held against: the gate looks at what was published before.
pub enum HeldAgainst {
    /// The customers and holds that are published now.
    Published,
    /// The holds of an earlier publication; customers that come back together are not held.
    Earlier(Vec<HoldRow>),
}

/// Derives everything from the journal that a reader shows.
pub fn derive(
    reader: &dyn Reader,
    terms: Terms,
    progress: &dyn Progress,
) -> Result<Derived, Error> {
    let Terms { model, frozen, thresholds_anew, held_against, judging, quarantined } = terms;
    let is_anew = matches!(judging, Judging::Anew { .. });
    let judge = Judge::read(reader, model, judging)?;
    let entering = judge.as_ref().filter(|_| is_anew);
    let entering = entering.map(|judge| measure(reader, model, judge.as_of)).transpose()?;
    let cleaned = clean_all(reader, model, judge.as_ref(), progress)?;
    let Cleaned { tables, counts, quality } = cleaned;
    let before = Before::read(reader)?;
    let entity_of = |row: u64| before.entity_of.get(row as usize).copied().flatten();
    let former = match &held_against {
        HeldAgainst::Published => FormerCustomers { entity_of: &entity_of, holds: &before.holds },
        HeldAgainst::Earlier(holds) => FormerCustomers { entity_of: &|_| None, holds },
    };
    let decisions = reader.decisions()?;
    let decided = standing_of(&decisions);
    let known = Known { labels: &[], decided: &decided, former };
    let records: u64 = tables.iter().map(|table| table.len() as u64).sum();
    progress.begin(Stage::Match, records);
    let mut mastered: Vec<Mastered> = Vec::with_capacity(tables.len());
    let mut shared_values = Vec::new();
    let mut index = MatchIndex::default();
    let mut drift = Vec::new();
    for table in tables {
        let kind = table.entity_type;
        let frozen = frozen.iter().find(|frozen| frozen.entity_type() == Some(kind)).cloned();
        let learning = match frozen {
            None => Learning::Anew,
            Some(frozen) if thresholds_anew => Learning::Thresholds(frozen),
            Some(frozen) => Learning::Frozen(frozen),
        };
        let before = mastered.iter().map(|m| m.table.len() as u64).sum();
        let watch = MatchingOf { progress, before, records: table.len() as u64 };
        let candidates = Candidates::Hopeful;
        let mut also = |matcher: &Matcher, table: &RecordTable, matched: &Matched| {
            shared_values.extend(matcher.shared_values(&matched.partition));
            let sample = Sample::draw(table, &matched.partition, &matched.edges);
            let drifted = matcher.drift(&model.attributes, &sample);
            drift.push(TypeDrift { entity_type: table.entity_type, drift: drifted });
            let row = |record| RowNo(table.row(record));
            index.keys.extend(matcher.keys().map(|(key, of)| (MatchKey(key.0), row(of))));
            index.edges.extend(matched.edges.iter().map(|edge| edge_row(table, edge)));
        };
        mastered.push(master(model, table, learning, &known, candidates, &watch, &mut also)?);
    }
    progress.end();

    let clusters: Vec<Clusters> = mastered.iter().map(Mastered::clusters).collect();
    let former = FormerEntities { entity_of: &entity_of, known: &before.entities };
    let issued: &dyn IssuedIds = if before.is_first { &NothingIssued } else { &reader };
    let identified = identify(&clusters, &former, issued)?;
    let gone = gone_types(&before, &mastered, &identified);
    let models = in_use_first(&mastered, frozen);
    let (shared, decided) = (shared_values, &decisions);
    let figures = Figures::of(model, &mastered, &identified, shared, &counts, decided, quarantined);
    let pairs = mastered.iter().flat_map(|mastered| potential_matches(model, mastered)).collect();
    let holds = mastered.iter().flat_map(|mastered| holds(model, mastered)).collect();
    Ok(Derived {
        mastered,
        identified,
        gone,
        models,
        figures,
        pairs,
        holds,
        index,
        drift,
        judge,
        quality,
        entering,
    })
}

/// What decisions came to that were not undone after this entry of their journal.
pub fn standing_by(reader: &dyn Reader, last: DecisionNo) -> Result<Standing, Error> {
    let journal = reader.decisions()?;
    let counted = |entry: &&JournaledDecision| {
        let is_undone = entry.undone.as_ref().is_some_and(|undone| undone.no <= last);
        entry.decision.no <= last && !is_undone
    };
    Ok(Standing::of(journal.iter().filter(counted).map(|entry| &entry.decision)))
}

/// What decisions come to that were not undone.
pub fn standing(reader: &dyn Reader) -> Result<Standing, Error> {
    Ok(standing_of(&reader.decisions()?))
}

/// The same of decisions that were read.
pub fn standing_of(journal: &[JournaledDecision]) -> Standing {
    let counting = journal.iter().filter(|entry| entry.undone.is_none());
    Standing::of(counting.map(|entry| &entry.decision))
}

/// The models in use; one that had no records this time is kept.
fn in_use_first(mastered: &[Mastered], frozen: Vec<MatchModel>) -> Vec<MatchModel> {
    let mut models: Vec<MatchModel> =
        mastered.iter().map(|mastered| mastered.model.clone()).collect();
    let is_in_use =
        |model: &MatchModel| mastered.iter().any(|m| m.model.entity_type == model.entity_type);
    models.extend(frozen.into_iter().filter(|model| !is_in_use(model)));
    models
}

/// Cleans all current records of the store, and judges them if there is a judge.
pub fn clean_all(
    reader: &dyn Reader,
    model: &HubModel,
    judge: Option<&Judge>,
    progress: &dyn Progress,
) -> Result<Cleaned, Error> {
    let total = reader.record_counts()?.iter().map(|(_, records)| records).sum();
    let known = reader.source_columns()?;
    let numbers: Vec<SourceNo> = known.iter().map(|(number, ..)| *number).collect();
    let sources: Vec<(SourceName, Columns)> =
        known.into_iter().map(|(_, name, columns)| (name, columns)).collect();
    let mut cleaning = Cleaning::new(model, &sources, total);
    if let Some(judge) = judge {
        cleaning = cleaning.judged_by(judge, &numbers);
    }
    progress.begin(Stage::Clean, total);
    std::thread::scope(|scope| {
        // The next records are read while these are cleaned.
        let (read, ready) = sync_channel::<Vec<StoredRecord>>(1);
        let cleaning = &mut cleaning;
        scope.spawn(move || {
            let mut done = 0;
            for records in ready {
                done += records.len() as u64;
                let numbered = |stored: StoredRecord| (stored.row.0, stored.record);
                cleaning.take(records.into_iter().map(numbered).collect());
                progress.reached(done);
            }
        });
        reader.current_records(&mut |records| {
            let is_taken = read.send(records).is_ok();
            if progress.is_stopped() || !is_taken {
                return Err(karat_store::Error::Stopped);
            }
            Ok(())
        })
    })?;
    progress.end();
    Ok(cleaning.finish())
}

/// The customers of before: what new ones inherit their ids from.
struct Before {
    /// Per row number of the store.
    entity_of: Vec<Option<EntityId>>,
    entities: Vec<(EntityType, EntityId)>,
    holds: Vec<HoldRow>,
    is_first: bool,
}

impl Before {
    fn read(reader: &dyn Reader) -> Result<Before, Error> {
        let entity_of = entities_by_row(reader)?;
        let mut entities = Vec::new();
        reader.entities(&mut |entity| {
            entities.push((entity.entity_type, entity.id));
            Ok(())
        })?;
        let is_first = entities.is_empty() && reader.events(EventNo::START, 1)?.is_empty();
        let holds = reader.holds()?;
        Ok(Before { entity_of, entities, holds, is_first })
    }
}

/// Per row number of the store the entity that the record is in.
pub fn entities_by_row(reader: &dyn Reader) -> Result<Vec<Option<EntityId>>, Error> {
    let mut entity_of = Vec::new();
    reader.crosswalk(&mut |row, entity| {
        let at = row.0 as usize;
        if entity_of.len() <= at {
            entity_of.resize(at + 1, None);
        }
        entity_of[at] = Some(entity);
        Ok(())
    })?;
    Ok(entity_of)
}

/// Entities of types that have no records left at all, and that no other type took over.
fn gone_types(before: &Before, mastered: &[Mastered], identified: &[Identified]) -> Vec<EntityId> {
    let has = |kind: EntityType| mastered.iter().any(|m| m.table.entity_type == kind);
    let of_gone_types = before.entities.iter().filter(|(kind, _)| !has(*kind));
    let mut gone: Vec<EntityId> = of_gone_types.map(|(_, id)| *id).collect();
    if !gone.is_empty() {
        let kept: FxHashSet<&EntityId> = identified.iter().flat_map(|i| &i.ids).collect();
        gone.retain(|id| !kept.contains(id));
    }
    gone
}
