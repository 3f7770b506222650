//! The gate: joins that are not published before a steward looked.
//!
//! ```text
//! candidate cluster      o-o-o===o-o         one cluster, by all votes
//! what stands apart      [o o o] | [o o]     two dates of birth, or two large customers of before
//! what is published      o-o-o     o-o       two customers, and a potential match with the reason
//! ```
//!
//! A cluster is held when two values of an attribute of which a customer has one contradict each
//! other and enough of its records say each of them; and when it would join two customers of before
//! that were both large, or that contradict each other. A held cluster is divided by the same votes
//! as any other, now with the two sides kept apart. A steward's *same* on any two records of the
//! sides joins them.
//!
//! What was a customer before is no part of `R`, `M` or `D`. A join that is held for it is therefore
//! written down as a [`Hold`], which is data like a decision: the partition is a function of
//! records, model, decisions and holds. See decision 7.

use karat_model::evidence::Weight;
use karat_model::partition::{Hold, HoldReason, Partition, PotentialMatch};
use karat_model::table::RecordNo;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::component::Component;
use super::conflict::SingleValued;
use super::constraints::Side;
use super::grouped::Grouped;
use super::union_find::UnionFind;
use super::{Constraints, Edge};
use crate::matching::Matcher;
use crate::matching::matrix::Scratch;

/// What was published before.
pub struct Former<'a> {
    /// The number of the customer that a record was in; `None` for a new record.
    pub customer_of: &'a (dyn Fn(RecordNo) -> Option<u64> + Sync),
    /// The joins that are held.
    pub holds: &'a [Hold],
}

impl Former<'_> {
    /// Nothing was published before.
    pub fn nothing() -> Former<'static> {
        Former { customer_of: &|_| None, holds: &[] }
    }
}

/// What the gate let through.
pub(in crate::matching) struct Gated {
    /// The customers to publish.
    pub partition: Partition,
    /// Per held join the heaviest pair that says why.
    pub held: Vec<PotentialMatch>,
    /// The holds that stay, and those that are new.
    pub holds: Vec<Hold>,
}

/// A cluster at the gate.
struct Candidate<'c> {
    members: &'c [RecordNo],
    links: &'c [Edge],
    /// Records that stewards put together: each of a group with the first one of it.
    same: &'c [(RecordNo, RecordNo)],
}

/// How a held cluster is divided.
struct Division {
    /// Per member the place of the first member of its part.
    firsts: Vec<u32>,
    held: Vec<PotentialMatch>,
    holds: Vec<Hold>,
}

/// Records that must not come together, and why.
struct Apart {
    left: Vec<RecordNo>,
    right: Vec<RecordNo>,
    reason: HoldReason,
}

