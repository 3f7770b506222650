//! The value is not of another field: no phone number in a name, no remark in an address.
//!
//! Names, streets, cities and texts can hold anything; a value of theirs fails when it, or a word
//! of it, is unmistakably an e-mail address, an account number, a phone number, a date or a postal
//! code, and does not look like what it should be. A record fails as well where cleaning found a
//! remark or a value in the wrong field.
//!
//! ```yaml
//! notes_clean: { on: records, attributes: notes, field_misuse: true }
//! ```

use karat_model::check::Verdict;
use karat_model::finding::FindingCode;
use karat_model::semantic::SemanticType;

use super::super::subject::Subject;
use super::passes;
use crate::clean::{Context, kinds};

/// Fails at each value that is another thing, and where cleaning found one.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let context = subject.plan.context;
    let verdict = subject.each_value(|subject, fact| {
        let own = subject.plan.attributes.get(fact.attribute).semantic_type;
        let judge = |value: &str| !is_misused(value, own, &context);
        passes(subject.memo.meets(subject.no, fact.value, judge))
    });
    let (check, facts) = (subject.check, subject.facts);
    let mut was_found = false;
    for finding in facts.findings {
        let says_so = matches!(finding.code, FindingCode::WrongField | FindingCode::Remark);
        let column = finding.column.map(usize::from);
        let attribute = column.and_then(|at| facts.columns.get(at).copied().flatten());
        if says_so && attribute.is_some_and(|id| check.attributes.contains(&id)) {
            subject.fails(attribute);
            was_found = true;
        }
    }
    if was_found { Verdict::Fail } else { verdict }
}

/// The types that can stand in a field that takes anything.
const INTRUDERS: [SemanticType; 5] = [
    SemanticType::Email,
    SemanticType::Iban,
    SemanticType::Phone,
    SemanticType::BirthDate,
    SemanticType::Postcode,
];

/// Whether a value of a type that takes anything is of another type.
fn is_misused(value: &str, own: SemanticType, context: &Context) -> bool {
    use SemanticType::*;
    let takes_anything = matches!(
        own,
        GivenName
            | FamilyName
            | PartnerName
            | FullName
            | CompanyName
            | JobTitle
            | Street
            | City
            | AddressExtra
            | Region
            | BirthPlace
            | Category
            | Text
    );
    if !takes_anything {
        return false;
    }
    let is_of = |text: &str, kind| kinds::of(kind).is_some_and(|it| (it.resembles)(text, context));
    let is_whole = INTRUDERS.iter().any(|&intruder| is_of(value, intruder));
    let holds_one = || {
        let words = value.split_whitespace().filter(|word| word.len() >= 6);
        let mut words = words.map(|word| word.trim_matches([',', ';', '.', ':', '(', ')']));
        words.any(|word| is_of(word, Email) || is_of(word, Iban))
    };
    is_whole || holds_one()
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
        city.found(FindingCode::RoleEmail, "city").gives("pass", "city=Ede");
    }

    #[test]
    fn a_phone_number_is_a_phone_number() {
        check(Requirement::FieldMisuse).of("phone").gives("pass", "phone=+31612345987");
    }
}
