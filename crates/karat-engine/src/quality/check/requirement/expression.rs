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

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check;

    /// Checks what comes of an expression.
    fn gives(expression: &str, expected: &str, facts: &str) {
        check(Requirement::Expression(expression.into())).gives(expected, facts);
    }

    #[test]
    fn texts_lists_and_functions() {
        gives("city == 'Ede'", "pass", "city=Ede");
        gives("city == 'Ede'", "fail city", "city=Eden");
        gives("city == 'Ede'", "not_applicable", "street=Ede");
        gives("city in ['Ede', 'Assen']", "pass", "city=Assen");
        gives(
            "phone.exists(p, p.startsWith('+316'))",
            "pass",
            "phone=+31201234568 phone=+31612345987",
        );
        gives("phone.exists(p, p.startsWith('+316'))", "fail phone", "phone=+31201234568");
        gives("size(email) <= 1", "fail email", "email=a@b.example email=c@d.example");
        gives("postcode.matches('^[1-9][0-9]{3} [A-Z]{2}$')", "pass", "postcode=1234_AB");
        gives("fold(city) == 'enschede'", "pass", "city=Énschedé");
        gives("size(digits(house_number)) < 3", "fail house_number", "house_number=123");
        gives("age(birth_date) >= 18", "pass", "birth_date=2008-11-22");
        gives("age(birth_date) >= 18", "fail birth_date", "birth_date=2008-11-23");
        gives("days_since(birth_date) == 1", "pass", "birth_date=2026-11-21");
        gives("source == 'crm' && as_of == '2026-11-22'", "pass", "");
    }

    #[test]
    fn validity_is_asked_of_the_attribute() {
        gives("valid(iban)", "pass", "iban=NL91ABNA0417164300");
        gives("valid(iban)", "fail iban", "iban=NL91ABNA0417164300 iban=NL91ABNA0417164301!");
        gives("valid(iban)", "not_applicable", "city=Ede");
    }

    #[test]
    fn absence_is_asked_for_or_not_applicable() {
        gives("has(city) || has(street)", "pass", "street=Dorpsstraat");
        gives("has(city) || has(street)", "fail -", "email=a@b.example");
        gives("city == null || city != 'Ede'", "pass", "");
        gives("city != 'Ede'", "not_applicable", "");
        // Within a text it is text.
        gives("city == 'has(street)'", "pass", "city=has(street)");
    }

    #[test]
    fn what_cannot_be_evaluated_is_an_error() {
        gives("city > 3", "error", "city=Ede");
        gives("age(city) > 3", "error", "city=Ede");
        gives("city", "error", "city=Ede");
        gives("email[7] == 'a'", "error", "email=a@b.example");
    }

    #[test]
    fn a_condition_says_when_it_is_required() {
        let only = check(Requirement::Present).of("phone").only_if("city == 'Ede'");
        only.gives("pass", "city=Ede phone=1");
        only.gives("fail phone", "city=Ede");
        only.gives("not_applicable", "city=Assen");
        only.gives("not_applicable", "");
    }
}
