//! The age in whole years lies between two numbers.
//!
//! It is judged as of the hub's quality day. Both bounds belong to it, and one may be left out.
//!
//! ```yaml
//! adult: { of: person, attributes: birth_date, age_between: { min: 18, max: 120 } }
//! ```

use jiff::civil::Date;
use karat_model::check::{Bounds, Verdict};

use super::super::day::{date_of, years_between};
use super::super::subject::Subject;
use super::passes;

/// Fails at each date that makes somebody too young or too old.
pub(super) fn judge(subject: &mut Subject, bounds: &Bounds) -> Verdict {
    let today = date_of(subject.as_of);
    subject.each_value(|_, fact| match fact.value.parse::<Date>() {
        Ok(born) => passes(bounds.contain(years_between(born, today))),
        Err(_) => Verdict::NotApplicable,
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Bounds, Requirement};

    use super::super::fixture::check;

    #[test]
    fn an_age_is_in_whole_years() {
        let bounds = Bounds { min: Some(18), max: Some(120) };
        let adult = check(Requirement::AgeBetween(bounds)).of("birth_date");
        adult.gives("pass", "birth_date=2008-11-22");
        adult.gives("fail birth_date", "birth_date=2008-11-23");
        adult.gives("fail birth_date", "birth_date=1900-01-01");
        adult.gives("not_applicable", "birth_date=?");
        adult.gives("not_applicable", "");
    }
}
