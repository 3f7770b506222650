//! Moves single records to where they fit better.
//!
//! Joining greedily never takes anything back: a record that was joined early, when its cluster
//! was small, may fit another one better once all have grown.
//!
//! Source: Kernighan and Lin, An Efficient Heuristic Procedure for Partitioning Graphs, Bell System
//! Technical Journal 49 (1970), with moves of one record at a time.

use rustc_hash::FxHashMap;

use super::Pairs;
use super::component::Votes;
use super::constraints::{Side, sides_of};

/// How often all records are looked at.
const PASSES_MAX: usize = 3;

/// Moves records, in their order, as long as that raises the sum of the votes within clusters.
///
/// `firsts` holds per record the first one of its cluster. Records that a decision keeps together
/// stay where they are.
pub(super) fn move_records(votes: &Votes, same: &Pairs, sides: &[(u32, Side)], firsts: &mut [u32]) {
    let is_whole = firsts.iter().all(|&first| first == 0);
    let all_agree = votes.unseen >= 0 && votes.pairs.iter().all(|&(.., vote)| vote >= 0);
    if is_whole && all_agree {
        return;
    }
    let mut moving = Moving::new(votes, sides, firsts);
    let mut is_bound = vec![false; firsts.len()];
    same.iter().flat_map(|&(a, b)| [a, b]).for_each(|record| is_bound[record as usize] = true);
    let free: Vec<u32> = (0..).zip(is_bound).filter(|(_, bound)| !bound).map(|it| it.0).collect();
    for _ in 0..PASSES_MAX {
        let moved = free.iter().filter(|&&record| moving.improve(record)).count();
        if moved == 0 {
            break;
        }
    }
    moving.write_firsts(firsts);
}

/// Clusters between which records move.
struct Moving<'v> {
    votes: &'v Votes,
    /// Per record the end of its pairs in `pairs`.
    ends: Vec<usize>,
    /// Per record the other ones with what the pair votes more than an unseen one.
    pairs: Vec<(u32, i64)>,
    /// The sides that records are on, in order.
    sides: &'v [(u32, Side)],
    /// How many records of a cluster are on a side.
    on_side: FxHashMap<(u32, Side), u32>,
    cluster: Vec<u32>,
    size: Vec<i64>,
    /// Per cluster the votes of the record that is looked at.
    sums: Vec<i64>,
}

impl<'v> Moving<'v> {
    fn new(votes: &'v Votes, sides: &'v [(u32, Side)], firsts: &[u32]) -> Moving<'v> {
        let mut ends = vec![0; votes.records];
        for &(left, right, _) in &votes.pairs {
            ends[left as usize] += 1;
            ends[right as usize] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            end += *count;
            *count = end;
        }
        let mut next: Vec<usize> = [0].into_iter().chain(ends.iter().copied()).collect();
        let mut pairs = vec![(0, 0); end];
        for &(left, right, vote) in &votes.pairs {
            for (record, other) in [(left, right), (right, left)] {
                pairs[next[record as usize]] = (other, vote - votes.unseen);
                next[record as usize] += 1;
            }
        }
        // A record may leave for a cluster of its own: there are as many numbers again.
        let clusters = 2 * votes.records;
        let mut size = vec![0; clusters];
        for &first in firsts {
            size[first as usize] += 1;
        }
        let (cluster, sums) = (firsts.to_vec(), vec![0; clusters]);
        let mut on_side = FxHashMap::default();
        for &(record, side) in sides {
            *on_side.entry((firsts[record as usize], side)).or_default() += 1;
        }
        Moving { votes, ends, pairs, sides, on_side, cluster, size, sums }
    }

    fn pairs_of(&self, record: u32) -> std::ops::Range<usize> {
        let start = if record == 0 { 0 } else { self.ends[record as usize - 1] };
        start..self.ends[record as usize]
    }

    /// Moves a record to the cluster that it fits best; tells whether it was moved.
    fn improve(&mut self, record: u32) -> bool {
        let own = self.cluster[record as usize];
        let pairs = self.pairs_of(record);
        let mut known: Vec<u32> = Vec::new();
        for &(other, vote) in &self.pairs[pairs] {
            let cluster = self.cluster[other as usize];
            if self.sums[cluster as usize] == 0 {
                known.push(cluster);
            }
            self.sums[cluster as usize] += vote;
        }
        known.sort_unstable();
        known.dedup();
        let stay = self.sums[own as usize] + self.votes.unseen * (self.size[own as usize] - 1);
        let alone = (0, self.votes.records as u32 + record);
        let others = known.iter().copied().filter(|&cluster| cluster != own);
        let others = others.map(|cluster| {
            let unseen = self.votes.unseen * self.size[cluster as usize];
            (self.sums[cluster as usize] + unseen, cluster)
        });
        let mut best = if stay < 0 { alone } else { (stay, own) };
        for (sum, cluster) in others {
            if sum > best.0 && self.may_join(record, cluster) {
                best = (sum, cluster);
            }
        }
        for cluster in known {
            self.sums[cluster as usize] = 0;
        }
        let (_, to) = best;
        if to == own || self.size[own as usize] == 1 && to == alone.1 {
            return false;
        }
        self.size[own as usize] -= 1;
        self.size[to as usize] += 1;
        self.cluster[record as usize] = to;
        for &(_, side) in sides_of(self.sides, record) {
            *self.on_side.get_mut(&(own, side)).expect("the record was on it") -= 1;
            *self.on_side.entry((to, side)).or_default() += 1;
        }
        true
    }

    fn may_join(&self, record: u32, cluster: u32) -> bool {
        let opposed = |side: Side| self.on_side.get(&(cluster, side.opposite())).copied();
        let sides = sides_of(self.sides, record);
        sides.iter().all(|&(_, side)| opposed(side).unwrap_or(0) == 0)
    }

    fn write_firsts(&self, firsts: &mut [u32]) {
        let mut first_of = vec![u32::MAX; self.size.len()];
        for (record, &cluster) in (0..).zip(&self.cluster) {
            let first = &mut first_of[cluster as usize];
            *first = (*first).min(record);
            firsts[record as usize] = *first;
        }
    }
}
