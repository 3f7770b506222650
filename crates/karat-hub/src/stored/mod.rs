//! The published hub as people ask for it: pages, look-ups and exports.
//!
//! Arrives: a question, such as an entity id, two record keys or a query.
//! Leaves: a view or an exported file, made of what was published.
//! Promises: lineage and evidence are computed by the functions that decided, never stored beside
//! them, so that they cannot contradict what happened; reading never waits for a load.
//! Start reading in [`StoredHub`]; each question has a file of its own.

mod people;
mod rematch;
mod overview;
pub(crate) mod sources;
mod rules;
mod search;
mod customer;
mod household;
mod cluster;
mod potential_matches;
mod work;
mod work_summary;
mod deliberation;
mod compare;
mod entities;
mod lineage;
mod merges;
mod diff;
mod versions;
pub(crate) mod candidates;
mod foresee;
mod decisions;
mod quarantine;
mod export;
mod feedback;
mod findings;
mod confirmations;
mod served;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use karat_engine::matching::model::MatchModel;
use karat_model::attribute::EntityType;
use karat_model::decision::DecisionNo;
use karat_model::evidence::Weight;
use karat_model::finding::FindingNo;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, ModelId, RecordKey, SourceName};
use karat_model::record::{Moment, Quarantined};
use karat_store::{ArrivalNo, Database, Reader, SourceNo};
use rustc_hash::FxHashMap;

pub(crate) use candidates::Met;
pub use export::ExportKind;
pub use people::called;
pub use served::ServedHub;

use crate::currency;
use crate::drift::{DriftReport, last};
use crate::entry::EntryGate;
use crate::error::Error;
use crate::feedback::SourceFeedback;
use crate::flow::models::read_models;
use crate::flow::progress::Unwatched;
use crate::hub_model::FolderText;
use crate::repairs::{ListedStep, list_under};
use crate::view::{
    AsOf, Candidates, Circumstances, ClusterLookup, ComparisonLookup, ConfirmationView, Currency,
    Cursor, CustomerLookup, CustomerSummary, DecisionPage, DecisionView, Deliberation, DiffPage,
    EntityLookup, EntryAnswer, EntryCheck, EventNo, EventView, ExplainedDiff, FindingDetail,
    FindingPage, FindingQuery, FollowUpQuery, HubReader, LineageLookup, MergesSince,
    NearbyCustomer, Overview, PartLookup, PotentialMatchPage, Probe, QuarantinePage, Queue,
    QueueQuery, RecordDetail, RecordView, ReleaseView, Rules, SavedView, Scorecard, SearchPage,
    SnapshotPart, SourceDetail, SourceStanding, Unavailable, VersionPage, WorkPage, WorkQuery,
    WorkSummary,
};
use lineage::FormerHubModels;
use work_summary::KeptSummary;

/// The match models of a publication.
type Models = Arc<Vec<Arc<MatchModel>>>;

/// How many records each source has.
type RecordCounts = Arc<FxHashMap<SourceNo, u64>>;

/// A hub that is read, by any number of threads, also while it is loaded.
pub struct StoredHub {
    dir: PathBuf,
    database: Database,
    model: Arc<HubModel>,
    /// Handles that no one uses now.
    readers: Mutex<Vec<Box<dyn Reader>>>,
    /// The match models read last: reading them takes long, and they seldom change.
    models: Mutex<Option<(ModelId, Models)>>,
    /// How many records there were when they were counted last, after this arrival: counting takes
    /// long.
    counts: Mutex<Option<(ArrivalNo, RecordCounts)>>,
    /// Hub models that were in force once, by their fingerprints.
    former: Mutex<FormerHubModels>,
    /// What looks at customers that are typed in.
    gate: EntryGate,
    /// The work queue in figures, as it was told last.
    summary: KeptSummary,
}

impl StoredHub {
    /// Opens a database that was loaded under a hub model, of the hub of a folder.
    pub fn open(
        dir: PathBuf,
        database: Database,
        model: Arc<HubModel>,
    ) -> Result<StoredHub, Error> {
        let reader = database.open_reader()?;
        let readers = Mutex::new(vec![reader]);
        let (models, counts, former) = (Mutex::default(), Mutex::default(), Mutex::default());
        let gate = EntryGate::new(dir.clone(), model.clone());
        let summary = KeptSummary::default();
        Ok(StoredHub { dir, database, model, readers, models, counts, former, gate, summary })
    }

