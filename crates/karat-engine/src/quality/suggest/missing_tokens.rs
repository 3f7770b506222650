//! `missing_tokens`: some values only say that there is none.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use karat_model::check::Requirement;

use super::{Proposal, Seen};

/// How many words are named, the most frequent first.
const TOKENS_MAX: usize = 20;

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    seen.state.each_kept(|value, count| {
        if seen.judged.is_missing(value) {
            *counts.entry(value.trim().to_lowercase()).or_default() += count;
        }
    });
    if counts.is_empty() {
        return None;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let tokens: BTreeSet<String> =
        counts.into_iter().take(TOKENS_MAX).map(|(token, _)| token).collect();
    let because = [
        "Some values only say that there is none.".to_string(),
        "Sommige waarden zeggen alleen dat er geen is.".to_string(),
    ];
    let requirement = Requirement::MissingTokens(tokens.iter().cloned().collect());
    let passes = move |value: &str| Some(!tokens.contains(&value.trim().to_lowercase()));
    Some(Proposal::of_values(requirement, because, passes))
}
