//! What is usual: from earlier deliveries of a source, what one of this day should be like.
//!
//! The centre is the median of the last deliveries on the same weekday, or of the last ones where a
//! weekday was hardly seen, moved by what the last week lay beside its own centres: a season or a
//! trend is followed, and one odd delivery changes nothing. The spread is the median distance of
//! earlier deliveries from what was expected of them, scaled as if they were distributed normally.
//!
//! Source: R. J. Hyndman, G. Athanasopoulos, *Forecasting: Principles and Practice*, 2021, on
//! seasonal naive forecasts; P. J. Rousseeuw, C. Croux, *Alternatives to the Median Absolute
//! Deviation*, 1993.

use karat_model::check::Day;

/// A figure of a delivery, and the day of the delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The day.
    pub day: Day,
    /// The figure.
    pub value: f64,
}

/// How a source delivers: what chance has a part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// All of its records each time: there is no chance in how many they are.
    Whole,
    /// What is new or changed.
    Changes,
}

/// What is usual on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// The middle.
    pub expected: f64,
    /// About one standard deviation around it; 0 where all is always the same.
    pub spread: f64,
}

/// So many standard deviations beside what is usual is unusual: a feed of which all is as ever seldom
/// raises an alarm in a year, as `feeds.rs` shows.
pub const DEVIATIONS_MAX: f64 = 3.5;

/// The same for what chance alone does, whose size is known and not estimated.
pub const CHANCE_MAX: f64 = 3.5;

/// How many deliveries are looked back at.
pub const REMEMBERED: usize = 70;

/// So many deliveries of all records say what is usual.
const WHOLE_MIN: usize = 3;
/// So many deliveries of changes do, over so many days: each weekday was seen twice.
const CHANGES_MIN: usize = 8;
const CHANGES_DAYS_MIN: i32 = 14;
/// A weekday has a middle of its own when it was seen so often.
const WEEKDAY_MIN: usize = 2;
/// So many deliveries on the same weekday make the middle.
const WEEKDAYS: usize = 5;
/// So many deliveries on any day do.
const ANY_DAYS: usize = 15;
/// So many deliveries move the middle.
const LEVEL: usize = 7;

/// A standard deviation is so many median absolute deviations.
const NORMAL: f64 = 1.482_6;

impl Usual {
    /// What is usual on a day, from the deliveries before, in order; `None` if they are too few.
    pub fn of(before: &[Sample], day: Day, feed: Feed) -> Option<Usual> {
        let before = &before[before.len().saturating_sub(REMEMBERED)..];
        let first = before.first()?;
        let is_known = match feed {
            Feed::Whole => before.len() >= WHOLE_MIN,
            Feed::Changes => {
                before.len() >= CHANGES_MIN && day.since(first.day) >= CHANGES_DAYS_MIN
            }
        };
        if !is_known {
            return None;
        }
        let mut beside: Vec<f64> = Vec::with_capacity(before.len());
        // Those of which the weekday was known, as it is now, and the others.
        let mut distances: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        for at in WHOLE_MIN.min(before.len())..before.len() {
            let sample = before[at];
            let earlier = &before[..at];
            let lies = sample.value - middle(earlier, sample.day);
            let is_known = on_weekday(earlier, sample.day).nth(WEEKDAY_MIN - 1).is_some();
            distances[usize::from(!is_known)].push((lies - level(&beside)).abs());
            beside.push(lies);
        }
        let [mut distances, others] = distances;
        if distances.len() < LEVEL {
            distances.extend(others);
        }
        let expected = middle(before, day) + level(&beside);
        let spread = if distances.is_empty() { 0.0 } else { NORMAL * median(distances) };
        Some(Usual { expected, spread })
    }
}

/// The deliveries on the same weekday, the last one first.
fn on_weekday(before: &[Sample], day: Day) -> impl Iterator<Item = &Sample> {
    let weekday = |day: Day| day.0.rem_euclid(7);
    before.iter().rev().filter(move |sample| weekday(sample.day) == weekday(day))
}

/// The middle of the deliveries that say something of a day.
fn middle(before: &[Sample], day: Day) -> f64 {
    let last = on_weekday(before, day).take(WEEKDAYS).map(|sample| sample.value);
    let last: Vec<f64> = last.collect();
    if last.len() >= WEEKDAY_MIN {
        return median(last);
    }
    median(before.iter().rev().take(ANY_DAYS).map(|sample| sample.value).collect())
}

/// By how much the last deliveries lie beside their middles.
fn level(beside: &[f64]) -> f64 {
    let last = &beside[beside.len().saturating_sub(LEVEL)..];
    if last.len() < WHOLE_MIN { 0.0 } else { median(last.to_vec()) }
}

/// The median of some numbers, of which there is one.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.len() % 2 {
        0 => (numbers[half - 1] + numbers[half]) / 2.0,
        _ => numbers[half],
    }
}

/// What daily deliveries from day 0 on had.
#[cfg(test)]
pub(super) fn daily(values: impl IntoIterator<Item = f64>) -> Vec<Sample> {
    (0..).zip(values).map(|(day, value)| Sample { day: Day(day), value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_always_so_is_usual_and_one_odd_delivery_changes_nothing() {
        let mut values = vec![100.0; 20];
        values[17] = 5.0;
        let usual = Usual::of(&daily(values), Day(20), Feed::Changes).unwrap();
        assert_eq!(usual, Usual { expected: 100.0, spread: 0.0 });
    }

    #[test]
    fn a_weekday_is_compared_with_itself() {
        let week = |day: i32| if day % 7 >= 5 { 40.0 } else { 100.0 };
        let before = daily((0..21).map(week));
        for day in 21..28 {
            let usual = Usual::of(&before, Day(day), Feed::Changes).unwrap();
            assert_eq!(usual.expected, week(day), "{day}");
        }
    }

    #[test]
    fn a_trend_is_followed() {
        let before = daily((0..60).map(|day| f64::from(day) * 2.0));
        let usual = Usual::of(&before, Day(60), Feed::Changes).unwrap();
        assert!((usual.expected - 120.0).abs() <= 8.0, "{usual:?}");
        assert!(usual.spread < 1.0, "{usual:?}");
    }

    #[test]
    fn few_deliveries_say_nothing() {
        let before = daily(vec![100.0; 13]);
        let is_known =
            |count: usize, day: i32, feed| Usual::of(&before[..count], Day(day), feed).is_some();
        assert!(!is_known(2, 2, Feed::Whole) && is_known(3, 3, Feed::Whole));
        assert!(!is_known(13, 13, Feed::Changes) && is_known(13, 14, Feed::Changes));
        assert!(!is_known(7, 14, Feed::Changes) && is_known(8, 14, Feed::Changes));
    }
}
