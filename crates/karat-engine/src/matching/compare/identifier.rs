//! Compares numbers that identify a customer: IBAN, KvK, VAT, customer and insurance numbers.
//!
//! They are strong evidence, not infinite: clerks copy the number of the wrong person.

use std::sync::Arc;

use karat_model::attribute::{Attribute, AttributeId};
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::semantic::SemanticType;
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, FoldedColumn, Level, SILENT, Scope, Side, level, only};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::within_edits;
use crate::matching::values::TermCounts;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.10),
    level("one character off", "één teken anders", Close, 0.05),
    level("same", "gelijk", Same, 0.85),
];

/// The comparison of one identifying number.
pub struct IdentifierOf<'a> {
    attribute: &'a Attribute,
    numbers: FoldedColumn<'a>,
}

impl<'a> IdentifierOf<'a> {
    /// Prepares the numbers of a table.
    pub fn prepare(
        table: &'a RecordTable,
        id: AttributeId,
        attribute: &'a Attribute,
        frozen: &dyn Fn(&str) -> Option<Vec<Arc<TermCounts>>>,
    ) -> IdentifierOf<'a> {
        let frozen = frozen(&attribute.name).and_then(only);
        IdentifierOf { attribute, numbers: FoldedColumn::prepare(table, id, fold::code, frozen) }
    }

    fn compare_numbers(&self, left: u32, right: u32, cache: &mut LevelCache) -> Compared {
        if left == right {
            return Compared::rare(3, self.numbers.rarity(left));
        }
        let values = &self.numbers.values;
        Compared::at(cache.level(left, right, || {
            let (left, right) = (values.bytes(left), values.bytes(right));
            let close = left.len() >= 6 && within_edits(left, right, 1);
            if close { 2 } else { 1 }
        }))
    }
}

impl Compare for IdentifierOf<'_> {
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
        // Couples share an account.
        if self.attribute.semantic_type == SemanticType::Iban { Scope::Shared } else { Scope::Own }
    }
    fn width(&self) -> usize {
        2
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.numbers.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        self.numbers.best(left, right, |a, b| self.compare_numbers(a, b, cache))
    }
    fn show(&self, record: RecordNo) -> String {
        self.numbers.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.numbers.counts.clone()]
    }
}
