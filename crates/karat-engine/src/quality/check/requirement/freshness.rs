//! The source delivered within so many hours.
//!
//! A source that never delivered fails.
//!
//! ```yaml
//! crm_daily: { on: deliveries, sources: [crm], freshness: 26h }
//! ```

use karat_model::check::{Hours, Verdict};

use super::super::delivery::DeliveryFacts;
use super::passes;

/// Fails when the last delivery is too long ago.
pub(super) fn judge(facts: &DeliveryFacts, hours: Hours) -> Verdict {
    let seconds = i64::from(hours.0) * 3_600;
    passes(facts.delivered_at.is_some_and(|at| facts.as_of.0 - at.0 <= seconds))
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
