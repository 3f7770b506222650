//! What is promised of the match index.

use std::collections::BTreeMap;

use karat_model::evidence::Weight;

use super::{AT, deliver_people, load};
use crate::{EdgeRow, MatchIndex, MatchKey, RowNo, Store};

fn edge(left: u64, right: u64, weight: i32) -> EdgeRow {
    EdgeRow { left: RowNo(left), right: RowNo(right), weight: Weight(weight) }
}

fn entries(pairs: &[(u64, u64)]) -> Vec<(MatchKey, RowNo)> {
    pairs.iter().map(|&(key, row)| (MatchKey(key), RowNo(row))).collect()
}

fn rows(numbers: &[u64]) -> Vec<RowNo> {
    numbers.iter().copied().map(RowNo).collect()
}

fn replace(store: &mut dyn Store, index: MatchIndex) {
    let load = load(store);
    store.publish(load, AT, &mut |p| p.replace_match_index(index.clone())).unwrap();
}

/// The greatest key there is.
const LAST: u64 = (1 << 56) - 1;

pub fn records_are_found_by_their_keys(store: &mut dyn Store) {
    let find = |store: &dyn Store, keys: &[u64]| {
        let keys: Vec<MatchKey> = keys.iter().copied().map(MatchKey).collect();
        store.reader().match_candidates(&keys).unwrap()
    };
    assert_eq!(find(store, &[0, 7]), []);
    let keys = entries(&[(LAST, 3), (0, 9), (7, 2), (7, 1), (8, 1), (7, 2)]);
    replace(store, MatchIndex { keys, edges: vec![] });
    assert_eq!(find(store, &[7]), entries(&[(7, 1), (7, 2)]));
    // Near misses: the key beside it, in the same bucket and in another.
    assert_eq!(find(store, &[6, LAST - 1]), []);
    assert_eq!(find(store, &[LAST, 7, 0, 7]), entries(&[(0, 9), (7, 1), (7, 2), (LAST, 3)]));
    let added = entries(&[(7, 1), (7, 12), (6, 4), (1 << 40, 5)]);
    store.change(AT, &mut |change| change.publication()?.add_match_keys(&added)).unwrap();
    assert_eq!(find(store, &[7, 6]), entries(&[(6, 4), (7, 1), (7, 2), (7, 12)]));
    assert_eq!(find(store, &[1 << 40]), entries(&[(1 << 40, 5)]));
    // More than are looked up at a time.
    let many: Vec<u64> = (0..200).map(|number| number << 38).collect();
    let added: Vec<(u64, u64)> = many.iter().map(|&key| (key + 9, 6)).collect();
    let added = entries(&added);
    store.change(AT, &mut |change| change.publication()?.add_match_keys(&added)).unwrap();
    let wanted: Vec<u64> = many.iter().map(|&key| key + 9).collect();
    assert_eq!(find(store, &wanted), added);
}

pub fn edges_are_replaced_from_both_sides(store: &mut dyn Store) {
    let of = |store: &dyn Store, records: &[u64]| store.reader().edges_of(&rows(records)).unwrap();
    let replace_of = |store: &mut dyn Store, records: &[u64], edges: &[EdgeRow]| {
        let records = rows(records);
        let replaced =
            store.change(AT, &mut |change| change.publication()?.replace_edges_of(&records, edges));
        replaced.unwrap();
    };
    assert_eq!(of(store, &[1]), []);
    replace_of(store, &[1], &[edge(1, 2, 9), edge(1, 40, -3)]);
    assert_eq!(of(store, &[1]), [edge(1, 2, 9), edge(1, 40, -3)]);
    assert_eq!(of(store, &[40]), [edge(1, 40, -3)]);
    assert_eq!(of(store, &[40, 2, 1]), [edge(1, 2, 9), edge(1, 40, -3)]);
    assert_eq!(of(store, &[3]), []);
    replace_of(store, &[40], &[edge(2, 40, 5)]);
    assert_eq!(of(store, &[1]), [edge(1, 2, 9)]);
    assert_eq!(of(store, &[2]), [edge(1, 2, 9), edge(2, 40, 5)]);
    replace_of(store, &[1, 40], &[edge(1, 2, 8)]);
    assert_eq!(of(store, &[2, 40]), [edge(1, 2, 8)]);
    replace_of(store, &[2], &[]);
    assert_eq!(of(store, &[1, 2, 40]), []);
}

pub fn the_index_is_written_anew(store: &mut dyn Store) {
    deliver_people(store, 1);
    let first = MatchIndex {
        keys: entries(&[(7, 1), (8, 2), (5 << 38, 3), (9 << 38, 4)]),
        edges: vec![edge(1, 2, 9), edge(100, 200, 9)],
    };
    replace(store, first.clone());
    replace(store, first);
    let all: Vec<MatchKey> = [7, 8, 5 << 38, 9 << 38].map(MatchKey).to_vec();
    let records = rows(&[1, 2, 3, 100, 200]);
    assert_eq!(store.reader().match_candidates(&all).unwrap().len(), 4);
    assert_eq!(store.reader().edges_of(&records).unwrap().len(), 2);
    // A bucket that goes, one that changes, one that stays.
    let second = MatchIndex { keys: entries(&[(9 << 38, 4), (7, 2)]), edges: vec![edge(2, 3, 1)] };
    replace(store, second);
    let found = store.reader().match_candidates(&all).unwrap();
    assert_eq!(found, entries(&[(7, 2), (9 << 38, 4)]));
    assert_eq!(store.reader().edges_of(&records).unwrap(), [edge(2, 3, 1)]);
    replace(store, MatchIndex::default());
    assert_eq!(store.reader().match_candidates(&all).unwrap(), []);
    assert_eq!(store.reader().edges_of(&records).unwrap(), []);
}

pub fn a_random_sequence_keeps_the_edges_there_are(store: &mut dyn Store) {
    let mut dice = super::Dice(7);
    let mut known: BTreeMap<(u64, u64), i32> = BTreeMap::new();
    for _ in 0..60 {
        let records: Vec<u64> = (0..1 + dice.below(3)).map(|_| 1 + dice.below(40)).collect();
        let mut edges = BTreeMap::new();
        for _ in 0..dice.below(6) {
            let one = records[dice.below(records.len() as u64) as usize];
            let other = 1 + dice.below(40);
            if one != other {
                edges.insert((one.min(other), one.max(other)), dice.below(99) as i32 - 50);
            }
        }
        known.retain(|(left, right), _| !records.contains(left) && !records.contains(right));
        known.extend(&edges);
        let edges: Vec<EdgeRow> =
            edges.iter().map(|(&(left, right), &weight)| edge(left, right, weight)).collect();
        let replaced = store.change(AT, &mut |change| {
            change.publication()?.replace_edges_of(&rows(&records), &edges)
        });
        replaced.unwrap();
        let all: Vec<EdgeRow> =
            known.iter().map(|(&(left, right), &weight)| edge(left, right, weight)).collect();
        let everyone: Vec<u64> = (1..=40).collect();
        assert_eq!(store.reader().edges_of(&rows(&everyone)).unwrap(), all);
        let one = 1 + dice.below(40);
        let of_one: Vec<EdgeRow> =
            all.into_iter().filter(|edge| edge.left.0 == one || edge.right.0 == one).collect();
        assert_eq!(store.reader().edges_of(&rows(&[one])).unwrap(), of_one);
    }
}
