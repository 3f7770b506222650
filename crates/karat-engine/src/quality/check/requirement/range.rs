//! The number lies between two others.
//!
//! Both bounds belong to it, and one of them may be left out. What is no number is not judged:
//! that is for `format: number` to say.
//!
//! ```yaml
//! discount_sane: { attributes: discount, range: { min: 0, max: 25 } }
//! ```

use karat_model::check::{Decimal, RangeOf, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails at each number that lies outside.
pub(super) fn judge(subject: &mut Subject, range: &RangeOf) -> Verdict {
    subject.each_value(|_, fact| match number(fact.value) {
        Some(number) => passes(
            range.min.is_none_or(|min| number >= min) && range.max.is_none_or(|max| number <= max),
        ),
        None => Verdict::NotApplicable,
    })
}

/// A standardised number, without digits beyond the fourth behind the point.
fn number(value: &str) -> Option<Decimal> {
    let end = value.find('.').map_or(value.len(), |point| (point + 5).min(value.len()));
    let is_cut_digits = value.get(end..)?.bytes().all(|byte| byte.is_ascii_digit());
    Decimal::parse(value.get(..end)?).filter(|_| is_cut_digits)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Decimal, RangeOf, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_number_lies_within_or_not() {
        let range = RangeOf { min: Some(Decimal(0)), max: Decimal::parse("25.5") };
        let discount = check(Requirement::Range(range)).of("job_title");
        discount.gives("pass", "job_title=25.5");
        discount.gives("pass", "job_title=0.123456789");
        discount.gives("fail job_title", "job_title=25.6");
        discount.gives("fail job_title", "job_title=-1");
        discount.gives("not_applicable", "job_title=ten");
        discount.gives("not_applicable", "job_title=1.23456x");
        discount.gives("not_applicable", "city=5");
    }
}