    /// Reads with a handle of one's own.
    fn read<T>(&self, read: impl FnOnce(&dyn Reader) -> Result<T, Error>) -> Result<T, Error> {
        let free = || self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // A handle may have lost its database since it was used last.
        let connected = std::iter::from_fn(free).find(|reader| reader.is_connected());
        let reader = match connected {
            Some(reader) => reader,
            None => self.database.open_reader()?,
        };
        let result = read(reader.as_ref());
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        result
    }

    /// The match models in force.
    fn models(&self, reader: &dyn Reader) -> Result<Models, Error> {
        let Some(id) = reader.model_id()? else { return Ok(Models::default()) };
        let mut known = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known_id, models)) = &*known
            && *known_id == id
        {
            return Ok(models.clone());
        }
        let Some(stored) = reader.model()? else { return Ok(Models::default()) };
        let models =
            Arc::new(read_models(&stored.content)?.into_iter().map(Arc::new).collect::<Vec<_>>());
        *known = Some((stored.id, models.clone()));
        Ok(models)
    }

    /// How many records each source has now.
    fn record_counts(&self, reader: &dyn Reader) -> Result<RecordCounts, Error> {
        at_one_moment(reader, |reader| {
            let settled_at = reader.settled_at()?;
            let mut known = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, counts)) = &*known
                && Some(*at) == settled_at
            {
                return Ok(counts.clone());
            }
            let counts = RecordCounts::new(reader.record_counts()?.into_iter().collect());
            *known = settled_at.map(|at| (at, counts.clone()));
            Ok(counts)
        })
    }

    /// The match model of an entity type.
    fn model_of(
        &self,
        reader: &dyn Reader,
        kind: EntityType,
    ) -> Result<Option<Arc<MatchModel>>, Error> {
        let models = self.models(reader)?;
        Ok(models.iter().find(|model| model.entity_type() == Some(kind)).cloned())
    }
}

impl HubReader for StoredHub {
    fn model(&self) -> Arc<HubModel> {
        self.model.clone()
    }

    fn overview(&self) -> Result<Overview, Unavailable> {
        self.read(|reader| self.read_overview(reader)).map_err(unavailable)
    }

    fn sources(&self) -> Result<Vec<SourceStanding>, Unavailable> {
        self.read(|reader| self.read_sources(reader)).map_err(unavailable)
    }

    fn source(&self, name: &SourceName) -> Result<Option<SourceDetail>, Unavailable> {
        self.read(|reader| self.read_source(reader, name)).map_err(unavailable)
    }

    fn quarantine(
        &self,
        name: &SourceName,
        skipped: usize,
        limit: usize,
    ) -> Result<Option<QuarantinePage>, Unavailable> {
        self.read(|reader| self.read_quarantine(reader, name, skipped, limit)).map_err(unavailable)
    }

    fn visit_quarantine(
        &self,
        name: &SourceName,
        visit: &mut dyn FnMut(Quarantined) -> bool,
    ) -> Result<(), Unavailable> {
        self.read(|reader| self.read_whole_quarantine(reader, name, visit)).map_err(unavailable)
    }

    fn drift(&self) -> Result<Option<DriftReport>, Unavailable> {
        self.read(last).map_err(unavailable)
    }

    fn scorecard(&self) -> Result<Scorecard, Unavailable> {
        self.read(|reader| self.read_scorecard(reader)).map_err(unavailable)
    }

