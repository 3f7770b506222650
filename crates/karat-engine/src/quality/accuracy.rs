//! Compares a partition with the truth, over pairs of records.

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
        let mut truth: BTreeMap<&str, u64> = BTreeMap::new();
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        let mut both: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (true_label, found_label) in labels {
            *truth.entry(true_label).or_default() += 1;
            *found.entry(found_label).or_default() += 1;
            *both.entry((true_label, found_label)).or_default() += 1;
        }
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
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall == 0.0 {
            0.0
        } else {
            2.0 * precision * recall / (precision + recall)
        }
    }
}

fn share(right: u64, other: u64) -> f64 {
    if right + other == 0 { 1.0 } else { right as f64 / (right + other) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

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
