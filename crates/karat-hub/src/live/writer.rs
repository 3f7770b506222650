//! The writer: applies groups of changes, each in one transaction.

use std::path::PathBuf;

use karat_model::check::Day;
use karat_model::confirmation::ConfirmationNo;
use karat_model::decision::DecisionNo;
use karat_model::finding::StepNo;
use karat_model::id::EntityId;
use karat_model::record::Moment;
use karat_store::{EntryRow, EventNo, Outcome, Reader, RowNo, Store, Transaction};
use tracing::info_span;

use super::Clock;
use super::arriving::Sources;
use super::assigning::{assign, forget_view, save_view, snooze};
use super::confirming::{FoundOut, confirm, withdraw};
use super::deciding::{decide, undo};
use super::stepping::{Stepping, step, undo_step};
use super::telling::Told;
use crate::entry::{EntryGate, is_reason, kind_of, kinds_of};
use crate::error::{Error, Failure};
use crate::flow::catch_up::catch_up;
use crate::flow::change::{Basis, Coming, Foreseen, Records, apply};
use crate::flow::load::publish;
use crate::flow::progress::Unwatched;
use crate::flow::quality::Kept;
use crate::flow::releases::InForce;
use crate::flow::renewal::{learns_anew_at, learnt_from};
use crate::hub::Hub;
use crate::stored::ServedHub;
use crate::view::{
    Change, ChangeRequest, Changed, Entry, EntryAction, EntryDecision, Overriding, Refused,
    Repetition,
};

/// Writes a hub; what it knows is kept from one group to the next.
pub struct Writer {
    store: Box<dyn Store>,
    dir: PathBuf,
    in_force: InForce,
    basis: Basis,
    sources: Sources,
    records: Records,
    gate: EntryGate,
    clock: Clock,
    /// What is read while others have their turn.
    served: ServedHub,
    /// How many more records come before the hub learns anew; `None` when it has learnt enough.
    room: Option<u64>,
    /// The day on which it was seen to last that all is judged as of this day.
    judged_on: Option<Day>,
}

/// What was written for a request, before anything follows from it.
pub(super) enum Written {
    /// Nothing: it was done before, with this answer.
    Before(Changed),
    /// A record arrived.
    Record {
        /// Its row.
        row: RowNo,
        /// What it meant.
        outcome: Outcome,
        /// The entity it was in.
        former: Option<EntityId>,
        /// What the gate decided, if it is an entry.
        entry: Option<Box<EntryDecision>>,
    },
    /// Decisions were made, or one was undone.
    Decided {
        /// Those that were made.
        decisions: Vec<DecisionNo>,
        /// The rows of the records they are about.
        rows: Vec<RowNo>,
        /// The entities these were in.
        former: Vec<EntityId>,
    },
    /// Steps were taken with findings, or one was undone; nothing follows from that.
    Stepped(Vec<StepNo>),
    /// Stewards divided the work among them; nothing follows from that.
    Arranged,
    /// Something was found out of values of a record, or that was undone.
    Confirmed {
        /// The confirmations that were made.
        confirmations: Vec<ConfirmationNo>,
        /// The row of the record.
        row: RowNo,
        /// The entity it is in.
        former: Option<EntityId>,
    },
}

/// A change that is asked for, with what was foreseen of it.
pub struct Asked {
    /// What is asked for.
    pub request: ChangeRequest,
    /// What was looked up for it while others had their turn.
    pub foreseen: Option<Foreseen>,
}

impl From<ChangeRequest> for Asked {
    fn from(request: ChangeRequest) -> Asked {
        Asked { request, foreseen: None }
    }
}

/// What is asked for with what was written for it.
type WrittenFor<'r> = (&'r Asked, Result<Written, Refused>);

impl Writer {
    /// Opens a hub for changes under the hub model in force; what was not published yet is published
    /// first.
    pub fn open(hub: &Hub, clock: Clock) -> Result<Writer, Error> {
        let mut store = hub.database().open_writer()?;
        let mut in_force = InForce::new(hub.dir(), hub.model().clone());
        in_force.refresh(store.reader())?;
        catch_up(store.as_mut(), hub.dir(), in_force.model(), &clock)?;
        let basis = Basis::read(in_force.model().clone(), store.reader())?;
        let dir = hub.dir().to_path_buf();
        let room = room(store.reader())?;
        let records = Records::new(in_force.model(), store.reader())?;
        let (sources, served) = (Sources::default(), hub.served()?);
        let gate = EntryGate::new(hub.dir().into(), in_force.model().clone());
        let judged_on = None;
        Ok(Writer {
            store,
            dir,
            in_force,
            basis,
            sources,
            records,
            gate,
            clock,
            served,
            room,
            judged_on,
        })
    }

