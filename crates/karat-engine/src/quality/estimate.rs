//! Estimates precision and recall from labelled pairs, with how far off they may be.
//!
//! Pairs fall into strata by their weight. Within a stratum the labelled pairs stand for all: each
//! counts for as many as there are pairs to a label (inverse-probability weighting), so labels may
//! be denser where it is hard to tell. They must be drawn at random within a stratum.
//!
//! Intervals: strata side by side with few labels are pooled, each counted for itself; the share
//! of a pool has the limits of Wilson, at the effective number of its labels, drawn in where most
//! of its pairs are labelled. They are put together by the method of variance estimates recovery;
//! those of recall, a ratio, are where the interval of `(1 − recall) · linked − recall · not
//! linked` reaches zero.
//!
//! Sources: Wilson, JASA 22 (1927); Kish, Survey Sampling (1965), for the effective number; Zou and
//! Donner, Statistics in Medicine 27 (2008), for sums; Donner and Zou, Statistical Methods in
//! Medical Research 21 (2012), for ratios; Cochran, Sampling Techniques (1977), for strata without
//! labels and for finite populations.

/// The pairs of about one weight, all linked or all not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// The weight in whole bits, rounded down.
    pub bits: i32,
    /// Whether they are linked.
    pub linked: bool,
    /// How many pairs there are.
    pub pairs: u64,
    /// How many are labelled as one customer.
    pub same: u64,
    /// How many are labelled as different customers.
    pub different: u64,
}

/// An estimate, and the limits between which the truth lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

/// What labelled pairs tell of all pairs that were compared and kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The share of linked pairs that are one customer; none without a label on a linked pair.
    pub precision: Option<Interval>,
    /// The share of pairs of one customer that are linked, of those in the strata: pairs that were
    /// never compared or kept do not count. None unless pairs on both sides are labelled, or none
    /// is on the other side.
    pub recall: Option<Interval>,
    /// How many pairs lie in strata without a label; they are taken to be like those of the nearest
    /// stratum with one.
    pub pairs_unlabelled_strata: u64,
}

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Estimates precision and recall.
pub fn estimate(strata: &[Stratum]) -> Estimate {
    let of_side = |linked: bool| strata.iter().filter(move |stratum| stratum.linked == linked);
    let matches_linked = matches(of_side(true));
    let matches_apart = matches(of_side(false));
    let pairs_linked: u64 = of_side(true).map(|stratum| stratum.pairs).sum();
    let share = |matches: Interval| {
        let part = |count: f64| count / pairs_linked as f64;
        let Interval { estimate, low, high } = matches;
        Interval { estimate: part(estimate), low: part(low), high: part(high) }
    };
    let unlabelled = strata.iter().filter(|stratum| stratum.labelled() == 0);
    Estimate {
        precision: matches_linked.filter(|_| pairs_linked > 0).map(share),
        recall: matches_linked.zip(matches_apart).and_then(|(linked, apart)| recall(linked, apart)),
        pairs_unlabelled_strata: unlabelled.map(|stratum| stratum.pairs).sum(),
    }
}

impl Stratum {
    fn labelled(&self) -> u64 {
        self.same + self.different
    }

    fn share(&self) -> f64 {
        self.same as f64 / self.labelled() as f64
    }
}

/// Strata side by side that have enough labels together.
#[derive(Clone, Copy, Debug, Default)]
struct Pool {
    pairs: f64,
    labelled: f64,
    /// How many pairs are of one customer, each stratum counted for itself.
    matches: f64,
    /// The sum over strata of squared pairs by labels.
    spread: f64,
}

impl Pool {
    /// From so many labels on, a pool stands by itself.
    const LABELS_MIN: f64 = 20.0;

    fn add(&mut self, stratum: &Stratum) {
        let pairs = stratum.pairs as f64;
        self.pairs += pairs;
        self.labelled += stratum.labelled() as f64;
        self.matches += pairs * stratum.share();
        self.spread += pairs * pairs / stratum.labelled() as f64;
    }

    fn join(&mut self, other: Pool) {
        self.pairs += other.pairs;
        self.labelled += other.labelled;
        self.matches += other.matches;
        self.spread += other.spread;
    }

    /// The share of one customer among its pairs.
    fn share(&self) -> Interval {
        let estimate = self.matches / self.pairs;
        // As many labels as would tell as much if all pairs had the same chance of one.
        let labels = self.pairs * self.pairs / self.spread;
        let middle = (estimate + Z * Z / (2.0 * labels)) / (1.0 + Z * Z / labels);
        let variance = estimate * (1.0 - estimate) / labels + Z * Z / (4.0 * labels * labels);
        let reach = Z * variance.sqrt() / (1.0 + Z * Z / labels);
        // Where all pairs are labelled, nothing is left to chance.
        let unlabelled = (self.pairs - self.labelled).max(0.0);
        let finite = (unlabelled / (self.pairs - 1.0).max(1.0)).sqrt();
        Interval {
            estimate,
            low: estimate - finite * (estimate - (middle - reach)),
            high: estimate + finite * (middle + reach - estimate),
        }
    }
}

/// Puts strata in pools, from the lightest up; what is left over goes to the last.
fn pools(strata: &[Stratum]) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    let mut open = Pool::default();
    for stratum in strata {
        open.add(stratum);
        if open.labelled >= Pool::LABELS_MIN {
            pools.push(std::mem::take(&mut open));
        }
    }
    match pools.last_mut() {
        Some(last) => last.join(open),
        None => pools.push(open),
    }
    pools
}

