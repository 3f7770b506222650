//! Clusters under contraction: the two that attract each other most become one, again and again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

/// Clusters of the records of a component, with the summed votes between each two of them.
pub(super) struct Contraction {
    /// Per cluster its neighbours; empty once it was joined to another.
    neighbours: Vec<FxHashMap<u32, i64>>,
    forbidden: Vec<Vec<u32>>,
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
            forbidden: vec![Vec::new(); records],
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

    /// Keeps two records in two clusters.
    pub fn forbid(&mut self, left: u32, right: u32) {
        self.forbidden[left as usize].push(right);
        self.forbidden[right as usize].push(left);
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
        // Both know of it, so that the shorter list is enough.
        let (one, other) = match (&self.forbidden[left as usize], &self.forbidden[right as usize]) {
            (of_left, of_right) if of_left.len() <= of_right.len() => (of_left, right),
            (_, of_right) => (of_right, left),
        };
        !one.iter().any(|&record| self.find(record) == other)
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
        let forbidden = std::mem::take(&mut self.forbidden[right as usize]);
        self.forbidden[left as usize].extend(forbidden);
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
