//! What is promised of findings: opened once, closed once, and what is open is what was told last.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::finding::{
    Closed, ClosedBecause, Dimension, FiledFinding, FindingNo, FindingState, Rule, RuleName,
    RuleVersion, Severity, Subject, ValueDigest,
};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::{AT, deliver, deliver_people, entity, id, key, load, moment, publish};
use crate::{
    AttributeNo, Error, FindingChanges, FindingFilter, FindingRow, Place, Publication, Reader,
    Result, RowNo, RuleNo, SourceNo, Step, Store, SubjectNo, Withdrawn,
};

/// A rule of this name and version.
pub fn rule(name: &str, version: u64) -> Rule {
    Rule {
        name: RuleName::new(name),
        version: RuleVersion(version),
        scope: "records".into(),
        severity: Severity::Error,
        dimension: Dimension::Validity,
        definition: format!("{name} {version}"),
    }
}

/// Says that there are three rules, in their first versions.
pub fn put_rules(publication: &mut dyn Publication) -> Result<[RuleNo; 3]> {
    let rules = ["invalid_iban", "reachable", "adult"].map(|name| rule(name, u64::MAX));
    Ok(publication.put_rules(&rules)?.try_into().expect("there are three"))
}

pub fn record(row: u64) -> SubjectNo {
    SubjectNo::Record(RowNo(row))
}

/// A finding about a column.
pub fn finding(subject: SubjectNo, rule: u64, column: u16, value: u64) -> FindingRow {
    let place = Place { column: Some(column), ..Place::default() };
    let value = Some(ValueDigest(value));
    FindingRow { subject, rule: RuleNo(rule), place, value, record: None }
}

fn replace(store: &mut dyn Store, at: Moment, findings: &[FindingRow]) -> FindingChanges {
    let load = load(store);
    let mut changes = FindingChanges::default();
    let published = store.publish(load, at, &mut |publication| {
        put_rules(publication)?;
        changes = publication.replace_findings(findings.to_vec())?;
        Ok(())
    });
    published.unwrap();
    changes
}

fn replace_of(
    store: &mut dyn Store,
    at: Moment,
    subjects: &[SubjectNo],
    findings: &[FindingRow],
) -> FindingChanges {
    let mut changes = FindingChanges::default();
    let changed = store.change(at, &mut |change| {
        changes = change.publication()?.replace_findings_of(subjects, findings)?;
        Ok(())
    });
    changed.unwrap();
    changes
}

fn changes(opened: u64, closed: u64) -> FindingChanges {
    FindingChanges { opened, closed }
}

pub fn open(reader: &dyn Reader) -> Vec<FindingRow> {
    let mut open = Vec::new();
    let visited = reader.open_findings(&mut |row| {
        open.push(row);
        Ok(())
    });
    visited.unwrap();
    open
}

/// The findings of some subjects as `1 e closed`: number, column, why closed.
fn shown(found: &[FiledFinding]) -> String {
    let show = |finding: &FiledFinding| {
        let column = finding.column.as_deref().unwrap_or("-");
        let closed = finding.closed.map_or("open", |closed| closed.because.name());
        format!("{} {column} {closed}", finding.no.0)
    };
    found.iter().map(show).collect::<Vec<_>>().join(", ")
}

