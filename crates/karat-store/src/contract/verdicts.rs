//! What is promised of verdicts, of who has which value, and of tallies.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::attribute::EntityType;
use karat_model::finding::Dimension;
use karat_model::id::EntityId;

use super::findings::{finding, put_rules, record};
use super::{AT, Dice, deliver_people, load, moment};
use crate::{
    AttributeNo, FindingRow, LoadNo, Measure, MeasureNo, Publication, Reader, Result, RowNo,
    RuleNo, SourceNo, Store, SubjectNo, TallyRow, ValueKey, VerdictCounts, VerdictSet,
};

fn customer(number: u64) -> SubjectNo {
    SubjectNo::Customer(EntityId::from_u64(number))
}

fn set(verdicts: &[(SubjectNo, &[u8])]) -> VerdictSet {
    let mut set = VerdictSet::default();
    verdicts.iter().for_each(|(subject, bytes)| set.push(*subject, bytes));
    set
}

fn all(reader: &dyn Reader) -> Vec<(SubjectNo, Vec<u8>)> {
    let mut all = Vec::new();
    let visited = reader.verdicts(&mut |subject, bytes| {
        all.push((subject, bytes.to_vec()));
        Ok(())
    });
    visited.unwrap();
    all
}

fn owned(set: &VerdictSet) -> Vec<(SubjectNo, Vec<u8>)> {
    set.iter().map(|(subject, bytes)| (subject, bytes.to_vec())).collect()
}

fn replace_of(store: &mut dyn Store, subjects: &[SubjectNo], verdicts: &VerdictSet) {
    let replaced = store
        .change(AT, &mut |change| change.publication()?.replace_verdicts_of(subjects, verdicts));
    replaced.unwrap();
}

pub fn verdicts_are_replaced(store: &mut dyn Store) {
    let last = customer((1 << 60) - 1);
    let first: [(SubjectNo, &[u8]); 5] = [
        (record(1), b"one"),
        (record(15), b"\0"),
        (record(16), b"next bucket"),
        (customer(0), b"first"),
        (last, b"last"),
    ];
    let begun = load(store);
    let mut mixed = first;
    mixed.reverse();
    store.publish(begun, AT, &mut |p| p.replace_verdicts(set(&mixed))).unwrap();
    assert_eq!(all(store.reader()), owned(&set(&first)));
    let of = |store: &dyn Store, subjects: &[SubjectNo]| {
        owned(&store.reader().verdicts_of(subjects).unwrap())
    };
    assert_eq!(of(store, &[last, record(2), record(1), last]), owned(&set(&[first[0], first[4]])));
    assert_eq!(of(store, &[]), []);
    replace_of(store, &[record(1), customer(0), record(99)], &set(&[(record(2), b"two")]));
    let left = [(record(2), &b"two"[..]), first[1], first[2], first[4]];
    assert_eq!(all(store.reader()), owned(&set(&left)));
    replace_of(store, &[record(2), record(15)], &VerdictSet::default());
    assert_eq!(all(store.reader()), owned(&set(&[first[2], first[4]])));
    let twice = set(&[(record(5), b"first"), (record(5), b"second")]);
    store.publish(begun, AT, &mut |p| p.replace_verdicts(twice.clone())).unwrap();
    assert_eq!(all(store.reader()), owned(&set(&[(record(5), b"second")])));
}

/// A verdict of a rule is a byte of its own here: 0 passes, 1 fails, 2 is not applicable.
fn recount(verdicts: &BTreeMap<SubjectNo, Vec<u8>>) -> Vec<TallyRow> {
    let mut tallies: BTreeMap<(Option<SourceNo>, u64), VerdictCounts> = BTreeMap::new();
    for (subject, bytes) in verdicts {
        let source = matches!(subject, SubjectNo::Record(_)).then_some(SourceNo(1));
        for (rule, verdict) in (1..).zip(bytes) {
            let counts = tallies.entry((source, rule)).or_default();
            match verdict {
                0 => counts.pass += 1,
                1 => counts.fail += 1,
                _ => counts.not_applicable += 1,
            }
        }
    }
    tallies.into_iter().map(|((source, rule), counts)| tally(source, rule, None, counts)).collect()
}

fn tally(
    source: Option<SourceNo>,
    rule: u64,
    attribute: Option<u64>,
    counts: VerdictCounts,
) -> TallyRow {
    TallyRow {
        entity_type: Some(EntityType::Person),
        source,
        rule: RuleNo(rule),
        attribute: attribute.map(AttributeNo),
        dimension: Dimension::Currency,
        weight: 300,
        criticality: 2,
        counts,
    }
}

