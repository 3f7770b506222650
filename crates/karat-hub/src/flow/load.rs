//! Loads a hub: from the files of its sources to published customers.

use std::path::Path;

use karat_engine::matching::cluster::ThresholdLadder;
use karat_engine::matching::drift::Drift;
use karat_engine::quality::profile::TableState;
use karat_model::attribute::EntityType;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_store::{LoadNo, Reader, Store};
use serde::{Deserialize, Serialize};

use super::arrive::{ArrivalReport, arrive};
use super::derive::{Derived, HeldAgainst, Terms, derive};
use super::master::Mastered;
use super::progress::Progress;
use super::publish::{Changes, held, one_for_two_customers, publish_all};
use super::quality::{
    Delivered, Judging, Kept, ToldDelivery, WrongDeliveries, announce_awaited,
    judge_deliveries_alone, take_deliveries,
};
use super::releases::{NewRelease, ReleaseReason, texts_of};
use super::renewal::Renewal;
use super::source_profiles::SourceProfiles;
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
    /// What is wrong with the last deliveries of sources, all of which were taken in.
    pub wrong: Vec<ToldDelivery>,
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
    /// What to mind about the model, in English and Dutch.
    pub warnings: Vec<[String; 2]>,
    /// How far the model has drifted.
    pub drift: Drift,
}

impl Derived {
    /// Per entity type what matching came to.
    pub fn matched(&self) -> Vec<MatchedType> {
        let drift = self.drift.iter().map(|of_type| of_type.drift.clone());
        self.mastered.iter().zip(drift).map(|(of, drift)| MatchedType::of(of, drift)).collect()
    }
}

impl MatchedType {
    fn of(mastered: &Mastered, drift: Drift) -> MatchedType {
        MatchedType {
            entity_type: mastered.table.entity_type,
            records: mastered.table.len() as u64,
            entities: mastered.matched.partition.len() as u64,
            pairs: mastered.matched.pairs,
            potential_matches: one_for_two_customers(&mastered.matched).len() as u64,
            held: held(&mastered.matched),
            ladders: mastered.matched.ladders.clone(),
            warnings: mastered.model.training.warnings.clone(),
            drift,
        }
    }
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
    /// The one there was is of few records, and the hub has doubled since.
    Grown,
}

/// Reads all sources, and publishes what changed; `by` is who asks for it, if that is known, and
/// `clock` tells when the load begins and ends.
///
/// Why a load failed is kept with it.
pub fn load(
    store: &mut dyn Store,
    hub: &Path,
    model: &HubModel,
    options: LoadOptions,
    by: Option<&str>,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<LoadReport, Error> {
    let load = store.begin_load(clock())?;
    let mut arrivals = Vec::with_capacity(model.sources.len());
    let loaded = load_begun(store, load, hub, model, options, by, clock, progress, &mut arrivals);
    let failed = loaded.as_ref().err().map(|error| StoredFailure::of(error, model, &arrivals));
    let report = StoredReport { failed, ..StoredReport::of(&arrivals) };
    let report = serde_json::to_string(&report).expect("a report has only numbers and text");
    let finished = store.finish_load(load, clock(), &report);
    // A store that failed may fail again; why it did first is what is told.
    let (published, wrong) = loaded?;
    finished?;
    Ok(LoadReport { arrivals, published, wrong })
}

/// What a load published, and what is wrong with the last deliveries.
type Loaded = (Option<Published>, Vec<ToldDelivery>);

#[expect(clippy::too_many_arguments, reason = "those of `load`, and what it has come to")]
fn load_begun(
    store: &mut dyn Store,
    load: LoadNo,
    hub: &Path,
    model: &HubModel,
    options: LoadOptions,
    by: Option<&str>,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
    arrivals: &mut Vec<ArrivalReport>,
) -> Result<Loaded, Error> {
    let mut delivered: Vec<(SourceName, Delivered)> = Vec::new();
    let mut profiled: Vec<(SourceName, TableState)> = Vec::new();
    for source in &model.sources {
        let allow = options.allow_deletes;
        let arrived = arrive(store, (load, clock()), hub, model, source, allow, progress)?;
        arrivals.push(arrived.report);
        delivered.extend(arrived.delivered.map(|brought| (source.name.clone(), brought)));
        profiled.push((source.name.clone(), arrived.profiled));
    }
    announce_awaited(store, load, model)?;
    let renewal = Renewal::of(store.reader(), model, options.retrain)?;
    let is_new_day = Kept::read(store.reader())?.is_some_and(|kept| kept.is_before(clock()));
    let something_to_do = !renewal.is_nothing() || store.reader().is_behind()? || is_new_day;
    let published = if something_to_do {
        let quarantined = |name: &str| {
            arrivals.iter().find(|arrival| arrival.source == name).map_or(0, |it| it.quarantined)
        };
        let run = Run { load, by, clock, delivered };
        Some(derive_and_publish(store, run, hub, model, renewal, &quarantined, progress)?)
    } else {
        judge_deliveries_alone(store, load, model, delivered, clock())?;
        None
    };
    SourceProfiles::keep(store, load, model, profiled, clock())?;
    let WrongDeliveries(wrong) = WrongDeliveries::read(store.reader())?;
    Ok((published, wrong))
}

/// The load at hand.
struct Run<'a> {
    load: LoadNo,
    /// Who asked for it.
    by: Option<&'a str>,
    clock: &'a dyn Fn() -> Moment,
    /// What sources brought in it.
    delivered: Vec<(SourceName, Delivered)>,
}

