//! A change in the making, whatever database it is made in.

use std::cell::RefCell;

use karat_model::confirmation::ConfirmationNo;
use karat_model::decision::{DecisionNo, Ruling};
use karat_model::finding::{FindingNo, FindingState, StepNo};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::Value::Integer;
use super::{
    Write, access, answers, assignments, confirmations, decisions, entries, sources, steps,
};
use crate::access::{Account, ApiKey, SecretHash, Session};
use crate::arrival::{Arrival, Outcome};
use crate::assignment::{AssignmentRow, SavedView};
use crate::confirmation_row::{ConfirmationRow, EntryRow};
use crate::delivery::Delivery;
use crate::error::{Error, Result};
use crate::number::{EntryNo, LoadNo, RowNo};
use crate::store::{Publication, Reader, Transaction};

/// What a database does its own way within a change.
pub trait Changing: Write + Reader {
    /// Writes arrivals to the journal, within the transaction at hand.
    fn append_within(
        &self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>>;
}

/// A publication that is made within a change, in pieces.
pub trait ChangePublication: Publication {
    /// Says which load it belongs to.
    fn belong_to(&mut self, load: LoadNo);

    /// Writes what was put off, so that it can be read.
    fn flush(&mut self) -> Result<()>;

    /// Writes what is left, and up to where the journals are derived: to their ends, or no further
    /// than before.
    fn finish(self, is_derived: bool) -> Result<()>;
}

/// A change in the making.
///
/// It belongs to a stretch: a load that reads no files, which all changes between two loads share. It
/// is begun by the first change that needs it.
pub struct Change<'a, D, P> {
    database: &'a D,
    at: Moment,
    stretch: Option<LoadNo>,
    publication: RefCell<P>,
    is_publishing: bool,
    /// Whether all that was journaled so far is derived, as far as this change has a say in it.
    is_derived: bool,
    /// What went wrong where it could not be told. The database may have undone the transaction then,
    /// so that nothing more is written.
    failed: RefCell<Option<Error>>,
}

impl<'a, D: Changing, P: ChangePublication> Change<'a, D, P> {
    /// Begins a change, within a transaction of the caller.
    pub fn new(database: &'a D, at: Moment, publication: P) -> Change<'a, D, P> {
        Change {
            database,
            at,
            stretch: None,
            publication: RefCell::new(publication),
            is_publishing: false,
            is_derived: false,
            failed: RefCell::new(None),
        }
    }

    /// Writes what is left after the work of the caller, who commits.
    pub fn finish(self, worked: Result<()>) -> Result<()> {
        if let Some(failed) = self.failed.into_inner() {
            return Err(failed);
        }
        worked?;
        match self.is_publishing {
            true => self.publication.into_inner().finish(self.is_derived),
            false => Ok(()),
        }
    }

    /// Refuses to write when something went wrong before.
    fn check(&self) -> Result<()> {
        let has_failed = self.failed.borrow().is_some();
        if has_failed { Err(Error::Stopped) } else { Ok(()) }
    }

    /// The stretch that the change belongs to.
    fn stretch(&mut self) -> Result<LoadNo> {
        if let Some(stretch) = self.stretch {
            return Ok(stretch);
        }
        let stretch = stretch(self.database, self.at)?;
        self.publication.get_mut().belong_to(stretch);
        self.stretch = Some(stretch);
        Ok(stretch)
    }
}

/// The stretch since the last load; a new one when there is none.
fn stretch(write: &impl Write, at: Moment) -> Result<LoadNo> {
    let select = "SELECT load_no, is_stretch FROM load ORDER BY load_no DESC LIMIT 1";
    let last = write.first(select, &[], |row| Ok((row.integer(0)?, row.integer(1)?)))?;
    let next = match last {
        Some((load, 1)) => return Ok(LoadNo(load as u64)),
        Some((load, _)) => load + 1,
        None => 1,
    };
    let insert = "INSERT INTO load (load_no, started_at, is_stretch) VALUES ($1, $2, 1)";
    write.execute(insert, &[Integer(next), Integer(at.0)])?;
    Ok(LoadNo(next as u64))
}

impl<D: Changing, P: ChangePublication> Transaction for Change<'_, D, P> {
    fn reader(&self) -> &dyn Reader {
        let mut failed = self.failed.borrow_mut();
        if failed.is_none() {
            *failed = self.publication.borrow_mut().flush().err();
        }
        self.database
    }

