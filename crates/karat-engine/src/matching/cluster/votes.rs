//! What the matcher's pairs vote, and what stewards decided of them.

use karat_model::decision::Standing;
use karat_model::evidence::Weight;
use karat_model::id::RecordKey;
use karat_model::table::RecordNo;

use super::{Clustered, Constraints, Edge, cluster};
use crate::matching::Matcher;
use crate::matching::matrix::Scratch;

impl Matcher<'_> {
    /// Divides the records into clusters, linked from this weight on.
    pub(in crate::matching) fn cluster(
        &self,
        edges: &[Edge],
        link: Weight,
        constraints: &Constraints,
    ) -> Clustered {
        let vote = |scratch: &mut Scratch, left, right| self.vote(left, right, scratch);
        cluster(self.table.len(), edges, link, constraints, || self.scratch(), vote)
    }

    /// How strongly a pair speaks for or against one cluster.
    pub(super) fn vote(&self, left: RecordNo, right: RecordNo, scratch: &mut Scratch) -> Weight {
        let compared = self.matrix.compare(&self.comparisons, left, right, scratch);
        let vote = self.model.vote(compared);
        // Records that are not to be compared come together through others only.
        if self.blocks.allow(left, right) { vote } else { vote.min(Weight::ZERO) }
    }

    /// What the pairs between two clusters vote together: they are joined if that is more than
    /// nothing.
    pub fn votes_between(&self, left: &[RecordNo], right: &[RecordNo]) -> Weight {
        let mut scratch = self.scratch();
        let pairs = left.iter().flat_map(|&a| right.iter().map(move |&b| (a.min(b), a.max(b))));
        pairs.map(|(left, right)| self.vote(left, right, &mut scratch)).sum()
    }

    /// What decisions ask of the records of the table. Those that are gone are left out; what they
    /// are kept apart from, the others of their group are as well.
    pub(in crate::matching) fn constraints(&self, decided: &Standing) -> Constraints {
        let here = |record: &RecordKey| self.table.find(record);
        let in_order = |mut records: Vec<RecordNo>| {
            records.sort_unstable();
            records
        };
        let group = |records: &[RecordKey]| in_order(records.iter().filter_map(here).collect());
        let or_another = |record: &RecordKey| {
            here(record).or_else(|| decided.same_as(record).iter().find_map(here))
        };
        let side =
            |records: &[RecordKey]| in_order(records.iter().filter_map(or_another).collect());
        let mut constraints = Constraints::default();
        decided.same.iter().for_each(|records| constraints.join(&group(records)));
        for [left, right] in decided.apart() {
            constraints.keep_apart(&side(left), &side(right));
        }
        decided.locked.iter().for_each(|records| constraints.lock(&group(records)));
        constraints.finish()
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeSet;
    use karat_model::decision::{Decision, DecisionNo, Identity, Ruling};
    use karat_model::evidence::Verdict;
    use karat_model::match_settings::MatchSettings;
    use karat_model::partition::{Hold, HoldReason};
    use karat_model::record::Moment;
    use proptest::test_runner::{Config, TestRunner};
    use proptest::{prelude::*, sample};

    use super::*;
    use crate::matching::Candidates;
    use crate::matching::cluster::gate::Former;
    use crate::matching::progress::Unwatched;
    use crate::matching::tests::{people, population};

    /// Strangers to learn from come first, then these.
    const FIRST: RecordNo = 600;

    /// Namesakes of whom some are plainly the same, some contradict each other, and one is nobody.
    const NAMESAKES: [&str; 12] = [
        "Yara||Zijlstra||1951-03-12|yz@post.example|Breda",
        "Yara||Zijlstra||1951-03-12|yz@post.example|Breda",
        "Yara||Zijlstra||1951-03-12||Breda",
        "Yara||Zijlstra||1984-11-30|yz@post.example|Breda",
        "Yara||Zijlstra||1984-11-30|yz@post.example|Breda",
        "Yara||Zijlstra||1984-11-30||Breda",
        "Yara||Zijlstra|||yz@post.example|",
        "|Y.|Zijlstra||1951-03-12||Breda",
        "Yara||Zijlstraa||1951-03-12|y.z@post.example|Breda",
        "Ymke||Zijlstra||1951-03-21|ymke@post.example|Breda",
        "Ymke||Zijlstra||1951-03-21|ymke@post.example|",
        "Otto||Quist||1960-01-01|otto@post.example|Ede",
    ];

    /// What a steward may say of the places of namesakes; 99 is a record that is gone.
    fn any_ruling() -> impl Strategy<Value = (u8, Vec<RecordNo>, Vec<RecordNo>)> {
        let places = || {
            let all: Vec<RecordNo> = (0..NAMESAKES.len() as RecordNo).chain([99]).collect();
            sample::subsequence(all, 1..4)
        };
        (0..7u8, places(), places())
    }

    fn ruling(kind: u8, left: Vec<RecordKey>, right: Vec<RecordKey>) -> Ruling {
        let identity = |left, right, verdict| Ruling::Identity(Identity { left, right, verdict });
        match kind {
            0 | 1 => identity(left, right, Verdict::Same),
            2 | 3 => identity(left, right, Verdict::Different),
            4 => identity(left, right, Verdict::Related),
            5 => Ruling::Move { record: left[0].clone(), from: left[1..].to_vec(), to: right },
            _ => Ruling::Lock(left),
        }
    }

    #[test]
    fn the_partition_obeys_what_stands_whatever_the_records_say() {
        let mut rows = population();
        rows.extend(NAMESAKES.map(String::from));
        let table = people(rows.iter().map(String::as_str));
        let attributes = AttributeSet::builtin();
        let (settings, all) = (MatchSettings::standard(), Candidates::All);
        let model = Matcher::train(&table, &attributes, &settings, all, &Unwatched).unwrap().model;
        let key = |place: &RecordNo| match place {
            99 => "crm/gone".parse().unwrap(),
            place => table.key(FIRST + place),
        };
        let keys = |places: &[RecordNo]| places.iter().map(key).collect::<Vec<RecordKey>>();
        let cases = (
            prop::collection::vec(any_ruling(), 0..6),
            prop::collection::vec(0..4u64, NAMESAKES.len()),
            any::<bool>(),
        );
        let mut runner =
            TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
        let holds = |customers: &[u64], are_held: bool| {
            let side = |customer: u64| -> Vec<RecordNo> {
                (0..)
                    .zip(customers)
                    .filter(|(_, of)| **of == customer)
                    .map(|it| FIRST + it.0)
                    .collect()
            };
            let (left, right) = (side(1), side(2));
            let hold = (!left.is_empty() && !right.is_empty() && are_held).then_some(Hold {
                left,
                right,
                reason: HoldReason::Large,
            });
            hold.into_iter().collect::<Vec<Hold>>()
        };
        let result = runner.run(&cases, |(rulings, customers, are_held)| {
            let decision =
                |(no, (kind, left, right)): (u64, (u8, Vec<RecordNo>, Vec<RecordNo>))| {
                    let ruling = ruling(kind, keys(&left), keys(&right));
                    let (steward, reason) = ("eva".into(), "".into());
                    Decision { no: DecisionNo(no), ruling, steward, at: Moment(0), reason }
                };
            let decisions: Vec<Decision> = (1..).zip(rulings).map(decision).collect();
            let decided = Standing::of(&decisions);
            let customer_of = |record: RecordNo| {
                let customer = customers[record.checked_sub(FIRST)? as usize];
                Some(customer).filter(|customer| *customer != 0)
            };
            let holds = holds(&customers, are_held);
            let former = Former { customer_of: &customer_of, holds: &holds };
            let mut matcher = Matcher::frozen(&table, &attributes, model.clone(), all, &Unwatched);
            let matched = matcher.partition_after(&decided, &former).unwrap();
            for left in FIRST..table.len() as RecordNo {
                for right in FIRST..table.len() as RecordNo {
                    let verdict = decided.verdict(&table.key(left), &table.key(right));
                    let of = |record| matched.partition.cluster_of(record);
                    let together = of(left) == of(right);
                    prop_assert!(verdict != Some(Verdict::Same) || together);
                    prop_assert!(!verdict.is_some_and(Verdict::keeps_apart) || !together);
                    let is_listed = matched
                        .potential
                        .iter()
                        .any(|pair| (pair.left, pair.right) == (left, right));
                    prop_assert!(
                        verdict.is_none() || verdict == Some(Verdict::Unsure) || !is_listed
                    );
                }
            }
            // What is decided about others does not matter, nor does what was said of who is gone.
            let here: Vec<RecordKey> = table.records().map(|record| table.key(record)).collect();
            let part = decided.of_records(&here);
            let mut again = Matcher::frozen(&table, &attributes, model.clone(), all, &Unwatched);
            let of_part = again.partition_after(&part, &former).unwrap();
            prop_assert_eq!(&of_part.partition, &matched.partition);
            prop_assert_eq!(&of_part.potential, &matched.potential);
            prop_assert_eq!(&of_part.holds, &matched.holds);
            // The same holds and decisions in an empty hub give the same customers.
            let mut afresh = Matcher::frozen(&table, &attributes, model.clone(), all, &Unwatched);
            let former = Former { customer_of: &|_| None, holds: &matched.holds };
            let afresh = afresh.partition_after(&decided, &former).unwrap();
            prop_assert_eq!(&afresh.partition, &matched.partition);
            Ok(())
        });
        result.unwrap();
    }
}
