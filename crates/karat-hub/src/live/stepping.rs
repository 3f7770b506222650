//! Steps that people take with findings, and undo.

use karat_model::finding::{FindingNo, FindingState, StepNo};
use karat_model::record::Moment;
use karat_store::Transaction;

use super::writer::Written;
use crate::error::Error;
use crate::feedback::FeedbackState;
use crate::feedback::states::{standing, state_at};
use crate::view::Refused;

/// A step that is to be taken.
pub(super) struct Stepping<'s> {
    pub findings: &'s [FindingNo],
    pub state: FindingState,
    pub until: Option<Moment>,
    pub steward: &'s str,
    pub reason: &'s str,
    pub lenient: bool,
}

/// Takes a step with findings, all or none; those that cannot take it are left out where that was
/// asked for.
pub(super) fn step(
    transaction: &mut dyn Transaction,
    stepping: &Stepping,
    now: Moment,
) -> Result<Result<Written, Refused>, Error> {
    let Stepping { findings, state, until, steward, reason, lenient } = *stepping;
    let is_accepted = state == FindingState::AcceptedAsIs;
    let needs_reason = is_accepted || state == FindingState::Rejected;
    if needs_reason && reason.trim().is_empty() {
        return Ok(Err(Refused::ReasonMissing));
    }
    if is_accepted != until.is_some() || until.is_some_and(|until| until <= now) {
        return Ok(Err(Refused::UntilNotAhead));
    }
    let mut taking = Vec::with_capacity(findings.len());
    let mut steps = transaction.reader().steps_of_findings(findings)?.into_iter().peekable();
    let mut sorted = findings.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for no in sorted {
        let Some(finding) = transaction.reader().finding(no)? else {
            return Ok(Err(Refused::UnknownFinding(no)));
        };
        let of_finding = std::iter::from_fn(|| steps.next_if(|(of, _)| *of == no));
        let of_finding: Vec<_> = of_finding.map(|(_, step)| step).collect();
        let known = match finding.closed {
            None => state_at(&of_finding, None, now),
            Some(_) => FeedbackState::Closed,
        };
        if known.may_take(state) {
            taking.push(no);
        } else if !lenient {
            return Ok(Err(Refused::UnfitStep { finding: no, state: known }));
        }
    }
    let mut taken: Vec<StepNo> = Vec::with_capacity(taking.len());
    for no in taking {
        taken.push(transaction.step(no, state, until, steward, reason)?);
    }
    Ok(Ok(Written::Stepped(taken)))
}

/// Undoes the last step that stands of a finding that is open.
pub(super) fn undo_step(
    transaction: &mut dyn Transaction,
    finding: FindingNo,
    step: StepNo,
    steward: &str,
    reason: &str,
) -> Result<Result<Written, Refused>, Error> {
    let Some(found) = transaction.reader().finding(finding)? else {
        return Ok(Err(Refused::UnknownFinding(finding)));
    };
    if found.closed.is_some() {
        return Ok(Err(Refused::UnfitStep { finding, state: FeedbackState::Closed }));
    }
    let steps = transaction.reader().steps_of(finding)?;
    let is_last = standing(&steps).next_back().is_some_and(|last| last.no == step);
    if !is_last || !transaction.undo_step(step, steward, reason)? {
        return Ok(Err(Refused::NotLastStep(step)));
    }
    Ok(Ok(Written::Stepped(Vec::new())))
}
