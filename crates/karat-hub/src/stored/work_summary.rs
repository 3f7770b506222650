//! The work queue in figures, told from all potential matches there are and kept for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use karat_model::decision::Standing;
use karat_model::evidence::Verdict;
use karat_model::id::EntityId;
use karat_model::record::Moment;
use karat_store::{AssignmentRow, Now, PotentialMatchRow, Reader, StoredPotentialMatch};
use rustc_hash::FxHashMap;

use super::StoredHub;
use super::work::{Assigned, CUSTOMERS_MAX, days_since, ends, since, since_both, worth_of};
use crate::error::Error;
use crate::flow::derive::standing;
use crate::view::{AgeBand, WorkSummary};

/// From how many days on each band of ages is.
const DAYS_MIN: [u16; 5] = [0, 1, 7, 30, 90];

/// How many pairs are read at a time.
const READ_TOGETHER: usize = 4096;

/// For how long figures are told as they are, in seconds.
const KEPT_SECONDS: i64 = 60;

impl StoredHub {
    /// Reads all potential matches, and tells their items.
    pub(super) fn read_work_summary(
        &self,
        reader: &dyn Reader,
        now: Moment,
    ) -> Result<WorkSummary, Error> {
        let (standing, assigned) = (standing(reader)?, Assigned::read(reader)?);
        let mut items = Items::default();
        let mut pairs = 0;
        let mut place = None;
        loop {
            let found = reader.potential_matches(place, READ_TOGETHER)?;
            pairs += found.len() as u64;
            let is_last = found.len() < READ_TOGETHER;
            place = found.last().map(|found| found.pair.clone());
            found.into_iter().for_each(|pair| items.take(pair, &standing, &assigned));
            if is_last {
                break;
            }
        }
        let has_worth = self.model.quality.value.is_some();
        let worth_cents = has_worth.then_some(0);
        let band = |days_min| AgeBand { days_min, items: 0, worth_cents };
        let ages = DAYS_MIN.map(band).to_vec();
        let (owners, unowned, snoozed) = (Vec::new(), 0, 0);
        let mut summary = WorkSummary { as_of: now, pairs, ages, owners, unowned, snoozed };
        let mut owners = BTreeMap::new();
        for batch in items.0.chunks(READ_TOGETHER) {
            count(reader, batch, &mut summary, &mut owners)?;
        }
        summary.owners = owners.into_iter().collect();
        Ok(summary)
    }
}

/// Counts some items.
fn count(
    reader: &dyn Reader,
    items: &[Item],
    summary: &mut WorkSummary,
    owners: &mut BTreeMap<String, u64>,
) -> Result<(), Error> {
    let now = summary.as_of;
    let since = since(reader, items.iter().map(|item| &item.pair))?;
    let has_worth = summary.ages[0].worth_cents.is_some();
    let customers = items.iter().filter(|_| has_worth).flat_map(|item| &item.customers);
    let worth_of = worth_of(reader, customers.copied())?;
    for item in items {
        let said = item.assignment.as_ref();
        if said.and_then(|said| said.snoozed_until).is_some_and(|until| now < until) {
            summary.snoozed += 1;
            continue;
        }
        match said.filter(|said| !said.owner.is_empty()) {
            Some(said) => *owners.entry(said.owner.clone()).or_default() += 1,
            None => summary.unowned += 1,
        }
        // Of what was taken in by a version that did not keep when, nothing younger is known.
        let days = since_both(&since, &item.pair).map_or(u16::MAX, |both| days_since(both, now));
        let band = summary.ages.iter_mut().rfind(|band| band.days_min <= days);
        let band = band.expect("the first band begins at no day");
        band.items += 1;
        if let Some(worth) = &mut band.worth_cents {
            *worth += item.customers.iter().filter_map(|id| worth_of.get(id)).sum::<u64>();
        }
    }
    Ok(())
}

/// An item, as far as it is counted.
struct Item {
    pair: PotentialMatchRow,
    customers: Vec<EntityId>,
    assignment: Option<AssignmentRow>,
}

/// The items that pairs come to, which are taken likeliest first.
///
/// A pair leads an item when neither of its customers was seen before; a customer whose first pair
/// is with one of the two goes with it.
#[derive(Default)]
struct Items(Vec<Item>, FxHashMap<EntityId, Option<usize>>);

