//! Settling: what stewards decided about values, before claims compete.
//!
//! ```text
//! pinned       crm/1 city Ede ◄───────── what the record says wins
//! corrected    crm/1 city Ede ─► Breda   what the steward wrote stands in its place, and wins
//! nothing      crm/1 city Ede ─► ·       no value is shown
//! ```
//!
//! A decision is about a value that a record brings along: its attribute, in one of its slots.
//! - **An attribute that stands alone** has one value, so the last decision counts, whichever record
//!   of the customer it came with.
//! - **Of what is collected** (e-mail, phone, IBAN) each value is decided by itself: what is pinned
//!   or written comes first, the last decision foremost; what a steward corrected or took out is out
//!   for all records that say it, unless a later decision pins it.
//! - **What competes as a whole** stays whole: deciding one part of a name or an address lets what
//!   the record says there win, with that part as decided; of several records the last decision
//!   counts. Where the record says nothing of the whole, the part is put into the one that wins.
//!
//! A pinned value counts as long as the record says one. A decision that an other one outdoes in a
//! customer is told by [`overruled`]; it counts again when its record leaves.

use std::cmp::Reverse;

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::claim::Validity;
use karat_model::decision::{DecisionNo, Overruled, SettledValue};
use karat_model::golden::DecidedValue;
use karat_model::table::RecordNo;

use super::contest::{self, Bid, Contest};
use super::winner::is_collected;
use super::writing::Key;
use super::{ClaimRef, Member, SettledClaim};

/// What settling leaves for the contests and for lineage.
#[derive(Debug, Default)]
pub(super) struct Settling<'a> {
    /// Claims that do not compete any more.
    pub(super) replaced: Vec<Bid<'a>>,
    /// Attributes that show nothing, and by which decision.
    pub(super) emptied: Vec<(AttributeId, DecisionNo)>,
    /// Parts that are put into the winner of a group.
    placed: Vec<Bid<'a>>,
}

impl<'a> Settling<'a> {
    /// The parts of the winner of a group, as they were decided.
    pub(super) fn parts(&self, mut parts: Vec<Bid<'a>>) -> Vec<Bid<'a>> {
        let is_empty = |attribute| self.emptied.iter().any(|(emptied, _)| *emptied == attribute);
        let Some(contest) = parts.first().map(|part| part.contest) else { return parts };
        for placed in self.placed.iter().filter(|placed| placed.contest == contest) {
            parts.retain(|part| part.claim.attribute != placed.claim.attribute);
            parts.push(*placed);
        }
        parts.retain(|part| !is_empty(part.claim.attribute));
        parts
    }
}

/// A decision about a value of a member.
#[derive(Clone, Copy)]
struct Said<'m, 'a> {
    contest: Contest,
    member: &'m Member<'a>,
    settled: &'a SettledClaim,
}

impl<'a> Said<'_, 'a> {
    /// Its record and slot.
    fn place(&self) -> (RecordNo, u8) {
        (self.member.record, self.settled.slot)
    }

    /// Whether a bid is of its record and slot.
    fn is_beside(&self, bid: &Bid<'_>) -> bool {
        (bid.record, bid.claim.slot) == self.place()
    }

    /// Whether a bid is what its record says there.
    fn is_about(&self, bid: &Bid<'_>) -> bool {
        self.is_beside(bid) && bid.claim.attribute == self.settled.attribute
    }

    /// What the record says there.
    fn claims(&self) -> impl Iterator<Item = ClaimRef<'a>> {
        let place = (self.settled.attribute, self.settled.slot);
        let claims = self.member.claims.iter().copied();
        claims.filter(move |claim| (claim.attribute, claim.slot) == place)
    }

    /// What the steward wrote, as a claim of the record.
    fn written(&self) -> Option<Bid<'a>> {
        let SettledValue::Text(value) = &self.settled.value else { return None };
        let SettledClaim { attribute, slot, no, .. } = *self.settled;
        Some(Bid {
            contest: self.contest,
            record: self.member.record,
            trust: self.member.trust,
            observed_at: None,
            claim: ClaimRef { attribute, slot, value, validity: Validity::Valid },
            decided: Some(DecidedValue { no, is_written: true }),
        })
    }

    fn pinned(&self) -> Option<DecidedValue> {
        Some(DecidedValue { no: self.settled.no, is_written: false })
    }
}

