//! The work queue, read from the potential matches as they are now.
//!
//! An item is told from its neighbourhood alone: a pair leads one when neither of its customers has
//! a likelier pair, and takes along customers whose own likeliest pair is with one of the two. So
//! every pair comes up, at the latest when those before it are decided; nothing is kept that could
//! grow stale.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use karat_engine::matching::model::MatchModel;
use karat_model::decision::Standing;
use karat_model::evidence::{Verdict, Weight};
use karat_model::id::EntityId;
use karat_store::{PotentialMatchRow, Reader, RowNo, StoredPotentialMatch, StoredSource};
use rustc_hash::FxHashMap;

use super::StoredHub;
use super::potential_matches::{read_cursor, write_cursor};
use crate::error::Error;
use crate::flow::derive::standing;
use crate::view::{Cursor, WorkItem, WorkPage, WorkQuery};

/// How many customers are decided about at a time.
const CUSTOMERS_MAX: usize = 5;

/// How many pairs are read at a time.
const READ_TOGETHER: usize = 128;

/// Weights beyond these mean the same to a steward, in bits.
const BITS_MAX: i32 = 100;

impl StoredHub {
    pub(super) fn read_work(
        &self,
        reader: &dyn Reader,
        query: &WorkQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<WorkPage, Error> {
        let models = self.models(reader)?;
        let (start, end) = self.bounds(&models, query);
        let mut place = after.and_then(read_cursor).map(|(_, row)| row).or(start);
        let queue = Queue {
            hub: self,
            reader,
            query,
            standing: standing(reader)?,
            sources: reader.sources()?,
        };
        let mut page =
            WorkPage { pairs: reader.counts()?.potential_matches, ..WorkPage::default() };
        loop {
            let pairs = reader.potential_matches(place.clone(), READ_TOGETHER)?;
            let is_last = pairs.len() < READ_TOGETHER;
            let near = queue.near(pairs.iter().flat_map(ends))?;
            for pair in pairs {
                if end.is_some_and(|end| pair.pair.weight < end) {
                    return Ok(page);
                }
                if let Some(item) = queue.item(&near, &pair)? {
                    if page.items.len() == limit {
                        page.next = page.items.last().map(|item| item.place.clone());
                        return Ok(page);
                    }
                    page.items.push(item);
                }
                place = Some(pair.pair);
            }
            if is_last {
                return Ok(page);
            }
        }
    }

    /// Between which places all pairs are that may be as likely as is asked for.
    fn bounds(
        &self,
        models: &[std::sync::Arc<MatchModel>],
        query: &WorkQuery,
    ) -> (Option<PotentialMatchRow>, Option<Weight>) {
        let weights = |probability: f64| models.iter().map(move |it| weight_at(it, probability));
        let start = query.below.and_then(|below| weights(below).max());
        let row =
            |weight| PotentialMatchRow { weight, left: RowNo(0), right: RowNo(0), held: None };
        let end = query.at_least.and_then(|at_least| weights(at_least).min());
        (start.map(row), end)
    }
}

/// The least weight that is this likely.
fn weight_at(model: &MatchModel, probability: f64) -> Weight {
    const UNITS_IN_BIT: i32 = 256;
    let [mut low, mut high] = [-BITS_MAX, BITS_MAX].map(|bits| bits * UNITS_IN_BIT);
    while low < high {
        let middle = low + (high - low) / 2;
        if model.probability(Weight(middle)) >= probability {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Weight(low)
}

/// What items are told by.
struct Queue<'q> {
    hub: &'q StoredHub,
    reader: &'q dyn Reader,
    query: &'q WorkQuery,
    standing: Standing,
    sources: Vec<StoredSource>,
}

/// The pairs of customers, the likeliest first.
type Near = FxHashMap<EntityId, Vec<StoredPotentialMatch>>;

impl Queue<'_> {
    /// The pairs of some customers that are asked for.
    fn near(&self, customers: impl Iterator<Item = EntityId>) -> Result<Near, Error> {
        let customers: Vec<EntityId> = customers.collect::<BTreeSet<_>>().into_iter().collect();
        let mut near = Near::default();
        for pair in self.reader.potential_matches_of(&customers)? {
            if self.is_asked_for(&pair) {
                for end in ends(&pair) {
                    near.entry(end).or_default().push(pair.clone());
                }
            }
        }
        near.values_mut().for_each(|pairs| pairs.sort_unstable_by_key(order));
        Ok(near)
    }

    /// Whether a pair is left open, or was not looked at, as is asked for.
    fn is_asked_for(&self, pair: &StoredPotentialMatch) -> bool {
        let verdict = self.standing.verdict(&pair.left, &pair.right);
        (verdict == Some(Verdict::Unsure)) == self.query.is_left_open
    }

    /// The item that a pair leads, if it leads one that is asked for.
    fn item(&self, near: &Near, pair: &StoredPotentialMatch) -> Result<Option<WorkItem>, Error> {
        let Some((left, right)) = pair.left_entity.zip(pair.right_entity) else { return Ok(None) };
        let first_of = |id| near.get(&id).and_then(|pairs: &Vec<_>| pairs.first());
        let leads = [left, right]
            .map(first_of)
            .iter()
            .all(|first| first.is_some_and(|first| order(first) == order(pair)));
        let is_held = pair.pair.held.is_some();
        if !leads || self.query.is_held && !is_held {
            return Ok(None);
        }
        let mut customers = Vec::new();
        for id in self.group(near, [left, right])? {
            customers.extend(self.hub.summary_of(self.reader, id)?);
        }
        let [one, _, ..] = &customers[..] else { return Ok(None) };
        let entity_type = one.entity_type;
        let is_of_type = self.query.entity_type.is_none_or(|wanted| wanted == entity_type);
        let knows = |source| customers.iter().any(|customer| customer.sources.contains(source));
        if !is_of_type || !self.query.source.as_ref().is_none_or(knows) {
            return Ok(None);
        }
        let (one, other) = (&pair.left, &pair.right);
        let explained = self.hub.explained(self.reader, &self.sources, entity_type, one, other)?;
        let Some(explained) = explained else { return Ok(None) };
        let probability = explained.probability();
        let is_likely = self.query.at_least.is_none_or(|at_least| probability >= at_least)
            && self.query.below.is_none_or(|below| probability < below);
        Ok(is_likely.then(|| WorkItem {
            customers,
            pair: explained,
            held: self.hub.hold_reason(pair.pair.held.as_deref()),
            place: write_cursor(0, pair.pair.clone()),
        }))
    }

    /// Two customers, and those that are likeliest to be one of them.
    fn group(&self, near: &Near, pair: [EntityId; 2]) -> Result<Vec<EntityId>, Error> {
        let mut beside: Vec<&StoredPotentialMatch> =
            pair.iter().filter_map(|id| near.get(id)).flatten().collect();
        beside.sort_unstable_by_key(|pair| order(pair));
        let mut others: Vec<EntityId> = Vec::new();
        for id in beside.into_iter().flat_map(ends) {
            if !pair.contains(&id) && !others.contains(&id) {
                others.push(id);
            }
        }
        let theirs = self.near(others.iter().copied())?;
        others.retain(|id| {
            let first = theirs.get(id).and_then(|pairs| pairs.first());
            first.is_some_and(|first| ends(first).any(|end| pair.contains(&end)))
        });
        others.truncate(CUSTOMERS_MAX - pair.len());
        Ok(pair.into_iter().chain(others).collect())
    }
}

/// The customers of a pair.
fn ends(pair: &StoredPotentialMatch) -> impl Iterator<Item = EntityId> {
    [pair.left_entity, pair.right_entity].into_iter().flatten()
}

/// The order in which pairs are listed.
fn order(pair: &StoredPotentialMatch) -> (Reverse<Weight>, RowNo, RowNo) {
    (Reverse(pair.pair.weight), pair.pair.left, pair.pair.right)
}

#[cfg(test)]
mod tests {
    use karat_model::decision::{Identity, Ruling};
    use karat_model::id::{RecordKey, SourceName};
    use karat_model::record::Moment;

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::{HUB, World};
    use crate::view::{Change, ChangeRequest, Deliberation, HubReader};

