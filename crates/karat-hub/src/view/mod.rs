//! What a screen shows, as plain data.
//!
//! Arrives: the question of a page — a query, an entity id, two record keys.
//! Leaves: one view struct per page, made of the model's own nouns, with nothing formatted yet.
//! Promises: a view holds all that its page shows, so that rendering reads nothing more.
//! Start reading at [`HubReader`]; each page has its view in a file of its own. What applications
//! ask for and change, see [`HubWriter`], needs no page.

mod overview;
mod sources;
mod scorecard;
mod entered;
mod findings;
mod currency;
mod confirmations;
mod rules;
mod search;
mod customer;
mod cluster;
mod addressing;
mod mailing;
mod potential_matches;
mod work;
mod merges;
mod compare;
mod record;
mod entity;
mod diff;
mod lineage;
mod versions;
mod candidates;
mod entry;
mod journal;
mod writer;
mod operator;

pub use addressing::Addressing;
pub use candidates::{Candidate, Candidates, Probe, ProbeValues};
pub use cluster::{Cluster, ClusterLookup, ClusterPair, KeptApart, PairRole, Rung};
pub use compare::{ComparedRecord, Comparison, ComparisonLookup, CutView, Standing};
pub use confirmations::ConfirmationView;
pub use currency::{
    AttributeCurrency, Currency, Queue, QueueQuery, ShareBetween, Sure, UnsureValue,
};
pub use customer::{
    Customer, CustomerLookup, FormerId, IdLookup, NearbyCustomer, RecordDetail, RepairedValue,
};
pub use diff::{DiffPage, EntityDiff};
pub use entered::{Channel, CountedShare, Entered, FirstTimeRight, FridayAfternoon, OverrideCount};
pub use entity::{AsOf, EntityLookup, EntityView, EventView, Part, PartLookup, SnapshotPart};
pub use entry::{
    Entry, EntryAction, EntryAnswer, EntryCheck, EntryDecision, EntryFinding, EntryReason,
    Likeness, Need, Overriding, Understood,
};
pub use findings::{FindingDetail, FindingPage, FindingQuery, FindingView, FollowUpQuery};
pub use journal::{DecisionPage, DecisionView};
pub use karat_engine::clean::address::{AddressKind, BagParts, HouseNumberSuffix};
pub use karat_engine::clean::phone_type::type_of as phone_type_of;
pub use karat_engine::quality::estimate::Interval;
pub use karat_engine::quality::expected::Expected;
pub use karat_engine::quality::score::arithmetic::{Counts, Score};
pub use karat_engine::quality::score::currency::{
    Decay, LastSeen, Published, published as published_change,
};
pub use karat_store::{Event, EventKind, EventNo, LoadNo, Outcome, Step, Undone};
pub use lineage::{ExplainedDiff, Lineage, LineageLookup, NotKept, Origin};
pub use mailing::MailAddress;
pub use merges::{MergesSince, UnusualMerge};
pub use operator::{
    HubOperator, Job, JobFailure, JobNo, JobOutcome, JobRefused, JobState, JobView, Previewed,
    StageReached,
};
pub use overview::{
    AttributeQuality, EntityTypeSummary, FindingTotal, LastLoad, Overview, SourceSummary,
};
pub use potential_matches::{Cursor, PotentialMatchPage, PotentialMatchPair};
pub use record::{RecordTag, RecordView};
pub use rules::{MatchRules, ReleaseView, Rules, Threshold};
pub use scorecard::{
    AttributeScore, CheckScore, FoundCount, GroupScore, Otherwise, Scorecard, TrendPoint, UseScore,
    ValueScore, WorstCheck,
};
pub use search::{Hit, MatchedOn, SearchPage};
pub use sources::{
    ColumnSuggestion, Feed, LoadFailure, QuarantinePage, QuarantinedRow, SeenColumn, SourceColumn,
    SourceDetail, SourceLoad, SourceStanding, ToldSource,
};
pub use versions::{Circumstances, Passage, VersionPage, VersionView};
pub use work::{
    AgeBand, Assignment, Deliberation, OwnedBy, PairBetween, SavedView, Side, WorkItem, WorkPage,
    WorkQuery, WorkSummary,
};
pub use writer::{
    Answer, Change, ChangeOutcome, ChangeRequest, Changed, Condition, FoundWrong, HubWriter,
    NearMatch, ProposedRepair, Refused, Repetition,
};

use std::error::Error;
use std::sync::Arc;

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::decision::DecisionNo;
use karat_model::evidence::Weight;
use karat_model::finding::FindingNo;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Moment, Quarantined};

use crate::drift::DriftReport;
use crate::feedback::SourceFeedback;
use crate::hub_model::FolderText;
use crate::repairs::ListedStep;

