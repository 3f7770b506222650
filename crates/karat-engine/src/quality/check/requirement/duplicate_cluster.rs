//! No other customer looks like the same one.
//!
//! A customer fails when it has a potential match of at least so many bits that nobody decided.
//!
//! ```yaml
//! no_likely_duplicate: { duplicate_cluster: { from: 8 } }
//! ```

use karat_model::check::{Decimal, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails when the likeliest potential match weighs as much.
pub(super) fn judge(subject: &mut Subject, from: Decimal) -> Verdict {
    // Both are whole numbers of 1/256 bit and of 1/10,000 bit: compared as products.
    let weighs_as_much = |weight: i32| i64::from(weight) * 10_000 >= from.0.saturating_mul(256);
    let is_met = !subject.facts.potential_match.is_some_and(|weight| weighs_as_much(weight.0));
    if !is_met {
        subject.fails(None);
    }
    passes(is_met)
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Decimal, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_likely_match_fails() {
        let from = Decimal::parse("8").unwrap();
        let alone = check(Requirement::DuplicateCluster(from)).of_customers();
        alone.gives("pass", "");
        alone.clone().resembling(7.9).gives("pass", "");
        alone.clone().resembling(8.0).gives("fail -", "");
        alone.of_organisations().gives("not_applicable", "");
    }
}
