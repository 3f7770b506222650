//! A cluster as a graph: what holds its records together, and where it would break.

use karat_model::evidence::Weight;
use karat_model::partition::{Cut, Edge};
use karat_model::table::RecordNo;

/// The records of a cluster with the weights of all their pairs.
#[derive(Clone, Debug)]
pub struct ClusterGraph {
    members: Vec<RecordNo>,
    /// The weights of a matrix that is the same on both sides of its diagonal.
    weights: Vec<Weight>,
    link_threshold: Weight,
}

impl ClusterGraph {
    /// The most records that are looked at: of a larger cluster the first ones.
    pub const MEMBERS_MAX: usize = 200;

    /// Weighs all pairs of the records.
    pub fn new(
        members: &[RecordNo],
        link_threshold: Weight,
        mut weigh: impl FnMut(RecordNo, RecordNo) -> Weight,
    ) -> ClusterGraph {
        let members = members[..members.len().min(ClusterGraph::MEMBERS_MAX)].to_vec();
        let mut weights = vec![Weight::ZERO; members.len() * members.len()];
        for (at, &left) in members.iter().enumerate() {
            for (other, &right) in members.iter().enumerate().skip(at + 1) {
                let weight = weigh(left, right);
                weights[at * members.len() + other] = weight;
                weights[other * members.len() + at] = weight;
            }
        }
        ClusterGraph { members, weights, link_threshold }
    }

    /// The records.
    pub fn members(&self) -> &[RecordNo] {
        &self.members
    }

    /// What two of the records weigh together.
    pub fn weight_of(&self, left: RecordNo, right: RecordNo) -> Weight {
        let places = self.place(left).zip(self.place(right));
        places.map_or(Weight::ZERO, |(left, right)| self.weight(left, right))
    }

    fn place(&self, record: RecordNo) -> Option<usize> {
        self.members.iter().position(|&member| member == record)
    }

    fn weight(&self, left: usize, right: usize) -> Weight {
        self.weights[left * self.members.len() + right]
    }

    fn is_link(&self, left: usize, right: usize) -> bool {
        left != right && self.weight(left, right) >= self.link_threshold
    }

    fn link(&self, left: usize, right: usize) -> Edge {
        let (left, right) = (left.min(right), left.max(right));
        let weight = self.weight(left, right);
        Edge { left: self.members[left], right: self.members[right], weight }
    }

    /// How many pairs are linked.
    pub fn links(&self) -> usize {
        let count = self.members.len();
        let of = |left: usize| (left + 1..count).filter(|&right| self.is_link(left, right)).count();
        (0..count).map(of).sum()
    }

    /// What holds the records together: the heaviest tree of pairs that connects them, the first
    /// record its root.
    ///
    /// Source: Prim, Shortest Connection Networks and Some Generalizations, Bell System Technical
    /// Journal 36 (1957).
    pub fn heaviest_tree(&self) -> Vec<Edge> {
        let tree = self.parents().into_iter();
        tree.map(|(record, parent)| self.link(record, parent)).collect()
    }

    /// Each record but the first with the one that it joins the tree by, in the order of joining.
    fn parents(&self) -> Vec<(usize, usize)> {
        let mut tree = Vec::new();
        // Per record outside the tree the one inside that it is heaviest with.
        let mut outside: Vec<(usize, usize)> =
            (1..self.members.len()).map(|record| (record, 0)).collect();
        while let Some(at) = (0..outside.len()).min_by_key(|&at| {
            let (record, parent) = outside[at];
            (-self.weight(record, parent), record)
        }) {
            let (joined, parent) = outside.swap_remove(at);
            tree.push((joined, parent));
            for (record, parent) in &mut outside {
                if self.weight(*record, joined) > self.weight(*record, *parent) {
                    *parent = joined;
                }
            }
        }
        tree
    }

    /// The strongest path between two records: no other one has a heavier lightest pair.
    ///
    /// The path within the heaviest tree is such a one (Hu, The Maximum Capacity Route Problem,
    /// Operations Research 9, 1961).
    pub fn strongest_path(&self, from: RecordNo, to: RecordNo) -> Vec<Edge> {
        let Some((from, to)) = self.place(from).zip(self.place(to)) else { return Vec::new() };
        let mut parent: Vec<Option<usize>> = vec![None; self.members.len()];
        for (record, above) in self.parents() {
            parent[record] = Some(above);
        }
        let up = |start: usize| std::iter::successors(Some(start), |&at| parent[at]);
        let ahead: Vec<usize> = up(from).collect();
        let back: Vec<usize> = up(to).take_while(|at| !ahead.contains(at)).collect();
        let turn = back.last().map_or(Some(to), |&last| parent[last]);
        let ahead = ahead.iter().copied().take_while(|&at| Some(at) != turn);
        let path: Vec<usize> = ahead.chain(turn).chain(back.iter().rev().copied()).collect();
        path.windows(2).map(|step| self.link(step[0], step[1])).collect()
    }

