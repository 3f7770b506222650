//! The source delivers as many records as another one knows.
//!
//! ```yaml
//! shop_is_whole: { on: deliveries, sources: [shop], record_coverage: { of: erp, min: 95 % } }
//! ```

use karat_model::check::{Coverage, Verdict};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::passes;

/// Fails when there are fewer records than that share of the other's.
pub(super) fn judge(
    facts: &DeliveryFacts,
    coverage: &Coverage,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let (own, other) = (facts.records_of(facts.source), facts.records_of(&coverage.of));
    match (own, other) {
        (Some(own), Some(other)) if other > 0 => {
            let wanted = u128::from(other) * u128::from(coverage.min.0);
            let is_met = u128::from(own) * 10_000 >= wanted;
            if !is_met {
                let least = Figure::Records(wanted.div_ceil(10_000) as u64);
                faults.push(DeliveryFault::whole(Figure::Records(own), Wanted::AtLeast(least)));
            }
            passes(is_met)
        }
        _ => Verdict::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Coverage, Requirement, Share};
    use karat_model::id::SourceName;

    use super::super::super::DeliveryFacts;
    use super::super::fixture::{delivery, judged};

    #[test]
    fn a_source_covers_another_or_not() {
        let of = |name| {
            Requirement::RecordCoverage(Coverage { of: SourceName::new(name), min: Share(9_500) })
        };
        let facts = delivery();
        for (own, expected) in [(95, "pass"), (94, "fail")] {
            let records = [(SourceName::new("crm"), own), (SourceName::new("erp"), 100)];
            let facts = DeliveryFacts { records: &records, ..facts.clone() };
            assert_eq!(judged(&of("erp"), "", &facts), expected, "{own}");
            assert_eq!(judged(&of("shop"), "", &facts), "not_applicable");
        }
    }
}
