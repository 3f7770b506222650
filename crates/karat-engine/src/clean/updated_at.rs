//! When the source last changed a record, as a moment.
//!
//! `2024-01-31T12:00:00Z` · `2024-01-31 12:00:00` · `31-01-2024` · `20240131` · seconds or
//! milliseconds since 1970. A time without a zone is taken for UTC: only the order matters.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use karat_model::record::Moment;

use super::date::calendar_date;
use super::output::Context;

/// The moment that a value tells.
pub fn parse(value: &str, context: &Context) -> Option<Moment> {
    let value = value.trim();
    if let Ok(timestamp) = value.parse::<jiff::Timestamp>() {
        return Some(Moment(timestamp.as_second()));
    }
    if let Some(moment) = since_1970(value) {
        return Some(moment);
    }
    let (day, time) = value.split_once([' ', 'T']).unwrap_or((value, ""));
    let date = calendar_date(day, context)?;
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let datetime = time_of(time).map_or(midnight, |time| date.to_datetime(time));
    moment(datetime)
}

fn moment(datetime: DateTime) -> Option<Moment> {
    let zoned = datetime.to_zoned(TimeZone::UTC).ok()?;
    Some(Moment(zoned.timestamp().as_second()))
}

/// Nine or ten digits are seconds, twelve or thirteen are milliseconds.
fn since_1970(value: &str) -> Option<Moment> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match (digits, value.len()) {
        (true, 9 | 10) => value.parse().ok().map(Moment),
        (true, 12 | 13) => {
            value.parse::<i64>().ok().map(|milliseconds| Moment(milliseconds / 1000))
        }
        _ => None,
    }
}

fn time_of(text: &str) -> Option<jiff::civil::Time> {
    let clock = text.split(['.', '+', 'Z', ' ']).next()?;
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0);
    jiff::civil::Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use karat_model::hub_model::{Country, DateOrder};

    #[test]
    fn moments_are_understood() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        const NOON: i64 = 1_706_702_400;
        const MIDNIGHT: i64 = NOON - 12 * 3600;
        for (text, expected) in [
            ("2024-01-31T12:00:00Z", Some(NOON)),
            ("2024-01-31T13:00:00+01:00", Some(NOON)),
            ("2024-01-31 12:00:00", Some(NOON)),
            ("2024-01-31T12:00:00.123", Some(NOON)),
            ("31-01-2024 12:00", Some(NOON)),
            ("31-01-2024", Some(MIDNIGHT)),
            ("31/1/2024", Some(MIDNIGHT)),
            ("20240131", Some(MIDNIGHT)),
            ("1706702400", Some(NOON)),
            ("1706702400000", Some(NOON)),
            ("31-02-2024", None),
            ("gisteren", None),
            ("", None),
        ] {
            assert_eq!(parse(text, &context), expected.map(Moment), "{text}");
        }
    }
}