    /// The bridges: links without which the linked pairs no longer connect all records they did.
    ///
    /// Source: Tarjan, A Note on Finding the Bridges of a Graph, Information Processing Letters 2
    /// (1974).
    pub fn bridges(&self) -> Vec<Edge> {
        let count = self.members.len();
        let mut bridges = Vec::new();
        // Per record when it was first reached, and the earliest one reached from below it.
        let (mut reached, mut low) = (vec![0; count], vec![0; count]);
        let mut clock = 0;
        for start in 0..count {
            if reached[start] != 0 {
                continue;
            }
            clock += 1;
            (reached[start], low[start]) = (clock, clock);
            // Records on the way, each with its parent and the next neighbour to look at.
            let mut way = vec![(start, start, 0)];
            while let Some((at, parent, next)) = way.last_mut() {
                let (at, parent) = (*at, *parent);
                if let Some(neighbour) = (*next..count).find(|&other| self.is_link(at, other)) {
                    *next = neighbour + 1;
                    if reached[neighbour] == 0 {
                        clock += 1;
                        (reached[neighbour], low[neighbour]) = (clock, clock);
                        way.push((neighbour, at, 0));
                    } else if neighbour != parent {
                        low[at] = low[at].min(reached[neighbour]);
                    }
                    continue;
                }
                way.pop();
                if at != parent {
                    low[parent] = low[parent].min(low[at]);
                    if low[at] > reached[parent] {
                        bridges.push(self.link(parent, at));
                    }
                }
            }
        }
        bridges.sort_unstable_by_key(|link| (link.left, link.right));
        bridges
    }

    /// The weakest cut: the division in two whose links weigh least together above the threshold.
    ///
    /// Source: Stoer and Wagner, A Simple Min-Cut Algorithm, Journal of the ACM 44 (1997).
    pub fn weakest_cut(&self) -> Option<Cut> {
        let count = self.members.len();
        if count < 2 {
            return None;
        }
        // A link exactly on the threshold holds, if only just.
        const JUST: i64 = 1;
        let hold = |left: usize, right: usize| match self.is_link(left, right) {
            true => i64::from((self.weight(left, right) - self.link_threshold).0) + JUST,
            false => 0,
        };
        let mut holds: Vec<i64> =
            (0..count * count).map(|at| hold(at / count, at % count)).collect();
        // Per node the records that were joined in it.
        let mut nodes: Vec<Vec<usize>> = (0..count).map(|record| vec![record]).collect();
        let mut standing: Vec<usize> = (0..count).collect();
        let mut best: Option<(i64, Vec<usize>)> = None;
        while standing.len() > 1 {
            // From the first node on, always the node that holds most to those before it.
            let mut sums: Vec<i64> =
                standing.iter().map(|&at| holds[standing[0] * count + at]).collect();
            let mut order = vec![0];
            let mut is_in = vec![false; standing.len()];
            is_in[0] = true;
            while order.len() < standing.len() {
                let rest = (0..standing.len()).filter(|&at| !is_in[at]);
                let next = rest.max_by_key(|&at| (sums[at], std::cmp::Reverse(at)));
                let next = next.expect("a node is left");
                is_in[next] = true;
                order.push(next);
                for at in (0..standing.len()).filter(|&at| !is_in[at]) {
                    sums[at] += holds[standing[next] * count + standing[at]];
                }
            }
            let [before, last] = [order.len() - 2, order.len() - 1].map(|at| order[at]);
            if best.as_ref().is_none_or(|(weight, _)| sums[last] < *weight) {
                best = Some((sums[last], nodes[standing[last]].clone()));
            }
            let (into, from) = (standing[before], standing[last]);
            let joined = std::mem::take(&mut nodes[from]);
            nodes[into].extend(joined);
            for &at in &standing {
                if at != into {
                    holds[into * count + at] += holds[from * count + at];
                    holds[at * count + into] = holds[into * count + at];
                }
            }
            standing.remove(last);
        }
        best.map(|(_, side)| self.cut(&side))
    }

