//! Decisions of invented stewards about records `a`, `b`, `c`… of one source.
//!
//! `ab=c` says that a, b and c are the same, `a!bc` that a is another than b and c, `a~b` that they
//! are related, `a?b` that it is open, `a:bc>d` that a goes from b and c to d, `[ab]` locks a and b.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn key(id: &str) -> RecordKey {
    format!("crm/{id}").parse().unwrap()
}

fn keys(ids: &str) -> Vec<RecordKey> {
    ids.chars().map(|id| key(&id.to_string())).collect()
}

fn decision(no: u64, ruling: Ruling) -> Decision {
    let (steward, reason) = ("eva".into(), "".into());
    Decision { no: DecisionNo(no), ruling, steward, at: Moment(0), reason }
}

fn ruling(text: &str) -> Ruling {
    if let Some(locked) = text.strip_prefix('[') {
        return Ruling::Lock(keys(locked.strip_suffix(']').unwrap()));
    }
    if let Some((record, ends)) = text.split_once(':') {
        let (from, to) = ends.split_once('>').unwrap();
        return Ruling::Move { record: key(record), from: keys(from), to: keys(to) };
    }
    let at = text.find(['=', '!', '~', '?']).unwrap();
    let verdict = match text.as_bytes()[at] {
        b'=' => Verdict::Same,
        b'!' => Verdict::Different,
        b'~' => Verdict::Related,
        _ => Verdict::Unsure,
    };
    let (left, right) = (keys(&text[..at]), keys(&text[at + 1..]));
    Ruling::Identity(Identity { left, right, verdict })
}

fn decisions(texts: &[&str]) -> Vec<Decision> {
    (1..).zip(texts).map(|(no, text)| decision(no, ruling(text))).collect()
}

fn ids(records: &[RecordKey]) -> String {
    records.iter().map(|record| &*record.id).collect()
}

fn written(standing: &Standing) -> String {
    let sides = |list: &[[Vec<RecordKey>; 2]], sign: &str| -> Vec<String> {
        list.iter().map(|[left, right]| ids(left) + sign + &ids(right)).collect()
    };
    let mut shown: Vec<String> = standing.same.iter().map(|group| ids(group)).collect();
    shown.extend(sides(&standing.different, "!"));
    shown.extend(sides(&standing.related, "~"));
    shown.extend(sides(&standing.unsure, "?"));
    shown.extend(standing.locked.iter().map(|group| format!("[{}]", ids(group))));
    shown.join(" ")
}

/// What stands, such as `abc a!d`, and which number is overruled by which.
fn check(texts: &[&str], expected: &str, overruled: &[(u64, u64)]) {
    let standing = Standing::of(&decisions(texts));
    assert_eq!(written(&standing), expected, "{texts:?}");
    let found: Vec<(u64, u64)> =
        standing.overruled.iter().map(|over| (over.no.0, over.by.0)).collect();
    assert_eq!(found, overruled, "{texts:?}");
}

#[test]
fn later_decisions_outrank_those_they_contradict() {
    check(&["a=b"], "ab", &[]);
    check(&["a=b", "b=c", "c!d"], "abc c!d", &[]);
    check(&["a!b", "a=b"], "ab", &[(1, 2)]);
    check(&["a=b", "a!b"], "a!b", &[(1, 2)]);
    check(&["a~b", "a=b"], "ab", &[(1, 2)]);
    check(&["a=b", "a~b"], "a~b", &[(1, 2)]);
    // Near misses: what does not contradict stands.
    check(&["a=b", "a!c"], "ab a!c", &[]);
    check(&["a!b", "a~b"], "a!b a~b", &[]);
}

#[test]
fn same_reaches_on_through_others() {
    check(&["a!c", "a=b", "b=c"], "abc", &[(1, 3)]);
    check(&["a=b", "a!c", "b=c"], "bc a!c", &[(1, 2)]);
    check(&["b=c", "a!c", "a=b"], "ab a!c", &[(1, 2)]);
}

