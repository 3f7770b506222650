//! How numbers and dates are spread: counts in places whose width grows with the number.
//!
//! Adding up counters has no order, and so is exact in any division of the values. A place holds
//! the numbers between two neighbours of seven binary digits and is told by the first of them, so
//! that no number is told wrong by more than 2 %, and whole numbers up to 128 are exact. Source: Gil Tene's HdrHistogram, and Charles Masson, Jee E. Rim and Homin K. Lee,
//! "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019.

use std::collections::BTreeMap;

use karat_model::profile::{QuantileValue, Quantiles};
use rustc_hash::FxHashMap;

use super::codec::{Reader, StateError, Writer};

/// How many binary digits behind the first one tell places apart.
const DIGITS: u32 = 6;

/// The share of the values that must be numbers, or dates, in per cent.
const SHARE_MIN: u64 = 90;

/// What is told of a spread, in per mille.
const POINTS: [u16; 9] = [0, 10, 50, 250, 500, 750, 950, 990, 1000];

/// Longer values are neither numbers nor dates.
const LENGTH_MAX: usize = 32;

/// How the numbers and dates among values are spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spread {
    /// The smallest and the largest number.
    min_max: Option<(f64, f64)>,
    /// Numbers by place.
    numbers: FxHashMap<i32, u64>,
    /// Dates by month, counted from the year 0: read with the day first, and with the month first.
    months: [FxHashMap<u32, u64>; 2],
}

impl Spread {
    /// Adds occurrences of a value, if it is a number or a date.
    pub(super) fn add(&mut self, value: &str, count: u64) {
        let value = value.trim();
        if value.len() > LENGTH_MAX {
            return;
        }
        if let Some(number) = number(value) {
            let (min, max) = self.min_max.unwrap_or((number, number));
            self.min_max = Some((min.min(number), max.max(number)));
            *self.numbers.entry(place(number)).or_default() += count;
        }
        if let Some(read) = months(value) {
            for (months, month) in self.months.iter_mut().zip(read) {
                if let Some(month) = month {
                    *months.entry(month).or_default() += count;
                }
            }
        }
    }

    /// Adds other values.
    pub(super) fn merge(&mut self, other: Spread) {
        if let Some((other_min, other_max)) = other.min_max {
            let (min, max) = self.min_max.unwrap_or((other_min, other_max));
            self.min_max = Some((min.min(other_min), max.max(other_max)));
        }
        for (place, count) in other.numbers {
            *self.numbers.entry(place).or_default() += count;
        }
        for (months, others) in self.months.iter_mut().zip(other.months) {
            for (month, count) in others {
                *months.entry(month).or_default() += count;
            }
        }
    }

    /// What is told of so many values; nothing, unless nearly all are numbers, or dates.
    pub(super) fn finish(&self, values: u64) -> Option<Quantiles> {
        let counted = |counts: &FxHashMap<u32, u64>| counts.values().sum::<u64>();
        let [day_first, month_first] = &self.months;
        let months =
            if counted(month_first) > counted(day_first) { month_first } else { day_first };
        let nearly_all = |counted: u64| counted > 0 && counted * 100 >= values * SHARE_MIN;
        if nearly_all(counted(months)) {
            let sorted: BTreeMap<u32, u64> = months.iter().map(|(month, n)| (*month, *n)).collect();
            let value =
                |month: u32| QuantileValue::Month((month / 12) as u16, (month % 12) as u8 + 1);
            return Some(told(sorted.iter().map(|(month, count)| (value(*month), *count))));
        }
        let (min, max) = self.min_max?;
        let numbers: u64 = self.numbers.values().sum();
        if !nearly_all(numbers) {
            return None;
        }
        let sorted: BTreeMap<i32, u64> = self.numbers.iter().map(|(at, n)| (*at, *n)).collect();
        let value = |place: i32| QuantileValue::Number(first(place).clamp(min, max));
        let mut told = told(sorted.iter().map(|(place, count)| (value(*place), *count)));
        let ends = [(0, min), (1000, max)];
        for (at, exact) in ends {
            let points = told.points.iter_mut().filter(|(point, _)| *point == at);
            points.for_each(|(_, value)| *value = QuantileValue::Number(exact));
        }
        Some(told)
    }

    /// Writes all that is known.
    pub(super) fn write(&self, out: &mut Writer) {
        let numbers: BTreeMap<i32, u64> = self.numbers.iter().map(|(at, n)| (*at, *n)).collect();
        out.number(numbers.len() as u64);
        for (place, count) in numbers {
            out.number(u64::from(place as u32));
            out.number(count);
        }
        if let Some((min, max)) = self.min_max {
            out.hash(min.to_bits());
            out.hash(max.to_bits());
        }
        for months in &self.months {
            let months: BTreeMap<u32, u64> = months.iter().map(|(month, n)| (*month, *n)).collect();
            out.number(months.len() as u64);
            for (month, count) in months {
                out.number(u64::from(month));
                out.number(count);
            }
        }
    }

