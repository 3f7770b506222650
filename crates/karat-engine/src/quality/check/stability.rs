//! Stability: how far the distribution of values in a delivery lies from another.
//!
//! The population stability index is the sum over all groups of values of
//! `(now - before) ln(now / before)` of their shares: below 0.1 little has changed, above 0.25 much
//! has. Chance alone makes it about chi-squared times `1/now + 1/before`, with a degree of freedom
//! less than there are groups.
//!
//! Source: N. Siddiqi, *Credit Risk Scorecards*, 2006; B. Yurdakul, J. Naranjo, *Statistical
//! properties of the population stability index*, Journal of Risk Model Validation, 2020.

use std::collections::BTreeMap;

use super::usual::CHANCE_MAX;

/// With fewer values chance alone drifts.
pub const VALUES_MIN: u64 = 100;

/// A group that is not there has this share, so that its logarithm is finite.
const SHARE_MIN: f64 = 0.000_1;

/// How often values of each group came.
pub type Groups = BTreeMap<String, u64>;

/// How many values there are in all groups.
pub fn total<'g>(groups: impl IntoIterator<Item = &'g u64>) -> u64 {
    groups.into_iter().sum()
}

/// The population stability index of two distributions, of which both have values.
pub fn stability<'g>(
    now: impl IntoIterator<Item = (&'g str, u64)>,
    before: impl IntoIterator<Item = (&'g str, u64)>,
) -> f64 {
    let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    now.into_iter().for_each(|(group, count)| counts.entry(group).or_default()[0] += count);
    before.into_iter().for_each(|(group, count)| counts.entry(group).or_default()[1] += count);
    let totals = [0, 1].map(|side| counts.values().map(|count| count[side]).sum::<u64>());
    let share = |count: u64, total: u64| (count as f64 / total as f64).max(SHARE_MIN);
    let terms = counts.values().map(|[now, before]| {
        let (now, before) = (share(*now, totals[0]), share(*before, totals[1]));
        (now - before) * (now / before).ln()
    });
    terms.sum()
}

/// What chance alone hardly makes of the index, for so many groups and values.
pub fn chance(groups: usize, now: u64, before: u64) -> f64 {
    let freedom = groups.saturating_sub(1) as f64;
    let highest = freedom + CHANCE_MAX * (2.0 * freedom).sqrt();
    highest * (1.0 / now.max(1) as f64 + 1.0 / before.max(1) as f64)
}

/// Takes a delivery into what is usual: a delivery of two weeks ago counts for less than half.
pub fn take_in(usual: &mut Groups, delivery: &Groups) {
    for (group, count) in delivery {
        *usual.entry(group.clone()).or_default() += count;
    }
    usual.values_mut().for_each(|count| *count -= *count / 16);
    usual.retain(|_, count| *count > 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_makes_little_of_many_values_and_much_of_few() {
        assert!(chance(8, 10_000, 10_000) < 0.01);
        assert!(chance(8, 100, 100) > 0.25);
        assert_eq!(chance(1, 100, 100), 0.0);
    }

    #[test]
    fn what_is_usual_follows_deliveries() {
        let delivery = |group: &str| Groups::from([(group.to_string(), 1_000)]);
        let mut usual = Groups::new();
        for _ in 0..40 {
            take_in(&mut usual, &delivery("a"));
        }
        let before = usual["a"];
        for _ in 0..60 {
            take_in(&mut usual, &delivery("b"));
        }
        assert!(usual["a"] * 20 < before && usual["b"] * 20 > before * 19, "{usual:?}");
    }
}
