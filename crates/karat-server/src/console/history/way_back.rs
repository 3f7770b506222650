//! The way back to a version: the decisions by which its customer becomes as it was.
//!
//! A customer follows from its records, the match model and the decisions, so nothing is ever put
//! back by hand. What was decided since is undone, what was undone since is decided again; and where
//! the machine itself brought records together or apart since, a decision says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use karat_hub::view::{Circumstances, DecisionView, EntityView, Lineage};
use karat_model::decision::{DecisionNo, Identity, Ruling};
use karat_model::id::{EntityId, RecordKey};

/// A customer then and now, and what is known of the time in between.
pub(super) struct Between<'a> {
    /// The customer as it was.
    pub then: &'a EntityView,
    /// What its records are in now; `None` when none of them is left.
    pub now: Option<&'a EntityView>,
    /// Where the values came from, then and now, as far as that is known.
    pub lineage: [Option<&'a Lineage>; 2],
    /// What was so then, and where the records of now were that were not with it.
    pub circumstances: &'a Circumstances,
    /// Where the records are now that were with it then and are not now, in their order.
    pub places: &'a [Option<EntityId>],
    /// The journal, the latest first.
    pub journal: &'a [DecisionView],
    /// Whether it goes further back than these.
    pub is_journal_cut: bool,
}

/// What is to be done to get a version back.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WayBack {
    /// Decisions that were made since.
    pub undo: Vec<DecisionView>,
    /// Decisions that counted then and were undone since.
    pub again: Vec<DecisionView>,
    /// The records that stayed with the customer.
    pub stayed: Vec<RecordKey>,
    /// Records of other customers that came since; by the customers that they were with then.
    pub came: Vec<Group>,
    /// Records that nobody had then.
    pub new: Vec<RecordKey>,
    /// Records that are with other customers now; by these.
    pub went: Vec<Group>,
    /// Records that their sources deleted since.
    pub deleted: Vec<RecordKey>,
    /// The names of the attributes that have other values because sources, or rules, say otherwise.
    pub told_otherwise: Vec<String>,
    /// Whether there may be more decisions that matter.
    pub is_partial: bool,
}

/// Records that were, or are, with another customer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The other customer.
    pub other: EntityId,
    /// The records.
    pub records: Vec<RecordKey>,
    /// Whether a decision that is undone, or made again, moves them back.
    pub is_decided: bool,
}

impl WayBack {
    /// What is to be done to get from now to then.
    pub fn of(between: &Between) -> WayBack {
        let Between { then, now, circumstances, places, .. } = between;
        let before: BTreeSet<&RecordKey> = then.records.iter().collect();
        let stayed = now.iter().flat_map(|now| &now.records).filter(|key| before.contains(key));
        let stayed: Vec<RecordKey> = stayed.cloned().collect();
        let [came, went] = between.passed();
        let (came, new) = grouped(&came, &circumstances.entities);
        let (went, deleted) = grouped(&went, places);
        let mut way = WayBack { stayed, came, new, went, deleted, ..between.decided_otherwise() };
        way.settle(between);
        way
    }

    /// Whether the customer is as it was.
    pub fn is_there(&self) -> bool {
        let WayBack { undo, again, stayed: _, came, new, went, deleted, told_otherwise, .. } = self;
        undo.is_empty()
            && again.is_empty()
            && came.is_empty()
            && new.is_empty()
            && went.is_empty()
            && deleted.is_empty()
            && told_otherwise.is_empty()
    }

    /// Whether undoing and deciding again alone lead back, with all ids.
    pub fn is_exact(&self) -> bool {
        let by_decision = |group: &Group| group.is_decided;
        self.came.iter().chain(&self.went).all(by_decision)
            && self.new.is_empty()
            && self.deleted.is_empty()
            && self.told_otherwise.is_empty()
            && !self.is_partial
    }

    /// Tells what decisions bring back from what they do not.
    fn settle(&mut self, between: &Between) {
        let decided = || self.undo.iter().chain(&self.again).map(|view| &view.decision.ruling);
        let named: BTreeSet<RecordKey> = decided()
            .filter(|ruling| !matches!(ruling, Ruling::Value(_)))
            .flat_map(Ruling::records)
            .cloned()
            .collect();
        let settled: BTreeSet<String> = decided()
            .filter_map(|ruling| match ruling {
                Ruling::Value(settled) => Some(settled.attribute.clone()),
                _ => None,
            })
            .collect();
        for group in self.came.iter_mut().chain(&mut self.went) {
            group.is_decided = group.records.iter().any(|key| named.contains(key));
        }
        let mut otherwise = between.changed();
        otherwise
            .retain(|name| !settled.contains(name) && !self.follows_from_records(between, name));
        self.told_otherwise = otherwise;
    }

