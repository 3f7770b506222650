//! Contests: which claims compete with which, and what competes as a whole.

use std::cmp::{Ordering, Reverse};

use karat_model::attribute::{AttributeId, AttributeSet, Group};
use karat_model::claim::Validity;
use karat_model::decision::DecisionNo;
use karat_model::golden::DecidedValue;
use karat_model::hub_model::{Survivorship, SurvivorshipRule};
use karat_model::record::Moment;
use karat_model::table::RecordNo;

use super::writing::Key;
use super::{ClaimRef, Member, address, company, name, writing};

/// What claims compete for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contest {
    /// The name of a person, as a whole.
    Name,
    /// The name of a company, with its legal form.
    Company,
    /// The address, as a whole.
    Address,
    /// An attribute that stands alone.
    Attribute(AttributeId),
}

impl Contest {
    /// The contest in which the claims of an attribute compete.
    pub(super) fn of(attribute: AttributeId, attributes: &AttributeSet) -> Contest {
        match attributes.get(attribute).group {
            Some(Group::Name) => Contest::Name,
            Some(Group::Address) => Contest::Address,
            None => match attribute {
                AttributeId::COMPANY_NAME | AttributeId::LEGAL_FORM => Contest::Company,
                _ => Contest::Attribute(attribute),
            },
        }
    }

    /// The attribute by which a contest finds its place among the others.
    pub(super) fn first_attribute(self) -> AttributeId {
        match self {
            Contest::Name => AttributeId::TITLE,
            Contest::Company => AttributeId::COMPANY_NAME,
            Contest::Address => AttributeId::STREET,
            Contest::Attribute(attribute) => attribute,
        }
    }

    /// The rules that decide; a group has one ladder, whatever its attributes have.
    pub(super) fn ladder(self, survivorship: &Survivorship) -> &[SurvivorshipRule] {
        let of_group = |group| {
            let found = survivorship.groups.iter().find(|(of, _)| *of == group);
            found.map_or(&survivorship.default, |(_, ladder)| ladder)
        };
        match self {
            Contest::Name => of_group(Group::Name),
            Contest::Address => of_group(Group::Address),
            Contest::Company => survivorship.ladder(AttributeId::COMPANY_NAME, None),
            Contest::Attribute(attribute) => survivorship.ladder(attribute, None),
        }
    }

    /// Whether several attributes survive together.
    pub(super) fn is_group(self) -> bool {
        !matches!(self, Contest::Attribute(_))
    }

    /// Whether a candidate has what makes it more than a fragment.
    pub(super) fn is_whole(self, candidate: Candidate<'_, '_>) -> bool {
        match self {
            Contest::Name => name::is_whole(candidate),
            Contest::Company => company::is_whole(candidate),
            Contest::Address => address::is_whole(candidate),
            Contest::Attribute(_) => true,
        }
    }

    /// Whether a part that is missing in `whole` may be taken from `candidate`.
    pub(super) fn completes(
        self,
        whole: Candidate<'_, '_>,
        candidate: Candidate<'_, '_>,
        attribute: AttributeId,
    ) -> bool {
        match self {
            Contest::Name => name::agree(whole, candidate),
            Contest::Company => true,
            Contest::Address => address::lends(attribute) && address::agree(whole, candidate),
            Contest::Attribute(_) => false,
        }
    }

    /// How much a candidate says; more is better.
    pub(super) fn completeness(
        self,
        candidate: Candidate<'_, '_>,
        attributes: &AttributeSet,
    ) -> u32 {
        match self {
            Contest::Name => name::completeness(candidate),
            Contest::Company => company::completeness(candidate),
            Contest::Address => address::completeness(candidate),
            Contest::Attribute(attribute) => {
                let is_words = writing::is_words(attributes.get(attribute).semantic_type);
                if is_words { writing::length(candidate.bids[0].claim.value) } else { 0 }
            }
        }
    }

    /// What makes candidates one value: those with the same key are.
    pub(super) fn key<'a>(
        self,
        candidate: Candidate<'_, 'a>,
        attributes: &AttributeSet,
    ) -> Key<'a> {
        match self {
            Contest::Name => name::key(candidate),
            Contest::Company => company::key(candidate),
            Contest::Address => address::key(candidate),
            Contest::Attribute(attribute) => {
                Key::of_value(candidate.first().claim.value, attribute, attributes)
            }
        }
    }
}

/// A claim of a member, entered in a contest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bid<'a> {
    pub(super) contest: Contest,
    pub(super) record: RecordNo,
    pub(super) trust: u8,
    pub(super) observed_at: Option<Moment>,
    pub(super) claim: ClaimRef<'a>,
    /// How a steward decided that it should win, if one did.
    pub(super) decided: Option<DecidedValue>,
}

