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

/// A value as cleaning writes those of a type; as it is where cleaning makes nothing of it, or more.
pub fn standardised(value: &str, semantic_type: SemanticType, context: &Context) -> String {
    match &understood(value, semantic_type, context)[..] {
        [claim] => claim.value.to_string(),
        _ => value.to_owned(),
    }
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
    fn a_value_is_written_as_cleaning_writes_it() {
        let context =
            Context { country: hub_model::Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        assert_eq!(standardised("gold", SemanticType::Category, &context), "Gold");
        assert_eq!(standardised("3526kp", SemanticType::Postcode, &context), "3526 KP");
        assert_eq!(standardised("n/a", SemanticType::Category, &context), "n/a");
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
