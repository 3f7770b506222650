//! Winners: which of the ranked claims make it into the golden record.

use karat_model::attribute::AttributeSet;
use karat_model::claim::Validity;

use super::Ranking;
use super::complete::complete;
use super::contest::{Bid, Contest};
use super::ranking::Ranked;

/// A claim that makes it into the golden record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Winner<'a> {
    /// 0 for the best; more only for collected attributes.
    pub(super) rank: u8,
    /// The claim.
    pub(super) bid: Bid<'a>,
}

impl Winner<'_> {
    /// The most values of an attribute that are collected: as many as there are ranks.
    pub(super) const MAX: usize = 1 << u8::BITS;
}

/// Tells the winners of a contest, best first.
pub(super) fn winners<'a>(
    ranking: &Ranking<'_, 'a>,
    attributes: &AttributeSet,
    out: &mut dyn FnMut(Winner<'a>),
) {
    if is_collected(ranking.contest, attributes) {
        for (rank, best) in (0..=u8::MAX).zip(kept(&ranking.ranked)) {
            out(Winner { rank, bid: *best.candidate.first() });
        }
    } else if ranking.contest.is_group() {
        for bid in ranking.settling.parts(complete(ranking.contest, &ranking.ranked)) {
            out(Winner { rank: 0, bid });
        }
    } else {
        out(Winner { rank: 0, bid: *ranking.ranked[0].candidate.first() });
    }
}

/// Whether all values of a contest survive, not only the best.
pub(super) fn is_collected(contest: Contest, attributes: &AttributeSet) -> bool {
    match contest {
        Contest::Attribute(attribute) => attributes.get(attribute).collected,
        Contest::Name | Contest::Company | Contest::Address => false,
    }
}

/// The best candidate of each value of a collected attribute, best value first.
///
/// Invalid values are kept only where all are, or where a steward decided so.
pub(super) fn kept<'r, 'b, 'a>(
    ranked: &'r [Ranked<'b, 'a>],
) -> impl Iterator<Item = &'r Ranked<'b, 'a>> {
    let is_usable = |ranked: &Ranked<'_, '_>| {
        ranked.value.validity > Validity::Invalid || ranked.value.decided.is_some()
    };
    let some_are_usable = ranked.iter().any(is_usable);
    ranked
        .chunk_by(|one, next| one.is_same_value(next))
        .map(|value| &value[0])
        .filter(move |best| !some_are_usable || is_usable(best))
}
