//! The store as its callers see it, whatever database stands behind it.

use karat_model::attribute::EntityType;
use karat_model::confirmation::ConfirmationNo;
use karat_model::decision::{Decision, DecisionNo, Ruling};
use karat_model::evidence::Weight;
use karat_model::finding::{FiledFinding, FindingNo, FindingState, Rule, StepNo};
use karat_model::id::{EntityId, ModelId, RecordKey, SourceName};
use karat_model::record::{Columns, Moment, Quarantined};

use crate::access::{Account, ApiKey, SecretHash, Session};
use crate::arrival::{Arrival, Load, Newcomer, Outcome, Revision, StoredRecord, StoredSource};
use crate::assignment::{AssignmentRow, SavedView};
use crate::confirmation_row::{ConfirmationRow, EntryRow, JournaledConfirmation, JournaledEntry};
use crate::delivery::Delivery;
use crate::entity::{Entity, EntityChange, Resolution, StoredEntity, StoredModel};
use crate::error::Result;
use crate::event::Event;
use crate::finding_row::{FindingChanges, FindingFilter, FindingRow, Step, StoredRule};
use crate::number::{
    ArrivalNo, AttributeNo, EntryNo, EventNo, LoadNo, MeasureNo, RowNo, RuleNo, SourceNo,
};
use crate::potential_match::{HoldRow, PotentialMatchRow, StoredPotentialMatch};
use crate::search::SearchHit;
use crate::subject::SubjectNo;
use crate::tally::{Measure, TallyRow};
use crate::verdict_set::VerdictSet;

/// A writer of a hub.
///
/// There may be several, in several processes: they take turns. A load has the turn from
/// [`Store::begin_load`] until [`Store::finish_load`] or until the store is closed, a change for as
/// long as it takes. Changes wait for their turn; a load that does not get it soon fails with
/// [`Error::Locked`](crate::Error).
///
/// Each call happens whole or not at all. What was appended is kept even if the load is killed;
/// [`Reader::is_behind`] then tells that it must still be published.
pub trait Store: Send {
    /// What the store holds now.
    fn reader(&self) -> &dyn Reader;

    /// Begins a load.
    fn begin_load(&mut self, started_at: Moment) -> Result<LoadNo>;

    /// Announces what a source delivers, and under which columns.
    ///
    /// Payloads of the delivery are numbered by these columns. A source or column that was never
    /// seen is added. Files of one source with different columns are deliveries of their own.
    fn delivery(
        &mut self,
        load: LoadNo,
        source: &SourceName,
        columns: &[String],
    ) -> Result<Delivery>;

    /// Writes arrivals to the journal, except those that change nothing; says what each meant.
    fn append(
        &mut self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>>;

    /// Deletes the records of the source that a full delivery did not have; says how many.
    fn delete_absent(
        &mut self,
        delivery: &Delivery,
        observed_at: Option<Moment>,
        seen: &dyn Fn(RowNo) -> bool,
    ) -> Result<u64>;

    /// Keeps rows that could not be read.
    fn quarantine(&mut self, delivery: &Delivery, rows: &[Quarantined]) -> Result<()>;

    /// Writes derived state and the events that tell of it, in one transaction.
    ///
    /// All arrivals, decisions and confirmations so far count as derived. When `write` fails, nothing is changed,
    /// and its error is returned.
    fn publish(
        &mut self,
        load: LoadNo,
        at: Moment,
        write: &mut dyn FnMut(&mut dyn Publication) -> Result<()>,
    ) -> Result<()>;

    /// Forgets by what it sees that nothing changed about these entities, and takes the crosswalk's
    /// word for their records: when they are put next, they are written anew.
    fn forget_digests(&mut self, entities: &[EntityId]) -> Result<()>;

    /// Whether another has the turn now, so that a change would wait.
    fn must_wait(&mut self) -> Result<bool>;

    /// Does some changes, all or none: what is appended, decided and published within `work`, and
    /// what it asks, is one transaction.
    ///
    /// Once this returns, even a power failure loses nothing of it. Where several servers share the
    /// database they take turns.
    fn change(
        &mut self,
        at: Moment,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<()>,
    ) -> Result<()>;

    /// Ends a load; once this returns, even a power failure loses nothing of it.
    fn finish_load(&mut self, load: LoadNo, finished_at: Moment, report: &str) -> Result<()>;

    /// Ends writing; a load that was not finished no longer keeps the turn.
    fn close(self: Box<Self>) -> Result<()>;
}

/// Some changes in the making.
pub trait Transaction {
    /// What the store holds, these changes included; only what [`Reader::search`] finds is as before.
    fn reader(&self) -> &dyn Reader;

