//! Compares telephone numbers, standardised to E.164.

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.35),
    level("one digit off", "één cijfer anders", Close, 0.05),
    level("same", "gelijk", Same, 0.60),
];

/// The comparison of telephone numbers.
pub fn compare<'a>(table: &'a RecordTable, frozen: Frozen) -> ColumnComparison<'a> {
    let frozen = only(frozen, "phone");
    ColumnComparison {
        name: "phone".to_string(),
        label: labels("Phone", "Telefoon"),
        levels: LEVELS,
        scope: Scope::Shared,
        column: FoldedColumn::prepare(table, AttributeId::PHONE, fold::code, frozen),
        level_of: compare_numbers,
    }
}

fn compare_numbers(numbers: &ValueSet, left: Value, right: Value, _: &mut LevelCache) -> u8 {
    if numbers.is_letter_off(left, right, 8) { 2 } else { 1 }
}
