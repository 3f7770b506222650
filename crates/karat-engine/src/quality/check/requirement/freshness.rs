//! The source delivered within so many hours.
//!
//! A source that never delivered fails.
//!
//! ```yaml
//! crm_daily: { on: deliveries, sources: [crm], freshness: 26h }
//! ```

use karat_model::check::{Hours, Verdict};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::passes;

/// Fails when the last delivery is too long ago.
pub(super) fn judge(
    facts: &DeliveryFacts,
    hours: Hours,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let seconds = i64::from(hours.0) * 3_600;
    let age = facts.delivered_at.map(|at| facts.as_of.0 - at.0);
    let is_met = age.is_some_and(|age| age <= seconds);
    if !is_met {
        let wanted = Wanted::AtMost(Figure::Hours(u64::from(hours.0)));
        let is = age.map(|age| Figure::hours(age.unsigned_abs()));
        faults.push(DeliveryFault { attribute: None, column: None, is, wanted });
    }
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Hours, Requirement};
    use karat_model::record::Moment;

    use super::super::fixture::{delivery, judged};

    #[test]
    fn a_delivery_is_of_today_or_not() {
        let requirement = Requirement::Freshness(Hours(26));
        let mut facts = delivery();
        facts.delivered_at = Some(Moment(facts.as_of.0 - 26 * 3_600));
        assert_eq!(judged(&requirement, "", &facts), "pass");
        facts.delivered_at = Some(Moment(facts.as_of.0 - 26 * 3_600 - 1));
        assert_eq!(judged(&requirement, "", &facts), "fail");
        facts.delivered_at = None;
        assert_eq!(judged(&requirement, "", &facts), "fail");
    }
}
