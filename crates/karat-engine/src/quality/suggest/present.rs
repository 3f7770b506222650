//! `present`: nearly all rows have a value.

use karat_model::check::{Requirement, Share};

use super::{Proposal, Seen, told};

/// So many rows must have a value.
const FILLED_MIN: Share = Share(9_500);

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let (filled, rows) = (seen.profile.filled, seen.profile.rows);
    let share = Share::of(filled, rows)?;
    let [english, dutch] = told(filled, rows);
    let because = [
        format!("{english} of the rows have a value."),
        format!("{dutch} van de rijen heeft een waarde."),
    ];
    let requirement = Requirement::Present;
    (share >= FILLED_MIN).then_some(Proposal { requirement, passes: None, share, because })
}
