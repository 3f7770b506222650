//! Counts or sums agree with those of another source.
//!
//! Without `sum` the numbers of records are compared, with it the sums of an attribute. The
//! difference may be the share of the other's that `tolerance` says.
//!
//! ```yaml
//! same_balance:
//!   { on: deliveries, sources: [crm], reconciliation: { with: erp, sum: balance, tolerance: 0.1 % } }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Reconciliation, Verdict};
use karat_model::id::SourceName;

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::passes;

/// Fails when they differ by more.
pub(super) fn judge(
    facts: &DeliveryFacts,
    it: &Reconciliation,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let amount = |source: &SourceName| match it.sum {
        None => facts.records_of(source).map(i128::from),
        Some(attribute) => sum_of(facts, source, attribute),
    };
    match (amount(facts.source), amount(&it.with)) {
        (Some(own), Some(other)) => {
            let difference = own.abs_diff(other);
            let allowed = other.unsigned_abs() * u128::from(it.tolerance.0);
            let is_met = difference * 10_000 <= allowed;
            if !is_met {
                let figure = |amount: i128| match it.sum {
                    None => Figure::Records(amount as u64),
                    Some(_) => Figure::Number(Decimal(amount as i64)),
                };
                let wanted = Wanted::About(figure(other));
                let whole = DeliveryFault::whole(figure(own), wanted);
                faults.push(DeliveryFault { attribute: it.sum, ..whole });
            }
            passes(is_met)
        }
        _ => Verdict::NotApplicable,
    }
}

fn sum_of(facts: &DeliveryFacts, source: &SourceName, attribute: AttributeId) -> Option<i128> {
    let of =
        |it: &&super::super::delivery::ValueFacts| it.source == source && it.attribute == attribute;
    Some(i128::from(facts.values.iter().find(of)?.sum?.0))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Reconciliation, Requirement, Share};
    use karat_model::id::SourceName;

    use super::super::super::DeliveryFacts;
    use super::super::fixture::{delivery, judged};

    #[test]
    fn counts_agree_or_not() {
        let with = SourceName::new("erp");
        let requirement =
            Requirement::Reconciliation(Reconciliation { with, tolerance: Share(100), sum: None });
        let mut facts = delivery();
        for (own, expected) in [(101, "pass"), (99, "pass"), (102, "fail")] {
            let records = [(SourceName::new("crm"), own), (SourceName::new("erp"), 100)];
            let facts = DeliveryFacts { records: &records, ..facts.clone() };
            assert_eq!(judged(&requirement, "", &facts), expected, "{own}");
        }
        facts.records = &[];
        assert_eq!(judged(&requirement, "", &facts), "not_applicable");
    }
}