pub fn what_fails_is_opened_once_and_closed_once(store: &mut dyn Store) {
    deliver(store, "crm", "id name iban\n 1 Jan 5\n 2 Bo 6\n 3 Eva 7");
    let all = [finding(record(2), 1, 1, 9), finding(record(1), 1, 1, 8)];
    assert_eq!(replace(store, moment(1), &[all[0], all[1], all[0]]), changes(2, 0));
    assert_eq!(open(store.reader()), [all[1], all[0]]);
    let first = store.reader().finding(FindingNo(1)).unwrap().unwrap();
    let expected = FiledFinding {
        no: FindingNo(1),
        rule: RuleName::new("invalid_iban"),
        version: RuleVersion(u64::MAX),
        subject: Subject::Record(key("crm/1")),
        attribute: None,
        slot: 0,
        record: Some(key("crm/1")),
        column: Some("iban".into()),
        value: Some(ValueDigest(8)),
        opened_at: moment(1),
        closed: None,
    };
    assert_eq!(first, expected);
    assert_eq!(store.reader().finding(FindingNo(3)).unwrap(), None);

    assert_eq!(replace(store, moment(2), &all), changes(0, 0));
    assert_eq!(replace(store, moment(3), &all[..1]), changes(0, 1));
    assert_eq!(replace(store, moment(4), &all[..1]), changes(0, 0));
    let closed = store.reader().finding(FindingNo(1)).unwrap().unwrap();
    let because = ClosedBecause::Passes;
    assert_eq!(closed, FiledFinding { closed: Some(Closed { at: moment(3), because }), ..first });
    // What fails again is another finding.
    assert_eq!(replace(store, moment(5), &all), changes(1, 0));
    let of_first = store.reader().findings_of(&[record(1)]).unwrap();
    assert_eq!(shown(&of_first), "1 iban passes, 3 iban open");
    assert_eq!(of_first[1].opened_at, moment(5));
    assert_eq!(replace(store, moment(6), &[]), changes(0, 2));
    assert_eq!(open(store.reader()), []);
}

pub fn what_is_closed_says_why(store: &mut dyn Store) {
    deliver(store, "crm", "id name iban\n 1 Jan 5\n 2 Bo 6\n 3 Eva 7\n 4 Ada 8");
    publish(store, &[entity('a', "Ede", &[1, 2]), entity('b', "Epe", &[3])]).unwrap();
    let customer = |letter| SubjectNo::Customer(id(letter));
    let of_customer = |letter, row| FindingRow {
        record: Some(RowNo(row)),
        value: None,
        place: Place::default(),
        ..finding(customer(letter), 2, 0, 0)
    };
    let all = [
        finding(record(1), 1, 1, 9),
        finding(record(2), 1, 1, 9),
        finding(record(3), 3, 1, 9),
        finding(record(4), 1, 1, 9),
        of_customer('a', 1),
        of_customer('b', 3),
    ];
    replace(store, moment(1), &all);
    deliver(store, "crm", "id name iban\n 2");
    let load = load(store);
    let published = store.publish(load, moment(2), &mut |publication| {
        let rules = ["invalid_iban", "reachable"].map(|name| rule(name, u64::MAX));
        assert_eq!(publication.put_rules(&rules)?, [RuleNo(1), RuleNo(2)]);
        publication.retire_entity(id('b'), Some(id('a')))?;
        // Another value fails at the first; another record says the one of the customer.
        let now = vec![FindingRow { value: Some(ValueDigest(7)), ..all[0] }, of_customer('a', 2)];
        assert_eq!(publication.replace_findings(now)?, changes(1, 5));
        Ok(())
    });
    published.unwrap();
    let of = |subject| shown(&store.reader().findings_of(&[subject]).unwrap());
    assert_eq!(of(record(1)), "1 iban value_changed, 7 iban open");
    assert_eq!(of(record(2)), "2 iban subject_gone");
    assert_eq!(of(record(3)), "3 iban rule_gone");
    assert_eq!(of(record(4)), "4 iban passes");
    assert_eq!(of(customer('b')).split(' ').next_back(), Some("subject_gone"));
    let mut of_a = store.reader().findings_of(&[customer('a')]).unwrap();
    let of_a = of_a.pop().unwrap();
    assert_eq!((of_a.record, of_a.opened_at), (Some(key("crm/2")), moment(1)));
    assert_eq!(of_a.subject, Subject::Customer(id('a')));
}

