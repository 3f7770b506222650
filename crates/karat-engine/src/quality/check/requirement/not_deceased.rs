//! Nobody remarked that the customer is deceased.
//!
//! Fails where cleaning found such a remark in a name, an address, a phone number or a note: a
//! customer fails if any of its records does. Where sources say it in a column of its own, a check
//! with `expression` asks for that; under the name `not_deceased` it takes the place of this one.
//!
//! ```yaml
//! not_deceased: { of: person, not_deceased: true }
//! ```

use karat_model::check::Verdict;
use karat_model::finding::FindingCode;

use super::super::subject::Subject;

/// Fails where cleaning found that the customer is deceased.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let says_so = subject.facts.findings.iter().any(|found| found.code == FindingCode::Deceased);
    if says_so {
        subject.fails(None);
        return Verdict::Fail;
    }
    Verdict::Pass
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;
    use karat_model::finding::FindingCode;

    use super::super::fixture::check;

    #[test]
    fn a_remark_fails_and_another_remark_does_not() {
        let alive = check(Requirement::NotDeceased);
        alive.gives("pass", "family_name=Jansen");
        alive.clone().found(FindingCode::Remark, "street").gives("pass", "street=Dorpsstraat");
        alive.clone().found(FindingCode::Deceased, "phone").gives("fail -", "phone=+31612345987");
        alive.of_organisations().gives("not_applicable", "family_name=Jansen");
    }
}
