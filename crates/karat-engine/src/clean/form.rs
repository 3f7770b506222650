//! The form of a single value: whether it is as its semantic type should be.

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::semantic::SemanticType;

use super::output::{Context, Output};
use super::person_name;
use super::placeholder::{self, Judgement};
use super::plan::{Field, attribute_of, is_name, standardise_value};
use super::text;

/// Whether a value has the form of a semantic type: cleaning understands it, and takes it for valid.
///
/// There is one truth about forms: this asks the very functions that clean.
pub fn has_form(value: &str, semantic_type: SemanticType, context: &Context) -> bool {
    let claims = understood(value, semantic_type, context);
    !claims.is_empty() && claims.iter().all(|claim| claim.validity == Validity::Valid)
}

/// Whether a postal code has the form of the country, and not that of another.
pub fn is_postcode_of_country(value: &str, context: &Context) -> bool {
    let claims = understood(value, SemanticType::Postcode, context);
    let is_foreign = |claim: &Claim| {
        claim.attribute == AttributeId::COUNTRY && claim.value != context.country.code()
    };
    let is_valid = |claim: &Claim| claim.validity == Validity::Valid;
    !claims.is_empty() && claims.iter().all(is_valid) && !claims.iter().any(is_foreign)
}

/// What cleaning claims of a value alone; nothing of a placeholder.
fn understood(value: &str, semantic_type: SemanticType, context: &Context) -> Vec<Claim> {
    let mut out = Output::default();
    out.begin(0, 0);
    let Some(tidied) = text::tidy(value, &mut out) else { return Vec::new() };
    if placeholder::judge(&tidied, semantic_type) != Judgement::Genuine {
        return Vec::new();
    }
    // A type that any attribute may have is understood the same for each of them.
    let attribute = attribute_of(semantic_type).or(Some(AttributeId::JOB_TITLE));
    let field = Field { semantic_type, attribute, slot: 0, edition: None, length_max: None };
    if is_name(semantic_type) {
        let doubtful = out.is_doubtful();
        let name = field.name(0, tidied.into(), doubtful);
        person_name::standardise_record(&[name], context, &mut out);
    } else {
        standardise_value(field, &tidied, context, &mut out);
    }
    out.claims
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{self, DateOrder};

    use super::*;

    #[test]
    fn a_postcode_is_of_one_country() {
        let context =
            Context { country: hub_model::Country::BELGIUM, date_order: DateOrder::DayFirst };
        assert!(is_postcode_of_country("9000", &context));
        assert!(!is_postcode_of_country("3526 KP", &context));
    }

    #[test]
    fn a_value_has_the_form_of_its_type_and_not_of_another() {
        use SemanticType::*;
        let context =
            Context { country: hub_model::Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for (semantic_type, value, expected) in [
            (Postcode, "3526 KP", true),
            (Postcode, "3526 SA", false),
            (Email, "jan@voorbeeld.example", true),
            (Email, "jan@", false),
            (Phone, "+31612345987", true),
            (Phone, "+3161234598", false),
            (Iban, "NL91ABNA0417164300", true),
            (Iban, "NL91ABNA0417164301", false),
            (FamilyName, "Jansen", true),
            (FamilyName, "onbekend", false),
            (BirthDate, "1980-01-31", true),
            (BirthDate, "1980-02-31", false),
            (Number, "12.5", true),
            (Number, "twelve", false),
            (Category, "Gold", true),
            (Flag, "maybe", false),
        ] {
            let found = has_form(value, semantic_type, &context);
            assert_eq!(found, expected, "{} {value}", semantic_type.name());
        }
    }
}
