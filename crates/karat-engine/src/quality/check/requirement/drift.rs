//! Values are distributed as in the delivery before.
//!
//! Measured by the population stability index, the sum over all values of
//! `(now - before) ln(now / before)` of their shares: below 0.1 little has changed, above 0.25 much
//! has. Without a delivery before there is nothing to judge, and fewer than 100 values of either are
//! too few.
//!
//! Source: N. Siddiqi, *Credit Risk Scorecards*, 2006.
//!
//! ```yaml
//! same_segments: { on: deliveries, sources: [crm], attributes: segment, drift: { psi_max: 0.25 } }
//! ```

use std::collections::BTreeMap;

use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Verdict, Why};

use super::super::delivery::{DeliveryFacts, ValueFacts};
use super::super::subject::Together;
use super::passes;

/// With fewer values chance alone drifts.
const VALUES_MIN: u64 = 100;

/// A value that is not there has this share, so that its logarithm is finite.
const SHARE_MIN: f64 = 0.000_1;

/// Fails when the values of an attribute are distributed otherwise.
pub(super) fn judge(
    facts: &DeliveryFacts,
    attributes: &[AttributeId],
    psi_max: Decimal,
) -> Verdict {
    let mut all = Together::default();
    for values in facts.values_of(attributes) {
        all.add(match index(values) {
            None => Verdict::NotApplicable,
            Some(Err(too_few)) => Verdict::Unverified(too_few),
            Some(Ok(psi)) => passes(psi <= psi_max.0 as f64 / 10_000.0),
        });
    }
    all.verdict(karat_model::check::Quantifier::All)
}

fn index(values: &ValueFacts) -> Option<Result<f64, Why>> {
    let total = |groups: &[(&str, u64)]| groups.iter().map(|(_, count)| count).sum::<u64>();
    let totals = [total(values.groups), total(values.groups_before)];
    if totals[1] == 0 {
        return None;
    }
    if totals.into_iter().any(|total| total < VALUES_MIN) {
        return Some(Err(Why::TooFew));
    }
    let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    for (side, groups) in [values.groups, values.groups_before].into_iter().enumerate() {
        for (group, count) in groups {
            counts.entry(group).or_default()[side] += count;
        }
    }
    let share = |count: u64, total: u64| (count as f64 / total as f64).max(SHARE_MIN);
    let terms = counts.values().map(|[now, before]| {
        let (now, before) = (share(*now, totals[0]), share(*before, totals[1]));
        (now - before) * (now / before).ln()
    });
    Some(Ok(terms.sum()))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Decimal, Requirement};

    use super::super::fixture::{delivery, judged, values};

    #[test]
    fn another_distribution_is_told() {
        let requirement = Requirement::Drift(Decimal::parse("0.25").unwrap());
        let before = [("A", 50), ("B", 50)];
        for (now, expected) in [
            ([("A", 550), ("B", 450)], "pass"),
            ([("A", 900), ("B", 100)], "fail"),
            ([("C", 500), ("B", 500)], "fail"),
            ([("A", 5), ("B", 5)], "unverified"),
        ] {
            let known = [values("job_title", &now, &before)];
            let facts = crate::quality::check::DeliveryFacts { values: &known, ..delivery() };
            assert_eq!(judged(&requirement, "job_title", &facts), expected, "{now:?}");
            assert_eq!(judged(&requirement, "city", &facts), "not_applicable");
        }
    }
}