impl Matcher<'_> {
    /// Divides the clusters that may not be published as they are.
    pub(in crate::matching) fn gate(
        &self,
        partition: Partition,
        edges: &[Edge],
        constraints: &Constraints,
        former: &Former,
    ) -> Gated {
        let is_on = self.model.gate.large > 0 || !self.model.gate.single_valued.is_empty();
        if !is_on {
            return Gated { partition, held: Vec::new(), holds: Vec::new() };
        }
        let known = KnownHolds::of(former.holds);
        let suspects = self.suspects(&partition, &known, constraints, former);
        let links = links_within(&suspects, &partition, edges, Weight(self.model.link_threshold));
        let same = Grouped::within(&constraints.same, &partition, |pair| *pair);
        let divisions: Vec<(u32, Division)> = suspects
            .par_iter()
            .map_init(
                || self.scratch(),
                |scratch, cluster| {
                    let candidate = Candidate {
                        members: partition.members(*cluster),
                        links: &links[cluster],
                        same: same.of(*cluster),
                    };
                    let holds = known.within(candidate.members);
                    (*cluster, self.divide_held(&candidate, holds, former, scratch))
                },
            )
            .collect();
        let first = |cluster: u32| partition.members(cluster)[0];
        let clusters = self.table.records().map(|record| partition.cluster_of(record));
        let mut labels: Vec<u32> = clusters.map(first).collect();
        let (mut held, mut holds) = (Vec::new(), former.holds.to_vec());
        for (cluster, division) in divisions {
            let members = partition.members(cluster);
            for (&member, first) in members.iter().zip(division.firsts) {
                labels[member as usize] = members[first as usize];
            }
            held.extend(division.held);
            holds.extend(division.holds);
        }
        Gated { partition: Partition::from_labels(&labels), held, holds }
    }

    /// The clusters in which something may have to be held, in order; a locked one is what a
    /// steward made of it.
    fn suspects(
        &self,
        partition: &Partition,
        known: &KnownHolds,
        constraints: &Constraints,
        former: &Former,
    ) -> Vec<u32> {
        let is_suspect = |scratch: &mut Scratch, cluster: u32| {
            let members = partition.members(cluster);
            members.len() > 1
                && !constraints.is_locked(members[0])
                && (known.touch(members)
                    || !self.clashing(members, scratch).is_empty()
                    || !self.joined(members, former, scratch).is_empty())
        };
        let clusters = (0..partition.len() as u32).into_par_iter().with_min_len(1024);
        let suspects = clusters.map_init(
            || self.scratch(),
            |scratch, cluster| is_suspect(scratch, cluster).then_some(cluster),
        );
        suspects.flatten().collect()
    }

    /// Divides a cluster until nothing in it needs to be held.
    fn divide_held(
        &self,
        candidate: &Candidate,
        mut holds: Vec<Hold>,
        former: &Former,
        scratch: &mut Scratch,
    ) -> Division {
        let clashing = self.clashing(candidate.members, scratch);
        let old = holds.len();
        loop {
            let is_whole = clashing.is_empty() && holds.is_empty();
            let (firsts, apart) = if is_whole {
                (vec![0; candidate.members.len()], Vec::new())
            } else {
                self.divide_by(candidate, &clashing, &holds, scratch)
            };
            let mut new = Vec::new();
            for part in parts(candidate.members, &firsts) {
                new.extend(self.joined(&part, former, scratch));
            }
            // What a steward joined is not held again.
            let is_new = |hold: &Hold| {
                !candidate.is_decided(&hold.left, &hold.right) && !holds.contains(hold)
            };
            new.retain(is_new);
            if new.is_empty() {
                let held = self.held_pairs(candidate, &firsts, &apart, scratch);
                return Division { firsts, held, holds: holds.split_off(old) };
            }
            holds.extend(new);
        }
    }

    /// Divides a cluster so that sides stand apart, unless a steward joined them; gives per member
    /// the place of the first member of its part.
    fn divide_by(
        &self,
        candidate: &Candidate,
        clashing: &[Apart],
        holds: &[Hold],
        scratch: &mut Scratch,
    ) -> (Vec<u32>, Vec<(RecordNo, RecordNo, HoldReason)>) {
        let mut apart: Vec<(RecordNo, RecordNo, HoldReason)> = Vec::new();
        let mut whole: Vec<(RecordNo, RecordNo)> = Vec::new();
        for Apart { left, right, reason } in clashing {
            apart.extend(pairs(left, right).map(|(left, right)| (left, right, *reason)));
        }
        let is_torn = |side: &[RecordNo]| {
            clashing.iter().any(|clash| meets(side, &clash.left) && meets(side, &clash.right))
        };
        for Hold { left, right, reason } in holds {
            for side in [left, right] {
                if !is_torn(side) {
                    whole.extend(side.windows(2).map(|two| (two[0], two[1])));
                }
            }
            apart.extend(pairs(left, right).map(|(left, right)| (left, right, *reason)));
        }
        let two_sides = clashing
            .iter()
            .map(|clash| [&clash.left, &clash.right])
            .chain(holds.iter().map(|hold| [&hold.left, &hold.right]));
        let mut sides: Vec<(RecordNo, Side)> = Vec::new();
        for (number, two) in (0..).zip(two_sides) {
            for (records, side) in two.into_iter().zip(Side::of(number)) {
                sides.extend(records.iter().map(|&record| (record, side)));
            }
        }
        sides.sort_unstable();
        let component = Component {
            members: candidate.members,
            links: candidate.links,
            same: &whole,
            sides: &sides,
        };
        let mut firsts = component.divide(&mut |left, right| self.vote(left, right, scratch));
        let mut joined = UnionFind::new(firsts.len());
        for (place, &first) in (0..).zip(&firsts) {
            joined.join(place, first);
        }
        for (left, right) in component.places(candidate.same) {
            joined.join(left, right);
        }
        firsts = joined.labels();
        (firsts, apart)
    }

    /// Per two parts that are kept apart the heaviest pair that says why.
    fn held_pairs(
        &self,
        candidate: &Candidate,
        firsts: &[u32],
        apart: &[(RecordNo, RecordNo, HoldReason)],
        scratch: &mut Scratch,
    ) -> Vec<PotentialMatch> {
        let place = |record| candidate.members.binary_search(&record);
        let part_of = |record| firsts[place(record).expect("it is a member")];
        let mut between: Vec<(u32, u32, HoldReason, RecordNo, RecordNo)> = apart
            .iter()
            .map(|&(a, b, reason)| {
                let (left, right) = (part_of(a), part_of(b));
                (left.min(right), left.max(right), reason, a.min(b), a.max(b))
            })
            .filter(|(left, right, ..)| left != right)
            .collect();
        between.sort_unstable();
        let two_parts = between.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let held = two_parts.map(|pairs| {
            let reason = pairs[0].2;
            let saying_why = pairs.iter().filter(|pair| pair.2 == reason);
            let weighed = saying_why.map(|&(.., left, right)| {
                let compared = self.matrix.compare(&self.comparisons, left, right, scratch);
                (self.model.weigh(compared), left, right)
            });
            let heaviest = weighed.min_by_key(|&(weight, left, right)| (-weight, left, right));
            let (weight, left, right) = heaviest.expect("two parts have pairs");
            PotentialMatch { weight, left, right, held: Some(reason) }
        });
        held.collect()
    }

    /// What in a cluster contradicts itself, with enough records on each side.
    fn clashing(&self, members: &[RecordNo], scratch: &mut Scratch) -> Vec<Apart> {
        let mut apart = Vec::new();
        for single in self.holding() {
            let reason = HoldReason::Conflict(single.attribute);
            for clash in self.clashes(single, members, scratch) {
                if clash.confirmed_by() >= self.model.gate.confirmed_by {
                    apart.push(Apart { left: clash.left, right: clash.right, reason });
                }
            }
        }
        apart
    }

    fn holding(&self) -> impl Iterator<Item = &SingleValued> {
        self.single_valued.iter().filter(|single| single.holds)
    }

    /// The joins of customers of before that must be held: both were large, or they contradict each
    /// other.
    fn joined(&self, members: &[RecordNo], former: &Former, scratch: &mut Scratch) -> Vec<Hold> {
        let mut customers: Vec<(u64, Vec<RecordNo>)> = Vec::new();
        for &record in members {
            let Some(customer) = (former.customer_of)(record) else { continue };
            match customers.iter_mut().find(|(known, _)| *known == customer) {
                Some((_, records)) => records.push(record),
                None => customers.push((customer, vec![record])),
            }
        }
        let mut holds = Vec::new();
        for (at, (_, left)) in customers.iter().enumerate() {
            for (_, right) in &customers[at + 1..] {
                let reason = self.reason_to_hold(left, right, scratch);
                holds.extend(reason.map(|reason| Hold {
                    left: left.clone(),
                    right: right.clone(),
                    reason,
                }));
            }
        }
        holds
    }

    fn reason_to_hold(
        &self,
        left: &[RecordNo],
        right: &[RecordNo],
        scratch: &mut Scratch,
    ) -> Option<HoldReason> {
        let contradicts =
            self.holding().find(|single| self.contradicts(single, left, right, scratch));
        let large = self.model.gate.large as usize;
        let are_large = large > 0 && left.len().min(right.len()) >= large;
        match contradicts {
            Some(single) => Some(HoldReason::Conflict(single.attribute)),
            None => are_large.then_some(HoldReason::Large),
        }
    }

    /// Whether all values of one customer contradict all of the other.
    fn contradicts(
        &self,
        single: &SingleValued,
        left: &[RecordNo],
        right: &[RecordNo],
        scratch: &mut Scratch,
    ) -> bool {
        let [left, right] = [left, right].map(|side| self.saying(single, side));
        !left.is_empty()
            && !right.is_empty()
            && pairs(&left, &right).all(|(a, b)| self.contradict(single, a, b, scratch))
    }
}

