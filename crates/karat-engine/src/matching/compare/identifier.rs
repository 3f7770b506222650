//! Compares numbers that identify a customer: IBAN, KvK, VAT, customer and insurance numbers.
//!
//! They are strong evidence, not infinite: clerks copy the number of the wrong person.

use karat_model::attribute::{Attribute, AttributeId};
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::semantic::SemanticType;
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.10),
    level("one character off", "één teken anders", Close, 0.05),
    level("same", "gelijk", Same, 0.85),
];

/// The comparison of one identifying number.
pub fn compare<'a>(
    table: &'a RecordTable,
    id: AttributeId,
    attribute: &Attribute,
    frozen: Frozen,
) -> ColumnComparison<'a> {
    let frozen = only(frozen, &attribute.name);
    // Couples share an account.
    let shared = attribute.semantic_type == SemanticType::Iban;
    ColumnComparison {
        name: attribute.name.clone(),
        label: [attribute.english.clone(), attribute.dutch.clone()],
        levels: LEVELS,
        scope: if shared { Scope::Shared } else { Scope::Own },
        column: FoldedColumn::prepare(table, id, fold::code, frozen),
        level_of: compare_numbers,
    }
}

fn compare_numbers(numbers: &ValueSet, left: Value, right: Value, _: &mut LevelCache) -> u8 {
    if numbers.is_letter_off(left, right, 6) { 2 } else { 1 }
}
