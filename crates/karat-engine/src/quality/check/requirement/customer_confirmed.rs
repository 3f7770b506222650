//! The customer said that the value is right.
//!
//! A customer who said that it is not makes it fail; one who was not asked leaves it unverified.
//!
//! ```yaml
//! address_confirmed: { attributes: [street, postcode], customer_confirmed: true }
//! ```

use karat_model::check::{ConfirmationKind, Verdict, Why};

use super::super::subject::Subject;
use super::passes;

/// Judges by what the customer said.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    subject.each_value(|subject, fact| {
        match subject.known.confirmation(fact, ConfirmationKind::Customer) {
            Some(answer) => passes(answer.is_so),
            None => Verdict::Unverified(Why::NotAnswered),
        }
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{ConfirmationKind, Requirement};

    use super::super::fixture::check;

    #[test]
    fn only_the_customer_can_say() {
        let city = check(Requirement::CustomerConfirmed).of("city").of_customers();
        city.clone().answered(ConfirmationKind::Customer, true, 3).gives("pass", "city=Ede");
        city.clone().answered(ConfirmationKind::Customer, false, 3).gives("fail city", "city=Ede");
        city.clone().answered(ConfirmationKind::Bounced, true, 3).gives("unverified", "city=Ede");
        city.gives("not_applicable", "");
    }
}
