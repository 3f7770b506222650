//! The value names a record that there is.
//!
//! Some record, of the source that is named or of any, must have the same value in the attribute
//! that is named. Without a value there is nothing to judge.
//!
//! ```yaml
//! branch_exists:
//!   { sources: [shop], attributes: branch, referential: { source: erp, attribute: branch_code } }
//! ```

use karat_model::check::{Check, Reference, Scope, Verdict};

use super::super::facts::Facts;
use super::super::known::{KeyRole, ValueKey};
use super::super::plan::{CheckNo, concerns};
use super::super::subject::Subject;
use super::super::value_key::value_key;
use super::passes;

/// Fails at each value that names nobody.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    subject.each_value(|subject, fact| {
        let key = value_key(subject.check, None, &[fact.value]);
        passes(subject.known.is_held(subject.no, key))
    })
}

/// A record holds the values by which others name it, and asks for those that it names.
pub(super) fn keys(
    no: CheckNo,
    check: &Check,
    reference: &Reference,
    facts: &Facts,
    into: &mut Vec<ValueKey>,
) {
    let is_of_source = reference.source.is_none() || reference.source.as_ref() == facts.source;
    if facts.scope == Scope::Records && is_of_source {
        for fact in facts.values.iter().filter(|fact| fact.attribute == reference.attribute) {
            let key = value_key(check, None, &[fact.value]);
            into.push(ValueKey { check: no, key, role: KeyRole::Holds });
        }
    }
    if concerns(check, facts.scope, facts.entity_type, facts.source) {
        for fact in facts.values.iter().filter(|fact| check.attributes.contains(&fact.attribute)) {
            let key = value_key(check, None, &[fact.value]);
            into.push(ValueKey { check: no, key, role: KeyRole::Asks });
        }
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::{Reference, Requirement};
    use karat_model::id::SourceName;

    use super::super::fixture::check;

    #[test]
    fn a_value_names_somebody_or_nobody() {
        let reference = Reference { source: None, attribute: AttributeId::KVK_NUMBER };
        let parent = check(Requirement::Referential(reference)).of("company_name");
        let known = ["kvk_number=68750110"];
        parent.clone().among(&known).gives("pass", "company_name=68750110");
        parent.clone().among(&known).gives("fail company_name", "company_name=69599084");
        parent.among(&known).gives("not_applicable", "city=Ede");
    }

    #[test]
    fn only_records_of_the_source_count() {
        let source = Some(SourceName::new("erp"));
        let reference = Reference { source, attribute: AttributeId::KVK_NUMBER };
        let parent = check(Requirement::Referential(reference)).of("company_name");
        // The fixture is of the source crm.
        let parent = parent.among(&["kvk_number=68750110"]);
        parent.gives("fail company_name", "company_name=68750110");
    }
}
