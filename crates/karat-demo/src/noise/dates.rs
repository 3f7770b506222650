//! Dates as they were typed, which need not be in the calendar.

use std::fmt;

use jiff::civil::Date;

use crate::dice::Dice;

/// A date as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypedDate {
    /// The year.
    pub year: i16,
    /// What was typed for the month.
    pub month: i8,
    /// What was typed for the day.
    pub day: i8,
}

impl TypedDate {
    /// A date typed as it is.
    pub fn true_to(date: Date) -> TypedDate {
        TypedDate { year: date.year(), month: date.month(), day: date.day() }
    }

    /// `01-02-1980`.
    pub fn dutch(&self) -> String {
        format!("{:02}-{:02}-{:04}", self.day, self.month, self.year)
    }
}

/// `1980-02-01`.
impl fmt::Display for TypedDate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A date of birth as it was typed, wrong so many times in a thousand.
pub fn birth_date(date: Date, wrong_per_mille: u32, dice: &mut Dice) -> TypedDate {
    let typed = TypedDate::true_to(date);
    if !dice.per_mille(wrong_per_mille) {
        return typed;
    }
    match dice.share([26, 20, 14, 16, 10, 10, 4]) {
        0 if typed.day <= 12 => TypedDate { day: typed.month, month: typed.day, ..typed },
        0 | 1 => TypedDate { year: typed.year + dice.pick(&[-10, -1, 1, 10]), ..typed },
        2 => TypedDate { year: swapped_digits(typed.year), ..typed },
        3 => TypedDate { day: next_day_up_or_down(typed.day, dice), ..typed },
        // Only the year was known.
        4 => TypedDate { day: 1, month: 1, ..typed },
        5 => TypedDate { year: 1900, month: 1, day: 1 },
        _ => TypedDate { day: 31, month: 2, ..typed },
    }
}

/// `1967` typed as `1976`.
fn swapped_digits(year: i16) -> i16 {
    year / 100 * 100 + year % 10 * 10 + year / 10 % 10
}

fn next_day_up_or_down(day: i8, dice: &mut Dice) -> i8 {
    match day {
        1 => 2,
        28.. => day - 1,
        _ if dice.percent(50) => day + 1,
        _ => day - 1,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn dates_are_typed_wrong_in_many_ways() {
        let mut dice = Dice::new(1, Purpose::World, 0);
        let typed: Vec<_> =
            (0..500).map(|_| birth_date(date(1967, 3, 8), 1000, &mut dice).dutch()).collect();
        for wrong in ["03-08-1967", "08-03-1976", "08-03-1977", "01-01-1900", "31-02-1967"] {
            assert!(typed.iter().any(|typed| typed == wrong), "{wrong}");
        }
        assert_eq!(birth_date(date(1967, 3, 8), 0, &mut dice).dutch(), "08-03-1967");
    }
}
