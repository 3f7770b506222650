//! Which decisions stand: later ones outrank earlier ones that they contradict.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decision, DecisionNo, Identity, Ruling, Settled};
use crate::evidence::Verdict;
use crate::id::RecordKey;

/// What the decisions that were not undone come to.
///
/// Decisions are taken from the last to the first, and each stands that does not contradict those
/// taken before it. *Same* reaches on: if two are the same as a third they are the same. So whether
/// a decision stands hangs on the set of decisions alone, and undoing one may let another stand
/// again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Records that are one customer, in groups of two or more.
    pub same: Vec<Vec<RecordKey>>,
    /// Pairs of records that are different customers: each of the one group against each of the
    /// other. A record that is in no group of [`Standing::same`] is a group of its own.
    pub different: Vec<[Vec<RecordKey>; 2]>,
    /// Pairs that a steward looked at and left open.
    pub unsure: Vec<[RecordKey; 2]>,
    /// What customers show, by record, attribute and slot.
    pub settled: Vec<Settled>,
    /// Groups of records whose customer stays as it is.
    pub locked: Vec<Vec<RecordKey>>,
    /// The decisions that do not count, the last first.
    pub overruled: Vec<Overruled>,
}

/// A decision that does not count because of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overruled {
    /// The decision.
    pub no: DecisionNo,
    /// The later one that it contradicts; of several the last.
    pub by: DecisionNo,
}

impl Standing {
    /// The records that decisions tie to these.
    pub fn near<'k>(&self, _: impl IntoIterator<Item = &'k RecordKey>) -> Vec<RecordKey> {
        Vec::new()
    }

    /// What some decisions come to, which may be given in any order.
    pub fn of<'d>(decisions: impl IntoIterator<Item = &'d Decision>) -> Standing {
        let mut last_first: Vec<&Decision> = decisions.into_iter().collect();
        last_first.sort_unstable_by_key(|decision| std::cmp::Reverse(decision.no));
        let mut identities = Identities::default();
        let mut standing = Standing::default();
        let mut settled = BTreeMap::new();
        for decision in last_first {
            let contradicted = match &decision.ruling {
                Ruling::Identity(identity) => identities.take(decision.no, identity),
                Ruling::Value(value) => {
                    let place = (&value.record, &value.attribute, value.slot);
                    let taken = settled.entry(place).or_insert((decision.no, value));
                    (taken.0 != decision.no).then_some(taken.0)
                }
                Ruling::Lock(records) => {
                    standing.locked.push(records.clone());
                    None
                }
            };
            let overruled = contradicted.map(|by| Overruled { no: decision.no, by });
            standing.overruled.extend(overruled);
        }
        standing.settled = settled.into_values().map(|(_, value)| value.clone()).collect();
        standing.locked.sort_unstable();
        identities.finish(&mut standing);
        standing
    }
}

