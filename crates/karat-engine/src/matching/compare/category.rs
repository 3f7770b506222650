//! Compares values from a list: occupation, place of birth, segment.

use karat_model::attribute::{Attribute, AttributeId};
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::semantic::SemanticType;
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, level};
use crate::matching::fold;
use crate::matching::similarity::jaro_winkler;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.20),
    level("alike, or part of it", "lijkt erop, of deel ervan", Close, 0.10),
    level("same", "gelijk", Same, 0.70),
];

/// The comparison of one attribute whose values come from a list.
pub fn compare<'a>(
    table: &'a RecordTable,
    id: AttributeId,
    attribute: &Attribute,
    frozen: Frozen,
) -> ColumnComparison<'a> {
    let frozen = only(frozen, &attribute.name);
    // Branches share a website.
    let shared = attribute.semantic_type == SemanticType::Website;
    ColumnComparison {
        name: attribute.name.clone(),
        label: [attribute.english.clone(), attribute.dutch.clone()],
        levels: LEVELS,
        scope: if shared { Scope::Shared } else { Scope::Own },
        is_anchor: false,
        column: FoldedColumn::prepare(table, id, fold::words, frozen),
        silenced_by_doubt: None,
        level_of: |values, left, right, cache| {
            let (left, right) = (left.fold, right.fold);
            cache.level(left, right, || level_of(values.text(left), values.text(right)))
        },
    }
}

/// The level of two different values.
fn level_of(left: &str, right: &str) -> u8 {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let is_part = short.len() >= 4 && has_words(long, short);
    let alike = jaro_winkler(left.as_bytes(), right.as_bytes()) >= 900;
    if is_part || alike { 2 } else { 1 }
}

/// Whether a text holds another as whole words.
fn has_words(long: &str, short: &str) -> bool {
    long.match_indices(short).any(|(start, _)| {
        let ends_word = |at: Option<&u8>| at.is_none_or(|byte| *byte == b' ');
        let before = start.checked_sub(1).and_then(|at| long.as_bytes().get(at));
        ends_word(before) && ends_word(long.as_bytes().get(start + short.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_typos_count() {
        for (left, right, expected) in [
            ("bristol", "bristol city of", 2),
            ("london", "lonon", 2),
            ("devon", "west devon", 2),
            ("hull", "london", 1),
            ("york", "yorkshire west", 1),
        ] {
            assert_eq!(level_of(left, right), expected, "{left} {right}");
        }
    }
}