/// All decisions about values of a cluster, contest by contest, the last one first.
fn all<'m, 'a>(members: &'m [Member<'a>], attributes: &AttributeSet) -> Vec<Said<'m, 'a>> {
    let mut all = Vec::new();
    for member in members {
        all.extend(member.settled.iter().map(|settled| {
            let contest = Contest::of(settled.attribute, attributes);
            Said { contest, member, settled }
        }));
    }
    all.sort_by_key(|said| (said.contest.first_attribute(), Reverse(said.settled.no)));
    all
}

/// Lets decisions change what competes.
pub(super) fn settle<'a>(
    members: &[Member<'a>],
    bids: &mut Vec<Bid<'a>>,
    attributes: &AttributeSet,
) -> Settling<'a> {
    let mut settling = Settling::default();
    let all = all(members, attributes);
    if all.is_empty() {
        return settling;
    }
    for said in all.chunk_by(|one, next| one.contest == next.contest) {
        let contest = said[0].contest;
        let (mut own, others): (Vec<Bid<'a>>, Vec<Bid<'a>>) =
            std::mem::take(bids).into_iter().partition(|bid| bid.contest == contest);
        if is_collected(contest, attributes) {
            settle_collected(said, &mut own, &mut settling, attributes);
        } else if contest.is_group() {
            settle_group(said, &mut own, &mut settling);
        } else {
            settle_one(said, &mut own, &mut settling);
        }
        *bids = others;
        bids.extend(own);
    }
    contest::sort(bids);
    settling
}

/// An attribute that stands alone: the last decision that has something to show, or to hide.
fn settle_one<'a>(said: &[Said<'_, 'a>], own: &mut Vec<Bid<'a>>, settling: &mut Settling<'a>) {
    let is_pin = |said: &Said| said.settled.value == SettledValue::OfRecord;
    let counts = |said: &&Said| !is_pin(said) || own.iter().any(|bid| said.is_about(bid));
    let Some(said) = said.iter().find(counts) else { return };
    match &said.settled.value {
        SettledValue::OfRecord => {
            let pinned = own.iter_mut().filter(|bid| said.is_about(bid));
            pinned.for_each(|bid| bid.decided = said.pinned());
        }
        SettledValue::Text(_) => {
            settling.replaced.extend(own.extract_if(.., |bid| said.is_about(bid)));
            own.extend(said.written());
        }
        SettledValue::None => {
            settling.replaced.append(own);
            settling.emptied.push((said.settled.attribute, said.settled.no));
        }
    }
}

/// A collected attribute: each value by itself.
fn settle_collected<'a>(
    said: &[Said<'_, 'a>],
    own: &mut Vec<Bid<'a>>,
    settling: &mut Settling<'a>,
    attributes: &AttributeSet,
) {
    let attribute = said[0].settled.attribute;
    let key = |value: &'a str| Key::of_value(value, attribute, attributes);
    let (mut shown, mut hidden): (Vec<Key<'a>>, Vec<Key<'a>>) = (Vec::new(), Vec::new());
    let mut written = Vec::new();
    let had_values = !own.is_empty();
    for said in said {
        let claims: Vec<Key<'a>> = said.claims().map(|claim| key(claim.value)).collect();
        if said.settled.value == SettledValue::OfRecord {
            let pinned: Vec<Key<'a>> =
                claims.into_iter().filter(|claim| !hidden.contains(claim)).collect();
            let is_pinned =
                |bid: &&mut Bid<'a>| said.is_about(bid) && pinned.contains(&key(bid.claim.value));
            for bid in own.iter_mut().filter(is_pinned) {
                bid.decided = said.pinned();
            }
            shown.extend(pinned);
            continue;
        }
        let instead = said.written().filter(|bid| !hidden.contains(&key(bid.claim.value)));
        shown.extend(instead.map(|bid| key(bid.claim.value)));
        written.extend(instead);
        settling.replaced.extend(own.extract_if(.., |bid| said.is_about(bid)));
        hidden.extend(claims.into_iter().filter(|claim| !shown.contains(claim)));
    }
    let is_hidden = |bid: &mut Bid<'a>| hidden.contains(&key(bid.claim.value));
    settling.replaced.extend(own.extract_if(.., is_hidden));
    own.extend(written);
    if own.is_empty() && had_values {
        settling.emptied.push((attribute, said[0].settled.no));
    }
}