    /// Announces what a source delivers: see [`Store::delivery`].
    fn delivery(&mut self, source: &SourceName, columns: &[String]) -> Result<Delivery>;

    /// Writes arrivals to the journal: see [`Store::append`].
    fn append(
        &mut self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>>;

    /// Adds a decision to the journal.
    fn decide(&mut self, ruling: &Ruling, steward: &str, reason: &str) -> Result<DecisionNo>;

    /// Undoes a decision, which stays in the journal; `false` when it is undone already, or was
    /// never made.
    fn undo(&mut self, decision: DecisionNo, steward: &str, reason: &str) -> Result<bool>;

    /// Adds to the journal what was found out of a value; derived state follows from it.
    fn confirm(
        &mut self,
        confirmation: &ConfirmationRow,
        steward: &str,
        reason: &str,
    ) -> Result<ConfirmationNo>;

    /// Undoes a confirmation, which stays in the journal; `false` when it is undone already, or was
    /// never made.
    fn withdraw(
        &mut self,
        confirmation: ConfirmationNo,
        steward: &str,
        reason: &str,
    ) -> Result<bool>;

    /// Adds to the journal how far people are with a finding.
    fn step(
        &mut self,
        finding: FindingNo,
        state: FindingState,
        until: Option<Moment>,
        steward: &str,
        reason: &str,
    ) -> Result<StepNo>;

    /// Undoes a step, which stays in the journal; `false` when it is undone already, or was never
    /// taken.
    fn undo_step(&mut self, step: StepNo, steward: &str, reason: &str) -> Result<bool>;

    /// Adds to the journal what was typed in.
    fn note_entry(&mut self, entry: &EntryRow) -> Result<EntryNo>;

    /// Says who has an item of the work queue, and until when it may wait, by the pair that leads it;
    /// nothing follows from that. What is said of pairs that are no potential matches is forgotten.
    fn put_assignment(&mut self, assignment: &AssignmentRow) -> Result<()>;

    /// Creates or replaces a saved view, by its account and name.
    fn put_saved_view(&mut self, view: &SavedView) -> Result<()>;

    /// Removes a saved view; `false` when there was none.
    fn remove_saved_view(&mut self, account: &str, name: &str) -> Result<bool>;

    /// Derived state, to be written. All arrivals, decisions and confirmations so far count as
    /// derived.
    fn publication(&mut self) -> Result<&mut dyn Publication>;

    /// Keeps the answer to a request under the key that the caller gave it, and forgets those that
    /// are older than so many seconds.
    fn remember(&mut self, request: &str, answer: &[u8], keep_seconds: u64) -> Result<()>;

    /// Creates or replaces an API key, by its id.
    fn put_api_key(&mut self, key: &ApiKey) -> Result<()>;

    /// Removes an API key; `false` when there was none.
    fn remove_api_key(&mut self, id: &str) -> Result<bool>;

    /// Creates or replaces an account, by its name.
    fn put_account(&mut self, account: &Account) -> Result<()>;

    /// Removes an account with its sessions and saved views; `false` when there was none.
    fn remove_account(&mut self, name: &str) -> Result<bool>;

    /// Creates or replaces a session, by its hash.
    fn put_session(&mut self, session: &Session) -> Result<()>;

    /// Removes a session; `false` when there was none.
    fn remove_session(&mut self, hash: &SecretHash) -> Result<bool>;

    /// Removes the sessions of an account; says how many there were.
    fn remove_sessions_of(&mut self, account: &str) -> Result<u64>;

    /// Removes the sessions that have ended; says how many there were.
    fn remove_ended_sessions(&mut self) -> Result<u64>;
}

/// The match index: by which keys records are found, and which pairs are worth a look.
///
/// It holds hashes, numbers and weights, no values. An entry may outlive what it stands for: who
/// asks compares again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchIndex {
    /// Which records have which key.
    pub keys: Vec<(MatchKey, RowNo)>,
    /// Pairs with at least the review weight, each once, the smaller number first.
    pub edges: Vec<EdgeRow>,
}

/// A blocking key under one of the rules of an entity type, as a hash of 56 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchKey(pub u64);

/// A value under one of the checks that compare whole populations, as a hash of 56 bits of both.
///
/// Two values are different even where their hashes are the same, which among a hundred million
/// happens once in some fifteen hubs: who must be sure compares the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKey(pub u64);

/// A pair of records that is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeRow {
    /// The record with the smaller number.
    pub left: RowNo,
    /// The other.
    pub right: RowNo,
    /// The total weight, prior included.
    pub weight: Weight,
}