    fn delivery(&mut self, source: &SourceName, columns: &[String]) -> Result<Delivery> {
        self.check()?;
        let stretch = self.stretch()?;
        sources::announce(self.database, stretch, source, columns)
    }

    fn append(
        &mut self,
        delivery: &Delivery,
        arrivals: &[Arrival],
    ) -> Result<Vec<(RowNo, Outcome)>> {
        self.check()?;
        let outcomes = self.database.append_within(delivery, arrivals)?;
        let all_unchanged = outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Unchanged);
        self.is_derived &= all_unchanged;
        Ok(outcomes)
    }

    fn decide(&mut self, ruling: &Ruling, steward: &str, reason: &str) -> Result<DecisionNo> {
        self.check()?;
        self.is_derived = false;
        decisions::decide(self.database, self.at, ruling, steward, reason)
    }

    fn undo(&mut self, decision: DecisionNo, steward: &str, reason: &str) -> Result<bool> {
        self.check()?;
        let undone = decisions::undo(self.database, self.at, decision, steward, reason)?;
        self.is_derived &= !undone;
        Ok(undone)
    }

    fn confirm(
        &mut self,
        confirmation: &ConfirmationRow,
        steward: &str,
        reason: &str,
    ) -> Result<ConfirmationNo> {
        self.check()?;
        self.is_derived = false;
        confirmations::confirm(self.database, self.at, confirmation, steward, reason)
    }

    fn withdraw(
        &mut self,
        confirmation: ConfirmationNo,
        steward: &str,
        reason: &str,
    ) -> Result<bool> {
        self.check()?;
        let undone =
            confirmations::withdraw(self.database, self.at, confirmation, steward, reason)?;
        self.is_derived &= !undone;
        Ok(undone)
    }

    fn step(
        &mut self,
        finding: FindingNo,
        state: FindingState,
        until: Option<Moment>,
        steward: &str,
        reason: &str,
    ) -> Result<StepNo> {
        self.check()?;
        let taken = steps::Taken { finding, state, until };
        steps::add(self.database, self.at, &taken, steward, reason)
    }

    fn undo_step(&mut self, step: StepNo, steward: &str, reason: &str) -> Result<bool> {
        self.check()?;
        steps::undo(self.database, self.at, step, steward, reason)
    }

    fn note_entry(&mut self, entry: &EntryRow) -> Result<EntryNo> {
        self.check()?;
        entries::note(self.database, self.at, entry)
    }

    fn put_assignment(&mut self, assignment: &AssignmentRow) -> Result<()> {
        self.check()?;
        assignments::put(self.database, assignment)
    }

    fn put_saved_view(&mut self, view: &SavedView) -> Result<()> {
        self.check()?;
        assignments::put_view(self.database, view)
    }

    fn remove_saved_view(&mut self, account: &str, name: &str) -> Result<bool> {
        self.check()?;
        assignments::remove_view(self.database, account, name)
    }

    fn publication(&mut self) -> Result<&mut dyn Publication> {
        self.check()?;
        self.stretch()?;
        self.is_publishing = true;
        self.is_derived = true;
        Ok(self.publication.get_mut())
    }

    fn remember(&mut self, request: &str, answer: &[u8], keep_seconds: u64) -> Result<()> {
        self.check()?;
        answers::remember(self.database, self.at, request, answer, keep_seconds)
    }

    fn put_api_key(&mut self, key: &ApiKey) -> Result<()> {
        self.check()?;
        access::put_api_key(self.database, key)
    }

    fn remove_api_key(&mut self, id: &str) -> Result<bool> {
        self.check()?;
        access::remove_api_key(self.database, id)
    }

    fn put_account(&mut self, account: &Account) -> Result<()> {
        self.check()?;
        access::put_account(self.database, account)
    }

    fn remove_account(&mut self, name: &str) -> Result<bool> {
        self.check()?;
        access::remove_account(self.database, name)
    }

    fn put_session(&mut self, session: &Session) -> Result<()> {
        self.check()?;
        access::put_session(self.database, session)
    }

    fn remove_session(&mut self, hash: &SecretHash) -> Result<bool> {
        self.check()?;
        access::remove_session(self.database, hash)
    }

    fn remove_sessions_of(&mut self, account: &str) -> Result<u64> {
        self.check()?;
        access::remove_sessions_of(self.database, account)
    }

    fn remove_ended_sessions(&mut self) -> Result<u64> {
        self.check()?;
        access::remove_ended_sessions(self.database, self.at)
    }
}
