//! A delivery has about as many records as is usual for its source.
//!
//! What is usual is worked out of the last 70 deliveries: the median of those on the same weekday,
//! moved along with the last week. A delivery may be smaller by the share that `drop_max` says, and
//! larger by what `rise_max` says, or by three and a half standard deviations where the source varies more than
//! that. Of a source that delivers all its records three deliveries before are enough to judge by; of
//! one that delivers changes it takes eight, over two weeks.
//!
//! ```yaml
//! crm_as_usual: { on: deliveries, sources: [crm], usual_volume: { drop_max: 12 %, rise_max: 50 % } }
//! ```

use karat_model::check::{Verdict, Volume, Why};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::super::usual::{CHANCE_MAX, DEVIATIONS_MAX, Feed, Sample, Usual};

/// Fails when there are far fewer or far more than usual.
pub(super) fn judge(
    facts: &DeliveryFacts,
    volume: &Volume,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let Some((now, before)) = facts.volumes.split_last() else { return Verdict::NotApplicable };
    // In logarithms a tenth more is as far whatever the size; nothing is half a record.
    let size = |of: &Sample| Sample { value: of.value.max(0.5).ln(), ..*of };
    let before: Vec<Sample> = before.iter().map(size).collect();
    let Some(usual) = Usual::of(&before, now.day, facts.feed) else {
        return Verdict::Unverified(Why::TooFew);
    };
    let expected = usual.expected.exp();
    let chance = match facts.feed {
        Feed::Whole => 0.0,
        Feed::Changes => CHANCE_MAX / expected.max(1.0).sqrt(),
    };
    let varies = (DEVIATIONS_MAX * usual.spread).max(chance);
    let drop = -(1.0 - volume.drop_max.as_f64()).max(f64::MIN_POSITIVE).ln();
    let rise = volume.rise_max.map(|rise| (1.0 + rise.as_f64()).ln());
    let beside = size(now).value - usual.expected;
    let is_usual = -beside <= drop.max(varies) + ROUNDING
        && rise.is_none_or(|rise| beside <= rise.max(varies) + ROUNDING);
    if is_usual {
        return Verdict::Pass;
    }
    let [is, wanted] = [now.value, expected].map(|count| Figure::Records(count.round() as u64));
    faults.push(DeliveryFault::whole(is, Wanted::About(wanted)));
    Verdict::Fail
}

/// What logarithms may be beside what they stand for.
const ROUNDING: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use karat_model::check::{Requirement, Share, Volume};

    use super::super::super::usual::{Feed, daily};
    use super::super::super::{DeliveryFacts, Figure, Wanted};
    use super::super::fixture::{delivery, faults, judged};

    #[test]
    fn fewer_than_usual_are_told() {
        let volume = Volume { drop_max: Share(1_200), rise_max: Some(Share(5_000)) };
        let requirement = Requirement::UsualVolume(volume);
        for (counts, expected) in [
            (&[100.0, 100.0, 100.0, 88.0][..], "pass"),
            (&[100.0, 100.0, 100.0, 87.0], "fail"),
            (&[100.0, 100.0, 100.0, 150.0], "pass"),
            (&[100.0, 100.0, 100.0, 151.0], "fail"),
            (&[100.0, 100.0, 100.0, 0.0], "fail"),
            (&[100.0, 100.0, 50.0], "unverified"),
            (&[], "not_applicable"),
        ] {
            let volumes = daily(counts.iter().copied());
            let facts = DeliveryFacts { volumes: &volumes, ..delivery() };
            assert_eq!(judged(&requirement, "", &facts), expected, "{counts:?}");
        }
        let volumes = daily([100.0, 100.0, 100.0, 70.0]);
        let facts = DeliveryFacts { volumes: &volumes, ..delivery() };
        let [fault] = faults(&requirement, "", &facts)[..] else { panic!("one is told") };
        assert_eq!(fault.is, Some(Figure::Records(70)));
        assert_eq!(fault.wanted, Wanted::About(Figure::Records(100)));
    }

    #[test]
    fn a_source_that_varies_may_vary_and_its_weekend_is_quiet() {
        let volume = Volume { drop_max: Share(1_200), rise_max: None };
        let requirement = Requirement::UsualVolume(volume);
        let week = [1_000.0, 1_050.0, 980.0, 1_020.0, 990.0, 400.0, 380.0];
        let mut counts: Vec<f64> = week.iter().copied().cycle().take(28).collect();
        for (next, expected) in [(960.0, "pass"), (400.0, "fail")] {
            counts.push(next);
            let volumes = daily(counts.iter().copied());
            let feed = Feed::Changes;
            let facts = DeliveryFacts { volumes: &volumes, feed, ..delivery() };
            assert_eq!(judged(&requirement, "", &facts), expected, "{next}");
            counts.pop();
        }
    }
}
