//! The customer answers the phone number.
//!
//! Judged by answers of the world: a wrong number fails, a customer who confirmed the number
//! passes; of both the later one counts, and on the same day the wrong number. Without an answer
//! the number is unverified.
//!
//! ```yaml
//! callable: { attributes: phone, values: any, phone_reachable: true }
//! ```

use karat_model::check::{AnswerBy, Verdict};

use super::super::subject::Subject;

/// Judges by wrong numbers and what the customer said.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    subject.each_value(|subject, fact| subject.answered(fact, AnswerBy::WrongNumber))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_wrong_number_fails() {
        let phone = check(Requirement::PhoneReachable).of("phone").of_customers();
        let customer = phone.clone().answered(AnswerBy::Customer, true, 3);
        customer.gives("pass", "phone=+31612345987");
        let wrong = phone.clone().answered(AnswerBy::WrongNumber, false, 3);
        wrong.gives("fail phone", "phone=+31612345987");
        let other = phone.clone().answered(AnswerBy::Bounced, false, 3);
        other.gives("unverified", "phone=+31612345987");
        phone.gives("not_applicable", "");
    }
}
