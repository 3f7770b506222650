//! `unique_key`: nearly every row has a number of its own.

use karat_model::check::{Requirement, Share};
use karat_model::semantic::SemanticType;

use super::{Proposal, Seen, told};

/// So many values must come but once; the rest are taken for mistakes.
const ONCE_MIN: Share = Share(9_500);

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    use SemanticType::*;
    if !matches!(seen.meaning, Identifier | KvkNumber | VatNumber) {
        return None;
    }
    let (mut once, mut all) = (0, 0);
    seen.state.each_kept(|value, count| {
        if !seen.judged.is_missing(value) {
            all += count;
            once += if count == 1 { 1 } else { 0 };
        }
    });
    let share = Share::of(once, all)?;
    let [english, dutch] = told(once, all);
    let because = [
        format!("{english} of the values come but once."),
        format!("{dutch} van de waarden komt maar één keer voor."),
    ];
    let requirement = Requirement::UniqueKey;
    (share >= ONCE_MIN).then_some(Proposal { requirement, passes: None, share, because })
}
