//! Completion: gives the winner of a group the parts it lacks, from candidates that agree with it.

use super::contest::{Bid, Candidate, Contest};
use super::ranking::Ranked;

/// One bid per part: those of the best candidate, then those of others that agree with it.
///
/// Each candidate is held against what stands by then, so that two lenders that contradict each
/// other never both lend.
pub(super) fn complete<'a>(contest: Contest, ranked: &[Ranked<'_, 'a>]) -> Vec<Bid<'a>> {
    let mut whole: Vec<Bid<'a>> = Vec::with_capacity(8);
    for (place, lender) in ranked.iter().enumerate() {
        let so_far = whole.len();
        for bid in lender.candidate.bids {
            let attribute = bid.claim.attribute;
            let is_present = whole.iter().any(|part| part.claim.attribute == attribute);
            if is_present {
                continue;
            }
            let standing = Candidate { bids: &whole[..so_far] };
            let is_winner = place == 0;
            if is_winner || contest.completes(standing, lender.candidate, attribute) {
                whole.push(*bid);
            }
        }
    }
    whole
}