fn negative(tally: &TallyRow) -> TallyRow {
    let VerdictCounts { pass, fail, not_applicable, unverified, error } = tally.counts;
    let counts = VerdictCounts {
        pass: -pass,
        fail: -fail,
        not_applicable: -not_applicable,
        unverified: -unverified,
        error: -error,
    };
    TallyRow { counts, ..*tally }
}

pub fn a_random_sequence_keeps_verdicts_and_tallies(store: &mut dyn Store) {
    let mut dice = Dice(5);
    let mut told: BTreeMap<SubjectNo, Vec<u8>> = BTreeMap::new();
    for round in 0..80 {
        let subject = |dice: &mut Dice| match dice.below(2) {
            0 => record(1 + dice.below(40)),
            _ => customer(dice.below(20) << 41),
        };
        let subjects: BTreeSet<SubjectNo> =
            (0..1 + dice.below(6)).map(|_| subject(&mut dice)).collect();
        let mut now = told.clone();
        now.retain(|subject, _| !subjects.contains(subject));
        for subject in &subjects {
            let length = dice.below(4);
            let bytes: Vec<u8> = (0..length).map(|_| dice.below(3) as u8).collect();
            if !bytes.is_empty() {
                now.insert(*subject, bytes);
            }
        }
        let list: Vec<SubjectNo> = subjects.iter().copied().collect();
        if round % 20 == 19 {
            let begun = load(store);
            let mut verdicts = VerdictSet::default();
            now.iter().for_each(|(subject, bytes)| verdicts.push(*subject, bytes));
            let published = store.publish(begun, AT, &mut |publication| {
                publication.put_tallies(&recount(&now))?;
                publication.replace_verdicts(verdicts.clone())
            });
            published.unwrap();
        } else {
            // As a change does it: what was goes, what is comes.
            let changed = store.change(AT, &mut |change| {
                let before = change.reader().verdicts_of(&list)?;
                let before = owned(&before).into_iter().collect();
                let publication = change.publication()?;
                let mut verdicts = VerdictSet::default();
                let mut after = BTreeMap::new();
                for (subject, bytes) in now.iter().filter(|(of, _)| subjects.contains(of)) {
                    verdicts.push(*subject, bytes);
                    after.insert(*subject, bytes.clone());
                }
                publication.replace_verdicts_of(&list, &verdicts)?;
                let mut differences: Vec<TallyRow> =
                    recount(&before).iter().map(negative).collect();
                differences.extend(recount(&after));
                publication.add_tallies(&differences)
            });
            changed.unwrap();
        }
        told = now;
        assert!(all(store.reader()).into_iter().eq(told.clone()));
        assert_eq!(store.reader().tallies(None).unwrap(), recount(&told));
        let one = subject(&mut dice);
        let found = owned(&store.reader().verdicts_of(&[one]).unwrap());
        let expected: Vec<_> =
            told.get(&one).map(|bytes| (one, bytes.clone())).into_iter().collect();
        assert_eq!(found, expected);
    }
}

fn keys(pairs: &[(u64, SubjectNo)]) -> Vec<(ValueKey, SubjectNo)> {
    pairs.iter().map(|&(key, subject)| (ValueKey(key), subject)).collect()
}

/// The greatest key there is.
const LAST: u64 = (1 << 56) - 1;

pub fn who_has_which_value_is_told_both_ways(store: &mut dyn Store) {
    let [a, b] = [customer(5), customer((1 << 60) - 1)];
    let told = keys(&[(7, record(3)), (LAST, b), (7, record(1)), (7, a), (8, a), (7, record(1))]);
    let begun = load(store);
    store.publish(begun, AT, &mut |p| p.replace_value_keys(told.clone())).unwrap();
    let holders = |store: &dyn Store, wanted: &[u64]| {
        let wanted: Vec<ValueKey> = wanted.iter().copied().map(ValueKey).collect();
        store.reader().value_holders(&wanted).unwrap()
    };
    assert_eq!(holders(store, &[7]), keys(&[(7, record(1)), (7, record(3)), (7, a)]));
    // Near misses: the key beside it, in the same bucket and in another.
    assert_eq!(holders(store, &[6, LAST - 1, 1 << 40]), []);
    assert_eq!(holders(store, &[LAST, 8, LAST]), keys(&[(8, a), (LAST, b)]));
    let of =
        |store: &dyn Store, subjects: &[SubjectNo]| store.reader().value_keys_of(subjects).unwrap();
    assert_eq!(of(store, &[a, record(2), record(3)]), keys(&[(7, record(3)), (7, a), (8, a)]));
    let replace_of = |store: &mut dyn Store, subjects: &[SubjectNo], now: &[(u64, SubjectNo)]| {
        let mut changed = Vec::new();
        let replaced = store.change(AT, &mut |change| {
            changed = change.publication()?.replace_value_keys_of(subjects, &keys(now))?;
            Ok(())
        });
        replaced.unwrap();
        changed.iter().map(|key| key.0).collect::<Vec<_>>()
    };
    assert_eq!(replace_of(store, &[a], &[(8, a), (7, a)]), [0; 0]);
    assert_eq!(replace_of(store, &[a, record(1)], &[(8, a), (9, a), (9, record(1))]), [7, 9]);
    assert_eq!(holders(store, &[7, 9]), keys(&[(7, record(3)), (9, record(1)), (9, a)]));
    assert_eq!(replace_of(store, &[b], &[]), [LAST]);
    assert_eq!((holders(store, &[LAST]), of(store, &[b])), (vec![], vec![]));
    let begun = load(store);
    store.publish(begun, AT, &mut |p| p.replace_value_keys(vec![])).unwrap();
    assert_eq!((holders(store, &[7, 8, 9]), of(store, &[a, record(3)])), (vec![], vec![]));
}

