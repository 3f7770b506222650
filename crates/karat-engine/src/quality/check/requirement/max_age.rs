//! The value was seen within so many days.
//!
//! What counts is when the record that has the value was last changed in its source, and for a
//! golden record that of the record it comes from. It is judged as of the hub's quality day; where
//! no moment is known it is unverified.
//!
//! ```yaml
//! phone_seen_lately: { attributes: phone, max_age: 2y }
//! ```

use karat_model::check::{Days, Verdict, Why};

use super::super::subject::Subject;
use super::passes;

/// Fails at each value that was last seen too long ago.
pub(super) fn judge(subject: &mut Subject, days: Days) -> Verdict {
    subject.each_value(|subject, fact| match subject.seen_on(fact) {
        Some(day) => passes(i64::from(subject.as_of.since(day)) <= i64::from(days.0)),
        None => Verdict::Unverified(Why::NotDated),
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Days, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_value_was_seen_lately_or_not() {
        let phone = check(Requirement::MaxAge(Days(30))).of("phone");
        phone.clone().seen("2026-10-23").gives("pass", "phone=1");
        phone.clone().seen("2026-10-22").gives("fail phone", "phone=1");
        phone.gives("unverified", "phone=1");
        phone.gives("not_applicable", "");
    }

    #[test]
    fn a_golden_value_is_as_old_as_its_record() {
        let phone = check(Requirement::MaxAge(Days(30))).of("phone").of_customers();
        let phone = phone.members(&["crm@2026-11-01 phone=1", "shop@2020-01-01 phone=2"]);
        phone.gives("pass", "phone=1");
        phone.gives("fail phone", "phone=2#1");
    }
}
