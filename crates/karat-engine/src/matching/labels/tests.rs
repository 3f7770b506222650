//! Labels on small invented tables, whose truth is known.

use karat_model::attribute::AttributeSet;
use karat_model::decision::Standing;
use karat_model::match_settings::MatchSettings;
use karat_model::partition::Partition;
use karat_model::table::{RecordNo, RecordTable};

use crate::matching::labels::Labelled;
use crate::matching::progress::Unwatched;
use crate::matching::tests::{people, population, train};
use crate::matching::{Candidates, Matched, Matcher};

/// The two records of a person stand beside each other.
fn is_same(left: RecordNo, right: RecordNo) -> bool {
    left / 2 == right / 2
}

fn table_of(rows: &[String]) -> RecordTable {
    people(rows.iter().map(String::as_str))
}

/// F1 over pairs of records.
fn f1(partition: &Partition) -> f64 {
    let pairs_of = |members: &[RecordNo]| members.len() * (members.len() - 1) / 2;
    let found: usize = partition.clusters().map(pairs_of).sum();
    let right_in =
        |members: &[RecordNo]| members.windows(2).filter(|pair| is_same(pair[0], pair[1])).count();
    let right: usize = partition.clusters().map(right_in).sum();
    let persons = partition.clusters().map(<[RecordNo]>::len).sum::<usize>() / 2;
    2.0 * right as f64 / (found + persons) as f64
}

/// What somebody who knows the truth says of the pairs that are worth asking about.
fn answers(
    matcher: &Matcher,
    matched: &Matched,
    known: &[Labelled],
    wanted: usize,
) -> Vec<Labelled> {
    let questions = matcher.questions(matched, known, &[], wanted);
    questions
        .iter()
        .map(|asked| Labelled::new(asked.left, asked.right, is_same(asked.left, asked.right)))
        .collect()
}

/// Makes the weights wrong: an agreeing city tells all, and a date of birth nothing.
fn spoil(matcher: &mut Matcher) {
    for comparison in &mut matcher.model.comparisons {
        for level in comparison.levels.iter_mut().skip(1) {
            match comparison.name.as_str() {
                "birth_date" => level.weight = 0,
                "address" => level.weight += 6 * 256,
                _ => {}
            }
        }
    }
    matcher.weighed = None;
}

fn taught_by<'a>(
    table: &'a RecordTable,
    attributes: &'a AttributeSet,
    labels: &[Labelled],
) -> Matcher<'a> {
    let settings = MatchSettings::standard();
    let taught = Matcher::train_with_labels(
        table,
        attributes,
        &settings,
        labels,
        Candidates::All,
        &Unwatched,
    );
    taught.unwrap()
}

#[test]
fn labels_repair_weights_that_are_wrong() {
    let rows = population();
    let table = table_of(&rows);
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    let mut matcher = train(&table, &attributes);
    spoil(&mut matcher);
    matcher.set_thresholds(&settings, 0.9).unwrap();
    let spoilt = matcher.partition(&Standing::default()).unwrap();
    let mut labels: Vec<Labelled> = Vec::new();
    let mut found = spoilt.clone();
    for _ in 0..4 {
        labels.extend(answers(&matcher, &found, &labels, 50));
        matcher = train(&table, &attributes);
        spoil(&mut matcher);
        matcher.set_thresholds(&settings, 0.9).unwrap();
        matcher.learn_labels(&labels, &settings).unwrap();
        matcher.set_thresholds(&settings, 0.9).unwrap();
        found = matcher.partition(&Standing::default()).unwrap();
    }
    let (before, after) = (f1(&spoilt.partition), f1(&found.partition));
    assert!(before < 0.9 && after > 0.99, "{before} became {after}");
}