pub fn findings_of_subjects_are_replaced(store: &mut dyn Store) {
    deliver(store, "crm", "id name iban\n 1 Jan 5\n 2 Bo 6\n 3 Eva 7");
    let [a, b, c] = [1, 2, 3].map(|row| finding(record(row), 1, 1, 9));
    replace(store, moment(1), &[a, b]);
    assert_eq!(replace_of(store, moment(2), &[record(2), record(3)], &[c]), changes(1, 1));
    assert_eq!(open(store.reader()), [a, c]);
    assert_eq!(replace_of(store, moment(3), &[record(3)], &[c]), changes(0, 0));
    assert_eq!(replace_of(store, moment(3), &[], &[]), changes(0, 0));
    // Another column is another place, another rule another finding.
    let others = [finding(record(3), 1, 0, 9), finding(record(3), 2, 1, 9)];
    assert_eq!(replace_of(store, moment(4), &[record(3)], &others), changes(2, 1));
    assert_eq!(open(store.reader()), [a, others[0], others[1]]);
    let stopped = store.change(moment(5), &mut |change| {
        assert_eq!(change.publication()?.replace_findings(vec![])?, changes(0, 3));
        assert_eq!(open(change.reader()), []);
        Err(Error::Stopped)
    });
    assert!(matches!(stopped, Err(Error::Stopped)));
    assert_eq!(open(store.reader()), [a, others[0], others[1]]);
    // More subjects than are looked up at a time, and more than are closed at a time.
    let load = super::load(store);
    let many: Vec<FindingRow> = (0..500).map(|column| finding(record(2), 1, column, 9)).collect();
    store.publish(load, moment(6), &mut |p| p.replace_findings(many.clone()).map(drop)).unwrap();
    assert_eq!(open(store.reader()).len(), 500);
    let subjects: Vec<SubjectNo> = (1..90).map(record).collect();
    assert_eq!(replace_of(store, moment(7), &subjects, &many[..40]), changes(0, 460));
    assert_eq!(open(store.reader()), many[..40]);
}

pub fn rules_keep_their_numbers(store: &mut dyn Store) {
    let put = |store: &mut dyn Store, rules: &[Rule]| {
        let mut numbers = Vec::new();
        let put = store.change(AT, &mut |change| {
            numbers = change.publication()?.put_rules(rules)?;
            Ok(())
        });
        put.unwrap();
        numbers.iter().map(|number| number.0).collect::<Vec<_>>()
    };
    let current = |store: &dyn Store| -> Vec<(u64, u64)> {
        let rules = store.reader().rules().unwrap();
        let current = rules.iter().filter(|stored| stored.is_current);
        current.map(|stored| (stored.no.0, stored.rule.version.0)).collect()
    };
    assert_eq!(put(store, &[rule("b", 5), rule("a", 6)]), [1, 2]);
    assert_eq!(put(store, &[rule("a", 6), rule("b", 5), rule("c", 1)]), [2, 1, 3]);
    assert_eq!(current(store), [(1, 5), (2, 6), (3, 1)]);
    assert_eq!(put(store, &[rule("b", 7)]), [1]);
    assert_eq!(current(store), [(1, 7)]);
    // A version that was there before is that version.
    assert_eq!(put(store, &[rule("c", 1), rule("b", 5)]), [3, 1]);
    assert_eq!(current(store), [(1, 5), (3, 1)]);
    let rules = store.reader().rules().unwrap();
    assert_eq!(rules.len(), 4);
    assert_eq!(rules[1].rule, rule("b", 7));
    let number = &mut |names: &[&str]| {
        let mut numbers = Vec::new();
        let numbered = store.change(AT, &mut |change| {
            numbers = change.publication()?.number_attributes(names)?;
            Ok(())
        });
        numbered.unwrap();
        numbers.iter().map(|number| number.0).collect::<Vec<_>>()
    };
    assert_eq!(number(&["email", "city", "email"]), [1, 2, 1]);
    assert_eq!(number(&["iban", "city"]), [3, 2]);
    let expected = [(1, "email"), (2, "city"), (3, "iban")];
    let expected = expected.map(|(number, name)| (AttributeNo(number), name.to_string()));
    assert_eq!(store.reader().attributes().unwrap(), expected);
}

pub fn only_rules_that_are_asked_open_findings(store: &mut dyn Store) {
    deliver_people(store, 1);
    let opened = |store: &mut dyn Store, number: u64, rules: &[Rule]| {
        store.change(AT, &mut |change| {
            change.publication()?.put_rules(rules)?;
            let row = finding(record(1), number, 0, 9);
            change.publication()?.replace_findings(vec![row]).map(drop)
        })
    };
    let unknown = opened(store, 1, &[]);
    assert!(matches!(unknown, Err(Error::UnknownRule(RuleNo(1)))));
    opened(store, 1, &[rule("a", 1)]).unwrap();
    let gone = opened(store, 1, &[rule("b", 1)]);
    // What is open stays open.
    gone.unwrap();
    let gone = store.change(AT, &mut |change| {
        let row = finding(record(1), 1, 1, 9);
        change.publication()?.replace_findings(vec![row]).map(drop)
    });
    assert!(matches!(gone, Err(Error::UnknownRule(RuleNo(1)))));
}