/// Answers the questions of pages and applications; may block, so callers keep it off their event loop.
pub trait HubReader: Send + Sync {
    /// The hub model: the hub's name, its language, its attributes and its sources.
    fn model(&self) -> Arc<HubModel>;

    /// Whether the folder of the hub says another hub model than the one in force.
    fn has_unpublished_model(&self) -> Result<bool, Unavailable> {
        Ok(false)
    }

    /// What is in the hub and how good it is.
    fn overview(&self) -> Result<Overview, Unavailable>;

    /// The sources in order of their names, also those that never delivered, and those that the hub
    /// model does not know any more.
    fn sources(&self) -> Result<Vec<SourceStanding>, Unavailable>;

    /// All that is known of one source; `None` when there is none of this name.
    fn source(&self, name: &SourceName) -> Result<Option<SourceDetail>, Unavailable>;

    /// The rows of the last delivery of a source that could not be read, without the first ones, at
    /// most so many; `None` when there is no such source.
    fn quarantine(
        &self,
        name: &SourceName,
        skipped: usize,
        limit: usize,
    ) -> Result<Option<QuarantinePage>, Unavailable>;

    /// Visits the rows of the last delivery of a source that could not be read, whole, until `visit`
    /// wants no more; none when there is no such source.
    fn visit_quarantine(
        &self,
        name: &SourceName,
        visit: &mut dyn FnMut(Quarantined) -> bool,
    ) -> Result<(), Unavailable>;

    /// How far the match models have drifted, as it was measured last.
    fn drift(&self) -> Result<Option<DriftReport>, Unavailable>;

    /// How good the data is: scores with the counts behind them.
    fn scorecard(&self) -> Result<Scorecard, Unavailable>;

