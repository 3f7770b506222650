//! What is promised of search.

use karat_model::id::EntityId;

use super::{AT, deliver_people, entity, id, load, publish};
use crate::{Entity, Store};

/// Entities called by letters, each with the text it is found by.
fn people(table: &str) -> Vec<Entity> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let person = |(line, row): (&str, u64)| {
        let (letter, text) = line.split_at(1);
        let letter = letter.chars().next().unwrap();
        Entity { search_text: text.into(), ..entity(letter, "Ede", &[row]) }
    };
    lines.zip(1..).map(person).collect()
}

/// Searches; `expected` are the letters of the entities found, best first.
fn check(store: &dyn Store, query: &str, expected: &str) {
    let hits = store.reader().search(query, 20).unwrap();
    let letter = |entity| ('a'..='z').find(|&letter| id(letter) == entity).unwrap();
    let found: String = hits.iter().map(|hit| letter(hit.entity)).collect();
    assert_eq!(found, expected, "{query}");
}

pub fn entities_are_found_in_spite_of_slips(store: &mut dyn Store) {
    deliver_people(store, 6);
    let people = people(
        "
        a sanne de vries amsterdam 1011ab s.devries@example.org 31612345678
        b jan jansen amsterdam 1011ac jan@example.org 31687654321
        c jan janssen utrecht 3511xz
        d bakkerij vriesema bv groningen 9712he
        e mohammed el amrani amstelveen 1181ab crm-1001
        f jan de vries rotterdam 3011aa
        ",
    );
    check(store, "vries", "");
    publish(store, &people).unwrap();
    check(store, "", "");
    check(store, "zuidema", "");
    // Exact, then the beginning of a word.
    check(store, "vries", "afd");
    check(store, "vries amsterdam", "abf");
    // More terms first, the rarer of two terms first.
    check(store, "jan vries", "fabcd");
    check(store, "de utrecht", "caf");
    // Slips, in either word.
    check(store, "vires", "af");
    check(store, "jansen", "bc");
    check(store, "janssen utrehct", "cb");
    check(store, "mohamed", "e");
    check(store, "amsterdma", "ab");
    check(store, "amxterxma", "");
    // The last word may be unfinished, no other may.
    check(store, "amst", "eab");
    check(store, "gron jan", "bcf");
    // Codes are found in full.
    check(store, "1011ab", "a");
    check(store, "1011ad", "");
    check(store, "1011ac jansen", "bc");
    check(store, "s.devries@example.org", "a");
    check(store, "crm-1001", "e");
    check(store, "crm-1002", "");
    let hits = store.reader().search("jan vries", 1).unwrap();
    assert_eq!((hits.len(), hits[0].entity, hits[0].terms_matched), (1, id('f'), 2));
}

pub fn changed_entities_are_found_by_their_new_words_only(store: &mut dyn Store) {
    deliver_people(store, 2);
    publish(store, &people("a jansen 1011ab\n b smit 1011ab")).unwrap();
    publish(store, &people("a visser 1011ab")).unwrap();
    check(store, "jansen", "");
    check(store, "visser", "a");
    check(store, "1011ab", "ba");
    let load = load(store);
    store.publish(load, AT, &mut |publication| publication.retire_entity(id('b'), None)).unwrap();
    check(store, "smit", "");
    check(store, "1011ab", "a");
    publish(store, &people("b smit 1011ab")).unwrap();
    check(store, "smit", "b");
    check(store, "1011ab", "ab");
}

/// An entity that is found by a word and a code.
pub fn person(row: u64, city: &str) -> Entity {
    Entity {
        id: EntityId::from_u64(row),
        search_text: format!("{city} code{row}"),
        ..entity('a', "Ede", &[row])
    }
}

/// How many entities a query finds.
fn find(store: &dyn Store, query: &str) -> usize {
    store.reader().search(query, 9999).unwrap().len()
}

pub fn a_common_word_finds_all_who_have_it(store: &mut dyn Store) {
    let count = 1500;
    deliver_people(store, count);
    // Twice, so that the second goes on where the first ended.
    let (first, second): (Vec<_>, Vec<_>) = (1..=count)
        .map(|row| person(row, "amsterdam"))
        .partition(|entity| entity.members[0].0 < 700);
    publish(store, &first).unwrap();
    publish(store, &second).unwrap();
    assert_eq!(find(store, "amsterdam"), 1500);
    assert_eq!(find(store, "code1499"), 1);

    // So many changes that the index is swept.
    for city in ["utrecht", "zwolle"] {
        let moved: Vec<_> = (1..=count).map(|row| person(row, city)).collect();
        publish(store, &moved).unwrap();
    }
    assert_eq!((find(store, "amsterdam"), find(store, "utrecht")), (0, 0));
    assert_eq!((find(store, "zwolle"), find(store, "code1499")), (1500, 1));
    publish(store, &[person(1, "amsterdam")]).unwrap();
    assert_eq!((find(store, "amsterdam"), find(store, "zwolle")), (1, 1499));
}

pub fn texts_are_found_while_they_wait_and_in_the_index(store: &mut dyn Store) {
    let (count, more) = (8500, 100);
    deliver_people(store, count + more);
    let change = |store: &mut dyn Store, people: &[Entity]| {
        let put = store.change(AT, &mut |change| {
            let publication = change.publication()?;
            people.iter().try_for_each(|it| publication.put_entity(it, None).map(drop))
        });
        put.unwrap();
    };
    publish(store, &[person(1, "amsterdam")]).unwrap();
    change(store, &[person(2, "utrecht"), person(3, "amsterdam amsterdam")]);
    let found = |store: &dyn Store| {
        ["amsterdam", "utrehct", "utr", "code2", "code3"].map(|query| find(store, query))
    };
    assert_eq!(found(store), [2, 1, 1, 1, 1]);
    // So many that they go into the index, and those that waited before with them, a part with each
    // change that follows.
    let many: Vec<_> = (10..=count).map(|row| person(row, "zwolle")).collect();
    change(store, &many);
    for row in count + 1..=count + more {
        change(store, &[person(row, "zwolle")]);
        assert_eq!(found(store), [2, 1, 1, 1, 1]);
        assert_eq!((find(store, "zwolle"), find(store, "code4200")), (row as usize - 9, 1));
    }
    // Others wait behind them, and a load brings all into the index.
    change(store, &[person(2, "breda"), person(4, "utrecht")]);
    assert_eq!(found(store), [2, 1, 1, 1, 1]);
    assert_eq!((find(store, "brdea"), find(store, "code4")), (1, 1));
    publish(store, &[person(5, "breda"), person(3, "ede")]).unwrap();
    assert_eq!(found(store), [1, 1, 1, 1, 1]);
    assert_eq!((find(store, "breda"), find(store, "code4"), find(store, "ede")), (2, 1, 1));
    change(store, &[person(6, "breda")]);
    assert_eq!((find(store, "breda"), find(store, "code6")), (3, 1));
}
