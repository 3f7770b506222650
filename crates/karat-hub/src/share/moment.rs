//! Moments in files: ISO 8601, in UTC, to the second.

use jiff::Timestamp;
use karat_model::record::Moment;

/// The moment as `2024-01-31T12:00:00Z`; `None` when it lies beyond the calendar.
pub fn written(moment: Moment) -> Option<String> {
    Timestamp::from_second(moment.0).ok().map(|timestamp| timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(written(Moment(1_706_702_400)).as_deref(), Some("2024-01-31T12:00:00Z"));
        assert_eq!(written(Moment(-1)).as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(written(Moment(i64::MAX)), None);
    }
}
