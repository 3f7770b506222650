//! Gives records without a match another chance with each other.
//!
//! Where nearly every record has its match, the few that are left over are likely to belong
//! together: so much likelier than any two records that less evidence will do. How likely is learnt
//! from the weights of their pairs by expectation maximisation, as the share of matches in a
//! stratum of its own. Where many are left over and few belong together nothing is added.
//!
//! A record is left over when no pair with it reaches the link threshold: that can be told from its
//! own pairs, whatever becomes of others.

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;

use super::cluster::Edge;

/// Which records no pair links.
pub(super) struct Leftover {
    is_linked: Vec<bool>,
}

impl Leftover {
    /// The records without a pair that weighs at least the link threshold.
    pub(super) fn of(records: usize, edges: &[Edge], link: Weight) -> Leftover {
        let mut is_linked = vec![false; records];
        for edge in edges.iter().filter(|edge| edge.weight >= link) {
            is_linked[edge.left as usize] = true;
            is_linked[edge.right as usize] = true;
        }
        Leftover { is_linked }
    }

    /// The records, in order.
    pub(super) fn records(&self) -> impl Iterator<Item = RecordNo> + '_ {
        (0..).zip(&self.is_linked).filter(|(_, is_linked)| !**is_linked).map(|(record, _)| record)
    }

    /// Whether both records of a pair are left over.
    pub(super) fn has_both(&self, edge: &Edge) -> bool {
        !self.is_linked[edge.left as usize] && !self.is_linked[edge.right as usize]
    }

    /// What a pair of them weighs more than the same pair among all, never less than nothing.
    ///
    /// `possible` is how many pairs they could make; those that are not among the edges are taken
    /// for strangers, and so is one more for each record, which may as well have no match at all.
    pub(super) fn bonus(&self, edges: &[Edge], prior: Weight, possible: f64) -> Weight {
        const ROUNDS_MAX: u32 = 200;
        // How much likelier one customer makes what a pair looks like.
        let likelihood = |edge: &Edge| (edge.weight - prior).bits().exp2();
        let ratios: Vec<f64> =
            edges.iter().filter(|edge| self.has_both(edge)).map(likelihood).collect();
        if ratios.is_empty() {
            return Weight::ZERO;
        }
        let possible = possible + self.records().count() as f64;
        let mut share = prior.probability();
        for _ in 0..ROUNDS_MAX {
            let chance = |ratio: &f64| share * ratio / (share * ratio + 1.0 - share);
            let expected: f64 = ratios.iter().map(chance).sum();
            let better = (expected / possible).min(0.5);
            let has_settled = (better - share).abs() <= 1e-9 * share;
            share = better;
            if has_settled || share <= 0.0 {
                break;
            }
        }
        let gained = (share / (1.0 - share)).log2() - prior.bits();
        if gained > 0.0 { Weight::from_bits(gained) } else { Weight::ZERO }
    }

    /// Adds the bonus to the pairs of which both are left over.
    pub(super) fn add(&self, bonus: Weight, edges: &mut [Edge]) {
        for edge in edges.iter_mut().filter(|edge| self.has_both(edge)) {
            edge.weight += bonus;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(left: RecordNo, right: RecordNo, bits: f64) -> Edge {
        Edge { left, right, weight: Weight::from_bits(bits) }
    }

    const PRIOR: Weight = Weight(-13 * 256);

    #[test]
    fn two_that_are_left_over_need_less() {
        // All but the last four records have their match.
        let mut edges: Vec<Edge> = (0..100).map(|at| edge(2 * at, 2 * at + 1, 20.0)).collect();
        edges.extend([edge(1, 200, -1.0), edge(200, 201, -2.0), edge(202, 203, -3.0)]);
        let leftover = Leftover::of(204, &edges, Weight::ZERO);
        assert_eq!(leftover.records().collect::<Vec<_>>(), [200, 201, 202, 203]);
        let bonus = leftover.bonus(&edges, PRIOR, 6.0);
        assert!(bonus > Weight::from_bits(10.0), "{bonus}");
        leftover.add(bonus, &mut edges);
        let linked = edges[100..].iter().map(|edge| edge.weight > Weight::ZERO);
        assert_eq!(linked.collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn many_that_are_left_over_are_strangers() {
        let edges = [edge(0, 1, -2.0), edge(2, 3, -3.0)];
        let leftover = Leftover::of(1000, &edges, Weight::ZERO);
        assert_eq!(leftover.bonus(&edges, PRIOR, 499_500.0), Weight::ZERO);
        assert_eq!(leftover.bonus(&[], PRIOR, 499_500.0), Weight::ZERO);
    }
}
