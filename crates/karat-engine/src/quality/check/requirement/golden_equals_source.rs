//! What the sources hold is what the golden record says.
//!
//! Each record of a customer that has a value must have one that the golden record shows; one that
//! does not has drifted, or waits for the golden value to be written back.
//!
//! ```yaml
//! email_written_back: { attributes: email, golden_equals_source: true }
//! ```

use karat_model::check::Verdict;

use super::super::subject::{Subject, Together};

/// Fails at each record that says something else.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let (check, facts) = (subject.check, subject.facts);
    let mut all = Together::default();
    for &attribute in &check.attributes {
        if !subject.has(attribute) {
            continue;
        }
        let is_golden = |value: &str| {
            facts.values.iter().any(|fact| fact.attribute == attribute && fact.value == value)
        };
        for (record, member) in facts.members.iter().enumerate() {
            let mut values =
                member.values.iter().filter(|fact| fact.attribute == attribute).peekable();
            if values.peek().is_none() {
                continue;
            }
            let is_met = values.any(|fact| is_golden(fact.value));
            if !is_met {
                subject.fails_at_member(attribute, record);
            }
            all.add(super::passes(is_met));
        }
    }
    all.verdict(check.of_values)
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    #[test]
    fn a_record_says_what_is_golden_or_not() {
        let city = check(Requirement::GoldenEqualsSource).of("city").of_customers();
        let city = city.members(&["crm city=Ede", "shop city=Eden", "erp street=Ede"]);
        city.gives("fail city", "city=Ede");
        let same = city.members(&["crm city=Ede", "shop city=Ede"]);
        same.gives("pass", "city=Ede");
        same.gives("not_applicable", "street=Ede");
    }
}
