//! The date is not in the future.
//!
//! It is judged as of the hub's quality day, not by the clock, so that a load and a change on the
//! same day agree.
//!
//! ```yaml
//! born_already: { attributes: birth_date, not_future: true }
//! ```

use karat_model::check::Verdict;

use super::super::day::day_of_text;
use super::super::subject::Subject;
use super::passes;

/// Fails at each date after the day as of which is judged.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let as_of = subject.as_of;
    subject.each_value(|_, fact| {
        day_of_text(fact.value).map_or(Verdict::NotApplicable, |day| passes(day <= as_of))
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn today_is_not_in_the_future() {
        let born = check(Requirement::NotFuture).of("birth_date");
        born.gives("pass", "birth_date=2026-11-22");
        born.gives("fail birth_date", "birth_date=2026-11-23");
        born.gives("not_applicable", "birth_date=never");
        born.gives("not_applicable", "");
    }
}
