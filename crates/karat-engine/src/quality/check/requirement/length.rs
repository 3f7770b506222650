//! The value has so many characters.
//!
//! Characters are counted as people see them in most scripts: `é` is one.
//!
//! ```yaml
//! name_fits_label: { attributes: company_name, length: { min: 2, max: 35 } }
//! ```

use karat_model::check::{Bounds, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails at each value that is shorter or longer.
pub(super) fn judge(subject: &mut Subject, bounds: &Bounds) -> Verdict {
    subject.each_value(|_, fact| passes(bounds.contain(fact.value.chars().count() as i64)))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Bounds, Requirement};

    use super::super::fixture::check;

    #[test]
    fn characters_are_counted() {
        let bounds = Bounds { min: Some(2), max: Some(3) };
        let city = check(Requirement::Length(bounds)).of("city");
        city.gives("pass", "city=Één");
        city.gives("fail city", "city=Edes");
        city.gives("fail city", "city=E");
        city.gives("not_applicable", "street=Ede");
    }
}
