//! There is a value wherever a condition holds.
//!
//! The condition is an expression in CEL, as in [`expression`](expression.md). Where it does not
//! hold, or a value that it asks for is absent, there is nothing to judge.
//!
//! ```yaml
//! kvk_when_bv: { attributes: kvk_number, required_if: "legal_form in ['BV', 'NV']" }
//! ```

use karat_model::check::Verdict;

use super::super::expression::Expression;
use super::super::subject::Subject;
use super::present;

/// Judges as `present` does where the condition holds.
pub(super) fn judge(subject: &mut Subject, condition: &Expression) -> Verdict {
    match condition.holds(subject.scoped) {
        Verdict::Pass => present::judge(subject),
        Verdict::Fail => Verdict::NotApplicable,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn a_value_is_required_where_the_condition_holds() {
        let condition = "legal_form in ['BV', 'NV']";
        let kvk = check(Requirement::RequiredIf(condition.into())).of("kvk_number");
        kvk.gives("pass", "legal_form=BV kvk_number=68750110");
        kvk.gives("fail kvk_number", "legal_form=NV");
        kvk.gives("not_applicable", "legal_form=Stichting");
        kvk.gives("not_applicable", "family_name=Jansen");
    }
}
