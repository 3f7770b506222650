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
    level(
        "one digit off, or without the code before it",
        "één cijfer anders, of zonder het nummer ervoor",
        Close,
        0.05,
    ),
    level("same", "gelijk", Same, 0.60),
];

const DIFFERENT: u8 = 1;
const CLOSE: u8 = 2;

/// The comparison of telephone numbers.
pub fn compare<'a>(table: &'a RecordTable, frozen: Frozen) -> ColumnComparison<'a> {
    let frozen = only(frozen, "phone");
    ColumnComparison {
        name: "phone".to_string(),
        label: labels("Phone", "Telefoon"),
        levels: LEVELS,
        scope: Scope::Shared,
        is_anchor: false,
        column: FoldedColumn::prepare(table, AttributeId::PHONE, fold::code, frozen),
        silenced_by_doubt: None,
        level_of: compare_numbers,
    }
}

/// The level of two different numbers.
fn compare_numbers(numbers: &ValueSet, left: Value, right: Value, _: &mut LevelCache) -> u8 {
    let agree = numbers.is_letter_off(left, right, 8) || end_alike(left, right);
    if agree { CLOSE } else { DIFFERENT }
}

/// Whether the last eight digits agree: one number has no country or area code, or that of another
/// country.
fn end_alike(left: Value, right: Value) -> bool {
    const LAST_EIGHT: u64 = 0xffff_ffff;
    const LENGTH_MIN: usize = 8;
    let (a, b) = (left.letters, right.letters);
    let are_long = a.count().min(b.count()) >= LENGTH_MIN;
    let end = |number: u64| number & LAST_EIGHT;
    are_long && a.number().zip(b.number()).is_some_and(|(left, right)| end(left) == end(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_but_for_a_digit_or_the_code_before_them() {
        for (left, right, expected) in [
            ("31612345678", "31612345679", CLOSE),
            ("31612345678", "31612354678", CLOSE),
            ("31612345678", "0612345678", CLOSE),
            ("31201234567", "201234567", CLOSE),
            ("31612345678", "32612345678", CLOSE),
            ("31612345678", "31698765432", DIFFERENT),
            ("31612345678", "31612345123", DIFFERENT),
            ("31201234567", "1234567", DIFFERENT),
        ] {
            let mut numbers = ValueSet::default();
            let [left, right] = [left, right].map(|number| {
                let fold = numbers.add(number);
                numbers.value(fold)
            });
            let level = compare_numbers(&numbers, left, right, &mut LevelCache::none());
            assert_eq!(level, expected, "{left:?} {right:?}");
        }
    }
}
