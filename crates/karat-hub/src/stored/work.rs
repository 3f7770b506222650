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
use karat_model::record::Moment;
use karat_store::{
    AssignmentRow, PotentialMatchRow, Reader, RowNo, StoredPotentialMatch, StoredSource, SubjectNo,
};
use rustc_hash::FxHashMap;

use super::StoredHub;
use super::potential_matches::{read_cursor, write_cursor};
use crate::error::Error;
use crate::flow::derive::standing;
use crate::flow::quality::read_judged;
use crate::view::{Assignment, Cursor, OwnedBy, SavedView, WorkItem, WorkPage, WorkQuery};

/// How many customers are decided about at a time.
pub(super) const CUSTOMERS_MAX: usize = 5;

/// How many pairs are read at a time.
const READ_TOGETHER: usize = 128;

/// After how many pairs a page ends, though it has room: nobody waits until all are looked at for a
/// filter that hardly any pass.
pub(super) const LOOKED_AT_MAX: usize = 1024;

/// Weights beyond these mean the same to a steward, in bits.
const BITS_MAX: i32 = 100;

impl StoredHub {
    pub(super) fn read_work(
        &self,
        reader: &dyn Reader,
        query: &WorkQuery,
        now: Moment,
        (after, limit): (Option<&Cursor>, usize),
        looked_at_max: usize,
    ) -> Result<WorkPage, Error> {
        let models = self.models(reader)?;
        let (start, end) = self.bounds(&models, query);
        let mut place = after.and_then(read_cursor).map(|(_, row)| row).or(start);
        let queue = Queue {
            hub: self,
            reader,
            query,
            now,
            standing: standing(reader)?,
            sources: reader.sources()?,
            assigned: Assigned::read(reader)?,
        };
        let mut page = WorkPage { pairs: reader.potential_match_count()?, ..WorkPage::default() };
        let mut looked_at = 0;
        loop {
            let together = READ_TOGETHER.min(looked_at_max);
            let (pairs, is_last) = queue.pairs_after(place.as_ref(), together)?;
            looked_at += pairs.len();
            let near = queue.near(pairs.iter().flat_map(ends))?;
            let leading = pairs.iter().filter(|pair| leads(&near, pair));
            let since = match query.age_days_min {
                Some(_) => since(reader, leading.map(|pair| &pair.pair))?,
                None => Since::default(),
            };
            for pair in pairs {
                if end.is_some_and(|end| pair.pair.weight < end) {
                    return queue.finish(page);
                }
                if queue.is_old_enough(&since, &pair)
                    && let Some(item) = queue.item(&near, &pair)?
                {
                    if page.items.len() == limit {
                        page.next = page.items.last().map(|item| item.place.clone());
                        return queue.finish(page);
                    }
                    page.items.push(item);
                }
                place = Some(pair.pair);
            }
            if is_last {
                return queue.finish(page);
            }
            if looked_at >= looked_at_max {
                page.next = place.map(|pair| write_cursor(0, pair));
                return queue.finish(page);
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

/// The views of the work queue that somebody saved.
pub(super) fn read_saved_views(
    reader: &dyn Reader,
    account: &str,
) -> Result<Vec<SavedView>, Error> {
    let views = reader.saved_views(account)?.into_iter();
    let view = |view: karat_store::SavedView| SavedView { name: view.name, filter: view.filter };
    Ok(views.map(view).collect())
}

/// Who has the item of two customers; `None` when nothing about them waits.
pub(super) fn assignment_between(
    reader: &dyn Reader,
    customers: [EntityId; 2],
) -> Result<Option<Assignment>, Error> {
    let mut pairs = reader.potential_matches_of(&customers)?;
    pairs.retain(|pair| is_between(pair, customers));
    pairs.sort_unstable_by_key(order);
    let Some(first) = pairs.first() else { return Ok(None) };
    Ok(Some(Assigned::read(reader)?.of(first, &pairs)))
}

/// What is said of potential matches, by the numbers of their records.
pub(super) struct Assigned(FxHashMap<(RowNo, RowNo), AssignmentRow>);

impl Assigned {
    pub(super) fn read(reader: &dyn Reader) -> Result<Assigned, Error> {
        let rows = reader.assignments()?.into_iter();
        Ok(Assigned(rows.map(|row| ((row.left, row.right), row)).collect()))
    }

    /// What is said of a potential match.
    pub(super) fn get(&self, pair: &PotentialMatchRow) -> Option<&AssignmentRow> {
        self.0.get(&(pair.left, pair.right))
    }

    /// Who has the item that a pair leads. It is kept with a pair of records, and outlives that
    /// another pair of the same two customers becomes likelier.
    fn of<'p>(
        &self,
        first: &'p StoredPotentialMatch,
        near: impl IntoIterator<Item = &'p StoredPotentialMatch>,
    ) -> Assignment {
        let between: Vec<EntityId> = ends(first).collect();
        let same_two = |pair: &&StoredPotentialMatch| ends(pair).all(|end| between.contains(&end));
        let said = |pair: &'p StoredPotentialMatch| Some((pair, self.get(&pair.pair)?));
        let found = near.into_iter().filter(same_two).find_map(said);
        let pair = found.map_or(first, |(pair, _)| pair);
        let said = found.map(|(_, said)| said);
        Assignment {
            pair: [pair.left.clone(), pair.right.clone()],
            owner: said.map(|said| said.owner.clone()).filter(|owner| !owner.is_empty()),
            snoozed_until: said.and_then(|said| said.snoozed_until),
        }
    }

    /// The records of those that are asked for, when only such are.
    fn asked_for(&self, query: &WorkQuery, now: Moment) -> Option<Vec<RowNo>> {
        let is_snoozed = |row: &AssignmentRow| row.snoozed_until.is_some_and(|until| now < until);
        let rows = |is_asked_for: &dyn Fn(&AssignmentRow) -> bool| {
            let asked = self.0.values().filter(|row| is_asked_for(row));
            Some(asked.flat_map(|row| [row.left, row.right]).collect())
        };
        match &query.owner {
            OwnedBy::Account(name) => rows(&|row| row.owner == *name),
            _ if query.is_snoozed => rows(&is_snoozed),
            _ => None,
        }
    }
}

/// When the current versions of records were taken in.
type Since = FxHashMap<RowNo, Moment>;

/// When the records of some pairs were taken in.
pub(super) fn since<'p>(
    reader: &dyn Reader,
    pairs: impl Iterator<Item = &'p PotentialMatchRow>,
) -> Result<Since, Error> {
    let rows: BTreeSet<RowNo> = pairs.flat_map(|pair| [pair.left, pair.right]).collect();
    let rows: Vec<RowNo> = rows.into_iter().collect();
    Ok(reader.taken_in_since(&rows)?.into_iter().collect())
}

/// Since when both records of a pair say what they say.
pub(super) fn since_both(since: &Since, pair: &PotentialMatchRow) -> Option<Moment> {
    Some(*since.get(&pair.left)?.max(since.get(&pair.right)?))
}

/// For how many whole days something is so.
pub(super) fn days_since(since: Moment, now: Moment) -> u16 {
    const SECONDS_IN_DAY: i64 = 24 * 60 * 60;
    let days = (now.0 - since.0).max(0) / SECONDS_IN_DAY;
    u16::try_from(days).unwrap_or(u16::MAX)
}

/// What customers are worth in cents; those of which it is not known are left out.
pub(super) fn worth_of(
    reader: &dyn Reader,
    customers: impl Iterator<Item = EntityId>,
) -> Result<FxHashMap<EntityId, u64>, Error> {
    let subjects: Vec<SubjectNo> = customers.map(SubjectNo::Customer).collect();
    let mut worth_cents = FxHashMap::default();
    for (subject, verdicts) in reader.verdicts_of(&subjects)?.iter() {
        if let SubjectNo::Customer(id) = subject
            && let Some((_, Some(worth), _)) = read_judged(verdicts)
        {
            worth_cents.insert(id, worth.cents());
        }
    }
    Ok(worth_cents)
}

/// What items are told by.
struct Queue<'q> {
    hub: &'q StoredHub,
    reader: &'q dyn Reader,
    query: &'q WorkQuery,
    now: Moment,
    standing: Standing,
    sources: Vec<StoredSource>,
    assigned: Assigned,
}

/// The pairs of customers, the likeliest first.
type Near = FxHashMap<EntityId, Vec<StoredPotentialMatch>>;

impl Queue<'_> {
    /// So many pairs that come after a place, among them all that may lead an item, and whether they
    /// are the last.
    fn pairs_after(
        &self,
        place: Option<&PotentialMatchRow>,
        together: usize,
    ) -> Result<(Vec<StoredPotentialMatch>, bool), Error> {
        let Some(records) = self.assigned.asked_for(self.query, self.now) else {
            let pairs = self.reader.potential_matches(place.cloned(), together)?;
            let is_last = pairs.len() < together;
            return Ok((pairs, is_last));
        };
        let entities = self.reader.entities_of_rows(&records)?.into_iter();
        let entities: BTreeSet<EntityId> = entities.map(|(_, entity)| entity).collect();
        let entities: Vec<EntityId> = entities.into_iter().collect();
        let mut pairs = self.reader.potential_matches_of(&entities)?;
        let after = |it: &PotentialMatchRow| (Reverse(it.weight), it.left, it.right);
        pairs.retain(|pair| place.is_none_or(|place| order(pair) > after(place)));
        pairs.sort_unstable_by_key(order);
        Ok((pairs, true))
    }