    /// A hub that links nothing by itself, so that stewards have something to do.
    fn world() -> World {
        let timid = HUB.replace("link_threshold: 0", "link_threshold: 40");
        World::saying(&timid.replace("review_band: 30", "review_band: 45"))
    }

    fn first(hub: &dyn HubReader, query: &WorkQuery) -> Option<WorkItem> {
        hub.work(query, None, 1).unwrap().items.pop()
    }

    /// Decides about the likeliest two of an item; gives the records of the two.
    fn decide(world: &World, item: &WorkItem, verdict: Verdict) -> [Vec<RecordKey>; 2] {
        let hub = world.hub().reader().unwrap();
        let ids: Vec<EntityId> = item.customers.iter().map(|customer| customer.id).collect();
        let Deliberation { customers, pairs, decisions } = hub.deliberation(&ids).unwrap();
        assert_eq!(customers.len(), ids.len());
        assert!(decisions.iter().all(|view| !view.decision.ruling.contradicts_itself()));
        // The pair that is told of the two is the one that the queue tells.
        let between = pairs.iter().find(|it| [it.left, it.right] == [ids[0], ids[1]]).unwrap();
        assert!(between.pair.total >= item.pair.total);
        let [left, right] = [0, 1].map(|at| customers[at].records.clone());
        let identity = Identity { left: left.clone(), right: right.clone(), verdict };
        let rulings = vec![Ruling::Identity(identity)];
        let (steward, reason) = ("eva".to_string(), String::new());
        let change = Change::Decide { rulings, steward, reason };
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        writer.change(&[ChangeRequest::of(change)]).pop().unwrap().unwrap();
        [left, right]
    }