    /// How many changes may be applied together, so that a small hub learns anew from as many
    /// records as it would if they came one by one.
    fn together_max(&self) -> usize {
        self.room.map_or(usize::MAX, |room| room.max(1) as usize)
    }

    /// Learns anew if the hub is small and has doubled since it learnt last.
    pub fn learn_if_grown(&mut self) -> Result<(), Error> {
        if self.room.is_none() {
            return Ok(());
        }
        self.room = room(self.store.reader())?;
        if self.room == Some(0) {
            // Should it fail, changes go on under the model there is.
            self.room = None;
            self.in_force.refresh(self.store.reader())?;
            catch_up(self.store.as_mut(), &self.dir, self.in_force.model(), &self.clock)?;
            self.room = room(self.store.reader())?;
        }
        Ok(())
    }

    /// Judges everything anew once the day is another, unless another server did; whether it did.
    ///
    /// No match model is learnt for it.
    pub fn judge_if_new_day(&mut self) -> Result<bool, Error> {
        let today = Day::of((self.clock)());
        if self.judged_on.is_some_and(|day| day >= today) {
            return Ok(false);
        }
        let kept = Kept::read(self.store.reader())?;
        let is_new_day = kept.is_some_and(|kept| Day(kept.as_of_day()) < today);
        if is_new_day {
            self.in_force.refresh(self.store.reader())?;
            let (store, model) = (self.store.as_mut(), self.in_force.model());
            publish(store, &self.dir, model, false, &self.clock, &Unwatched)?;
        }
        self.judged_on = Some(today);
        Ok(is_new_day)
    }

    /// Ends writing.
    pub fn close(self) -> Result<(), Error> {
        Ok(self.store.close()?)
    }

    /// Applies changes that do not touch the same record, all committed when this returns.
    pub fn change(&mut self, requests: &[ChangeRequest]) -> Vec<Result<Changed, Refused>> {
        let asked = requests.iter().cloned().map(Asked::from);
        self.change_with(&mut asked.collect(), &mut |_| None)
    }

    /// The same, and with them those that `more` gives once it is the turn of this writer: it is
    /// told those there are.
    pub fn change_with(
        &mut self,
        group: &mut Vec<Asked>,
        more: &mut dyn FnMut(&[Asked]) -> Option<Asked>,
    ) -> Vec<Result<Changed, Refused>> {
        match self.change_together(group, more) {
            Ok(answers) => answers,
            // What made all of them fail may be wrong with one alone.
            Err(_) if group.len() > 1 => {
                let alone = group.drain(..).map(|asked| vec![asked]);
                alone.flat_map(|mut asked| self.change_with(&mut asked, &mut |_| None)).collect()
            }
            Err(error) => vec![Err(Refused::Failed(Box::new(error)))],
        }
    }

    fn change_together(
        &mut self,
        group: &mut Vec<Asked>,
        more: &mut dyn FnMut(&[Asked]) -> Option<Asked>,
    ) -> Result<Vec<Result<Changed, Refused>>, Error> {
        let together_max = self.together_max();
        let mut take_more = |group: &mut Vec<Asked>| {
            while group.len() < together_max
                && let Some(asked) = more(group)
            {
                group.push(asked);
            }
        };
        let mut foreseen = 0;
        take_more(group);
        while foreseen < group.len() && self.store.must_wait()? {
            self.foresee(&mut group[foreseen..]);
            foreseen = group.len();
            // Others came meanwhile.
            take_more(group);
        }
        let mut before = EventNo::START;
        let mut answers = Vec::new();
        let mut lacks_model = false;
        let mut is_trial = false;
        let done = self.transact(&mut |writer, transaction| {
            before = writer.last_event;
            take_more(group);
            let written = writer.write(transaction, group)?;
            writer.records.begin_anew(transaction.reader())?;
            if let Some(changed) = writer.changed(transaction, &written)? {
                let foreseen = writer.foreseen(&written);
                let Parts { basis, records, .. } = writer;
                let lead = || apply(transaction, basis, records, &changed, &foreseen);
                lacks_model = info_span!("match").in_scope(lead)?.lacks_model;
            }
            if lacks_model {
                return Err(Error::Stopped);
            }
            answers = writer.tell(transaction, before, written)?;
            is_trial = group.iter().any(|asked| asked.request.is_trial);
            if is_trial { Err(Error::Stopped) } else { Ok(()) }
        });
        if is_trial {
            return Ok(answers);
        }
        if !lacks_model {
            return done.map(|()| answers);
        }
        // Records of a type that was never matched: a model is learnt from all there are.
        let mut written = Vec::new();
        self.transact(&mut |writer, transaction| {
            written = writer.write(transaction, group)?;
            Ok(())
        })?;
        catch_up(self.store.as_mut(), &self.dir, self.in_force.model(), &self.clock)?;
        self.transact(&mut |writer, transaction| {
            writer.records.begin_anew(transaction.reader())?;
            answers = writer.tell(transaction, before, std::mem::take(&mut written))?;
            Ok(())
        })?;
        Ok(answers)
    }

