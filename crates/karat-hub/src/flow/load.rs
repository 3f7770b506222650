//! Loads a hub: from the files of its sources to published customers.

use std::path::Path;
use std::sync::mpsc::sync_channel;

use karat_engine::matching::cluster::ThresholdLadder;
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::{Candidates, Matched, Matcher};
use karat_model::attribute::EntityType;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, SourceName};
use karat_model::record::{Columns, Moment};
use karat_model::table::RecordTable;
use karat_store::{EventNo, HoldRow, LoadNo, Reader, Resolution, Store, StoredRecord};
use serde::{Deserialize, Serialize};

use super::arrive::{ArrivalReport, arrive};
use super::clean::{Cleaned, Cleaning};
use super::master::{FormerCustomers, Known, Mastered, master};
use super::progress::{MatchingOf, Progress, Stage};
use super::publish::{
    Changes, held, holds, identify_all, one_for_two_customers, potential_matches, publish,
};
use crate::error::Error;
use crate::figures::Figures;
use crate::hub_model::fingerprint;

/// How to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// Learn a new match model even if there is one.
    pub retrain: bool,
    /// Accept that a large share of a source's records has vanished.
    pub allow_deletes: bool,
}

/// What a load came to.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadReport {
    /// Per source what arrived.
    pub arrivals: Vec<ArrivalReport>,
    /// What was published; `None` when nothing had changed.
    pub published: Option<Published>,
}

/// What was published.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// What happened to the entities.
    pub changes: Changes,
    /// Why a match model was learnt, if one was.
    pub trained: Option<TrainingReason>,
    /// Per entity type what matching came to.
    pub matched: Vec<MatchedType>,
}

/// What matching came to for one entity type.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedType {
    /// The entity type.
    pub entity_type: EntityType,
    /// Its records.
    pub records: u64,
    /// Its customers.
    pub entities: u64,
    /// Pairs that were compared.
    pub pairs: u64,
    /// Customers that may be the same as another.
    pub potential_matches: u64,
    /// How many of those are joins that are held.
    pub held: u64,
    /// The components that were too large to look at as a whole.
    pub ladders: Vec<ThresholdLadder>,
    /// How many records the model was trained on.
    pub trained_on: u64,
    /// What to mind about the model, in English and Dutch.
    pub warnings: Vec<[String; 2]>,
}

/// Why a match model was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingReason {
    /// There was none.
    First,
    /// The hub model changed since.
    HubModelChanged,
    /// It was asked for.
    Asked,
    /// The one there was is of another version of Karat, or damaged.
    Outdated,
}

/// Reads all sources, and publishes what changed; `clock` tells when the load begins and ends.
pub fn load(
    store: &mut dyn Store,
    hub: &Path,
    model: &HubModel,
    options: LoadOptions,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<LoadReport, Error> {
    let load = store.begin_load(clock())?;
    let mut arrivals = Vec::with_capacity(model.sources.len());
    for source in &model.sources {
        let allow = options.allow_deletes;
        arrivals.push(arrive(store, load, hub, model, source, allow, progress)?);
    }
    let known = store.reader().model()?;
    let frozen = known.as_ref().and_then(|known| read_models(&known.content).ok());
    let reason = match &known {
        None => Some(TrainingReason::First),
        Some(_) if options.retrain => Some(TrainingReason::Asked),
        Some(known) if known.hub_model != fingerprint(model) => {
            Some(TrainingReason::HubModelChanged)
        }
        Some(_) if frozen.is_none() => Some(TrainingReason::Outdated),
        Some(_) => None,
    };
    let something_to_do = reason.is_some() || store.reader().is_behind()?;
    let published = if something_to_do {
        let frozen = frozen.filter(|_| reason.is_none()).unwrap_or_default();
        let run = Run { load, clock };
        Some(derive(store, run, model, frozen, reason, &arrivals, progress)?)
    } else {
        None
    };
    let report = StoredReport::of(&arrivals);
    let report = serde_json::to_string(&report).expect("a report has only numbers and text");
    store.finish_load(load, clock(), &report)?;
    Ok(LoadReport { arrivals, published })
}

/// The load at hand.
struct Run<'a> {
    load: LoadNo,
    clock: &'a dyn Fn() -> Moment,
}