    #[test]
    fn every_pair_comes_up_and_what_is_decided_leaves() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let all = WorkQuery::default();
        let mut seen = Vec::new();
        let verdicts = [Verdict::Same, Verdict::Different, Verdict::Related, Verdict::Unsure];
        for verdict in verdicts.into_iter().cycle() {
            let Some(item) = first(&hub, &all) else { break };
            let decided = decide(&world, &item, verdict);
            assert!(!seen.contains(&decided), "{decided:?} came up again");
            seen.push(decided);
        }
        assert!(seen.len() > 20, "{} decisions", seen.len());
        // Only what was left open is still a potential match, and it is found as such.
        let left_open = WorkQuery { is_left_open: true, ..WorkQuery::default() };
        let page = hub.work(&left_open, None, 100).unwrap();
        assert!(page.pairs > 0 && !page.items.is_empty());
        assert_eq!(world.found(), []);
    }

    #[test]
    fn pages_hold_each_item_once_likeliest_first() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let whole = hub.work(&WorkQuery::default(), None, 100).unwrap();
        assert!(whole.items.len() > 5 && whole.next.is_none());
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = hub.work(&WorkQuery::default(), after.as_ref(), 2).unwrap();
            paged.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged, whole.items);
        let weights: Vec<Weight> = paged.iter().map(|item| item.pair.total).collect();
        assert!(weights.is_sorted_by(|one, other| one >= other), "{weights:?}");
        // A customer is in one item.
        let ids = paged.iter().flat_map(|item| item.customers.iter().map(|customer| customer.id));
        let ids: Vec<EntityId> = ids.collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn bands_part_the_queue() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let items = |query: WorkQuery| hub.work(&query, None, 100).unwrap().items;
        let whole = items(WorkQuery::default());
        let mut parts = Vec::new();
        for [at_least, below] in [[Some(0.5), None], [Some(0.01), Some(0.5)], [None, Some(0.01)]] {
            let part = items(WorkQuery { at_least, below, ..WorkQuery::default() });
            let is_within = |item: &WorkItem| {
                let probability = item.pair.probability();
                at_least.is_none_or(|it| probability >= it)
                    && below.is_none_or(|it| probability < it)
            };
            assert!(part.iter().all(is_within));
            parts.extend(part);
        }
        assert_eq!(parts, whole);
        let source = Some(SourceName::new("shop"));
        assert_eq!(items(WorkQuery { source, ..WorkQuery::default() }), []);
        let entity_type = Some(karat_model::attribute::EntityType::Organisation);
        assert_eq!(items(WorkQuery { entity_type, ..WorkQuery::default() }), []);
    }
}
