//! Compares dates of birth.
//!
//! Clerks swap day and month or mistype a digit, so a near miss still counts.
//! A missing date is silence, not disagreement.

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, labels, level};
use crate::matching::fold;
use crate::matching::similarity::within_edits;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.02),
    level("same year, or same day and month", "zelfde jaar, of zelfde dag en maand", Close, 0.02),
    level("two of day, month and year agree", "twee van dag, maand en jaar gelijk", Close, 0.03),
    level(
        "one digit off, or day and month swapped",
        "één cijfer anders, of dag en maand verwisseld",
        Close,
        0.06,
    ),
    level("same", "gelijk", Same, 0.87),
];

/// The comparison of dates of birth.
pub fn compare<'a>(table: &'a RecordTable, frozen: Frozen) -> ColumnComparison<'a> {
    let frozen = only(frozen, "birth_date");
    ColumnComparison {
        name: "birth_date".to_string(),
        label: labels("Date of birth", "Geboortedatum"),
        levels: LEVELS,
        scope: Scope::Own,
        column: FoldedColumn::prepare(table, AttributeId::BIRTH_DATE, fold::code, frozen),
        level_of: |dates, left, right, _| level_of(dates.bytes(left.fold), dates.bytes(right.fold)),
    }
}

/// The level of two different dates, written as `yyyymmdd`.
fn level_of(left: &[u8], right: &[u8]) -> u8 {
    if left.len() != 8 || right.len() != 8 {
        return if within_edits(left, right, 1) { 4 } else { 1 };
    }
    let (year, other_year) = (&left[..4], &right[..4]);
    let (month, other_month) = (&left[4..6], &right[4..6]);
    let (day, other_day) = (&left[6..], &right[6..]);
    let swapped = year == other_year && month == other_day && day == other_month;
    let parts_agree = [year == other_year, month == other_month, day == other_day];
    let agreeing = parts_agree.into_iter().filter(|agrees| *agrees).count();
    if swapped || is_digit_off(left, right) {
        4
    } else if agreeing == 2 {
        3
    } else if year == other_year {
        2
    } else {
        1
    }
}

/// Whether one digit differs, or two neighbours are swapped.
fn is_digit_off(left: &[u8], right: &[u8]) -> bool {
    let mut differing = (0..left.len()).filter(|&at| left[at] != right[at]);
    match (differing.next(), differing.next(), differing.next()) {
        (Some(_), None, _) => true,
        (Some(a), Some(b), None) => b == a + 1 && left[a] == right[b] && left[b] == right[a],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_count() {
        for (left, right, expected) in [
            ("19800201", "19800102", 4),
            ("19800201", "19800207", 4),
            ("19800201", "19080201", 4),
            ("19800201", "19801231", 2),
            ("19800201", "19750201", 3),
            ("19800201", "19751130", 1),
            ("1980", "1981", 4),
        ] {
            let level = level_of(left.as_bytes(), right.as_bytes());
            assert_eq!(level, expected, "{left} {right}");
        }
    }
}
