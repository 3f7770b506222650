//! `length`: many values end where the field ends.

use karat_model::check::{Bounds, Requirement};

use super::{Proposal, Seen};

/// From fewer values the greatest length tells nothing.
const VALUES_MIN: u64 = 200;

/// A field that ends earlier is one of codes.
const LENGTH_MIN: u32 = 10;

/// The share of the values that have the greatest length, in per cent: less is chance, and more is
/// the form of a code.
const SHARES: std::ops::Range<u64> = 1..50;

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let profile = seen.profile;
    let values = profile.values();
    let longest = profile.lengths.last().filter(|longest| longest.from == longest.to)?;
    // What would have been longer comes together there: half as many again as on each of the three
    // lengths below, and otherwise the longest are the fewest.
    let just_below = profile
        .lengths
        .iter()
        .filter(|length| length.from < longest.from && length.from + 3 >= longest.from);
    let just_below: u64 = just_below.map(|length| length.count).sum();
    let is_cut = values >= VALUES_MIN
        && longest.from >= LENGTH_MIN
        && SHARES.contains(&(longest.count * 100 / values))
        && longest.count * 2 > just_below;
    // One long value that comes again and again was not cut off.
    let is_one = profile.top.iter().any(|(value, count)| {
        value.chars().count() == longest.from as usize && count * 2 > longest.count
    });
    if !is_cut || is_one {
        return None;
    }
    let because = [
        format!(
            "{} values have exactly {} characters, and none has more.",
            longest.count, longest.from
        ),
        format!(
            "{} waarden hebben precies {} tekens, en geen heeft er meer.",
            longest.count, longest.from
        ),
    ];
    let max = longest.from - 1;
    let requirement = Requirement::Length(Bounds { min: None, max: Some(max) });
    let passes = move |value: &str| Some(value.chars().count() <= max as usize);
    Some(Proposal::of_values(requirement, because, passes))
}
