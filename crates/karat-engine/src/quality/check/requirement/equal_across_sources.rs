//! All sources say the same.
//!
//! The records of a customer are compared source by source: two sources agree when they have a
//! value in common. With one source that has a value there is nothing to compare.
//!
//! ```yaml
//! one_birth_date: { of: person, attributes: birth_date, equal_across_sources: true }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use karat_model::check::Verdict;

use super::super::subject::{Subject, Together};

/// Fails at the records whose source has no value in common with another.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let (check, facts) = (subject.check, subject.facts);
    let mut all = Together::default();
    for &attribute in &check.attributes {
        let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for member in facts.members {
            let values = member.values.iter().filter(|fact| fact.attribute == attribute);
            let values: Vec<&str> = values.map(|fact| fact.value).collect();
            if !values.is_empty() {
                said.entry(member.source.as_str()).or_default().extend(values);
            }
        }
        if said.len() < 2 {
            continue;
        }
        let disagrees = |source: &str| {
            said.iter().any(|(other, values)| *other != source && values.is_disjoint(&said[source]))
        };
        let mut is_met = true;
        for (record, member) in facts.members.iter().enumerate() {
            let source = member.source.as_str();
            let has_value = member.values.iter().any(|fact| fact.attribute == attribute);
            if has_value && disagrees(source) {
                is_met = false;
                subject.fails_at_member(attribute, record);
            }
        }
        all.add(super::passes(is_met));
    }
    all.verdict(check.of_values)
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn sources_agree_or_not() {
        let born = check(Requirement::EqualAcrossSources).of("birth_date").of_customers();
        let one = "crm birth_date=1980-01-31";
        let same = born.clone().members(&[one, "shop birth_date=1980-01-31"]);
        same.gives("pass", "birth_date=1980-01-31");
        let other = born.clone().members(&[one, "shop birth_date=1980-01-13"]);
        other.gives("fail birth_date birth_date", "birth_date=1980-01-31");
        let own = born.members(&[one, "crm birth_date=1980-01-13", "shop city=Ede"]);
        own.gives("not_applicable", "birth_date=1980-01-31");
    }
}
