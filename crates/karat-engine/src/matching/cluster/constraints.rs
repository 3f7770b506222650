//! Constraints: what stewards decided, by the numbers of records.

use karat_model::table::RecordNo;
use rustc_hash::{FxHashMap, FxHashSet};

/// Which records must come together, and which must not.
///
/// Built with [`join`](Constraints::join), [`keep_apart`](Constraints::keep_apart) and
/// [`lock`](Constraints::lock), then put in order by [`finish`](Constraints::finish).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Records that are the same customer: each of a group with the first one of it.
    pub(super) same: Vec<(RecordNo, RecordNo)>,
    /// The first records of groups with the sides that keep them apart, in order.
    pub(super) sides: Vec<(RecordNo, Side)>,
    /// Per record of a group the first one of it.
    first_of: FxHashMap<RecordNo, RecordNo>,
    /// Records of customers that take no others in.
    locked: FxHashSet<RecordNo>,
    /// How many times two sides are kept apart.
    differences: u32,
}

/// One of two sides that are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Side(u32);

impl Side {
    /// The left and the right side of a difference.
    pub fn of(difference: u32) -> [Side; 2] {
        [Side(2 * difference), Side(2 * difference + 1)]
    }

    /// The side that it is kept apart from.
    pub fn opposite(self) -> Side {
        Side(self.0 ^ 1)
    }
}

impl Constraints {
    /// Puts records together; each is in one group at most.
    pub fn join(&mut self, group: &[RecordNo]) {
        let Some((&first, others)) = group.split_first() else { return };
        self.same.extend(others.iter().map(|&other| (first, other)));
        self.first_of.extend(group.iter().map(|&record| (record, first)));
    }

    /// Keeps the records of two sides apart, each of the one from each of the other.
    pub fn keep_apart(&mut self, left: &[RecordNo], right: &[RecordNo]) {
        if left.is_empty() || right.is_empty() {
            return;
        }
        for (records, side) in [left, right].into_iter().zip(Side::of(self.differences)) {
            self.sides.extend(records.iter().map(|&record| (record, side)));
        }
        self.differences += 1;
    }

    /// Closes a customer: no other record comes to these. They are one group, or one record.
    pub fn lock(&mut self, group: &[RecordNo]) {
        self.locked.extend(group);
    }

    /// Puts all in order, once everything was said.
    pub fn finish(mut self) -> Constraints {
        let first_of = &self.first_of;
        for (record, _) in &mut self.sides {
            *record = first_of.get(record).copied().unwrap_or(*record);
        }
        self.sides.sort_unstable();
        self.sides.dedup();
        self.same.sort_unstable();
        self
    }

    /// Whether anybody may come to the customer of a record, and it to another.
    pub(super) fn is_locked(&self, record: RecordNo) -> bool {
        !self.locked.is_empty() && self.locked.contains(&record)
    }

    /// Whether it was decided that two records are different customers.
    pub(in crate::matching) fn are_apart(&self, left: RecordNo, right: RecordNo) -> bool {
        let [left, right] = [left, right].map(|record| self.first_of(record));
        let is_closed = self.is_locked(left) || self.is_locked(right);
        left != right && (is_closed || self.are_on_opposite_sides(left, right))
    }

    fn first_of(&self, record: RecordNo) -> RecordNo {
        self.first_of.get(&record).copied().unwrap_or(record)
    }

    fn are_on_opposite_sides(&self, left: RecordNo, right: RecordNo) -> bool {
        let [left, right] = [left, right].map(|record| sides_of(&self.sides, record));
        left.iter().any(|(_, side)| right.iter().any(|(_, other)| *other == side.opposite()))
    }
}

/// The sides that a record is on, of some that are in order.
pub(super) fn sides_of(sides: &[(RecordNo, Side)], record: RecordNo) -> &[(RecordNo, Side)] {
    let start = sides.partition_point(|(of, _)| *of < record);
    let rest = &sides[start..];
    &rest[..rest.partition_point(|(of, _)| *of == record)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_one_of_a_group_apart_keeps_all_of_it_apart() {
        let mut constraints = Constraints::default();
        constraints.keep_apart(&[2, 9], &[4, 5]);
        constraints.join(&[1, 2, 3]);
        constraints.keep_apart(&[7], &[]);
        constraints.lock(&[8]);
        let constraints = constraints.finish();
        let apart = |left, right| constraints.are_apart(left, right);
        assert!(apart(1, 4) && apart(5, 3) && apart(9, 4) && apart(8, 1) && apart(0, 8));
        assert!(!apart(1, 3) && !apart(1, 9) && !apart(4, 5) && !apart(1, 7) && !apart(8, 8));
    }
}