/// What was decided about who is who, while decisions are taken from the last to the first.
#[derive(Default)]
struct Identities<'d> {
    /// Per record the number of its group.
    group_of: BTreeMap<&'d RecordKey, usize>,
    /// Per group its records; empty once it went into another.
    groups: Vec<Vec<&'d RecordKey>>,
    /// Pairs of records that are different, with the decision that says so.
    different: Vec<(DecisionNo, &'d RecordKey, &'d RecordKey)>,
    /// *Same* decisions that stand: what they joined.
    joined: Vec<(DecisionNo, Vec<&'d RecordKey>)>,
    unsure: BTreeSet<[&'d RecordKey; 2]>,
}

impl<'d> Identities<'d> {
    /// Takes a decision; gives the later one that it contradicts.
    fn take(&mut self, no: DecisionNo, identity: &'d Identity) -> Option<DecisionNo> {
        let pairs = || {
            let left = identity.left.iter();
            left.flat_map(|left| identity.right.iter().map(move |right| (left, right)))
        };
        match identity.verdict {
            Verdict::Same => {
                let records: Vec<&RecordKey> =
                    identity.left.iter().chain(&identity.right).collect();
                let contradicted = self.apart_among(&records);
                if contradicted.is_none() {
                    self.join(&records);
                    self.joined.push((no, records));
                }
                contradicted
            }
            Verdict::Different => {
                let together = pairs().any(|(left, right)| self.are_together(left, right));
                if together {
                    return Some(self.last_that_joined(identity));
                }
                let apart = pairs().map(|(left, right)| (no, left, right));
                self.different.extend(apart.collect::<Vec<_>>());
                None
            }
            Verdict::Unsure => {
                let ordered = pairs().map(|(a, b)| [a.min(b), a.max(b)]);
                self.unsure.extend(ordered.collect::<Vec<_>>());
                None
            }
        }
    }

    fn group(&mut self, record: &'d RecordKey) -> usize {
        *self.group_of.entry(record).or_insert_with(|| {
            self.groups.push(vec![record]);
            self.groups.len() - 1
        })
    }

    fn join(&mut self, records: &[&'d RecordKey]) {
        let Some((first, others)) = records.split_first() else { return };
        let kept = self.group(first);
        for other in others {
            let gone = self.group(other);
            if gone != kept {
                let moved = std::mem::take(&mut self.groups[gone]);
                moved.iter().for_each(|record| {
                    *self.group_of.get_mut(record).expect("it has a group") = kept
                });
                self.groups[kept].extend(moved);
            }
        }
    }

    fn are_together(&self, left: &RecordKey, right: &RecordKey) -> bool {
        let group = |record| self.group_of.get(record);
        left == right || group(left).is_some() && group(left) == group(right)
    }

    /// The decision that keeps two of these records, or of those that go with them, apart.
    fn apart_among(&self, records: &[&RecordKey]) -> Option<DecisionNo> {
        let groups: BTreeSet<usize> =
            records.iter().filter_map(|record| self.group_of.get(record).copied()).collect();
        let comes_along = |record: &RecordKey| {
            records.contains(&record)
                || self.group_of.get(record).is_some_and(|group| groups.contains(group))
        };
        let is_broken = |(_, left, right): &&(DecisionNo, &RecordKey, &RecordKey)| {
            comes_along(left) && comes_along(right)
        };
        self.different.iter().filter(is_broken).map(|(no, ..)| *no).max()
    }

    /// The last decision of those that put records of both sides together.
    fn last_that_joined(&self, identity: &Identity) -> DecisionNo {
        let sides = identity.left.iter().chain(&identity.right);
        let groups: BTreeSet<usize> =
            sides.filter_map(|record| self.group_of.get(record).copied()).collect();
        let is_of_these = |records: &[&RecordKey]| {
            records.iter().any(|record| groups.contains(&self.group_of[*record]))
        };
        let joined = self.joined.iter().filter(|(_, records)| is_of_these(records));
        joined.map(|(no, _)| *no).max().unwrap_or(DecisionNo(0))
    }

    fn finish(self, standing: &mut Standing) {
        let whole = |record: &'d RecordKey| -> Vec<RecordKey> {
            let group = self.group_of.get(record).map(|&group| self.groups[group].as_slice());
            let mut records: Vec<RecordKey> =
                group.unwrap_or(&[record]).iter().map(|&record| record.clone()).collect();
            records.sort_unstable();
            records
        };
        let different: BTreeSet<[Vec<RecordKey>; 2]> = self
            .different
            .iter()
            .map(|&(_, left, right)| {
                let mut sides = [whole(left), whole(right)];
                sides.sort_unstable();
                sides
            })
            .collect();
        standing.different = different.into_iter().collect();
        let groups = self.groups.iter().filter(|group| group.len() > 1);
        standing.same = groups.map(|group| whole(group[0])).collect();
        standing.same.sort_unstable();
        let unsure = self.unsure.iter().filter(|[left, right]| !self.are_together(left, right));
        standing.unsure = unsure.map(|pair| pair.map(Clone::clone)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::super::SettledValue;
    use super::*;
    use crate::record::Moment;

    fn key(id: &str) -> RecordKey {
        format!("crm/{id}").parse().unwrap()
    }

    fn keys(ids: &str) -> Vec<RecordKey> {
        ids.chars().map(|id| key(&id.to_string())).collect()
    }

    fn decision(no: u64, ruling: Ruling) -> Decision {
        Decision {
            no: DecisionNo(no),
            ruling,
            steward: "eva".into(),
            at: Moment(0),
            reason: "".into(),
        }
    }

    /// `ab=c` says that a, b and c are the same, `a!bc` that a is another than b and c, `a?b` that
    /// it is open.
    fn decided(no: u64, text: &str) -> Decision {
        let at = text.find(['=', '!', '?']).unwrap();
        let verdict = match text.as_bytes()[at] {
            b'=' => Verdict::Same,
            b'!' => Verdict::Different,
            _ => Verdict::Unsure,
        };
        let (left, right) = (keys(&text[..at]), keys(&text[at + 1..]));
        decision(no, Ruling::Identity(Identity { left, right, verdict }))
    }

    fn written(records: &[RecordKey]) -> String {
        records.iter().map(|record| &*record.id).collect()
    }

    /// What stands, such as `abc a!d`, and which number is overruled by which.
    fn check(texts: &[&str], expected: &str, overruled: &[(u64, u64)]) {
        let mut decisions: Vec<Decision> =
            (1..).zip(texts).map(|(no, text)| decided(no, text)).collect();
        for _ in 0..2 {
            let standing = Standing::of(&decisions);
            let same = standing.same.iter().map(|group| written(group));
            let different =
                standing.different.iter().map(|[a, b]| format!("{}!{}", written(a), written(b)));
            let unsure = standing.unsure.iter().map(|[a, b]| format!("{}?{}", a.id, b.id));
            let shown: Vec<String> = same.chain(different).chain(unsure).collect();
            assert_eq!(shown.join(" "), expected, "{texts:?}");
            let found: Vec<(u64, u64)> =
                standing.overruled.iter().map(|over| (over.no.0, over.by.0)).collect();
            assert_eq!(found, overruled, "{texts:?}");
            decisions.reverse();
        }
    }

    #[test]
    fn later_decisions_outrank_those_they_contradict() {
        check(&["a=b"], "ab", &[]);
        check(&["a=b", "b=c", "c!d"], "abc abc!d", &[]);
        check(&["a!b", "a=b"], "ab", &[(1, 2)]);
        check(&["a=b", "a!b"], "a!b", &[(1, 2)]);
        // Near miss: what does not contradict stands.
        check(&["a=b", "a!c"], "ab ab!c", &[]);
    }

    #[test]
    fn same_reaches_on_through_others() {
        check(&["a!c", "a=b", "b=c"], "abc", &[(1, 3)]);
        check(&["a=b", "a!c", "b=c"], "bc a!bc", &[(1, 2)]);
        check(&["b=c", "a!c", "a=b"], "ab ab!c", &[(1, 2)]);
    }

    #[test]
    fn sides_of_several_records_stand_apart_as_a_whole() {
        check(&["ab!cd", "b=e"], "be a!c a!d be!c be!d", &[]);
        check(&["b=c", "ab!cd"], "a!c a!d b!c b!d", &[(1, 2)]);
    }

    #[test]
    fn what_is_open_is_settled_by_what_is_known() {
        check(&["a?b"], "a?b", &[]);
        check(&["a?b", "a=b"], "ab", &[]);
    }

    #[test]
    fn undoing_lets_what_was_overruled_stand_again() {
        let all = [decided(1, "a=b"), decided(2, "a!b"), decided(3, "b=c")];
        let without_second = Standing::of([&all[0], &all[2]]);
        assert_eq!(without_second.same, [keys("abc")]);
        assert!(without_second.overruled.is_empty());
        assert_eq!(Standing::of(&all).same, [keys("bc")]);
    }

    #[test]
    fn the_last_value_settled_is_shown() {
        let settled = |no, value: &str| {
            let value = SettledValue::Text(value.into());
            let (record, attribute) = (key("a"), "city".to_string());
            decision(no, Ruling::Value(Settled { record, attribute, slot: 0, value }))
        };
        let standing = Standing::of(&[settled(1, "Ede"), settled(2, "Breda")]);
        let shown: Vec<&SettledValue> = standing.settled.iter().map(|s| &s.value).collect();
        assert_eq!(shown, [&SettledValue::Text("Breda".into())]);
        assert_eq!(standing.overruled, [Overruled { no: DecisionNo(1), by: DecisionNo(2) }]);
    }
}