impl Items {
    fn take(&mut self, pair: StoredPotentialMatch, standing: &Standing, assigned: &Assigned) {
        let Items(items, item_of) = self;
        let [left, right] = match ends(&pair).collect::<Vec<_>>()[..] {
            [left, right] => [left, right],
            _ => return,
        };
        if standing.verdict(&pair.left, &pair.right) == Some(Verdict::Unsure) {
            return;
        }
        let said = assigned.get(&pair.pair).cloned();
        let leading = |item: &Item| [item.customers[0], item.customers[1]];
        match [left, right].map(|end| item_of.get(&end).copied()) {
            [None, None] => {
                let at = items.len();
                items.push(Item {
                    pair: pair.pair,
                    customers: vec![left, right],
                    assignment: said,
                });
                item_of.extend([(left, Some(at)), (right, Some(at))]);
            }
            [Some(known), None] | [None, Some(known)] => {
                let (newcomer, other) =
                    if item_of.contains_key(&left) { (right, left) } else { (left, right) };
                let item = known.filter(|at| leading(&items[*at]).contains(&other));
                item_of.insert(newcomer, item);
                let item = item.map(|at| &mut items[at]);
                if let Some(item) = item.filter(|it| it.customers.len() < CUSTOMERS_MAX) {
                    item.customers.push(newcomer);
                }
            }
            [Some(Some(one)), Some(Some(other))] if one == other => {
                let item = &mut items[one];
                if leading(item).contains(&left) && leading(item).contains(&right) {
                    item.assignment = item.assignment.take().or(said);
                }
            }
            _ => {}
        }
    }
}

/// Figures as they were told last, and what they were told of.
#[derive(Default)]
pub(super) struct KeptSummary {
    known: Mutex<Known>,
    /// Held by whoever tells anew.
    turn: Mutex<()>,
}

/// What is known of the figures.
#[derive(Clone, Default)]
pub(super) struct Known {
    summary: Option<Arc<WorkSummary>>,
    told_of: Option<(Now, Vec<AssignmentRow>)>,
    looked_at: Option<Moment>,
}

impl KeptSummary {
    /// The figures of before, and whether it is time that somebody tells them anew; `None` when they
    /// were never told.
    pub fn before(&self, now: Moment) -> Option<(Arc<WorkSummary>, bool)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_idle = self.turn.try_lock().is_ok();
        let is_due = is_idle && !known.is_fresh(now);
        known.summary.map(|summary| (summary, is_due))
    }

    /// The figures; told anew when they may be others by now, but while another does so, those of
    /// before are told.
    pub fn get(
        &self,
        now: Moment,
        tell: &mut dyn FnMut(Known) -> Result<Known, Error>,
    ) -> Result<Arc<WorkSummary>, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let fresh = |known: Known| {
            let is_fresh = known.is_fresh(now);
            known.summary.filter(|_| is_fresh)
        };
        if let Some(summary) = fresh(known()) {
            return Ok(summary);
        }
        let _turn = match (self.turn.try_lock(), known().summary) {
            (Ok(turn), _) => turn,
            (Err(TryLockError::WouldBlock), Some(before)) => return Ok(before),
            (Err(_), _) => self.turn.lock().unwrap_or_else(PoisonError::into_inner),
        };
        if let Some(summary) = fresh(known()) {
            return Ok(summary);
        }
        let told = tell(known())?;
        let summary = told.summary.clone().expect("it was told");
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = told;
        Ok(summary)
    }
}

impl Known {
    fn is_fresh(&self, now: Moment) -> bool {
        self.looked_at.is_some_and(|at| now.0 - at.0 < KEPT_SECONDS)
    }

    /// The same as of now: read anew if anything changed since, or the day is another.
    pub fn refresh(
        self,
        reader: &dyn Reader,
        now: Moment,
        read: &dyn Fn(&dyn Reader) -> Result<WorkSummary, Error>,
    ) -> Result<Known, Error> {
        super::at_one_moment(reader, |reader| {
            let told_of = Some((reader.now()?, reader.assignments()?));
            let day = |at: Moment| karat_model::check::Day::of(at);
            let is_of_today = |it: &&Arc<WorkSummary>| day(it.as_of) == day(now);
            let summary = match self.summary.as_ref().filter(is_of_today) {
                Some(summary) if self.told_of == told_of => {
                    Arc::new(WorkSummary { as_of: now, ..WorkSummary::clone(summary) })
                }
                _ => Arc::new(read(reader)?),
            };
            Ok(Known { summary: Some(summary), told_of, looked_at: Some(now) })
        })
    }
}

#[cfg(test)]
mod tests {
    use karat_model::decision::{Identity, Ruling};

    use super::*;
    use crate::live::Writer;
    use crate::operate::tests::{HUB, World};
    use crate::view::{Change, ChangeRequest, HubReader, WorkItem, WorkQuery};

    const DAY: i64 = 24 * 60 * 60;

