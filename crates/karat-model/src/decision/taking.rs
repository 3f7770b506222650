//! Takes decisions one by one, from the last to the first, and tells which contradict a later one.
//!
//! ```text
//! groups      {a b c}      {d}      {e f}         records that are the same, each set with its marks
//! marks       1L 2R        1R       2L            on which sides of which differences its records are
//! ```
//!
//! Two groups may become one unless one is on the left and the other on the right of the same
//! difference, or one is closed by a lock. A difference of n records and m costs n + m marks, never
//! n × m pairs; joining groups costs as much as the smaller ones are.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::{Decision, DecisionNo, Identity, Ruling, Settlement, Standing};
use crate::evidence::Verdict;
use crate::id::RecordKey;

/// The number of a record, in the order in which decisions name them.
type No = u32;

/// What was taken so far.
#[derive(Default)]
pub(super) struct Taking<'d> {
    numbers: FxHashMap<&'d RecordKey, No>,
    records: Vec<&'d RecordKey>,
    /// Per record the number of its group.
    group_of: Vec<u32>,
    groups: Vec<Group>,
    /// Per record those that it was joined with, and by which decision; they make a forest.
    joined: Vec<Vec<(No, DecisionNo)>>,
    differences: Vec<Difference>,
    unsure: Vec<[Vec<No>; 2]>,
    settled: BTreeMap<(&'d RecordKey, &'d str, u8), Settlement>,
}

/// Records that are the same.
struct Group {
    /// Empty once it went into another.
    records: Vec<No>,
    /// By the places of differences, on which sides its records are.
    marks: BTreeMap<u32, Sides>,
    /// The decision that closed it.
    locked_by: Option<DecisionNo>,
}

/// Two sides that are kept apart.
struct Difference {
    no: DecisionNo,
    is_related: bool,
    sides: [Vec<No>; 2],
}

/// A set of sides: bit 0 is the left one.
type Sides = u8;

const LEFT: Sides = 1;
const RIGHT: Sides = 2;
const BOTH: Sides = LEFT | RIGHT;

/// What a decision asks for.
#[derive(Default)]
struct Demand {
    /// Records that are to be the same.
    same: Vec<No>,
    /// Sides that are to be apart.
    apart: [Vec<No>; 2],
    is_related: bool,
    is_lock: bool,
}

impl<'d> Taking<'d> {
    /// Takes a decision; gives the later one that it contradicts.
    pub fn take(&mut self, decision: &'d Decision) -> Option<DecisionNo> {
        let mut demand = Demand::default();
        match &decision.ruling {
            Ruling::Value(settled) => {
                let place = (&settled.record, settled.attribute.as_str(), settled.slot);
                let settlement = Settlement { settled: settled.clone(), no: decision.no };
                let taken = self.settled.entry(place).or_insert(settlement).no;
                return (taken != decision.no).then_some(taken);
            }
            Ruling::Identity(Identity { left, right, verdict: Verdict::Same }) => {
                demand.same = self.numbers(left.iter().chain(right));
            }
            Ruling::Identity(Identity { left, right, verdict: Verdict::Unsure }) => {
                let sides = [self.numbers(left), self.numbers(right)];
                self.unsure.push(sides);
                return None;
            }
            Ruling::Identity(Identity { left, right, verdict }) => {
                demand.apart = [self.numbers(left), self.numbers(right)];
                demand.is_related = *verdict == Verdict::Related;
            }
            Ruling::Move { record, from, to } => {
                let others = from.iter().filter(|one| *one != record);
                demand.same = self.numbers(std::iter::once(record).chain(to));
                demand.apart = [self.numbers([record]), self.numbers(others)];
            }
            Ruling::Lock(records) => {
                demand.same = self.numbers(records);
                demand.is_lock = true;
            }
        }
        let contradicted = if decision.ruling.contradicts_itself() {
            Some(decision.no)
        } else {
            self.contradicted_by(&demand)
        };
        if contradicted.is_none() {
            self.fulfil(decision.no, demand);
        }
        contradicted
    }