/// A group: what one record says in one slot wins as a whole, with its parts as they were decided.
fn settle_group<'a>(said: &[Said<'_, 'a>], own: &mut Vec<Bid<'a>>, settling: &mut Settling<'a>) {
    let has_place = |said: &Said| match said.settled.value {
        SettledValue::OfRecord => own.iter().any(|bid| said.is_about(bid)),
        // Where nobody says anything, what was written is the whole.
        SettledValue::Text(_) if own.is_empty() => true,
        _ => own.iter().any(|bid| said.is_beside(bid)),
    };
    let have_places: Vec<bool> = said.iter().map(has_place).collect();
    let leader = said.iter().zip(&have_places).find(|(_, has_place)| **has_place);
    let leader = leader.map(|(said, _)| *said);
    let is_of_leader = |said: &Said| leader.is_some_and(|leader| leader.place() == said.place());
    let mut decided: Vec<AttributeId> = Vec::new();
    for (said, has_place) in said.iter().zip(have_places) {
        let attribute = said.settled.attribute;
        let is_outdone = decided.contains(&attribute) || has_place && !is_of_leader(said);
        let is_idle = said.settled.value == SettledValue::OfRecord && !has_place;
        if is_outdone || is_idle {
            continue;
        }
        decided.push(attribute);
        match said.settled.value {
            SettledValue::OfRecord => {}
            SettledValue::Text(_) if is_of_leader(said) => {
                settling.replaced.extend(own.extract_if(.., |bid| said.is_about(bid)));
                own.extend(said.written());
            }
            SettledValue::Text(_) => settling.placed.extend(said.written()),
            SettledValue::None => {
                if is_of_leader(said) {
                    settling.replaced.extend(own.extract_if(.., |bid| said.is_about(bid)));
                }
                settling.emptied.push((attribute, said.settled.no));
            }
        }
    }
    if own.is_empty() {
        // Nothing is left that the parts could be put into.
        let contest = said[0].contest;
        own.extend(settling.placed.extract_if(.., |bid| bid.contest == contest));
    }
    if let Some(leader) = leader {
        let beside = own.iter_mut().filter(|bid| leader.is_beside(bid));
        beside.for_each(|bid| bid.decided = bid.decided.or(leader.pinned()));
    }
}

/// The decisions about values of a cluster that its golden record does not show, as a later one
/// outdoes them; `values` are those of the golden record.
pub fn overruled(
    members: &[Member<'_>],
    values: &[(AttributeId, &str)],
    attributes: &AttributeSet,
) -> Vec<Overruled> {
    let all = all(members, attributes);
    let is_fulfilled = |said: &Said| {
        let attribute = said.settled.attribute;
        let of_attribute = || values.iter().filter(|(of, _)| *of == attribute);
        let is_shown = |value: &str| {
            let key = Key::of_value(value, attribute, attributes);
            of_attribute().any(|(_, shown)| Key::of_value(shown, attribute, attributes) == key)
        };
        let mut claims = said.claims();
        match &said.settled.value {
            SettledValue::OfRecord => claims.next().is_none_or(|first| {
                is_shown(first.value) || claims.any(|claim| is_shown(claim.value))
            }),
            SettledValue::Text(text) => is_shown(text),
            SettledValue::None if is_collected(said.contest, attributes) => {
                !claims.any(|claim| is_shown(claim.value))
            }
            SettledValue::None => of_attribute().next().is_none(),
        }
    };
    let mut overruled = Vec::new();
    for said in all.chunk_by(|one, next| one.contest == next.contest) {
        for (at, one) in said.iter().enumerate().skip(1).filter(|(_, one)| !is_fulfilled(one)) {
            let later = said[..at].iter().find(|later| is_fulfilled(later));
            let no = one.settled.no;
            overruled.extend(later.map(|later| Overruled { no, by: later.settled.no }));
        }
    }
    overruled.sort_unstable_by_key(|over| Reverse(over.no));
    overruled
}