/// Derives everything from the journal, and publishes it.
fn derive(
    store: &mut dyn Store,
    run: Run,
    model: &HubModel,
    frozen: Vec<MatchModel>,
    reason: Option<TrainingReason>,
    arrivals: &[ArrivalReport],
    progress: &dyn Progress,
) -> Result<Published, Error> {
    let cleaned = clean_all(store.reader(), model, progress)?;
    let Cleaned { tables, counts } = cleaned;
    let before = Before::read(store.reader())?;
    let entity_of = |row: u64| before.entity_of.get(row as usize).copied().flatten();
    let former = FormerCustomers { entity_of: &entity_of, holds: &before.holds };
    let known = Known { labels: &[], decisions: &[], former };
    let records: u64 = tables.iter().map(|table| table.len() as u64).sum();
    progress.begin(Stage::Match, records);
    let mut mastered: Vec<Mastered> = Vec::with_capacity(tables.len());
    let mut shared_values = Vec::new();
    for table in tables {
        let kind = table.entity_type;
        let frozen = frozen.iter().find(|frozen| frozen.entity_type() == Some(kind)).cloned();
        let before = mastered.iter().map(|m| m.table.len() as u64).sum();
        let watch = MatchingOf { progress, before, records: table.len() as u64 };
        let candidates = Candidates::Hopeful;
        let mut also = |matcher: &Matcher, _: &RecordTable, matched: &Matched| {
            shared_values.extend(matcher.shared_values(&matched.partition));
        };
        mastered.push(master(model, table, frozen, &known, candidates, &watch, &mut also)?);
    }
    progress.end();

    let reader = store.reader();
    let mut is_taken = |id| {
        let never_issued = before.is_first || reader.resolve(id)? == Resolution::Unknown;
        Ok(!never_issued)
    };
    let identified = identify_all(&mastered, &entity_of, &before.entities, &mut is_taken)?;
    let models = write_models(&mastered, frozen);
    let figures = Figures::of(model, &mastered, &identified, shared_values, &counts, arrivals);
    let figures = figures.to_json();
    let pairs: Vec<_> =
        mastered.iter().flat_map(|mastered| potential_matches(model, mastered)).collect();
    let holds: Vec<_> = mastered.iter().flat_map(|mastered| holds(model, mastered)).collect();
    let gone = gone_types(&before, &mastered);

    progress.begin(Stage::Publish, identified.iter().map(|i| i.ids.len() as u64).sum());
    let mut changes = Changes::default();
    store.publish(run.load, (run.clock)(), &mut |publication| {
        changes = Changes::default();
        let mut done = 0;
        publication.put_model(&models, &fingerprint(model))?;
        for (mastered, identified) in mastered.iter().zip(&identified) {
            let made = publish(publication, model, mastered, identified, progress, &mut done)?;
            changes.created += made.created;
            changes.updated += made.updated;
            changes.merged += made.merged;
            changes.split += made.split;
            changes.deleted += made.deleted;
        }
        for &id in &gone {
            publication.retire_entity(id, None)?;
            changes.deleted += 1;
        }
        publication.replace_potential_matches(&pairs)?;
        publication.replace_holds(&holds)?;
        publication.put_statistic(Figures::NAME, &figures)
    })?;
    progress.end();
    let matched = mastered.iter().map(|mastered| MatchedType {
        entity_type: mastered.table.entity_type,
        records: mastered.table.len() as u64,
        entities: mastered.matched.partition.len() as u64,
        pairs: mastered.matched.pairs,
        potential_matches: one_for_two_customers(&mastered.matched).len() as u64,
        held: held(&mastered.matched),
        ladders: mastered.matched.ladders.clone(),
        trained_on: mastered.model.training.records,
        warnings: mastered.model.training.warnings.clone(),
    });
    Ok(Published { changes, trained: reason, matched: matched.collect() })
}

