//! No other has the same value, or the same values together.
//!
//! Of several attributes the values together are the key, and without one of them there is nothing
//! to judge. A record is compared with the others of its source, a customer with all customers.
//!
//! ```yaml
//! unique_number: { on: records, attributes: customer_number, unique_key: true }
//! ```

use karat_model::check::{Check, Verdict};

use super::super::facts::{Fact, Facts};
use super::super::known::{KeyRole, ValueKey};
use super::super::plan::{CheckNo, concerns};
use super::super::subject::Subject;
use super::super::value_key::value_key;
use super::passes;

/// Fails at the values that another has as well.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    if let [_] = subject.check.attributes[..] {
        return subject.each_value(|subject, fact| {
            let key = value_key(subject.check, subject.facts.source, &[fact.value]);
            passes(subject.known.others(subject.no, key) == 0)
        });
    }
    let Some(values) = together(subject.check, subject.facts) else {
        return Verdict::NotApplicable;
    };
    let key = key_of(subject.check, subject.facts, &values);
    let is_met = subject.known.others(subject.no, key) == 0;
    if !is_met {
        values.iter().for_each(|fact| subject.fails_at(fact));
    }
    passes(is_met)
}

/// The first value of each attribute; `None` if one is wanting.
fn together<'f>(check: &Check, facts: &Facts<'f>) -> Option<Vec<Fact<'f>>> {
    let first = |id| {
        let of = facts.values.iter().filter(|fact| fact.attribute == id);
        of.min_by_key(|fact| (fact.slot, fact.value)).copied()
    };
    let values: Option<Vec<Fact>> = check.attributes.iter().map(|&id| first(id)).collect();
    values.filter(|values| !values.is_empty())
}

fn key_of(check: &Check, facts: &Facts, values: &[Fact]) -> u64 {
    let values: Vec<&str> = values.iter().map(|fact| fact.value).collect();
    value_key(check, facts.source, &values)
}

/// A subject holds each of its values, or their combination.
pub(super) fn keys(no: CheckNo, check: &Check, facts: &Facts, into: &mut Vec<ValueKey>) {
    if !concerns(check, facts.scope, facts.entity_type, facts.source) {
        return;
    }
    let holds = |key| ValueKey { check: no, key, role: KeyRole::Holds };
    if let [attribute] = check.attributes[..] {
        let of = facts.values.iter().filter(|fact| fact.attribute == attribute);
        into.extend(of.map(|fact| holds(value_key(check, facts.source, &[fact.value]))));
    } else if let Some(values) = together(check, facts) {
        into.push(holds(key_of(check, facts, &values)));
    }
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn a_key_is_of_one() {
        let unique = check(Requirement::UniqueKey).of("kvk_number");
        let others = ["kvk_number=1 city=Ede"];
        unique.clone().among(&others).gives("pass", "kvk_number=2");
        unique.clone().among(&others).gives("fail kvk_number", "kvk_number=1");
        unique.among(&others).gives("not_applicable", "city=Ede");
    }

    #[test]
    fn several_values_are_one_key() {
        let unique = check(Requirement::UniqueKey).of("kvk_number city");
        let others = ["kvk_number=1 city=Ede", "kvk_number=1"];
        unique.clone().among(&others).gives("pass", "kvk_number=1 city=Ede-West");
        unique.clone().among(&others).gives("fail kvk_number city", "kvk_number=1 city=Ede");
        unique.among(&others).gives("not_applicable", "kvk_number=1");
    }
}
