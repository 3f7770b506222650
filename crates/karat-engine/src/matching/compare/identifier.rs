//! Compares numbers that identify a customer: IBAN, KvK, VAT, customer and insurance numbers.
//!
//! They are strong evidence, not infinite: clerks copy the number of the wrong person.

use karat_model::attribute::{Attribute, AttributeId, EntityType};
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

/// A company has one number in the register, but for the slips of clerks, who also copy that of
/// another company of its group.
const REGISTERED_LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.06),
    level("one character off", "één teken anders", Close, 0.04),
    level("same", "gelijk", Same, 0.90),
];

/// The companies of a group often pay VAT as one, under one number.
const VAT_OF_GROUP: &[f64] = &[0.0, 0.65, 0.02, 0.33];

/// Many people have several accounts.
const ACCOUNT_LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.30),
    level("one character off", "één teken anders", Close, 0.05),
    level("same", "gelijk", Same, 0.65),
];
const UNKNOWN: u8 = 0;
const DIFFERENT: u8 = 1;
const CHARACTER_OFF: u8 = 2;

/// The comparison of one identifying number.
pub fn compare<'a>(
    table: &'a RecordTable,
    id: AttributeId,
    attribute: &Attribute,
    frozen: Frozen,
) -> ColumnComparison<'a> {
    let frozen = only(frozen, &attribute.name);
    let is_anchor = table.entity_type == EntityType::Organisation
        && matches!(attribute.semantic_type, SemanticType::KvkNumber | SemanticType::VatNumber);
    let is_account = attribute.semantic_type == SemanticType::Iban;
    ColumnComparison {
        name: attribute.name.clone(),
        label: [attribute.english.clone(), attribute.dutch.clone()],
        levels: match is_account {
            true => ACCOUNT_LEVELS,
            false if is_anchor => REGISTERED_LEVELS,
            false => LEVELS,
        },
        scope: match attribute.semantic_type {
            // Couples share an account.
            SemanticType::Iban => Scope::Shared,
            SemanticType::VatNumber if table.entity_type == EntityType::Organisation => {
                Scope::Alike(VAT_OF_GROUP)
            }
            _ => Scope::Own,
        },
        is_anchor,
        column: FoldedColumn::prepare(table, id, fold::code, frozen),
        level_of: match attribute.semantic_type {
            SemanticType::KvkNumber => compare_issued_in_turn,
            _ => compare_numbers,
        },
    }
}

/// The level of two different numbers. One whose check digits are wrong differs from the right one
/// because it is wrong, which says nothing of the customers.
fn compare_numbers(numbers: &ValueSet, left: Value, right: Value, _: &mut LevelCache) -> u8 {
    if numbers.is_letter_off(left, right, 6) {
        CHARACTER_OFF
    } else if numbers.is_valid(left.fold) && numbers.is_valid(right.fold) {
        DIFFERENT
    } else {
        UNKNOWN
    }
}

/// The same of numbers that are issued in turn: whoever founds two companies in a day gets two
/// numbers in a row, so that neighbours are no misspelling.
fn compare_issued_in_turn(
    numbers: &ValueSet,
    left: Value,
    right: Value,
    cache: &mut LevelCache,
) -> u8 {
    let without_last_digit = |value: Value| value.letters.number().map(|digits| digits >> 4);
    let are_neighbours = left.letters.count() == right.letters.count()
        && without_last_digit(left).is_some()
        && without_last_digit(left) == without_last_digit(right);
    if are_neighbours { DIFFERENT } else { compare_numbers(numbers, left, right, cache) }
}

#[cfg(test)]
mod tests {
    use karat_model::claim::Validity;
    use karat_model::table::Encoder;

    use super::*;

    /// The level of two numbers; one with a question mark has wrong check digits.
    fn level_of(
        compare: fn(&ValueSet, Value, Value, &mut LevelCache) -> u8,
        pair: [&str; 2],
    ) -> u8 {
        let mut dictionary = Encoder::default();
        for number in pair {
            let validity = if number.ends_with('?') { Validity::Suspect } else { Validity::Valid };
            dictionary.encode(number, validity);
        }
        let mut numbers = ValueSet::default();
        let folds = numbers.add_all(dictionary.dictionary(), fold::code);
        let [left, right] = [numbers.value(folds[1]), numbers.value(folds[2])];
        compare(&numbers, left, right, &mut LevelCache::none())
    }

    #[test]
    fn typos_count_and_wrong_numbers_say_nothing() {
        for (left, right, expected) in [
            ("NL91ABNA0417164300", "NL91ABNA0417164301", CHARACTER_OFF),
            ("NL91ABNA0417164300", "NL20INGB0001234567", DIFFERENT),
            ("NL91ABNA0417164300", "NL20INGB0001234567?", UNKNOWN),
            ("NL91ABNA0417164300", "NL91ABNA0417164301?", CHARACTER_OFF),
        ] {
            assert_eq!(level_of(compare_numbers, [left, right]), expected, "{left} {right}");
        }
    }

    #[test]
    fn numbers_in_a_row_are_two_companies() {
        for (left, right, expected) in [
            ("12345678", "12345679", DIFFERENT),
            ("12345678", "12345670", DIFFERENT),
            ("12345678", "12845678", CHARACTER_OFF),
            ("12345678", "12354678", CHARACTER_OFF),
            ("12345678", "87654321", DIFFERENT),
        ] {
            assert_eq!(level_of(compare_issued_in_turn, [left, right]), expected, "{left} {right}");
        }
    }
}
