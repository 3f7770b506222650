//! Lineage: which claims support a golden value, which lost, and by which rule.

use std::collections::HashSet;

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::claim::Validity;
use karat_model::decision::DecisionNo;
use karat_model::golden::{ClaimSource, GoldenValue, Loser, Withheld};
use karat_model::hub_model::SurvivorshipRule;
use karat_model::id::RecordKey;
use karat_model::record::Moment;
use karat_model::table::RecordNo;

use super::contest::Bid;
use super::ranking::{Ranked, rule_between};
use super::settle::Settling;
use super::winner::{Winner, is_collected, kept};
use super::writing::Key;
use super::{Member, Ranking};

/// The golden value of a winner, with its lineage.
pub(super) fn explain(
    winner: &Winner<'_>,
    ranking: &Ranking<'_, '_>,
    attributes: &AttributeSet,
    key_of: &dyn Fn(RecordNo) -> RecordKey,
) -> GoldenValue {
    let (mut supporters, others) = supporters_and_others(winner, ranking, attributes);
    let is_collected = is_collected(ranking.contest, attributes);
    let mut losers = if is_collected { left_out(winner, ranking) } else { others };
    let (same, put_out) = replaced(winner, ranking, attributes);
    if winner.rank == 0 {
        losers.extend(put_out);
        list_once(&mut losers);
    }
    supporters.extend(same);
    list_records_once(&mut supporters, winner);
    let rule = match winner.bid.decided {
        Some(_) => Some(SurvivorshipRule::Decision),
        None if is_collected => rule_above_next(winner, ranking),
        None => losers.first().and_then(|(_, rule)| *rule),
    };
    let source =
        |bid: &Bid<'_>| ClaimSource { record: key_of(bid.record), observed_at: bid.observed_at };
    let loser = |(bid, rule): &Lost<'_>| Loser {
        value: bid.claim.value.into(),
        source: source(bid),
        rule: *rule,
    };
    GoldenValue {
        attribute: winner.bid.claim.attribute,
        rank: winner.rank,
        value: winner.bid.claim.value.into(),
        winner: source(&winner.bid),
        supporters: supporters.iter().map(source).collect(),
        losers: losers.iter().map(loser).collect(),
        rule,
        decided: winner.bid.decided,
    }
}

/// The attributes of which a steward decided that they show nothing, with the claims they have.
pub(super) fn withheld(
    settling: &Settling<'_>,
    members: &[Member<'_>],
    key_of: &dyn Fn(RecordNo) -> RecordKey,
) -> Vec<Withheld> {
    let of_attribute = |&(attribute, no): &(AttributeId, DecisionNo)| {
        let mut claims: Vec<(RecordNo, u8, &str, Option<Moment>)> = Vec::new();
        for member in members {
            let own = member.claims.iter().filter(|claim| claim.attribute == attribute);
            claims.extend(
                own.map(|claim| (member.record, claim.slot, claim.value, member.observed_at)),
            );
        }
        claims.sort_unstable();
        claims.dedup_by_key(|(record, _, value, _)| (*record, *value));
        let losers = claims.iter().map(|&(record, _, value, observed_at)| Loser {
            value: value.into(),
            source: ClaimSource { record: key_of(record), observed_at },
            rule: Some(SurvivorshipRule::Decision),
        });
        Withheld { attribute, no, losers: losers.collect() }
    };
    let mut withheld: Vec<Withheld> = settling.emptied.iter().map(of_attribute).collect();
    withheld.sort_by_key(|withheld| withheld.attribute);
    withheld
}

/// The claims that a steward's decision put out: those that say what shows all the same, because of
/// a later one, and those that say something else.
fn replaced<'a>(
    winner: &Winner<'a>,
    ranking: &Ranking<'_, 'a>,
    attributes: &AttributeSet,
) -> (Vec<Bid<'a>>, Vec<Lost<'a>>) {
    let attribute = winner.bid.claim.attribute;
    let key = |bid: &Bid<'a>| Key::of_value(bid.claim.value, attribute, attributes);
    let of_attribute =
        ranking.settling.replaced.iter().filter(|bid| bid.claim.attribute == attribute);
    let (same, others): (Vec<Bid<'a>>, Vec<Bid<'a>>) =
        of_attribute.partition(|bid| key(bid) == key(&winner.bid));
    let lost = others.into_iter().map(|bid| (bid, Some(SurvivorshipRule::Decision)));
    (same, lost.collect())
}

