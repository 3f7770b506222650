//! Of several attributes any has a value, or all of them have one.
//!
//! `any` asks for one of them, such as an e-mail address or a phone number; `all` asks for every
//! one, such as the parts of an address.
//!
//! ```yaml
//! reachable: { attributes: [email, phone], group_complete: any }
//! ```

use karat_model::check::{Quantifier, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails at the attributes that are wanting.
pub(super) fn judge(subject: &mut Subject, quantifier: Quantifier) -> Verdict {
    let check = subject.check;
    let absent = check.attributes.iter().copied().filter(|id| !subject.has(*id));
    let absent: Vec<_> = absent.collect();
    let is_met = match quantifier {
        Quantifier::All => absent.is_empty(),
        Quantifier::Any => absent.len() < check.attributes.len() || absent.is_empty(),
    };
    absent.into_iter().for_each(|id| subject.fails(Some(id)));
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Quantifier, Requirement};

    use super::super::fixture::check;

    #[test]
    fn one_is_enough_or_all_are_needed() {
        let any = check(Requirement::GroupComplete(Quantifier::Any)).of("email phone");
        any.gives("pass", "phone=+31612345987");
        any.gives("fail email phone", "city=Ede");
        let all = check(Requirement::GroupComplete(Quantifier::All)).of("street city");
        all.gives("pass", "street=Dorpsstraat city=Ede");
        all.gives("fail city", "street=Dorpsstraat");
        all.of_organisations().gives("not_applicable", "street=Dorpsstraat");
    }
}
