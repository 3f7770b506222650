//! `accept`: does what a finding of some code proposes, where that is certain.
//!
//! ```yaml
//! - { id: r11, column: email, accept: misspelt_email_domain }
//! ```
//!
//! | Proposal | What is done |
//! | --- | --- |
//! | another value | the column gets it, if it holds that value and nothing else |
//! | another field | a column of that field which is empty gets what belongs there |
//! | a swap | the two columns get each other's values |
//! | an empty field | the column is emptied |
//!
//! Where a column has several such proposals, or the value says more than what is proposed, nothing
//! is done: a person decides.

use karat_model::attribute::AttributeId;
use karat_model::claim::CleanRecord;
use karat_model::finding::{Finding, FindingCode, Repair};
use karat_model::record::Payload;
use karat_model::semantic::SemanticType;

use super::values;
use crate::clean::{CleaningPlan, Output, misuse, text};

/// What becomes of a record; nothing where there is no such proposal, or it is not certain.
pub fn apply(
    payload: &Payload,
    column: u16,
    code: FindingCode,
    plan: &CleaningPlan,
    cleaned: &CleanRecord,
) -> Option<Payload> {
    let is_it = |finding: &&Finding| finding.code == code && finding.column == Some(column);
    let mut proposed =
        cleaned.findings.iter().filter(is_it).filter_map(|finding| finding.repair.as_deref());
    let (Some(repair), None) = (proposed.next(), proposed.next()) else { return None };
    let mut given = values::of(payload, column);
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    match repair {
        Repair::Replace { attribute, value: meant } => {
            let is_whole = plan.holds_alone(column, *attribute, value);
            is_whole.then(|| values::with(payload, &[(column, &[meant.as_str()])]))
        }
        Repair::Move { to, value: meant } => move_to(payload, (column, value), *to, meant, plan),
        Repair::Swap { with } => {
            let there: Vec<&str> = values::of(payload, *with).collect();
            Some(values::with(payload, &[(column, &there), (*with, &[value])]))
        }
        Repair::Clear => Some(values::with(payload, &[(column, &[])])),
    }
}

/// Moves what belongs in the field of an attribute to its column; the rest stays.
fn move_to(
    payload: &Payload,
    (column, value): (u16, &str),
    to: AttributeId,
    meant: &str,
    plan: &CleaningPlan,
) -> Option<Payload> {
    let target = plan.columns_of(to).find(|target| values::is_empty(payload, *target))?;
    let same_signs = |one: &str, other: &str| {
        let signs = |text: &str| -> Vec<char> {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        signs(one) == signs(other)
    };
    if same_signs(value, meant) {
        return Some(values::with(payload, &[(column, &[]), (target, &[value])]));
    }
    let semantic_type = plan.semantic_type_of(column)?;
    let tidied = text::tidy_lines(value, &mut Output::default())?;
    let found = misuse::find(&tidied, semantic_type, plan.context());
    let found = found.filter(|found| found.attribute == Some(to) && found.value == meant)?;
    let (moved, rest) = (&tidied[found.range.clone()], found.rest(&tidied));
    let rest = if found.is_whole(&tidied) { "" } else { &rest };
    Some(values::with(payload, &[(column, &[rest]), (target, &[moved])]))
}

/// Whether values of a type are of one attribute alone.
pub fn is_of_one_attribute(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    !matches!(semantic_type, FullName | PartyName | FullAddress | AddressLine | PostcodeCity)
}
