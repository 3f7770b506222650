//! What arrives is in the golden records within so many hours.
//!
//! The longest wait of what the source sent counts; where nothing was measured there is nothing to
//! judge.
//!
//! ```yaml
//! shop_soon: { on: deliveries, sources: [shop], propagation_latency: 1h }
//! ```

use karat_model::check::{Hours, Verdict};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::passes;

/// Fails when something waited too long.
pub(super) fn judge(
    facts: &DeliveryFacts,
    hours: Hours,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let Some(seconds) = facts.latency else { return Verdict::NotApplicable };
    let most = u64::from(hours.0);
    let is_met = seconds <= most * 3_600;
    if !is_met {
        let wanted = Wanted::AtMost(Figure::Hours(most));
        faults.push(DeliveryFault::whole(Figure::hours(seconds), wanted));
    }
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Hours, Requirement};

    use super::super::fixture::{delivery, judged};

    #[test]
    fn the_longest_wait_counts() {
        let requirement = Requirement::PropagationLatency(Hours(1));
        let mut facts = delivery();
        for (latency, expected) in
            [(Some(3_600), "pass"), (Some(3_601), "fail"), (None, "not_applicable")]
        {
            facts.latency = latency;
            assert_eq!(judged(&requirement, "", &facts), expected, "{latency:?}");
        }
    }
}