pub fn a_random_sequence_keeps_who_has_which_value(store: &mut dyn Store) {
    let mut dice = Dice(3);
    let mut told: BTreeSet<(ValueKey, SubjectNo)> = BTreeSet::new();
    for _ in 0..60 {
        let key = |dice: &mut Dice| ValueKey(dice.below(8) << (dice.below(3) * 20));
        let subject = |dice: &mut Dice| match dice.below(2) {
            0 => record(1 + dice.below(40)),
            _ => customer(dice.below(20) << 41),
        };
        let subjects: Vec<SubjectNo> = (0..1 + dice.below(3)).map(|_| subject(&mut dice)).collect();
        let mut now = told.clone();
        now.retain(|(_, subject)| !subjects.contains(subject));
        let mut given = Vec::new();
        for subject in &subjects {
            for _ in 0..dice.below(3) {
                given.push((key(&mut dice), *subject));
            }
        }
        now.extend(given.iter().copied());
        let mut changed = Vec::new();
        let replaced = store.change(AT, &mut |change| {
            changed = change.publication()?.replace_value_keys_of(&subjects, &given)?;
            Ok(())
        });
        replaced.unwrap();
        let expected: BTreeSet<ValueKey> =
            told.symmetric_difference(&now).map(|(key, _)| *key).collect();
        assert!(changed.into_iter().eq(expected));
        told = now;
        let mut found = BTreeSet::new();
        let visited = store.reader().value_keys(&mut |key, subject| {
            assert!(found.insert((key, subject)), "told once");
            Ok(())
        });
        visited.unwrap();
        assert_eq!(found, told);
        let one = key(&mut dice);
        let holders = store.reader().value_holders(&[one]).unwrap();
        assert!(holders.into_iter().eq(told.iter().filter(|(key, _)| *key == one).copied()));
    }
}

fn counts(pass: i64, fail: i64) -> VerdictCounts {
    VerdictCounts { pass, fail, not_applicable: 1, unverified: 2, error: 3 }
}

pub fn tallies_are_put_and_added(store: &mut dyn Store) {
    let first = [
        tally(None, 1, None, counts(9, 1)),
        tally(None, 1, Some(4), counts(8, 0)),
        tally(Some(SourceNo(2)), 1, None, counts(7, 7)),
        TallyRow { entity_type: None, ..tally(Some(SourceNo(2)), 2, None, counts(1, 0)) },
    ];
    let shown = |store: &dyn Store| -> BTreeSet<TallyRow> {
        store.reader().tallies(None).unwrap().into_iter().collect()
    };
    let begun = load(store);
    store.publish(begun, AT, &mut |p| p.put_tallies(&first)).unwrap();
    assert_eq!(shown(store), BTreeSet::from(first));
    let mut more = first;
    more[0].counts = VerdictCounts { pass: -1, fail: 1, ..VerdictCounts::default() };
    more[1] = negative(&more[1]);
    more[2].weight = 1;
    let changed = store.change(AT, &mut |change| change.publication()?.add_tallies(&more[..3]));
    changed.unwrap();
    let doubled = VerdictCounts { not_applicable: 2, unverified: 4, error: 6, ..counts(14, 14) };
    let expected = [
        TallyRow { counts: counts(8, 2), ..first[0] },
        TallyRow { counts: doubled, weight: 1, ..first[2] },
        first[3],
    ];
    assert_eq!(shown(store), BTreeSet::from(expected));
    store.publish(begun, AT, &mut |p| p.put_tallies(&first[1..2])).unwrap();
    assert_eq!(shown(store), BTreeSet::from([first[1]]));
}

