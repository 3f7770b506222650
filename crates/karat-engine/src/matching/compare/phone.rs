//! Compares telephone numbers, standardised to E.164.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, FoldedColumn, Level, SILENT, Scope, Side, labels, level, only};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::within_edits;
use crate::matching::values::TermCounts;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.35),
    level("one digit off", "één cijfer anders", Close, 0.05),
    level("same", "gelijk", Same, 0.60),
];

/// The comparison of telephone numbers.
pub struct Phone<'a> {
    numbers: FoldedColumn<'a>,
}

impl<'a> Phone<'a> {
    /// Prepares the numbers of a table.
    pub fn prepare(
        table: &'a RecordTable,
        frozen: &dyn Fn(&str) -> Option<Vec<Arc<TermCounts>>>,
    ) -> Phone<'a> {
        let frozen = frozen("phone").and_then(only);
        Phone { numbers: FoldedColumn::prepare(table, AttributeId::PHONE, fold::code, frozen) }
    }

    fn compare_numbers(&self, left: u32, right: u32, cache: &mut LevelCache) -> Compared {
        if left == right {
            return Compared::rare(3, self.numbers.rarity(left));
        }
        let values = &self.numbers.values;
        Compared::at(cache.level(left, right, || {
            let (left, right) = (values.bytes(left), values.bytes(right));
            let close = left.len() >= 8 && within_edits(left, right, 1);
            if close { 2 } else { 1 }
        }))
    }
}

impl Compare for Phone<'_> {
    fn name(&self) -> &str {
        "phone"
    }
    fn label(&self) -> [String; 2] {
        labels("Phone", "Telefoon")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Shared
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
