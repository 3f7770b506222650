//! Which decisions stand: later ones outrank earlier ones that they contradict.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::mentions::{Mention, Mentions};
use super::taking::Taking;
use super::{Decision, DecisionNo, Settled};
use crate::evidence::Verdict;
use crate::id::RecordKey;

/// What the decisions that were not undone come to.
///
/// Decisions are taken from the last to the first, and each stands that does not contradict those
/// taken before it; one that does is overruled as a whole. *Same* reaches on: if two are the same as
/// a third they are the same, and what keeps one apart keeps the others apart as well. So whether a
/// decision stands hangs on the set of decisions alone, and undoing one may let another stand again.
///
/// A lock joins its records and closes their customer: from there on, that is for all decisions
/// before it, no other record is the same. A later *same* lets another record in, and the lock then
/// holds for all of them; a later decision that takes its records apart overrules it.
///
/// *Unsure* settles nothing: its pair stays a potential match, which tells that somebody looked.
///
/// All lists are in order and without repetition. Records that are gone are in them like any other:
/// they count as soon as they return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Records that are one customer, in groups of two or more.
    pub same: Vec<Vec<RecordKey>>,
    /// Different customers: each record of the one side against each of the other, and with it
    /// those that are the same.
    pub different: Vec<[Vec<RecordKey>; 2]>,
    /// Different customers that have to do with each other; they are kept apart just so.
    pub related: Vec<[Vec<RecordKey>; 2]>,
    /// What a steward looked at and left open: each record of the one side with each of the other.
    pub unsure: Vec<[Vec<RecordKey>; 2]>,
    /// What customers show, by record, attribute and slot.
    pub settled: Vec<Settlement>,
    /// Customers that stay as they are, each with all its records.
    pub locked: Vec<Vec<RecordKey>>,
    /// The decisions that do not count, the last first.
    pub overruled: Vec<Overruled>,
    mentions: Mentions,
}

/// A value that a steward settled, and by which decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Settlement {
    /// What was settled.
    pub settled: Settled,
    /// The decision.
    pub no: DecisionNo,
}

/// A decision that does not count because of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overruled {
    /// The decision.
    pub no: DecisionNo,
    /// The later one that it contradicts, of several the last; itself, where it makes no sense.
    pub by: DecisionNo,
}

