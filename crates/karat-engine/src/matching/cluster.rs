//! Clusters records that are linked, without chaining.
//!
//! Records that pairs above the link threshold connect form a component. Within a component all
//! pairs vote, also those that speak against: clusters are joined greedily, the pair with the
//! highest sum of votes first, as long as that sum is positive (greedy additive edge
//! contraction). A steward's *same* joins first; a steward's *different* is never joined.
//!
//! Source: Keuper et al., Efficient Decomposition of Image and Mesh Graphs by Lifted Multicuts,
//! ICCV 2015 (greedy additive edge contraction for correlation clustering).

use karat_model::evidence::Weight;
use karat_model::partition::Partition;
use karat_model::table::RecordNo;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A pair with its total weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The record with the smaller number.
    pub left: RecordNo,
    /// The record with the larger number.
    pub right: RecordNo,
    /// The total weight, prior included.
    pub weight: Weight,
}

/// What stewards decided about pairs of records.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// Pairs that are the same customer.
    pub same: Vec<(RecordNo, RecordNo)>,
    /// Pairs that are different customers.
    pub different: Vec<(RecordNo, RecordNo)>,
}

/// In a component up to this size all pairs vote; in a larger one unseen pairs count for −½ bit.
const WEIGHED_MAX: usize = 200;
const UNSEEN: Weight = Weight(-128);
/// One pair alone never outweighs more than this.
const WEIGHT_MAX: Weight = Weight(8 * 256);

/// Divides records into clusters. `vote` tells how strongly any pair speaks for or against one
/// cluster, with the scratch space that `scratch` makes once per task.
///
/// `edges` holds each candidate pair once, in order; those below the threshold are ignored.
pub fn cluster<S>(
    records: usize,
    edges: &[Edge],
    threshold: Weight,
    constraints: &Constraints,
    scratch: impl Fn() -> S + Sync + Send,
    vote: impl Fn(&mut S, RecordNo, RecordNo) -> Weight + Sync + Send,
) -> Partition {
    let mut links = UnionFind::new(records);
    for edge in edges.iter().filter(|edge| edge.weight >= threshold) {
        links.join(edge.left, edge.right);
    }
    for &(left, right) in &constraints.same {
        links.join(left, right);
    }
    let components = Partition::from_labels(&links.labels());
    let by_component = edges_by_component(edges, &components);
    let parts: Vec<(&[RecordNo], Vec<u32>)> = (0..components.len() as u32)
        .into_par_iter()
        .filter(|&component| components.members(component).len() > 1)
        .map_init(&scratch, |scratch, component| {
            let members = components.members(component);
            let edges = by_component.get(&component).map_or(&[][..], Vec::as_slice);
            let vote = &mut |left, right| vote(scratch, left, right);
            (members, divide(members, edges, threshold, constraints, vote))
        })
        .collect();
    // Each record starts with its own label; members of a cluster take that of its first record.
    let mut labels: Vec<u32> = (0..records as u32).collect();
    for (members, firsts) in parts {
        for (&member, first) in members.iter().zip(firsts) {
            labels[member as usize] = members[first as usize];
        }
    }
    Partition::from_labels(&labels)
}

fn edges_by_component(edges: &[Edge], components: &Partition) -> FxHashMap<u32, Vec<Edge>> {
    let mut found: FxHashMap<u32, Vec<Edge>> = FxHashMap::default();
    for &edge in edges {
        let component = components.cluster_of(edge.left);
        if component == components.cluster_of(edge.right) {
            found.entry(component).or_default().push(edge);
        }
    }
    found
}

