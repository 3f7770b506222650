//! A hub that is read for long, while others publish other hub models.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use karat_model::decision::DecisionNo;
use karat_model::evidence::Weight;
use karat_model::finding::FindingNo;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Moment, Quarantined};
use karat_store::Database;

use super::{StoredHub, unavailable};
use crate::alone::spawn_alone;
use crate::drift::DriftReport;
use crate::error::Error;
use crate::feedback::{SourceFeedback, WorkItem};
use crate::flow::change::{Coming, Foreseen};
use crate::flow::releases::{InForce, is_folder_unpublished};
use crate::hub_model::FolderText;
use crate::repairs::ListedStep;
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

/// A hub under the hub model that is published at the time of each question.
pub struct ServedHub {
    dir: PathBuf,
    database: Database,
    now: Mutex<Now>,
}

struct Now {
    in_force: InForce,
    hub: Arc<StoredHub>,
}

impl ServedHub {
    /// Opens the database of a folder; `model` is what the folder says.
    pub fn open(
        dir: PathBuf,
        database: Database,
        model: Arc<HubModel>,
    ) -> Result<ServedHub, Error> {
        let hub = Arc::new(StoredHub::open(dir.clone(), database.clone(), model.clone())?);
        let now = Mutex::new(Now { in_force: InForce::new(&dir, model), hub });
        let served = ServedHub { dir, database, now };
        served.refreshed()?;
        Ok(served)
    }

    /// The hub under the hub model in force.
    fn current(&self) -> Result<Arc<StoredHub>, Unavailable> {
        self.refreshed().map_err(unavailable)
    }

    fn refreshed(&self) -> Result<Arc<StoredHub>, Error> {
        let known = self.now().hub.clone();
        known.read(|reader| {
            // The lock is not held while the database is asked, but when something was published.
            let list = reader.statistic(InForce::LIST)?;
            let mut now = self.now();
            if now.in_force.is_current(list.as_deref()) {
                return Ok(now.hub.clone());
            }
            if now.in_force.refresh(reader)? {
                let model = now.in_force.model().clone();
                let (dir, database) = (self.dir.clone(), self.database.clone());
                now.hub = Arc::new(StoredHub::open(dir, database, model)?);
            }
            Ok(now.hub.clone())
        })
    }

    /// Looks up what records will be compared with when their changes have their turn; `None` where
    /// that is better told then.
    pub fn foresee(&self, coming: &[Coming]) -> Result<Vec<Option<Foreseen>>, Error> {
        let hub = self.now().hub.clone();
        let mut foreseen = hub.read(|reader| hub.read_foreseen(reader, coming))?;
        let is_current = |foreseen: &Foreseen| {
            let now = self.now();
            Arc::ptr_eq(&now.hub, &hub) && foreseen.is_under(&now.in_force)
        };
        if !foreseen.iter().flatten().all(is_current) {
            self.refreshed()?;
            foreseen.fill_with(|| None);
        }
        Ok(foreseen)
    }