    /// The findings that are asked for and follow a place, in the order in which they were opened;
    /// at most so many.
    fn findings(
        &self,
        query: &FindingQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Unavailable>;

    /// The finding with this number.
    fn finding(&self, no: FindingNo) -> Result<Option<FindingDetail>, Unavailable>;

    /// The findings of records and deliveries that follow a place and are so far, towards their
    /// sources; at most so many.
    fn follow_ups(
        &self,
        query: &FollowUpQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Unavailable>;

    /// What came of the feedback to each source that has any.
    fn feedback(&self) -> Result<Vec<SourceFeedback>, Unavailable>;

    /// The repair steps in force, those of one source if it is named, with how many records each of
    /// them changes.
    fn repairs(&self, source: Option<&SourceName>) -> Result<Vec<ListedStep>, Unavailable>;

    /// How records are matched and which values win, in the release in force.
    fn rules(&self) -> Result<Rules, Unavailable>;

    /// The releases, the first one first.
    fn releases(&self) -> Result<Vec<ReleaseView>, Unavailable>;

    /// What the hub model of a release said; `None` when there is no such release.
    fn release_text(&self, no: u32) -> Result<Option<FolderText>, Unavailable>;

    /// How fast values change, and how many are still so.
    fn currency(&self) -> Result<Currency, Unavailable>;

    /// The values that are to be verified again, those first that most harm is expected of, at most
    /// so many.
    fn currency_queue(&self, query: &QueueQuery, limit: usize) -> Result<Queue, Unavailable>;

    /// What was found out of values of a record, in the order in which it was; `None` when there
    /// never was a record with this key.
    fn confirmations(&self, key: &RecordKey) -> Result<Option<Vec<ConfirmationView>>, Unavailable>;

    /// The customers that fit a query in spite of typos; pages count from 1.
    fn search(&self, query: &str, page: u32) -> Result<SearchPage, Unavailable>;

    /// The customer with this id, or what became of it.
    fn customer(&self, id: EntityId) -> Result<CustomerLookup, Unavailable>;

    /// The cluster of the customer with this id, divided anew as if pairs were linked from a weight
    /// on; from the link threshold on if none is said.
    fn cluster(
        &self,
        id: EntityId,
        threshold: Option<Weight>,
    ) -> Result<ClusterLookup, Unavailable>;

    /// Potential matches, heaviest first, from where the last page ended; at most so many.
    fn potential_matches(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<PotentialMatchPage, Unavailable>;

    /// The items of the work queue that are asked for, likeliest first, from where the last page
    /// ended; at most so many. What is snoozed, and how old an item is, is told as of now.
    fn work(
        &self,
        query: &WorkQuery,
        now: Moment,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<WorkPage, Unavailable>;

    /// What was merged since an event, with so many unusual merges at most.
    fn merges(&self, after: EventNo, limit: usize) -> Result<MergesSince, Unavailable>;

    /// The work queue in figures, as of now or up to a minute before.
    fn work_summary(&self, now: Moment) -> Result<Arc<WorkSummary>, Unavailable>;

    /// The views of the work queue that somebody saved, by name.
    fn saved_views(&self, account: &str) -> Result<Vec<SavedView>, Unavailable>;

    /// A few customers side by side.
    fn deliberation(&self, customers: &[EntityId]) -> Result<Deliberation, Unavailable>;

    /// Why two records are, or are not, the same customer.
    fn compare(&self, left: &RecordKey, right: &RecordKey)
    -> Result<ComparisonLookup, Unavailable>;

    /// Whether it can be read now.
    fn ready(&self) -> Result<(), Unavailable>;

    /// A source record; `None` when there is none with this key.
    fn record(&self, key: &RecordKey) -> Result<Option<RecordView>, Unavailable>;

    /// The entity that a source record is in.
    fn entity_of(&self, key: &RecordKey) -> Result<Option<EntityId>, Unavailable>;

    /// The entity with this id, or what had become of it.
    fn entity(&self, id: EntityId, as_of: AsOf) -> Result<EntityLookup, Unavailable>;

    /// Where the values of the entity with this id came from, or what had become of it.
    fn lineage(&self, id: EntityId, as_of: AsOf) -> Result<LineageLookup, Unavailable>;

    /// The entities that have exactly this identifier: an e-mail address, a phone number, an IBAN,
    /// a number of a register, or the id of a record in its source.
    fn identified(&self, identifier: &str) -> Result<Vec<CustomerSummary>, Unavailable>;

    /// Who may be meant by some values, at most so many.
    fn candidates(&self, probe: &Probe, limit: usize) -> Result<Candidates, Unavailable>;

    /// What is to be said of a customer that is typed in; nothing is saved.
    fn check_entry(&self, check: &EntryCheck) -> Result<EntryAnswer, Unavailable>;

    /// The events that follow a place, with the entities before and after if that is asked for.
    fn events(
        &self,
        after: EventNo,
        limit: usize,
        with_versions: bool,
    ) -> Result<Vec<EventView>, Unavailable>;

    /// The last event.
    fn last_event(&self) -> Result<EventNo, Unavailable>;

    /// The records of an entity in order of their keys, without the first ones, at most so many.
    fn records_of(
        &self,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<RecordDetail>, Unavailable>;

    /// The customers that may be the same as this one, likeliest first, without the first ones, at
    /// most so many.
    fn nearby(
        &self,
        id: EntityId,
        skipped: usize,
        limit: usize,
    ) -> Result<PartLookup<NearbyCustomer>, Unavailable>;

    /// The events of an entity that follow a place, in order, with the entity before and after each;
    /// `None` when there never was an entity with this id.
    fn history(
        &self,
        id: EntityId,
        after: EventNo,
        limit: usize,
    ) -> Result<Option<Vec<EventView>>, Unavailable>;

    /// The last versions of an entity, those before an event if one is named, at most so many;
    /// `None` when there never was an entity with this id.
    fn versions(
        &self,
        id: EntityId,
        before: Option<EventNo>,
        limit: usize,
    ) -> Result<Option<VersionPage>, Unavailable>;

    /// What was so when the publication of an event was done, and where some records were then.
    fn circumstances(
        &self,
        event: EventNo,
        records: &[RecordKey],
    ) -> Result<Circumstances, Unavailable>;

    /// What became of entities between two moments, taken together: those that were first touched
    /// after this event, at most so many.
    fn diff(
        &self,
        from: AsOf,
        to: AsOf,
        after: Option<EventNo>,
        limit: usize,
    ) -> Result<DiffPage, Unavailable>;

    /// The entity with this id at two moments, with where its values came from; `None` when it was
    /// never issued.
    fn entity_diff(
        &self,
        id: EntityId,
        from: AsOf,
        to: AsOf,
    ) -> Result<Option<ExplainedDiff>, Unavailable>;

    /// Visits all entities as they are at one moment, until `visit` wants no more.
    fn snapshot(&self, visit: &mut dyn FnMut(SnapshotPart) -> bool) -> Result<(), Unavailable>;

    /// The decisions before this one, the latest first.
    fn decisions(
        &self,
        before: Option<DecisionNo>,
        limit: usize,
    ) -> Result<DecisionPage, Unavailable>;

    /// The decision with this number.
    fn decision(&self, no: DecisionNo) -> Result<Option<DecisionView>, Unavailable>;
}

/// The hub could not be read; the cause carries ids, never personal values.
#[derive(Debug, thiserror::Error)]
#[error("the hub cannot be read")]
pub struct Unavailable(#[source] pub Box<dyn Error + Send + Sync>);

/// A customer in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerSummary {
    /// Its id.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Its name; empty when nothing is known by which to call it.
    pub title: String,
    /// The value that tells it best from its namesakes: date of birth or KvK number.
    pub told_by: Option<(AttributeId, String)>,
    /// Its address on one line; empty when nothing is known of it.
    pub address: String,
    /// How many source records it has.
    pub records: u64,
    /// The sources that know it, in order of their names.
    pub sources: Vec<SourceName>,
}