    /// What was taken, all in order.
    pub fn finish(self) -> Standing {
        let mut standing = Standing::default();
        for group in &self.groups {
            if group.records.len() > 1 {
                standing.same.push(self.keys(&group.records));
            }
            if group.locked_by.is_some() {
                standing.locked.push(self.keys(&group.records));
            }
        }
        let two = |sides: &[Vec<No>; 2]| {
            let mut sides = [self.keys(&sides[0]), self.keys(&sides[1])];
            sides.sort_unstable();
            sides
        };
        for difference in &self.differences {
            let list = match difference.is_related {
                true => &mut standing.related,
                false => &mut standing.different,
            };
            list.push(two(&difference.sides));
        }
        let open = self.unsure.iter().filter(|sides| !self.is_settled(sides));
        standing.unsure = open.map(two).collect();
        for list in [&mut standing.different, &mut standing.related, &mut standing.unsure] {
            list.sort_unstable();
            list.dedup();
        }
        standing.same.sort_unstable();
        standing.locked.sort_unstable();
        standing.settled = self.settled.into_values().collect();
        standing
    }

    fn keys(&self, records: &[No]) -> Vec<RecordKey> {
        let mut keys: Vec<RecordKey> =
            records.iter().map(|&record| self.records[record as usize].clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn numbers(&mut self, keys: impl IntoIterator<Item = &'d RecordKey>) -> Vec<No> {
        let mut numbers: Vec<No> = keys.into_iter().map(|key| self.number(key)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn number(&mut self, key: &'d RecordKey) -> No {
        *self.numbers.entry(key).or_insert_with(|| {
            let number = self.records.len() as No;
            self.records.push(key);
            self.group_of.push(number);
            self.joined.push(Vec::new());
            let marks = BTreeMap::new();
            self.groups.push(Group { records: vec![number], marks, locked_by: None });
            number
        })
    }

    fn groups_of(&self, records: &[No]) -> BTreeSet<u32> {
        records.iter().map(|&record| self.group_of[record as usize]).collect()
    }

    /// The last of the decisions taken so far that a demand contradicts.
    fn contradicted_by(&self, demand: &Demand) -> Option<DecisionNo> {
        let joining = self.groups_of(&demand.same);
        let closed = joining.iter().filter_map(|&group| self.groups[group as usize].locked_by);
        let closed = closed.max().filter(|_| joining.len() > 1);
        closed.max(self.kept_apart(&joining)).max(self.put_together(demand, &joining))
    }

    /// The last decision that keeps some groups from becoming one.
    fn kept_apart(&self, joining: &BTreeSet<u32>) -> Option<DecisionNo> {
        let marks = |group: u32| &self.groups[group as usize].marks;
        let largest = joining.iter().copied().max_by_key(|&group| marks(group).len())?;
        let mut gathered: FxHashMap<u32, Sides> = FxHashMap::default();
        let others = joining.iter().filter(|&&group| group != largest);
        for (&difference, &sides) in others.flat_map(|&group| marks(group)) {
            let known = gathered
                .entry(difference)
                .or_insert_with(|| marks(largest).get(&difference).copied().unwrap_or_default());
            *known |= sides;
        }
        let broken = gathered.into_iter().filter(|&(_, sides)| sides == BOTH);
        broken.map(|(difference, _)| self.differences[difference as usize].no).max()
    }

    /// The last decision that put records of both sides together, or would with this demand.
    fn put_together(&self, demand: &Demand, joining: &BTreeSet<u32>) -> Option<DecisionNo> {
        let [left, right] = &demand.apart;
        let right_of: BTreeMap<u32, No> = self.first_per_group(right);
        let mut left_of = self.first_per_group(left);
        if joining.iter().any(|group| left_of.contains_key(group)) {
            // A record that moves takes along what it is joined with.
            for (group, record) in self.first_per_group(&demand.same) {
                left_of.entry(group).or_insert(record);
            }
        }
        let together = left_of.iter().filter_map(|(group, &left)| {
            let &right = right_of.get(group)?;
            self.last_between(left, right)
        });
        together.max()
    }

    fn first_per_group(&self, records: &[No]) -> BTreeMap<u32, No> {
        records.iter().rev().map(|&record| (self.group_of[record as usize], record)).collect()
    }

    /// The last of the decisions by which two records of a group are together.
    fn last_between(&self, from: No, to: No) -> Option<DecisionNo> {
        let mut way: Vec<(No, No, Option<DecisionNo>)> = vec![(from, from, None)];
        while let Some((at, before, last)) = way.pop() {
            if at == to {
                return last;
            }
            let onwards = self.joined[at as usize].iter().filter(|(next, _)| *next != before);
            way.extend(onwards.map(|&(next, no)| (next, at, last.max(Some(no)))));
        }
        None
    }

    fn fulfil(&mut self, no: DecisionNo, demand: Demand) {
        if let Some((&first, others)) = demand.same.split_first() {
            others.iter().for_each(|&other| self.join(first, other, no));
            if demand.is_lock {
                let group = self.group_of[first as usize];
                self.groups[group as usize].locked_by.get_or_insert(no);
            }
        }
        let [left, right] = &demand.apart;
        if !left.is_empty() && !right.is_empty() {
            let difference = self.differences.len() as u32;
            for (records, side) in [(left, LEFT), (right, RIGHT)] {
                for &record in records {
                    let group = self.group_of[record as usize];
                    *self.groups[group as usize].marks.entry(difference).or_default() |= side;
                }
            }
            let Demand { is_related, apart: sides, .. } = demand;
            self.differences.push(Difference { no, is_related, sides });
        }
    }

    fn join(&mut self, left: No, right: No, no: DecisionNo) {
        let (mut kept, mut gone) = (self.group_of[left as usize], self.group_of[right as usize]);
        if kept == gone {
            return;
        }
        let size = |group: &Group| group.records.len() + group.marks.len();
        if size(&self.groups[kept as usize]) < size(&self.groups[gone as usize]) {
            std::mem::swap(&mut kept, &mut gone);
        }
        self.joined[left as usize].push((right, no));
        self.joined[right as usize].push((left, no));
        let Group { records, marks, .. } = &mut self.groups[gone as usize];
        let (records, marks) = (std::mem::take(records), std::mem::take(marks));
        records.iter().for_each(|&record| self.group_of[record as usize] = kept);
        let group = &mut self.groups[kept as usize];
        group.records.extend(records);
        for (difference, sides) in marks {
            *group.marks.entry(difference).or_default() |= sides;
        }
    }

    /// Whether what was left open is settled as a whole: by one group, one lock or one difference.
    fn is_settled(&self, sides: &[Vec<No>; 2]) -> bool {
        let [left, right] = [self.groups_of(&sides[0]), self.groups_of(&sides[1])];
        let all: BTreeSet<u32> = left.union(&right).copied().collect();
        let Some(&first) = left.first() else { return true };
        let is_closed = |group: &u32| self.groups[*group as usize].locked_by.is_some();
        let are_on = |groups: &BTreeSet<u32>, difference: &u32, side: Sides| {
            let marks = |group: &u32| self.groups[*group as usize].marks.get(difference).copied();
            groups.iter().all(|group| marks(group).unwrap_or_default() & side != 0)
        };
        let settles = |difference: &u32| {
            [[&left, &right], [&right, &left]].into_iter().any(|[one, other]| {
                are_on(one, difference, LEFT) && are_on(other, difference, RIGHT)
            })
        };
        let are_closed = left.iter().all(is_closed) || right.iter().all(is_closed);
        all.len() == 1
            || right.is_empty()
            || are_closed && left.is_disjoint(&right)
            || self.groups[first as usize].marks.keys().any(settles)
    }
}
