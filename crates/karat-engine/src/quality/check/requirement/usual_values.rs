//! The values of columns are distributed as is usual for the source.
//!
//! Measured by the population stability index, as for [`drift`](drift.md), against the deliveries
//! before together, of which late ones count for more. Of a column with up to 64 different values
//! these are compared, and else their forms: how letters, digits and signs follow each other. The
//! index may be what is usual, by weekday as for [`usual_volume`](usual_volume.md), and above it
//! what `psi_max` and chance allow, or three and a half standard deviations. All columns of the source are
//! judged, or those that are about `attributes`; each that fails is a finding. A column with fewer
//! than 100 values is left out; nothing can be said where all are.
//!
//! Source: N. Siddiqi, *Credit Risk Scorecards*, 2006; B. Yurdakul, J. Naranjo, *Statistical
//! properties of the population stability index*, 2020.
//!
//! ```yaml
//! crm_like_before: { on: deliveries, sources: [crm], usual_values: { psi_max: 0.25 } }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Verdict};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::super::subject::Together;
use super::super::usual::{DEVIATIONS_MAX, Usual};
use super::{of_those_with_enough, passes};

/// Fails when the values of a column are distributed far otherwise than usual.
pub(super) fn judge(
    facts: &DeliveryFacts,
    attributes: &[AttributeId],
    psi_max: Decimal,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let mut all = Together::default();
    let mut has_too_few = false;
    let today = facts.volumes.last().map(|now| now.day);
    for column in facts.columns_of(attributes) {
        // Without enough values the last delivery has no distance.
        let of_today = column.distances.split_last().filter(|(now, _)| Some(now.day) == today);
        let usual =
            of_today.and_then(|(now, before)| Some((now, Usual::of(before, now.day, facts.feed)?)));
        let Some((now, usual)) = usual else {
            has_too_few = true;
            continue;
        };
        let allowed =
            (psi_max.0 as f64 / 10_000.0 + column.chance).max(DEVIATIONS_MAX * usual.spread);
        let most = usual.expected.max(0.0) + allowed;
        let is_usual = now.value <= most;
        if !is_usual {
            let [is, most] = [now.value, most].map(Figure::index);
            faults.push(DeliveryFault::of_column(column, is, Wanted::AtMost(most)));
        }
        all.add(passes(is_usual));
    }
    of_those_with_enough(all, has_too_few)
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::{Decimal, Requirement};

    use super::super::super::usual::{Sample, daily};
    use super::super::super::{ColumnFacts, DeliveryFacts};
    use super::super::fixture::{delivery, faults, judged};

    #[test]
    fn another_distribution_than_usual_is_told() {
        let requirement = Requirement::UsualValues(Decimal::parse("0.25").unwrap());
        let volumes = daily([1_000.0; 5]);
        for (indexes, chance, expected) in [
            (&[0.0, 0.01, 0.02, 0.01, 0.2][..], 0.0, "pass"),
            (&[0.0, 0.01, 0.02, 0.01, 0.4], 0.0, "fail"),
            (&[0.0, 0.01, 0.02, 0.01, 0.4], 0.2, "pass"),
            (&[0.0, 0.01, 0.02, 0.01], 0.0, "unverified"),
        ] {
            let distances = daily(indexes.iter().copied());
            let attribute = Some(AttributeId::CITY);
            let columns =
                [ColumnFacts { column: 1, attribute, empty: &[], distances: &distances, chance }];
            let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
            assert_eq!(judged(&requirement, "", &facts), expected, "{indexes:?}");
            assert_eq!(judged(&requirement, "email", &facts), "not_applicable");
            let told = faults(&requirement, "city", &facts);
            assert_eq!(told.len(), usize::from(expected == "fail"), "{indexes:?}");
        }
    }

    #[test]
    fn a_column_with_too_few_values_is_left_out() {
        let requirement = Requirement::UsualValues(Decimal::parse("0.25").unwrap());
        let volumes = daily([1_000.0; 5]);
        fn column(column: u16, distances: &[Sample]) -> ColumnFacts<'_> {
            let attribute = Some(AttributeId::CITY);
            ColumnFacts { column, attribute, empty: &[], distances, chance: 0.0 }
        }
        for (last, expected) in [(0.2, "pass"), (0.4, "fail")] {
            let distances = daily([0.0, 0.01, 0.02, 0.01, last]);
            let columns = [column(1, &[]), column(2, &distances)];
            let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
            assert_eq!(judged(&requirement, "", &facts), expected);
        }
        let columns = [column(1, &[]), column(2, &[])];
        let facts = DeliveryFacts { volumes: &volumes, columns: &columns, ..delivery() };
        assert_eq!(judged(&requirement, "", &facts), "unverified");
    }
}
