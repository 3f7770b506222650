//! How quality counts: weights of dimensions and criticality of attributes.

use crate::attribute::{Attribute, AttributeId, AttributeSet};
use crate::finding::Dimension;
use crate::semantic::SemanticType;

/// How quality counts in a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualitySettings {
    /// Whether the checks that ship with Karat are made.
    pub has_standard_checks: bool,
    /// The weights of dimensions that the hub gives one; the others weigh 1.
    pub weights: Vec<(Dimension, u16)>,
    /// The attribute that tells what a customer is worth.
    pub value: Option<AttributeId>,
}

impl QualitySettings {
    /// Every dimension weighs the same.
    pub fn standard() -> QualitySettings {
        QualitySettings { has_standard_checks: true, weights: Vec::new(), value: None }
    }

    /// How heavily a dimension weighs.
    pub fn weight(&self, dimension: Dimension) -> u16 {
        let given = self.weights.iter().find(|(of, _)| *of == dimension);
        given.map_or(1, |(_, weight)| *weight)
    }

    /// How much an attribute matters: 0, 1, 2 or 4; what tells customers apart counts twice if
    /// nothing is said.
    pub fn criticality(&self, attributes: &AttributeSet, id: AttributeId) -> u8 {
        let attribute = attributes.get(id);
        attribute.criticality.unwrap_or(if is_identifying(attribute) { 2 } else { 1 })
    }
}

/// Whether an attribute tells customers apart.
fn is_identifying(attribute: &Attribute) -> bool {
    use SemanticType::*;
    matches!(
        attribute.semantic_type,
        FamilyName
            | BirthDate
            | CompanyName
            | KvkNumber
            | VatNumber
            | Email
            | Phone
            | Iban
            | Identifier
            | Postcode
            | HouseNumber
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_identifies_counts_twice() {
        let mut attributes = AttributeSet::builtin();
        let settings = QualitySettings::standard();
        assert_eq!(settings.criticality(&attributes, AttributeId::EMAIL), 2);
        assert_eq!(settings.criticality(&attributes, AttributeId::JOB_TITLE), 1);
        attributes.get_mut(AttributeId::EMAIL).criticality = Some(0);
        assert_eq!(settings.criticality(&attributes, AttributeId::EMAIL), 0);
    }

    #[test]
    fn dimensions_weigh_what_is_said() {
        let weights = vec![(Dimension::Accuracy, 3)];
        let settings = QualitySettings { weights, ..QualitySettings::standard() };
        assert_eq!(settings.weight(Dimension::Accuracy), 3);
        assert_eq!(settings.weight(Dimension::Validity), 1);
    }
}
