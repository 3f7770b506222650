//! No column is left empty more often than is usual for the source.
//!
//! The share of records that leave a column empty, the null rate, may rise by so many percentage
//! points above what is usual, which is worked out as for [`usual_volume`](usual_volume.md), or by
//! three and a half standard deviations where it varies more than that. All columns of the source are judged, or
//! those that are about `attributes`; each that fails is a finding.
//!
//! ```yaml
//! crm_filled: { on: deliveries, sources: [crm], usual_null_rate: { rise_max: 3.5 % } }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{Share, Verdict};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::super::subject::Together;
use super::super::usual::{CHANCE_MAX, DEVIATIONS_MAX, Feed, Usual};
use super::{of_those_with_enough, passes};

/// Fails when a column is empty far more often than usual.
pub(super) fn judge(
    facts: &DeliveryFacts,
    attributes: &[AttributeId],
    rise_max: Share,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    // Of a delivery without records the volume tells.
    let Some(count) = facts.volumes.last().map(|now| now.value).filter(|count| *count > 0.0) else {
        return Verdict::NotApplicable;
    };
    let mut all = Together::default();
    let mut has_too_few = false;
    for column in facts.columns_of(attributes) {
        let Some((now, before)) = column.empty.split_last() else { continue };
        let Some(usual) = Usual::of(before, now.day, facts.feed) else {
            has_too_few = true;
            continue;
        };
        let chance = match facts.feed {
            Feed::Whole => 0.0,
            Feed::Changes => {
                let share = (usual.expected.clamp(0.0, 1.0) * count + 1.0) / (count + 2.0);
                CHANCE_MAX * (share * (1.0 - share) / count).sqrt()
            }
        };
        let varies = (DEVIATIONS_MAX * usual.spread).max(chance);
        let is_usual = now.value - usual.expected <= rise_max.as_f64().max(varies) + 1e-9;
        if !is_usual {
            let [is, wanted] = [now.value, usual.expected].map(Figure::empty);
            faults.push(DeliveryFault::of_column(column, is, Wanted::About(wanted)));
        }
        all.add(passes(is_usual));
    }
    of_those_with_enough(all, has_too_few)
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::{Requirement, Share};

    use super::super::super::usual::{Feed, Sample, daily};
    use super::super::super::{ColumnFacts, DeliveryFacts, Figure, Wanted};
    use super::super::fixture::{delivery, faults, judged};

    const REQUIREMENT: Requirement = Requirement::UsualNullRate(Share(350));

    fn column(empty: &[Sample]) -> ColumnFacts<'_> {
        let attribute = Some(AttributeId::EMAIL);
        ColumnFacts { column: 3, attribute, empty, distances: &[], chance: 0.0 }
    }

    #[test]
    fn a_column_that_is_emptied_is_told() {
        let volumes = daily([1_000.0; 4]);
        for (shares, expected) in [
            (&[0.02, 0.02, 0.02, 0.055][..], "pass"),
            (&[0.02, 0.02, 0.02, 0.07], "fail"),
            (&[0.02, 0.02, 0.02, 0.0], "pass"),
            (&[0.02, 0.02, 1.0], "unverified"),
        ] {
            let empty = daily(shares.iter().copied());
            let columns = [column(&empty)];
            let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
            assert_eq!(judged(&REQUIREMENT, "", &facts), expected, "{shares:?}");
            assert_eq!(judged(&REQUIREMENT, "email", &facts), expected, "{shares:?}");
            assert_eq!(judged(&REQUIREMENT, "city", &facts), "not_applicable");
        }
        let empty = daily([0.02, 0.02, 0.02, 1.0]);
        let columns = [column(&empty)];
        let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
        let [fault] = faults(&REQUIREMENT, "", &facts)[..] else { panic!("one is told") };
        assert_eq!((fault.column, fault.attribute), (Some(3), Some(AttributeId::EMAIL)));
        assert_eq!(fault.is, Some(Figure::Empty(Share(10_000))));
        assert_eq!(fault.wanted, Wanted::About(Figure::Empty(Share(200))));
        let none = daily([1_000.0, 1_000.0, 1_000.0, 0.0]);
        let facts = DeliveryFacts { volumes: &none, columns: &columns, ..delivery() };
        assert_eq!(judged(&REQUIREMENT, "", &facts), "not_applicable");
    }

    #[test]
    fn a_column_that_is_new_is_left_out() {
        let volumes = daily([1_000.0; 4]);
        let is_new = daily([1.0]);
        for (last, expected) in [(0.02, "pass"), (0.5, "fail")] {
            let empty = daily([0.02, 0.02, 0.02, last]);
            let columns = [column(&is_new), column(&empty)];
            let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
            assert_eq!(judged(&REQUIREMENT, "", &facts), expected);
        }
        let columns = [column(&is_new)];
        let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
        assert_eq!(judged(&REQUIREMENT, "", &facts), "unverified");
    }

    #[test]
    fn of_few_changes_chance_alone_leaves_some_empty() {
        let mut shares = vec![0.1; 20];
        shares.push(0.2);
        let empty = daily(shares.iter().copied());
        let columns = [column(&empty)];
        for (count, expected) in [(50.0, "pass"), (5_000.0, "fail")] {
            let volumes = daily([count; 21]);
            let feed = Feed::Changes;
            let facts = DeliveryFacts { volumes: &volumes, columns: &columns, feed, ..delivery() };
            assert_eq!(judged(&REQUIREMENT, "", &facts), expected, "{count}");
        }
    }
}
