//! The value names a record that there is; without a value it fails.
//!
//! As [`referential`](referential.md), for relations that must be there: a contact person without
//! an organisation fails.
//!
//! ```yaml
//! contact_has_employer:
//!   { sources: [contacts], attributes: employer_number,
//!     relation_present: { source: erp, attribute: customer_number } }
//! ```

use karat_model::check::Verdict;

use super::super::subject::Subject;
use super::referential;

/// Fails at each attribute without a value, and at each value that names nobody.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let check = subject.check;
    let absent: Vec<_> = check.attributes.iter().copied().filter(|id| !subject.has(*id)).collect();
    let is_wanting = !absent.is_empty();
    absent.into_iter().for_each(|id| subject.fails(Some(id)));
    let verdict = referential::judge(subject);
    if is_wanting { Verdict::Fail } else { verdict }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::{Reference, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_relation_must_be_there() {
        let reference = Reference { source: None, attribute: AttributeId::KVK_NUMBER };
        let employer = check(Requirement::RelationPresent(reference)).of("company_name");
        let known = ["kvk_number=68750110"];
        employer.clone().among(&known).gives("pass", "company_name=68750110");
        employer.clone().among(&known).gives("fail company_name", "company_name=69599084");
        employer.clone().among(&known).gives("fail company_name", "city=Ede");
        employer.of_organisations().gives("not_applicable", "city=Ede");
    }
}