impl Candidate<'_> {
    /// Whether a steward joined two records of two sides.
    fn is_decided(&self, left: &[RecordNo], right: &[RecordNo]) -> bool {
        let groups = self.same.chunk_by(|(one, _), (next, _)| one == next);
        groups.into_iter().any(|group| {
            let is_in = |record: &RecordNo| {
                group[0].0 == *record || group.iter().any(|(_, other)| other == record)
            };
            left.iter().any(is_in) && right.iter().any(is_in)
        })
    }
}

/// The holds of before, by their records.
struct KnownHolds<'h> {
    holds: &'h [Hold],
    /// Per record the numbers of the holds that it is on the left of.
    of_record: FxHashMap<RecordNo, Vec<usize>>,
}

impl KnownHolds<'_> {
    fn of(holds: &[Hold]) -> KnownHolds<'_> {
        let mut of_record: FxHashMap<RecordNo, Vec<usize>> = FxHashMap::default();
        for (number, hold) in holds.iter().enumerate() {
            hold.left.iter().for_each(|&record| of_record.entry(record).or_default().push(number));
        }
        KnownHolds { holds, of_record }
    }

    /// Whether any of these records is in a hold.
    fn touch(&self, members: &[RecordNo]) -> bool {
        !self.holds.is_empty() && members.iter().any(|record| self.of_record.contains_key(record))
    }

    /// The holds of which both sides have records in a cluster, in their order.
    fn within(&self, members: &[RecordNo]) -> Vec<Hold> {
        let numbers = members.iter().filter_map(|record| self.of_record.get(record)).flatten();
        let mut numbers: Vec<usize> = numbers.copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.iter().filter_map(|&number| within(&self.holds[number], members)).collect()
    }
}

