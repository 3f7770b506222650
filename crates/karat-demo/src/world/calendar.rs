//! The days on which things happen in the invented world.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::dice::Dice;

/// The day on which all systems were exported. The generator has no clock.
pub const TODAY: Date = date(2025, 6, 30);

/// The first day of which the systems know anything.
pub const FIRST_RECORD: Date = date(2012, 1, 1);

/// A day between two days, both included.
pub fn between(first: Date, last: Date, dice: &mut Dice) -> Date {
    let days = days_between(first, last).max(0);
    later(first, dice.below(days as u32 + 1) as i32)
}

/// How many days lie between two days.
pub fn days_between(first: Date, last: Date) -> i32 {
    (last.duration_since(first).as_hours() / 24) as i32
}

/// The day so many days later, within the calendar.
pub fn later(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// How old somebody is on a day.
pub fn age(born: Date, on: Date) -> i32 {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    i32::from(on.year() - born.year()) - i32::from(!had_birthday)
}

/// `1980-02-01`.
pub fn iso(day: Date) -> String {
    day.to_string()
}

/// `01-02-1980`.
pub fn dutch(day: Date) -> String {
    format!("{:02}-{:02}-{:04}", day.day(), day.month(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_a_year_older_on_the_birthday() {
        let born = date(1980, 2, 29);
        assert_eq!(age(born, date(2025, 2, 28)), 44);
        assert_eq!(age(born, date(2025, 3, 1)), 45);
    }

    #[test]
    fn days_are_counted_over_years() {
        assert_eq!(days_between(date(2023, 12, 31), date(2024, 3, 1)), 61);
        assert_eq!(dutch(date(2024, 3, 1)), "01-03-2024");
    }
}
