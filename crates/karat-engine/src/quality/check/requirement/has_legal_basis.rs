//! It is said on which basis in law its values are kept.
//!
//! Judged of the attributes that the check names, or of all that are used: `legal_basis` must stand
//! under `attributes` in hub.yaml.
//!
//! ```yaml
//! lawful: { on: definitions, has_legal_basis: true }
//! ```

use karat_model::attribute::Attribute;

/// Whether the hub model says it.
pub(super) fn says_it(attribute: &Attribute) -> bool {
    attribute.legal_basis.as_deref().is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check_definition;

    #[test]
    fn it_is_said_or_not() {
        let requirement = Requirement::HasLegalBasis;
        check_definition(requirement, |attribute, text| attribute.legal_basis = text);
    }
}
