//! What the matcher's pairs vote, and what stewards decided of them.

use karat_model::decision::PairDecision;
use karat_model::evidence::{Verdict, Weight};
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

    /// What decisions ask of the records of the table.
    pub(in crate::matching) fn constraints(&self, decisions: &[PairDecision]) -> Constraints {
        let mut constraints = Constraints::default();
        for decision in decisions {
            let ends = self.table.find(&decision.left).zip(self.table.find(&decision.right));
            let Some((left, right)) = ends else { continue };
            let pair = (left.min(right), left.max(right));
            match decision.verdict {
                Verdict::Same => constraints.same.push(pair),
                Verdict::Different => constraints.different.push(pair),
                Verdict::Unsure => {}
            }
        }
        constraints
    }
}
