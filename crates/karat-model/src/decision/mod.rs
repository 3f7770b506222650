//! Decisions: what stewards decided, kept on record keys, so that they survive re-matching.
//!
//! Decisions are a journal that is only added to. Undoing one is an entry of its own kind: the
//! decision stays and no longer counts. What counts at any moment is a function of the *set* of
//! decisions that were not undone: see [`Standing`].

mod mentions;
mod standing;
mod taking;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use standing::{Overruled, Settlement, Standing};

use crate::evidence::Verdict;
use crate::id::RecordKey;
use crate::record::Moment;

/// The number of a decision: they count up in the order in which they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionNo(pub u64);

/// What a steward decided; it outranks the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub no: DecisionNo,
    /// What was decided.
    pub ruling: Ruling,
    /// Who decided it.
    pub steward: String,
    /// When.
    pub at: Moment,
    /// Why, in the steward's words; may be empty.
    pub reason: String,
}

/// What a decision says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// Whether records are one customer.
    Identity(Identity),
    /// What the customer of a record shows as the value of an attribute.
    Value(Settled),
    /// A record goes from one customer to another: it is different from the records of the one and
    /// the same as those of the other. Without others to go to it becomes a customer of its own.
    Move {
        /// The record.
        record: RecordKey,
        /// The records of the customer it leaves; it may be among them itself.
        from: Vec<RecordKey>,
        /// The records of the customer it goes to.
        to: Vec<RecordKey>,
    },
    /// The customer of these records stays as it is: it takes no others in and loses none.
    Lock(Vec<RecordKey>),
}

impl Ruling {
    /// All records that it names; some may come twice.
    pub fn records(&self) -> impl Iterator<Item = &RecordKey> {
        let (one, left, right): (Option<&RecordKey>, &[RecordKey], &[RecordKey]) = match self {
            Ruling::Identity(identity) => (None, &identity.left, &identity.right),
            Ruling::Value(settled) => (Some(&settled.record), &[], &[]),
            Ruling::Move { record, from, to } => (Some(record), from, to),
            Ruling::Lock(records) => (None, records, &[]),
        };
        one.into_iter().chain(left).chain(right)
    }

    /// Whether it keeps a record apart from itself, so that it can never stand.
    pub fn contradicts_itself(&self) -> bool {
        match self {
            Ruling::Identity(Identity { left, right, verdict }) => {
                verdict.keeps_apart() && shares_any(left, right)
            }
            Ruling::Move { record, from, to } => {
                shares_any(to, from.iter().filter(|one| *one != record))
            }
            Ruling::Value(_) | Ruling::Lock(_) => false,
        }
    }
}

fn shares_any<'k>(left: &[RecordKey], right: impl IntoIterator<Item = &'k RecordKey>) -> bool {
    let left: BTreeSet<&RecordKey> = left.iter().collect();
    right.into_iter().any(|record| left.contains(record))
}

/// Whether the records of two sides are one customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The records of the one side, one or more.
    pub left: Vec<RecordKey>,
    /// The records of the other side.
    pub right: Vec<RecordKey>,
    /// What they are to each other.
    pub verdict: Verdict,
}

/// What the customer of a record shows as the value of an attribute, whatever survivorship says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Settled {
    /// The record; it takes the decision along, whichever customer it comes to belong to.
    pub record: RecordKey,
    /// The name of the attribute.
    pub attribute: String,
    /// Which of several values.
    pub slot: u8,
    /// What is shown.
    pub value: SettledValue,
}

/// What is shown as a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettledValue {
    /// What the record says: the value is pinned.
    OfRecord,
    /// What the steward knows better.
    Text(String),
    /// Nothing: no value there is right.
    None,
}