pub fn findings_are_listed(store: &mut dyn Store) {
    deliver(store, "crm", "id name iban\n 1 Jan 5\n 2 Bo 6");
    deliver(store, "erp", "id bank\n 7 5");
    publish(store, &[entity('a', "Ede", &[1, 3])]).unwrap();
    let load = load(store);
    let mut attributes = Vec::new();
    let published = store.publish(load, moment(1), &mut |publication| {
        put_rules(publication)?;
        attributes = publication.number_attributes(&["email", "iban"])?;
        let place = Place { attribute: Some(attributes[1]), slot: 1, column: None };
        let customer = FindingRow {
            place,
            record: Some(RowNo(3)),
            ..finding(SubjectNo::Customer(id('a')), 2, 0, 9)
        };
        let whole = Place::default();
        let of = |subject| FindingRow { place: whole, value: None, ..finding(subject, 3, 0, 0) };
        publication.replace_findings(vec![
            finding(record(1), 1, 1, 9),
            finding(record(2), 1, 1, 9),
            finding(record(3), 1, 0, 9),
            customer,
            of(SubjectNo::Attribute(attributes[0])),
            of(SubjectNo::Source(SourceNo(1))),
        ])?;
        Ok(())
    });
    published.unwrap();
    replace_of(store, moment(9), &[record(2)], &[]);
    let list = |filter: &FindingFilter| -> Vec<u64> {
        let found = store.reader().findings(filter, FindingNo(0), 99).unwrap();
        found.iter().map(|finding| finding.no.0).collect()
    };
    let all = FindingFilter::default();
    assert_eq!(list(&all), [1, 2, 3, 4, 5, 6]);
    let rule = |name| FindingFilter { rule: Some(RuleName::new(name)), ..all.clone() };
    assert_eq!(list(&rule("invalid_iban")), [1, 2, 3]);
    assert_eq!(list(&FindingFilter { is_open: Some(true), ..rule("invalid_iban") }), [1, 3]);
    assert_eq!(list(&rule("unheard_of")), [0; 0]);
    let source = |source| FindingFilter { source: Some(SourceNo(source)), ..all.clone() };
    assert_eq!(list(&source(1)), [1, 2, 6]);
    assert_eq!(list(&source(2)), [3, 4]);
    assert_eq!(list(&FindingFilter { is_open: Some(false), ..source(1) }), [2]);
    assert_eq!(list(&FindingFilter { since: Some(moment(9)), ..all.clone() }), [2]);
    assert_eq!(list(&FindingFilter { since: Some(moment(1)), ..source(2) }), [3, 4]);
    let of = |customers| FindingFilter { of_customers: Some(customers), ..all.clone() };
    assert_eq!([list(&of(true)), list(&of(false))], [vec![4], vec![1, 2, 3]]);
    assert_eq!(list(&FindingFilter { of_customers: Some(true), ..source(2) }), [4]);
    let next = store.reader().findings(&all, FindingNo(3), 2).unwrap();
    let shown = |finding: &FiledFinding| (finding.subject.clone(), finding.attribute.clone());
    let expected = [
        (Subject::Customer(id('a')), Some("iban".to_string())),
        (Subject::Attribute("email".into()), None),
    ];
    assert_eq!(next.iter().map(shown).collect::<Vec<_>>(), expected);
    assert_eq!((next[0].slot, next[0].record.clone()), (1, Some(key("erp/7"))));
    let last = store.reader().finding(FindingNo(6)).unwrap().unwrap();
    assert_eq!((last.subject, last.record), (Subject::Source(SourceName::new("crm")), None));
}