/// Per suspect cluster the links between its records.
fn links_within(
    suspects: &[u32],
    partition: &Partition,
    edges: &[Edge],
    link: Weight,
) -> FxHashMap<u32, Vec<Edge>> {
    let mut links: FxHashMap<u32, Vec<Edge>> =
        suspects.iter().map(|&cluster| (cluster, Vec::new())).collect();
    for edge in edges.iter().filter(|edge| edge.weight >= link) {
        let cluster = partition.cluster_of(edge.left);
        if cluster == partition.cluster_of(edge.right)
            && let Some(links) = links.get_mut(&cluster)
        {
            links.push(*edge);
        }
    }
    links
}

/// The part of a hold that lies within a cluster, if both of its sides do.
fn within(hold: &Hold, members: &[RecordNo]) -> Option<Hold> {
    let side = |records: &[RecordNo]| -> Vec<RecordNo> {
        let is_member = |record: &RecordNo| members.binary_search(record).is_ok();
        records.iter().copied().filter(is_member).collect()
    };
    let (left, right) = (side(&hold.left), side(&hold.right));
    let are_there = !left.is_empty() && !right.is_empty();
    are_there.then_some(Hold { left, right, reason: hold.reason })
}

fn parts(members: &[RecordNo], firsts: &[u32]) -> Vec<Vec<RecordNo>> {
    let mut parts: Vec<Vec<RecordNo>> = vec![Vec::new(); members.len()];
    for (&member, &first) in members.iter().zip(firsts) {
        parts[first as usize].push(member);
    }
    parts.retain(|part| part.len() > 1);
    parts
}

fn pairs<'r>(
    left: &'r [RecordNo],
    right: &'r [RecordNo],
) -> impl Iterator<Item = (RecordNo, RecordNo)> + 'r {
    left.iter().flat_map(move |&left| right.iter().map(move |&right| (left, right)))
}