/// Derived state in the making.
pub trait Publication {
    /// Says with which match model it is made; without this it is the model of before.
    fn put_model(&mut self, content: &[u8], hub_model: &str) -> Result<ModelId>;

    /// Says which entities will be put or retired soon, so that what is known of them can be read
    /// together.
    fn expect(&mut self, _entities: &[EntityId]) -> Result<()> {
        Ok(())
    }

    /// Creates or replaces an entity, its place in the crosswalk and in the search index, and tells
    /// of it in the change feed.
    ///
    /// `split_from` is the entity that the records of a new one came from, if there is one. In a
    /// publication of a load each entity is put at most once; in the order of ids is fastest to
    /// read back. An entity that is as it was costs little, and is no event. A record moves to the
    /// last entity that has it as a member; the entity that loses it must be put, or retired, too.
    fn put_entity(&mut self, entity: &Entity, split_from: Option<EntityId>)
    -> Result<EntityChange>;

    /// Removes an entity, and tells of it in the change feed; its id resolves to its successor, or to
    /// nothing, for as long as no entity is put under it again.
    fn retire_entity(&mut self, id: EntityId, successor: Option<EntityId>) -> Result<()>;

    /// Says which potential matches there are now; the order does not matter.
    fn replace_potential_matches(&mut self, pairs: &[PotentialMatchRow]) -> Result<()>;

    /// Says which potential matches these records have now; those of other records stay.
    fn replace_potential_matches_of(
        &mut self,
        records: &[RowNo],
        pairs: &[PotentialMatchRow],
    ) -> Result<()>;

    /// Writes the match index anew.
    fn replace_match_index(&mut self, index: MatchIndex) -> Result<()>;

    /// Adds keys of records to the match index; those they had before stay.
    fn add_match_keys(&mut self, keys: &[(MatchKey, RowNo)]) -> Result<()>;

    /// Says which edges these records have now; those between other records stay.
    fn replace_edges_of(&mut self, records: &[RowNo], edges: &[EdgeRow]) -> Result<()>;

    /// Says which joins of customers are held now; without this they are those of before.
    fn replace_holds(&mut self, holds: &[HoldRow]) -> Result<()>;

    /// Keeps figures for reports under a name, as JSON text.
    fn put_statistic(&mut self, name: &str, json: &str) -> Result<()>;

    /// Says which rules there are now; gives their numbers.
    ///
    /// A new version of a rule closes nothing by itself. A rule that is not given is gone: its
    /// findings stay open until findings are replaced.
    fn put_rules(&mut self, rules: &[Rule]) -> Result<Vec<RuleNo>>;

    /// The numbers of attributes, by their names; one that was never seen is given one.
    fn number_attributes(&mut self, names: &[&str]) -> Result<Vec<AttributeNo>>;

    /// Says which findings there are now, in any order; the records and entities are as they will be.
    ///
    /// One that was not there is opened, one that is there no more is closed; what is there already
    /// is left alone. A finding that is told twice counts once.
    fn replace_findings(&mut self, findings: Vec<FindingRow>) -> Result<FindingChanges>;

    /// Says which findings these subjects have now; those of other subjects stay.
    fn replace_findings_of(
        &mut self,
        subjects: &[SubjectNo],
        findings: &[FindingRow],
    ) -> Result<FindingChanges>;

    /// Says which verdicts there are now, in any order; a subject that is left out has none.
    fn replace_verdicts(&mut self, verdicts: VerdictSet) -> Result<()>;

    /// Says which verdicts these subjects have now; those of other subjects stay.
    fn replace_verdicts_of(&mut self, subjects: &[SubjectNo], verdicts: &VerdictSet) -> Result<()>;

    /// Says which records and customers have which value, for the checks that compare them.
    fn replace_value_keys(&mut self, keys: Vec<(ValueKey, SubjectNo)>) -> Result<()>;