pub fn a_random_sequence_keeps_the_findings_told_last(store: &mut dyn Store) {
    let rows: String = (1..=20).map(|number| format!("{number} Jansen 7\n")).collect();
    deliver(store, "crm", &format!("id name iban\n{rows}"));
    let mut dice = super::Dice(11);
    // Subject, rule and column; the value, the record, and since when it is open.
    type Key = (SubjectNo, u64, u16);
    type Of = (u64, Option<u64>, i64);
    type Told = BTreeMap<Key, Of>;
    let mut told = Told::new();
    let mut closed = 0;
    replace(store, AT, &[]);
    for round in 1..80 {
        let subject = |dice: &mut super::Dice| match dice.below(3) {
            0 => SubjectNo::Customer(karat_model::id::EntityId::from_u64(dice.below(6) << 40)),
            _ => record(1 + dice.below(20)),
        };
        let is_load = dice.below(8) == 0;
        let subjects: BTreeSet<SubjectNo> =
            (0..dice.below(5)).map(|_| subject(&mut dice)).collect();
        let mut now: Told = match is_load {
            true => {
                told.iter().filter(|_| dice.below(4) > 0).map(|(key, of)| (*key, *of)).collect()
            }
            false => told
                .iter()
                .filter(|(key, _)| !subjects.contains(&key.0))
                .map(|(key, of)| (*key, *of))
                .collect(),
        };
        for subject in &subjects {
            for _ in 0..dice.below(4) {
                let key = (*subject, 1 + dice.below(3), dice.below(2) as u16);
                let record = matches!(subject, SubjectNo::Customer(_)).then(|| 1 + dice.below(2));
                now.insert(key, (dice.below(2), record, round));
            }
        }
        let row = |(&(subject, rule, column), &(value, record, _)): (&Key, &Of)| FindingRow {
            record: record.map(RowNo),
            ..finding(subject, rule, column, value)
        };
        // Another value is another finding, another record is not.
        let mut expected = FindingChanges::default();
        for (key, of) in &mut now {
            match told.get(key).filter(|known| known.0 == of.0) {
                Some(known) => of.2 = known.2,
                None => expected.opened += 1,
            }
        }
        let stays = |(key, of): &(&Key, &Of)| now.get(*key).is_some_and(|now| now.0 == of.0);
        expected.closed = told.iter().filter(|told| !stays(told)).count() as u64;
        closed += expected.closed;
        let rows: Vec<FindingRow> = now.iter().map(row).collect();
        let changes = if is_load {
            replace(store, moment(round), &rows)
        } else {
            let of_subjects: Vec<FindingRow> =
                rows.iter().filter(|row| subjects.contains(&row.subject)).copied().collect();
            let subjects: Vec<SubjectNo> = subjects.into_iter().collect();
            replace_of(store, moment(round), &subjects, &of_subjects)
        };
        assert_eq!(changes, expected);
        told = now;
        assert_eq!(open(store.reader()), rows);
        let everyone: Vec<SubjectNo> = told.keys().map(|key| key.0).collect();
        let found = store.reader().findings_of(&everyone).unwrap();
        let open = found.iter().filter(|finding| finding.closed.is_none());
        let mut since: Vec<i64> = open.map(|finding| finding.opened_at.0 - AT.0).collect();
        since.sort_unstable();
        let mut expected: Vec<i64> = told.values().map(|of| of.2).collect();
        expected.sort_unstable();
        assert_eq!(since, expected, "what is open keeps its number and its moment");
    }
    let is_closed = FindingFilter { is_open: Some(false), ..FindingFilter::default() };
    let found = store.reader().findings(&is_closed, FindingNo(0), 9999).unwrap();
    assert_eq!(found.len() as u64, closed);
    assert!(closed > 50);
}

pub fn steps_are_kept_and_undone(store: &mut dyn Store) {
    deliver_people(store, 2);
    replace(store, AT, &[finding(record(1), 1, 0, 9), finding(record(2), 1, 0, 9)]);
    let [first, second] = [1, 2].map(FindingNo);
    let mut steps = Vec::new();
    let stepped = store.change(moment(5), &mut |change| {
        use FindingState::{AcceptedAsIs, Acknowledged};
        steps.push(change.step(first, Acknowledged, None, "eva", "seen")?);
        steps.push(change.step(second, Acknowledged, None, "eva", "")?);
        steps.push(change.step(first, AcceptedAsIs, Some(moment(99)), "jan", "foreign")?);
        assert!(change.undo_step(steps[2], "eva", "no")?);
        assert!(!change.undo_step(steps[2], "eva", "again")?);
        // Undoing is no step that could be undone.
        let undoing = karat_model::finding::StepNo(steps[2].0 + 1);
        assert!(!change.undo_step(undoing, "eva", "")?);
        Ok(())
    });
    stepped.unwrap();
    let found = store.reader().steps_of(first).unwrap();
    let step = |at: usize, state, steward: &str, reason: &str| Step {
        no: steps[at],
        state,
        until: None,
        steward: steward.into(),
        at: moment(5),
        reason: reason.into(),
        undone: None,
    };
    let undone = Withdrawn { steward: "eva".into(), at: moment(5), reason: "no".into() };
    let accepted = Step {
        until: Some(moment(99)),
        undone: Some(undone),
        ..step(2, FindingState::AcceptedAsIs, "jan", "foreign")
    };
    assert_eq!(found, [step(0, FindingState::Acknowledged, "eva", "seen"), accepted]);
    assert_eq!(store.reader().steps_of(second).unwrap().len(), 1);
    assert!(!store.reader().is_behind().unwrap(), "nothing follows from steps");
}

