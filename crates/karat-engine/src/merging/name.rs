//! Names of persons: when one is whole, when two are one value, when one completes another.

use karat_model::attribute::AttributeId;

use super::contest::Candidate;
use super::writing::{Key, fold, is_same_text};

/// Parts that must be the same wherever both names have them.
const DECISIVE: [AttributeId; 5] = [
    AttributeId::FAMILY_NAME_PREFIX,
    AttributeId::FAMILY_NAME,
    AttributeId::PARTNER_NAME_PREFIX,
    AttributeId::PARTNER_NAME,
    AttributeId::NAME_SUFFIX,
];

/// Whether there is a family name: a first name alone is a fragment.
pub(super) fn is_whole(name: Candidate<'_, '_>) -> bool {
    name.part(AttributeId::FAMILY_NAME).is_some()
}

/// A family name over forenames, a given name over initials, then prefix and partner name.
///
/// Initials beside a given name add nothing: they are completed when they agree, and must not win
/// for a rare misspelling.
pub(super) fn completeness(name: Candidate<'_, '_>) -> u32 {
    let has = |attribute| u32::from(name.part(attribute).is_some());
    let has_only_initials = has(AttributeId::INITIALS) == 1 && has(AttributeId::GIVEN_NAME) == 0;
    8 * has(AttributeId::FAMILY_NAME)
        + 4 * has(AttributeId::GIVEN_NAME)
        + 2 * u32::from(has_only_initials)
        + has(AttributeId::FAMILY_NAME_PREFIX)
        + has(AttributeId::PARTNER_NAME)
}

/// Given name, or else initials, and all parts of the surname.
pub(super) fn key<'a>(name: Candidate<'_, 'a>) -> Key<'a> {
    let given_name = name.part(AttributeId::GIVEN_NAME);
    let initials = name.part(AttributeId::INITIALS).filter(|_| given_name.is_none());
    Key::of_words([
        given_name,
        initials,
        name.part(AttributeId::FAMILY_NAME_PREFIX),
        name.part(AttributeId::FAMILY_NAME),
        name.part(AttributeId::PARTNER_NAME_PREFIX),
        name.part(AttributeId::PARTNER_NAME),
    ])
}

/// Whether two names are the same as far as both tell, and tell enough.
pub(super) fn agree(one: Candidate<'_, '_>, other: Candidate<'_, '_>) -> bool {
    let both = |attribute| Some((one.part(attribute)?, other.part(attribute)?));
    let contradicts =
        |attribute| both(attribute).is_some_and(|(one, other)| !is_same_text(one, other));
    let same_family_name =
        both(AttributeId::FAMILY_NAME).is_some_and(|(one, other)| is_same_text(one, other));
    let same_given_name =
        both(AttributeId::GIVEN_NAME).is_some_and(|(one, other)| is_same_text(one, other));
    (same_family_name || same_given_name)
        && !DECISIVE.into_iter().any(contradicts)
        && forenames_agree(one, other)
}

/// Compares what both have; only where they share neither kind, a given name with initials.
fn forenames_agree(one: Candidate<'_, '_>, other: Candidate<'_, '_>) -> bool {
    let given_names = [one, other].map(|name| name.part(AttributeId::GIVEN_NAME));
    let initials = [one, other].map(|name| name.part(AttributeId::INITIALS));
    let by_given_names = match given_names {
        [Some(one), Some(other)] => Some(given_names_agree(one, other)),
        _ => None,
    };
    let by_initials = match initials {
        [Some(one), Some(other)] => Some(start_alike(&letters(one), &letters(other))),
        _ => None,
    };
    let crosswise = || match (given_names, initials) {
        ([Some(given_name), None], [None, Some(initials)])
        | ([None, Some(given_name)], [Some(initials), None]) => fit(initials, given_name),
        _ => true,
    };
    match (by_given_names, by_initials) {
        (None, None) => crosswise(),
        (given_names, initials) => given_names.unwrap_or(true) && initials.unwrap_or(true),
    }
}

/// `Jan` and `Jan Peter` agree; `Jan` and `Jannie` do not.
fn given_names_agree(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    one.split_whitespace().zip(other.split_whitespace()).all(|(one, other)| one == other)
}

/// Whether initials could be those of a given name: `J.P.` of `Jan`, `Th.` of `Theo`.
fn fit(initials: &str, given_name: &str) -> bool {
    let words: Vec<_> = fold(given_name).split_whitespace().map(str::to_owned).collect();
    start_alike(&letters(initials), &words)
}

/// The initials one by one: `J.Th.` are `j` and `th`; without dots each letter is one.
fn letters(initials: &str) -> Vec<String> {
    let folded = fold(initials);
    let separators = ['.', ' ', '-'];
    if folded.contains(separators) {
        let parts = folded.split(separators).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    } else {
        folded.chars().map(String::from).collect()
    }
}

/// Whether of each two that stand at the same place one starts the other.
fn start_alike(one: &[String], other: &[String]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| one.starts_with(other.as_str()) || other.starts_with(one.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_fit_the_names_they_start() {
        for (initials, given_name) in [
            ("J.", "Jan"),
            ("J.P.", "Jan"),
            ("J.", "Jan Peter"),
            ("JP", "Jan Peter"),
            ("Th.", "Theodora"),
            ("T.", "Theodora"),
            ("É.", "Emile"),
            ("A.", "Anne-Marie"),
        ] {
            assert!(fit(initials, given_name), "{initials} {given_name}");
        }
        for (initials, given_name) in
            [("J.", "Anna"), ("J.P.", "Jan Karel"), ("Th.", "Tom"), ("P.J.", "Jan")]
        {
            assert!(!fit(initials, given_name), "{initials} {given_name}");
        }
    }

    #[test]
    fn one_given_name_may_start_the_other() {
        assert!(given_names_agree("Jan", "JAN Peter"));
        assert!(!given_names_agree("Jan", "Jannie"));
        assert!(!given_names_agree("Jan Peter", "Jan Karel"));
    }
}
