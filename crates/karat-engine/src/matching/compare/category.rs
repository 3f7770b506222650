//! Compares values from a list: occupation, place of birth, segment.

use std::sync::Arc;

use karat_model::attribute::{Attribute, AttributeId};
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::semantic::SemanticType;
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, FoldedColumn, Level, SILENT, Scope, Side, level, only};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::jaro_winkler;
use crate::matching::values::TermCounts;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.20),
    level("alike, or part of it", "lijkt erop, of deel ervan", Close, 0.10),
    level("same", "gelijk", Same, 0.70),
];

/// The comparison of one attribute whose values come from a list.
pub struct CategoryOf<'a> {
    attribute: &'a Attribute,
    values: FoldedColumn<'a>,
}

impl<'a> CategoryOf<'a> {
    /// Prepares the values of a table.
    pub fn prepare(
        table: &'a RecordTable,
        id: AttributeId,
        attribute: &'a Attribute,
        frozen: &dyn Fn(&str) -> Option<Vec<Arc<TermCounts>>>,
    ) -> CategoryOf<'a> {
        let frozen = frozen(&attribute.name).and_then(only);
        CategoryOf { attribute, values: FoldedColumn::prepare(table, id, fold::words, frozen) }
    }

    fn compare_values(&self, left: u32, right: u32, cache: &mut LevelCache) -> Compared {
        if left == right {
            return Compared::rare(3, self.values.rarity(left));
        }
        let values = &self.values.values;
        Compared::at(cache.level(left, right, || level_of(values.text(left), values.text(right))))
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

impl Compare for CategoryOf<'_> {
    fn name(&self) -> &str {
        &self.attribute.name
    }
    fn label(&self) -> [String; 2] {
        [self.attribute.english.clone(), self.attribute.dutch.clone()]
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        // Branches share a website.
        if self.attribute.semantic_type == SemanticType::Website {
            Scope::Shared
        } else {
            Scope::Own
        }
    }
    fn width(&self) -> usize {
        2
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.values.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        self.values.best(left, right, |a, b| self.compare_values(a, b, cache))
    }
    fn show(&self, record: RecordNo) -> String {
        self.values.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.values.counts.clone()]
    }
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
