//! The customer said that the value is right.
//!
//! A customer who said that it is not makes it fail; one who was not asked leaves it unverified.
//!
//! ```yaml
//! address_confirmed: { attributes: [street, postcode], customer_confirmed: true }
//! ```

use karat_model::check::{AnswerBy, Verdict, Why};

use super::super::subject::Subject;
use super::passes;

/// Judges by what the customer said.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    subject.each_value(|subject, fact| match subject.known.answer(fact, &[AnswerBy::Customer]) {
        Some(answer) => passes(answer.is_so),
        None => Verdict::Unverified(Why::NotAnswered),
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Requirement};

    use super::super::fixture::check;

    #[test]
    fn only_the_customer_can_say() {
        let city = check(Requirement::CustomerConfirmed).of("city").of_customers();
        city.clone().answered(AnswerBy::Customer, true, 3).gives("pass", "city=Ede");
        city.clone().answered(AnswerBy::Customer, false, 3).gives("fail city", "city=Ede");
        city.clone().answered(AnswerBy::Bounced, true, 3).gives("unverified", "city=Ede");
        city.gives("not_applicable", "");
    }
}
