//! `max_age`: records are looked at every few years.

use karat_model::check::{Days, Requirement};
use karat_model::semantic::SemanticType;

use super::{Proposal, Seen};

/// The share of the records that are not as old, in per cent.
const YOUNGER: u64 = 95;

/// No record is called stale that was looked at within so many years.
const YEARS_MIN: u32 = 3;

const YEARS_MAX: u32 = 10;

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    if seen.meaning != SemanticType::UpdatedAt {
        return None;
    }
    let mut ages: Vec<(i32, u64)> = Vec::new();
    seen.state.each_kept(|value, count| {
        ages.extend(seen.judged.day(value).map(|day| (seen.as_of.since(day), count)));
    });
    ages.sort_unstable();
    let wanted = (ages.iter().map(|(_, count)| count).sum::<u64>() * YOUNGER).div_ceil(100);
    let mut younger = 0;
    let (oldest, _) = ages.iter().find(|(_, count)| {
        younger += count;
        younger >= wanted
    })?;
    let years = (oldest.max(&0).unsigned_abs() / 365 + 1).max(YEARS_MIN);
    let because = [
        format!("Of 20 records 19 were changed within {years} years."),
        format!("Van 20 records zijn er 19 binnen {years} jaar gewijzigd."),
    ];
    let days = years * 365;
    let passes = move |value: &str| {
        Some(i64::from(seen.as_of.since(seen.judged.day(value)?)) <= i64::from(days))
    };
    let requirement = Requirement::MaxAge(Days(days));
    (years <= YEARS_MAX).then(|| Proposal::of_values(requirement, because, passes))
}
