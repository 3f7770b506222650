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