    /// Reads what [`Spread::write`] wrote.
    pub(super) fn read(from: &mut Reader) -> Result<Spread, StateError> {
        let mut spread = Spread::default();
        for _ in 0..from.number_below(1 << 32)? {
            let place = from.number_below(1 << 32)? as u32 as i32;
            spread.numbers.insert(place, from.count()?);
        }
        if !spread.numbers.is_empty() {
            let (min, max) = (f64::from_bits(from.hash()?), f64::from_bits(from.hash()?));
            let is_in_order = min <= max && min.is_finite() && max.is_finite();
            spread.min_max = Some((min, max)).filter(|_| is_in_order);
            spread.min_max.ok_or(StateError::Damaged)?;
        }
        for months in &mut spread.months {
            for _ in 0..from.number_below(1 << 32)? {
                let month = from.number_below(12 * 10_000)? as u32;
                months.insert(month, from.count()?);
            }
        }
        Ok(spread)
    }
}

/// The points of a spread, from its values in order with their counts.
fn told(values: impl Iterator<Item = (QuantileValue, u64)> + Clone) -> Quantiles {
    let counted: u64 = values.clone().map(|(_, count)| count).sum();
    let point = |per_mille: u16| {
        // The value up to which so many lie, the value itself included.
        let wanted = (u128::from(counted) * u128::from(per_mille)).div_ceil(1000).max(1);
        let mut sum = 0;
        let mut up_to = values.clone().skip_while(|(_, count)| {
            sum += u128::from(*count);
            sum < wanted
        });
        up_to.next().map(|(value, _)| (per_mille, value))
    };
    Quantiles { counted, points: POINTS.into_iter().filter_map(point).collect() }
}

/// The place of a number; places are in the order of their numbers.
fn place(number: f64) -> i32 {
    let magnitude = (number.abs().to_bits() >> (52 - DIGITS)) as i32;
    if number < 0.0 { -magnitude } else { magnitude }
}

/// The number of a place that is nearest to zero.
fn first(place: i32) -> f64 {
    let magnitude = f64::from_bits(u64::from(place.unsigned_abs()) << (52 - DIGITS));
    if place < 0 { -magnitude } else { magnitude }
}

/// The number that a value is: `1300`, `-12,5`, `1.300,50`, `1,300.50`.
///
/// A lone point or comma is the decimal sign. What begins with a zero and goes on is a code, and so
/// is what has more than fifteen digits.
fn number(value: &str) -> Option<f64> {
    let (is_negative, unsigned) = match value.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let bytes = unsigned.as_bytes();
    let is_code = matches!(bytes, [b'0', b'0'..=b'9', ..]);
    if is_code || !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() {
        return None;
    }
    let is_sign = |byte: &u8| matches!(byte, b'.' | b',');
    let decimal = bytes.iter().rposition(is_sign);
    let repeats = decimal.is_some_and(|at| bytes[..at].iter().any(|byte| *byte == bytes[at]));
    let decimal = if repeats { None } else { decimal };
    let (mut digits, mut since_sign, mut decimals) = (0u64, None, 0i32);
    let mut count = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                count += 1;
                since_sign = since_sign.map(|since: u32| since + 1);
                decimals += i32::from(decimal.is_some_and(|decimal| at > decimal));
            }
            b'.' | b',' => {
                let is_first_group = since_sign.is_none();
                let group_fits = if is_first_group {
                    at <= 3 || decimal == Some(at)
                } else {
                    since_sign == Some(3)
                };
                if !group_fits {
                    return None;
                }
                since_sign = Some(0);
            }
            _ => return None,
        }
        if count > 15 {
            return None;
        }
    }
    let ends_in_thousands = decimal.is_none() && since_sign.is_some_and(|since| since != 3);
    if ends_in_thousands {
        return None;
    }
    let magnitude = digits as f64 / 10f64.powi(decimals);
    Some(if is_negative && digits > 0 { -magnitude } else { magnitude })
}

