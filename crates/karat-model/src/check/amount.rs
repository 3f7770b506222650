//! Amounts: shares, days, hours and decimal numbers, all of them whole numbers inside.

use std::fmt;

use crate::record::Moment;

/// A share, in ten-thousandths: 98 % is 9,800.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(pub u16);

impl Share {
    /// All of it.
    pub const WHOLE: Share = Share(10_000);

    /// The share that a part is of a whole, rounded down; `None` of nothing.
    pub fn of(part: u64, whole: u64) -> Option<Share> {
        let share = u128::from(part) * 10_000 / u128::from((whole > 0).then_some(whole)?);
        Some(Share(share.min(10_000) as u16))
    }

    /// It as a number from 0 to 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

/// Written as `98 %` or `99.5 %`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => write!(f, "{whole} %"),
            part if part % 10 == 0 => write!(f, "{whole}.{} %", part / 10),
            part => write!(f, "{whole}.{part:02} %"),
        }
    }
}

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day on which a moment falls, in UTC.
    pub fn of(moment: Moment) -> Day {
        Day(moment.0.div_euclid(86_400) as i32)
    }

    /// The day that is written as `2026-11-22`.
    pub fn parse(text: &str) -> Option<Day> {
        let date: jiff::civil::Date = text.parse().ok()?;
        let epoch = jiff::civil::date(1970, 1, 1);
        Some(Day(epoch.duration_until(date).as_hours().div_euclid(24) as i32))
    }

    /// How many days lie between an earlier day and this one.
    pub fn since(self, earlier: Day) -> i32 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(pub u32);

/// Written as `30d`.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

/// A number of hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours(pub u32);

/// Written as `26h`.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}h", self.0)
    }
}

/// A decimal number with up to four digits behind the point, in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(pub i64);

impl Decimal {
    /// Reads `12`, `-0.5` or `1250.75`; further digits must be zeros, so that nothing is rounded.
    pub fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
            return None;
        }
        let (kept, dropped) = part.split_at(part.len().min(4));
        if dropped.bytes().any(|digit| digit != b'0') {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{kept:0<4}").parse().ok()?;
        let number = whole.checked_mul(10_000)?.checked_add(part)?;
        Some(Decimal(if negative { -number } else { number }))
    }
}

/// Written without needless zeros.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 10_000, self.0.unsigned_abs() % 10_000);
        let written = format!("{sign}{whole}.{part:04}");
        f.write_str(written.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_down_and_nothing_has_none() {
        assert_eq!(Share::of(2, 3), Some(Share(6_666)));
        assert_eq!(Share::of(7, 7), Some(Share::WHOLE));
        assert_eq!(Share::of(0, 0), None);
        let written = [9_800, 9_950, 6_666, 5].map(|share| Share(share).to_string());
        assert_eq!(written, ["98 %", "99.5 %", "66.66 %", "0.05 %"]);
    }

    #[test]
    fn days_are_read() {
        assert_eq!(Day::parse("2026-11-22"), Some(Day(20_779)));
        assert_eq!(Day::parse("1969-12-31"), Some(Day(-1)));
        assert_eq!(Day::parse("22-11-2026"), None);
    }

    #[test]
    fn days_begin_at_midnight() {
        let days = [-1, 0, 86_399, 86_400].map(|second| Day::of(Moment(second)).0);
        assert_eq!(days, [-1, 0, 0, 1]);
    }

    #[test]
    fn decimals_read_what_they_write() {
        for text in ["0", "12", "-0.5", "1250.75", "0.0001"] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Decimal::parse("1.50000"), Some(Decimal(15_000)));
        for text in ["", "-", "1.00001", ".5", "1e3", "NaN", "99999999999999999999", "1,5"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
