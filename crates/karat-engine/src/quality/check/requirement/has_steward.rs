//! It is said who looks after its values.
//!
//! Judged of the attributes that the check names, or of all that are used: `steward` must stand
//! under `attributes` in hub.yaml.
//!
//! ```yaml
//! looked_after: { on: definitions, has_steward: true }
//! ```

use karat_model::attribute::Attribute;

/// Whether the hub model says it.
pub(super) fn says_it(attribute: &Attribute) -> bool {
    attribute.steward.as_deref().is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use karat_model::check::Requirement;

    use super::super::fixture::check_definition;

    #[test]
    fn it_is_said_or_not() {
        let requirement = Requirement::HasSteward;
        check_definition(requirement, |attribute, text| attribute.steward = text);
    }
}
