//! Takes the names of persons apart: title, initials, given names, prefix, family name, suffix.
//!
//! Arrives: the values of one record that stand in fields for names, whole or in parts.
//! Leaves: claims for the parts of one name; parts that have a field of their own win over what a
//! whole name says of them. Promises: any text in, never a panic; mixed case and diacritics stay.
//! Start reading in `parser.rs`, which takes one field apart; `record.rs` combines the fields.
//!
//! Of two family names with a hyphen the first is the partner's and the second is the own name:
//! `Jansen-de Wit` is family name `Wit` with prefix `de`, and partner name `Jansen`. That is what
//! Dutch law calls name usage V (partner before own), by far the most frequent with a hyphen. The
//! own name never changes, so it is the one to match on; written together again, the two give back
//! what was written, so nothing is lost for double names of other origin either.
//!
//! Forms of address (`dhr.`, `Mrs`) are no titles: they tell the gender and are left out.
//! A nickname, as in `Johannes (Jan) de Boer`, is a second given name in slot 1.

mod known_names;
pub(super) mod letter_case;
mod parser;
mod prefixes;
mod record;
mod titles;
mod words;
pub mod family_name;
pub mod family_name_prefix;
pub mod full_name;
pub mod given_name;
pub mod initials;
pub mod name_suffix;
pub mod partner_name;
pub mod title;

use std::ops::{Index, IndexMut};

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::gender::Gender;

use super::output::Output;

pub use known_names::{is_family_name, is_given_name};
pub use letter_case::LetterCase;
pub use record::{NameValue, standardise_record};

pub(super) use letter_case::{is_vowel, push_lower, push_name, push_title};
pub(super) use prefixes::canonical as canonical_prefix;

/// The parts of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Title,
    Initials,
    Given,
    Nickname,
    Prefix,
    Family,
    PartnerPrefix,
    Partner,
    Suffix,
}

impl Part {
    const ALL: [Part; 9] = [
        Part::Title,
        Part::Initials,
        Part::Given,
        Part::Nickname,
        Part::Prefix,
        Part::Family,
        Part::PartnerPrefix,
        Part::Partner,
        Part::Suffix,
    ];

    /// The attribute and the slot that the part fills.
    fn attribute(self) -> (AttributeId, u8) {
        match self {
            Part::Title => (AttributeId::TITLE, 0),
            Part::Initials => (AttributeId::INITIALS, 0),
            Part::Given => (AttributeId::GIVEN_NAME, 0),
            Part::Nickname => (AttributeId::GIVEN_NAME, 1),
            Part::Prefix => (AttributeId::FAMILY_NAME_PREFIX, 0),
            Part::Family => (AttributeId::FAMILY_NAME, 0),
            Part::PartnerPrefix => (AttributeId::PARTNER_NAME_PREFIX, 0),
            Part::Partner => (AttributeId::PARTNER_NAME, 0),
            Part::Suffix => (AttributeId::NAME_SUFFIX, 0),
        }
    }
}

/// A name that was taken apart; an empty part is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PersonName {
    parts: [String; Part::ALL.len()],
    gender: Option<Gender>,
    notes: Vec<FindingCode>,
}

impl Index<Part> for PersonName {
    type Output = String;

    fn index(&self, part: Part) -> &String {
        &self.parts[part as usize]
    }
}

impl IndexMut<Part> for PersonName {
    fn index_mut(&mut self, part: Part) -> &mut String {
        &mut self.parts[part as usize]
    }
}

impl PersonName {
    fn of(part: Part, text: String) -> PersonName {
        let mut name = PersonName::default();
        name[part] = text;
        name
    }

    fn note(&mut self, code: FindingCode) {
        if !self.notes.contains(&code) {
            self.notes.push(code);
        }
    }

    /// Whether nothing became of the text, and nothing was said of it.
    fn is_empty(&self) -> bool {
        let has_part = self.parts.iter().any(|part| !part.is_empty());
        !has_part && self.gender.is_none() && self.notes.is_empty()
    }

    /// Whether the parts are a guess.
    fn is_doubtful(&self) -> bool {
        let guess = |note: &FindingCode| {
            matches!(note, FindingCode::SeveralPersons | FindingCode::NameNotUnderstood)
        };
        self.notes.iter().any(guess)
    }

    /// Claims all parts, for a field that stands alone.
    fn claim(self, out: &mut Output) {
        let validity = if self.is_doubtful() { Validity::Suspect } else { Validity::Valid };
        self.notes.iter().for_each(|&note| out.finding(note));
        for (part, text) in Part::ALL.into_iter().zip(self.parts) {
            let (attribute, slot) = part.attribute();
            out.claim_in_slot(attribute, slot, text, validity);
        }
        if let Some(gender) = self.gender {
            out.claim(AttributeId::GENDER, gender.name(), Validity::Valid);
        }
    }
}

#[cfg(test)]
mod labelled;
#[cfg(test)]
mod tests;
