//! No mail to the address came back.
//!
//! Judged by answers of the world: returned mail fails, a customer who confirmed the address
//! passes; of both the later one counts, and on the same day the returned mail. Without an answer
//! the address is unverified.
//!
//! ```yaml
//! post_arrives: { attributes: street, returned_mail: true }
//! ```

use karat_model::check::{AnswerBy, Verdict};

use super::super::subject::Subject;

/// Judges by returned mail and what the customer said.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    subject.each_value(|subject, fact| subject.answered(fact, AnswerBy::MailReturned))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Requirement};

    use super::super::fixture::check;

    #[test]
    fn mail_that_came_back_fails() {
        let street = check(Requirement::ReturnedMail).of("street").of_customers();
        let back = street.clone().answered(AnswerBy::MailReturned, false, 3);
        back.gives("fail street", "street=Dorpsstraat");
        let said = back.answered(AnswerBy::Customer, true, 9);
        said.gives("pass", "street=Dorpsstraat");
        street.gives("unverified", "street=Dorpsstraat");
        street.gives("not_applicable", "city=Ede");
    }
}
