//! `in_set`: few different values, all of them frequent.

use std::collections::BTreeSet;

use karat_model::check::Requirement;
use karat_model::semantic::SemanticType;

use super::{Proposal, Seen};

/// How long a list may be.
const VALUES_MAX: usize = 20;

/// A value of the list comes at least once in so many.
const FREQUENT_ONE_IN: u64 = 200;

/// The share of the values that must be of the list, in per cent.
const COVERED_MIN: u64 = 95;

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    use SemanticType::*;
    let profile = seen.profile;
    let is_list =
        matches!(seen.meaning, Category | Gender | Country | Text | PartyKind | LegalForm);
    if !is_list || profile.is_estimate {
        return None;
    }
    let values = profile.values();
    let mut list: Vec<&str> = Vec::new();
    let mut covered = 0;
    for (value, count) in &profile.top {
        let is_frequent = count * FREQUENT_ONE_IN >= values;
        let is_spelling = list.iter().any(|known| is_spelling_of(known, value));
        if is_frequent && !is_spelling && !seen.judged.is_missing(value) {
            list.push(value);
            covered += count;
        }
    }
    let fits = (2..VALUES_MAX).contains(&list.len()) && covered * 100 >= values * COVERED_MIN;
    if !fits {
        return None;
    }
    let set: BTreeSet<String> = list.iter().map(|value| value.to_string()).collect();
    let because = [
        format!("Nearly all values are one of {}.", set.len()),
        format!("Bijna alle waarden zijn een van {}.", set.len()),
    ];
    let requirement = Requirement::InSet(set.iter().cloned().collect());
    let passes = move |value: &str| Some(set.contains(value.trim()));
    Some(Proposal::of_values(requirement, because, passes))
}

/// Whether a value is another one in other capitals, or with other white space.
fn is_spelling_of(known: &str, value: &str) -> bool {
    known.trim().to_lowercase() == value.trim().to_lowercase()
}
