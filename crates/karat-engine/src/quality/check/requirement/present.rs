//! There is a value.
//!
//! Every attribute of the check must have one; with `values: any` one of them is enough. A value
//! that is wrong is a value: whether it has the right form is for `format` to say. Placeholders
//! such as `n/a` were taken out by cleaning and are none.
//!
//! ```yaml
//! name_known: { of: person, attributes: family_name, present: true }
//! ```

use karat_model::check::{Quantifier, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails at each attribute that has no value.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let check = subject.check;
    let absent = || check.attributes.iter().filter(|id| !subject.has(**id));
    let count = absent().count();
    let is_met = match check.of_values {
        Quantifier::All => count == 0,
        Quantifier::Any => count < check.attributes.len() || check.attributes.is_empty(),
    };
    let absent: Vec<_> = absent().copied().collect();
    absent.into_iter().for_each(|id| subject.fails(Some(id)));
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Quantifier, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_value_is_there_or_not() {
        let present = check(Requirement::Present).of("email");
        present.gives("pass", "email=jan@voorbeeld.example");
        present.gives("pass", "email=jan@!");
        present.gives("fail email", "phone=+31612345987");
        let both = check(Requirement::Present).of("email phone");
        both.gives("fail phone", "email=jan@voorbeeld.example");
        both.clone().quantifier(Quantifier::Any).gives("pass", "email=jan@voorbeeld.example");
        both.quantifier(Quantifier::Any).gives("fail email phone", "");
    }

    #[test]
    fn another_entity_type_is_not_judged() {
        check(Requirement::Present).of("kvk_number").of_organisations().gives("not_applicable", "");
    }
}