impl Bid<'_> {
    /// Contest, record, slot and attribute in one number: compared often, and in one step.
    fn place(&self) -> u128 {
        let contest = u128::from(self.contest.first_attribute().0) << 56;
        let record = u128::from(self.record) << 24;
        let slot = u128::from(self.claim.slot) << 16;
        contest | record | slot | u128::from(self.claim.attribute.0)
    }
}

/// All claims of a cluster by contest, record, slot and attribute; the most valid one first.
pub(super) fn bids<'a>(members: &[Member<'a>], attributes: &AttributeSet) -> Vec<Bid<'a>> {
    let mut bids = Vec::with_capacity(members.iter().map(|member| member.claims.len()).sum());
    for member in members {
        bids.extend(member.claims.iter().map(|&claim| Bid {
            contest: Contest::of(claim.attribute, attributes),
            record: member.record,
            trust: member.trust,
            observed_at: member.observed_at,
            claim,
            decided: None,
        }));
    }
    sort(&mut bids);
    bids
}

/// Puts bids in their order.
pub(super) fn sort(bids: &mut [Bid<'_>]) {
    fn value<'a>(bid: &Bid<'a>) -> (Reverse<Validity>, &'a str) {
        (Reverse(bid.claim.validity), bid.claim.value)
    }
    bids.sort_by(|one, other| {
        one.place().cmp(&other.place()).then_with(|| value(one).cmp(&value(other)))
    });
}

/// What one record offers in a contest: one claim, or its claims of a group in one slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'b, 'a> {
    /// Never empty; in order of attribute, the most valid first.
    pub(super) bids: &'b [Bid<'a>],
}

impl<'b, 'a> Candidate<'b, 'a> {
    /// The first of its bids; tells the record, its trust and its moment.
    pub(super) fn first(self) -> &'b Bid<'a> {
        &self.bids[0]
    }

    /// The last decision of a steward that it should win.
    pub(super) fn decided_by(self) -> Option<DecisionNo> {
        self.bids.iter().filter_map(|bid| bid.decided).map(|decided| decided.no).max()
    }

    /// Whether it gives the same texts to the same attributes.
    pub(super) fn says_the_same(self, other: Candidate<'_, '_>) -> bool {
        let same = |one: &Bid<'_>, other: &Bid<'_>| {
            (one.claim.attribute, one.claim.value) == (other.claim.attribute, other.claim.value)
        };
        self.bids.len() == other.bids.len()
            && self.bids.iter().zip(other.bids).all(|(one, other)| same(one, other))
    }

    /// The order of its texts and those of another.
    pub(super) fn compare_writing(self, other: Candidate<'_, '_>) -> Ordering {
        let texts = self.bids.iter().map(|bid| bid.claim.value);
        texts.cmp(other.bids.iter().map(|bid| bid.claim.value))
    }

    /// The order of its parts and those of another, of which case and diacritics do not count.
    pub(super) fn compare_wording(self, other: Candidate<'_, '_>) -> Ordering {
        let (mut own, mut others) = (self.parts(), other.parts());
        loop {
            let order = match (own.next(), others.next()) {
                (Some(one), Some(other)) => one
                    .attribute
                    .cmp(&other.attribute)
                    .then_with(|| writing::compare(one.value, other.value)),
                (None, None) => return Ordering::Equal,
                (one, other) => one.is_some().cmp(&other.is_some()),
            };
            if order.is_ne() {
                return order;
            }
        }
    }

    /// How far it can be relied on: as far as its weakest part.
    pub(super) fn validity(self) -> Validity {
        self.parts().map(|part| part.validity).min().unwrap_or(Validity::Valid)
    }

    /// The most valid claim of each of its attributes.
    pub(super) fn parts(self) -> impl Iterator<Item = ClaimRef<'a>> {
        let is_same = |one: &Bid<'_>, next: &Bid<'_>| one.claim.attribute == next.claim.attribute;
        self.bids.chunk_by(is_same).map(|bids| bids[0].claim)
    }

    /// Its value of an attribute.
    pub(super) fn part(self, attribute: AttributeId) -> Option<&'a str> {
        let bid = self.bids.iter().find(|bid| bid.claim.attribute == attribute)?;
        Some(bid.claim.value)
    }
}

/// The candidates of one contest.
pub(super) fn candidates<'b, 'a>(bids: &'b [Bid<'a>]) -> impl Iterator<Item = Candidate<'b, 'a>> {
    let is_one_candidate = |one: &Bid<'_>, next: &Bid<'_>| {
        one.contest.is_group() && (one.record, one.claim.slot) == (next.record, next.claim.slot)
    };
    bids.chunk_by(is_one_candidate).map(|bids| Candidate { bids })
}