    /// Says which values these subjects have now; gives those that one of them has and had not, or
    /// had and has not: whoever else has them is to be judged again.
    fn replace_value_keys_of(
        &mut self,
        subjects: &[SubjectNo],
        keys: &[(ValueKey, SubjectNo)],
    ) -> Result<Vec<ValueKey>>;

    /// Says which tallies there are now.
    fn put_tallies(&mut self, tallies: &[TallyRow]) -> Result<()>;

    /// Adds to the tallies what became more, or less.
    fn add_tallies(&mut self, differences: &[TallyRow]) -> Result<()>;

    /// Keeps the tallies there are now as a measure, as of a day in days since 1970-01-01.
    fn keep_measure(
        &mut self,
        as_of_day: i64,
        release: Option<u64>,
        reason: &str,
    ) -> Result<MeasureNo>;

    /// Keeps profiles of the columns of a source, as bytes; those it had before are gone.
    fn replace_profiles_of(&mut self, source: SourceNo, profiles: &[(u16, Vec<u8>)]) -> Result<()>;
}

/// What can be asked of a hub, also while it is being written.
///
/// Each call sees one committed state. Visitors end a visit with [`Error::Stopped`](crate::Error).
pub trait Reader: Send {
    /// Whether it can still be asked; a connection that was lost is not found again.
    fn is_connected(&self) -> bool;

    /// Lets all calls within `read` see the same committed state.
    fn at_one_moment(&self, read: &mut dyn FnMut(&dyn Reader) -> Result<()>) -> Result<()>;

    /// The sources, by name.
    fn sources(&self) -> Result<Vec<StoredSource>>;

    /// How many records each source has now that ever brought one; all are counted for it.
    fn record_counts(&self) -> Result<Vec<(SourceNo, u64)>>;

    /// How many potential matches there are.
    fn potential_match_count(&self) -> Result<u64>;

    /// The loads, latest first; changes between loads are none.
    fn loads(&self) -> Result<Vec<Load>>;

    /// Visits the rows that could not be read in a load, in the order they were kept.
    fn quarantined(
        &self,
        load: LoadNo,
        visit: &mut dyn FnMut(SourceNo, Quarantined) -> Result<()>,
    ) -> Result<()>;

    /// Visits the current records in the order of their numbers, some thousands at a time.
    fn current_records(&self, visit: &mut dyn FnMut(Vec<StoredRecord>) -> Result<()>)
    -> Result<()>;

    /// The current version of a record.
    fn record(&self, key: &RecordKey) -> Result<Option<StoredRecord>>;

    /// How many records [`Store::delete_absent`] would delete.
    fn count_absent(&self, delivery: &Delivery, seen: &dyn Fn(RowNo) -> bool) -> Result<u64>;

    /// How far the hub is.
    fn now(&self) -> Result<Now>;

    /// The last arrival that was published; `None` while others, decisions or confirmations are still
    /// to be.
    fn settled_at(&self) -> Result<Option<ArrivalNo>> {
        Ok(self.now()?.settled_at)
    }

    /// Whether there are arrivals, decisions or confirmations that were not published.
    fn is_behind(&self) -> Result<bool> {
        Ok(self.settled_at()?.is_none())
    }

    /// The records with arrivals that were not published, in order; `None` when there are more than
    /// so many.
    fn unpublished(&self, limit: usize) -> Result<Option<Vec<RowNo>>>;

    /// The same with arrivals after this one, published or not.
    fn arrived_after(&self, arrival: ArrivalNo, limit: usize) -> Result<Option<Vec<RowNo>>>;

    /// Visits the versions of records that came after this arrival, each with the one before it, in
    /// order and some thousands at a time: those of which sources say that they are later than that.
    fn revisions(
        &self,
        after: ArrivalNo,
        visit: &mut dyn FnMut(Vec<Revision>) -> Result<()>,
    ) -> Result<()>;

    /// Visits the records that came first after this arrival, in order and some thousands at a time;
    /// also those that are deleted since.
    fn newcomers(
        &self,
        after: ArrivalNo,
        visit: &mut dyn FnMut(Vec<Newcomer>) -> Result<()>,
    ) -> Result<()>;

    /// The current versions of records, in the order of their numbers; those that are deleted are
    /// left out.
    fn records_by_row(&self, rows: &[RowNo]) -> Result<Vec<StoredRecord>>;