    /// Whether both records of a pair are as old as is asked for.
    fn is_old_enough(&self, since: &Since, pair: &StoredPotentialMatch) -> bool {
        self.query.age_days_min.is_none_or(|days_min| {
            let both = since_both(since, &pair.pair);
            both.is_some_and(|both| days_since(both, self.now) >= days_min)
        })
    }

    /// Whether a customer, and those that are likely the same, are of the type that is asked for.
    fn is_of_type(&self, id: EntityId) -> Result<bool, Error> {
        let Some(wanted) = self.query.entity_type else { return Ok(true) };
        Ok(self.reader.entity(id)?.is_some_and(|entity| entity.entity_type == wanted))
    }

    /// Whether an assignment is as is asked for.
    fn is_assigned_so(&self, assignment: &Assignment) -> bool {
        assignment.is_snoozed(self.now) == self.query.is_snoozed
            && self.query.owner.includes(assignment.owner.as_deref())
    }

    /// A page with the ages of its items, which are read together.
    fn finish(&self, mut page: WorkPage) -> Result<WorkPage, Error> {
        let pair = |item: &WorkItem| read_cursor(&item.place).map(|(_, pair)| pair);
        let pairs: Vec<PotentialMatchRow> = page.items.iter().filter_map(pair).collect();
        let since = since(self.reader, pairs.iter())?;
        for (item, pair) in page.items.iter_mut().zip(&pairs) {
            item.since = since_both(&since, pair);
        }
        Ok(page)
    }

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
        let is_held = pair.pair.held.is_some();
        if !leads(near, pair) || self.query.is_held && !is_held {
            return Ok(None);
        }
        let assignment = self.assigned.of(pair, near.get(&left).into_iter().flatten());
        if !self.is_assigned_so(&assignment) {
            return Ok(None);
        }
        // What is asked of customers comes before they are told in full.
        if !self.is_of_type(left)? {
            return Ok(None);
        }
        let group = self.group(near, [left, right])?;
        let worth_of = worth_of(self.reader, group.iter().copied())?;
        let worth_cents = (!worth_of.is_empty()).then(|| worth_of.values().sum());
        let is_worth = |cents_min| worth_cents.is_some_and(|cents| cents >= cents_min);
        if !self.query.worth_cents_min.is_none_or(is_worth) {
            return Ok(None);
        }
        let mut customers = Vec::new();
        for id in group {
            customers.extend(self.hub.summary_of(self.reader, id)?);
        }
        let [one, _, ..] = &customers[..] else { return Ok(None) };
        let entity_type = one.entity_type;
        let knows = |source| customers.iter().any(|customer| customer.sources.contains(source));
        if !self.query.source.as_ref().is_none_or(knows) {
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
            assignment,
            since: None,
            worth_cents,
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

/// Whether a pair is the likeliest of both its customers.
fn leads(near: &Near, pair: &StoredPotentialMatch) -> bool {
    let first_of = |id| near.get(&id).and_then(|pairs: &Vec<_>| pairs.first());
    ends(pair).all(|id| first_of(id).is_some_and(|first| order(first) == order(pair)))
}

/// Whether a pair is between two customers.
fn is_between(pair: &StoredPotentialMatch, customers: [EntityId; 2]) -> bool {
    let [one, other] = customers;
    let ends = (pair.left_entity, pair.right_entity);
    ends == (Some(one), Some(other)) || ends == (Some(other), Some(one))
}

/// The customers of a pair.
pub(super) fn ends(pair: &StoredPotentialMatch) -> impl Iterator<Item = EntityId> {
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

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::{HUB, World};
    use crate::view::{Change, ChangeRequest, Deliberation, HubReader};

    /// A hub that links nothing by itself, so that stewards have something to do.
    fn world() -> World {
        let timid = HUB.replace("link_threshold: 0", "link_threshold: 40");
        World::saying(&timid.replace("review_band: 30", "review_band: 45"))
    }

    const NOW: Moment = Moment(9);

    fn first(hub: &dyn HubReader, query: &WorkQuery) -> Option<WorkItem> {
        hub.work(query, NOW, None, 1).unwrap().items.pop()
    }

    /// Decides about the likeliest two of an item; gives the records of the two.
    fn decide(world: &World, item: &WorkItem, verdict: Verdict) -> [Vec<RecordKey>; 2] {
        let hub = world.hub().reader().unwrap();
        let ids: Vec<EntityId> = item.customers.iter().map(|customer| customer.id).collect();
        let Deliberation { customers, pairs, decisions, .. } = hub.deliberation(&ids).unwrap();
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
        let page = hub.work(&left_open, NOW, None, 100).unwrap();
        assert!(page.pairs > 0 && !page.items.is_empty());
        assert_eq!(world.found(), []);
    }

    #[test]
    fn pages_hold_each_item_once_likeliest_first() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let whole = hub.work(&WorkQuery::default(), NOW, None, 100).unwrap();
        assert!(whole.items.len() > 5 && whole.next.is_none());
        let all_pages = |limit: usize, looked_at_max: usize| {
            let (mut paged, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let at = (after.as_ref(), limit);
                let all = WorkQuery::default();
                let page = hub.read(|reader| hub.read_work(reader, &all, NOW, at, looked_at_max));
                let page = page.unwrap();
                paged.extend(page.items);
                (after, pages) = (page.next, pages + 1);
                if after.is_none() {
                    return (paged, pages);
                }
            }
        };
        let (paged, _) = all_pages(2, LOOKED_AT_MAX);
        assert_eq!(paged, whole.items);
        // A page that has looked at enough ends, though it has room.
        let (paged, pages) = all_pages(100, 3);
        assert_eq!(paged, whole.items);
        assert_eq!(pages as u64, whole.pairs / 3 + 1);
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
        let items = |query: WorkQuery| hub.work(&query, NOW, None, 100).unwrap().items;
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

    /// Does something at a moment; says whether it was refused.
    fn change_at(world: &World, at: Moment, change: Change) -> Result<(), String> {
        let mut writer = Writer::open(&world.hub(), Box::new(move || at)).unwrap();
        let answer = writer.change(&[ChangeRequest::of(change)]).pop().unwrap();
        writer.close().unwrap();
        answer.map(drop).map_err(|refused| refused.to_string())
    }

    fn assign(item: &WorkItem, owner: Option<&str>, former: Option<&str>) -> Change {
        let [owner, former] = [owner, former].map(|name| name.map(String::from));
        let pair = item.assignment.pair.clone();
        Change::Assign { pair, owner, former, steward: "eva".into() }
    }

    fn snooze(item: &WorkItem, until: Option<Moment>) -> Change {
        Change::Snooze { pair: item.assignment.pair.clone(), until, steward: "eva".into() }
    }

    #[test]
    fn items_are_claimed_given_and_given_back() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let owned = |owner| WorkQuery { owner, ..WorkQuery::default() };
        let places = |owner| -> Vec<Cursor> {
            let items = hub.work(&owned(owner), NOW, None, 100).unwrap().items;
            items.into_iter().map(|item| item.place).collect()
        };
        let all = hub.work(&WorkQuery::default(), NOW, None, 100).unwrap().items;
        let [first, second, ..] = &all[..] else { panic!("too few items") };
        assert_eq!(change_at(&world, NOW, assign(first, Some("eva"), None)), Ok(()));
        assert_eq!(change_at(&world, NOW, assign(second, Some("jan"), None)), Ok(()));
        let mine = OwnedBy::Account("eva".into());
        assert_eq!(places(mine.clone()), std::slice::from_ref(&first.place));
        assert_eq!(places(OwnedBy::Nobody).len(), all.len() - 2);
        assert_eq!(places(OwnedBy::NoOtherThan("eva".into())).len(), all.len() - 1);
        assert_eq!(places(OwnedBy::Anybody).len(), all.len());

        // Two who want one item: the one who comes second is told.
        let refused = change_at(&world, NOW, assign(first, Some("jan"), None));
        assert!(refused.unwrap_err().contains("another owner"));
        assert_eq!(change_at(&world, NOW, assign(first, Some("jan"), Some("eva"))), Ok(()));
        assert_eq!(change_at(&world, NOW, assign(second, None, Some("jan"))), Ok(()));
        assert_eq!(places(mine), []);
        let of_jan = OwnedBy::Account("jan".into());
        assert_eq!(places(of_jan), std::slice::from_ref(&first.place));

        // What is decided leaves, with its assignment.
        let item = self::first(&hub, &owned(OwnedBy::Account("jan".into()))).unwrap();
        let ids: Vec<EntityId> = item.customers.iter().map(|customer| customer.id).collect();
        let said = hub.deliberation(&ids).unwrap().assignment.unwrap();
        assert_eq!(said, item.assignment);
        decide(&world, &item, Verdict::Different);
        assert_eq!(places(OwnedBy::Account("jan".into())), []);
        let refused = change_at(&world, NOW, assign(&item, Some("eva"), Some("jan")));
        assert!(refused.unwrap_err().contains("do not wait"));
        assert_eq!(world.found(), []);
    }

    #[test]
    fn snoozed_items_come_back_by_themselves() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let all = hub.work(&WorkQuery::default(), NOW, None, 100).unwrap().items;
        let item = &all[0];
        let refused = change_at(&world, NOW, snooze(item, Some(NOW)));
        assert!(refused.unwrap_err().contains("yet to come"));
        assert_eq!(change_at(&world, NOW, assign(item, Some("eva"), None)), Ok(()));
        assert_eq!(change_at(&world, NOW, snooze(item, Some(Moment(100)))), Ok(()));
        let count = |is_snoozed, now| {
            let query = WorkQuery { is_snoozed, ..WorkQuery::default() };
            hub.work(&query, Moment(now), None, 100).unwrap().items.len()
        };
        assert_eq!([count(false, 99), count(true, 99)], [all.len() - 1, 1]);
        assert_eq!([count(false, 100), count(true, 100)], [all.len(), 0]);
        let again = hub.work(&WorkQuery::default(), Moment(100), None, 1).unwrap().items.remove(0);
        assert_eq!(again.assignment.owner.as_deref(), Some("eva"), "whoever had it has it still");
        assert_eq!(change_at(&world, NOW, snooze(item, None)), Ok(()));
        assert_eq!(count(false, 10), all.len());
        assert_eq!(world.found(), []);
    }

