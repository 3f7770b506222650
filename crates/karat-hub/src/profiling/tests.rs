//! Profiles of files as a user has them.

use std::fs;
use std::path::PathBuf;

use karat_engine::clean::citizen_number;
use karat_model::hub_model::Country;

use super::*;
use crate::flow::progress::Unwatched;

fn customers(numbers: std::ops::Range<u32>) -> String {
    let row = |number: u32| {
        let town = ["Onsdorp", "Buiten", "Verweg"][number as usize % 3];
        let note = if number.is_multiple_of(10) { "n.v.t." } else { "belt graag" };
        format!("K{number:05};{town};{:09};{note}\n", citizen_number(number))
    };
    format!("klantnr;plaats;code;opmerking\n{}", numbers.map(row).collect::<String>())
}

/// A number that passes the check of citizen service numbers.
fn citizen_number(number: u32) -> u32 {
    let passes = |candidate: &u32| citizen_number::is_citizen_number(&format!("{candidate:09}"));
    (100_000_000 + number * 100..).find(passes).expect("one in eleven passes")
}

fn profiled(files: &[(&str, String)], book: &mut ProfileBook) -> Profiled {
    let folder = tempfile::tempdir().unwrap();
    let write = |(name, text): &(&str, String)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let paths: Vec<PathBuf> = files.iter().map(write).collect();
    profile_files(&paths, Country::NETHERLANDS, book, &Unwatched).unwrap()
}

#[test]
fn what_was_seen_before_counts() {
    let mut whole = ProfileBook::default();
    let expected = profiled(&[("crm.csv", customers(0..300))], &mut whole);
    let mut book = ProfileBook::default();
    profiled(&[("crm.csv", customers(0..100))], &mut book);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    assert!(ProfileBook::read(&path).unwrap().state(&SourceName::new("crm")).is_none());
    book.write(&path).unwrap();
    let mut book = ProfileBook::read(&path).unwrap();
    let found = profiled(&[("crm.csv", customers(100..300))], &mut book);
    assert_eq!((found.sources[0].rows, found.sources[0].rows_before), (300, 100));
    for (found, expected) in found.sources[0].columns.iter().zip(&expected.sources[0].columns) {
        assert_eq!(found.profile, expected.profile);
    }
    let mut damaged = fs::read(&path).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for bytes in [&damaged[..], b"", b"karat profile\n", b"id;name\n1;Jan\n"] {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(ProfileBook::read(&path), Err(Error::NoProfile { .. })), "{bytes:?}");
    }
}

#[test]
fn columns_are_told_by_what_stands_in_them() {
    let found = profiled(&[("crm.csv", customers(0..300))], &mut ProfileBook::default());
    let columns = &found.sources[0].columns;
    assert_eq!(columns[0].guess, SemanticType::SourceId);
    assert!(columns[0].profile.is_candidate_key());
    assert_eq!(columns[1].guess, SemanticType::City);
    assert_eq!(columns[2].sensitive, Some(Sensitivity::CitizenNumber), "though nothing says so");
    assert_eq!(columns[3].profile.missing_words, 30);
}

#[test]
fn columns_refer_to_keys_of_other_sources() {
    let orders: String = (0..200).map(|at| format!("{at};K{:05}\n", at * 7 % 300)).collect();
    let orders = format!("bestelnr;klant\n{orders}");
    let files = [("crm.csv", customers(0..300)), ("orders.csv", orders)];
    let found = profiled(&files, &mut ProfileBook::default());
    let names = |(source, column): &(SourceName, String)| format!("{source}.{column}");
    let found: Vec<String> = found
        .references
        .iter()
        .map(|one| format!("{} {}", names(&one.from), names(&one.to)))
        .collect();
    assert_eq!(found, ["orders.klant crm.klantnr"]);
}

#[test]
fn citizen_numbers_of_columns_that_are_named_for_them_are_not_seen() {
    let text = customers(0..50).replace(";code;", ";bsn;");
    let found = profiled(&[("crm.csv", text)], &mut ProfileBook::default());
    let column = &found.sources[0].columns[2];
    assert_eq!(column.sensitive, Some(Sensitivity::CitizenNumber));
    assert_eq!(column.profile.top, [(citizen_number::WITHHELD.to_string(), 50)]);
}