#[test]
fn the_decision_that_overrules_is_one_of_those_in_the_way() {
    // What else was decided about the group later is not to blame.
    check(&["a!b", "a=b", "b=c", "c=d"], "abcd", &[(1, 2)]);
    check(&["a!c", "a=b", "b=c", "c=d"], "abcd", &[(1, 3)]);
}

#[test]
fn sides_of_several_records_stand_apart_as_a_whole() {
    check(&["ab!cd", "b=e"], "be ab!cd", &[]);
    check(&["b=c", "ab!cd"], "ab!cd", &[(1, 2)]);
    check(&["e=c", "ab!cd", "e=b"], "be ab!cd", &[(1, 2)]);
    // Two of one side may well be one.
    check(&["ab!cd", "a=b", "c=d"], "ab cd ab!cd", &[]);
}

#[test]
fn what_is_open_is_settled_by_what_is_known() {
    check(&["a?b"], "a?b", &[]);
    check(&["a?b", "a=b"], "ab", &[]);
    check(&["a=b", "a?b"], "ab", &[]);
    check(&["a?b", "bc!a"], "a!bc", &[]);
    check(&["a?b", "[b]"], "[b]", &[]);
    check(&["ab?cd", "a=c"], "ac ab?cd", &[]);
}

#[test]
fn a_moved_record_leaves_the_one_and_joins_the_other() {
    check(&["a=bc", "d=e", "a:bc>de"], "ade a!bc", &[(1, 3)]);
    check(&["a:abc>d"], "ad a!bc", &[]);
    // To nobody: it is a customer of its own.
    check(&["a:bc>"], "a!bc", &[]);
    // A later word about either side takes all of it back.
    check(&["a:b>c", "a=b"], "ab", &[(1, 2)]);
    check(&["a:b>c", "a!c"], "a!c", &[(1, 2)]);
    check(&["a:b>c", "b=c"], "bc", &[(1, 2)]);
    // Near miss: others may join the customer it left, and the one it went to.
    check(&["a:b>c", "b=d", "c=e"], "ace bd a!b", &[]);
}

#[test]
fn a_locked_customer_takes_nobody_in_and_loses_nobody() {
    check(&["[ab]"], "ab [ab]", &[]);
    check(&["[a]"], "[a]", &[]);
    check(&["b=c", "[ab]"], "ab [ab]", &[(1, 2)]);
    check(&["a!b", "[ab]"], "ab [ab]", &[(1, 2)]);
    check(&["[abc]", "[cd]"], "cd [cd]", &[(1, 2)]);
    // Near misses: what says no more than the lock, and another customer.
    check(&["a=b", "[ab]", "c=d", "[ef]"], "ab cd ef [ab] [ef]", &[]);
}

#[test]
fn a_later_same_lets_another_in_and_the_lock_holds_for_all() {
    check(&["[ab]", "b=c"], "abc [abc]", &[]);
    check(&["c=d", "[ab]", "b=c"], "abc [abc]", &[(1, 2)]);
    check(&["[ab]", "[cd]", "b=c"], "bcd [bcd]", &[(1, 2)]);
    check(&["[ab]", "a!b"], "a!b", &[(1, 2)]);
    check(&["[ab]", "a:b>c"], "ac a!b", &[(1, 2)]);
}

#[test]
fn what_contradicts_itself_never_stands() {
    check(&["ab!bc"], "", &[(1, 1)]);
    check(&["a:b>bc"], "", &[(1, 1)]);
    check(&["a=a", "=", "[]", "a!"], "", &[]);
}

#[test]
fn undoing_lets_what_was_overruled_stand_again() {
    let all = decisions(&["a=b", "a!b", "b=c"]);
    let without_second = Standing::of([&all[0], &all[2]]);
    assert_eq!(without_second.same, [keys("abc")]);
    assert!(without_second.overruled.is_empty());
    assert_eq!(Standing::of(&all).same, [keys("bc")]);
}

