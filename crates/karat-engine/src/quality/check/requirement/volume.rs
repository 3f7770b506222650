//! A delivery has about as many records as the one before.
//!
//! ```yaml
//! crm_volume: { on: deliveries, sources: [crm], volume: { drop_max: 20 %, rise_max: 50 % } }
//! ```

use karat_model::check::{Verdict, Volume};

use super::super::delivery::DeliveryFacts;
use super::passes;

/// Fails when there are far fewer or far more.
pub(super) fn judge(facts: &DeliveryFacts, volume: &Volume) -> Verdict {
    let (now, before) = (facts.records_of(facts.source), facts.records_before);
    let (Some(now), Some(before)) = (now, before.filter(|before| *before > 0)) else {
        return Verdict::NotApplicable;
    };
    let [now, before] = [now, before].map(u128::from);
    let least = before * u128::from(10_000 - volume.drop_max.0.min(10_000));
    let most = volume.rise_max.map(|rise| before * (10_000 + u128::from(rise.0)));
    passes(now * 10_000 >= least && most.is_none_or(|most| now * 10_000 <= most))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Requirement, Share, Volume};
    use karat_model::id::SourceName;

    use super::super::super::DeliveryFacts;
    use super::super::fixture::{delivery, judged};

    #[test]
    fn a_drop_is_told() {
        let volume = Volume { drop_max: Share(2_000), rise_max: Some(Share(5_000)) };
        let requirement = Requirement::Volume(volume);
        let mut facts = delivery();
        facts.records_before = Some(100);
        for (now, expected) in [(80, "pass"), (79, "fail"), (150, "pass"), (151, "fail")] {
            let records = [(SourceName::new("crm"), now)];
            let facts = DeliveryFacts { records: &records, ..facts.clone() };
            assert_eq!(judged(&requirement, "", &facts), expected, "{now}");
        }
        facts.records_before = None;
        assert_eq!(judged(&requirement, "", &facts), "not_applicable");
    }
}