/// Cleans all current records of the store.
pub fn clean_all(
    reader: &dyn Reader,
    model: &HubModel,
    progress: &dyn Progress,
) -> Result<Cleaned, Error> {
    let sources = reader.sources()?;
    let total = sources.iter().map(|source| source.records).sum();
    let sources: Vec<(SourceName, Columns)> =
        sources.into_iter().map(|source| (source.name, source.columns)).collect();
    let mut cleaning = Cleaning::new(model, &sources, total);
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

/// Entities of types that have no records left at all.
fn gone_types(before: &Before, mastered: &[Mastered]) -> Vec<EntityId> {
    let has = |kind: EntityType| mastered.iter().any(|m| m.table.entity_type == kind);
    before.entities.iter().filter(|(kind, _)| !has(*kind)).map(|(_, id)| *id).collect()
}

/// How strongly models are compressed: beyond this it takes long and gains little.
const COMPRESSION_LEVEL: i32 = 3;

/// The models in their stored form; one that had no records this time is kept.
fn write_models(mastered: &[Mastered], frozen: Vec<MatchModel>) -> Vec<u8> {
    let mut models: Vec<&MatchModel> = mastered.iter().map(|mastered| &mastered.model).collect();
    let in_use =
        |model: &MatchModel| mastered.iter().any(|m| m.model.entity_type == model.entity_type);
    models.extend(frozen.iter().filter(|model| !in_use(model)));
    let json = serde_json::to_vec(&models).expect("a model has only numbers and text");
    zstd::encode_all(&json[..], COMPRESSION_LEVEL).expect("compressing in memory cannot fail")
}

/// Reads the stored form of models, if they are of this version.
pub fn read_models(content: &[u8]) -> Result<Vec<MatchModel>, Error> {
    let json = zstd::decode_all(content).map_err(|_| Error::OutdatedModel)?;
    let models: Vec<MatchModel> =
        serde_json::from_slice(&json).map_err(|_| Error::OutdatedModel)?;
    let is_current = |model: &MatchModel| model.version == MatchModel::VERSION;
    if models.iter().all(is_current) { Ok(models) } else { Err(Error::OutdatedModel) }
}

/// The stored form of what a load read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReport {
    /// Rows that were read.
    pub rows: u64,
    /// Records that were not there.
    pub new: u64,
    /// Records that changed.
    pub changed: u64,
    /// Records that are gone.
    pub deleted: u64,
    /// Rows that could not be read.
    pub quarantined: u64,
}

impl StoredReport {
    fn of(arrivals: &[ArrivalReport]) -> StoredReport {
        let sum = |figure: fn(&ArrivalReport) -> u64| arrivals.iter().map(figure).sum();
        StoredReport {
            rows: sum(|a| a.rows),
            new: sum(|a| a.new),
            changed: sum(|a| a.changed),
            deleted: sum(|a| a.deleted),
            quarantined: sum(|a| a.quarantined),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_of_another_version_are_not_used() {
        let stored = |json: &str| zstd::encode_all(json.as_bytes(), COMPRESSION_LEVEL).unwrap();
        assert_eq!(read_models(&stored("[]")).unwrap(), []);
        let version = |number: u32| format!("\"version\": {number}");
        let older = MatchModel::VERSION - 1;
        let model = format!(
            r#"[{{"version": {older}, "entity_type": "person", "attributes": [], "pairs": "both", "blocking": [], "phonetics": "dutch", "prior": 0,
                "household_prior": 0, "link_threshold": 0, "review_threshold": 0, "leftover_bonus": 0,
                "gate": {{"single_valued": [], "confirmed_by": 2, "large": 0}},
                "calibration": {{"knots": []}}, "comparisons": [], "oversized": [], "training": {{"records": 1, "pairs": 0,
                "rounds": 0, "matches_expected": 0.0,
                "labels": {{"same": 0, "different": 0, "prior_offset": 0}}, "warnings": []}}}}]"#
        );
        for (content, usable) in [
            (stored(&model), false),
            (stored(&model.replace(&version(older), &version(MatchModel::VERSION))), true),
            (stored("[{}]"), false),
            (b"not compressed".to_vec(), false),
        ] {
            assert_eq!(read_models(&content).is_ok(), usable);
        }
    }
}
