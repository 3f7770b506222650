//! Nobody is his own parent, however far up.
//!
//! A record names its parent by the value of an attribute, and is named by that of another. The
//! records that are on a circle fail; those below a circle do not. A number that more than a
//! hundred records bear names nobody.
//!
//! ```yaml
//! no_circles:
//!   { hierarchy_acyclic: { key: customer_number, parent: parent_number } }
//! ```

use karat_model::check::{Check, Hierarchy, Verdict};

use super::super::facts::Facts;
use super::super::known::{KeyRole, ValueKey};
use super::super::plan::{CheckNo, concerns};
use super::super::subject::Subject;
use super::super::value_key::value_key;
use super::passes;

/// No company is so deep; further up it is taken for no circle through this record.
const STEPS_MAX: usize = 1_000;

/// Fails when the way up comes back to the record.
pub(super) fn judge(subject: &mut Subject, hierarchy: &Hierarchy) -> Verdict {
    let (own, parent) = (subject.first(hierarchy.key), subject.first(hierarchy.parent));
    let (Some(own), Some(parent)) = (own, parent) else { return Verdict::NotApplicable };
    let own_key = value_key(subject.check, None, &[own.value]);
    let mut at = value_key(subject.check, None, &[parent.value]);
    for _ in 0..STEPS_MAX {
        if at == own_key {
            subject.fails_at(&parent);
            return Verdict::Fail;
        }
        match subject.known.parent(subject.no, at) {
            Some(next) => at = next,
            None => break,
        }
    }
    passes(true)
}

/// A record holds the value by which others name it, and leads to that of its parent.
pub(super) fn keys(
    no: CheckNo,
    check: &Check,
    hierarchy: &Hierarchy,
    facts: &Facts,
    into: &mut Vec<ValueKey>,
) {
    if !concerns(check, facts.scope, facts.entity_type, facts.source) {
        return;
    }
    let first = |id| {
        let of = facts.values.iter().filter(move |fact| fact.attribute == id);
        of.min_by_key(|fact| (fact.slot, fact.value)).map(|fact| fact.value)
    };
    if let (Some(own), Some(parent)) = (first(hierarchy.key), first(hierarchy.parent)) {
        let [key, to] = [own, parent].map(|value| value_key(check, None, &[value]));
        into.push(ValueKey { check: no, key, role: KeyRole::Leads { to } });
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::{Hierarchy, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_number_that_everybody_bears_leads_nowhere() {
        let [key, parent] = [AttributeId::KVK_NUMBER, AttributeId::VAT_NUMBER];
        let tree = check(Requirement::HierarchyAcyclic(Hierarchy { key, parent }));
        let bearers = |count| vec!["kvk_number=2 vat_number=1"; count];
        tree.clone().among(&bearers(100)).gives("fail vat_number", "kvk_number=1 vat_number=2");
        tree.among(&bearers(101)).gives("pass", "kvk_number=1 vat_number=2");
    }

    #[test]
    fn a_circle_fails_and_what_is_below_it_does_not() {
        let [key, parent] = [AttributeId::KVK_NUMBER, AttributeId::VAT_NUMBER];
        let tree = check(Requirement::HierarchyAcyclic(Hierarchy { key, parent }));
        let others = ["kvk_number=2 vat_number=1", "kvk_number=3 vat_number=2"];
        tree.clone().among(&others).gives("pass", "kvk_number=1 vat_number=9");
        tree.clone().among(&others).gives("fail vat_number", "kvk_number=1 vat_number=3");
        tree.clone().among(&others).gives("fail vat_number", "kvk_number=1 vat_number=1");
        let circle = ["kvk_number=2 vat_number=3", "kvk_number=3 vat_number=2"];
        tree.clone().among(&circle).gives("pass", "kvk_number=1 vat_number=2");
        tree.among(&others).gives("not_applicable", "kvk_number=1");
    }
}
