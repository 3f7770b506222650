//! The writer: applies groups of changes, each in one transaction.

use std::path::PathBuf;
use std::sync::Arc;

use karat_model::decision::DecisionNo;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey};
use karat_store::{EventNo, Outcome, Reader, RowNo, Store, Transaction};

use super::Clock;
use super::arriving::Sources;
use super::deciding::{decide, undo};
use super::telling::tell;
use crate::error::{Error, Failure};
use crate::flow::catch_up::catch_up;
use crate::flow::change::{Basis, apply};
use crate::flow::renewal::{learns_anew_at, learnt_from};
use crate::hub::Hub;
use crate::view::{Change, ChangeRequest, Changed, Refused, Repetition};

/// Writes a hub; what it knows is kept from one group to the next.
pub struct Writer {
    store: Box<dyn Store>,
    dir: PathBuf,
    hub_model: Arc<HubModel>,
    basis: Basis,
    sources: Sources,
    clock: Clock,
    /// How many more records come before the hub learns anew; `None` when it has learnt enough.
    room: Option<u64>,
}

/// What was written for a request, before anything follows from it.
pub(super) enum Written {
    /// Nothing: it was done before, with this answer.
    Before(Changed),
    /// A record arrived.
    Record {
        /// The record.
        key: RecordKey,
        /// Its row.
        row: RowNo,
        /// What it meant.
        outcome: Outcome,
        /// The entity it was in.
        former: Option<EntityId>,
    },
    /// Decisions were made, or one was undone.
    Decided {
        /// Those that were made.
        decisions: Vec<DecisionNo>,
        /// The records they are about.
        records: Vec<RecordKey>,
        /// The entities these were in.
        former: Vec<EntityId>,
    },
}

/// A request with what was written for it.
type WrittenFor<'r> = (&'r ChangeRequest, Result<Written, Refused>);

impl Writer {
    /// Opens a hub for changes; what was not published yet is published first.
    pub fn open(hub: &Hub, clock: Clock) -> Result<Writer, Error> {
        let mut store = hub.database().open_writer()?;
        let hub_model = hub.model().clone();
        catch_up(store.as_mut(), hub.dir(), &hub_model, &clock)?;
        let basis = Basis::read(hub_model.clone(), store.reader())?;
        let dir = hub.dir().to_path_buf();
        let room = room(store.reader())?;
        Ok(Writer { store, dir, hub_model, basis, sources: Sources::default(), clock, room })
    }

    /// How many changes may be applied together, so that a small hub learns anew from as many
    /// records as it would if they came one by one.
    pub fn together_max(&self) -> usize {
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
            catch_up(self.store.as_mut(), &self.dir, &self.hub_model, &self.clock)?;
            self.room = room(self.store.reader())?;
        }
        Ok(())
    }

    /// Ends writing.
    pub fn close(self) -> Result<(), Error> {
        Ok(self.store.close()?)
    }

    /// Applies changes that do not touch the same record, all committed when this returns.
    pub fn change(&mut self, requests: &[ChangeRequest]) -> Vec<Result<Changed, Refused>> {
        match self.change_together(requests) {
            Ok(answers) => answers,
            // What made all of them fail may be wrong with one alone.
            Err(_) if requests.len() > 1 => {
                let alone = requests.chunks(1);
                alone.flat_map(|request| self.change(request)).collect()
            }
            Err(error) => vec![Err(Refused::Failed(Box::new(error)))],
        }
    }

    fn change_together(
        &mut self,
        requests: &[ChangeRequest],
    ) -> Result<Vec<Result<Changed, Refused>>, Error> {
        let mut before = EventNo::START;
        let mut answers = Vec::new();
        let mut lacks_model = false;
        let done = self.transact(&mut |writer, transaction| {
            before = transaction.reader().last_event()?;
            let written = writer.write(transaction, requests)?;
            let changed = writer.changed(transaction, &written)?;
            let applied = apply(transaction, writer.basis, &changed)?;
            lacks_model = applied.lacks_model;
            if lacks_model {
                return Err(Error::Stopped);
            }
            answers = writer.tell(transaction, before, written)?;
            Ok(())
        });
        if !lacks_model {
            return done.map(|()| answers);
        }
        // Records of a type that was never matched: a model is learnt from all there are.
        let mut written = Vec::new();
        self.transact(&mut |writer, transaction| {
            written = writer.write(transaction, requests)?;
            Ok(())
        })?;
        catch_up(self.store.as_mut(), &self.dir, &self.hub_model, &self.clock)?;
        self.transact(&mut |writer, transaction| {
            answers = writer.tell(transaction, before, std::mem::take(&mut written))?;
            Ok(())
        })?;
        Ok(answers)
    }

    /// Does something in a transaction, under what is in force now.
    fn transact(
        &mut self,
        work: &mut dyn FnMut(&mut Parts, &mut dyn Transaction) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Writer { store, hub_model, basis, sources, clock, .. } = self;
        let mut parts = Parts { hub_model, basis, sources };
        let mut failure = Failure::default();
        let done = store.change(clock(), &mut |transaction| {
            let worked = parts.basis.refresh(transaction.reader());
            let worked = worked.and_then(|()| work(&mut parts, transaction));
            failure.note(worked)
        });
        failure.or(done)
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
    hub_model: &'w Arc<HubModel>,
    basis: &'w mut Basis,
    sources: &'w mut Sources,
}

