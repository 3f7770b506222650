//! `format`: nearly all values have the form of their type.

use karat_model::check::Requirement;
use karat_model::semantic::SemanticType;

use super::{Proposal, Seen};

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    if !has_form(seen.meaning) {
        return None;
    }
    let name = seen.meaning.name();
    let because = [
        format!("Nearly all values have the form of {name}."),
        format!("Bijna alle waarden hebben de vorm van {name}."),
    ];
    // What says that there is no value is the matter of another check.
    let passes =
        |value: &str| (!seen.judged.is_missing(value)).then(|| seen.judged.is_valid(value));
    Some(Proposal::of_values(Requirement::Format(seen.meaning), because, passes))
}

/// Whether values of a type have a form that others lack.
fn has_form(meaning: SemanticType) -> bool {
    use SemanticType::*;
    matches!(
        meaning,
        BirthDate
            | KvkNumber
            | VatNumber
            | Website
            | Postcode
            | Country
            | Email
            | Phone
            | Iban
            | Date
            | Number
            | Flag
            | Gender
            | HouseNumber
    )
}