    #[test]
    fn ages_count_from_the_later_of_two_records() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let day = 24 * 60 * 60;
        let all = hub.work(&WorkQuery::default(), NOW, None, 100).unwrap().items;
        let since = all[0].since.unwrap();
        assert!(all.iter().all(|item| item.since == Some(since)), "all came in one load");
        let older = |days: u16, now: i64| {
            let query = WorkQuery { age_days_min: Some(days), ..WorkQuery::default() };
            hub.work(&query, Moment(now), None, 100).unwrap().items.len()
        };
        let a_week_later = since.0 + 7 * day;
        assert_eq!([older(7, a_week_later - 1), older(7, a_week_later)], [0, all.len()]);
        assert_eq!(older(0, since.0), all.len());

        // A record that changes makes the items that it leads young again.
        let key = all[0].assignment.pair[0].clone();
        let old = hub.record(&key).unwrap().unwrap().detail;
        let values = old.record.payload.iter();
        let name = |at: u16| old.columns[usize::from(at)].clone();
        let values = values.map(|(at, value)| (name(at), value.to_string()));
        let mut values: Vec<(String, String)> = values.collect();
        let city = values.iter_mut().find(|(name, _)| name == "plaats").unwrap();
        city.1 = "Zwolle".into();
        let condition = crate::view::Condition::None;
        let change = Change::Upsert { key, observed_at: None, values, condition };
        let now = Moment(a_week_later - 3 * day);
        assert_eq!(change_at(&world, now, change), Ok(()));
        let young = hub.work(&WorkQuery::default(), now, None, 100).unwrap().items;
        assert!(young.iter().any(|item| item.since == Some(now)));
        assert!(older(7, a_week_later) < young.len());
    }

    #[test]
    fn views_are_saved_and_forgotten() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let save = |name: &str, filter: &str| {
            let [name, filter] = [name, filter].map(String::from);
            let view = SavedView { name, filter };
            change_at(&world, NOW, Change::SaveView { account: "eva".into(), view })
        };
        assert_eq!(save("likely", "from=90"), Ok(()));
        assert_eq!(save("likely", "from=70"), Ok(()));
        assert!(save(" ", "from=70").is_err() && save(&"x".repeat(61), "").is_err());
        let view = SavedView { name: "likely".into(), filter: "from=70".into() };
        assert_eq!(hub.saved_views("eva").unwrap(), [view]);
        assert_eq!(hub.saved_views("jan").unwrap(), []);
        let forget = Change::ForgetView { account: "eva".into(), name: "likely".into() };
        assert_eq!(change_at(&world, NOW, forget), Ok(()));
        assert_eq!(hub.saved_views("eva").unwrap(), []);
        assert!((0..50).all(|at| save(&at.to_string(), "").is_ok()));
        assert!(save("one too many", "").is_err() && save("7", "from=90").is_ok());
    }
}
