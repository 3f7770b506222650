//! A delivery has about as many records as the one before.
//!
//! ```yaml
//! crm_volume: { on: deliveries, sources: [crm], volume: { drop_max: 20 %, rise_max: 50 % } }
//! ```

use karat_model::check::{Verdict, Volume};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::passes;

/// Fails when there are far fewer or far more.
pub(super) fn judge(
    facts: &DeliveryFacts,
    volume: &Volume,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let [.., before, now] = facts.volumes else { return Verdict::NotApplicable };
    let [before, now] = [before, now].map(|of| of.value as u128);
    if before == 0 {
        return Verdict::NotApplicable;
    }
    let least = before * u128::from(10_000 - volume.drop_max.0.min(10_000));
    let most = volume.rise_max.map(|rise| before * (10_000 + u128::from(rise.0)));
    let is_met = now * 10_000 >= least && most.is_none_or(|most| now * 10_000 <= most);
    if !is_met {
        let [is, wanted] = [now, before].map(|count| Figure::Records(count as u64));
        faults.push(DeliveryFault::whole(is, Wanted::About(wanted)));
    }
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Day, Requirement, Share, Volume};

    use super::super::super::DeliveryFacts;
    use super::super::super::usual::Sample;
    use super::super::fixture::{delivery, judged};

    #[test]
    fn a_drop_is_told() {
        let volume = Volume { drop_max: Share(2_000), rise_max: Some(Share(5_000)) };
        let requirement = Requirement::Volume(volume);
        let of = |value| Sample { day: Day(0), value };
        for (now, expected) in [(80.0, "pass"), (79.0, "fail"), (150.0, "pass"), (151.0, "fail")] {
            let volumes = [of(100.0), of(now)];
            let facts = DeliveryFacts { volumes: &volumes, ..delivery() };
            assert_eq!(judged(&requirement, "", &facts), expected, "{now}");
        }
        let first = [of(100.0)];
        let facts = DeliveryFacts { volumes: &first, ..delivery() };
        assert_eq!(judged(&requirement, "", &facts), "not_applicable");
    }
}
