//! The mean of the numbers lies within so many deviations of those before.
//!
//! The mean of a delivery is compared with those of at least five deliveries before: it must lie
//! within so many standard deviations of their mean.
//!
//! ```yaml
//! usual_revenue:
//!   { on: deliveries, sources: [erp], attributes: revenue, outlier: { deviations_max: 4 } }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Quantifier, Verdict, Why};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::super::subject::Together;
use super::passes;

/// With fewer deliveries nobody knows what is usual.
const BEFORE_MIN: usize = 5;

/// Fails when the last mean is far from those before.
pub(super) fn judge(
    facts: &DeliveryFacts,
    attributes: &[AttributeId],
    max: Decimal,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let mut all = Together::default();
    for values in facts.values_of(attributes) {
        let Some((last, before)) = values.means.split_last() else { continue };
        if before.len() < BEFORE_MIN {
            all.add(Verdict::Unverified(Why::TooFew));
            continue;
        }
        let numbers: Vec<f64> = before.iter().map(|mean| mean.0 as f64).collect();
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let variance = numbers.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let allowed = max.0 as f64 / 10_000.0 * variance.sqrt();
        let is_met = (last.0 as f64 - mean).abs() <= allowed;
        if !is_met {
            let usual = Wanted::About(Figure::Number(Decimal(mean.round() as i64)));
            let fault = DeliveryFault::of_attribute;
            faults.push(fault(values.attribute, Figure::Number(*last), usual));
        }
        all.add(passes(is_met));
    }
    all.verdict(Quantifier::All)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Decimal, Requirement};

    use super::super::fixture::{delivery, judged, values};

    #[test]
    fn an_unusual_mean_is_told() {
        let requirement = Requirement::Outlier(Decimal::parse("3").unwrap());
        let usual = [100, 102, 98, 101, 99].map(|mean| Decimal(mean * 10_000));
        for (last, expected) in [(104, "pass"), (105, "fail"), (95, "fail")] {
            let means = [&usual[..], &[Decimal(last * 10_000)]].concat();
            let mut known = [values("job_title", &[], &[])];
            known[0].means = &means;
            let facts = crate::quality::check::DeliveryFacts { values: &known, ..delivery() };
            assert_eq!(judged(&requirement, "job_title", &facts), expected, "{last}");
        }
        let mut known = [values("job_title", &[], &[])];
        known[0].means = &usual;
        let facts = crate::quality::check::DeliveryFacts { values: &known, ..delivery() };
        assert_eq!(judged(&requirement, "job_title", &facts), "unverified");
        assert_eq!(judged(&requirement, "city", &facts), "not_applicable");
    }
}
