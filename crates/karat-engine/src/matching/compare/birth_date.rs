//! Compares dates of birth.
//!
//! Clerks swap day and month or mistype a digit, so a near miss still counts.
//! A missing date is silence, not disagreement.

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::within_edits;
use crate::matching::values::{Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.02),
    level("same year, or same day and month", "zelfde jaar, of zelfde dag en maand", Close, 0.02),
    level("two of day, month and year agree", "twee van dag, maand en jaar gelijk", Close, 0.03),
    level(
        "one digit or one day off, or day and month swapped",
        "één cijfer of één dag anders, of dag en maand verwisseld",
        Close,
        0.06,
    ),
    level("same", "gelijk", Same, 0.87),
];

const DIFFERENT: u8 = 1;
const SAME_YEAR: u8 = 2;
const TWO_AGREE: u8 = 3;
const DIGIT_OFF: u8 = 4;

/// The comparison of dates of birth.
pub fn compare<'a>(table: &'a RecordTable, frozen: Frozen) -> ColumnComparison<'a> {
    let frozen = only(frozen, "birth_date");
    ColumnComparison {
        name: "birth_date".to_string(),
        label: labels("Date of birth", "Geboortedatum"),
        levels: LEVELS,
        scope: Scope::Own,
        is_anchor: false,
        column: FoldedColumn::prepare(table, AttributeId::BIRTH_DATE, fold::code, frozen),
        silenced_by_doubt: None,
        level_of: compare_dates,
    }
}

/// The level of two different dates, written as `yyyymmdd`.
fn compare_dates(dates: &ValueSet, left: Value, right: Value, _: &mut LevelCache) -> u8 {
    let date = |value: Value| value.letters.number().filter(|_| value.letters.count() == 8);
    match (date(left), date(right)) {
        (Some(left), Some(right)) => level_of(left, right),
        _ if within_edits(dates.bytes(left.fold), dates.bytes(right.fold), 1) => DIGIT_OFF,
        _ => DIFFERENT,
    }
}

/// The level of two dates whose digits are four bits each.
fn level_of(left: u64, right: u64) -> u8 {
    let parts = |date: u64| (date >> 16, date >> 8 & 0xff, date & 0xff);
    let ((year, month, day), (other_year, other_month, other_day)) = (parts(left), parts(right));
    let swapped = year == other_year && month == other_day && day == other_month;
    let parts_agree = [year == other_year, month == other_month, day == other_day];
    let agreeing = parts_agree.into_iter().filter(|agrees| *agrees).count();
    if swapped || is_digit_off(left, right) || is_day_off(left, right) {
        DIGIT_OFF
    } else if agreeing == 2 {
        TWO_AGREE
    } else if year == other_year {
        SAME_YEAR
    } else {
        DIFFERENT
    }
}

/// Whether one digit differs, or two neighbours are swapped.
fn is_digit_off(left: u64, right: u64) -> bool {
    let digit = |date: u64, at: u32| date >> (4 * at) & 0xf;
    let mut differing = (0..8).filter(|&at| digit(left, at) != digit(right, at));
    match (differing.next(), differing.next(), differing.next()) {
        (Some(_), None, _) => true,
        (Some(a), Some(b), None) => {
            b == a + 1 && digit(left, a) == digit(right, b) && digit(left, b) == digit(right, a)
        }
        _ => false,
    }
}

/// Whether one date is the day after the other, as when midnight was taken in another time zone.
fn is_day_off(left: u64, right: u64) -> bool {
    let (earlier, later) = (left.min(right), left.max(right));
    let parts = |date: u64| [date >> 16, date >> 8 & 0xff, date & 0xff];
    let ([year, month, day], [next_year, next_month, next_day]) = (parts(earlier), parts(later));
    let same_month = (year, month) == (next_year, next_month);
    if same_month {
        return decimal(next_day) == decimal(day) + 1;
    }
    let next_day_is_first = next_day == 1 && decimal(day) == days_in(decimal(year), decimal(month));
    let next_month_follows = match (decimal(month), decimal(next_month)) {
        (12, 1) => decimal(next_year) == decimal(year) + 1,
        (month, next) => year == next_year && next == month + 1,
    };
    next_day_is_first && next_month_follows
}

/// The number that digits of four bits each spell.
fn decimal(digits: u64) -> u64 {
    (0..4).rev().fold(0, |number, at| number * 10 + (digits >> (4 * at) & 0xf))
}

fn days_in(year: u64, month: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u64::from(is_leap),
        _ => 31,
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
            ("19800131", "19800201", 4),
            ("19791231", "19800101", 4),
            ("19800109", "19800110", 4),
            ("19800229", "19800301", 4),
            ("19810228", "19810301", 4),
            ("19800228", "19800301", 2),
            ("19800130", "19800201", 2),
            ("19800109", "19800111", 3),
            ("19801231", "19800101", 2),
        ] {
            let mut dates = ValueSet::default();
            let [left, right] = [left, right].map(|date| {
                let fold = dates.add(date);
                dates.value(fold)
            });
            let level = compare_dates(&dates, left, right, &mut LevelCache::none());
            assert_eq!(level, expected, "{left:?} {right:?}");
        }
    }
}
