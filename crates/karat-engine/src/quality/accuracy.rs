//! Compares a partition with the truth: over pairs of records, over records, over whole clusters.

use std::collections::BTreeMap;

/// How well a partition agrees with the truth, counted in pairs of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Pairs that are together in both.
    pub right: u64,
    /// Pairs that are together, but not in truth.
    pub wrong: u64,
    /// Pairs that are together in truth only.
    pub missed: u64,
}

impl Accuracy {
    /// Counts over records, each with its true and its found label.
    pub fn of<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Accuracy {
        let Counts { truth, found, both } = Counts::of(labels);
        Accuracy::counted(&truth, &found, &both)
    }

    fn counted(
        truth: &BTreeMap<&str, u64>,
        found: &BTreeMap<&str, u64>,
        both: &BTreeMap<(&str, &str), u64>,
    ) -> Accuracy {
        let pairs = |count: &u64| count * (count - 1) / 2;
        let right: u64 = both.values().map(pairs).sum();
        Accuracy {
            right,
            wrong: found.values().map(pairs).sum::<u64>() - right,
            missed: truth.values().map(pairs).sum::<u64>() - right,
        }
    }

    /// The share of pairs that are together which belong together; 1 when there are none.
    pub fn precision(&self) -> f64 {
        share(self.right, self.wrong)
    }

    /// The share of pairs that belong together which are; 1 when there are none.
    pub fn recall(&self) -> f64 {
        share(self.right, self.missed)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        harmonic_mean(self.precision(), self.recall())
    }
}

fn share(right: u64, other: u64) -> f64 {
    if right + other == 0 { 1.0 } else { right as f64 / (right + other) as f64 }
}

/// How well a partition agrees with the truth, in pairs, in records and in whole clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClusterAccuracy {
    /// Over pairs of records.
    pub pairs: Accuracy,
    /// How many records there are.
    pub records: u64,
    /// The clusters in truth.
    pub truth: Sizes,
    /// The clusters that were found.
    pub found: Sizes,
    /// How many clusters are the same in both.
    pub exact: u64,
    /// How many of these have several records.
    pub exact_several: u64,
    /// The mean over records of the share of their found cluster that belongs with them; 1 when
    /// there are none.
    pub b_cubed_precision: f64,
    /// The mean over records of the share of their true cluster that was found with them; 1 when
    /// there are none.
    pub b_cubed_recall: f64,
}

/// How many clusters there are, and how large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Clusters.
    pub clusters: u64,
    /// Clusters of several records.
    pub several: u64,
    /// The records of the largest.
    pub largest: u64,
}

impl Sizes {
    fn of<'c>(counts: impl Iterator<Item = &'c u64>) -> Sizes {
        counts.fold(Sizes::default(), |sizes, &count| Sizes {
            clusters: sizes.clusters + 1,
            several: sizes.several + u64::from(count > 1),
            largest: sizes.largest.max(count),
        })
    }
}

impl ClusterAccuracy {
    /// Compares records, each with its true and its found label.
    ///
    /// Source of B-cubed: Bagga and Baldwin, Algorithms for Scoring Coreference Chains (1998).
    pub fn of<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> ClusterAccuracy {
        let Counts { truth, found, both } = Counts::of(labels);
        let records: u64 = both.values().sum();
        let mut accuracy = ClusterAccuracy {
            pairs: Accuracy::counted(&truth, &found, &both),
            records,
            truth: Sizes::of(truth.values()),
            found: Sizes::of(found.values()),
            ..ClusterAccuracy::default()
        };
        let (mut precision, mut recall) = (0.0, 0.0);
        for ((true_label, found_label), &count) in &both {
            let (of_truth, of_found) = (truth[true_label], found[found_label]);
            let is_exact = count == of_truth && count == of_found;
            accuracy.exact += u64::from(is_exact);
            accuracy.exact_several += u64::from(is_exact && count > 1);
            precision += (count * count) as f64 / of_found as f64;
            recall += (count * count) as f64 / of_truth as f64;
        }
        let mean = |sum: f64| if records == 0 { 1.0 } else { sum / records as f64 };
        accuracy.b_cubed_precision = mean(precision);
        accuracy.b_cubed_recall = mean(recall);
        accuracy
    }