impl Standing {
    /// What some decisions come to, which may be given in any order.
    pub fn of<'d>(decisions: impl IntoIterator<Item = &'d Decision>) -> Standing {
        let mut last_first: Vec<&Decision> = decisions.into_iter().collect();
        last_first.sort_unstable_by_key(|decision| std::cmp::Reverse(decision.no));
        let mut taking = Taking::default();
        let taken = |decision: &Decision, by| Overruled { no: decision.no, by };
        let overruled: Vec<Overruled> = last_first
            .into_iter()
            .filter_map(|decision| Some(taken(decision, taking.take(decision)?)))
            .collect();
        Standing { overruled, ..taking.finish() }.with_mentions()
    }

    /// Whether nothing was decided that stands.
    pub fn is_empty(&self) -> bool {
        self.mentions.is_empty() && self.settled.is_empty()
    }

    /// All pairs of sides that are kept apart, related ones as well.
    pub fn apart(&self) -> impl Iterator<Item = &[Vec<RecordKey>; 2]> {
        self.different.iter().chain(&self.related)
    }

    /// The records that were decided to be the same as one, in order, itself among them.
    pub fn same_as<'s>(&'s self, record: &'s RecordKey) -> &'s [RecordKey] {
        let group = self.group_of(record).map(|group| self.same[group].as_slice());
        group.unwrap_or(std::slice::from_ref(record))
    }

    /// The records that decisions tie to these: these themselves, and all that are the same as any
    /// of them, in order.
    pub fn near<'k>(&self, records: impl IntoIterator<Item = &'k RecordKey>) -> Vec<RecordKey> {
        let mut near = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for record in records {
            near.insert(record);
            groups.extend(self.group_of(record));
        }
        near.extend(groups.into_iter().flat_map(|group| &self.same[group]));
        near.into_iter().cloned().collect()
    }

    /// What is decided of these records and those that are [near](Standing::near) them; for them it
    /// comes to the same as all of it. It does not tell what is overruled.
    pub fn of_records<'k>(&self, records: impl IntoIterator<Item = &'k RecordKey>) -> Standing {
        let near = self.near(records);
        let mut part = Standing::default();
        let (mut same, mut locked) = (BTreeSet::new(), BTreeSet::new());
        let mut sides: BTreeSet<(Mention, &RecordKey)> = BTreeSet::new();
        for record in &near {
            for mention in self.mentions.of(record) {
                match mention {
                    Mention::Same(at) => drop(same.insert(at)),
                    Mention::Locked(at) => drop(locked.insert(at)),
                    mention => drop(sides.insert((mention, record))),
                }
            }
            part.settled.extend(self.settled_of(record).iter().cloned());
        }
        let lists = [&mut part.different, &mut part.related, &mut part.unsure];
        let sides: Vec<(Mention, &RecordKey)> = sides.into_iter().collect();
        for statement in sides.chunk_by(|(one, _), (next, _)| one.statement() == next.statement()) {
            let side = |side: bool| -> Vec<RecordKey> {
                let of_side = statement.iter().filter(|(mention, _)| mention.side() == Some(side));
                of_side.map(|(_, record)| (*record).clone()).collect()
            };
            let [left, right] = [side(false), side(true)];
            if !left.is_empty() && !right.is_empty() {
                match statement[0].0 {
                    Mention::Different(..) => lists[0].push([left, right]),
                    Mention::Related(..) => lists[1].push([left, right]),
                    _ => lists[2].push([left, right]),
                }
            }
        }
        for list in lists {
            list.sort_unstable();
            list.dedup();
        }
        part.same = same.into_iter().map(|at| self.same[at as usize].clone()).collect();
        part.locked = locked.into_iter().map(|at| self.locked[at as usize].clone()).collect();
        part.with_mentions()
    }

    /// What was settled about the values that a record brings along, by attribute and slot.
    pub fn settled_of(&self, record: &RecordKey) -> &[Settlement] {
        let start = self.settled.partition_point(|one| one.settled.record < *record);
        let rest = &self.settled[start..];
        &rest[..rest.partition_point(|one| one.settled.record == *record)]
    }

    /// What is decided about two records, if anything is.
    pub fn verdict(&self, left: &RecordKey, right: &RecordKey) -> Option<Verdict> {
        let group = self.group_of(left);
        if left == right || group.is_some() && group == self.group_of(right) {
            return Some(Verdict::Same);
        }
        let meet = |kind: fn(&Mention) -> bool| {
            let of = |record| -> BTreeSet<Mention> {
                let records = self.same_as(record).iter();
                records.flat_map(|record| self.mentions.of(record)).filter(kind).collect()
            };
            let right = of(right);
            of(left).iter().filter_map(|mention| mention.opposite()).any(|it| right.contains(&it))
        };
        let is_locked =
            |record| self.mentions.of(record).any(|it| matches!(it, Mention::Locked(_)));
        if meet(|mention| matches!(mention, Mention::Related(..))) {
            Some(Verdict::Related)
        } else if is_locked(left)
            || is_locked(right)
            || meet(|mention| matches!(mention, Mention::Different(..)))
        {
            Some(Verdict::Different)
        } else {
            meet(|mention| matches!(mention, Mention::Unsure(..))).then_some(Verdict::Unsure)
        }
    }

    /// The records of which something else stands than before, in order; with those that are
    /// [near](Standing::near) them, then and now, they are all that a change of decisions touches.
    pub fn changed_since(&self, before: &Standing) -> Vec<RecordKey> {
        let mut changed = BTreeSet::new();
        let groups = differing(&self.same, &before.same)
            .chain(differing(&self.locked, &before.locked))
            .flatten();
        changed.extend(groups);
        let sides = differing(&self.different, &before.different)
            .chain(differing(&self.related, &before.related))
            .chain(differing(&self.unsure, &before.unsure));
        changed.extend(sides.flatten().flatten());
        let settled = differing(&self.settled, &before.settled);
        changed.extend(settled.map(|settlement| &settlement.settled.record));
        changed.into_iter().cloned().collect()
    }

    /// The place of the group that a record is in.
    fn group_of(&self, record: &RecordKey) -> Option<usize> {
        self.mentions.of(record).find_map(|mention| match mention {
            Mention::Same(group) => Some(group as usize),
            _ => None,
        })
    }

    fn with_mentions(mut self) -> Standing {
        let mut mentions = Vec::new();
        let mut mention = |records: &[RecordKey], mention: Mention| {
            mentions.extend(records.iter().map(|record| (record.clone(), mention)));
        };
        for (group, records) in (0..).zip(&self.same) {
            mention(records, Mention::Same(group));
        }
        for (group, records) in (0..).zip(&self.locked) {
            mention(records, Mention::Locked(group));
        }
        type Of = fn(u32, bool) -> Mention;
        let lists: [(&[[Vec<RecordKey>; 2]], Of); 3] = [
            (&self.different, Mention::Different),
            (&self.related, Mention::Related),
            (&self.unsure, Mention::Unsure),
        ];
        for (list, of) in lists {
            for (statement, [left, right]) in (0..).zip(list) {
                mention(left, of(statement, false));
                mention(right, of(statement, true));
            }
        }
        self.mentions = Mentions::of_all(mentions);
        self
    }
}

/// What is in one of two lists, which are in order, and not in the other.
fn differing<'l, T: Ord>(one: &'l [T], other: &'l [T]) -> impl Iterator<Item = &'l T> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    std::iter::from_fn(move || {
        loop {
            let (Some(here), Some(there)) = (one.peek(), other.peek()) else {
                return one.next().or_else(|| other.next());
            };
            match here.cmp(there) {
                Ordering::Less => return one.next(),
                Ordering::Greater => return other.next(),
                Ordering::Equal => {
                    one.next();
                    other.next();
                }
            }
        }
    })
}