#[test]
fn the_last_value_settled_is_shown() {
    let settled = |no, record: &str, value: &str| {
        let value = SettledValue::Text(value.into());
        let (record, attribute) = (key(record), "city".to_string());
        decision(no, Ruling::Value(Settled { record, attribute, slot: 0, value }))
    };
    let all = [settled(1, "a", "Ede"), settled(2, "a", "Breda"), settled(3, "b", "Oss")];
    let standing = Standing::of(&all);
    let of_a = standing.settled_of(&key("a"));
    assert_eq!(of_a.iter().map(|it| it.no.0).collect::<Vec<_>>(), [2]);
    assert_eq!(of_a[0].settled.value, SettledValue::Text("Breda".into()));
    assert_eq!(standing.settled_of(&key("b"))[0].no, DecisionNo(3));
    assert!(standing.settled_of(&key("c")).is_empty());
    assert_eq!(standing.overruled, [Overruled { no: DecisionNo(1), by: DecisionNo(2) }]);
}

#[test]
fn what_is_decided_about_two_records_reaches_those_that_are_the_same() {
    let standing = Standing::of(&decisions(&["a=b", "b!c", "c~d", "a?e", "[fg]", "e?h"]));
    for (pair, expected) in [
        ("ab", Some(Verdict::Same)),
        ("ac", Some(Verdict::Different)),
        ("cd", Some(Verdict::Related)),
        ("be", Some(Verdict::Unsure)),
        ("fa", Some(Verdict::Different)),
        ("fg", Some(Verdict::Same)),
        ("fx", Some(Verdict::Different)),
        ("ad", None),
        ("xy", None),
    ] {
        let [left, right] = [&keys(pair)[0], &keys(pair)[1]];
        assert_eq!(standing.verdict(left, right), expected, "{pair}");
        assert_eq!(standing.verdict(right, left), expected, "{pair}");
    }
}

#[test]
fn what_concerns_some_records_is_found_without_the_rest() {
    let standing = Standing::of(&decisions(&["a=b", "bx!cy", "d=e", "[fg]", "a~d", "h=i", "i!j"]));
    assert_eq!(ids(&standing.near(&keys("ax"))), "abx");
    assert_eq!(written(&standing.of_records(&keys("ac"))), "ab b!c");
    assert_eq!(written(&standing.of_records(&keys("bd"))), "ab de a~d");
    assert_eq!(written(&standing.of_records(&keys("f"))), "fg [fg]");
    assert_eq!(written(&standing.of_records(&keys("jz"))), "");
}

#[test]
fn a_change_names_the_records_that_it_touches() {
    let changed = |before: &[&str], after: &[&str]| {
        let [before, after] = [before, after].map(|texts| Standing::of(&decisions(texts)));
        ids(&after.changed_since(&before))
    };
    assert_eq!(changed(&["a=b"], &["a=b", "c!d"]), "cd");
    assert_eq!(changed(&["a=b", "c=d"], &["a=b", "c=d", "b=c"]), "abcd");
    // The last one overrules the first, of which it names but one record.
    assert_eq!(changed(&["ax!b", "e=f"], &["ax!b", "e=f", "a=b"]), "abx");
    assert_eq!(changed(&["a=b"], &["a=b", "a=b"]), "");
}

/// Pairs that are the same, pairs that are apart, and the numbers of overruled decisions.
type Naive = (Vec<(char, char)>, Vec<(char, char)>, Vec<u64>);

const ALL: &str = "abcdef";