/// A claim that lost, and the rule by which it did.
type Lost<'a> = (Bid<'a>, Option<SurvivorshipRule>);

/// The claims of the same value; and those of other values, best first. What a record says twice is listed once.
///
/// In a group a claim lost by the rule by which its candidate lost to the winning one, also where
/// the value was completed from a third.
fn supporters_and_others<'a>(
    winner: &Winner<'a>,
    ranking: &Ranking<'_, 'a>,
    attributes: &AttributeSet,
) -> (Vec<Bid<'a>>, Vec<Lost<'a>>) {
    let attribute = winner.bid.claim.attribute;
    let key = |bid: &Bid<'a>| Key::of_value(bid.claim.value, attribute, attributes);
    let wanted = key(&winner.bid);
    let mut supporters: Vec<Bid<'a>> = Vec::new();
    let mut others: Vec<Lost<'a>> = Vec::new();
    for (place, ranked) in ranking.ranked.iter().enumerate() {
        let bids = ranked.candidate.bids.iter().filter(|bid| bid.claim.attribute == attribute);
        for bid in bids {
            let is_supporter = key(bid) == wanted;
            if is_supporter {
                supporters.push(*bid);
            } else if winner.bid.decided.is_some() {
                others.push((*bid, Some(SurvivorshipRule::Decision)));
            } else if place == 0 {
                others.push((*bid, within_a_candidate(&winner.bid, bid)));
            } else {
                let rule = rule_between(ranking.ladder, &ranking.ranked[0], ranked);
                others.push((*bid, rule));
            }
        }
    }
    list_once(&mut others);
    (supporters, others)
}

/// Of two values that one record gives to one part, only validity can tell.
fn within_a_candidate(better: &Bid<'_>, worse: &Bid<'_>) -> Option<SurvivorshipRule> {
    let is_more_valid = better.claim.validity > worse.claim.validity;
    is_more_valid.then_some(SurvivorshipRule::Validity)
}

/// Lists other records than the winner's, in order of their keys, each once.
fn list_records_once(supporters: &mut Vec<Bid<'_>>, winner: &Winner<'_>) {
    supporters.retain(|bid| bid.record != winner.bid.record);
    supporters.sort_by_key(|bid| bid.record);
    supporters.dedup_by_key(|bid| bid.record);
}

fn list_once(lost: &mut Vec<Lost<'_>>) {
    if lost.len() > 1 {
        let mut listed = HashSet::new();
        lost.retain(|(bid, _)| listed.insert((bid.record, bid.claim.value)));
    }
}

/// The rule by which a collected value ranks above the next one; `None` for the last.
fn rule_above_next(winner: &Winner<'_>, ranking: &Ranking<'_, '_>) -> Option<SurvivorshipRule> {
    let mut kept = kept(&ranking.ranked).skip(usize::from(winner.rank));
    let (own, next) = (kept.next()?, kept.next()?);
    rule_between(ranking.ladder, own, next)
}

/// The claims of values that were not collected; the best value lists them.
fn left_out<'a>(winner: &Winner<'a>, ranking: &Ranking<'_, 'a>) -> Vec<Lost<'a>> {
    if winner.rank > 0 {
        return Vec::new();
    }
    let best = &ranking.ranked[0];
    let mut kept = kept(&ranking.ranked).take(Winner::MAX).peekable();
    let mut lost = Vec::new();
    for value in ranking.ranked.chunk_by(|one, next| one.is_same_value(next)) {
        let is_kept = kept.next_if(|kept| kept.is_same_value(&value[0])).is_some();
        if !is_kept {
            let rule = |ranked: &Ranked<'_, '_>| match ranked.value.validity {
                Validity::Invalid => Some(SurvivorshipRule::Validity),
                _ => rule_between(ranking.ladder, best, ranked),
            };
            lost.extend(value.iter().map(|one| (*one.candidate.first(), rule(one))));
        }
    }
    list_once(&mut lost);
    lost
}
