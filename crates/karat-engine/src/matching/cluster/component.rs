//! Divides one component into clusters, by the votes of its pairs.

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;
use rustc_hash::FxHashSet;

use super::constraints::Side;
use super::contraction::Contraction;
use super::{Edge, Pairs, moves};

/// In a component up to this size all pairs vote; in a larger one only those that are linked, and
/// each other pair counts for −½ bit.
pub(super) const WEIGHED_MAX: usize = 200;
const UNSEEN: Weight = Weight(-128);

/// How strongly two records speak for or against one cluster.
pub(super) type Vote<'v> = dyn FnMut(RecordNo, RecordNo) -> Weight + 'v;

/// Records that pairs above the link threshold connect, and what is known of them.
#[derive(Clone, Copy)]
pub(super) struct Component<'a> {
    /// Its records, in order.
    pub members: &'a [RecordNo],
    /// The links between them, in order.
    pub links: &'a [Edge],
    /// Records that belong together.
    pub same: &'a [(RecordNo, RecordNo)],
    /// The sides that records are kept apart by, in order.
    pub sides: &'a [(RecordNo, Side)],
}

impl Component<'_> {
    /// The place of a record among the members.
    pub fn place(&self, record: RecordNo) -> Option<u32> {
        self.members.binary_search(&record).ok().map(|at| at as u32)
    }

    /// The sides that keep its records apart, by place. One whose opposite is elsewhere keeps nobody
    /// apart here, and must not matter: what is elsewhere may go without anybody looking here.
    pub fn sides_of_places(&self) -> Vec<(u32, Side)> {
        let sides = self.sides.iter();
        let sides: Vec<(u32, Side)> =
            sides.filter_map(|&(record, side)| Some((self.place(record)?, side))).collect();
        let there: FxHashSet<Side> = sides.iter().map(|(_, side)| *side).collect();
        sides.into_iter().filter(|(_, side)| there.contains(&side.opposite())).collect()
    }

    /// Those of some pairs that lie within, by place.
    pub fn places(&self, pairs: &Pairs) -> Vec<(u32, u32)> {
        pairs.iter().filter_map(|&(a, b)| Some((self.place(a)?, self.place(b)?))).collect()
    }

    /// Divides it; gives per member the place of the first member of its cluster.
    pub fn divide(&self, vote: &mut Vote) -> Vec<u32> {
        let (same, sides) = (self.places(self.same), self.sides_of_places());
        if sides.is_empty() && self.is_complete() {
            return vec![0; self.members.len()];
        }
        let votes = self.votes(vote);
        let mut clusters = votes.contraction();
        for &(place, side) in &sides {
            clusters.put_on(place, side);
        }
        for &(left, right) in &same {
            clusters.join(left, right);
        }
        clusters.contract_all();
        let mut firsts = clusters.firsts();
        moves::move_records(&votes, &same, &sides, &mut firsts);
        firsts
    }

    /// Whether each two of its records are linked.
    fn is_complete(&self) -> bool {
        self.links.len() == self.members.len() * (self.members.len() - 1) / 2
    }

    /// What the pairs vote.
    pub fn votes(&self, vote: &mut Vote) -> Votes {
        if self.members.len() <= WEIGHED_MAX {
            Votes { records: self.members.len(), pairs: self.votes_of_all(vote), unseen: 0 }
        } else {
            let pairs = self.votes_of_links(vote);
            Votes { records: self.members.len(), pairs, unseen: i64::from(UNSEEN.0) }
        }
    }

    fn votes_of_all(&self, vote: &mut Vote) -> Vec<(u32, u32, i64)> {
        let mut votes = Vec::with_capacity(self.members.len() * (self.members.len() - 1) / 2);
        for (at, &left) in self.members.iter().enumerate() {
            for (other, &right) in self.members.iter().enumerate().skip(at + 1) {
                votes.push((at as u32, other as u32, i64::from(vote(left, right).0)));
            }
        }
        votes
    }

    fn votes_of_links(&self, vote: &mut Vote) -> Vec<(u32, u32, i64)> {
        let votes = self.links.iter().map(|link| {
            let ends = self.place(link.left).zip(self.place(link.right));
            let (left, right) = ends.expect("both ends of a link lie in its component");
            (left, right, i64::from(vote(link.left, link.right).0))
        });
        votes.collect()
    }
}

/// What the pairs of a component vote, by the places of their records.
pub(super) struct Votes {
    /// How many records there are.
    pub records: usize,
    /// The pairs that were seen.
    pub pairs: Vec<(u32, u32, i64)>,
    /// What any other pair votes.
    pub unseen: i64,
}

impl Votes {
    /// Each record a cluster of its own, before any are joined.
    pub fn contraction(&self) -> Contraction {
        let mut clusters = Contraction::new(self.records, self.unseen);
        for &(left, right, votes) in &self.pairs {
            clusters.add(left, right, votes - self.unseen);
        }
        clusters
    }
}
