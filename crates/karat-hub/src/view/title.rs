//! The name of a customer in one line, and what tells it from its namesakes.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::golden::GoldenRecord;

/// The name of a customer: `Sanne van den Berg`, `Bakkerij Jansen BV`.
///
/// Falls back on an e-mail address or a phone number; empty when there is none of these.
pub fn title(golden: &GoldenRecord) -> String {
    use AttributeId as A;
    let best = |attribute| golden.best(attribute);
    let name = match golden.entity_type {
        EntityType::Person => {
            let given = best(A::GIVEN_NAME).or(best(A::INITIALS));
            let family = joined(&[best(A::FAMILY_NAME_PREFIX), best(A::FAMILY_NAME)], " ");
            let partner = joined(&[best(A::PARTNER_NAME_PREFIX), best(A::PARTNER_NAME)], " ");
            let surname = joined(&[filled(&partner), filled(&family)], "-");
            joined(&[given, filled(&surname)], " ")
        }
        EntityType::Organisation => {
            let company = best(A::COMPANY_NAME).unwrap_or_default();
            let form = best(A::LEGAL_FORM).filter(|form| !company.ends_with(form));
            joined(&[filled(company), form], " ")
        }
    };
    let fallback = best(A::EMAIL).or(best(A::PHONE)).unwrap_or_default();
    if name.is_empty() { fallback.into() } else { name }
}

/// What tells a customer from its namesakes: `1984-03-12 · Kerkstraat 12 A, 1234 AB Utrecht`.
pub fn subtitle(golden: &GoldenRecord) -> String {
    use AttributeId as A;
    let best = |attribute| golden.best(attribute);
    let number = joined(&[best(A::HOUSE_NUMBER), best(A::HOUSE_NUMBER_ADDITION)], " ");
    let street = joined(&[best(A::STREET), filled(&number)], " ");
    let city = joined(&[best(A::POSTCODE), best(A::CITY)], " ");
    let address = joined(&[filled(&street), filled(&city)], ", ");
    let told_by = match golden.entity_type {
        EntityType::Person => best(A::BIRTH_DATE),
        EntityType::Organisation => best(A::KVK_NUMBER),
    };
    joined(&[told_by, filled(&address)], " · ")
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn joined(parts: &[Option<&str>], separator: &str) -> String {
    parts.iter().flatten().copied().collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeSet;
    use karat_model::golden::{ClaimSource, GoldenValue};

    use super::*;

    fn golden(entity_type: EntityType, values: &str) -> GoldenRecord {
        let attributes = AttributeSet::builtin();
        let value = |text: &str| {
            let (name, value) = text.split_once('=').unwrap();
            GoldenValue {
                attribute: attributes.find(name).unwrap(),
                rank: 0,
                value: value.into(),
                winner: ClaimSource { record: "crm/1".parse().unwrap(), observed_at: None },
                supporters: Vec::new(),
                losers: Vec::new(),
                rule: None,
            }
        };
        let values = values.split("; ").filter(|text| !text.is_empty()).map(value).collect();
        GoldenRecord { entity_type, values }
    }

    fn check(entity_type: EntityType, values: &str, expected: &str) {
        let golden = golden(entity_type, values);
        assert_eq!(format!("{} | {}", title(&golden), subtitle(&golden)), expected);
    }

    #[test]
    fn persons_are_named_as_on_an_envelope() {
        let check = |values, expected| check(EntityType::Person, values, expected);
        check(
            "given_name=Sanne; family_name_prefix=van den; family_name=Berg",
            "Sanne van den Berg | ",
        );
        check(
            "initials=J.P.; family_name=Smit; partner_name_prefix=de; partner_name=Wit",
            "J.P. de Wit-Smit | ",
        );
        check("email=info@voorbeeld.nl", "info@voorbeeld.nl | ");
        check(
            "family_name=Smit; birth_date=1984-03-12; street=Kerkstraat; house_number=12; \
             house_number_addition=A; postcode=1234 AB; city=Utrecht",
            "Smit | 1984-03-12 · Kerkstraat 12 A, 1234 AB Utrecht",
        );
        check("", " | ");
    }

    #[test]
    fn the_legal_form_is_named_once() {
        let check = |values, expected| check(EntityType::Organisation, values, expected);
        check(
            "company_name=Bakkerij Smit; legal_form=BV; kvk_number=12345678",
            "Bakkerij Smit BV | 12345678",
        );
        check("company_name=Bakkerij Smit BV; legal_form=BV; city=Ede", "Bakkerij Smit BV | Ede");
    }
}
