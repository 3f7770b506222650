//! The population stability index: how far two samples of a distribution lie apart.
//!
//! The sum of (q − p)·ln(q/p) over the classes, of which p are the shares then and q those now; it is
//! Jeffreys' divergence. Of two samples of the same distribution it is about (B − 1)(1/n + 1/m), as
//! a chi-squared number of B − 1 degrees of freedom times (1/n + 1/m): that much is taken off, and
//! what chance alone may well give counts for nothing.
//!
//! Sources: Siddiqi, Credit Risk Scorecards (2006); Yurdakul and Naranjo, Statistical Properties of
//! the Population Stability Index, Journal of Risk Model Validation 14 (2020).

/// How far two samples lie apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// The index, less what chance gives; nothing where it may all be chance.
    pub index: f64,
    /// The class that shifted most.
    pub largest: usize,
    /// Per class its share then and now.
    pub shares: Vec<[f64; 2]>,
}

/// Classes of fewer than this, then and now together, are taken as one.
const TOGETHER_MIN: u64 = 10;
/// So many standard deviations are chance.
const CHANCE: f64 = 4.0;

/// Compares two samples by their counts per class; `customers` say how many independent
/// observations each rests on.
pub fn stability(then: &[u64], now: &[u64], customers: [u64; 2]) -> Stability {
    let classes = then.len().max(now.len());
    let count = |counts: &[u64], class: usize| counts.get(class).copied().unwrap_or(0);
    let totals = [then, now].map(|counts| counts.iter().sum::<u64>());
    let share = |count: u64, total: u64| count as f64 / total.max(1) as f64;
    let shares: Vec<[f64; 2]> = (0..classes)
        .map(|class| [share(count(then, class), totals[0]), share(count(now, class), totals[1])])
        .collect();
    let nothing = || Stability { index: 0.0, largest: 0, shares: shares.clone() };
    if totals.contains(&0) || customers.contains(&0) {
        return nothing();
    }
    let mut bins: Vec<(usize, [u64; 2])> = Vec::with_capacity(classes);
    let mut small = (usize::MAX, [0, 0]);
    for class in 0..classes {
        let pair = [count(then, class), count(now, class)];
        if pair[0] + pair[1] >= TOGETHER_MIN {
            bins.push((class, pair));
        } else {
            small = (small.0.min(class), [small.1[0] + pair[0], small.1[1] + pair[1]]);
        }
    }
    if small.1 != [0, 0] {
        bins.push(small);
    }
    if bins.len() < 2 {
        return nothing();
    }
    // Half a count each, so that a class that is empty on one side counts for something finite.
    let smooth =
        |count: u64, total: u64| (count as f64 + 0.5) / (total as f64 + 0.5 * bins.len() as f64);
    let parts = bins.iter().map(|(class, pair)| {
        let [p, q] = [smooth(pair[0], totals[0]), smooth(pair[1], totals[1])];
        (*class, (q - p) * (q / p).ln())
    });
    let parts: Vec<(usize, f64)> = parts.collect();
    let index: f64 = parts.iter().map(|(_, part)| part).sum();
    let largest = parts.iter().fold(parts[0], |a, b| if b.1 > a.1 { *b } else { a }).0;
    let freedom = (bins.len() - 1) as f64;
    let noise = 1.0 / customers[0] as f64 + 1.0 / customers[1] as f64;
    let expected = freedom * noise;
    let is_chance = index < expected + CHANCE * (2.0 * freedom).sqrt() * noise;
    let index = if is_chance { 0.0 } else { index - expected };
    Stability { index, largest, shares }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_that_of_the_textbook_less_chance() {
        // Twelve of a hundred, and seventy-one of a hundred.
        let found = stability(&[1200, 8800], &[7100, 2900], [10_000, 10_000]);
        let textbook = 0.59 * (71.0f64 / 12.0).ln() - 0.59 * (29.0f64 / 88.0).ln();
        assert!((found.index - textbook).abs() < 0.01, "{found:?} {textbook}");
        assert_eq!(found.shares[0], [0.12, 0.71]);
        let same = stability(&[1200, 8800], &[3600, 26_400], [10_000, 30_000]);
        assert_eq!(same.index, 0.0, "growth alone is nothing");
    }

    #[test]
    fn few_observations_say_little() {
        // The same shares, of a hundred observations and of a thousand.
        let few = stability(&[30, 70], &[40, 60], [100, 100]);
        let many = stability(&[300, 700], &[400, 600], [1000, 1000]);
        assert!(few.index == 0.0 && many.index > 0.0, "{few:?} {many:?}");
        let clustered = stability(&[300, 700], &[400, 600], [50, 50]);
        assert_eq!(clustered.index, 0.0, "a thousand pairs of fifty customers are few");
        assert_eq!(stability(&[0, 0], &[5, 5], [10, 10]).index, 0.0);
    }

    #[test]
    fn rare_classes_are_taken_as_one() {
        let then = [[1000, 1000].as_slice(), &[1; 40]].concat();
        let now = [[1000, 1000].as_slice(), &[0; 40], &[1; 40]].concat();
        assert_eq!(stability(&then, &now, [2040, 2040]).index, 0.0);
        let now = [[1000, 1000].as_slice(), &[0; 39], &[900]].concat();
        let found = stability(&then, &now, [2040, 2900]);
        assert!(found.index > 0.25 && found.largest == 41, "{found:?}");
    }
}