/// Divides one component; gives per member the place of the first member of its cluster.
fn divide(
    members: &[RecordNo],
    edges: &[Edge],
    threshold: Weight,
    constraints: &Constraints,
    vote: &mut dyn FnMut(RecordNo, RecordNo) -> Weight,
) -> Vec<u32> {
    let place = |record: RecordNo| members.binary_search(&record).ok().map(|at| at as u32);
    let clamped = |vote: Weight| vote.clamp(-WEIGHT_MAX, WEIGHT_MAX).0;
    let mut graph = Graph::new(members.len());
    let decided = |pairs: &[(RecordNo, RecordNo)]| -> Vec<(u32, u32)> {
        pairs.iter().filter_map(|&(a, b)| Some((place(a)?, place(b)?))).collect()
    };
    let (same, different) = (decided(&constraints.same), decided(&constraints.different));
    if members.len() == 2 && different.is_empty() {
        return vec![0, 0];
    }
    if members.len() <= WEIGHED_MAX {
        for (at, &left) in members.iter().enumerate() {
            for (other, &right) in members.iter().enumerate().skip(at + 1) {
                graph.add(at as u32, other as u32, clamped(vote(left, right)));
            }
        }
    } else {
        for edge in edges.iter().filter(|edge| edge.weight >= threshold) {
            let ends = place(edge.left).zip(place(edge.right));
            let (left, right) = ends.expect("both ends of an edge lie in its component");
            graph.add(left, right, clamped(vote(edge.left, edge.right)) - UNSEEN.0);
        }
        graph.unseen = UNSEEN.0;
    }
    for (left, right) in different {
        graph.forbid(left, right);
    }
    for (left, right) in same {
        graph.contract_roots(left, right);
    }
    graph.contract_all();
    graph.firsts()
}

/// Clusters under contraction, with the summed weight between each two that are connected.
struct Graph {
    /// Per cluster its neighbours; empty once it was joined to another.
    neighbours: Vec<FxHashMap<u32, i32>>,
    forbidden: Vec<Vec<u32>>,
    size: Vec<i32>,
    root: Vec<u32>,
    /// What a pair weighs that has no edge; edges hold what they weigh more.
    unseen: i32,
    heap: std::collections::BinaryHeap<Candidate>,
}

/// Two clusters that could be joined: the heaviest first, then those with the first records.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    weight: i32,
    left: std::cmp::Reverse<u32>,
    right: std::cmp::Reverse<u32>,
}

impl Graph {
    fn new(nodes: usize) -> Graph {
        Graph {
            neighbours: vec![FxHashMap::default(); nodes],
            forbidden: vec![Vec::new(); nodes],
            size: vec![1; nodes],
            root: (0..nodes as u32).collect(),
            unseen: 0,
            heap: std::collections::BinaryHeap::new(),
        }
    }

    fn add(&mut self, left: u32, right: u32, weight: i32) {
        *self.neighbours[left as usize].entry(right).or_default() += weight;
        *self.neighbours[right as usize].entry(left).or_default() += weight;
    }

    fn forbid(&mut self, left: u32, right: u32) {
        self.forbidden[left as usize].push(right);
        self.forbidden[right as usize].push(left);
    }

    fn find(&self, mut node: u32) -> u32 {
        while self.root[node as usize] != node {
            node = self.root[node as usize];
        }
        node
    }

    fn weight(&self, left: u32, right: u32) -> i32 {
        let seen = self.neighbours[left as usize].get(&right).copied().unwrap_or(0);
        seen + self.unseen * self.size[left as usize] * self.size[right as usize]
    }

    fn may_join(&self, left: u32, right: u32) -> bool {
        let forbidden = &self.forbidden[left as usize];
        !forbidden.iter().any(|&node| self.find(node) == right)
    }

    fn offer(&mut self, a: u32, b: u32) {
        let (left, right) = (a.min(b), a.max(b));
        let weight = self.weight(left, right);
        if weight > 0 {
            use std::cmp::Reverse;
            self.heap.push(Candidate { weight, left: Reverse(left), right: Reverse(right) });
        }
    }

