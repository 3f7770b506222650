//! Moves single records to where they fit better.
//!
//! Joining greedily never takes anything back: a record that was joined early, when its cluster
//! was small, may fit another one better once all have grown.
//!
//! Source: Kernighan and Lin, An Efficient Heuristic Procedure for Partitioning Graphs, Bell System
//! Technical Journal 49 (1970), with moves of one record at a time.

use super::Pairs;
use super::component::Votes;

/// How often all records are looked at.
const PASSES_MAX: usize = 3;

/// Moves records, in their order, as long as that raises the sum of the votes within clusters.
///
/// `firsts` holds per record the first one of its cluster. Records that a decision keeps together
/// stay where they are.
pub(super) fn move_records(votes: &Votes, same: &Pairs, different: &Pairs, firsts: &mut [u32]) {
    let is_whole = firsts.iter().all(|&first| first == 0);
    let all_agree = votes.unseen >= 0 && votes.pairs.iter().all(|&(.., vote)| vote >= 0);
    if is_whole && all_agree {
        return;
    }
    let mut moving = Moving::new(votes, different, firsts);
    let is_bound = |record: u32| same.iter().any(|&(a, b)| a == record || b == record);
    let free: Vec<u32> = (0..firsts.len() as u32).filter(|&record| !is_bound(record)).collect();
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
    different: &'v Pairs,
    cluster: Vec<u32>,
    size: Vec<i64>,
    /// Per cluster the votes of the record that is looked at.
    sums: Vec<i64>,
}

impl<'v> Moving<'v> {
    fn new(votes: &'v Votes, different: &'v Pairs, firsts: &[u32]) -> Moving<'v> {
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
        Moving { votes, ends, pairs, different, cluster, size, sums }
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
        true
    }

    fn may_join(&self, record: u32, cluster: u32) -> bool {
        let is_there = |other: u32| self.cluster[other as usize] == cluster;
        !self.different.iter().any(|&(left, right)| {
            left == record && is_there(right) || right == record && is_there(left)
        })
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