    /// The numbers of records, as far as they were ever there.
    fn rows_of(&self, keys: &[RecordKey]) -> Result<Vec<(RecordKey, RowNo)>>;

    /// The entities that records are in, by the numbers of the records; those in none are left out.
    fn entities_of_rows(&self, rows: &[RowNo]) -> Result<Vec<(RowNo, EntityId)>>;

    /// The records of entities, in order, with what each entity is.
    fn members_of(&self, entities: &[EntityId]) -> Result<Vec<(EntityId, EntityType, RowNo)>>;

    /// The numbers of the records that an entity had when it was retired last, in order; none when
    /// it never was.
    fn rows_at_retirement(&self, entity: EntityId) -> Result<Vec<RowNo>>;

    /// The records that were given one of these keys, in order of keys and numbers; some may have
    /// other keys now, or be gone.
    fn match_candidates(&self, keys: &[MatchKey]) -> Result<Vec<(MatchKey, RowNo)>>;

    /// The edges of these records, each once, in order.
    fn edges_of(&self, records: &[RowNo]) -> Result<Vec<EdgeRow>>;

    /// The decisions, in the order in which they were made, each with how it was undone, if it was.
    fn decisions(&self) -> Result<Vec<JournaledDecision>>;

    /// Of the same the last `count` before an entry, or of all, with every later one: what is asked
    /// for, and all that tells whether it counts.
    fn decisions_page(
        &self,
        before: Option<DecisionNo>,
        count: usize,
    ) -> Result<Vec<JournaledDecision>>;

    /// The number of the last entry in the journal of decisions; 0 when there is none.
    fn last_decision(&self) -> Result<DecisionNo> {
        Ok(self.now()?.last_decision)
    }

    /// All versions of all rules, by number.
    fn rules(&self) -> Result<Vec<StoredRule>>;

    /// The attributes that were given a number.
    fn attributes(&self) -> Result<Vec<(AttributeNo, String)>>;

    /// The finding with this number.
    fn finding(&self, no: FindingNo) -> Result<Option<FiledFinding>>;

    /// The findings that follow a place, in the order in which they were opened.
    fn findings(
        &self,
        filter: &FindingFilter,
        after: FindingNo,
        limit: usize,
    ) -> Result<Vec<FiledFinding>>;

    /// The findings of these subjects, open and closed, in the order in which they were opened.
    fn findings_of(&self, subjects: &[SubjectNo]) -> Result<Vec<FiledFinding>>;

    /// Visits the findings that are open, in order.
    fn open_findings(&self, visit: &mut dyn FnMut(FindingRow) -> Result<()>) -> Result<()>;

    /// The steps that people took with a finding, in order.
    fn steps_of(&self, finding: FindingNo) -> Result<Vec<Step>>;

    /// The same of several findings, in order of findings and steps.
    fn steps_of_findings(&self, findings: &[FindingNo]) -> Result<Vec<(FindingNo, Step)>>;

    /// The findings that follow a place and about which people did something, in the order in which
    /// they were opened.
    fn stepped_findings(&self, after: FindingNo, limit: usize) -> Result<Vec<FiledFinding>>;

    /// Those of these records that had arrivals which were taken in by what was published at this
    /// moment, in order.
    fn arrived_by(&self, records: &[RowNo], published_at: Moment) -> Result<Vec<RowNo>>;

    /// The verdicts of these subjects, in order; those that have none are left out.
    fn verdicts_of(&self, subjects: &[SubjectNo]) -> Result<VerdictSet>;

    /// Visits the verdicts of all subjects, in order.
    fn verdicts(&self, visit: &mut dyn FnMut(SubjectNo, &[u8]) -> Result<()>) -> Result<()>;

    /// Who has one of these values, in order.
    fn value_holders(&self, keys: &[ValueKey]) -> Result<Vec<(ValueKey, SubjectNo)>>;

    /// Which values these subjects have, in order of the subjects.
    fn value_keys_of(&self, subjects: &[SubjectNo]) -> Result<Vec<(ValueKey, SubjectNo)>>;

    /// Visits who has which value, in order.
    fn value_keys(&self, visit: &mut dyn FnMut(ValueKey, SubjectNo) -> Result<()>) -> Result<()>;

    /// The tallies of a measure, or as they are now, in order; those that count nothing are left out.
    fn tallies(&self, measure: Option<MeasureNo>) -> Result<Vec<TallyRow>>;

