//! Labelled pairs: which records of the tables labels are about.

use std::collections::HashMap;

use karat_engine::matching::labels::Labelled;
use karat_model::id::{RecordKey, SourceName};
use karat_model::table::{RecordNo, RecordTable};

use super::MatchedFile;
use super::tables::{by_line, source};
use crate::score::labels::{PairLabels, Said};

/// What became of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelCounts {
    /// Pairs that were said to be one customer.
    pub same: u64,
    /// Pairs that were said to be different customers.
    pub different: u64,
    /// Labels that say neither: they do not count.
    pub unsure: u64,
    /// Pairs that are labelled both as same and as different: neither counts.
    pub contradicted: u64,
    /// Labels of pairs whose records are not both among the persons, or both among the
    /// organisations, of the files: they do not count.
    pub unknown: u64,
}

/// What was said of the records of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct TableLabels {
    /// The pairs that are labelled as same, or as different.
    pub labelled: Vec<Labelled>,
    /// The pairs of which nobody could tell.
    pub unanswered: Vec<(RecordNo, RecordNo)>,
}

/// Per table what was said of its records.
pub(super) fn find_labels(
    labels: &PairLabels,
    files: &[MatchedFile],
    tables: &[RecordTable],
) -> (Vec<TableLabels>, LabelCounts) {
    let places: Vec<Places> = tables.iter().map(|table| Places::of(table, files)).collect();
    let mut found = vec![TableLabels::default(); tables.len()];
    let mut counts = LabelCounts {
        unsure: labels.count(Said::Unsure),
        contradicted: labels.count(Said::Contradicted),
        ..LabelCounts::default()
    };
    for (key, said) in labels.pairs() {
        let in_table = |places: &Places| {
            let [left, right] = key.each_ref().map(|(source, id)| places.find(source, id));
            left.zip(right).filter(|(left, right)| left != right)
        };
        let pairs = places.iter().enumerate().find_map(|(at, table)| Some((at, in_table(table)?)));
        match (pairs, said.is_same()) {
            (Some((at, (left, right))), Some(is_same)) => {
                found[at].labelled.push(Labelled::new(left, right, is_same));
                counts.same += u64::from(is_same);
                counts.different += u64::from(!is_same);
            }
            (Some((at, pair)), None) => found[at].unanswered.push(pair),
            (None, Some(_)) => counts.unknown += 1,
            (None, None) => {}
        }
    }
    (found, counts)
}

/// Where the records of a table are found by what is written of them.
struct Places<'t> {
    table: &'t RecordTable,
    /// The records that go by the lines of their rows.
    of_lines: HashMap<(&'t str, u64), RecordNo>,
}

impl<'t> Places<'t> {
    fn of(table: &'t RecordTable, files: &[MatchedFile]) -> Places<'t> {
        let by_line = by_line(files, table);
        let lined = table.records().filter(|&record| by_line[table.source(record) as usize]);
        let place = |record| ((source(table, record), table.row(record)), record);
        Places { table, of_lines: lined.map(place).collect() }
    }

    fn find(&self, source: &str, id: &str) -> Option<RecordNo> {
        let name = SourceName::new(source);
        let of_line = || {
            let (line, name) =
                (id.parse().ok()?, self.table.sources().iter().find(|s| **s == name)?);
            self.of_lines.get(&(name.as_str(), line)).copied()
        };
        of_line().or_else(|| self.table.find(&RecordKey::new(name.clone(), id)))
    }
}