    fn contract_roots(&mut self, left: u32, right: u32) {
        let (left, right) = (self.find(left), self.find(right));
        if left != right {
            self.contract(left.min(right), left.max(right));
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
        for (neighbour, weight) in moved {
            if neighbour != left {
                self.neighbours[neighbour as usize].remove(&right);
                self.add(left, neighbour, weight);
            }
        }
        let neighbours: Vec<u32> = self.neighbours[left as usize].keys().copied().collect();
        for neighbour in neighbours {
            self.offer(left, neighbour);
        }
    }

    fn contract_all(&mut self) {
        for left in 0..self.neighbours.len() as u32 {
            let right: Vec<u32> =
                self.neighbours[left as usize].keys().copied().filter(|&r| r > left).collect();
            for right in right {
                self.offer(left, right);
            }
        }
        while let Some(Candidate { weight, left, right }) = self.heap.pop() {
            let (left, right) = (left.0, right.0);
            let both_stand = self.root[left as usize] == left && self.root[right as usize] == right;
            let is_current = both_stand && self.weight(left, right) == weight;
            if is_current && self.may_join(left, right) {
                self.contract(left, right);
            }
        }
    }

    fn firsts(&self) -> Vec<u32> {
        (0..self.root.len() as u32).map(|node| self.find(node)).collect()
    }
}

/// Disjoint sets of records; the root of a set is its smallest record.
pub(super) struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    pub fn new(records: usize) -> UnionFind {
        UnionFind { parent: (0..records as u32).collect() }
    }

    pub fn find(&mut self, mut record: u32) -> u32 {
        while self.parent[record as usize] != record {
            let above = self.parent[self.parent[record as usize] as usize];
            self.parent[record as usize] = above;
            record = above;
        }
        record
    }

    pub fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.find(left), self.find(right));
        self.parent[left.max(right) as usize] = left.min(right);
    }

    pub fn labels(&mut self) -> Vec<u32> {
        (0..self.parent.len() as u32).map(|record| self.find(record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records 0 to 9; pairs that are not listed speak against with 4 bits.
    fn check(pairs: &[(u32, u32, f64)], constraints: Constraints, expected: &[&[u32]]) {
        let edges: Vec<Edge> = pairs
            .iter()
            .map(|&(left, right, bits)| Edge { left, right, weight: Weight::from_bits(bits) })
            .collect();
        let vote = |_: &mut (), left, right| {
            let found = edges.iter().find(|edge| (edge.left, edge.right) == (left, right));
            // A pair exactly on the threshold is linked, so it speaks for the link, if only just.
            found.map_or(Weight::from_bits(-4.0), |edge| edge.weight + Weight(1))
        };
        let records = 10;
        let partition = cluster(records, &edges, Weight::ZERO, &constraints, || (), vote);
        let clusters: Vec<&[u32]> = partition.clusters().filter(|c| c.len() > 1).collect();
        assert_eq!(clusters, expected);
    }

    #[test]
    fn pairs_and_cliques_are_clusters() {
        check(
            &[(0, 1, 3.0), (2, 3, 5.0), (2, 4, 5.0), (3, 4, 1.0)],
            Constraints::default(),
            &[&[0, 1], &[2, 3, 4]],
        );
    }

    #[test]
    fn pairs_exactly_on_the_threshold_are_linked() {
        // Three equal records weighed just the threshold, and were left apart.
        let pairs = [(0, 1, 0.0), (0, 2, 0.0), (1, 2, 0.0)];
        check(&pairs, Constraints::default(), &[&[0, 1, 2]]);
    }

    #[test]
    fn a_weak_bridge_does_not_chain() {
        let pairs = [(0, 1, 8.0), (2, 3, 8.0), (1, 2, 2.0)];
        check(&pairs, Constraints::default(), &[&[0, 1], &[2, 3]]);
    }

    #[test]
    fn decisions_outrank_weights() {
        let same = Constraints { same: vec![(0, 5)], ..Constraints::default() };
        check(&[(0, 1, 5.0)], same.clone(), &[&[0, 1, 5]]);
        check(&[(0, 1, 3.0)], same, &[&[0, 5]]);
        let different = Constraints { different: vec![(0, 1)], ..Constraints::default() };
        check(&[(0, 1, 9.0)], different.clone(), &[]);
        check(&[(0, 1, 9.0), (0, 2, 5.0), (1, 2, 4.0)], different, &[&[0, 2]]);
    }
}
