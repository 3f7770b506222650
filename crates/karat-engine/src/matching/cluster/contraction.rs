//! Clusters under contraction: the two that attract each other most become one, again and again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::constraints::Side;

/// Clusters of the records of a component, with the summed votes between each two of them.
pub(super) struct Contraction {
    /// Per cluster its neighbours; empty once it was joined to another.
    neighbours: Vec<FxHashMap<u32, i64>>,
    /// Per cluster the sides that its records are on, in order.
    sides: Vec<Vec<Side>>,
    size: Vec<i64>,
    root: Vec<u32>,
    /// What a pair votes that was not seen; a pair that was is told by how much it votes more.
    unseen: i64,
    heap: BinaryHeap<Candidate>,
}

/// Two clusters that could be joined: the heaviest first, then those with the first records.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    votes: i64,
    left: Reverse<u32>,
    right: Reverse<u32>,
}

impl Contraction {
    /// Each record a cluster of its own.
    pub fn new(records: usize, unseen: i64) -> Contraction {
        Contraction {
            neighbours: vec![FxHashMap::default(); records],
            sides: vec![Vec::new(); records],
            size: vec![1; records],
            root: (0..records as u32).collect(),
            unseen,
            heap: BinaryHeap::new(),
        }
    }

    /// Adds what a pair votes more than an unseen one.
    pub fn add(&mut self, left: u32, right: u32, votes: i64) {
        *self.neighbours[left as usize].entry(right).or_default() += votes;
        *self.neighbours[right as usize].entry(left).or_default() += votes;
    }

    /// Puts a record on a side: it never joins those on the opposite one.
    pub fn put_on(&mut self, record: u32, side: Side) {
        insert(&mut self.sides[record as usize], side);
    }

    /// Joins the clusters of two records, whatever the votes.
    pub fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.find(left), self.find(right));
        if left != right {
            self.contract(left.min(right), left.max(right));
        }
    }

    /// Joins clusters greedily as long as the sum of their votes is positive.
    pub fn contract_all(&mut self) {
        for left in 0..self.neighbours.len() as u32 {
            let right: Vec<u32> =
                self.neighbours[left as usize].keys().copied().filter(|&r| r > left).collect();
            for right in right {
                self.offer(left, right);
            }
        }
        while let Some(Candidate { votes, left, right }) = self.heap.pop() {
            let (left, right) = (left.0, right.0);
            let both_stand = self.root[left as usize] == left && self.root[right as usize] == right;
            if !both_stand {
                continue;
            }
            let current = self.votes(left, right);
            if current < votes {
                // A cluster grew, and with it the pairs that were not seen.
                self.offer(left, right);
            } else if current == votes && self.may_join(left, right) {
                self.contract(left, right);
            }
        }
    }

    /// Per record the first one of its cluster.
    pub fn firsts(&self) -> Vec<u32> {
        (0..self.root.len() as u32).map(|record| self.find(record)).collect()
    }

    fn find(&self, mut record: u32) -> u32 {
        while self.root[record as usize] != record {
            record = self.root[record as usize];
        }
        record
    }

    fn votes(&self, left: u32, right: u32) -> i64 {
        let seen = self.neighbours[left as usize].get(&right).copied().unwrap_or(0);
        seen + self.unseen * self.size[left as usize] * self.size[right as usize]
    }

    fn may_join(&self, left: u32, right: u32) -> bool {
        let mut two = [&self.sides[left as usize], &self.sides[right as usize]];
        two.sort_unstable_by_key(|sides| sides.len());
        let [few, many] = two;
        !few.iter().any(|side| many.binary_search(&side.opposite()).is_ok())
    }

    fn offer(&mut self, a: u32, b: u32) {
        let (left, right) = (a.min(b), a.max(b));
        let votes = self.votes(left, right);
        if votes > 0 {
            self.heap.push(Candidate { votes, left: Reverse(left), right: Reverse(right) });
        }
    }

    /// Joins the right cluster to the left one, which has the first record of both.
    fn contract(&mut self, left: u32, right: u32) {
        self.root[right as usize] = left;
        self.size[left as usize] += self.size[right as usize];
        let moved = std::mem::take(&mut self.neighbours[right as usize]);
        let sides = std::mem::take(&mut self.sides[right as usize]);
        sides.into_iter().for_each(|side| insert(&mut self.sides[left as usize], side));
        self.neighbours[left as usize].remove(&right);
        for (neighbour, votes) in moved {
            if neighbour != left {
                self.neighbours[neighbour as usize].remove(&right);
                self.add(left, neighbour, votes);
                self.offer(left, neighbour);
            }
        }
    }
}

/// Adds a side to some that are in order, unless it is there.
fn insert(sides: &mut Vec<Side>, side: Side) {
    if let Err(at) = sides.binary_search(&side) {
        sides.insert(at, side);
    }
}
