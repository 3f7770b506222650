//! What people found out of values of records, and undo.

use karat_model::attribute::{Attribute, AttributeId, AttributeSet, Group};
use karat_model::claim::Claim;
use karat_model::confirmation::{ConfirmationKind, ConfirmationNo};
use karat_model::id::RecordKey;
use karat_model::semantic::SemanticType;
use karat_store::{ConfirmationRow, RowNo, Transaction};

use super::writer::Written;
use crate::error::Error;
use crate::flow::change::{Basis, Records};
use crate::view::Refused;

/// What was found out of a value, and by whom.
pub(super) struct FoundOut<'c> {
    /// The record.
    pub key: &'c RecordKey,
    /// The name of the attribute, or of attributes that belong together.
    pub attribute: &'c str,
    /// The standardised value, where there are several.
    pub value: Option<&'c str>,
    /// How it was found out.
    pub kind: ConfirmationKind,
    /// Who says so.
    pub steward: &'c str,
    /// Why; may be empty.
    pub reason: &'c str,
}

/// Writes what was found out of a value that a record has now; of a whole address, of its parts.
pub(super) fn confirm(
    transaction: &mut dyn Transaction,
    basis: &Basis,
    records: &mut Records,
    found: &FoundOut,
) -> Result<Result<Written, Refused>, Error> {
    let attributes = &basis.hub_model.attributes;
    let asked = asked(attributes, found.attribute);
    if asked.is_empty() {
        return Ok(Err(Refused::UnknownAttribute(found.attribute.to_string())));
    }
    if !asked.iter().all(|id| is_told_by(found.kind, attributes.get(*id))) {
        return Ok(Err(Refused::OtherConfirmation(found.kind)));
    }
    let Some(standard) = &basis.standard else { return Ok(Err(Refused::NotJudged)) };
    let reader = transaction.reader();
    records.begin_anew(reader)?;
    let unknown = || Ok(Err(Refused::UnknownRecord(found.key.clone())));
    let Some((_, row)) = reader.rows_of(std::slice::from_ref(found.key))?.pop() else {
        return unknown();
    };
    records.read(reader, [row])?;
    let Some(known) = records.get(row) else { return unknown() };
    let mut rows = Vec::new();
    for id in asked {
        let claims = known.cleaned.claims.iter().filter(|claim| claim.attribute == id);
        let is_meant = |claim: &&Claim| found.value.is_none_or(|value| *claim.value == *value);
        let mut values: Vec<&str> = claims.filter(is_meant).map(|claim| &*claim.value).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() > 1 {
            return Ok(Err(Refused::SeveralValues));
        }
        rows.extend(values.first().map(|value| ConfirmationRow {
            record: row,
            attribute: attributes.get(id).name.clone(),
            value: standard.judge.digests.of(value),
            kind: found.kind,
        }));
    }
    if rows.is_empty() {
        return Ok(Err(Refused::UnknownValue));
    }
    let mut confirmations = Vec::with_capacity(rows.len());
    for row in &rows {
        confirmations.push(transaction.confirm(row, found.steward, found.reason)?);
    }
    confirmed(transaction, confirmations, row)
}

/// Undoes a confirmation.
pub(super) fn withdraw(
    transaction: &mut dyn Transaction,
    confirmation: ConfirmationNo,
    steward: &str,
    reason: &str,
) -> Result<Result<Written, Refused>, Error> {
    let journal = transaction.reader().confirmations()?;
    let Some(entry) = journal.iter().find(|entry| entry.confirmation.no == confirmation) else {
        return Ok(Err(Refused::UnknownConfirmation(confirmation)));
    };
    if !transaction.withdraw(confirmation, steward, reason)? {
        return Ok(Err(Refused::WithdrawnAlready(confirmation)));
    }
    confirmed(transaction, Vec::new(), entry.record)
}

fn confirmed(
    transaction: &dyn Transaction,
    confirmations: Vec<ConfirmationNo>,
    row: RowNo,
) -> Result<Result<Written, Refused>, Error> {
    let former = transaction.reader().entities_of_rows(&[row])?.pop().map(|(_, entity)| entity);
    Ok(Ok(Written::Confirmed { confirmations, row, former }))
}

/// The attribute with a name, or else those of the group with it.
fn asked(attributes: &AttributeSet, name: &str) -> Vec<AttributeId> {
    if let Some(id) = attributes.find(name) {
        return vec![id];
    }
    let is_of_group =
        |attribute: &Attribute| attribute.group.is_some_and(|group| group.name() == name);
    attributes.iter().filter(|(_, it)| is_of_group(it)).map(|(id, _)| id).collect()
}

/// Whether something tells of values of an attribute: a letter of an address, a bounce of an e-mail
/// address.
fn is_told_by(kind: ConfirmationKind, attribute: &Attribute) -> bool {
    match kind {
        ConfirmationKind::Customer => true,
        ConfirmationKind::MailReturned => attribute.group == Some(Group::Address),
        ConfirmationKind::Bounced => attribute.semantic_type == SemanticType::Email,
        ConfirmationKind::WrongNumber => attribute.semantic_type == SemanticType::Phone,
    }
}
