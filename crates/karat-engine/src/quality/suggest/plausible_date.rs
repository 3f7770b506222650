//! `age_between` and `not_future`: birth dates of people who may live, and dates that have been.

use karat_model::check::{Bounds, Requirement};
use karat_model::semantic::SemanticType;

use super::{Proposal, Seen};

/// The oldest age; the oldest person whose age is proven came to 122.
const AGE_MAX: u32 = 120;

/// The mean length of a year of the Gregorian calendar, in ten-thousandths of a day.
const YEAR: i64 = 3_652_425;

pub(super) fn age_between<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let ages = Bounds { min: Some(0), max: Some(AGE_MAX) };
    let because = [
        "Dates of birth are of people who may live.".to_string(),
        "Geboortedatums zijn van mensen die kunnen leven.".to_string(),
    ];
    let passes = move |value: &str| {
        let days = i64::from(seen.as_of.since(seen.judged.day(value)?));
        Some(ages.contain((days * 10_000).div_euclid(YEAR)))
    };
    let is_asked = seen.meaning == SemanticType::BirthDate;
    is_asked.then(|| Proposal::of_values(Requirement::AgeBetween(ages), because, passes))
}

pub(super) fn not_future<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let because =
        ["Nearly all dates have been.".to_string(), "Bijna alle datums zijn geweest.".to_string()];
    let passes = |value: &str| Some(seen.judged.day(value)? <= seen.as_of);
    let is_asked = seen.meaning == SemanticType::Date;
    is_asked.then(|| Proposal::of_values(Requirement::NotFuture, because, passes))
}