/// How many pairs are of one customer; none when there are pairs and no label.
fn matches<'s>(strata: impl Iterator<Item = &'s Stratum>) -> Option<Interval> {
    let strata: Vec<Stratum> = strata.copied().collect();
    if strata.is_empty() {
        return Some(Interval { estimate: 0.0, low: 0.0, high: 0.0 });
    }
    let (mut estimate, mut below, mut above) = (0.0, 0.0, 0.0);
    for pool in pools(&put_together(&strata)?) {
        let share = pool.share();
        estimate += pool.matches;
        below += (pool.pairs * (share.estimate - share.low)).powi(2);
        above += (pool.pairs * (share.high - share.estimate)).powi(2);
    }
    let all: f64 = strata.iter().map(|stratum| stratum.pairs as f64).sum();
    Some(Interval {
        estimate,
        low: (estimate - below.sqrt()).max(0.0),
        high: (estimate + above.sqrt()).min(all),
    })
}

/// Strata with labels, each with the pairs of those without to which it is the nearest.
fn put_together(strata: &[Stratum]) -> Option<Vec<Stratum>> {
    let mut labelled: Vec<Stratum> =
        strata.iter().filter(|stratum| stratum.labelled() > 0).copied().collect();
    labelled.sort_by_key(|stratum| stratum.bits);
    let anchors: Vec<i32> = labelled.iter().map(|stratum| stratum.bits).collect();
    let nearest = |bits: i32| {
        let by_distance = |&at: &usize| (anchors[at].abs_diff(bits), anchors[at]);
        (0..anchors.len()).min_by_key(by_distance)
    };
    for stratum in strata.iter().filter(|stratum| stratum.labelled() == 0) {
        labelled[nearest(stratum.bits)?].pairs += stratum.pairs;
    }
    Some(labelled)
}

/// The share of the one among both.
fn recall(linked: Interval, apart: Interval) -> Option<Interval> {
    let (found, missed) = (linked.estimate, apart.estimate);
    if found + missed == 0.0 {
        return None;
    }
    let estimate = found / (found + missed);
    let balance = |recall: f64| (1.0 - recall) * found - recall * missed;
    let reach = |recall: f64, of_found: f64, of_missed: f64| {
        ((1.0 - recall) * of_found).hypot(recall * of_missed)
    };
    let low = zero(0.0, estimate, |recall| {
        balance(recall) - reach(recall, found - linked.low, apart.high - missed)
    });
    let high = zero(estimate, 1.0, |recall| {
        balance(recall) + reach(recall, linked.high - found, missed - apart.low)
    });
    Some(Interval { estimate, low, high })
}

/// Where a function that falls from at least zero to at most zero reaches it, by halving.
fn zero(mut from: f64, mut until: f64, function: impl Fn(f64) -> f64) -> f64 {
    // Each round gives a bit, and a double has 53.
    for _ in 0..60 {
        let middle = (from + until) / 2.0;
        if function(middle) > 0.0 {
            from = middle;
        } else {
            until = middle;
        }
    }
    (from + until) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stratum(bits: i32, linked: bool, pairs: u64, same: u64, different: u64) -> Stratum {
        Stratum { bits, linked, pairs, same, different }
    }

    fn shown(interval: Option<Interval>) -> String {
        interval.map_or("-".into(), |Interval { estimate, low, high }| {
            format!("{estimate:.4} ({low:.4} to {high:.4})")
        })
    }

    fn check(strata: &[Stratum], precision: &str, recall: &str) {
        let found = estimate(strata);
        assert_eq!((&*shown(found.precision), &*shown(found.recall)), (precision, recall));
    }

    #[test]
    fn one_stratum_has_the_limits_of_wilson() {
        // 9 of 10: Wilson gives 0.5959 to 0.9821; of ten million pairs hardly any are labelled.
        check(
            &[stratum(5, true, 10_000_000, 9, 1)],
            "0.9000 (0.5959 to 0.9821)",
            "1.0000 (1.0000 to 1.0000)",
        );
    }

    #[test]
    fn what_is_labelled_whole_is_certain() {
        let strata = [stratum(5, true, 10, 9, 1), stratum(-2, false, 4, 1, 3)];
        check(&strata, "0.9000 (0.9000 to 0.9000)", "0.9000 (0.9000 to 0.9000)");
    }

    /// Worked out apart from this code, by the formulas of the sources.
    #[test]
    fn labels_stand_for_all_pairs_of_their_stratum() {
        let strata = [
            stratum(8, true, 1000, 50, 0),
            stratum(2, true, 200, 30, 10),
            stratum(-1, false, 500, 5, 45),
        ];
        check(&strata, "0.9583 (0.8961 to 0.9745)", "0.9583 (0.9168 to 0.9803)");
    }

    /// Worked out apart from this code: 20 labels tell as much as 18 with equal chances would.
    #[test]
    fn strata_with_few_labels_are_pooled() {
        let strata = [stratum(9, true, 100, 8, 2), stratum(8, true, 50, 5, 5)];
        check(&strata, "0.7000 (0.4846 to 0.8496)", "1.0000 (1.0000 to 1.0000)");
    }

    #[test]
    fn strata_without_labels_are_like_the_nearest() {
        let strata = [stratum(9, true, 500, 0, 0), stratum(8, true, 500, 50, 0)];
        let found = estimate(&strata);
        assert_eq!(found.pairs_unlabelled_strata, 500);
        assert_eq!(found.precision, estimate(&[stratum(8, true, 1000, 50, 0)]).precision);
    }

    #[test]
    fn sides_without_labels_tell_nothing() {
        let strata = [stratum(8, true, 10, 0, 0), stratum(-1, false, 10, 1, 1)];
        check(&strata, "-", "-");
        check(
            &[stratum(8, true, 10, 5, 5), stratum(-1, false, 10, 0, 0)],
            "0.5000 (0.5000 to 0.5000)",
            "-",
        );
    }
}