    fn findings(
        &self,
        query: &FindingQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Unavailable> {
        self.read(|reader| self.read_findings(reader, query, after, limit)).map_err(unavailable)
    }

    fn finding(&self, no: FindingNo) -> Result<Option<FindingDetail>, Unavailable> {
        self.read(|reader| self.read_finding(reader, no)).map_err(unavailable)
    }

    fn follow_ups(
        &self,
        query: &FollowUpQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Unavailable> {
        self.read(|reader| self.read_follow_ups(reader, query, after, limit)).map_err(unavailable)
    }

    fn feedback(&self) -> Result<Vec<SourceFeedback>, Unavailable> {
        self.read(|reader| self.read_feedback(reader)).map_err(unavailable)
    }

    fn repairs(&self, source: Option<&SourceName>) -> Result<Vec<ListedStep>, Unavailable> {
        let list = |reader: &dyn Reader| list_under(reader, &self.model, source, &Unwatched);
        self.read(list).map_err(unavailable)
    }

    fn rules(&self) -> Result<Rules, Unavailable> {
        self.read(|reader| at_one_moment(reader, |reader| self.read_rules(reader)))
            .map_err(unavailable)
    }

    fn releases(&self) -> Result<Vec<ReleaseView>, Unavailable> {
        self.read(rules::read_releases).map_err(unavailable)
    }

    fn release_text(&self, no: u32) -> Result<Option<FolderText>, Unavailable> {
        self.read(|reader| rules::read_release_text(reader, no)).map_err(unavailable)
    }

    fn currency(&self) -> Result<Currency, Unavailable> {
        let report = |reader: &dyn Reader| currency::report(reader, &self.model);
        self.read(|reader| at_one_moment(reader, report)).map_err(unavailable)
    }

    fn currency_queue(&self, query: &QueueQuery, limit: usize) -> Result<Queue, Unavailable> {
        let queue = |reader: &dyn Reader| currency::queue(reader, &self.model, query, limit);
        self.read(|reader| at_one_moment(reader, queue)).map_err(unavailable)
    }

    fn confirmations(&self, key: &RecordKey) -> Result<Option<Vec<ConfirmationView>>, Unavailable> {
        let read = |reader: &dyn Reader| self.read_confirmations(reader, key);
        self.read(|reader| at_one_moment(reader, read)).map_err(unavailable)
    }

    fn search(&self, query: &str, page: u32) -> Result<SearchPage, Unavailable> {
        self.read(|reader| self.read_search(reader, query, page)).map_err(unavailable)
    }

    fn customer(&self, id: EntityId) -> Result<CustomerLookup, Unavailable> {
        self.read(|reader| self.read_customer(reader, id)).map_err(unavailable)
    }

    fn cluster(
        &self,
        id: EntityId,
        threshold: Option<Weight>,
    ) -> Result<ClusterLookup, Unavailable> {
        let read = |reader: &dyn Reader| self.read_cluster(reader, id, threshold);
        self.read(|reader| at_one_moment(reader, read)).map_err(unavailable)
    }

    fn potential_matches(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<PotentialMatchPage, Unavailable> {
        self.read(|reader| self.read_potential_matches(reader, after, limit)).map_err(unavailable)
    }

    fn work(
        &self,
        query: &WorkQuery,
        now: Moment,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<WorkPage, Unavailable> {
        let read = |reader: &dyn Reader| {
            self.read_work(reader, query, now, (after, limit), work::LOOKED_AT_MAX)
        };
        self.read(|reader| at_one_moment(reader, read)).map_err(unavailable)
    }

    fn merges(&self, after: EventNo, limit: usize) -> Result<MergesSince, Unavailable> {
        let read = |reader: &dyn Reader| self.read_merges(reader, after, limit);
        self.read(|reader| at_one_moment(reader, read)).map_err(unavailable)
    }

    fn work_summary(&self, now: Moment) -> Result<Arc<WorkSummary>, Unavailable> {
        let read = |reader: &dyn Reader| self.read_work_summary(reader, now);
        self.summary
            .get(now, &mut |known| self.read(|reader| known.refresh(reader, now, &read)))
            .map_err(unavailable)
    }

    fn saved_views(&self, account: &str) -> Result<Vec<SavedView>, Unavailable> {
        self.read(|reader| work::read_saved_views(reader, account)).map_err(unavailable)
    }

    fn deliberation(&self, customers: &[EntityId]) -> Result<Deliberation, Unavailable> {
        let read = |reader: &dyn Reader| self.read_deliberation(reader, customers);
        self.read(|reader| at_one_moment(reader, read)).map_err(unavailable)
    }

    fn compare(
        &self,
        left: &RecordKey,
        right: &RecordKey,
    ) -> Result<ComparisonLookup, Unavailable> {
        self.read(|reader| self.read_comparison(reader, left, right)).map_err(unavailable)
    }

    fn ready(&self) -> Result<(), Unavailable> {
        self.read(|reader| Ok(reader.model().map(drop)?)).map_err(unavailable)
    }

    fn record(&self, key: &RecordKey) -> Result<Option<RecordView>, Unavailable> {
        self.read(|reader| self.read_record(reader, key)).map_err(unavailable)
    }

    fn entity_of(&self, key: &RecordKey) -> Result<Option<EntityId>, Unavailable> {
        self.read(|reader| Ok(reader.entity_of(key)?)).map_err(unavailable)
    }

    fn entity(&self, id: EntityId, as_of: AsOf) -> Result<EntityLookup, Unavailable> {
        self.read(|reader| self.read_entity(reader, id, as_of)).map_err(unavailable)
    }

    fn lineage(&self, id: EntityId, as_of: AsOf) -> Result<LineageLookup, Unavailable> {
        self.read(|reader| self.read_lineage(reader, id, as_of)).map_err(unavailable)
    }

    fn identified(&self, identifier: &str) -> Result<Vec<CustomerSummary>, Unavailable> {
        self.read(|reader| self.read_identified(reader, identifier)).map_err(unavailable)
    }

    fn candidates(&self, probe: &Probe, limit: usize) -> Result<Candidates, Unavailable> {
        self.read(|reader| self.read_candidates(reader, probe, limit)).map_err(unavailable)
    }

    fn check_entry(&self, check: &EntryCheck) -> Result<EntryAnswer, Unavailable> {
        self.read(|reader| self.read_entry(reader, check)).map_err(unavailable)
    }

    fn events(
        &self,
        after: EventNo,
        limit: usize,
        with_versions: bool,
    ) -> Result<Vec<EventView>, Unavailable> {
        self.read(|reader| self.read_events(reader, after, limit, with_versions))
            .map_err(unavailable)
    }

    fn last_event(&self) -> Result<EventNo, Unavailable> {
        self.read(|reader| Ok(reader.last_event()?)).map_err(unavailable)
    }

    fn records_of(
        &self,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<RecordDetail>, Unavailable> {
        self.read(|reader| self.read_records_of(reader, id, skipped, limit)).map_err(unavailable)
    }

    fn nearby(
        &self,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<NearbyCustomer>, Unavailable> {
        self.read(|reader| self.read_nearby(reader, id, skipped, limit)).map_err(unavailable)
    }

    fn history(
        &self,
        id: EntityId,
        after: EventNo,
        limit: usize,
    ) -> Result<Option<Vec<EventView>>, Unavailable> {
        self.read(|reader| self.read_history(reader, id, after, limit)).map_err(unavailable)
    }

    fn versions(
        &self,
        id: EntityId,
        before: Option<EventNo>,
        limit: usize,
    ) -> Result<Option<VersionPage>, Unavailable> {
        self.read(|reader| versions::read_versions(reader, id, before, limit)).map_err(unavailable)
    }

    fn circumstances(
        &self,
        event: EventNo,
        records: &[RecordKey],
    ) -> Result<Circumstances, Unavailable> {
        self.read(|reader| versions::read_circumstances(reader, event, records))
            .map_err(unavailable)
    }

    fn diff(
        &self,
        from: AsOf,
        to: AsOf,
        after: Option<EventNo>,
        limit: usize,
    ) -> Result<DiffPage, Unavailable> {
        self.read(|reader| diff::read_diff(reader, from, to, after, limit)).map_err(unavailable)
    }

    fn entity_diff(
        &self,
        id: EntityId,
        from: AsOf,
        to: AsOf,
    ) -> Result<Option<ExplainedDiff>, Unavailable> {
        self.read(|reader| self.read_explained_diff(reader, id, from, to)).map_err(unavailable)
    }

    fn snapshot(&self, visit: &mut dyn FnMut(SnapshotPart) -> bool) -> Result<(), Unavailable> {
        self.read(|reader| self.read_snapshot(reader, visit)).map_err(unavailable)
    }

    fn decisions(
        &self,
        before: Option<DecisionNo>,
        limit: usize,
    ) -> Result<DecisionPage, Unavailable> {
        self.read(|reader| self.read_decisions(reader, before, limit)).map_err(unavailable)
    }

    fn decision(&self, no: DecisionNo) -> Result<Option<DecisionView>, Unavailable> {
        self.read(|reader| self.read_decision(reader, no)).map_err(unavailable)
    }
}

/// Lets all that is asked see the same committed state.
fn at_one_moment<T>(
    reader: &dyn Reader,
    read: impl Fn(&dyn Reader) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut result = None;
    reader.at_one_moment(&mut |reader| {
        result = Some(read(reader));
        Ok(())
    })?;
    result.expect("it was read")
}

fn unavailable(error: Error) -> Unavailable {
    Unavailable(Box::new(error))
}
