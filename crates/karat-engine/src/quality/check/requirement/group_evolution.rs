//! No group of values appears or vanishes.
//!
//! Counts the values that were not in the delivery before, and those that are not there any more.
//! With more than 1,000 different values there is nothing to judge.
//!
//! ```yaml
//! same_branches:
//!   { on: deliveries, sources: [shop], attributes: branch, group_evolution: { new_max: 2, gone_max: 0 } }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{GroupEvolution, Quantifier, Verdict};

use super::super::delivery::{DeliveryFacts, DeliveryFault, Figure, Wanted};
use super::super::subject::Together;
use super::passes;

/// Fails when too many groups came or went.
pub(super) fn judge(
    facts: &DeliveryFacts,
    attributes: &[AttributeId],
    it: &GroupEvolution,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let mut all = Together::default();
    for values in facts.values_of(attributes) {
        if values.groups.is_empty() || values.groups_before.is_empty() {
            continue;
        }
        let missing = |groups: &[(&str, u64)], among: &[(&str, u64)]| {
            let is_missing = |(group, _): &&(&str, u64)| !among.iter().any(|(it, _)| it == group);
            groups.iter().filter(is_missing).count() as u64
        };
        let appeared = missing(values.groups, values.groups_before);
        let vanished = missing(values.groups_before, values.groups);
        let (new_max, gone_max) = (u64::from(it.new_max), u64::from(it.gone_max));
        let is_met = appeared <= new_max && vanished <= gone_max;
        if !is_met {
            let (is, most) =
                if appeared > new_max { (appeared, new_max) } else { (vanished, gone_max) };
            let wanted = Wanted::AtMost(Figure::Groups(most));
            let fault = DeliveryFault::of_attribute;
            faults.push(fault(values.attribute, Figure::Groups(is), wanted));
        }
        all.add(passes(is_met));
    }
    all.verdict(Quantifier::All)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{GroupEvolution, Requirement};

    use super::super::fixture::{delivery, judged, values};

    #[test]
    fn groups_come_and_go() {
        let requirement = Requirement::GroupEvolution(GroupEvolution { new_max: 1, gone_max: 0 });
        let before = [("A", 5), ("B", 5)];
        for (now, expected) in [
            (&[("A", 1), ("B", 1), ("C", 1)][..], "pass"),
            (&[("A", 1), ("B", 1), ("C", 1), ("D", 1)], "fail"),
            (&[("A", 1)], "fail"),
        ] {
            let known = [values("job_title", now, &before)];
            let facts = crate::quality::check::DeliveryFacts { values: &known, ..delivery() };
            assert_eq!(judged(&requirement, "job_title", &facts), expected, "{now:?}");
        }
        let known = [values("job_title", &[("A", 1)], &[])];
        let facts = crate::quality::check::DeliveryFacts { values: &known, ..delivery() };
        assert_eq!(judged(&requirement, "job_title", &facts), "not_applicable");
    }
}
