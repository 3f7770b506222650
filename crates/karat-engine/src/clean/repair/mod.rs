//! Repairs the values of records before they are cleaned, by the steps of their source.
//!
//! Arrives: the values of a record as its source sent them, and the steps of the hub model.
//! Leaves: the values as they are cleaned, and which step changed what.
//! Promises: what is kept of a record stays as it came, so that a step that is taken out leaves no
//! trace; what was repaired is not changed by being repaired again; any text in, never a panic.
//! Start reading at [`RepairPlan::apply`]; each verb has a file of its own, all of one shape.
//!
//! ```text
//!   payload ─► step 1 ─► step 2 ─► … ─► payload ─► clean
//!                          │
//!                          └ taken only if steps 1 and 2 leave its result alone
//! ```

mod values;
mod condition;
mod replace;
mod regex;
mod map;
mod trim;
mod case;
mod r#move;
mod swap;
mod split;
mod clear;
mod accept;
mod step;
mod mistakes;
#[cfg(test)]
mod tests;

pub(super) use accept::is_of_one_attribute;
pub use mistakes::{RepairMistake, mistakes_of};

use std::borrow::Cow;

use karat_model::claim::CleanRecord;
use karat_model::record::Payload;
use karat_model::repair_step::RepairStep;

use super::{CleaningPlan, Memo};
use step::Step;

/// How the records of one delivery of a source are repaired.
#[derive(Clone, Debug, Default)]
pub struct RepairPlan {
    steps: Vec<Step>,
    /// The steps whose columns the delivery does not have, by their places among all steps.
    missing: Vec<usize>,
}

/// What a step did to a column of a record, or would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairedColumn {
    /// The place of the step among those of its source.
    pub step: usize,
    /// The number of the column.
    pub column: u16,
    /// Its values before.
    pub before: Vec<String>,
    /// Its values after.
    pub after: Vec<String>,
    /// Whether it was done; not where it, or a step before it, would change the result again.
    pub is_done: bool,
}

impl RepairPlan {
    /// Finds the columns of each step among those of a delivery.
    pub fn new(steps: &[RepairStep], columns: &[String]) -> RepairPlan {
        let mut plan = RepairPlan::default();
        for (no, step) in steps.iter().enumerate() {
            match Step::new(no, step, columns) {
                Some(step) => plan.steps.push(step),
                None => plan.missing.push(no),
            }
        }
        plan
    }

    /// Whether nothing is ever repaired.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps that do nothing as the delivery lacks one of their columns, by their places.
    pub fn missing(&self) -> &[usize] {
        &self.missing
    }

    /// The values after all steps; `None` when no step changed any.
    ///
    /// A step is taken only if it and all steps before it leave its result alone. So the result is
    /// one that no step changes: repairing it again gives the same.
    pub(super) fn apply(
        &self,
        payload: &Payload,
        understood: &mut Understood,
        mut tell: Option<&mut Vec<RepairedColumn>>,
    ) -> Option<Payload> {
        let mut now = Cow::Borrowed(payload);
        for (at, step) in self.steps.iter().enumerate() {
            let Some(next) = step.apply(&now, understood) else { continue };
            let stays = |step: &Step| step.apply(&next, understood).is_none();
            let is_done = self.steps[..=at].iter().all(stays);
            if let Some(told) = &mut tell {
                told.extend(changed_columns(step.no, &now, &next, is_done));
            }
            if is_done {
                now = Cow::Owned(next);
            }
        }
        match now {
            Cow::Borrowed(_) => None,
            Cow::Owned(repaired) => Some(repaired),
        }
    }
}

/// The columns in which two versions of a record differ.
fn changed_columns(
    step: usize,
    before: &Payload,
    after: &Payload,
    is_done: bool,
) -> Vec<RepairedColumn> {
    let mut columns: Vec<u16> = before.iter().chain(after.iter()).map(|(at, _)| at).collect();
    columns.sort_unstable();
    columns.dedup();
    let of = |payload: &Payload, column: u16| -> Vec<String> {
        values::of(payload, column).map(str::to_owned).collect()
    };
    let changed = columns.into_iter().map(|column| RepairedColumn {
        step,
        column,
        before: of(before, column),
        after: of(after, column),
        is_done,
    });
    changed.filter(|it| it.before != it.after).collect()
}

/// What is understood of a record while it is repaired: steps that accept a proposal ask for it, and
/// mostly the record is cleaned once for all of them.
pub(super) struct Understood<'c> {
    plan: &'c CleaningPlan,
    memo: &'c mut Memo,
    last: Option<(Payload, CleanRecord)>,
}

impl<'c> Understood<'c> {
    /// Nothing yet.
    pub fn new(plan: &'c CleaningPlan, memo: &'c mut Memo) -> Understood<'c> {
        Understood { plan, memo, last: None }
    }

    /// The plan, and what is understood of a record with these values.
    pub fn of(&mut self, payload: &Payload) -> (&CleaningPlan, &CleanRecord) {
        let is_known = self.last.as_ref().is_some_and(|(known, _)| known == payload);
        if !is_known {
            self.last = Some((payload.clone(), self.plan.understand(payload, self.memo)));
        }
        let (_, cleaned) = self.last.as_ref().expect("it was just understood");
        (self.plan, cleaned)
    }

    /// What is understood in the end.
    pub fn finish(mut self, payload: &Payload) -> CleanRecord {
        match self.last.take() {
            Some((known, cleaned)) if known == *payload => cleaned,
            _ => self.plan.understand(payload, self.memo),
        }
    }
}
