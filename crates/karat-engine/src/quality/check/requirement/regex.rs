//! The whole value matches a regular expression.
//!
//! The syntax is that of the Rust crate [regex](https://docs.rs/regex/#syntax), which takes linear
//! time whatever the pattern says; it has no look-around and no back-references. The pattern is
//! for the whole value, as if it stood between `^` and `$`.
//!
//! ```yaml
//! customer_number_form: { attributes: customer_number, regex: "[0-9]{7}" }
//! ```

use karat_model::check::Verdict;
use regex::{Regex, RegexBuilder};

use super::super::expression::Mistake;
use super::super::subject::Subject;
use super::passes;

/// The most memory that a pattern may take.
const SIZE_MAX: usize = 1 << 20;

/// Works out a pattern.
pub(super) fn prepare(text: &str) -> Result<Regex, Mistake> {
    // A pattern that is no pattern by itself must not become one between the brackets.
    let build = |text: &str| RegexBuilder::new(text).size_limit(SIZE_MAX).build();
    let whole = build(text).and_then(|_| build(&format!("^(?:{text})$")));
    whole.map_err(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default();
        let reason = last.trim_start_matches("error: ").to_owned();
        let hint = "escape `.`, `+`, `(` and the like with a backslash where they mean themselves";
        (format!("this is no regular expression: {reason}"), Some(hint.into()))
    })
}

/// Fails at each value that does not match.
pub(super) fn judge(subject: &mut Subject, pattern: &Regex) -> Verdict {
    subject.each_value(|subject, fact| {
        passes(subject.memo.meets(subject.no, fact.value, |value| pattern.is_match(value)))
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Quantifier, Requirement};

    use super::super::fixture::check;
    use super::prepare;

    #[test]
    fn the_whole_value_matches() {
        let digits = check(Requirement::Regex("[0-9]{3}|x".into())).of("phone");
        digits.gives("pass", "phone=123");
        digits.gives("pass", "phone=x");
        digits.gives("fail phone", "phone=1234");
        digits.gives("fail phone", "phone=123 phone=abc");
        digits.gives("not_applicable", "email=123");
        let any = digits.quantifier(Quantifier::Any);
        any.gives("pass", "phone=123 phone=abc");
        any.gives("fail phone phone", "phone=1 phone=abc");
    }

    #[test]
    fn a_pattern_is_one_by_itself() {
        for text in ["(", "a)(b", "[", "a{99999999}", "(?=a)"] {
            assert!(prepare(text).is_err(), "{text}");
        }
        assert!(prepare("(?i)a|b").unwrap().is_match("B"));
    }
}