fn meets(side: &[RecordNo], other: &[RecordNo]) -> bool {
    side.iter().any(|record| other.contains(record))
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeId, AttributeSet};
    use karat_model::decision::{Decision, DecisionNo, Identity, Ruling, Standing};
    use karat_model::evidence::Verdict;
    use karat_model::match_settings::{FixedWeights, GateSettings, MatchSettings};
    use karat_model::record::Moment;

    use super::*;
    use crate::matching::progress::Unwatched;
    use crate::matching::tests::{people, population};
    use crate::matching::{Candidates, Matched, Matcher};

    /// Strangers to learn from come first.
    const FIRST: RecordNo = 600;

    const BIRTH_DATE: HoldReason = HoldReason::Conflict(AttributeId::BIRTH_DATE);

    /// Persons of one name and address, with these dates of birth.
    struct Namesakes {
        dates: Vec<&'static str>,
        gate: GateSettings,
        /// Records that a steward decided about, and what.
        decided: Vec<(Vec<RecordNo>, Verdict, Vec<RecordNo>)>,
        /// Records that a steward locked.
        locked: Vec<RecordNo>,
        /// Which customer each was in before; 0 for none.
        customers: Vec<u64>,
        holds: Vec<Hold>,
    }

    impl Namesakes {
        fn born(dates: &[&'static str]) -> Namesakes {
            Namesakes {
                dates: dates.to_vec(),
                gate: GateSettings::standard(),
                decided: Vec::new(),
                locked: Vec::new(),
                customers: vec![0; dates.len()],
                holds: Vec::new(),
            }
        }

        fn were(mut self, customers: &[u64]) -> Namesakes {
            self.customers = customers.to_vec();
            self
        }

        /// What matching makes of them; without the gate they would be one customer.
        fn matched(&self) -> Matched {
            let mut rows = population();
            let namesakes = self.dates.iter();
            rows.extend(
                namesakes.map(|date| format!("Yara||Zijlstra||{date}|yz@post.example|Breda")),
            );
            let table = people(rows.iter().map(String::as_str));
            let attributes = AttributeSet::builtin();
            let different = vec![("different".to_string(), 0.0)];
            let weights = vec![FixedWeights { comparison: "birth_date".into(), levels: different }];
            let settings =
                MatchSettings { weights, gate: self.gate.clone(), ..MatchSettings::standard() };
            let mut matcher =
                Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched)
                    .unwrap();
            let keys = |places: &[RecordNo]| {
                places.iter().map(|place| table.key(FIRST + place)).collect::<Vec<_>>()
            };
            let identity = |(left, verdict, right): &(Vec<RecordNo>, Verdict, Vec<RecordNo>)| {
                let (left, right) = (keys(left), keys(right));
                Ruling::Identity(Identity { left, right, verdict: *verdict })
            };
            let rulings = std::iter::once(Ruling::Lock(keys(&self.locked)))
                .chain(self.decided.iter().map(identity));
            let (steward, at) = ("eva".to_string(), Moment(0));
            let decision = |(no, ruling)| {
                let (no, steward) = (DecisionNo(no), steward.clone());
                Decision { no, ruling, steward, at, reason: String::new() }
            };
            let decisions: Vec<Decision> = (1..).zip(rulings).map(decision).collect();
            let decided = Standing::of(&decisions);
            assert_eq!(decided.overruled, []);
            let customer_of = |record: RecordNo| {
                let at = record.checked_sub(FIRST)? as usize;
                Some(self.customers[at]).filter(|customer| *customer != 0)
            };
            let former = Former { customer_of: &customer_of, holds: &self.holds };
            matcher.partition_after(&decided, &former).unwrap()
        }

        /// Checks the customers, by the places of their records, and why joins are held.
        fn check(&self, customers: &[&[RecordNo]], held: &[HoldReason]) -> Matched {
            let matched = self.matched();
            let found: Vec<Vec<RecordNo>> = matched
                .partition
                .clusters()
                .filter(|members| members[0] >= FIRST)
                .map(|members| members.iter().map(|record| record - FIRST).collect())
                .collect();
            assert_eq!(found, customers);
            let reasons: Vec<HoldReason> =
                matched.potential.iter().filter_map(|pair| pair.held).collect();
            assert_eq!(reasons, held);
            matched
        }
    }

    const FATHER: &str = "1951-03-12";
    const SON: &str = "1984-11-30";

    #[test]
    fn two_confirmed_dates_of_birth_are_two_customers() {
        let matched =
            Namesakes::born(&[FATHER, FATHER, SON, SON]).check(&[&[0, 1], &[2, 3]], &[BIRTH_DATE]);
        let pair = matched.potential.iter().find(|pair| pair.held.is_some()).unwrap();
        assert!(pair.left < FIRST + 2 && pair.right >= FIRST + 2, "it stands for both sides");
        assert!(matched.holds.is_empty(), "it follows from the records alone");
    }

    #[test]
    fn a_date_that_one_record_says_holds_nothing() {
        Namesakes::born(&[FATHER, FATHER, SON]).check(&[&[0, 1, 2]], &[]);
        let mut strict = Namesakes::born(&[FATHER, FATHER, SON]);
        strict.gate.confirmed_by = 1;
        strict.check(&[&[0, 1], &[2]], &[BIRTH_DATE]);
    }

    #[test]
    fn a_date_that_may_be_a_slip_holds_nothing() {
        // A digit of the year, and the month; a digit of the day.
        Namesakes::born(&[FATHER, FATHER, "1961-07-12", "1961-07-12"]).check(&[&[0, 1, 2, 3]], &[]);
        Namesakes::born(&[FATHER, FATHER, "1951-03-17", "1951-03-17"]).check(&[&[0, 1, 2, 3]], &[]);
        // Two slips of one date contradict each other, but neither is meant.
        let slips = ["1951-03-12", "1951-03-12", "1951-03-12", "1841-03-12", "1951-12-03"];
        Namesakes::born(&slips).check(&[&[0, 1, 2, 3, 4]], &[]);
    }

    #[test]
    fn a_stewards_same_opens_the_gate() {
        for pair in [(0, 2), (1, 3)] {
            let mut namesakes = Namesakes::born(&[FATHER, FATHER, SON, SON]);
            namesakes.decided = vec![(vec![pair.0], Verdict::Same, vec![pair.1])];
            namesakes.check(&[&[0, 1, 2, 3]], &[]);
        }
        // Two of one side, and the gate stays shut.
        let mut namesakes = Namesakes::born(&[FATHER, FATHER, SON, SON]);
        namesakes.decided = vec![(vec![0], Verdict::Same, vec![1])];
        namesakes.check(&[&[0, 1], &[2, 3]], &[BIRTH_DATE]);
    }

    #[test]
    fn a_stewards_same_of_many_opens_the_gate_between_any_two_of_them() {
        let ten = [FATHER; 11];
        let mut large = Namesakes::born(&ten).were(&[1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0]);
        // The first of the three was in neither.
        large.decided = vec![(vec![10], Verdict::Same, vec![4, 9])];
        let matched = large.check(&[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], &[]);
        assert!(matched.holds.is_empty());
    }

    #[test]
    fn a_record_that_is_moved_does_not_open_the_gate_for_those_it_leaves() {
        let ten = [FATHER; 10];
        let mut large = Namesakes::born(&ten).were(&[1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
        large.holds = large.matched().holds;
        large.decided = vec![
            (vec![0], Verdict::Same, vec![5, 6, 7, 8, 9]),
            (vec![0], Verdict::Different, vec![1, 2, 3, 4]),
        ];
        let matched = large.check(&[&[0, 5, 6, 7, 8, 9], &[1, 2, 3, 4]], &[]);
        let is_theirs = |pair: &&PotentialMatch| pair.left >= FIRST;
        let potential: Vec<_> = matched.potential.iter().filter(is_theirs).collect();
        assert!(potential.iter().all(|pair| pair.left != FIRST), "0 is decided: {potential:?}");
    }

    #[test]
    fn the_gate_leaves_a_locked_customer_alone() {
        let mut locked = Namesakes::born(&[FATHER, FATHER, SON, SON, FATHER, SON]);
        locked.locked = vec![0, 1, 2, 3];
        let matched = locked.check(&[&[0, 1, 2, 3], &[4, 5]], &[]);
        let touches = |pair: &&PotentialMatch| pair.left >= FIRST && pair.left < FIRST + 4;
        assert_eq!(matched.potential.iter().find(touches), None, "it is not to be looked at");
        // Near miss: those put together without a lock take the others in.
        let mut joined = Namesakes::born(&[FATHER, FATHER, SON, SON, FATHER, SON]);
        joined.decided = vec![(vec![0, 1], Verdict::Same, vec![2, 3])];
        joined.check(&[&[0, 1, 2, 3, 4, 5]], &[]);
    }

    #[test]
    fn what_is_decided_to_be_apart_is_no_potential_match() {
        for verdict in [Verdict::Different, Verdict::Related] {
            let mut apart = Namesakes::born(&[FATHER, FATHER, SON, SON]);
            apart.decided = vec![(vec![0, 1], verdict, vec![2, 3])];
            let matched = apart.check(&[&[0, 1], &[2, 3]], &[]);
            assert!(matched.potential.iter().all(|pair| pair.left < FIRST));
        }
        // Left open, the two stay what they are, and stay on the list.
        let mut open = Namesakes::born(&[FATHER, FATHER, SON, SON]);
        open.decided = vec![(vec![0, 1], Verdict::Unsure, vec![2, 3])];
        open.check(&[&[0, 1], &[2, 3]], &[BIRTH_DATE]);
    }

    #[test]
    fn a_gate_that_is_off_holds_nothing() {
        let mut namesakes = Namesakes::born(&[FATHER, FATHER, SON, SON]).were(&[1, 1, 2, 2]);
        namesakes.gate = GateSettings::off();
        assert!(namesakes.check(&[&[0, 1, 2, 3]], &[]).holds.is_empty());
    }

    #[test]
    fn two_large_customers_are_not_joined() {
        let ten = [FATHER; 11];
        let large = Namesakes::born(&ten).were(&[1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0]);
        let matched = large.matched();
        assert_ne!(matched.partition.cluster_of(FIRST), matched.partition.cluster_of(FIRST + 9));
        let [hold] = &matched.holds[..] else { panic!("{:?}", matched.holds) };
        assert_eq!((hold.left.len(), hold.right.len(), hold.reason), (5, 5, HoldReason::Large));
        // Near miss: one of them has four records, and a fifth that is new.
        let small = Namesakes::born(&ten).were(&[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 0]);
        small.check(&[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], &[]);
    }

    #[test]
    fn a_hold_is_data_so_that_the_same_holds_give_the_same_customers() {
        let ten = [FATHER; 11];
        let mut namesakes = Namesakes::born(&ten).were(&[1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0]);
        let first = namesakes.matched();
        namesakes.holds = first.holds.clone();
        let again = namesakes.matched();
        assert_eq!((&again.partition, &again.holds), (&first.partition, &first.holds));
        assert_eq!(again.potential, first.potential);
        // Loaded into an empty hub, with what was held.
        let afresh = Namesakes { customers: vec![0; 11], ..namesakes };
        assert_eq!(afresh.matched().partition, first.partition);
        let decided = vec![(vec![4], Verdict::Same, vec![5])];
        let opened = Namesakes { decided, ..afresh };
        opened.check(&[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], &[]);
    }

    #[test]
    fn former_customers_that_contradict_each_other_are_not_joined() {
        let namesakes = Namesakes::born(&[FATHER, SON, ""]).were(&[1, 2, 0]);
        let matched = namesakes.matched();
        assert_ne!(matched.partition.cluster_of(FIRST), matched.partition.cluster_of(FIRST + 1));
        assert_eq!(matched.holds[0].reason, BIRTH_DATE);
        // Near misses: a slip; one that agrees in one of its records; and both new.
        let slip = Namesakes::born(&[FATHER, "1961-03-12", ""]).were(&[1, 2, 0]);
        slip.check(&[&[0, 1, 2]], &[]);
        let agrees = Namesakes::born(&[FATHER, SON, FATHER]).were(&[1, 2, 2]);
        agrees.check(&[&[0, 1, 2]], &[]);
        Namesakes::born(&[FATHER, SON, ""]).were(&[1, 0, 0]).check(&[&[0, 1, 2]], &[]);
    }
}
