//! Ranking: puts the candidates of a contest in order, the best value first.
//!
//! ```text
//! value      Kerkstraat 12, 1234 AB                       the same door
//! wording    Kerkstraat 12, 1234 AB   Kerkstaat 12, …     the same parts, case and diacritics aside
//! writing    Kerkstraat …  KERKSTRAAT …                   the same characters
//! ```
//!
//! Values are put in order first, then the wordings of each value, then the writings of each
//! wording. Values and wordings stand as high as the best of their candidates, rule by rule.

use std::cmp::Ordering;

use karat_model::attribute::AttributeSet;
use karat_model::hub_model::SurvivorshipRule;

use super::contest::{Candidate, Contest};
use super::ladder::{self, Standing};
use super::writing::{self, Key};

/// What decides between wordings of one value, before the ladder does.
const WORDING: [SurvivorshipRule; 3] =
    [SurvivorshipRule::Validity, SurvivorshipRule::Completeness, SurvivorshipRule::Frequency];

/// A candidate and what it is judged by.
#[derive(Debug)]
pub(super) struct Ranked<'b, 'a> {
    /// The candidate.
    pub(super) candidate: Candidate<'b, 'a>,
    /// The standing of its value.
    pub(super) value: Standing,
    /// The standing of its wording.
    wording: Standing,
    /// Its own standing.
    own: Standing,
    /// How well it is written.
    quality: u32,
    /// Candidates with the same key are one value.
    key: Key<'a>,
}

impl Ranked<'_, '_> {
    /// Whether two candidates are one value.
    pub(super) fn is_same_value(&self, other: &Ranked<'_, '_>) -> bool {
        self.key == other.key
    }

    /// Whether two candidates of one value are one wording.
    fn is_same_wording(&self, other: &Ranked<'_, '_>) -> bool {
        self.candidate.compare_wording(other.candidate).is_eq()
    }
}

/// All candidates of a contest, best first.
pub(super) fn rank<'b, 'a>(
    contest: Contest,
    ladder: &[SurvivorshipRule],
    candidates: impl Iterator<Item = Candidate<'b, 'a>>,
    attributes: &AttributeSet,
) -> Vec<Ranked<'b, 'a>> {
    let mut ranked: Vec<_> = candidates.map(undisputed).collect();
    if ranked.len() > 1 {
        if !all_say_the_same(&ranked) {
            tell_values_apart(contest, &mut ranked, attributes);
        }
        ranked.sort_by(|one, other| compare(ladder, other, one));
    }
    ranked
}

/// The rule by which one candidate ranks above another; `None` where no rule told.
pub(super) fn rule_between(
    ladder: &[SurvivorshipRule],
    better: &Ranked<'_, '_>,
    worse: &Ranked<'_, '_>,
) -> Option<SurvivorshipRule> {
    if !better.is_same_value(worse) {
        ladder::compare(ladder, &better.value, &worse.value).1
    } else if !better.is_same_wording(worse) {
        by_wording(ladder, better, worse).1
    } else {
        None
    }
}

/// Orders by what is better; where nothing tells, the first in order of text and record key is.
fn compare(ladder: &[SurvivorshipRule], one: &Ranked<'_, '_>, other: &Ranked<'_, '_>) -> Ordering {
    if !one.is_same_value(other) {
        let by_ladder = ladder::compare(ladder, &one.value, &other.value).0;
        by_ladder.then_with(|| other.key.cmp(&one.key))
    } else if !one.is_same_wording(other) {
        let by_wording = by_wording(ladder, one, other).0;
        by_wording.then_with(|| other.candidate.compare_wording(one.candidate))
    } else {
        by_writing(ladder, one, other)
    }
}

fn by_wording(
    ladder: &[SurvivorshipRule],
    one: &Ranked<'_, '_>,
    other: &Ranked<'_, '_>,
) -> (Ordering, Option<SurvivorshipRule>) {
    ladder::compare(WORDING.iter().chain(ladder), &one.wording, &other.wording)
}

fn by_writing(
    ladder: &[SurvivorshipRule],
    one: &Ranked<'_, '_>,
    other: &Ranked<'_, '_>,
) -> Ordering {
    let by_decision = one.own.decided.cmp(&other.own.decided);
    by_decision
        .then(one.own.validity.cmp(&other.own.validity))
        .then(one.quality.cmp(&other.quality))
        .then_with(|| ladder::compare(ladder, &one.own, &other.own).0)
        .then_with(|| other.candidate.compare_writing(one.candidate))
        .then_with(|| other.candidate.first().record.cmp(&one.candidate.first().record))
}

/// A candidate as it stands when no other says anything else.
fn undisputed<'b, 'a>(candidate: Candidate<'b, 'a>) -> Ranked<'b, 'a> {
    let first = candidate.first();
    let own = Standing {
        decided: candidate.decided_by(),
        is_whole: true,
        validity: candidate.validity(),
        trust: first.trust,
        observed_at: first.observed_at,
        frequency: 1,
        completeness: 0,
        slot: first.claim.slot,
    };
    Ranked { candidate, value: own, wording: own, own, quality: 0, key: Key::default() }
}

fn all_say_the_same(ranked: &[Ranked<'_, '_>]) -> bool {
    ranked.windows(2).all(|pair| pair[0].candidate.says_the_same(pair[1].candidate))
}

/// Finds which candidates are one value and one wording, and gives these their standings.
fn tell_values_apart(contest: Contest, ranked: &mut [Ranked<'_, '_>], attributes: &AttributeSet) {
    for ranked in &mut *ranked {
        let candidate = ranked.candidate;
        ranked.own.is_whole = contest.is_whole(candidate);
        ranked.own.completeness = contest.completeness(candidate, attributes);
        ranked.quality = candidate.parts().map(|part| writing::quality(part.value)).sum();
        ranked.key = contest.key(candidate, attributes);
    }
    ranked.sort_by(|one, other| {
        let by_wording = || one.candidate.compare_wording(other.candidate);
        one.key.cmp(&other.key).then_with(by_wording)
    });
    for value in ranked.chunk_by_mut(|one, next| one.is_same_value(next)) {
        let standing = standing(value);
        value.iter_mut().for_each(|ranked| ranked.value = standing);
        for wording in value.chunk_by_mut(|one, next| one.is_same_wording(next)) {
            let standing = self::standing(wording);
            wording.iter_mut().for_each(|ranked| ranked.wording = standing);
        }
    }
}

/// The best that any of these candidates has, rule by rule; each record counts once.
fn standing(ranked: &[Ranked<'_, '_>]) -> Standing {
    let best = ranked.iter().map(|one| one.own).reduce(Standing::or);
    let best = best.expect("a value has a candidate");
    Standing { frequency: count_records(ranked), ..best }
}

fn count_records(ranked: &[Ranked<'_, '_>]) -> u32 {
    if ranked.len() == 1 {
        return 1;
    }
    let mut records: Vec<_> = ranked.iter().map(|one| one.candidate.first().record).collect();
    records.sort_unstable();
    records.dedup();
    records.len() as u32
}
