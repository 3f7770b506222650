//! The value is still right with at least this probability.
//!
//! The probability falls with the time since the value was last seen or confirmed: `exp(-r t)`,
//! where `r` is how many of such values change in a year. The hub learns that rate; until it has,
//! 9.7 % of home addresses move in a year (Statistics Netherlands, 2023), 23 % of e-mail addresses
//! end (ZeroBounce, 2025), and of all else 10 % change. Mail that came back, a bounce or a wrong
//! number makes it 0 at once; a customer who confirmed it, or a later record, makes it new again.
//! It is judged as of the hub's quality day.
//!
//! Source: B. Heinrich, M. Klier, *Metric-based data quality assessment: developing and evaluating
//! a probability-based currency metric*, 2015.
//!
//! ```yaml
//! address_fresh: { attributes: street, current: 80 % }
//! ```

use karat_model::check::{AnswerBy, Share, Verdict, Why};
use karat_model::semantic::SemanticType;

use super::super::facts::Fact;
use super::super::subject::Subject;
use super::passes;

/// Fails at each value that is too likely not right any more.
pub(super) fn judge(subject: &mut Subject, share: Share) -> Verdict {
    subject.each_value(|subject, fact| judge_value(subject, fact, share))
}

fn judge_value(subject: &Subject, fact: &Fact, share: Share) -> Verdict {
    let answer = |kind| subject.known.answer(fact, kind);
    let said = answer(AnswerBy::Customer);
    let confirmed_on = said.filter(|it| it.is_so).map(|it| it.on);
    let seen_on = subject.seen_on(fact).max(confirmed_on);
    let refuting =
        [AnswerBy::Customer, AnswerBy::MailReturned, AnswerBy::Bounced, AnswerBy::WrongNumber];
    let refuted = refuting.into_iter().filter_map(answer).filter(|it| !it.is_so);
    if let Some(day) = refuted.map(|it| it.on).max()
        && seen_on.is_none_or(|seen| seen <= day)
    {
        return Verdict::Fail;
    }
    let Some(seen_on) = seen_on else { return Verdict::Unverified(Why::NotDated) };
    let rate = subject
        .known
        .yearly_change(fact.attribute)
        .unwrap_or_else(|| benchmark(subject.plan.attributes.get(fact.attribute).semantic_type));
    let years = f64::from(subject.as_of.since(seen_on).max(0)) / 365.25;
    passes((-rate * years).exp() >= share.as_f64())
}

/// How many values of a type change in a year, as the rate of an exponential: -ln(1 - share).
fn benchmark(semantic_type: SemanticType) -> f64 {
    use SemanticType::*;
    match semantic_type {
        Street | HouseNumber | HouseNumberAddition | AddressExtra | Postcode | City | Region => {
            0.102
        }
        Email => 0.261,
        JobTitle => 0.223,
        BirthDate | BirthPlace | Country => 0.0,
        _ => 0.105,
    }
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
        let said = back.answered(AnswerBy::Customer, true, 20_771);
        said.gives("pass", "street=Dorpsstraat");
    }
}