    /// Whether an attribute has another value because the customer has other records.
    fn follows_from_records(&self, between: &Between, name: &str) -> bool {
        let groups = self.came.iter().chain(&self.went).flat_map(|group| &group.records);
        let passed: BTreeSet<&RecordKey> = groups.chain(&self.new).chain(&self.deleted).collect();
        if passed.is_empty() {
            return false;
        }
        let [Some(then), Some(now)] = between.lineage else { return true };
        let mut origins = then.origins(name).into_iter().chain(now.origins(name));
        origins.any(|origin| origin.record.is_some_and(|record| passed.contains(&record)))
    }
}

impl Between<'_> {
    /// The records that came since, and those that went; in order.
    pub fn passed(&self) -> [Vec<RecordKey>; 2] {
        passed(self.then, self.now)
    }

    /// The attributes that have other values now.
    fn changed(&self) -> Vec<String> {
        let Some(now) = self.now else { return Vec::new() };
        let names: BTreeSet<&String> = self.then.values.keys().chain(now.values.keys()).collect();
        let changed =
            names.into_iter().filter(|name| self.then.values.get(*name) != now.values.get(*name));
        changed.cloned().collect()
    }

    /// The decisions that count now and did not then, and the other way round, as far as they matter
    /// for this customer.
    fn decided_otherwise(&self) -> WayBack {
        let Some(last) = self.circumstances.decision else {
            return WayBack { is_partial: !self.journal.is_empty(), ..WayBack::default() };
        };
        let [came, went] = self.passed();
        let passed: BTreeSet<&RecordKey> = came.iter().chain(&went).collect();
        let own: BTreeSet<&RecordKey> =
            self.then.records.iter().chain(self.now.iter().flat_map(|now| &now.records)).collect();
        let changed = self.changed();
        let matters = |ruling: &Ruling| match ruling {
            // What a record that came since was said to show goes with it.
            Ruling::Value(settled) => {
                self.then.records.contains(&settled.record) && changed.contains(&settled.attribute)
            }
            ruling => {
                ruling.records().any(|key| passed.contains(key))
                    && ruling.records().filter(|key| own.contains(key)).nth(1).is_some()
            }
        };
        let (mut undo, mut again) = (Vec::new(), Vec::new());
        for view in self.journal.iter().filter(|view| matters(&view.decision.ruling)) {
            let is_since = view.decision.no > last;
            let undone_since = view.undone.as_ref().is_some_and(|undone| undone.no > last);
            match (is_since, &view.undone) {
                (true, None) => undo.push(view.clone()),
                (false, Some(_)) if undone_since => again.push(view.clone()),
                _ => {}
            }
        }
        // What a decision that stays overrules does not count anyway.
        let undone: BTreeSet<DecisionNo> = undo.iter().map(|view| view.decision.no).collect();
        undo.retain(|view| view.overruled_by.is_none_or(|by| undone.contains(&by)));
        again.reverse();
        WayBack { undo, again, is_partial: self.is_journal_cut, ..WayBack::default() }
    }
}

/// The records that came since, and those that went; in order.
pub(super) fn passed(then: &EntityView, now: Option<&EntityView>) -> [Vec<RecordKey>; 2] {
    let before: BTreeSet<&RecordKey> = then.records.iter().collect();
    let after: BTreeSet<&RecordKey> = now.iter().flat_map(|now| &now.records).collect();
    let only = |one: &BTreeSet<&RecordKey>, other: &BTreeSet<&RecordKey>| {
        one.difference(other).map(|key| (*key).clone()).collect()
    };
    [only(&after, &before), only(&before, &after)]
}

/// Records by the customers that they were with, and those that were with none.
fn grouped(records: &[RecordKey], places: &[Option<EntityId>]) -> (Vec<Group>, Vec<RecordKey>) {
    let mut groups: BTreeMap<EntityId, Vec<RecordKey>> = BTreeMap::new();
    let mut nowhere = Vec::new();
    let places = places.iter().copied().chain(std::iter::repeat(None));
    for (key, place) in records.iter().zip(places) {
        match place {
            Some(other) => groups.entry(other).or_default().push(key.clone()),
            None => nowhere.push(key.clone()),
        }
    }
    let group = |(other, records)| Group { other, records, is_decided: false };
    (groups.into_iter().map(group).collect(), nowhere)
}