impl Parts<'_> {
    /// Writes what requests bring to the journal.
    fn write<'r>(
        &mut self,
        transaction: &mut dyn Transaction,
        requests: &'r [ChangeRequest],
    ) -> Result<Vec<WrittenFor<'r>>, Error> {
        let written =
            requests.iter().map(|request| Ok((request, self.write_one(transaction, request)?)));
        written.collect()
    }

    fn write_one(
        &mut self,
        transaction: &mut dyn Transaction,
        request: &ChangeRequest,
    ) -> Result<Result<Written, Refused>, Error> {
        if let Some(repetition) = &request.repetition
            && let Some(kept) = transaction.reader().remembered(&repetition.name)?
        {
            return Ok(repetition.recall(&kept).map(Written::Before));
        }
        match &request.change {
            Change::Upsert { key, observed_at, values, condition } => self.sources.upsert(
                transaction,
                self.hub_model,
                key,
                *observed_at,
                values,
                *condition,
            ),
            Change::Delete { key, condition } => {
                self.sources.delete(transaction, self.hub_model, key, *condition)
            }
            Change::Decide { rulings, steward, reason } => {
                decide(transaction, self.hub_model, rulings, steward, reason)
            }
            Change::Undo { decision, steward, reason } => {
                undo(transaction, *decision, steward, reason)
            }
        }
    }

    /// The rows of the records that changed, or about which something else is decided now.
    fn changed(
        &mut self,
        transaction: &dyn Transaction,
        written: &[WrittenFor],
    ) -> Result<Vec<RowNo>, Error> {
        let reader = transaction.reader();
        let mut rows = Vec::new();
        let mut is_decided = false;
        for (_, written) in written {
            match written {
                Ok(Written::Record { row, outcome, .. }) if *outcome != Outcome::Unchanged => {
                    rows.push(*row);
                }
                Ok(Written::Decided { .. }) => is_decided = true,
                _ => {}
            }
        }
        if is_decided {
            let records = self.basis.redecide(reader)?;
            rows.extend(reader.rows_of(&records)?.into_iter().map(|(_, row)| row));
        }
        Ok(rows)
    }

    /// Tells what became of requests, and keeps the answers that may be asked for again.
    fn tell(
        &self,
        transaction: &mut dyn Transaction,
        before: EventNo,
        written: Vec<WrittenFor>,
    ) -> Result<Vec<Result<Changed, Refused>>, Error> {
        let events = transaction.reader().events(before, usize::MAX >> 1)?;
        let mut answers = Vec::with_capacity(written.len());
        for (request, written) in written {
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
            let outcome = tell(transaction.reader(), self.basis, &events, written)?;
            if let Some(repetition) = &request.repetition {
                let kept = repetition.kept(&outcome);
                transaction.remember(&repetition.name, &kept, Repetition::KEPT_SECONDS)?;
            }
            answers.push(Ok(Changed::Now(Box::new(outcome))));
        }
        Ok(answers)
    }
}