pub fn measures_keep_the_tallies_of_then(store: &mut dyn Store) {
    let first = [
        tally(None, 1, None, counts(9, 1)),
        TallyRow { entity_type: None, ..tally(Some(SourceNo(2)), 2, Some(7), counts(1, 0)) },
        tally(Some(SourceNo(2)), 1, Some(7), counts(1, 0)),
        tally(Some(SourceNo(2)), 1, None, counts(i64::MAX, 0)),
    ];
    deliver_people(store, 1);
    let begun = load(store);
    let published = store.publish(begun, moment(3), &mut |publication| {
        put_rules(publication)?;
        publication.put_tallies(&first)?;
        assert_eq!(publication.keep_measure(20_000, Some(4), "load")?, MeasureNo(1));
        publication.put_tallies(&first[..1])
    });
    published.unwrap();
    let kept = store.change(moment(4), &mut |change| {
        let publication = change.publication()?;
        assert_eq!(publication.keep_measure(20_001, None, "day")?, MeasureNo(2));
        Ok(())
    });
    kept.unwrap();
    let reader = store.reader();
    let mut expected = first;
    expected.sort_by_key(TallyRow::place);
    assert_eq!(reader.tallies(Some(MeasureNo(1))).unwrap(), expected);
    assert_eq!(reader.tallies(Some(MeasureNo(2))).unwrap(), first[..1]);
    assert_eq!(reader.tallies(Some(MeasureNo(3))).unwrap(), []);
    let measure = |no, at, load, as_of_day, release, reason: &str| Measure {
        no: MeasureNo(no),
        at: moment(at),
        load: LoadNo(load),
        as_of_day,
        release,
        reason: reason.into(),
    };
    let expected = [
        measure(1, 3, begun.0, 20_000, Some(4), "load"),
        measure(2, 4, begun.0 + 1, 20_001, None, "day"),
    ];
    assert_eq!(reader.measures().unwrap(), expected);
}

/// Says all there is of how good the data is; the fails are of this value.
pub fn judge(publication: &mut dyn Publication, value: u64) -> Result<()> {
    put_rules(publication)?;
    publication.number_attributes(&["email", "city"])?;
    publication.replace_findings(vec![finding(record(1), 1, 0, value), customer_fails(value)])?;
    let verdicts = set(&[(record(1), &[value as u8]), (customer(7), b"x")]);
    publication.replace_verdicts(verdicts)?;
    publication.replace_value_keys(keys(&[(value, record(1)), (9, record(2))]))?;
    publication.put_tallies(&[tally(None, 1, None, counts(value as i64, 1))])?;
    publication.replace_profiles_of(SourceNo(1), &[(0, vec![value as u8])])
}

/// Says the same of some subjects.
pub fn judge_some(publication: &mut dyn Publication, value: u64) -> Result<()> {
    put_rules(publication)?;
    publication.number_attributes(&["city"])?;
    let subjects = [record(1), customer(7), record(3)];
    let findings = [finding(record(1), 1, 0, value), customer_fails(value)];
    publication.replace_findings_of(&subjects, &findings)?;
    let verdicts = set(&[(record(1), &[value as u8]), (customer(7), b"x")]);
    publication.replace_verdicts_of(&subjects, &verdicts)?;
    let changed = publication.replace_value_keys_of(&subjects, &keys(&[(value, record(1))]))?;
    assert_eq!(changed, []);
    publication.add_tallies(&[tally(None, 1, None, VerdictCounts::default())])
}

fn customer_fails(value: u64) -> FindingRow {
    FindingRow { record: Some(RowNo(2)), ..finding(customer(7), 2, 0, value) }
}

pub fn profiles_are_replaced(store: &mut dyn Store) {
    deliver_people(store, 1);
    let replace = |store: &mut dyn Store, profiles: &[(u16, Vec<u8>)]| {
        let begun = load(store);
        let replaced =
            store.publish(begun, AT, &mut |p| p.replace_profiles_of(SourceNo(1), profiles));
        replaced.unwrap();
        assert_eq!(store.reader().profiles_of(SourceNo(1)).unwrap(), profiles);
        assert_eq!(store.reader().profiles_of(SourceNo(2)).unwrap(), []);
    };
    replace(store, &[(0, b"a\0".to_vec()), (7, vec![]), (u16::MAX, b"c".to_vec())]);
    replace(store, &[(0, b"a\0".to_vec()), (7, b"other".to_vec())]);
    replace(store, &[]);
    assert_eq!(store.reader().records_by_row(&[RowNo(1)]).unwrap().len(), 1);
}
