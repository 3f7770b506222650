//! Values are distributed as in the delivery before.
//!
//! Measured by the population stability index, the sum over all values of
//! `(now - before) ln(now / before)` of their shares: below 0.1 little has changed, above 0.25 much
//! has. Without a delivery before there is nothing to judge, and fewer than 100 values of either are
//! too few. Nor is there with more than 1,000 different values: see [`usual_values`](usual_values.md).
//!
//! Source: N. Siddiqi, *Credit Risk Scorecards*, 2006.
//!
//! ```yaml
//! same_segments: { on: deliveries, sources: [crm], attributes: segment, drift: { psi_max: 0.25 } }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Verdict, Why};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, ValueFacts, Wanted};
use super::super::stability::{VALUES_MIN, stability};
use super::super::subject::Together;
use super::passes;

/// Fails when the values of an attribute are distributed otherwise.
pub(super) fn judge(
    facts: &DeliveryFacts,
    attributes: &[AttributeId],
    psi_max: Decimal,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let mut all = Together::default();
    for values in facts.values_of(attributes) {
        all.add(match index(values) {
            None => Verdict::NotApplicable,
            Some(Err(too_few)) => Verdict::Unverified(too_few),
            Some(Ok(psi)) => {
                let is_met = psi <= psi_max.0 as f64 / 10_000.0;
                if !is_met {
                    let most = Wanted::AtMost(Figure::Index(psi_max));
                    let fault = DeliveryFault::of_attribute;
                    faults.push(fault(values.attribute, Figure::index(psi), most));
                }
                passes(is_met)
            }
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
    Some(Ok(stability(values.groups.iter().copied(), values.groups_before.iter().copied())))
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