    /// What the owner of a source is to hear and was not sent, among so many findings after one; and
    /// the last of these, when more follow.
    pub fn unsent(
        &self,
        source: &SourceName,
        after: FindingNo,
        limit: usize,
        now: Moment,
    ) -> Result<(Vec<WorkItem>, Option<FindingNo>), Error> {
        let hub = self.refreshed()?;
        hub.read(|reader| hub.read_unsent(reader, source, after, limit, now))
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands questions on to the hub under the hub model in force.
macro_rules! asks_current {
    ($(fn $question:ident($($name:ident: $kind:ty),*) -> $answer:ty;)+) => {
        $(fn $question(&self, $($name: $kind),*) -> Result<$answer, Unavailable> {
            self.current()?.$question($($name),*)
        })+
    };
}

impl HubReader for ServedHub {
    fn model(&self) -> Arc<HubModel> {
        self.now().in_force.model().clone()
    }

    fn has_unpublished_model(&self) -> Result<bool, Unavailable> {
        let hub = self.current()?;
        hub.read(|reader| is_folder_unpublished(reader, &self.dir)).map_err(unavailable)
    }

    /// To tell the figures anew reads all that waits: whoever asks meanwhile gets those of before,
    /// which say when they were told.
    fn work_summary(&self, now: Moment) -> Result<Arc<WorkSummary>, Unavailable> {
        let hub = self.current()?;
        let Some((before, is_due)) = hub.summary.before(now) else { return hub.work_summary(now) };
        if is_due {
            // Should it fail, whoever asks next tries again.
            let _ = spawn_alone("work summary", move || hub.work_summary(now).map(drop));
        }
        Ok(before)
    }

    asks_current! {
        fn overview() -> Overview;
        fn sources() -> Vec<SourceStanding>;
        fn source(name: &SourceName) -> Option<SourceDetail>;
        fn quarantine(name: &SourceName, skipped: usize, limit: usize) -> Option<QuarantinePage>;
        fn visit_quarantine(name: &SourceName, visit: &mut dyn FnMut(Quarantined) -> bool) -> ();
        fn drift() -> Option<DriftReport>;
        fn scorecard() -> Scorecard;
        fn findings(query: &FindingQuery, after: FindingNo, limit: usize) -> FindingPage;
        fn finding(no: FindingNo) -> Option<FindingDetail>;
        fn follow_ups(query: &FollowUpQuery, after: FindingNo, limit: usize) -> FindingPage;
        fn feedback() -> Vec<SourceFeedback>;
        fn repairs(source: Option<&SourceName>) -> Vec<ListedStep>;
        fn rules() -> Rules;
        fn releases() -> Vec<ReleaseView>;
        fn release_text(no: u32) -> Option<FolderText>;
        fn currency() -> Currency;
        fn currency_queue(query: &QueueQuery, limit: usize) -> Queue;
        fn confirmations(key: &RecordKey) -> Option<Vec<ConfirmationView>>;
        fn search(query: &str, page: u32) -> SearchPage;
        fn customer(id: EntityId) -> CustomerLookup;
        fn cluster(id: EntityId, threshold: Option<Weight>) -> ClusterLookup;
        fn potential_matches(after: Option<&Cursor>, limit: usize) -> PotentialMatchPage;
        fn work(query: &WorkQuery, now: Moment, after: Option<&Cursor>, limit: usize) -> WorkPage;
        fn saved_views(account: &str) -> Vec<SavedView>;
        fn merges(after: EventNo, limit: usize) -> MergesSince;
        fn deliberation(customers: &[EntityId]) -> Deliberation;
        fn compare(left: &RecordKey, right: &RecordKey) -> ComparisonLookup;
        fn ready() -> ();
        fn record(key: &RecordKey) -> Option<RecordView>;
        fn entity_of(key: &RecordKey) -> Option<EntityId>;
        fn entity(id: EntityId, as_of: AsOf) -> EntityLookup;
        fn lineage(id: EntityId, as_of: AsOf) -> LineageLookup;
        fn identified(identifier: &str) -> Vec<CustomerSummary>;
        fn candidates(probe: &Probe, limit: usize) -> Candidates;
        fn check_entry(check: &EntryCheck) -> EntryAnswer;
        fn events(after: EventNo, limit: usize, with_versions: bool) -> Vec<EventView>;
        fn last_event() -> EventNo;
        fn records_of(id: EntityId, skipped: usize, limit: usize) -> PartLookup<RecordDetail>;
        fn nearby(id: EntityId, skipped: usize, limit: usize) -> PartLookup<NearbyCustomer>;
        fn history(id: EntityId, after: EventNo, limit: usize) -> Option<Vec<EventView>>;
        fn versions(id: EntityId, before: Option<EventNo>, limit: usize) -> Option<VersionPage>;
        fn circumstances(event: EventNo, records: &[RecordKey]) -> Circumstances;
        fn diff(from: AsOf, to: AsOf, after: Option<EventNo>, limit: usize) -> DiffPage;
        fn entity_diff(id: EntityId, from: AsOf, to: AsOf) -> Option<ExplainedDiff>;
        fn snapshot(visit: &mut dyn FnMut(SnapshotPart) -> bool) -> ();
        fn decisions(before: Option<DecisionNo>, limit: usize) -> DecisionPage;
        fn decision(no: DecisionNo) -> Option<DecisionView>;
    }
}

#[cfg(test)]
mod tests {
    use karat_model::record::Moment;

    use super::*;
    use crate::flow::progress::Unwatched;
    use crate::live::Writer;
    use crate::operate::tests::World;
    use crate::view::{Change, ChangeRequest, Condition};

    #[test]
    fn what_is_published_is_in_force_and_what_is_only_written_is_not() {
        let world = World::new();
        let served = world.hub().served().unwrap();
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(7))).unwrap();
        let mut put = |id: &str, column: &str| {
            let change = Change::Upsert {
                key: format!("crm/{id}").parse().unwrap(),
                observed_at: None,
                values: vec![("naam".into(), "Tom Blok".into()), (column.into(), "Ede".into())],
                condition: Condition::None,
            };
            writer.change(&[ChangeRequest::of(change)]).pop().unwrap().unwrap();
        };
        let is_told = || served.has_unpublished_model().unwrap();
        let name = || served.model().name.clone();
        let cities = |id: &str| {
            let id = served.entity_of(&format!("crm/{id}").parse().unwrap()).unwrap().unwrap();
            let EntityLookup::Found(entity) = served.entity(id, AsOf::Now).unwrap() else {
                panic!()
            };
            entity.values.get("city").cloned().unwrap_or_default()
        };
        assert!(!is_told());

        world.say("name: Shop", "name: Store");
        let source = std::fs::read_to_string(world.path("hub/sources/crm.yaml")).unwrap();
        world.write("hub/sources/crm.yaml", &source.replace("plaats: city", "woonplaats: city"));
        assert!(is_told(), "it was changed, and not published");
        put("t1", "woonplaats");
        assert_eq!(cities("t1"), [""; 0], "the column is not known yet");
        served.overview().unwrap();
        assert_eq!(name(), "Shop");

        world.hub().publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap();
        served.overview().unwrap();
        assert_eq!((name().as_str(), is_told()), ("Store", false));
        put("t2", "woonplaats");
        assert_eq!(cities("t2"), ["Ede"], "the writer knows it as well");

        world.hub().roll_back(None, false, &|| Moment(9), &Unwatched).unwrap();
        put("t3", "plaats");
        assert_eq!(cities("t3"), ["Ede"]);
        assert_eq!((name().as_str(), is_told()), ("Shop", false));

        // What cannot be read is no hub model that could be published.
        world.write("hub/hub.yaml", "name: [");
        assert!(is_told());
        assert_eq!(cities("t3"), ["Ede"], "what is published is served on");
    }

    #[test]
    fn opening_for_changes_publishes_no_hub_model() {
        let world = World::new();
        let crosswalk = world.crosswalk();
        world.say("link_threshold: 0", "link_threshold: 90");
        Writer::open(&world.hub(), Box::new(|| Moment(8))).unwrap().close().unwrap();
        assert_eq!(world.crosswalk(), crosswalk);
        assert_eq!(world.hub().releases().unwrap().len(), 1);
        assert!(world.hub().served().unwrap().has_unpublished_model().unwrap());
        world.hub().publish(false, &|| Moment(9), &Unwatched).unwrap().unwrap();
        assert_ne!(world.crosswalk(), crosswalk);
    }
}
