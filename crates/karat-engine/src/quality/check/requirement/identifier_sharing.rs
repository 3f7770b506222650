//! Not more than so many have the same value.
//!
//! One account number or e-mail address for a household is normal; for twenty customers it is not.
//!
//! ```yaml
//! one_iban_few: { attributes: iban, shared_identifier: { max: 3 } }
//! ```

use karat_model::check::{Check, Verdict};

use super::super::facts::Facts;
use super::super::known::{KeyRole, ValueKey};
use super::super::plan::{CheckNo, concerns};
use super::super::subject::Subject;
use super::super::value_key::value_key;
use super::passes;

/// Fails at each value that more than so many have, the subject among them.
pub(super) fn judge(subject: &mut Subject, max: u32) -> Verdict {
    subject.each_value(|subject, fact| {
        let key = value_key(subject.check, None, &[fact.value]);
        passes(subject.known.others(subject.no, key) < max)
    })
}

/// A subject holds each of its values once.
pub(super) fn keys(no: CheckNo, check: &Check, facts: &Facts, into: &mut Vec<ValueKey>) {
    if concerns(check, facts.scope, facts.entity_type, facts.source) {
        for fact in facts.values.iter().filter(|fact| check.attributes.contains(&fact.attribute)) {
            let key = value_key(check, None, &[fact.value]);
            into.push(ValueKey { check: no, key, role: KeyRole::Holds });
        }
    }
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn some_may_share_and_not_too_many() {
        let iban = check(Requirement::SharedIdentifier(2)).of("iban").of_customers();
        let one = ["iban=A"];
        let two = ["iban=A", "iban=A iban=A"];
        iban.clone().among(&one).gives("pass", "iban=A");
        iban.clone().among(&two).gives("fail iban", "iban=A");
        iban.clone().among(&two).gives("pass", "iban=B");
        iban.among(&two).gives("not_applicable", "city=A");
    }
}
