//! Calendar days of standardised dates.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use karat_model::check::Day;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The date of a day; the last date there is for days beyond it.
pub(super) fn date_of(day: Day) -> Date {
    let span: Span = i64::from(day.0).clamp(-719_000, 2_932_000).days();
    EPOCH.checked_add(span).unwrap_or(Date::MAX)
}

/// The day of a standardised date: `1980-01-31`.
pub(super) fn day_of_text(text: &str) -> Option<Day> {
    Some(day_of(text.parse().ok()?))
}

/// The day of a date.
pub(super) fn day_of(date: Date) -> Day {
    Day(EPOCH.duration_until(date).as_hours().div_euclid(24) as i32)
}

/// How many whole years lie between two dates; below 0 if the first is the later one.
pub(super) fn years_between(from: Date, to: Date) -> i64 {
    let years = i64::from(to.year()) - i64::from(from.year());
    let has_had_birthday = (to.month(), to.day()) >= (from.month(), from.day());
    if has_had_birthday { years } else { years - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        for (text, day) in [("1970-01-01", 0), ("1969-12-31", -1), ("2026-11-22", 20_779)] {
            assert_eq!(day_of_text(text), Some(Day(day)), "{text}");
            assert_eq!(date_of(Day(day)).to_string(), text);
        }
        assert_eq!(day_of_text("2026-02-30"), None);
        assert!(date_of(Day(i32::MAX)) > date_of(Day(0)));
    }

    #[test]
    fn a_year_is_full_on_the_birthday() {
        let years =
            |from: &str, to: &str| years_between(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(years("2008-11-23", "2026-11-22"), 17);
        assert_eq!(years("2008-11-22", "2026-11-22"), 18);
        assert_eq!(years("2004-02-29", "2022-02-28"), 17);
        assert_eq!(years("2027-01-01", "2026-11-22"), -1);
    }
}