    /// The cut between some records and the others.
    fn cut(&self, side: &[usize]) -> Cut {
        let is_aside = |at: &usize| side.contains(at);
        let all = || 0..self.members.len();
        let sides = [all().filter(is_aside).collect(), all().filter(|at| !is_aside(at)).collect()];
        let [mut one, mut other]: [Vec<usize>; 2] = sides;
        if other[0] < one[0] {
            std::mem::swap(&mut one, &mut other);
        }
        let pairs = one.iter().flat_map(|&left| other.iter().map(move |&right| (left, right)));
        let linked = pairs.filter(|&(left, right)| self.is_link(left, right));
        let mut links: Vec<Edge> = linked.map(|(left, right)| self.link(left, right)).collect();
        links.sort_unstable_by_key(|link| (-link.weight, link.left, link.right));
        let records = |side: Vec<usize>| side.into_iter().map(|at| self.members[at]).collect();
        let excess = links.iter().map(|link| link.weight - self.link_threshold).sum();
        Cut { left: records(one), right: records(other), links, excess }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The graph of records 10, 11, …; pairs that are not listed weigh −4 bits, the threshold is 0.
    fn graph(records: u32, pairs: &[(u32, u32, f64)]) -> ClusterGraph {
        let members: Vec<RecordNo> = (10..10 + records).collect();
        ClusterGraph::new(&members, Weight::ZERO, |left, right| {
            let found = pairs.iter().find(|(a, b, _)| (a + 10, b + 10) == (left, right));
            Weight::from_bits(found.map_or(-4.0, |(_, _, bits)| *bits))
        })
    }

    fn told(links: &[Edge]) -> String {
        let link = |link: &Edge| format!("{}-{} {}", link.left - 10, link.right - 10, link.weight);
        links.iter().map(link).collect::<Vec<_>>().join(", ")
    }

    /// Two triangles that hang together by one link.
    const DUMB_BELL: [(u32, u32, f64); 7] =
        [(0, 1, 9.0), (0, 2, 5.0), (1, 2, 7.0), (2, 3, 2.0), (3, 4, 8.0), (3, 5, 8.0), (4, 5, 8.0)];

    #[test]
    fn the_heaviest_tree_holds_all_records() {
        let tree = graph(6, &DUMB_BELL).heaviest_tree();
        assert_eq!(told(&tree), "0-1 +9.00, 1-2 +7.00, 2-3 +2.00, 3-4 +8.00, 3-5 +8.00");
    }

    #[test]
    fn the_strongest_path_goes_round_a_light_pair() {
        let graph = graph(6, &DUMB_BELL);
        let path = |from: u32, to: u32| told(&graph.strongest_path(from + 10, to + 10));
        assert_eq!(path(0, 2), "0-1 +9.00, 1-2 +7.00", "and not 0-2 of 5 bits");
        assert_eq!(path(2, 0), "1-2 +7.00, 0-1 +9.00");
        assert_eq!(path(1, 5), "1-2 +7.00, 2-3 +2.00, 3-5 +8.00");
        assert_eq!(path(4, 5), "3-4 +8.00, 3-5 +8.00");
        assert_eq!(path(3, 3), "");
    }

    #[test]
    fn a_bridge_is_the_only_link_between_two_sides() {
        assert_eq!(told(&graph(6, &DUMB_BELL).bridges()), "2-3 +2.00");
        // A second link between the sides, and there is no bridge.
        let two: Vec<_> = DUMB_BELL.iter().copied().chain([(0, 5, 0.0)]).collect();
        assert_eq!(told(&graph(6, &two).bridges()), "");
        assert_eq!(told(&graph(2, &[(0, 1, 3.0)]).bridges()), "0-1 +3.00");
        let chain = [(0, 1, 3.0), (1, 2, 4.0)];
        assert_eq!(told(&graph(3, &chain).bridges()), "0-1 +3.00, 1-2 +4.00");
    }

    #[test]
    fn the_weakest_cut_takes_as_few_bits_as_can_be() {
        let cut = graph(6, &DUMB_BELL).weakest_cut().unwrap();
        assert_eq!((cut.left, cut.right), (vec![10, 11, 12], vec![13, 14, 15]));
        assert_eq!((told(&cut.links).as_str(), cut.excess), ("2-3 +2.00", Weight::from_bits(2.0)));
        // A heavier bridge, and the first record hangs by less.
        let mut heavier = DUMB_BELL;
        heavier[3].2 = 15.0;
        heavier[0].2 = 6.0;
        let cut = graph(6, &heavier).weakest_cut().unwrap();
        assert_eq!((cut.left, cut.excess), (vec![10], Weight::from_bits(11.0)));
        assert!(graph(1, &[]).weakest_cut().is_none());
        let apart = graph(2, &[]).weakest_cut().unwrap();
        assert_eq!((apart.links, apart.excess), (vec![], Weight::ZERO), "by a decision alone");
    }

    #[test]
    fn links_are_the_pairs_at_or_above_the_threshold() {
        let pairs = [(0, 1, 0.0), (0, 2, -0.01), (1, 2, 7.0)];
        assert_eq!(graph(3, &pairs).links(), 2);
    }
}
