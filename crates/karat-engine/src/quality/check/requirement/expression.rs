//! An expression in CEL is true.
//!
//! The [Common Expression Language](https://github.com/google/cel-spec) compares, counts and
//! combines: `&&`, `||`, `!`, `==`, `in`, `size()`, `startsWith()`, `matches()`, and on lists
//! `exists()` and `all()`. Variables are the names of attributes: text, a number or yes and no where
//! the type says so, and a list where the attribute is collected (`email`, `phone`, `iban`); beside
//! them `source`, `kind` and `as_of` (the quality day). Functions are `valid(x)` (cleaning takes
//! every value for valid), `age(date)` in whole years, `days_since(date)`, `fold(text)` (plain
//! letters in lower case) and `digits(text)`.
//!
//! Where an attribute that it names has no value there is nothing to judge, unless the expression
//! asks so itself with `has(x)` or `x == null`. What cannot be evaluated, or is neither true nor
//! false, is an error of the check, not a fail of the record.
//!
//! An expression has at most 2,000 characters, brackets 24 deep, operations 64 deep, and two loops
//! within each other.
//!
//! ```yaml
//! gold_has_mobile:
//!   { only_if: "loyalty_tier == 'Gold'", expression: "phone.exists(p, p.startsWith('+316'))" }
//! ```

use karat_model::check::Verdict;

use super::super::expression::Expression;
use super::super::subject::Subject;

/// Fails where the expression is false, at the attributes that it names.
pub(super) fn judge(subject: &mut Subject, condition: &Expression) -> Verdict {
    let verdict = condition.holds(subject.scoped);
    if verdict == Verdict::Fail {
        let named = [&subject.check.attributes[..], condition.needed()];
        let named: Vec<_> = named.into_iter().flatten().copied().collect();
        let places: Vec<_> = named.iter().filter_map(|id| subject.first(*id)).collect();
        if places.is_empty() {
            subject.fails(named.first().copied());
        }
        places.iter().for_each(|fact| subject.fails_at(fact));
    }
    verdict
}
