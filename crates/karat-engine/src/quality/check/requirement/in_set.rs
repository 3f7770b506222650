//! The value is one of a list.
//!
//! Values and list are compared as cleaning writes them: of a category it makes `gold` `Gold`, and a
//! postal code gets its space.
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
    fn a_list_is_read_as_values_are() {
        let postcodes = check(Requirement::InSet(vec!["3526kp".to_owned()])).of("postcode");
        postcodes.gives("pass", "postcode=3526_KP");
        postcodes.gives("fail postcode", "postcode=3526_KR");
    }

    #[test]
    fn a_value_is_on_the_list_or_not() {
        let tiers = vec!["Gold".to_owned(), "NO".to_owned()];
        let tier = check(Requirement::InSet(tiers)).of("job_title");
        tier.gives("pass", "job_title=Gold");
        tier.gives("fail job_title", "job_title=Goud");
        tier.gives("not_applicable", "city=Gold");
    }
}