    /// Looks up what changes will find that bring records; what cannot be foreseen, for whatever
    /// reason, is told in its turn.
    fn foresee(&self, group: &mut [Asked]) {
        let mut places = Vec::new();
        let mut coming: Vec<Coming> = Vec::new();
        for (at, asked) in group.iter().enumerate() {
            if let Change::Upsert { key, values, .. } = &asked.request.change {
                places.push(at);
                coming.push((key, values));
            }
        }
        let Ok(foreseen) = self.served.foresee(&coming) else { return };
        for (at, foreseen) in places.into_iter().zip(foreseen) {
            group[at].foreseen = foreseen;
        }
    }

    /// Does something in a transaction, under what is in force now and after all that was journaled
    /// before, whoever left it.
    fn transact(
        &mut self,
        work: &mut dyn FnMut(&mut Parts, &mut dyn Transaction) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while !self.transact_unless_behind(work)? {
            catch_up(self.store.as_mut(), &self.dir, self.in_force.model(), &self.clock)?;
        }
        Ok(())
    }

    /// The same; `false` when something must be published first: what is published then counts as
    /// all there is, and what a killed writer left would never be looked at again.
    fn transact_unless_behind(
        &mut self,
        work: &mut dyn FnMut(&mut Parts, &mut dyn Transaction) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let Writer { store, dir, in_force, basis, sources, records, gate, clock, .. } = self;
        let mut failure = Failure::default();
        let mut is_behind = false;
        let mut began = None;
        let at = clock();
        let done = store.change(at, &mut |transaction| {
            let is_other = failure.note(in_force.refresh(transaction.reader()))?;
            if is_other {
                basis.hub_model = in_force.model().clone();
                *sources = Sources::default();
                *gate = EntryGate::new(dir.clone(), in_force.model().clone());
                let anew = Records::new(in_force.model(), transaction.reader());
                *records = failure.note(anew)?;
            }
            let now = transaction.reader().now()?;
            is_behind = now.settled_at.is_none();
            if is_behind {
                return Err(karat_store::Error::Stopped);
            }
            failure.note(basis.refresh(transaction.reader(), &now))?;
            let last_event = now.last_event;
            began = Some(now);
            let parts = &mut Parts { in_force, basis, sources, records, gate, last_event, now: at };
            failure.note(work(parts, transaction))
        });
        if is_behind {
            return Ok(false);
        }
        let done = failure.or(done);
        if done.is_err()
            && let Some(began) = &began
        {
            basis.forget_since(began);
        }
        done.map(|()| true)
    }
}

/// An entry as it is journaled.
fn entry_row(record: RowNo, entry: &Entry, decision: &EntryDecision) -> EntryRow {
    // A reason counts only where there was something to override.
    let is_asked = decision.action == EntryAction::Ask;
    let overriding = entry.overriding.clone().filter(|_| is_asked);
    let (reason_code, reason) =
        overriding.map_or_else(Default::default, |it| (it.reason_code, it.reason));
    EntryRow {
        record,
        kind: entry.check.kind.clone().unwrap_or_default(),
        policy: decision.policy.name().to_string(),
        overridden: decision.reasons.iter().map(|reason| reason.rule.clone()).collect(),
        reason_code,
        reason,
        entered_by: entry.entered_by.clone(),
    }
}

