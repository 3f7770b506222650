//! Turns the records of one customer into its golden record: survivorship, with lineage.
//!
//! Arrives: the members of a cluster, each with its claims, and the ladders of survivorship rules.
//! Leaves: the value that survives per attribute, with the claims that support it and that lost.
//! Promises: the same result for any order of members and claims; groups that disagree never mix.
//! Start reading here; then `contest.rs` (what competes), `ranking.rs` (who wins), `complete.rs`.
//!
//! What stewards settled comes before all of this: see `settle.rs`.
//!
//! # How a value survives
//!
//! ```text
//! members ─ claims ─► contests ─► candidates ─► ranking ─► winners ─► golden values
//!                     name        per record    best       group: completed
//!                     address     and slot      first      collected: all, best first
//!                     company                              else: the first
//!                     each other attribute
//! ```
//!
//! **What competes.** A name, an address, and a company with its legal form each compete as a
//! whole: the candidate is what one record says in one slot. Any other attribute competes alone.
//!
//! **When two candidates are one value.** Texts are the same when they differ in case or
//! diacritics only; numbers and codes must be equal. Two names are one value when forenames,
//! prefix, family name and partner name are; two addresses when postal code, number and addition
//! are, if the postal code names a street, else when all essential parts are.
//!
//! **Which value wins.** A whole wins over a fragment, such as a city without a street. Then the
//! rules of the ladder are tried in order; the first that tells two values apart decides, and is
//! what lineage reports. A value is as valid, trusted and recent as the best of its claims, and as
//! frequent as the records that claim it are many. Last come the earlier slot and the order of text.
//!
//! **Which claim of it wins.** Where one address or name is worded differently: the more valid, the
//! more complete, the more frequent wording, then the ladder. Where one wording is written
//! differently: the better written (mixed case, diacritics), then the ladder, then the order of
//! text and of record keys.
//!
//! **What is completed.** A part that the winning candidate of a group lacks is taken from the best
//! other candidate that has it and *agrees* with what stands so far, with a lineage of its own.
//! - Names agree when the family names are the same, or when one has none and the given names are
//!   the same, and no part contradicts: prefix, partner name and suffix are the same or absent;
//!   one given name is, or starts, the other; initials start alike, and fit the given name where
//!   only one side has either. `J. Jansen` takes the given name of `Jan Jansen`, not of
//!   `Anna Jansen`.
//! - Addresses agree when number *and* addition are the same and the place is: the same postal code
//!   where that names a street, or the same postal code and street, or the same street and city
//!   without different postal codes; and no different countries. They lend street, postal code,
//!   city, region and country. `12` and `12 A` never agree.
//! - A company's legal form comes with its name; only if no record that gives this name gives a
//!   legal form does the best other one count.
//!
//! **What is collected.** Of e-mail, phone and IBAN all different values survive, best first;
//! invalid ones are left out as soon as one is not.

mod member;
mod writing;
mod contest;
mod settle;
mod name;
mod address;
mod company;
mod ladder;
mod ranking;
mod complete;
mod winner;
mod lineage;
pub mod display;

use karat_model::attribute::{AttributeSet, EntityType};
use karat_model::golden::GoldenRecord;
use karat_model::hub_model::{Survivorship, SurvivorshipRule};
use karat_model::id::RecordKey;
use karat_model::table::RecordNo;

use contest::Contest;
pub use member::{ClaimRef, Member, SettledClaim};
use ranking::Ranked;
use settle::Settling;
pub use settle::overruled;
use winner::Winner;

/// Makes the golden record of a cluster, with the lineage of every value.
///
/// `key_of` tells the key of a member's record.
pub fn survive(
    entity_type: EntityType,
    members: &[Member<'_>],
    attributes: &AttributeSet,
    survivorship: &Survivorship,
    key_of: &dyn Fn(RecordNo) -> RecordKey,
) -> GoldenRecord {
    let mut values = Vec::new();
    let settling = decide(members, attributes, survivorship, &mut |ranking, winner| {
        values.push(lineage::explain(&winner, ranking, attributes, key_of));
    });
    values.sort_by_key(|value| (value.attribute, value.rank));
    let withheld = lineage::withheld(&settling, members, key_of);
    GoldenRecord { entity_type, values, withheld }
}

/// A value of a golden record, and whose claim it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survivor<'a> {
    /// 0 for the best of its attribute; more only for collected attributes.
    pub rank: u8,
    /// The claim.
    pub claim: ClaimRef<'a>,
    /// The record of the member that claims it.
    pub record: RecordNo,
}

/// The values of the golden record of a cluster, by attribute and rank: the same that [`survive`]
/// gives, without their lineage, which takes as long again.
pub fn survivors<'a>(
    members: &[Member<'a>],
    attributes: &AttributeSet,
    survivorship: &Survivorship,
) -> Vec<Survivor<'a>> {
    let mut values = Vec::with_capacity(32);
    decide(members, attributes, survivorship, &mut |_, Winner { rank, bid }| {
        values.push(Survivor { rank, claim: bid.claim, record: bid.record });
    });
    values.sort_by_key(|survivor| (survivor.claim.attribute, survivor.rank));
    values
}

/// What a contest came to: all candidates, best first, and the ladder that put them in order.
struct Ranking<'b, 'a> {
    contest: Contest,
    settling: &'b Settling<'a>,
    ladder: &'b [SurvivorshipRule],
    ranked: Vec<Ranked<'b, 'a>>,
}

/// Holds all contests of a cluster, one after the other; gives what stewards settled before them.
fn decide<'a>(
    members: &[Member<'a>],
    attributes: &AttributeSet,
    survivorship: &Survivorship,
    out: &mut dyn FnMut(&Ranking<'_, 'a>, Winner<'a>),
) -> Settling<'a> {
    let mut bids = contest::bids(members, attributes);
    let settling = settle::settle(members, &mut bids, attributes);
    for bids in bids.chunk_by(|one, next| one.contest == next.contest) {
        let contest = bids[0].contest;
        let ladder = contest.ladder(survivorship);
        let ranked = ranking::rank(contest, ladder, contest::candidates(bids), attributes);
        let ranking = Ranking { contest, settling: &settling, ladder, ranked };
        winner::winners(&ranking, attributes, &mut |winner| out(&ranking, winner));
    }
    settling
}

#[cfg(test)]
mod tests;
