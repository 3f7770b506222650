//! Compares numbers that identify a customer: IBAN, KvK, VAT, LEI, customer and insurance numbers.
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
        // A number whose check digits are wrong differs from the right one because it is wrong,
        // which says nothing of the customers.
        silenced_by_doubt: Some(DIFFERENT),
        level_of: match attribute.semantic_type {
            SemanticType::KvkNumber => compare_issued_in_turn,
            _ => compare_numbers,
        },
    }
}

/// The level of two different numbers.
fn compare_numbers(numbers: &ValueSet, left: Value, right: Value, _: &mut LevelCache) -> u8 {
    if numbers.is_letter_off(left, right, 6) { CHARACTER_OFF } else { DIFFERENT }
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
    use karat_model::attribute::AttributeSet;
    use karat_model::claim::{Claim, Validity};
    use karat_model::id::{RecordKey, SourceName};
    use karat_model::table::TableBuilder;

    use super::super::{Compare, Side};
    use super::*;

    /// The level of the numbers of two records; one with a question mark has wrong check digits.
    /// More records may say more.
    fn level_of(attribute: AttributeId, numbers: &[&str]) -> u8 {
        let attributes = AttributeSet::builtin();
        let source = SourceName::new("erp");
        let mut builder =
            TableBuilder::new(EntityType::Organisation, &attributes, [source.clone()]);
        for (row, number) in (0..).zip(numbers) {
            let value = number.trim_end_matches('?').into();
            let is_wrong = number.ends_with('?');
            let validity = if is_wrong { Validity::Suspect } else { Validity::Valid };
            let claim = Claim { attribute, slot: 0, value, validity, column: 0 };
            builder.push(&RecordKey::new(source.clone(), &row.to_string()), None, row, &[claim]);
        }
        let table = builder.finish();
        let comparison = compare(&table, attribute, attributes.get(attribute), &|_| None);
        let fields = [0, 1].map(|record| {
            let mut fields = vec![0; comparison.width()];
            comparison.fill(record, &mut fields);
            fields
        });
        let side = |record: u32| Side { record, fields: &fields[record as usize] };
        comparison.compare(side(0), side(1), &mut LevelCache::none()).level
    }

    #[test]
    fn typos_count_and_wrong_numbers_say_nothing() {
        for (left, right, expected) in [
            ("NL91ABNA0417164300", "NL91ABNA0417164301", CHARACTER_OFF),
            ("NL91ABNA0417164300", "NL20INGB0001234567", DIFFERENT),
            ("NL91ABNA0417164300", "NL20INGB0001234567?", UNKNOWN),
            ("NL91ABNA0417164300", "NL91ABNA0417164301?", CHARACTER_OFF),
        ] {
            assert_eq!(level_of(AttributeId::IBAN, &[left, right]), expected, "{left} {right}");
        }
    }

    #[test]
    fn what_strangers_claim_changes_nothing() {
        // The repaired number of one record was taken for sure because a third had it whole.
        let pair = ["12345678", "87654321?"];
        let whole = ["12345678", "87654321?", "87654321"];
        for numbers in [&pair[..], &whole] {
            assert_eq!(level_of(AttributeId::KVK_NUMBER, numbers), UNKNOWN);
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
            let level = level_of(AttributeId::KVK_NUMBER, &[left, right]);
            assert_eq!(level, expected, "{left} {right}");
        }
    }

    /// What a comparison that says nothing reaches.
    const UNKNOWN: u8 = 0;
}