/// The months of a date, counted from the year 0, if the day comes first and if the month does;
/// none if it is no date. A time may follow it.
fn months(value: &str) -> Option<[Option<u32>; 2]> {
    let bytes = value.as_bytes();
    let (mut numbers, mut lengths, mut parts, mut at) = ([0u32; 3], [0usize; 3], 0, 0);
    while parts < 3 && at < bytes.len() {
        let begin = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() && at - begin < 9 {
            numbers[parts] = numbers[parts] * 10 + u32::from(bytes[at] - b'0');
            at += 1;
        }
        lengths[parts] = at - begin;
        parts += 1;
        let goes_on = parts < 3 && at < bytes.len() && matches!(bytes[at], b'-' | b'/' | b'.');
        if !goes_on {
            break;
        }
        at += 1;
    }
    let is_whole = at == bytes.len() || matches!(bytes[at], b' ' | b'T');
    if !is_whole {
        return None;
    }
    let exists = |year: u32, month: u32, day: u32| {
        let is_day = (1500..2200).contains(&year) && (1..=12).contains(&month);
        (is_day && (1..=31).contains(&day)).then_some(year * 12 + month - 1)
    };
    let [a, b, c] = numbers;
    let read = match (parts, lengths) {
        (1, [8, ..]) if at == bytes.len() => [exists(a / 10_000, a / 100 % 100, a % 100); 2],
        (3, [4, 1..=2, 1..=2]) => [exists(a, b, c); 2],
        (3, [1..=2, 1..=2, 4]) => [exists(c, b, a), exists(c, a, b)],
        _ => return None,
    };
    read.iter().any(Option::is_some).then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread<'a>(values: impl IntoIterator<Item = &'a str>) -> (Spread, u64) {
        let mut spread = Spread::default();
        let mut count = 0;
        for value in values {
            spread.add(value, 1);
            count += 1;
        }
        (spread, count)
    }

    #[test]
    fn numbers_are_read_and_codes_are_not() {
        for (value, expected) in [
            ("0", Some(0.0)),
            ("-12,5", Some(-12.5)),
            ("+7", Some(7.0)),
            ("12.50", Some(12.5)),
            ("1.300,50", Some(1300.5)),
            ("1,300.50", Some(1300.5)),
            ("1.300.000", Some(1_300_000.0)),
            ("1.30.000", None),
            ("12345.678,9", None),
            ("1.300", Some(1.3)),
            ("0612345678", None),
            ("0.5", Some(0.5)),
            ("12-", None),
            ("-", None),
            ("", None),
            (".5", None),
            ("1e5", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(number(value), expected, "{value}");
        }
    }

    #[test]
    fn dates_are_read_in_both_orders() {
        let month = |year: u32, month: u32| Some(year * 12 + month - 1);
        for (value, expected) in [
            ("1980-03-31", Some([month(1980, 3); 2])),
            ("1980-03-31T10:11:12Z", Some([month(1980, 3); 2])),
            ("19800331", Some([month(1980, 3); 2])),
            ("3-4-1980", Some([month(1980, 4), month(1980, 3)])),
            ("31/12/1980 10:00", Some([month(1980, 12), None])),
            ("31-12-80", None),
            ("12345678", None),
            ("1980-13-31", None),
            ("1980", None),
            ("1.300", None),
        ] {
            assert_eq!(months(value), expected, "{value}");
        }
    }

    #[test]
    fn places_are_in_the_order_of_their_numbers() {
        let numbers = [-1e9, -1.0, -0.001, 0.0, 0.001, 1.0, 1.1, 2.0, 1e9];
        assert!(numbers.is_sorted_by_key(|number| place(*number)));
        for number in numbers {
            assert!((first(place(number)) - number).abs() <= number.abs() / 50.0, "{number}");
        }
    }

    #[test]
    fn small_whole_numbers_are_exact() {
        for number in -128..=128 {
            let number = f64::from(number);
            assert_eq!(first(place(number)), number);
        }
    }

    #[test]
    fn a_spread_tells_its_quantiles() {
        let values: Vec<String> = (1..=1000).map(|number| number.to_string()).collect();
        let (spread, count) = spread(values.iter().map(String::as_str));
        let found = spread.finish(count).unwrap();
        assert_eq!(found.at(0), Some(QuantileValue::Number(1.0)));
        assert_eq!(found.at(1000), Some(QuantileValue::Number(1000.0)));
        let Some(QuantileValue::Number(middle)) = found.at(500) else { panic!("no median") };
        assert!((490.0..=510.0).contains(&middle), "{middle}");
        assert_eq!(spread.finish(1200), None, "not nearly all are numbers");
    }

    #[test]
    fn the_order_of_dates_is_that_in_which_more_exist() {
        let (day_first, count) = spread(["31-01-1980", "01-02-1990", "02-03-2000"]);
        let last = day_first.finish(count).unwrap().at(1000);
        assert_eq!(last, Some(QuantileValue::Month(2000, 3)));
        let (month_first, count) = spread(["01-31-1980", "02-01-1990", "03-02-2000"]);
        let last = month_first.finish(count).unwrap().at(1000);
        assert_eq!(last, Some(QuantileValue::Month(2000, 3)));
    }
}