/// A record that moved, as two rulings: it is another customer than some, and the same as others.
pub(super) fn as_identities(ruling: &Ruling) -> Vec<Identity> {
    use karat_model::evidence::Verdict;
    match ruling {
        Ruling::Identity(identity) => vec![identity.clone()],
        Ruling::Move { record, from, to } => {
            let others = |keys: &[RecordKey]| -> Vec<RecordKey> {
                keys.iter().filter(|key| *key != record).cloned().collect()
            };
            let identity = |right: Vec<RecordKey>, verdict| Identity {
                left: vec![record.clone()],
                right,
                verdict,
            };
            let both =
                [identity(others(from), Verdict::Different), identity(others(to), Verdict::Same)];
            both.into_iter().filter(|identity| !identity.right.is_empty()).collect()
        }
        Ruling::Value(_) | Ruling::Lock(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use karat_hub::view::Undone;
    use karat_model::attribute::EntityType;
    use karat_model::decision::{Decision, Settled, SettledValue};
    use karat_model::evidence::Verdict;
    use karat_model::record::Moment;

    use super::*;

    fn keys(text: &str) -> Vec<RecordKey> {
        text.split_whitespace().map(|key| key.parse().unwrap()).collect()
    }

    fn id(of: &str) -> EntityId {
        EntityId::founded_by(&of.parse().unwrap())
    }

    fn entity(records: &str, city: &str) -> EntityView {
        EntityView {
            id: id("crm/1"),
            entity_type: EntityType::Person,
            title: "Bo Bakker".into(),
            values: BTreeMap::from([("city".into(), vec![city.into()])]),
            records: keys(records),
        }
    }

    fn decided(no: u64, ruling: Ruling, undone: Option<u64>) -> DecisionView {
        let (steward, reason) = ("eva".to_string(), String::new());
        let undone = undone.map(|no| Undone {
            no: DecisionNo(no),
            steward: steward.clone(),
            at: Moment(no as i64),
            reason: String::new(),
        });
        let decision =
            Decision { no: DecisionNo(no), ruling, steward, at: Moment(no as i64), reason };
        DecisionView { decision, undone, overruled_by: None }
    }

    fn identity(left: &str, right: &str, verdict: Verdict) -> Ruling {
        Ruling::Identity(Identity { left: keys(left), right: keys(right), verdict })
    }

    /// What is to be done; the version had taken in the journal up to 4.
    fn way(
        then: &EntityView,
        now: Option<&EntityView>,
        then_with: Option<&str>,
        now_with: Option<&str>,
        journal: &[DecisionView],
    ) -> WayBack {
        let [came, went] = passed(then, now);
        let entities = came.iter().map(|_| then_with.map(id)).collect();
        let circumstances = Circumstances { decision: Some(DecisionNo(4)), entities };
        let places: Vec<Option<EntityId>> = went.iter().map(|_| now_with.map(id)).collect();
        let lineage = [None, None];
        let circumstances = &circumstances;
        let places = &places[..];
        WayBack::of(&Between {
            then,
            now,
            lineage,
            circumstances,
            places,
            journal,
            is_journal_cut: false,
        })
    }

    fn numbers(views: &[DecisionView]) -> Vec<u64> {
        views.iter().map(|view| view.decision.no.0).collect()
    }

    #[test]
    fn a_merge_by_decision_goes_back_by_its_undo_alone() {
        let (then, now) = (entity("crm/1", "Ede"), entity("crm/1 shop/7 shop/8", "Epe"));
        let merge = decided(5, identity("crm/1", "shop/7", Verdict::Same), None);
        // Of others, from before, and of no effect here.
        let others = [
            decided(8, identity("crm/5", "shop/9", Verdict::Same), None),
            decided(7, identity("crm/1", "crm/9", Verdict::Different), None),
            decided(6, identity("shop/7", "shop/8", Verdict::Same), Some(9)),
            merge,
            decided(3, identity("crm/1", "shop/7", Verdict::Unsure), None),
        ];
        let back = way(&then, Some(&now), Some("shop/7"), None, &others);
        assert_eq!((numbers(&back.undo), numbers(&back.again)), (vec![5], vec![]));
        assert!(back.is_exact() && !back.is_there());
        let [group] = &back.came[..] else { panic!("{back:?}") };
        assert_eq!((group.other, &group.records), (id("shop/7"), &keys("shop/7 shop/8")));
        assert!(group.is_decided, "shop/8 came along");
        assert_eq!(back.stayed, keys("crm/1"));
    }

    #[test]
    fn what_the_machine_did_is_decided_otherwise() {
        let (then, now) = (entity("crm/1 crm/2", "Ede"), entity("crm/1 shop/7", "Ede"));
        let back = way(&then, Some(&now), Some("shop/7"), Some("crm/2"), &[]);
        assert!(!back.is_exact());
        assert_eq!((back.undo.len(), back.stayed), (0, keys("crm/1")));
        let of = |groups: &[Group]| {
            groups.iter().map(|it| (it.records.clone(), it.is_decided)).collect::<Vec<_>>()
        };
        assert_eq!(of(&back.came), [(keys("shop/7"), false)]);
        assert_eq!(of(&back.went), [(keys("crm/2"), false)]);
    }

    #[test]
    fn a_decision_that_was_undone_since_is_made_again() {
        let (then, now) = (entity("crm/1 crm/2", "Ede"), entity("crm/1", "Ede"));
        let undone = [decided(2, identity("crm/1", "crm/2", Verdict::Same), Some(6))];
        let back = way(&then, Some(&now), None, Some("crm/2"), &undone);
        assert_eq!(numbers(&back.again), [2]);
        assert!(back.is_exact() && back.went[0].is_decided);
        // It was undone before the version already.
        let undone = [decided(2, identity("crm/1", "crm/2", Verdict::Same), Some(3))];
        let back = way(&then, Some(&now), None, Some("crm/2"), &undone);
        assert!(back.again.is_empty() && !back.is_exact());
    }

    #[test]
    fn what_a_decision_overrules_is_undone_with_it_only() {
        let (then, now) = (entity("crm/1 crm/2", "Ede"), entity("crm/1", "Ede"));
        let same = decided(5, identity("crm/1", "crm/2", Verdict::Same), None);
        let overruled = DecisionView { overruled_by: Some(DecisionNo(6)), ..same };
        let apart = decided(6, identity("crm/1", "crm/2", Verdict::Different), None);
        let back = way(&then, Some(&now), None, Some("crm/2"), &[apart, overruled.clone()]);
        assert_eq!(numbers(&back.undo), [6, 5], "else the earlier one would count again");
        let back = way(&then, Some(&now), None, Some("crm/2"), &[overruled]);
        assert_eq!(numbers(&back.undo), [0; 0]);
    }

    #[test]
    fn values_go_back_by_undo_or_not_at_all() {
        let (then, now) = (entity("crm/1", "Ede"), entity("crm/1", "Epe"));
        let value = |attribute: &str| {
            Ruling::Value(Settled {
                record: keys("crm/1").remove(0),
                attribute: attribute.into(),
                slot: 0,
                value: SettledValue::Text("Epe".into()),
            })
        };
        let back = way(&then, Some(&now), None, None, &[decided(5, value("city"), None)]);
        assert_eq!((numbers(&back.undo), back.is_exact()), (vec![5], true));
        // Of a record that came since, it goes with the record.
        let [came, then_of_it] = [entity("crm/1 shop/7", "Epe"), entity("shop/7", "Ede")];
        let journal = [decided(5, value("city"), None)];
        let back = way(&then_of_it, Some(&came), Some("crm/1"), None, &journal);
        assert_eq!(numbers(&back.undo), [0; 0]);
        let back = way(&then, Some(&now), None, None, &[decided(5, value("email"), None)]);
        assert_eq!((numbers(&back.undo), &back.told_otherwise[..]), (vec![], &["city".into()][..]));
        assert!(!back.is_exact() && !back.is_there());
        assert!(way(&then, Some(&then), None, None, &[]).is_there());
    }

    #[test]
    fn records_that_came_new_or_are_gone_are_told_apart() {
        let (then, now) = (entity("crm/1 crm/2", "Ede"), entity("crm/1 shop/7", "Ede"));
        let back = way(&then, Some(&now), None, None, &[]);
        assert_eq!((back.new, back.deleted), (keys("shop/7"), keys("crm/2")));
        let nobody = way(&then, None, None, None, &[]);
        assert_eq!((nobody.stayed, nobody.deleted), (vec![], keys("crm/1 crm/2")));
    }

    #[test]
    fn a_move_is_told_as_what_it_means() {
        let ruling = Ruling::Move {
            record: keys("crm/1").remove(0),
            from: keys("crm/1 crm/2"),
            to: keys("shop/7"),
        };
        let told = as_identities(&ruling).into_iter().map(|it| (it.right, it.verdict));
        let expected = [(keys("crm/2"), Verdict::Different), (keys("shop/7"), Verdict::Same)];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