/// What decisions come to, by trying all pairs of all records: slow, and simple enough to believe.
/// `z` stands for records that nobody names.
fn naive(decisions: &[Decision]) -> Naive {
    let everybody: Vec<char> = ALL.chars().chain(['z']).collect();
    let mut group: BTreeMap<char, usize> = everybody.iter().copied().zip(0..).collect();
    let mut apart: Vec<(char, char)> = Vec::new();
    let mut overruled = Vec::new();
    let mut last_first: Vec<&Decision> = decisions.iter().collect();
    last_first.sort_by_key(|decision| std::cmp::Reverse(decision.no));
    let letters = |records: &[RecordKey]| -> Vec<char> { ids(records).chars().collect() };
    let across = |left: &[char], right: &[char]| -> Vec<(char, char)> {
        left.iter().flat_map(|&l| right.iter().map(move |&r| (l, r))).collect()
    };
    for decision in last_first {
        let (mut tried, mut kept) = (group.clone(), apart.clone());
        let mut join = |records: &[char]| {
            for pair in records.windows(2) {
                let (to, gone) = (tried[&pair[0]], tried[&pair[1]]);
                tried.values_mut().filter(|group| **group == gone).for_each(|it| *it = to);
            }
        };
        match &decision.ruling {
            Ruling::Identity(Identity { left, right, verdict }) => match verdict {
                Verdict::Same => join(&letters(&[left.clone(), right.clone()].concat())),
                Verdict::Unsure => {}
                _ => kept.extend(across(&letters(left), &letters(right))),
            },
            Ruling::Move { record, from, to } => {
                let moved = letters(std::slice::from_ref(record));
                join(&[moved.clone(), letters(to)].concat());
                let mut from = letters(from);
                from.retain(|one| *one != moved[0]);
                kept.extend(across(&moved, &from));
            }
            Ruling::Lock(records) => {
                let inside = letters(records);
                join(&inside);
                let is_in = |one: &char| inside.first().is_some_and(|in_| tried[in_] == tried[one]);
                let (members, others): (Vec<char>, Vec<char>) =
                    everybody.iter().partition(|one| is_in(one));
                kept.extend(across(&members, &others));
            }
            Ruling::Value(_) => {}
        }
        if kept.iter().any(|(left, right)| tried[left] == tried[right]) {
            overruled.push(decision.no.0);
        } else {
            (group, apart) = (tried, kept);
        }
    }
    let pairs = across(&everybody, &everybody).into_iter().filter(|(l, r)| l < r);
    let is_apart = |&(l, r): &(char, char)| {
        apart.iter().any(|(x, y)| {
            (group[x], group[y]) == (group[&l], group[&r])
                || (group[x], group[y]) == (group[&r], group[&l])
        })
    };
    let pairs: Vec<(char, char)> = pairs.collect();
    let same = pairs.iter().copied().filter(|(l, r)| group[l] == group[r]).collect();
    (same, pairs.iter().copied().filter(is_apart).collect(), overruled)
}

