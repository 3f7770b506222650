//! The phone number is of one of these kinds.
//!
//! `fixed`, `mobile`, `company` (088), `non_geographic` (085, 091), `personal_assistant` (084, 087),
//! `vpn` (082), `pager` (066), `machine` (097), `service` (0800, 0900), `government` (14),
//! `emergency`, `unknown`. Dutch kinds: the numbering plan of the regulator ACM; other countries by
//! the library of numbering plans.
//!
//! ```yaml
//! mobile_only: { attributes: phone, phone_type: [mobile], values: any, sources: [shop] }
//! ```

use karat_model::check::Verdict;
use karat_model::phone_type::PhoneType;

use super::super::subject::Subject;
use super::passes;
use crate::clean::phone_type::type_of;

/// Fails at each number of another kind.
pub(super) fn judge(subject: &mut Subject, types: &[PhoneType]) -> Verdict {
    subject.each_value(|subject, fact| {
        let judge = |number: &str| types.contains(&type_of(number));
        passes(subject.memo.meets(subject.no, fact.value, judge))
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Quantifier, Requirement};
    use karat_model::phone_type::PhoneType;

    use super::super::fixture::check;

    #[test]
    fn a_number_is_of_a_kind() {
        let mobile = check(Requirement::PhoneType(vec![PhoneType::Mobile])).of("phone");
        mobile.gives("pass", "phone=+31612345987");
        mobile.gives("fail phone", "phone=+31201234568");
        mobile.gives("not_applicable", "email=jan@voorbeeld.example");
        let any = mobile.quantifier(Quantifier::Any);
        any.gives("pass", "phone=+31201234568 phone=+31612345987");
    }
}
