//! One date comes before another, or is the same day.
//!
//! Without either date there is nothing to judge.
//!
//! ```yaml
//! born_before_joined: { date_order: { before: birth_date, after: customer_since } }
//! ```

use jiff::civil::Date;
use karat_model::check::{DateOrder, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails at the later date when it comes first.
pub(super) fn judge(subject: &mut Subject, order: &DateOrder) -> Verdict {
    let (first, second) = (subject.first(order.before), subject.first(order.after));
    let (Some(first), Some(second)) = (first, second) else { return Verdict::NotApplicable };
    let dates = (first.value.parse::<Date>(), second.value.parse::<Date>());
    let (Ok(before), Ok(after)) = dates else { return Verdict::NotApplicable };
    let is_met = before <= after;
    if !is_met {
        subject.fails_at(&first);
        subject.fails_at(&second);
    }
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::{DateOrder, Requirement};

    use super::super::fixture::check;

    #[test]
    fn dates_come_in_order_or_not() {
        let order = DateOrder { before: AttributeId::BIRTH_DATE, after: AttributeId::JOB_TITLE };
        let order = check(Requirement::DateOrder(order));
        order.gives("pass", "birth_date=1980-01-31 job_title=1980-01-31");
        order.gives("fail birth_date job_title", "birth_date=1980-01-31 job_title=1980-01-30");
        order.gives("not_applicable", "birth_date=1980-01-31");
        order.gives("not_applicable", "birth_date=1980-01-31 job_title=soon");
    }
}
