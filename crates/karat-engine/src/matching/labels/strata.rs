//! Strata: how much each label counts, so that the labelled pairs speak for all.
//!
//! Two pairs of one weight differ where the rest of their records does: a pair whose records ended
//! in one cluster is one customer far more often than one whose records were kept apart. People
//! mostly look at the latter. Therefore pairs are divided by their weight and by where their
//! records ended before labels had a say, and the labels of each part count for as much as the
//! part has pairs (post-stratification). Where that leans on few labels, all of that weight count
//! less: together they count for as many as would tell as much if they had been drawn evenly.
//!
//! ```text
//! pairs of +1 bit    together 800   apart 200
//! labels                       10          90   → those together count for four times as much as
//!                                                 those apart, all of them as 15 labels do
//! ```
//!
//! Sources: Holt and Smith, Post Stratification, JRSS A 142 (1979); Kish, Survey Sampling (1965),
//! for the effective number.

use karat_model::evidence::Weight;
use karat_model::partition::Partition;

use crate::matching::cluster::Edge;

/// How far above the link threshold a pair is beyond doubt.
const BEYOND_DOUBT: Weight = Weight(8 * 256);

/// Weights are divided in three: below the link threshold, above it, and beyond doubt.
pub(super) const BANDS: usize = 3;

/// The parts: per band, pairs that are apart and pairs that are together.
pub(super) const STRATA: usize = 2 * BANDS;

/// The pairs as they were before labels had a say.
pub(super) struct Strata<'p> {
    link: Weight,
    partition: &'p Partition,
}

impl<'p> Strata<'p> {
    /// By this link threshold and these clusters.
    pub fn new(link: Weight, partition: &'p Partition) -> Strata<'p> {
        Strata { link, partition }
    }

    /// The stratum of a pair.
    pub fn of(&self, edge: &Edge) -> usize {
        let of = |record| self.partition.cluster_of(record);
        let above = edge.weight - self.link;
        let band = match above {
            above if above < Weight::ZERO => 0,
            above if above < BEYOND_DOUBT => 1,
            _ => 2,
        };
        2 * band + usize::from(of(edge.left) == of(edge.right))
    }

    /// How many pairs each stratum has.
    pub fn sizes(&self, edges: &[Edge]) -> [u64; STRATA] {
        let mut sizes = [0; STRATA];
        edges.iter().for_each(|edge| sizes[self.of(edge)] += 1);
        sizes
    }
}

/// How much each label counts, given the pairs of each stratum and the stratum of each label.
pub(super) fn counts(pairs: [u64; STRATA], strata_of_labels: &[usize]) -> Vec<f64> {
    let mut labels = [0_u64; STRATA];
    strata_of_labels.iter().for_each(|&stratum| labels[stratum] += 1);
    let mut each = [0.0; STRATA];
    for band in 0..BANDS {
        let strata = [2 * band, 2 * band + 1];
        let all: u64 = strata.iter().map(|&stratum| pairs[stratum]).sum();
        // Labels of pairs that matching did not keep speak for themselves.
        let share = |stratum: usize| match all {
            0 => {
                labels[stratum] as f64 / strata.map(|s| labels[s]).iter().sum::<u64>().max(1) as f64
            }
            all => pairs[stratum] as f64 / all as f64,
        };
        // A stratum without labels is as uncertain as one with half a label.
        const NONE: f64 = 0.5;
        let spread = strata.map(|s| share(s) * share(s) / (labels[s] as f64).max(NONE));
        let effective = 1.0 / spread.iter().sum::<f64>();
        for stratum in strata {
            each[stratum] = effective * share(stratum) / (labels[stratum] as f64).max(NONE);
        }
    }
    strata_of_labels.iter().map(|&stratum| each[stratum]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a label apart and a label together count for, in the band above the threshold.
    fn check(pairs: [u64; 2], labels: [usize; 2], expected: [&str; 2]) {
        let sizes = [0, 0, pairs[0], pairs[1], 0, 0];
        let strata: Vec<usize> = [vec![2; labels[0]], vec![3; labels[1]]].concat();
        let counts = counts(sizes, &strata);
        let of = |stratum: usize| {
            let at = strata.iter().position(|s| *s == stratum);
            at.map_or("-".to_string(), |at| format!("{:.3}", counts[at]))
        };
        assert_eq!([of(2), of(3)], expected);
    }

    #[test]
    fn labels_drawn_evenly_count_once_each() {
        check([200, 800], [20, 80], ["1.000", "1.000"]);
        check([0, 500], [0, 7], ["-", "1.000"]);
    }

    #[test]
    fn labels_of_one_side_count_less_the_more_pairs_lie_on_the_other() {
        // 1 / (0.2²/90 + 0.8²/10) = 15.5 labels.
        check([200, 800], [90, 10], ["0.034", "1.241"]);
        check([990, 10], [100, 0], ["0.990", "-"]);
        check([100, 900], [100, 0], ["0.001", "-"]);
    }

    #[test]
    fn labels_of_pairs_that_were_not_kept_speak_for_themselves() {
        check([0, 0], [3, 1], ["1.000", "1.000"]);
    }
}