fn any_records(sizes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<RecordKey>> {
    prop::sample::subsequence(ALL.chars().collect::<Vec<_>>(), sizes)
        .prop_map(|letters| letters.iter().map(|letter| key(&letter.to_string())).collect())
}

fn any_ruling() -> impl Strategy<Value = Ruling> {
    let verdict = prop::sample::select(vec![
        Verdict::Same,
        Verdict::Same,
        Verdict::Different,
        Verdict::Related,
        Verdict::Unsure,
    ]);
    let identity = (any_records(0..3), any_records(0..3), verdict);
    let moved = (any_records(1..2), any_records(0..3), any_records(0..3));
    prop_oneof![
        4 => identity.prop_map(|(left, right, verdict)| {
            Ruling::Identity(Identity { left, right, verdict })
        }),
        1 => moved.prop_map(|(record, from, to)| {
            Ruling::Move { record: record[0].clone(), from, to }
        }),
        1 => any_records(0..4).prop_map(Ruling::Lock),
        1 => (any_records(1..2), 0..2u8).prop_map(|(record, slot)| {
            let record = record[0].clone();
            let value = SettledValue::OfRecord;
            Ruling::Value(Settled { record, attribute: "city".into(), slot, value })
        }),
    ]
}

fn any_decisions() -> impl Strategy<Value = Vec<Decision>> {
    prop::collection::vec(any_ruling(), 0..9)
        .prop_map(|rulings| (1..).zip(rulings).map(|(no, it)| decision(no, it)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_stands_is_what_trying_all_pairs_gives(decisions in any_decisions()) {
        let standing = Standing::of(&decisions);
        let (same, apart, overruled) = naive(&decisions);
        let pairs = ALL.chars().chain(['z']).flat_map(|l| ALL.chars().chain(['z']).map(move |r| (l, r)));
        for (l, r) in pairs.filter(|(l, r)| l < r) {
            let found = standing.verdict(&key(&l.to_string()), &key(&r.to_string()));
            prop_assert_eq!(found == Some(Verdict::Same), same.contains(&(l, r)), "{}{}", l, r);
            let is_apart = found.is_some_and(Verdict::keeps_apart);
            prop_assert_eq!(is_apart, apart.contains(&(l, r)), "{}{} {:?}", l, r, found);
        }
        let of_identity = standing.overruled.iter().map(|it| it.no.0).filter(|no| {
            !matches!(decisions[*no as usize - 1].ruling, Ruling::Value(_))
        });
        prop_assert_eq!(of_identity.collect::<Vec<_>>(), overruled);
    }

    #[test]
    fn no_order_of_decisions_and_undos_changes_what_stands(
        decisions in any_decisions(),
        undone in prop::collection::vec(any::<bool>(), 9),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut left: Vec<&Decision> =
            decisions.iter().zip(&undone).filter(|(_, undone)| !**undone).map(|(it, _)| it).collect();
        let standing = Standing::of(left.iter().copied());
        if !left.is_empty() {
            let turn = seed.index(left.len());
            left.rotate_left(turn);
            left.reverse();
        }
        prop_assert_eq!(Standing::of(left), standing);
    }

    #[test]
    fn undoing_the_latest_gives_what_stood_before(rulings in prop::collection::vec(any_ruling(), 1..9)) {
        let mut journal: Vec<Decision> = Vec::new();
        let mut stood = Vec::new();
        for (no, ruling) in (1..).zip(rulings) {
            stood.push(Standing::of(&journal));
            journal.push(decision(no, ruling));
        }
        while let Some(before) = stood.pop() {
            journal.pop();
            prop_assert_eq!(Standing::of(&journal), before);
        }
    }

    #[test]
    fn an_overruled_decision_stands_without_those_that_overrule_it(decisions in any_decisions()) {
        let mut left: Vec<Decision> = decisions.clone();
        let Some(over) = Standing::of(&left).overruled.first().copied() else { return Ok(()) };
        prop_assert!(over.by >= over.no);
        while let Some(over) = Standing::of(&left).overruled.iter().find(|it| it.no == over.no) {
            if over.by == over.no {
                break;
            }
            let by = left.len();
            left.retain(|decision| decision.no != over.by);
            prop_assert_eq!(left.len(), by - 1);
        }
    }

    #[test]
    fn whether_a_decision_counts_hangs_on_later_ones_alone(
        decisions in any_decisions(),
        earlier in 0..9u64,
    ) {
        let later = decisions.iter().filter(|decision| decision.no.0 > earlier);
        let overruled = Standing::of(&decisions).overruled.into_iter();
        let of_later: Vec<_> = overruled.filter(|over| over.no.0 > earlier).collect();
        prop_assert_eq!(Standing::of(later).overruled, of_later);
    }

    #[test]
    fn what_concerns_some_records_says_the_same_of_them(
        decisions in any_decisions(),
        some in any_records(0..5),
    ) {
        let standing = Standing::of(&decisions);
        let part = standing.of_records(&some);
        for left in &some {
            prop_assert_eq!(part.settled_of(left), standing.settled_of(left));
            for right in &some {
                prop_assert_eq!(part.verdict(left, right), standing.verdict(left, right));
            }
        }
        prop_assert_eq!(&part.of_records(&some), &part);
        prop_assert_eq!(part.near(&some), standing.near(&some));
    }

    #[test]
    fn what_did_not_change_says_the_same_as_before(
        decisions in any_decisions(),
        undone in any::<prop::sample::Index>(),
    ) {
        let before = Standing::of(&decisions);
        let undone = undone.index(decisions.len().max(1));
        let left = decisions.iter().enumerate().filter(|(at, _)| *at != undone);
        let after = Standing::of(left.map(|(_, decision)| decision));
        let changed = after.changed_since(&before);
        let changed = [after.near(&changed), before.near(&changed)].concat();
        let untouched: Vec<RecordKey> =
            keys(ALL).into_iter().filter(|record| !changed.contains(record)).collect();
        prop_assert_eq!(after.of_records(&untouched).same, before.of_records(&untouched).same);
        for left in &untouched {
            prop_assert_eq!(after.settled_of(left), before.settled_of(left));
            for right in &untouched {
                prop_assert_eq!(after.verdict(left, right), before.verdict(left, right));
            }
        }
    }
}
