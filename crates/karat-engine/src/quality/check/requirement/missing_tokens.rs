//! The value is none of the words that stand for nothing.
//!
//! Cleaning knows the usual ones (`n/a`, `onbekend`, `-`, `01-01-1900`) and takes them out with the
//! finding `placeholder`: a record fails where it found one. The list names those of your own;
//! capitals make no difference.
//!
//! ```yaml
//! no_dummy_city: { attributes: city, missing_tokens: [nergenshuizen, elders] }
//! ```

use karat_model::check::Verdict;
use karat_model::finding::FindingCode;
use rustc_hash::FxHashSet;

use super::super::subject::Subject;
use super::passes;

/// Fails at each value that is one of the words, and where cleaning found a placeholder.
pub(super) fn judge(subject: &mut Subject, words: &FxHashSet<String>) -> Verdict {
    let verdict = subject.each_value(|_, fact| passes(!words.contains(&fact.value.to_lowercase())));
    let (check, facts) = (subject.check, subject.facts);
    let mut has_placeholder = false;
    for finding in facts.findings.iter().filter(|it| it.code == FindingCode::Placeholder) {
        let column = finding.column.map(usize::from);
        let attribute = column.and_then(|at| facts.columns.get(at).copied().flatten());
        if attribute.is_some_and(|id| check.attributes.contains(&id)) {
            subject.fails(attribute);
            has_placeholder = true;
        }
    }
    if has_placeholder { Verdict::Fail } else { verdict }
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;
    use karat_model::finding::FindingCode;

    use super::super::fixture::check;

    #[test]
    fn words_that_stand_for_nothing_fail() {
        let words = vec!["Elders".to_owned()];
        let city = check(Requirement::MissingTokens(words)).of("city");
        city.gives("pass", "city=Ede");
        city.gives("fail city", "city=ELDERS");
        city.gives("pass", "city=Eldersum");
        city.gives("not_applicable", "street=Elders");
        city.clone().found(FindingCode::Placeholder, "city").gives("fail city", "");
        city.found(FindingCode::Placeholder, "street").gives("not_applicable", "");
    }
}
