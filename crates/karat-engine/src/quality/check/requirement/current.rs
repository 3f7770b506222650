//! The value is still right with at least this probability.
//!
//! The probability falls with the time since the value was last said by its source, or confirmed:
//! `exp(-r t)`, where `r` is how many of such values change in a year. The hub learns that rate, of
//! persons and of organisations apart, beginning at a published one: 9.7 % of home addresses move
//! in a year (Statistics Netherlands, 2023), 23 % of e-mail addresses end (ZeroBounce, 2025); see
//! [currency](../currency.md). Mail that came back, a bounce or a wrong number makes it 0 at once,
//! until the customer says that the value is right; another value at the same place is not touched
//! by either. It is judged as of the hub's quality day.
//!
//! Source: B. Heinrich, M. Klier, *Metric-based data quality assessment: developing and evaluating
//! a probability-based currency metric*, 2015.
//!
//! ```yaml
//! address_fresh: { attributes: street, current: 80 % }
//! ```

use karat_model::check::{Share, Verdict, Why};

use super::super::facts::Fact;
use super::super::subject::Subject;
use super::passes;
use crate::quality::score::currency::{ASKED, Decay, LastSeen};

/// Fails at each value that is too likely not right any more.
pub(super) fn judge(subject: &mut Subject, share: Share) -> Verdict {
    subject.each_value(|subject, fact| judge_value(subject, fact, share))
}

fn judge_value(subject: &Subject, fact: &Fact, share: Share) -> Verdict {
    let seen_on = match LastSeen::of(subject.seen_on(fact), subject.known.answer(fact, &ASKED)) {
        LastSeen::On(day) => day,
        LastSeen::Refuted => return Verdict::Fail,
        LastSeen::Never => return Verdict::Unverified(Why::NotDated),
    };
    let entity_type = subject.facts.entity_type;
    let learnt = subject.known.yearly_change(entity_type, fact.attribute);
    let semantic_type = subject.plan.attributes.get(fact.attribute).semantic_type;
    let rate = learnt.unwrap_or_else(|| Decay::published(semantic_type, entity_type).rate());
    passes(LastSeen::On(seen_on).current(rate, subject.as_of) >= Some(share.as_f64()))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Requirement, Share};

    use super::super::fixture::check;

    #[test]
    fn an_address_is_current_for_two_years() {
        let street = check(Requirement::Current(Share(8_000))).of("street");
        street.clone().seen("2024-10-01").gives("pass", "street=Dorpsstraat");
        street.clone().seen("2024-08-01").gives("fail street", "street=Dorpsstraat");
        street.gives("unverified", "street=Dorpsstraat");
        street.gives("not_applicable", "");
        // An e-mail address ends sooner.
        let email = check(Requirement::Current(Share(8_000))).of("email");
        email.seen("2024-10-01").gives("fail email", "email=jan@voorbeeld.example");
    }

    #[test]
    fn what_came_back_is_not_current_until_it_is_said_again() {
        let street = check(Requirement::Current(Share(8_000))).of("street").seen("2026-11-01");
        let back = street.answered(AnswerBy::MailReturned, false, 20_770);
        back.gives("fail street", "street=Dorpsstraat");
        let said = back.answered(AnswerBy::Customer, true, 20_770);
        said.gives("pass", "street=Dorpsstraat");
        let again = said.answered(AnswerBy::MailReturned, false, 20_770);
        again.gives("fail street", "street=Dorpsstraat");
    }

    #[test]
    fn what_the_customer_confirmed_is_as_new() {
        let street = check(Requirement::Current(Share(8_000))).of("street");
        let said = street.answered(AnswerBy::Customer, true, 20_770);
        said.gives("pass", "street=Dorpsstraat");
        said.seen("2019-01-01").gives("pass", "street=Dorpsstraat");
        let long_ago = street.answered(AnswerBy::Customer, true, 19_000).seen("2019-01-01");
        long_ago.gives("fail street", "street=Dorpsstraat");
    }

    #[test]
    fn the_rate_that_was_learnt_counts() {
        let street = check(Requirement::Current(Share(8_000))).of("street").seen("2024-10-01");
        street.clone().changing(0.5).gives("fail street", "street=Dorpsstraat");
        let years = street.seen("2019-01-01").changing(0.01);
        years.gives("pass", "street=Dorpsstraat");
    }
}