#[test]
fn ten_labels_do_not_wreck_a_good_model() {
    let rows = population();
    let table = table_of(&rows);
    let attributes = AttributeSet::builtin();
    let mut matcher = train(&table, &attributes);
    let without = matcher.partition(&Standing::default()).unwrap();
    let asked = answers(&matcher, &without, &[], 10);
    // Nor when some of the answers are slips.
    let mut slips = asked.clone();
    slips.iter_mut().take(3).for_each(|label| label.is_same = !label.is_same);
    for labels in [asked, slips] {
        let mut taught = taught_by(&table, &attributes, &labels);
        let found = f1(&taught.partition(&Standing::default()).unwrap().partition);
        assert!(found > 0.98, "{found}");
    }
}

#[test]
fn labels_teach_and_do_not_force() {
    let rows = population();
    let table = table_of(&rows);
    let attributes = AttributeSet::builtin();
    // Two records that are equal in all, of which somebody says otherwise.
    let labels = [Labelled::new(1, 0, false)];
    let mut taught = taught_by(&table, &attributes, &labels);
    let partition = taught.partition(&Standing::default()).unwrap().partition;
    assert_eq!(partition.cluster_of(0), partition.cluster_of(1));
    assert_eq!((taught.model.training.labels.same, taught.model.training.labels.different), (0, 1));
}

#[test]
fn the_order_of_labels_does_not_matter_and_none_change_nothing() {
    let rows = population();
    let table = table_of(&rows);
    let attributes = AttributeSet::builtin();
    let model = |labels: &[Labelled]| taught_by(&table, &attributes, labels).model;
    let label = |at: u32| {
        let (left, right) = (at * 2, if at.is_multiple_of(3) { at * 2 + 1 } else { at * 2 + 3 });
        Labelled::new(left, right, is_same(left, right))
    };
    let labels: Vec<Labelled> = (0..60).map(label).collect();
    let turned: Vec<Labelled> = labels.iter().rev().copied().collect();
    assert_eq!(model(&labels).id(), model(&turned).id());
    assert_eq!(model(&[]), train(&table, &attributes).model);
    assert_ne!(model(&labels).id(), model(&[]).id());
}

#[test]
fn questions_are_doubtful_different_and_never_asked_again() {
    // Namesakes, of whom little else is known: hard to tell.
    let mut rows = population();
    rows.extend((0..40).flat_map(|at| {
        let row = rows_of_namesakes(at);
        [row.clone(), row]
    }));
    let table = table_of(&rows);
    let attributes = AttributeSet::builtin();
    let mut matcher = train(&table, &attributes);
    let found = matcher.partition(&Standing::default()).unwrap();
    let first = matcher.questions(&found, &[], &[], 20);
    assert_eq!(first, matcher.questions(&found, &[], &[], 20), "the same each time");
    assert!(!first.is_empty());
    let labels: Vec<Labelled> =
        first.iter().map(|asked| Labelled::new(asked.left, asked.right, true)).collect();
    let (answered, unsure) = labels.split_at(labels.len() / 2);
    let unsure: Vec<_> = unsure.iter().map(|label| (label.right, label.left)).collect();
    let second = matcher.questions(&found, answered, &unsure, 20);
    let is_new = |asked: &super::questions::Question| {
        first.iter().all(|before| (before.left, before.right) != (asked.left, asked.right))
    };
    assert!(second.iter().all(is_new));
    let clusters = first.iter().map(|asked| {
        let of = |record| found.partition.cluster_of(record);
        (of(asked.left).min(of(asked.right)), of(asked.left).max(of(asked.right)))
    });
    let mut clusters: Vec<(u32, u32)> = clusters.collect();
    clusters.sort_unstable();
    clusters.dedup();
    assert_eq!(clusters.len(), first.len(), "one question about each customer or two");
    assert_eq!(first[0].values.len(), matcher.comparisons().count());
}

fn rows_of_namesakes(at: usize) -> String {
    let given = ["Jan", "Anna", "Piet", "Eva"][at % 4];
    format!("{given}||Jansen||||Zwolle")
}
