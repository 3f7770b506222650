//! The value is one of a list.
//!
//! Values are compared as they stand, with their capitals: `gold` is not `Gold`.
//!
//! ```yaml
//! tier_known: { attributes: loyalty_tier, in_set: [Gold, Silver, Bronze] }
//! ```

use karat_model::check::Verdict;
use rustc_hash::FxHashSet;

use super::super::subject::Subject;
use super::passes;

/// Fails at each value that is not on the list.
pub(super) fn judge(subject: &mut Subject, values: &FxHashSet<String>) -> Verdict {
    subject.each_value(|_, fact| passes(values.contains(fact.value)))
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn a_value_is_on_the_list_or_not() {
        let tiers = vec!["Gold".to_owned(), "NO".to_owned()];
        let tier = check(Requirement::InSet(tiers)).of("job_title");
        tier.gives("pass", "job_title=Gold");
        tier.gives("fail job_title", "job_title=gold");
        tier.gives("not_applicable", "city=Gold");
    }
}
