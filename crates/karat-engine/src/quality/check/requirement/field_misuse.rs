//! The value is not of another field: no phone number in a name, no remark in an address.
//!
//! Names, streets, cities and texts can hold anything; a value of theirs fails when cleaning finds
//! something in it that has a field of its own: an e-mail address, an account, VAT, KvK or phone
//! number, or nothing but a date. A record fails as well where cleaning found a remark or a value
//! in the wrong field, and may have moved it.
//!
//! ```yaml
//! notes_clean: { on: records, attributes: notes, field_misuse: true }
//! ```

use karat_model::check::Verdict;
use karat_model::finding::FindingCode;

use super::super::subject::Subject;
use super::passes;
use crate::clean::misuse;

/// What cleaning says of a field that held something else.
const SAY_SO: [FindingCode; 3] =
    [FindingCode::WrongField, FindingCode::MisusedField, FindingCode::Remark];

/// Fails at each value that is another thing, and where cleaning found one.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let context = subject.plan.context;
    let verdict = subject.each_value(|subject, fact| {
        let own = subject.plan.attributes.get(fact.attribute).semantic_type;
        let judge = |value: &str| misuse::find(value, own, &context).is_none();
        passes(subject.memo.meets(subject.no, fact.value, judge))
    });
    let (check, facts) = (subject.check, subject.facts);
    let mut was_found = false;
    for finding in facts.findings {
        let says_so = SAY_SO.contains(&finding.code);
        let column = finding.column.map(usize::from);
        let attribute = column.and_then(|at| facts.columns.get(at).copied().flatten());
        if says_so && attribute.is_some_and(|id| check.attributes.contains(&id)) {
            subject.fails(attribute);
            was_found = true;
        }
    }
    if was_found { Verdict::Fail } else { verdict }
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;
    use karat_model::finding::FindingCode;

    use super::super::fixture::check;

    #[test]
    fn what_belongs_elsewhere_fails() {
        let city = check(Requirement::FieldMisuse).of("city");
        for value in ["Ede", "'s-Hertogenbosch", "Sint_Jansklooster", "Ee"] {
            city.gives("pass", &format!("city={value}"));
        }
        for value in ["+31612345987", "jan@voorbeeld.example", "bel_jan@voorbeeld.example"] {
            city.gives("fail city", &format!("city={value}"));
        }
        city.gives("not_applicable", "street=+31612345987");
        city.clone().found(FindingCode::Remark, "city").gives("fail city", "city=Ede");
        city.clone().found(FindingCode::MisusedField, "city").gives("fail city", "city=Ede");
        city.found(FindingCode::RoleEmail, "city").gives("pass", "city=Ede");
    }

    #[test]
    fn a_phone_number_is_a_phone_number() {
        check(Requirement::FieldMisuse).of("phone").gives("pass", "phone=+31612345987");
    }
}
