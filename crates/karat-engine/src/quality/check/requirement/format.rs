//! The value has the form of a semantic type.
//!
//! The functions that clean the values of a type judge them, so there is one truth about forms:
//! a value passes when cleaning takes it for valid. All [semantic types](../semantic-types/README.md)
//! can be named, for any attribute.
//!
//! ```yaml
//! postcode_form: { attributes: postcode, format: postcode }
//! ```

use karat_model::check::Verdict;
use karat_model::semantic::SemanticType;

use super::super::subject::Subject;
use super::passes;
use crate::clean::has_form;

/// Fails at each value that does not have the form.
pub(super) fn judge(subject: &mut Subject, semantic_type: SemanticType) -> Verdict {
    let context = subject.plan.context;
    subject.each_value(|subject, fact| {
        let judge = |value: &str| has_form(value, semantic_type, &context);
        passes(subject.memo.meets(subject.no, fact.value, judge))
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;
    use karat_model::semantic::SemanticType;

    use super::super::fixture::check;

    #[test]
    fn a_form_is_as_cleaning_knows_it() {
        let postcode = check(Requirement::Format(SemanticType::Postcode)).of("postcode");
        postcode.gives("pass", "postcode=3526_KP");
        postcode.gives("fail postcode", "postcode=3526_SA");
        postcode.gives("not_applicable", "city=Ede");
        let iban = check(Requirement::Format(SemanticType::Iban)).of("iban");
        iban.gives("pass", "iban=NL91ABNA0417164300");
        iban.gives("fail iban", "iban=NL91ABNA0417164300 iban=NL91ABNA0417164301");
    }
}
