//! Companies: the name, and the legal form that comes with it.

use karat_model::attribute::AttributeId;

use super::contest::Candidate;
use super::writing::{Key, length};

/// Whether there is a name: a legal form alone is a fragment.
pub(super) fn is_whole(company: Candidate<'_, '_>) -> bool {
    company.part(AttributeId::COMPANY_NAME).is_some()
}

/// The longer name, and of one name the one with a legal form.
pub(super) fn completeness(company: Candidate<'_, '_>) -> u32 {
    let has_legal_form = company.part(AttributeId::LEGAL_FORM).is_some();
    let length = company.part(AttributeId::COMPANY_NAME).map_or(0, length);
    2 * length + u32::from(has_legal_form)
}

/// The name; without one the legal form.
pub(super) fn key<'a>(company: Candidate<'_, 'a>) -> Key<'a> {
    let name = company.part(AttributeId::COMPANY_NAME);
    let legal_form = company.part(AttributeId::LEGAL_FORM).filter(|_| name.is_none());
    Key::of_words([name, legal_form])
}