    /// A hub that links nothing by itself, and knows what customers are worth.
    fn world() -> World {
        let timid = HUB.replace("link_threshold: 0", "link_threshold: 40");
        let timid = timid.replace("review_band: 30", "review_band: 45");
        let world = World::saying(&format!(
            "{timid}attributes: {{ turnover: {{ type: number }} }}\nquality: {{ value: turnover }}\n"
        ));
        let source = std::fs::read_to_string(world.path("hub/sources/crm.yaml")).unwrap();
        let turnover = "  omzet: { type: number, attribute: turnover }\n";
        world.write("hub/sources/crm.yaml", &format!("{source}{turnover}"));
        let rows = std::fs::read_to_string(world.path("crm.csv")).unwrap();
        let mut lines = rows.lines();
        let mut worth = format!("{};omzet\n", lines.next().unwrap());
        lines.zip(1..).for_each(|(line, number)| worth += &format!("{line};{number}\n"));
        world.write("crm.csv", &worth);
        world.load();
        world
    }

    fn items(hub: &dyn HubReader, query: &WorkQuery, now: Moment) -> Vec<WorkItem> {
        hub.work(query, now, None, 1000).unwrap().items
    }

    fn change(world: &World, change: Change) {
        let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap();
        writer.change(&[ChangeRequest::of(change)]).pop().unwrap().unwrap();
        writer.close().unwrap();
    }

    /// The figures add up to the items that the queue lists.
    #[test]
    fn figures_are_those_of_the_items() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let all = items(&hub, &WorkQuery::default(), Moment(10));
        assert!(all.len() > 5 && all.iter().all(|item| item.worth_cents.is_some()));
        let worthy = WorkQuery { worth_cents_min: all[0].worth_cents, ..WorkQuery::default() };
        let expected = all.iter().filter(|item| item.worth_cents >= all[0].worth_cents).count();
        assert_eq!(items(&hub, &worthy, Moment(10)).len(), expected);
        let (mine, snoozed, open) = (&all[0], &all[1], &all[2]);
        let steward = || "eva".to_string();
        let pair = mine.assignment.pair.clone();
        let owner = Some("eva".to_string());
        change(&world, Change::Assign { pair, owner, former: None, steward: steward() });
        let (pair, until) = (snoozed.assignment.pair.clone(), Some(Moment(100)));
        change(&world, Change::Snooze { pair, until, steward: steward() });
        let [left, right] = open.assignment.pair.clone().map(|key| vec![key]);
        let rulings = vec![Ruling::Identity(Identity { left, right, verdict: Verdict::Unsure })];
        change(&world, Change::Decide { rulings, steward: steward(), reason: String::new() });

        for now in [10, 100, 40 * DAY] {
            let now = Moment(now);
            let fresh = world.hub().reader().unwrap();
            let summary = fresh.work_summary(now).unwrap();
            let listed = items(&hub, &WorkQuery::default(), now);
            assert_eq!(summary.items() as usize, listed.len());
            let worth: u64 = listed.iter().filter_map(|item| item.worth_cents).sum();
            assert_eq!(summary.ages.iter().filter_map(|band| band.worth_cents).sum::<u64>(), worth);
            let is_snoozed = WorkQuery { is_snoozed: true, ..WorkQuery::default() };
            assert_eq!(summary.snoozed as usize, items(&hub, &is_snoozed, now).len());
            assert_eq!(summary.owners, [("eva".to_string(), 1)]);
            assert_eq!(summary.unowned, summary.items() - 1);
            let old = summary.ages.iter().filter(|band| band.days_min >= 30);
            let old: u64 = old.map(|band| band.items).sum();
            assert_eq!(old, if now.0 > 30 * DAY { summary.items() } else { 0 });
            assert_eq!(summary.pairs, hub.work(&WorkQuery::default(), now, None, 1).unwrap().pairs);
        }
    }

    #[test]
    fn figures_are_told_anew_after_a_minute_if_something_changed() {
        let world = world();
        let hub = world.hub().reader().unwrap();
        let told = |now: i64| hub.work_summary(Moment(now)).unwrap();
        let before = told(10);
        let pair = items(&hub, &WorkQuery::default(), Moment(10)).remove(0).assignment.pair;
        let (owner, steward) = (Some("eva".to_string()), "eva".to_string());
        change(&world, Change::Assign { pair, owner, former: None, steward });
        assert!(Arc::ptr_eq(&told(69), &before), "it is not a minute ago");
        let after = told(70);
        assert_eq!((after.as_of, after.owners.len()), (Moment(70), 1));
        let later = told(200);
        assert_eq!(*later, WorkSummary { as_of: Moment(200), ..WorkSummary::clone(&after) });
    }
}