    /// The harmonic mean of precision and recall over records.
    pub fn b_cubed_f1(&self) -> f64 {
        harmonic_mean(self.b_cubed_precision, self.b_cubed_recall)
    }

    /// The share of true clusters that were found exactly; none when there are none.
    pub fn exact_share(&self) -> Option<f64> {
        part(self.exact, self.truth.clusters)
    }

    /// The share of true clusters of several records that were found exactly.
    pub fn exact_share_several(&self) -> Option<f64> {
        part(self.exact_several, self.truth.several)
    }

    /// The share of found clusters of several records that are exactly a true one.
    pub fn exact_precision_several(&self) -> Option<f64> {
        part(self.exact_several, self.found.several)
    }
}

fn part(count: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| count as f64 / of as f64)
}

fn harmonic_mean(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

/// Records per label, and per two labels.
struct Counts<'a> {
    truth: BTreeMap<&'a str, u64>,
    found: BTreeMap<&'a str, u64>,
    both: BTreeMap<(&'a str, &'a str), u64>,
}

impl<'a> Counts<'a> {
    fn of(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Counts<'a> {
        let (mut truth, mut found, mut both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (true_label, found_label) in labels {
            *truth.entry(true_label).or_default() += 1;
            *found.entry(found_label).or_default() += 1;
            *both.entry((true_label, found_label)).or_default() += 1;
        }
        Counts { truth, found, both }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures are those of an independent program for the same tables.
    #[test]
    fn records_and_whole_clusters_are_counted() {
        // Truth: {1,2,3} {4,5} {6} {7,8}; found: {1,2} {3,4,5} {6} {7,8}.
        let truth = ["a", "a", "a", "b", "b", "c", "d", "d"];
        let found = ["p", "p", "q", "q", "q", "r", "s", "s"];
        let accuracy = ClusterAccuracy::of(truth.into_iter().zip(found));
        assert_eq!(accuracy.pairs, Accuracy { right: 3, wrong: 2, missed: 2 });
        assert_eq!(accuracy.truth, Sizes { clusters: 4, several: 3, largest: 3 });
        assert_eq!((accuracy.exact, accuracy.exact_several), (2, 1));
        let figures = [
            accuracy.b_cubed_precision,
            accuracy.b_cubed_recall,
            accuracy.b_cubed_f1(),
            accuracy.exact_share().unwrap(),
            accuracy.exact_share_several().unwrap(),
            accuracy.exact_precision_several().unwrap(),
        ];
        let figures = figures.map(|figure| format!("{figure:.6}"));
        assert_eq!(figures.join(" "), "0.833333 0.833333 0.833333 0.500000 0.333333 0.333333");
    }

    #[test]
    fn nothing_has_no_mistakes() {
        let accuracy = ClusterAccuracy::of(std::iter::empty());
        assert_eq!((accuracy.b_cubed_f1(), accuracy.pairs.f1()), (1.0, 1.0));
        assert_eq!(accuracy.exact_share(), None);
    }

    #[test]
    fn pairs_are_counted() {
        // Truth: {1,2,3} {4,5}; found: {1,2} {3,4,5}.
        let labels = [("a", "x"), ("a", "x"), ("a", "y"), ("b", "y"), ("b", "y")];
        let accuracy = Accuracy::of(labels.into_iter());
        assert_eq!(accuracy, Accuracy { right: 2, wrong: 2, missed: 2 });
        assert_eq!((accuracy.precision(), accuracy.recall(), accuracy.f1()), (0.5, 0.5, 0.5));
        assert_eq!(Accuracy::of([("a", "x")].into_iter()).f1(), 1.0);
    }
}
