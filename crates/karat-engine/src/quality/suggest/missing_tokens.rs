//! `missing_tokens`: some values only say that there is none.

use std::collections::BTreeSet;

use karat_model::check::Requirement;

use super::{Proposal, Seen};

/// More words than this are no words for nothing, but values.
const TOKENS_MAX: usize = 20;

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let mut tokens: BTreeSet<String> = BTreeSet::new();
    seen.state.each_kept(|value, _| {
        if seen.judged.is_missing(value) {
            tokens.insert(value.trim().to_lowercase());
        }
    });
    if tokens.is_empty() || tokens.len() > TOKENS_MAX {
        return None;
    }
    let because = [
        "Some values only say that there is none.".to_string(),
        "Sommige waarden zeggen alleen dat er geen is.".to_string(),
    ];
    let requirement = Requirement::MissingTokens(tokens.iter().cloned().collect());
    let passes = move |value: &str| Some(!tokens.contains(&value.trim().to_lowercase()));
    Some(Proposal::of_values(requirement, because, passes))
}