    /// The measures that were kept, in order.
    fn measures(&self) -> Result<Vec<Measure>>;

    /// What was found out of values of these records, in the order in which it was.
    fn confirmations_of(&self, records: &[RowNo]) -> Result<Vec<JournaledConfirmation>>;

    /// All that was found out of values, in the order in which it was.
    fn confirmations(&self) -> Result<Vec<JournaledConfirmation>>;

    /// What was typed in after a place, in order.
    fn entries(&self, after: EntryNo, limit: usize) -> Result<Vec<JournaledEntry>>;

    /// The profiles of the columns of a source, in order.
    fn profiles_of(&self, source: SourceNo) -> Result<Vec<(u16, Vec<u8>)>>;

    /// The answer that was kept under this key: see [`Transaction::remember`].
    fn remembered(&self, request: &str) -> Result<Option<Vec<u8>>>;

    /// The last event.
    fn last_event(&self) -> Result<EventNo>;

    /// The last event that was published at this moment or before.
    fn event_at(&self, at: Moment) -> Result<EventNo>;

    /// An entity as it was after an event.
    fn entity_at(&self, id: EntityId, event: EventNo) -> Result<Option<EntityVersion>>;

    /// What had become of an entity id by an event.
    fn resolve_at(&self, id: EntityId, event: EventNo) -> Result<Resolution>;

    /// The entity that a record was in after an event.
    fn entity_of_at(&self, key: &RecordKey, event: EventNo) -> Result<Option<EntityId>>;

    /// What was taken in by the last publication whose events had all happened by an event; `None`
    /// when there was none, or when that was not kept.
    fn taken_in_by(&self, event: EventNo) -> Result<Option<TakenIn>>;

    /// What was taken in by the last publication at this moment or before; `None` when there was
    /// none, or when that was not kept.
    fn taken_in_at(&self, at: Moment) -> Result<Option<TakenIn>>;

    /// What was taken in by the publication that an event belongs to; `None` when there is no such
    /// event, or when that was not kept.
    fn taken_in_with(&self, event: EventNo) -> Result<Option<TakenIn>>;

    /// The versions of records that were current after an arrival, in the order of the numbers of
    /// the records; those that were not there then are left out.
    fn records_as_of(&self, rows: &[RowNo], arrival: ArrivalNo) -> Result<Vec<StoredRecord>>;

    /// The events of an entity, in order.
    fn events_of(&self, entity: EntityId) -> Result<Vec<Event>>;

    /// Visits which entity each record is in, in the order of record numbers.
    fn crosswalk(&self, visit: &mut dyn FnMut(RowNo, EntityId) -> Result<()>) -> Result<()>;

    /// Visits the same by the keys of records, also of those that were deleted since.
    fn keyed_crosswalk(
        &self,
        visit: &mut dyn FnMut(RecordKey, EntityId) -> Result<()>,
    ) -> Result<()>;

    /// The entity that a record is in.
    fn entity_of(&self, key: &RecordKey) -> Result<Option<EntityId>>;

    /// The current source records of an entity, by key.
    fn records_of(&self, entity: EntityId) -> Result<Vec<StoredRecord>>;

    /// The sources that know an entity, by name.
    fn sources_of(&self, entity: EntityId) -> Result<Vec<SourceName>>;

    /// The retired ids that resolve to an entity, and since when; the latest first.
    fn former_ids(&self, entity: EntityId) -> Result<Vec<(EntityId, Moment)>>;

    /// The entity with this id.
    fn entity(&self, id: EntityId) -> Result<Option<StoredEntity>>;

    /// What has become of an entity id.
    fn resolve(&self, id: EntityId) -> Result<Resolution>;

    /// Visits all entities in the order of their ids.
    fn entities(&self, visit: &mut dyn FnMut(StoredEntity) -> Result<()>) -> Result<()>;

    /// The entities that match a query best; it is folded like [`Entity::search_text`].
    ///
    /// Those that match more terms come first, then exact before mistyped, then rare before common
    /// terms. The last term may be the beginning of a word.
    fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>>;

    /// The potential matches that follow a place, heaviest first.
    fn potential_matches(
        &self,
        after: Option<PotentialMatchRow>,
        limit: usize,
    ) -> Result<Vec<StoredPotentialMatch>>;

    /// The potential matches of the records of these entities, heaviest first.
    fn potential_matches_of(&self, entities: &[EntityId]) -> Result<Vec<StoredPotentialMatch>>;