/// How many more records come before a hub learns anew.
fn room(reader: &dyn Reader) -> Result<Option<u64>, Error> {
    // Of the first record it learns in any case.
    let learns_at = learnt_from(reader)?.map_or(Some(1), learns_anew_at);
    let Some(learns_at) = learns_at else { return Ok(None) };
    Ok(Some(learns_at.saturating_sub(reader.counts()?.records)))
}

/// What a writer knows, without its store.
struct Parts<'w> {
    in_force: &'w InForce,
    basis: &'w mut Basis,
    sources: &'w mut Sources,
    records: &'w mut Records,
    gate: &'w EntryGate,
    /// The last event of before.
    last_event: EventNo,
    /// When it is.
    now: Moment,
}

impl Parts<'_> {
    /// Writes what requests bring to the journal.
    fn write<'r>(
        &mut self,
        transaction: &mut dyn Transaction,
        group: &'r [Asked],
    ) -> Result<Vec<WrittenFor<'r>>, Error> {
        let hub_model = self.in_force.model();
        let mut written: Vec<WrittenFor> = Vec::with_capacity(group.len());
        let mut arriving: Vec<&Asked> = Vec::new();
        let mut admitted: Vec<Option<EntryDecision>> = Vec::new();
        for asked in group {
            if let Some(repetition) = &asked.request.repetition
                && let Some(kept) = transaction.reader().remembered(&repetition.name)?
            {
                written.push((asked, repetition.recall(&kept).map(Written::Before)));
                continue;
            }
            let decided = match &asked.request.change {
                Change::Upsert { .. } | Change::Delete { .. } => {
                    let entry = asked.request.entry.as_ref();
                    let entry = entry.map(|entry| self.admit(transaction.reader(), entry));
                    match entry.transpose()?.transpose() {
                        Ok(decision) => {
                            arriving.push(asked);
                            admitted.push(decision);
                        }
                        Err(refused) => written.push((asked, Err(refused))),
                    }
                    continue;
                }
                Change::Decide { rulings, steward, reason } => {
                    decide(transaction, hub_model, rulings, steward, reason)?
                }
                Change::Undo { decisions, steward, reason } => {
                    undo(transaction, decisions, steward, reason)?
                }
                Change::Step { findings, state, until, steward, reason, lenient } => {
                    let (state, until, lenient) = (*state, *until, *lenient);
                    let stepping = Stepping { findings, state, until, steward, reason, lenient };
                    step(transaction, &stepping, self.now)?
                }
                Change::UndoStep { finding, step, steward, reason } => {
                    undo_step(transaction, *finding, *step, steward, reason)?
                }
                Change::Assign { pair, owner, former, steward } => {
                    let (owner, former) = (owner.as_deref(), former.as_deref());
                    assign(transaction, pair, [owner, former], steward, self.now)?
                }
                Change::Snooze { pair, until, steward } => {
                    snooze(transaction, pair, *until, steward, self.now)?
                }
                Change::SaveView { account, view } => save_view(transaction, account, view)?,
                Change::ForgetView { account, name } => forget_view(transaction, account, name)?,
                Change::Confirm { key, attribute, value, kind, steward, reason } => {
                    let (value, kind) = (value.as_deref(), *kind);
                    let found = FoundOut { key, attribute, value, kind, steward, reason };
                    confirm(transaction, self.basis, self.records, &found)?
                }
                Change::Withdraw { confirmation, steward, reason } => {
                    withdraw(transaction, *confirmation, steward, reason)?
                }
            };
            written.push((asked, decided));
        }
        let changes: Vec<&Change> = arriving.iter().map(|asked| &asked.request.change).collect();
        let mut taken = self.sources.take(transaction, hub_model, &changes)?;
        for ((asked, taken), decision) in arriving.iter().zip(&mut taken).zip(admitted) {
            if let (Ok(Written::Record { row, entry, .. }), Some(decision)) = (taken, decision) {
                let of = asked.request.entry.as_ref().expect("only entries are decided about");
                transaction.note_entry(&entry_row(*row, of, &decision))?;
                *entry = Some(Box::new(decision));
            }
        }
        written.extend(arriving.into_iter().zip(taken));
        // Answers go back in the order of the requests.
        let place = |of: &Asked| group.iter().position(|it| std::ptr::eq(it, of));
        written.sort_by_key(|(asked, _)| place(asked));
        Ok(written)
    }

    /// Whether the gate lets in who is typed in; nothing is written yet.
    fn admit(
        &self,
        reader: &dyn Reader,
        entry: &Entry,
    ) -> Result<Result<EntryDecision, Refused>, Error> {
        let Entry { check, overriding, .. } = entry;
        let hub_model = self.in_force.model();
        let entity_type = check.probe.entity_type;
        let is_known = match &check.kind {
            Some(name) => kind_of(hub_model, name, entity_type).is_some(),
            None => kinds_of(hub_model, entity_type).next().is_none(),
        };
        if !is_known {
            return Ok(Err(Refused::UnknownKind));
        }
        let is_reason = |it: &Overriding| is_reason(it, &hub_model.entry);
        if overriding.as_ref().is_some_and(|it| !is_reason(it)) {
            return Ok(Err(Refused::UnknownReason));
        }
        let answer = self.gate.check(reader, self.basis.model_of(entity_type), check)?;
        if answer.entity_type != entity_type {
            return Ok(Err(Refused::OtherEntityType(answer.entity_type)));
        }
        Ok(match (answer.decision.action, overriding) {
            (EntryAction::Accept, _) | (EntryAction::Ask, Some(_)) => Ok(answer.decision),
            (EntryAction::Ask, None) | (EntryAction::Refuse, _) => {
                Err(Refused::Entry(Box::new(answer)))
            }
        })
    }

    /// The rows of the records that changed, or about which something else is decided now; `None`
    /// when all is as it was.
    fn changed(
        &mut self,
        transaction: &dyn Transaction,
        written: &[WrittenFor],
    ) -> Result<Option<Vec<RowNo>>, Error> {
        let reader = transaction.reader();
        let mut rows = Vec::new();
        let mut is_decided = false;
        for (_, written) in written {
            match written {
                Ok(Written::Record { row, outcome, .. }) if *outcome != Outcome::Unchanged => {
                    rows.push(*row);
                }
                Ok(Written::Decided { .. }) => is_decided = true,
                Ok(Written::Confirmed { row, .. }) => {
                    self.basis.reconfirm(reader, *row)?;
                    rows.push(*row);
                }
                _ => {}
            }
        }
        if is_decided {
            let records = self.basis.redecide(reader)?;
            rows.extend(reader.rows_of(&records)?.into_iter().map(|(_, row)| row));
        }
        Ok((is_decided || !rows.is_empty()).then_some(rows))
    }

    /// What was foreseen of records, as far as it was under the hub model in force.
    fn foreseen<'r>(&self, written: &[WrittenFor<'r>]) -> Vec<(RowNo, &'r Foreseen)> {
        let foreseen = written.iter().filter_map(|(asked, written)| match written {
            Ok(Written::Record { row, .. }) => Some((*row, asked.foreseen.as_ref()?)),
            _ => None,
        });
        foreseen.filter(|(_, foreseen)| foreseen.is_under(self.in_force)).collect()
    }

    /// Tells what became of requests, and keeps the answers that may be asked for again.
    fn tell(
        &mut self,
        transaction: &mut dyn Transaction,
        before: EventNo,
        written: Vec<WrittenFor>,
    ) -> Result<Vec<Result<Changed, Refused>>, Error> {
        let rows = written.iter().flat_map(|(_, written)| match written {
            Ok(Written::Record { row, .. } | Written::Confirmed { row, .. }) => {
                std::slice::from_ref(row)
            }
            Ok(Written::Decided { rows, .. }) => rows,
            Ok(Written::Before(_) | Written::Stepped(_) | Written::Arranged) | Err(_) => &[],
        });
        let rows: Vec<RowNo> = rows.copied().collect();
        let told = Told::read(transaction.reader(), self.records, &rows, before)?;
        let mut answers = Vec::with_capacity(written.len());
        for (asked, written) in written {
            let written = match written {
                Ok(Written::Before(changed)) => {
                    answers.push(Ok(changed));
                    continue;
                }
                Ok(written) => written,
                Err(refused) => {
                    answers.push(Err(refused));
                    continue;
                }
            };
            let outcome = told.tell(transaction.reader(), self.basis, written)?;
            if let Some(repetition) = &asked.request.repetition {
                let kept = repetition.kept(&outcome);
                transaction.remember(&repetition.name, &kept, Repetition::KEPT_SECONDS)?;
            }
            answers.push(Ok(Changed::Now(Box::new(outcome))));
        }
        Ok(answers)
    }
}