pub fn findings_with_steps_are_listed(store: &mut dyn Store) {
    const MANY: u64 = 70;
    deliver_people(store, MANY);
    let findings: Vec<FindingRow> = (1..=MANY).map(|no| finding(record(no), 1, 0, 9)).collect();
    replace(store, AT, &findings);
    let stepped = store.change(moment(5), &mut |change| {
        // The later finding first, so that steps are not in the order of findings.
        for no in (1..=MANY).rev().filter(|no| no % 2 == 0) {
            let step = change.step(FindingNo(no), FindingState::Sent, None, "eva", "")?;
            change.step(FindingNo(no), FindingState::Acknowledged, None, "jan", "")?;
            if no % 4 == 0 {
                assert!(change.undo_step(step, "eva", "")?);
            }
        }
        Ok(())
    });
    stepped.unwrap();
    let numbers: Vec<FindingNo> = (1..=MANY).map(FindingNo).collect();
    let steps = store.reader().steps_of_findings(&numbers).unwrap();
    let mut expected = Vec::new();
    for &no in &numbers {
        let of_one = store.reader().steps_of(no).unwrap();
        assert_eq!(of_one.len(), if no.0 % 2 == 0 { 2 } else { 0 });
        expected.extend(of_one.into_iter().map(|step| (no, step)));
    }
    assert_eq!(steps, expected);
    assert_eq!(steps.iter().filter(|(_, step)| step.undone.is_some()).count(), 17);
    assert_eq!(store.reader().steps_of_findings(&[]).unwrap(), []);
    let listed = |after, limit| -> Vec<u64> {
        let found = store.reader().stepped_findings(FindingNo(after), limit).unwrap();
        found.iter().map(|finding| finding.no.0).collect()
    };
    assert_eq!(listed(0, 3), [2, 4, 6]);
    assert_eq!(listed(6, 2), [8, 10]);
    assert_eq!(listed(66, 99), [68, 70]);
    assert_eq!(listed(70, 99), [0; 0]);
}

pub fn which_records_arrived_by_a_publication_is_told(store: &mut dyn Store) {
    let mut publish_at = |table: &str, at: i64| {
        deliver(store, "crm", table);
        let load = super::load(store);
        store.publish(load, moment(at), &mut |_| Ok(())).unwrap();
        store.finish_load(load, moment(at), "{}").unwrap();
    };
    publish_at("id name\n1 Jansen\n2 Bakker\n3 Smit", 10);
    publish_at("id name\n2 Bakkers", 20);
    publish_at("id name\n2 Bakkers\n3 Smits", 30);
    publish_at("id name\n2 Bakkerss\n1", 40);
    let rows = [1, 2, 3].map(RowNo);
    let arrived = |at: i64| -> Vec<u64> {
        let arrived = store.reader().arrived_by(&rows, moment(at)).unwrap();
        arrived.iter().map(|row| row.0).collect()
    };
    assert_eq!(arrived(10), [1, 2, 3]);
    assert_eq!(arrived(20), [2]);
    assert_eq!(arrived(30), [3], "what arrived as it was is no arrival");
    assert_eq!(arrived(40), [1, 2], "a record that goes arrives as well");
    for at in [9, 15, 41] {
        assert_eq!(arrived(at), [0; 0], "nothing was published at {at}");
    }
    assert_eq!(store.reader().arrived_by(&[], moment(10)).unwrap(), []);
}
