//! Mail to the e-mail address arrives.
//!
//! Judged by answers of the world: a bounce fails, a customer who confirmed the address passes;
//! of both the later one counts, and on the same day the bounce. Without an answer the address is
//! unverified.
//!
//! ```yaml
//! mail_arrives: { attributes: email, email_deliverable: true }
//! ```

use karat_model::check::{AnswerBy, Verdict};

use super::super::subject::Subject;

/// Judges by bounces and what the customer said.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    subject.each_value(|subject, fact| subject.answered(fact, AnswerBy::Bounced))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_bounce_fails_until_the_customer_says_otherwise() {
        let email = check(Requirement::EmailDeliverable).of("email").of_customers();
        let bounced = email.clone().answered(AnswerBy::Bounced, false, 5);
        bounced.gives("fail email", "email=jan@voorbeeld.example");
        let later = bounced.clone().answered(AnswerBy::Customer, true, 6);
        later.gives("pass", "email=jan@voorbeeld.example");
        let at_once = bounced.answered(AnswerBy::Customer, true, 5);
        at_once.gives("pass", "email=jan@voorbeeld.example");
        let again = at_once.answered(AnswerBy::Bounced, false, 5);
        again.gives("fail email", "email=jan@voorbeeld.example");
        email.gives("unverified", "email=jan@voorbeeld.example");
        email.gives("not_applicable", "");
    }
}
