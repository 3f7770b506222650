//! It is said what the attribute means.
//!
//! Judged of the attributes that the check names, or of all that are used: `definition` must stand
//! under `attributes` in hub.yaml.
//!
//! ```yaml
//! described: { on: definitions, has_definition: true }
//! ```

use karat_model::attribute::Attribute;

/// Whether the hub model says it.
pub(super) fn says_it(attribute: &Attribute) -> bool {
    attribute.definition.as_deref().is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check_definition;

    #[test]
    fn it_is_said_or_not() {
        let requirement = Requirement::HasDefinition;
        check_definition(requirement, |attribute, text| attribute.definition = text);
    }
}
