//! `field_misuse`: some values belong in another field.

use karat_model::check::Requirement;

use super::{Proposal, Seen};

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let mut is_found = false;
    seen.state.each_kept(|value, _| is_found = is_found || seen.judged.is_misused(value));
    if !is_found {
        return None;
    }
    let because = [
        "Some values belong in another field.".to_string(),
        "Sommige waarden horen in een ander veld.".to_string(),
    ];
    let passes = |value: &str| Some(!seen.judged.is_misused(value));
    Some(Proposal::of_values(Requirement::FieldMisuse, because, passes))
}