/// Publishes what the hub model says now of the records that are there, as the hub does by itself;
/// reads no source.
pub fn publish(
    store: &mut dyn Store,
    hub: &Path,
    model: &HubModel,
    retrain: bool,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<Option<Published>, Error> {
    publish_for(store, hub, model, retrain, None, clock, progress)
}

/// The same for somebody, if it is known who asks for it.
pub fn publish_for(
    store: &mut dyn Store,
    hub: &Path,
    model: &HubModel,
    retrain: bool,
    by: Option<&str>,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<Option<Published>, Error> {
    let renewal = Renewal::of(store.reader(), model, retrain)?;
    let is_new_day = Kept::read(store.reader())?.is_some_and(|kept| kept.is_before(clock()));
    let nothing_to_do = renewal.is_nothing() && !store.reader().is_behind()? && !is_new_day;
    if nothing_to_do {
        return Ok(None);
    }
    let load = store.begin_load(clock())?;
    let figures = stored_figures(store.reader())?;
    let quarantined = |name: &str| figures.quarantined(name);
    let published = derive_and_publish(
        store,
        Run { load, by, clock, delivered: Vec::new() },
        hub,
        model,
        renewal,
        &quarantined,
        progress,
    )?;
    finish_without_arrivals(store, load, clock)?;
    Ok(Some(published))
}

/// Ends a load that read no source.
pub fn finish_without_arrivals(
    store: &mut dyn Store,
    load: LoadNo,
    clock: &dyn Fn() -> Moment,
) -> Result<(), Error> {
    let report = serde_json::to_string(&StoredReport::default());
    let report = report.expect("a report has only numbers and text");
    Ok(store.finish_load(load, clock(), &report)?)
}

/// The figures of the last publication.
pub fn stored_figures(reader: &dyn Reader) -> Result<Figures, Error> {
    let json = reader.statistic(Figures::NAME)?;
    Ok(json.map(|json| Figures::from_json(&json)).unwrap_or_default())
}

/// Derives everything from the journal, and publishes it.
fn derive_and_publish(
    store: &mut dyn Store,
    run: Run,
    hub: &Path,
    model: &HubModel,
    renewal: Renewal,
    quarantined: &dyn Fn(&str) -> u64,
    progress: &dyn Progress,
) -> Result<Published, Error> {
    let Renewal { frozen, trained, release } = renewal;
    let thresholds_anew = release == Some(ReleaseReason::Thresholds);
    let held_against = HeldAgainst::Published;
    let judging = Judging::anew(model, hub, (run.clock)());
    let terms = Terms { model, frozen, thresholds_anew, held_against, judging, quarantined };
    let mut derived = derive(store.reader(), terms, progress)?;
    let at = (run.clock)();
    if let Some(judge) = &mut derived.judge {
        let sums = Some(&derived.quality.sums);
        take_deliveries(store.reader(), model, judge, sums, run.delivered, at)?;
    }
    let release = match release {
        Some(reason) => {
            let print = fingerprint(model);
            let text = texts_of(store.reader(), hub, &print)?;
            Some(NewRelease::after(store.reader(), run.load, print, text, reason, run.by)?)
        }
        None => None,
    };
    let changes =
        publish_all(store, run.load, at, model, &mut derived, release.as_ref(), progress)?;
    Ok(Published { changes, trained, matched: derived.matched() })
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
    /// Per source what arrived; none in reports of before that was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<StoredArrival>,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<StoredFailure>,
}

/// The stored form of what arrived of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredArrival {
    /// The name of the source.
    pub source: String,
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
    /// Files that could not be read, or not to their end: what is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// Why a load failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFailure {
    /// The source that was being read; `None` once all were.
    pub source: Option<String>,
    /// What went wrong: ids and places, never personal values.
    pub message: String,
    /// What to do next, if that is known.
    pub hint: Option<String>,
}

impl StoredFailure {
    fn of(error: &Error, model: &HubModel, arrivals: &[ArrivalReport]) -> StoredFailure {
        let source = model.sources.get(arrivals.len()).map(|source| source.name.to_string());
        StoredFailure { source, message: error.to_string(), hint: error.hint() }
    }
}

impl StoredArrival {
    fn of(arrival: &ArrivalReport) -> StoredArrival {
        let problems = arrival.problems.iter().map(|(problem, _)| problem.clone());
        StoredArrival {
            source: arrival.source.clone(),
            rows: arrival.rows,
            new: arrival.new,
            changed: arrival.changed,
            deleted: arrival.deleted,
            quarantined: arrival.quarantined,
            problems: problems.collect(),
        }
    }
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
            sources: arrivals.iter().map(StoredArrival::of).collect(),
            failed: None,
        }
    }
}