    /// Who has which item of the work queue, and until when it may wait: of pairs that are
    /// potential matches, by the numbers of their records.
    fn assignments(&self) -> Result<Vec<AssignmentRow>>;

    /// The views of the work queue that somebody saved, by name.
    fn saved_views(&self, account: &str) -> Result<Vec<SavedView>>;

    /// When the current versions of records were taken in, in the order of their numbers; those of
    /// which that was not kept, or that were not published yet, are left out.
    fn taken_in_since(&self, records: &[RowNo]) -> Result<Vec<(RowNo, Moment)>>;

    /// The joins of customers that are held, in the order they were written.
    fn holds(&self) -> Result<Vec<HoldRow>>;

    /// The events that follow a place, in order.
    fn events(&self, after: EventNo, limit: usize) -> Result<Vec<Event>>;

    /// All API keys, by id.
    fn api_keys(&self) -> Result<Vec<ApiKey>>;

    /// The API key whose secret has this hash; whether it is valid is for the caller to judge.
    fn api_key(&self, hash: &SecretHash) -> Result<Option<ApiKey>>;

    /// All accounts, by name.
    fn accounts(&self) -> Result<Vec<Account>>;

    /// The account with this name.
    fn account(&self, name: &str) -> Result<Option<Account>>;

    /// The session whose secret has this hash; whether it has ended is for the caller to judge.
    fn session(&self, hash: &SecretHash) -> Result<Option<Session>>;

    /// The JSON text that was kept under this name.
    fn statistic(&self, name: &str) -> Result<Option<String>>;

    /// The columns that each source ever delivered.
    fn source_columns(&self) -> Result<Vec<(SourceNo, SourceName, Columns)>>;

    /// Which match model the last publication has.
    fn model_id(&self) -> Result<Option<ModelId>> {
        Ok(self.now()?.model_id)
    }

    /// The match model of the last publication.
    fn model(&self) -> Result<Option<StoredModel>>;

    /// A match model that was published once.
    fn model_with(&self, id: &ModelId) -> Result<Option<StoredModel>>;

    /// What is wrong with the database itself; takes about as long as reading all of it.
    fn damages(&self) -> Result<Vec<Damage>>;

    /// How many of each there are; takes some milliseconds per million.
    fn counts(&self) -> Result<Counts>;
}

/// How far a hub is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// See [`Reader::settled_at`].
    pub settled_at: Option<ArrivalNo>,
    /// See [`Reader::model_id`].
    pub model_id: Option<ModelId>,
    /// See [`Reader::last_decision`].
    pub last_decision: DecisionNo,
    /// The number of the last entry in the journal of confirmations; 0 when there is none.
    pub last_confirmation: ConfirmationNo,
    /// See [`Reader::last_event`].
    pub last_event: EventNo,
}

/// What is wrong with a database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Its pages or indexes contradict each other: what it says of that itself, without values.
    Page(String),
    /// Rows refer to what is not there.
    Reference {
        /// The table and the column.
        column: String,
        /// How many rows.
        rows: u64,
    },
}

/// A decision in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournaledDecision {
    /// The decision.
    pub decision: Decision,
    /// How it was undone; `None` while it counts.
    pub undone: Option<Undone>,
}

/// How a decision was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The number of the entry in the journal.
    pub no: DecisionNo,
    /// Who undid it.
    pub steward: String,
    /// When.
    pub at: Moment,
    /// Why; may be empty.
    pub reason: String,
}

/// An entity as it is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityVersion {
    /// All but its records.
    pub entity: StoredEntity,
    /// The keys of its records, in order.
    pub members: Vec<RecordKey>,
    /// The event since which it is like this.
    pub since: EventNo,
}

/// What a publication took in: all that its entities were derived from, with its load's release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenIn {
    /// The load that it belongs to.
    pub load: LoadNo,
    /// The last event by then.
    pub event: EventNo,
    /// The last arrival that it took in.
    pub arrival: ArrivalNo,
    /// The last entry in the journal of decisions that it took in.
    pub decision: DecisionNo,
    /// When it was.
    pub at: Moment,
}

/// How many of each a hub has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Source records, without the deleted ones.
    pub records: u64,
    /// Entities.
    pub entities: u64,
    /// Potential matches.
    pub potential_matches: u64,
    /// Rows that could not be read, in all loads.
    pub quarantined: u64,
}
