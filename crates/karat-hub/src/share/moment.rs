//! Moments in files: ISO 8601, in UTC, to the second.

use jiff::Timestamp;
use karat_model::record::Moment;

/// The moment as `2024-01-31T12:00:00Z`; `None` when it lies beyond the calendar.
pub fn written(moment: Moment) -> Option<String> {
    Timestamp::from_second(moment.0).ok().map(|timestamp| timestamp.to_string())
}

/// The moment that is written like `2024-01-31T12:00:00Z`.
pub fn read(text: &str) -> Option<Moment> {
    text.parse::<Timestamp>().ok().map(|timestamp| Moment(timestamp.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_their_offset() {
        let noon = Some(Moment(1_706_702_400));
        assert_eq!(read("2024-01-31T12:00:00Z"), noon);
        assert_eq!(read("2024-01-31T13:00:00+01:00"), noon);
        assert_eq!(read("2024-01-31 at noon"), None);
    }

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(written(Moment(1_706_702_400)).as_deref(), Some("2024-01-31T12:00:00Z"));
        assert_eq!(written(Moment(-1)).as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(written(Moment(i64::MAX)), None);
    }
}
